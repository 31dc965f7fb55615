package report

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/ui/report/reporttest"
)

// The table in docs/formats.md has a line for each format, and no other.
func TestFormatsAreInTheirPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, lines, _ := strings.Cut(string(text), "| format | for |\n|---|---|\n")
	lines, _, _ = strings.Cut(lines, "\n\n")
	got := strings.Split(lines, "\n")
	for _, f := range table.Formats {
		if want := "| `" + f.Name + "` | " + f.About + " |"; !slices.Contains(got, want) {
			t.Errorf("docs/formats.md lacks this line of the table in ui/report/formats.go; write it there:\n%s", want)
		}
	}
	if len(got) != len(table.Formats) {
		t.Errorf("the table in docs/formats.md has %d formats, the one in ui/report/formats.go %d; take out the lines of formats that are gone", len(got), len(table.Formats))
	}
}

// Every format is made by its name and writes what it is asked for.
func TestNew(t *testing.T) {
	r, c := reporttest.Located(), reporttest.Judged()
	for _, name := range Names() {
		plain, err := New(name, Options{Rules: rulesOfSample()})
		if err != nil {
			t.Fatal(err)
		}
		judged, _ := New(name, Options{Check: c, Rules: rulesOfSample()})
		a, b := reporttest.Render(t, plain, r), reporttest.Render(t, judged, r)
		if a == "" || a == b {
			t.Errorf("%s: what the gate said makes no difference", name)
		}
	}
	if w, err := New("xml", Options{}); err == nil || w != nil {
		t.Errorf("an unknown format is %v, error %v", w, err)
	}
}

// The options reach the formats that heed them.
func TestOptions(t *testing.T) {
	r := reporttest.Located()
	for _, c := range []struct {
		format string
		o      Options
		want   string
	}{
		{"text", Options{Verbose: true}, "step layer"},
		{"text", Options{Color: true}, "\x1b["},
		{"text", Options{ASCII: true, Width: 40}, "..."},
		{"text", Options{Check: reporttest.Judged(), Quiet: true}, "fail  max-wasted"},
		{"json", Options{Files: true}, `"entries": [`},
		{"github", Options{Paths: Paths{Dir: "/home/shop", Root: "/home"}}, "file=shop/images/api/Dockerfile"},
		{"junit", Options{Rules: rulesOfSample()}, `testcase name="apt-cache"`},
	} {
		w, err := New(c.format, c.o)
		if err != nil {
			t.Fatal(err)
		}
		without, _ := New(c.format, Options{Check: c.o.Check})
		if !strings.Contains(reporttest.Render(t, w, r), c.want) || strings.Contains(reporttest.Render(t, without, r), c.want) && !c.o.Quiet {
			t.Errorf("%s %+v does not bring %q", c.format, c.o, c.want)
		}
	}
	open, _ := New("sarif", Options{Check: reporttest.Judged(), OpenOnly: true})
	if strings.Contains(reporttest.Render(t, open, r), "suppressed") || strings.Contains(reporttest.Render(t, open, r), `"ruleId": "apt-lists"`) {
		t.Error("SARIF has a result that is ignored")
	}
}

func TestNeedsTree(t *testing.T) {
	for _, name := range Names() {
		for _, files := range []bool{false, true} {
			w, err := New(name, Options{Files: files})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := NeedsTree(w), name == "html" || name == "json" && files; got != want {
				t.Errorf("%s, files %v: it needs the tree: %v", name, files, got)
			}
		}
	}
}
