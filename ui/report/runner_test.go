package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
)

// obeyed is a line that a CI runner takes for a command: GitHub's two forms, Azure
// Pipelines', TeamCity's and GitLab's.
var obeyed = regexp.MustCompile(`(?m)^\s*::[A-Za-z]|##[A-Za-z]*\[|section_(start|end):[0-9]+:.*\r`)

// TestNoFormatSpeaksToARunner prints reports full of commands to a pipeline's log.
func TestNoFormatSpeaksToARunner(t *testing.T) {
	words := []string{
		"::set-output name=x::y", "::error::broken", " ::add-mask::a", "\t::warning file=a::b", "\n::stop-commands::x\n",
		"##[error]x", "###[group]x", "##vso[task.setvariable variable=a]b", "##teamcity[buildStatus text='x']",
		"section_start:1700000000:x\r\x1b[0Ktitle", strings.Repeat("a ::error::b ", 40), strings.Repeat("x", 75) + "::error::b" + strings.Repeat("::error::b", 40),
	}
	for _, word := range words {
		for name, w := range everyFormat() {
			t.Run(fmt.Sprintf("%s %.20q", name, word), func(t *testing.T) {
				text := render(t, w, full(word))
				if name == "github" {
					text = ownCommands.ReplaceAllString(text, "")
				}
				if at := obeyed.FindStringIndex(text); at != nil {
					t.Errorf("a runner would obey %q", text[max(0, at[0]-60):min(len(text), at[1]+60)])
				}
			})
		}
		old, now := full("a"), full(word)
		c := compare.Reports(old, now)
		for name, w := range map[string]ComparisonWriter{"text": ComparisonText{Verbose: true}, "json": ComparisonJSON{}, "markdown": ComparisonMarkdown{}} {
			if bad := obeyed.FindString(renderComparison(t, w, c)); bad != "" {
				t.Errorf("%s of a comparison with %q: a runner would obey %q", name, word, bad)
			}
		}
	}
}

// ownCommands are the commands that the GitHub format is there for.
var ownCommands = regexp.MustCompile(`(?m)^::(error|warning|notice) `)

func everyFormat() map[string]Writer {
	all := machines(nil)
	all["text"], all["text -v"], all["html"] = Text{}, Text{Verbose: true}, HTML{}
	for _, width := range []int{20, 37, 61, 300} {
		all[fmt.Sprint("text -v of ", width)] = Text{Verbose: true, Width: width, ASCII: width == 37}
	}
	return all
}

// A report that is read back is written the same, whatever its texts hold.
func TestReadGivesTheSameTexts(t *testing.T) {
	analysed := saved(t, analysed(t, "demo:naive-apt"), false)
	for _, word := range append([]string{"\xff\xfe", "a\xc3", "\ufffd", `\xff`, `\ufffd`, "##[x]", "\xed\xa0\x80", "\u2028"}, hostileWords...) {
		r, err := Read(bytes.NewReader(analysed))
		if err != nil {
			t.Fatal(err)
		}
		want := saved(t, fill(r, word), false)
		got, err := Read(bytes.NewReader(want))
		if err != nil {
			t.Errorf("%q: %v", word, err)
			continue
		}
		if again := saved(t, got, false); !bytes.Equal(again, want) {
			t.Errorf("%q: written\n%s\nand, when it was read back,\n%s", word, want, again)
		}
	}
}

// More packages than distributions have come back, too.
func TestReadGivesManyPackages(t *testing.T) {
	r := clean()
	for i := range 140_000 {
		r.Packages = append(r.Packages, model.Package{Manager: "dpkg", Name: fmt.Sprint("p", i), Version: "1", Arch: "amd64", Reason: "manual"})
	}
	want := saved(t, r, false)
	got, err := Read(bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(saved(t, got, false), want) {
		t.Error("the report is other than the one that was written")
	}
}
