package scan

import (
	"cmp"
	"io"

	"github.com/tare-oci/tare/analyze/language"
)

// Library is what an entry says of packages of a programming language.
type Library struct {
	Entry int32 // in Index.Entries
	language.Found
}

// libraries reads the files that tell of packages of programming languages, while they pass or
// from where they lie.
type libraries struct {
	want    bool
	busy    bool
	collect language.Collector
}

func (l *libraries) begin(path string, size int64) {
	l.busy = l.want && l.collect.Begin(path, size)
}

func (l *libraries) write(p []byte) {
	if l.busy {
		l.collect.Write(p)
	}
}

// end ends the content of an entry.
func (l *libraries) end(b *builder, entry int32) error {
	if !l.busy {
		return nil
	}
	l.busy = false
	f, ok := l.collect.End()
	if err := b.cost.work(l.collect.Work()); err != nil {
		return err
	}
	return b.library(entry, f, ok)
}

// readAt reads an entry that lies in a local file.
func (l *libraries) readAt(b *builder, path string, entry int32, c *seekCursor) error {
	if !l.want {
		return nil
	}
	e := &b.x.Entries[entry]
	head := c.peek(min(language.HeadLen, e.Stored))
	if head == nil {
		var mem [language.HeadLen]byte
		n, err := c.at.ReadAt(mem[:min(language.HeadLen, e.Stored)], e.Offset)
		if err != nil && err != io.EOF {
			return err
		}
		head = mem[:n]
	}
	if !l.collect.BeginKnown(path, e.Stored, head) {
		return nil
	}
	if passed := c.peek(e.Stored); passed != nil {
		l.busy = true
		l.collect.Write(passed)
		return l.end(b, entry)
	}
	f, ok, err := l.collect.ReadAt(c.at, e.Offset)
	if err := cmp.Or(err, b.cost.work(l.collect.Work())); err != nil {
		return err
	}
	return b.library(entry, f, ok)
}

// library notes what an entry says.
func (b *builder) library(entry int32, f language.Found, ok bool) error {
	if !ok {
		return nil
	}
	b.x.Libraries = append(b.x.Libraries, Library{entry, f})
	b.content += f.Memory()
	return b.charge()
}
