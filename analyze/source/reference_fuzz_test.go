package source

import (
	"bytes"
	"testing"

	"github.com/tare-oci/tare/analyze/source/archive"
	"github.com/tare-oci/tare/analyze/source/imagename"
)

// FuzzReference splits any text. What is split off plus what is left is the text.
func FuzzReference(f *testing.F) {
	f.Add("docker:debian:slim")
	f.Add("./a.tar:x:1")
	f.Add("sha256:0123456789abcdef")
	f.Fuzz(func(t *testing.T, text string) {
		transport, rest := splitTransport(text)
		if transport != "" && transport+":"+rest != text || transport == "" && rest != text {
			t.Fatalf("%q became %q and %q", text, transport, rest)
		}
		path, image := archive.SplitPath(rest)
		if path != rest && path+":"+image != rest && path+image != rest {
			t.Fatalf("%q became %q and %q", rest, path, image)
		}
		if imagename.Valid(text) && bytes.Contains([]byte("/"+text+"/"), []byte("/../")) {
			t.Fatalf("%q is taken for a name", text)
		}
	})
}
