// Package jsontext writes JSON (RFC 8259) the way tare does: two spaces of indent, keys in a fixed
// order, lists that are never null, and JSON's own escapes for every character that a terminal would
// obey. So the data is exact, the raw text is harmless, and the same values give the same bytes.
//
// Names need more, because JSON is Unicode and a file name can be any bytes. ExactName encodes them
// and RealName decodes them. FileRow and EntryRow are the rows of a report's long lists, for its writer
// and its reader. They are written one at a time and never held as text.
package jsontext

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tare-oci/tare/ui/display"
)

// Object writes one JSON object, field by field, to a stream, in the order in which
// Field, List and Rows are called. The first error sticks, and Close returns it.
type Object struct {
	out     *bufio.Writer
	encoded bytes.Buffer // one value at a time
	indent  *json.Encoder
	compact *json.Encoder
	fields  int
	err     error
}

// OpenObject starts an object, indented by two spaces. The caller ends it by Close.
func OpenObject(w io.Writer) *Object {
	o := newObject(w)
	o.raw("{")
	return o
}

func newObject(w io.Writer) *Object {
	o := &Object{out: bufio.NewWriterSize(w, 64<<10)}
	o.indent, o.compact = json.NewEncoder(&o.encoded), json.NewEncoder(&o.encoded)
	o.indent.SetEscapeHTML(false)
	o.compact.SetEscapeHTML(false)
	o.indent.SetIndent("  ", "  ")
	return o
}

// Field writes a name and its value.
func (o *Object) Field(name string, value any) {
	o.name(name)
	o.value(o.indent, value)
}

func (o *Object) name(name string) {
	if o.fields > 0 {
		o.raw(",")
	}
	o.fields++
	o.raw("\n  \"" + name + "\": ")
}

// Close ends the object and returns the first error of the stream.
func (o *Object) Close() error {
	o.raw("\n}\n")
	return o.flush()
}

func (o *Object) flush() error {
	if o.err != nil {
		return o.err
	}
	return o.out.Flush()
}

func (o *Object) raw(text string) {
	if o.err == nil {
		_, o.err = o.out.WriteString(text)
	}
}

func (o *Object) value(encoder *json.Encoder, v any) {
	if o.err != nil {
		return
	}
	o.encoded.Reset()
	if o.err = encoder.Encode(v); o.err != nil {
		return
	}
	o.harmless(unmarked(bytes.TrimSuffix(o.encoded.Bytes(), []byte("\n"))))
}

// unmarked is encoded JSON without markers that a CI runner would obey.
func unmarked(text []byte) []byte {
	if bytes.Contains(text, []byte("##")) {
		return []byte(display.Unmarked(string(text), `\u0023`))
	}
	return text
}

// harmless writes encoded JSON with every character that a terminal would obey
// or hide in JSON's own escapes. The encoder does so for C0 controls alone, and for
// a byte that is not UTF-8; the character that it makes of one is escaped whenever
// it comes, so that a report that was read back is written the same. Such
// characters stand only within strings, where the escape means the same.
func (o *Object) harmless(text []byte) {
	for len(text) > 0 && o.err == nil {
		clean := 0
		for clean < len(text) && text[clean] < 0x7f {
			clean++
		}
		_, o.err = o.out.Write(text[:clean])
		if text = text[clean:]; len(text) == 0 || o.err != nil {
			return
		}
		r, size := utf8.DecodeRune(text)
		switch {
		case display.Printable(r) && r != utf8.RuneError:
			_, o.err = o.out.Write(text[:size])
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			_, o.err = fmt.Fprintf(o.out, `\u%04x\u%04x`, high, low)
		default:
			_, o.err = fmt.Fprintf(o.out, `\u%04x`, r)
		}
		text = text[size:]
	}
}

// List writes a field that is a list, with a copy of each item made ready for
// JSON.
func List[T any](o *Object, name string, items []T, ready func(T) T) {
	copies := make([]T, len(items))
	for i, item := range items {
		copies[i] = ready(item)
	}
	o.Field(name, copies)
}

// Rows writes a field that is a list of any length, one row a line.
func Rows[T any](o *Object, name string, items iter.Seq[*T]) {
	o.name(name)
	o.raw("[")
	empty := true
	for item := range items {
		if o.err != nil {
			return
		}
		if !empty {
			o.raw(",")
		}
		empty = false
		o.raw("\n    ")
		o.value(o.compact, item)
	}
	if !empty {
		o.raw("\n  ")
	}
	o.raw("]")
}

// WriteArray writes a whole JSON text that is a list, two spaces in.
func WriteArray[T any](w io.Writer, items []T) error {
	o := newObject(w)
	o.raw("[")
	for i, item := range items {
		if i > 0 {
			o.raw(",")
		}
		o.raw("\n  ")
		o.value(o.indent, item)
	}
	o.raw("\n]\n")
	return o.flush()
}

// NotNil returns an empty list for nil, which JSON would write as null.
func NotNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
