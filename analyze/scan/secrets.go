package scan

import "github.com/tare-oci/tare/analyze/secrets"

// Secret is what an entry's content holds that nobody but its owner should have.
type Secret struct {
	Entry int32 // in Index.Entries
	secrets.Found
}

// secretFinder looks into the contents of files that may hold secrets, while they pass or
// from where they lie. It keeps none of them.
type secretFinder struct {
	want   bool // whether they are wanted at all
	state  keeping
	any    bool // no name says what the content is, so it is searched for keys and tokens alone
	path   string
	dir    uint32 // the path's, in Index.Dirs
	size   int64
	bytes  []byte // of the content, as far as it has passed and is not searched; its memory is used again
	asides []int8 // by directory: 1 where secrets.Aside holds for the files in it, -1 where not, 0 if unknown

	// of a content that was searched as it passed
	searched, ok bool
	found        secrets.Found
}

func newSecretFinder(opt *Options) *secretFinder { return &secretFinder{want: opt.Secrets} }

// begin begins the content of a file that passes once.
func (s *secretFinder) begin(path string, e *Entry) {
	s.state, s.any, s.searched, s.path, s.dir, s.size, s.bytes = notKept, false, false, path, e.Dir, e.Stored, s.bytes[:0]
	switch {
	case !s.want || s.size <= 0 || s.size > secrets.MaxSize:
	case secrets.Wants(path, s.size):
		s.state = wanted
	case s.size >= secrets.HeadLen:
		s.state = undecided
	}
}

func (s *secretFinder) write(x *Index, p []byte) {
	if s.state == notKept {
		return
	}
	if len(s.bytes) == 0 {
		if s.state == undecided && len(p) >= secrets.HeadLen { // as nearly always
			s.decide(x, p[:secrets.HeadLen])
		}
		if !secrets.IsText(p) {
			s.state = notKept
		}
		if s.state == notKept {
			return
		}
		if s.any && int64(len(p)) == s.size { // nor is most of them kept
			s.found, s.ok = secrets.Search(p)
			s.searched = true
			return
		}
	}
	s.bytes = append(s.bytes, p...)
	if s.state == undecided && len(s.bytes) >= secrets.HeadLen {
		s.decide(x, s.bytes[:secrets.HeadLen])
	}
}

// decide says by the first bytes of a content whether it is looked into.
func (s *secretFinder) decide(x *Index, head []byte) {
	switch {
	case secrets.Resembles(head):
		s.state = wanted
	case secrets.IsText(head) && !s.aside(x):
		s.state, s.any = wanted, true
	default:
		s.state = notKept
	}
}

// aside is secrets.Aside of the file, which is asked once of each directory.
func (s *secretFinder) aside(x *Index) bool {
	if n := len(x.Dirs) - len(s.asides); n > 0 {
		s.asides = append(s.asides, make([]int8, n)...)
	}
	is := &s.asides[s.dir]
	if *is == 0 {
		if *is = -1; secrets.Aside(x.Dirs[s.dir] + "/") {
			*is = 1
		}
	}
	return *is > 0
}

// end ends the content of an entry that has passed.
func (s *secretFinder) end(b *builder, entry int32) error {
	if s.state != wanted {
		return nil
	}
	s.state = notKept
	if s.searched {
		return s.note(b, entry, s.found, s.ok)
	}
	return s.look(b, entry, s.bytes)
}

// look looks into a content.
func (s *secretFinder) look(b *builder, entry int32, content []byte) error {
	if s.any {
		found, ok := secrets.Search(content)
		return s.note(b, entry, found, ok)
	}
	if err := b.cost.work(secrets.LookCost(s.path) * int64(len(content))); err != nil {
		return err
	}
	found, ok := secrets.Look(s.path, content)
	return s.note(b, entry, found, ok)
}

// note notes what an entry holds.
func (s *secretFinder) note(b *builder, entry int32, found secrets.Found, ok bool) error {
	if !ok {
		return nil
	}
	b.x.Secrets = append(b.x.Secrets, Secret{entry, found})
	b.content += secretCost
	return b.charge()
}

// readAt looks into an entry that lies in a local file, if its name or its first bytes say
// that it may hold a secret.
func (s *secretFinder) readAt(b *builder, path string, entry int32, c *seekCursor) error {
	s.begin(path, &b.x.Entries[entry])
	if s.state == undecided {
		head, err := c.content(secrets.HeadLen)
		if err != nil {
			return err
		}
		if s.state = notKept; head != nil {
			s.decide(b.x, head)
		}
	}
	if s.state == notKept {
		return nil
	}
	s.state = notKept // nothing of it is to pass
	if !secrets.IsText(c.atHand(s.size)) {
		return nil
	}
	content, err := c.content(s.size)
	if content == nil {
		return err
	}
	return s.look(b, entry, content)
}
