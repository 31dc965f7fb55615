package view

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

func TestStepNamesLayerAndInstruction(t *testing.T) {
	v := New(reporttest.Located())
	n := model.Ptr[int]
	for _, c := range []struct {
		layer, instruction *int
		width              int
		want               string
	}{
		{n(1), n(2), 100, "step 2, line 4: RUN apt-get update && apt-get install -y python3-pip git"},
		{n(1), n(2), 40, "step 2, line 4: RUN apt-get update && a…"},
		{nil, n(1), 100, `base image: CMD ["bash"]`},
		{n(1), nil, 100, "layer 1, no known instruction"},
		{n(1), n(99), 100, "layer 1, no known instruction"},
		{n(1), n(-1), 100, "layer 1, no known instruction"},
		{nil, nil, 100, ""},
	} {
		if got := v.Step(c.layer, c.instruction, c.width); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestMaker(t *testing.T) {
	r := reporttest.Sample()
	r.Layers[2].Instruction = nil
	v := New(r)
	if got := v.Maker(model.Ptr(3)); got == nil || *got != 4 {
		t.Errorf("layer 3 is of instruction %v, want 4", got)
	}
	for _, layer := range []*int{nil, model.Ptr(2), model.Ptr(-1), model.Ptr(4)} {
		if got := v.Maker(layer); got != nil {
			t.Errorf("instruction %d made a layer that it did not", *got)
		}
	}
}

func TestBaseSaysHowItIsKnown(t *testing.T) {
	for how, want := range map[string]string{
		model.BaseByFlag: "base debian:bookworm-slim (as --base says)", model.BaseByProvenance: "base debian:bookworm-slim (from provenance)",
		model.BaseByAnnotation: "base debian:bookworm-slim (from an annotation)", model.BaseByHistory: "base debian:bookworm-slim (from history)",
		model.BaseNone: "no base image found",
	} {
		r := reporttest.Sample()
		r.Image.Base.How = how
		if got := strings.Join(New(r).Base(), "|"); got != want {
			t.Errorf("%s: got %q, want %q", how, got, want)
		}
	}
	r := reporttest.Sample()
	r.Image.Base.Reference = nil
	if got := New(r).Base()[0]; got != "base 1 layer (from history)" {
		t.Errorf("without a reference: %q", got)
	}
}

func TestEdit(t *testing.T) {
	s := model.Ptr[string]
	for _, c := range []struct {
		name string
		fix  model.Fix
		want []string
	}{
		{"no edit", model.Fix{Summary: "look"}, nil},
		{"one line", model.Fix{Before: s("RUN a"), After: s("RUN b")}, []string{"- RUN a", "+ RUN b"}},
		{"a line that stays", model.Fix{Before: s("COPY x /x\nRUN a"), After: s("COPY x /x\nRUN b")}, []string{"  COPY x /x", "- RUN a", "+ RUN b"}},
		{"a line that goes", model.Fix{Before: s("RUN a\nCMD x"), After: s("CMD x")}, []string{"- RUN a", "  CMD x"}},
		{"nothing before", model.Fix{After: s("USER app")}, []string{"+ USER app"}},
		{"nothing after", model.Fix{Before: s("RUN a")}, []string{"- RUN a"}},
		{"by steps where one is too wide", model.Fix{Before: s("RUN first step && second step && third"), After: s("RUN first step && third")},
			[]string{`  RUN first step \`, `-     && second step \`, "      && third"}},
	} {
		if diff := cmp.Diff(c.want, New(nil).Edit(&c.fix, 30)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestSameEdit(t *testing.T) {
	s := model.Ptr[string]
	fix := &model.Fix{Before: s("a"), After: s("b"), Summary: "one"}
	for _, c := range []struct {
		other *model.Fix
		want  bool
	}{
		{&model.Fix{Before: s("a"), After: s("b"), Summary: "two"}, true},
		{&model.Fix{Before: s("a"), After: s("c")}, false},
		{&model.Fix{After: s("b")}, false},
		{nil, false},
	} {
		if got := SameEdit(fix, c.other); got != c.want {
			t.Errorf("%+v: got %v", c.other, got)
		}
	}
}

func TestClip(t *testing.T) {
	if text := strings.Repeat("x", maxText); Clip(text) != text {
		t.Error("a text that fits is cut")
	}
	if got := Clip(strings.Repeat("x", maxText+2000)); got != strings.Repeat("x", maxText)+"\n(2.0 kB more)" {
		t.Errorf("the end is %q", got[maxText:])
	}
	long := strings.Repeat("日", 2000) // three bytes each
	if got := Start(long); got != strings.Repeat("日", 1600)+"…" {
		t.Errorf("the start is of %d bytes", len(got))
	}
	if got := Ends("/a" + long); !strings.HasPrefix(got, "/a日") || !strings.HasSuffix(got, "日") || strings.Count(got, "…") != 1 || len(got) > enough+8 || strings.ContainsRune(got, '\ufffd') {
		t.Errorf("the ends are of %d bytes", len(got))
	}
	if Start("a") != "a" || Ends("a") != "a" {
		t.Error("a short text is changed")
	}
}

func TestUTC(t *testing.T) {
	at := time.Date(2026, 3, 1, 13, 30, 0, 0, time.FixedZone("CET", 3600))
	if got := UTC(&at); got == nil || got.Format(time.RFC3339) != "2026-03-01T12:30:00Z" {
		t.Errorf("got %v", got)
	}
	late := time.Date(9999, 12, 31, 23, 30, 0, 0, time.FixedZone("", -3600))
	if UTC(nil) != nil || UTC(&late) != nil {
		t.Error("a time that RFC 3339 cannot write")
	}
}
