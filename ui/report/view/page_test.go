package view

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

func TestPageWidth(t *testing.T) {
	for given, want := range map[int]int{0: 80, 1: 40, 40: 40, 99: 99, 120: 120, 1000: 120} {
		if got := NewPage(nil, given, false, false, false).Width; got != want {
			t.Errorf("%d columns make a page of %d, want %d", given, got, want)
		}
	}
}

func TestPage(t *testing.T) {
	p := NewPage(nil, 40, false, true, false)
	p.Add("first")
	*p.Last() += ", and more"
	p.Say(func(s string) string { return "<" + s + ">" }, "a sentence that is too long for one line of this page")
	p.Add(p.Facts(20, "one", "two and more", "three", strings.Repeat("x", 30))...)
	var out strings.Builder
	if err := p.Flush(&out); err != nil {
		t.Fatal(err)
	}
	want := "first, and more\n<a sentence that is too long for one line>\n<of this page>\none | two and more\nthree\nxxxxxxxxxxxxxxxxx...\n"
	want = strings.Replace(want, " | ", " "+p.Dot+" ", 1)
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p.Height() != strings.Count(want, "\n") {
		t.Errorf("%d lines", p.Height())
	}
	if err := p.Flush(reporttest.Failing{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v", err)
	}
}

func TestPaint(t *testing.T) {
	p := NewPage(nil, 0, true, false, false)
	for name, style := range map[string]func(string) string{"strong": p.Strong, "faint": p.Faint, "waste": p.Waste, "gain": p.Gain, "bad": p.Bad} {
		if got := style("x"); !strings.HasPrefix(got, "\x1b[") || !strings.Contains(got, "x") {
			t.Errorf("%s: %q", name, got)
		}
		if style("") != "" {
			t.Errorf("%s paints nothing", name)
		}
	}
	if got := NewPage(nil, 0, false, false, false).Strong("x"); got != "x" {
		t.Errorf("a plain page is painted: %q", got)
	}
}

func TestNoteNamesTheDockerfile(t *testing.T) {
	r := &model.Report{Dockerfile: &model.Dockerfile{File: "/home/ci/shop/Dockerfile"}}
	paths := Paths{Dir: "/home/ci/shop", Root: "/home/ci"}
	if got := paths.Within("see /home/ci/shop/Dockerfile:4", r); got != "see shop/Dockerfile:4" {
		t.Errorf("got %q", got)
	}
	if got := paths.Within("see Dockerfile", &model.Report{}); got != "see Dockerfile" {
		t.Errorf("got %q", got)
	}
	if got := ThresholdName(&model.Threshold{Name: "deny", Rule: "logs"}) + ThresholdName(&model.Threshold{Name: "max-size"}); got != "deny logsmax-size" {
		t.Errorf("got %q", got)
	}
}
