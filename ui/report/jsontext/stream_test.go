package jsontext

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/ui/report/reporttest"
)

func TestObjectAndArray(t *testing.T) {
	var out bytes.Buffer
	o := OpenObject(&out)
	o.Field("name", "a<b>\x1b\u202e\U000e0041##[x]")
	List(o, "list", []int{1, 2}, func(n int) int { return 2 * n })
	o.Field("none", NotNil[string](nil))
	Rows(o, "rows", slices.Values([]*int{new(int), new(int)}))
	Rows(o, "empty", func(func(*int) bool) {})
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	want := `{
  "name": "a<b>\u001b\u202e\udb40\udc41\u0023#[x]",
  "list": [
    2,
    4
  ],
  "none": [],
  "rows": [
    0,
    0
  ],
  "empty": []
}
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
	out.Reset()
	if err := WriteArray(&out, []string{"a", "b"}); err != nil || out.String() != "[\n  \"a\",\n  \"b\"\n]\n" {
		t.Errorf("error %v, got\n%s", err, &out)
	}
}

// The first error of the stream is the one that is returned, and ends the work.
func TestObjectErrors(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for name, write := range map[string]func(o *Object){
		"a long value": func(o *Object) { o.Field("a", long) },
		"at the end":   func(o *Object) { o.Field("a", 1) },
		"in rows": func(o *Object) {
			o.Field("a", long)
			Rows(o, "rows", func(yield func(*int) bool) {
				if yield(new(int)) {
					t.Error("rows are asked for after an error")
				}
			})
		},
	} {
		o := OpenObject(reporttest.Failing{})
		write(o)
		if err := o.Close(); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if err := WriteArray(reporttest.Failing{}, []string{long}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("an array: error %v", err)
	}
	o := OpenObject(io.Discard)
	o.Field("a", func() {})
	if err := o.Close(); err == nil {
		t.Error("a function is written as JSON")
	}
}

// A report with no tree has no rows, and a reader may stop early.
func TestRowsEnd(t *testing.T) {
	r := reporttest.Sample()
	for range FileRows(r) {
		break
	}
	for range EntryRows(r) {
		break
	}
	r.Tree = nil
	if len(slices.Collect(FileRows(r)))+len(slices.Collect(EntryRows(r))) > 0 {
		t.Error("rows of no tree")
	}
}
