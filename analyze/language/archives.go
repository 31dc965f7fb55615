package language

func isArchive(path string, head []byte) bool { return false }

type archiveStream struct{}

func (*archiveStream) begin(path string, head []byte, size int64) bool { return false }
func (*archiveStream) next() int64                                     { return 0 }
func (*archiveStream) write(p []byte) int                              { return len(p) }
func (*archiveStream) end() (Found, bool)                              { return Found{}, false }

func sniff(path string, head []byte, size int64) look { return nil }
