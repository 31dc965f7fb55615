package annotate

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/ui/tui/tuitest"
)

func TestCostsOfLines(t *testing.T) {
	r := tuitest.Described(tuitest.Report())
	s := Written(r)
	type cost struct {
		Line         int
		Base         bool
		Size, Wasted int64
	}
	var got []cost
	for _, c := range s.Costs {
		got = append(got, cost{s.Lines[c.Line].Number, c.Base, c.Size, c.Wasted})
	}
	want := []cost{{4, true, 123_000_000, 90_000}, {5, false, 438_800_000, 413_000_000}, {6, false, 3_101_200, 3_100_000}, {7, false, 3_100_000, 0}, {11, false, 0, 0}, {12, false, 0, 0}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var dim []int
	for _, l := range s.Lines {
		if l.Dim {
			dim = append(dim, l.Number)
		}
	}
	if d := cmp.Diff([]int{1, 8}, dim); d != "" {
		t.Errorf("dimmed: %s", d)
	}

	// What no stage of the image holds is dimmed, whatever stands in it.
	r.Dockerfile.Lines = append([]string{"FROM golang AS build", "RUN make", "FROM scratch"}, r.Dockerfile.Lines[4:]...)
	for i := range r.Instructions {
		r.Instructions[i].Location.Line = max(r.Instructions[i].Location.Line-1, 3)
		r.Instructions[i].Location.EndLine = max(r.Instructions[i].Location.EndLine-1, 3)
	}
	s = Written(r)
	if !s.Lines[0].Dim || !s.Lines[1].Dim || s.Lines[2].Dim || s.Lines[3].Dim {
		t.Errorf("stages: %+v", s.Lines[:4])
	}
}

func TestRebuiltHoldsEveryByte(t *testing.T) {
	r := tuitest.Rebuilt()
	r.Instructions[3].Layer = nil // nobody explains layer 2 now
	r.Instructions[3].Size = 0
	var sum int64
	s := Rebuilt(r, func(text string) []string { return []string{text} })
	for _, c := range s.Costs {
		sum += c.Size
	}
	if want := int64(123_000_000 + 438_800_000 + 3_101_200 + 3_100_000); sum != want {
		t.Errorf("lines add up to %d, want %d", sum, want)
	}
}

func TestFindingsOfALine(t *testing.T) {
	r := tuitest.Described(tuitest.Report())
	s := Written(r)
	ids := func(line int) (own, hidden string) {
		o, h := s.Findings(s.Lines[line-1].Cost)
		for _, f := range o {
			own += f.ID
		}
		for _, f := range h {
			hidden += f.ID
		}
		return own, hidden
	}
	for line, want := range map[int][2]string{4: {"d", ""}, 5: {"ab", "d"}, 6: {"c", ""}, 7: {"", "bc"}, 11: {"", ""}, 12: {"e", ""}} {
		if own, hidden := ids(line); own != want[0] || hidden != want[1] {
			t.Errorf("line %d has %q and hides %q, want %q", line, own, hidden, want)
		}
	}
}
