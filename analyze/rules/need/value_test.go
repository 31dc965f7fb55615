package need

import (
	"strings"
	"testing"
)

// TestDoubledValues: a variable that a script doubles again and again is a value that nobody knows, not one
// that fills the memory.
func TestDoubledValues(t *testing.T) {
	so := values{"x"}
	for range 100 {
		so = product(so, so)
		if longest(so) > maxValue {
			t.Fatalf("a value of %d bytes", longest(so))
		}
	}
	if got := product(values{strings.Repeat("x", maxValue)}, values{"y"}); len(got) != 1 || got[0] != unknown {
		t.Errorf("a value that is too long is %d values of %d bytes", len(got), longest(got))
	}
	if got := product(values{"a"}, values{"b", "c"}); len(got) != 2 || got[1] != "ac" {
		t.Errorf("got %q", got)
	}
}

// TestManyLongValues: the long values of scripts are known up to a bound of all of them together.
func TestManyLongValues(t *testing.T) {
	b := strings.Builder{}
	b.WriteString("RUN a=xxxxxxxxxxxxxxxx")
	for range 11 {
		b.WriteString("; a=$a$a")
	}
	for range 10_000 {
		b.WriteString(" b$a")
	}
	r := New(Image{}, nil)
	f := r.read("RUN", b.String(), setting{shell: true, vars: &scope{}, dir: "/", user: "root"}, 0)
	total := 0
	for i := range f.calls {
		for _, word := range f.calls[i].words {
			total += len(word)
		}
	}
	if total > maxValues+maxValue {
		t.Errorf("words of %d bytes", total)
	}
}
