package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	difference "github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/ui/report/compare"
	"github.com/tare-oci/tare/ui/report/html"
	"github.com/tare-oci/tare/ui/report/reporttest"
	"github.com/tare-oci/tare/ui/report/text"
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
				text := reporttest.Render(t, w, reporttest.Full(word))
				if name == "github" {
					text = ownCommands.ReplaceAllString(text, "")
				}
				if at := obeyed.FindStringIndex(text); at != nil {
					t.Errorf("a runner would obey %q", text[max(0, at[0]-60):min(len(text), at[1]+60)])
				}
			})
		}
		old, now := reporttest.Full("a"), reporttest.Full(word)
		c := difference.Reports(old, now)
		for name, w := range map[string]compare.Writer{"text": compare.Text{Verbose: true}, "json": compare.JSON{}, "markdown": compare.Markdown{}} {
			var out strings.Builder
			if err := w.Write(&out, c); err != nil {
				t.Fatal(err)
			}
			if bad := obeyed.FindString(out.String()); bad != "" {
				t.Errorf("%s of a comparison with %q: a runner would obey %q", name, word, bad)
			}
		}
	}
}

// ownCommands are the commands that the GitHub format is there for.
var ownCommands = regexp.MustCompile(`(?m)^::(error|warning|notice) `)

func everyFormat() map[string]Writer {
	all := machines(nil)
	all["text"], all["text -v"], all["html"] = text.Report{}, text.Report{Verbose: true}, html.Page{}
	for _, width := range []int{20, 37, 61, 300} {
		all[fmt.Sprint("text -v of ", width)] = text.Report{Verbose: true, Width: width, ASCII: width == 37}
	}
	return all
}
