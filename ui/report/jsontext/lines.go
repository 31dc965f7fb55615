package jsontext

import (
	"bytes"
	"io"
	"strconv"
)

// Lines writes JSON objects, one a line (NDJSON), each with its type and its place among
// those of its type in front. The first error sticks, and Close returns it.
type Lines struct {
	o *Object
}

// OpenLines starts a text of lines. The caller ends it by Close.
func OpenLines(w io.Writer) *Lines { return &Lines{newObject(w)} }

// Add writes a value that JSON writes as an object with one field at least, none of which is
// "type" or "index".
func (l *Lines) Add(what string, index int, value any) {
	o := l.o
	if o.err != nil {
		return
	}
	o.encoded.Reset()
	if o.err = o.compact.Encode(value); o.err != nil {
		return
	}
	o.raw(`{"type":"` + what + `","index":` + strconv.Itoa(index) + ",")
	o.harmless(unmarked(bytes.TrimPrefix(o.encoded.Bytes(), []byte("{"))))
}

// Close returns the first error of the stream.
func (l *Lines) Close() error { return l.o.flush() }
