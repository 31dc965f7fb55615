package multistage

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// findPlainStart looks whether the container needs npm only to start node, and goes on as if
// the CMD named node itself: the runtime stage then does.
func (d *draft) findPlainStart() error {
	words := d.in.Build.NpmStart()
	at := -1
	for i := range d.instructions {
		switch d.instructions[i].Keyword {
		case "CMD":
			at = i
		case "RUN", "COPY", "ADD", "ENTRYPOINT":
			at = -1 // it stands in the build stage, or is not all
		}
	}
	if c := d.in.Report.Config; c != nil && c.Healthcheck != nil && strings.Contains(strings.Join(c.Healthcheck.Test, " "), "np") {
		return nil // it calls npm or npx
	}
	if words == nil || at < 0 || !slices.ContainsFunc(d.in.Report.SystemPackages(), func(p model.Package) bool {
		return p.Manager == "dpkg" && p.Name == "npm" && p.Layer >= d.ownLayer
	}) {
		return nil
	}
	build := *d.in.Build
	build.Cmd = words
	d.in.Build = &build
	d.start = start{words: words, at: at}
	return nil
}

// start is what the runtime stage starts in place of a CMD.
type start struct {
	words []string // nil where the CMD stays
	at    int      // of the CMD in instructions
}

// rest returns the lines behind the build stage as they are in the runtime stage, and how many
// of the last of them are those of the file.
func (d *draft) rest() (text string, kept int) {
	var b strings.Builder
	at := d.boundaryEnd()
	spans := d.spentRemovals()
	replacement := make(map[int]string)
	if words, err := json.Marshal(d.start.words); d.start.words != nil && err == nil {
		cmd := &d.instructions[d.start.at]
		line := "CMD " + strings.ReplaceAll(string(words), `","`, `", "`)
		if strings.HasSuffix(cmd.source, "\n") {
			line += d.lineEnd()
		}
		replacement[cmd.Line-1] = line
		spans = append(spans, span{cmd.Line - 1, min(cmd.EndLine, len(d.lines))})
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	for _, s := range spans {
		b.WriteString(strings.Join(d.lines[at:s.from], "") + replacement[s.from])
		at = s.to
	}
	return b.String() + strings.Join(d.lines[at:], ""), len(d.lines) - at
}

func (s start) text() string { return strings.Join(s.words, " ") }
