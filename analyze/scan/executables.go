package scan

import (
	"io"

	"github.com/tare-oci/tare/analyze/executable"
)

// executables reads the headers of the programs and scripts that a layer holds, while
// its contents pass or from where they lie.
type executables struct {
	want    func(path string) (names bool) // nil where none are wanted
	collect executable.Collector
	busy    bool

	// of the file whose content is read
	x     *Index
	entry *Entry
	names func() bool // holdsNames
}

func newExecutables(opt *Options) *executables {
	p := &executables{want: opt.Executables}
	p.names = p.holdsNames
	return p
}

// holdsNames reports whether the names among the program's constants are wanted. It is
// asked of programs alone: a path is put together for it.
func (p *executables) holdsNames() bool { return p.want(p.x.Path(p.entry)) }

// begin begins the content of a file that passes once.
func (p *executables) begin(x *Index, e *Entry) {
	if p.busy = p.want != nil && e.Stored >= 4; p.busy {
		p.x, p.entry = x, e
		p.collect.Begin(e.Stored, p.names)
	}
}

func (p *executables) write(b []byte) {
	if p.busy {
		p.collect.Write(b)
	}
}

// end ends the content of an entry.
func (p *executables) end(b *builder, entry int32) error {
	if !p.busy {
		return nil
	}
	p.busy = false
	f, ok := p.collect.End()
	return b.executable(entry, f, ok)
}

// readAt reads the headers of an entry that lies in a local file, if what has been read
// of it shows that it is a program.
func (p *executables) readAt(b *builder, entry int32, c *seekCursor) error {
	e := &b.x.Entries[entry]
	if p.want == nil || e.Stored < 4 {
		return nil
	}
	head := c.peek(4)
	if head == nil {
		var mem [4]byte
		n, err := c.at.ReadAt(mem[:], e.Offset)
		if err != nil && err != io.EOF {
			return err
		}
		head = mem[:n]
	}
	if !executable.Resembles(head) {
		return nil
	}
	p.x, p.entry = b.x, e
	f, ok := p.collect.ReadAt(c.at, e.Offset, e.Stored, p.names)
	return b.executable(entry, f, ok)
}

// executable notes what an entry's headers say.
func (b *builder) executable(entry int32, f executable.File, ok bool) error {
	if !ok {
		return nil
	}
	b.x.Executables = append(b.x.Executables, Executable{entry, f})
	b.content += f.Memory()
	return b.charge()
}
