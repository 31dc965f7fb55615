package scan

import (
	"io"
	"slices"

	"github.com/tare-oci/tare/analyze/secrets"
)

// Secret is what an entry's content holds that nobody but its owner should have.
type Secret struct {
	Entry int32 // in Index.Entries
	secrets.Found
}

// secretFinder looks into the contents of files that may hold secrets, while they pass or
// from where they lie. It keeps none of them.
type secretFinder struct {
	want  bool // whether they are wanted at all
	state keeping
	any   bool // no name says what the content is, so it is searched for a key alone
	path  string
	size  int64
	bytes []byte // of the content, as far as it has passed; its memory is used again
}

func newSecretFinder(opt *Options) *secretFinder { return &secretFinder{want: opt.Secrets} }

// begin begins the content of a file that passes once.
func (s *secretFinder) begin(path string, size int64) {
	s.state, s.any, s.path, s.size, s.bytes = notKept, false, path, size, s.bytes[:0]
	switch {
	case !s.want || size <= 0 || size > secrets.MaxSize:
	case secrets.Wants(path, size):
		s.state = wanted
	case size >= secrets.HeadLen:
		s.state = undecided
	}
}

func (s *secretFinder) write(p []byte) {
	if s.state == notKept {
		return
	}
	if s.state == undecided && len(s.bytes) == 0 && len(p) >= secrets.HeadLen { // as nearly always
		if s.decide(p[:secrets.HeadLen]); s.state == notKept {
			return
		}
	}
	s.bytes = append(s.bytes, p...)
	if s.state == undecided && len(s.bytes) >= secrets.HeadLen {
		s.decide(s.bytes[:secrets.HeadLen])
	}
}

// decide says by the first bytes of a content whether it is looked into.
func (s *secretFinder) decide(head []byte) {
	switch {
	case secrets.Resembles(head):
		s.state = wanted
	case secrets.IsText(head) && !secrets.Aside(s.path):
		s.state, s.any = wanted, true
	default:
		s.state = notKept
	}
}

// end ends the content of an entry.
func (s *secretFinder) end(b *builder, entry int32) error {
	if s.state != wanted {
		return nil
	}
	s.state = notKept
	find := secrets.Search
	if !s.any {
		if err := b.cost.work(secrets.LookCost(s.path) * int64(len(s.bytes))); err != nil {
			return err
		}
		find = func(content []byte) (secrets.Found, bool) { return secrets.Look(s.path, content) }
	}
	found, ok := find(s.bytes)
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
	e := &b.x.Entries[entry]
	s.begin(path, e.Stored)
	if s.state == undecided {
		head := c.peek(secrets.HeadLen)
		if head == nil {
			var mem [secrets.HeadLen]byte
			if n, err := c.at.ReadAt(mem[:], e.Offset); n < len(mem) {
				return missing(err)
			}
			head = mem[:]
		}
		s.decide(head)
	}
	if s.state != wanted {
		return nil
	}
	if passed := c.peek(int(e.Stored)); passed != nil {
		s.bytes = append(s.bytes, passed...)
		return s.end(b, entry)
	}
	s.bytes = slices.Grow(s.bytes, int(e.Stored))[:e.Stored]
	if n, err := c.at.ReadAt(s.bytes, e.Offset); n < len(s.bytes) {
		return missing(err)
	}
	return s.end(b, entry)
}

// missing returns the error of a read that did not give all; that the file ends early is for
// the tar's reader to say.
func missing(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
