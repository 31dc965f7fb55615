package fix

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// pragma matches a comment that tells a linter what to ignore in the instruction right below.
// Inside of that instruction no linter reads it.
var pragma = lazyregexp.New(`(?i)^#\s*(?:hadolint|checkov|trivy|kics|dockle|semgrep|nosemgrep|dockerfilelint|dockerlint)\b`)

// isPragma reports whether a comment line is for a linter.
func isPragma(line string) bool { return pragma.MatchString(line) }

// placeComments puts the comments that stand above RUNs which an edit joins into the joined
// RUN, each in front of what its RUN did: builders drop comment lines between continued ones.
// It returns the pieces whose comments were placed, but for those that splitComments keeps
// above. Where a comment
// has no place in the joined RUN, or the file's escape character stands in the way, remove
// puts it above that RUN.
func (p *plan) placeComments(e *edit, pairs []pair) (placed map[*piece]bool) {
	placed = make(map[*piece]bool)
	commands := make(map[int]int) // by joined instruction: commands of the RUNs so far
	brought := make(map[*piece]bool)
	for _, s := range pairs {
		if s.before < 0 {
			if gap, _, _ := p.userComments(e, e.after[s.after]); gap != nil {
				brought[gap] = true
			}
		}
	}
	for _, s := range pairs {
		into := s.after
		if s.before < 0 || rewrite.Keyword(e.before[s.before]) != "RUN" {
			continue
		}
		if into < 0 {
			into = s.into
		}
		if into < 0 || rewrite.Keyword(e.after[into]) != "RUN" {
			continue
		}
		had := commandsOf(e.before[s.before : s.before+1])
		at := commands[into]
		commands[into] += len(had)
		if s.after >= 0 || len(had) == 0 {
			continue
		}
		var comments []string
		gaps := p.doc.between(p.at[e.from+s.before-1], p.at[e.from+s.before])
		if slices.ContainsFunc(gaps, func(gap *piece) bool { return brought[gap] }) {
			continue // insert puts them above the new RUN
		}
		for _, gap := range gaps {
			inside, _ := splitComments(gap.raw)
			comments = append(comments, inside...)
		}
		if len(comments) == 0 {
			continue
		}
		if had[0].Name() == "set" && len(had) > 1 {
			at, had = at+1, had[1:] // a join puts the shell's settings in front of everything
		}
		text, ok := rewrite.InsertComments(e.after[into], at, had, comments)
		if _, writes := p.at[e.from+s.before].form.write(text); !ok || !writes {
			continue
		}
		e.after[into] = text
		for _, gap := range gaps {
			placed[gap] = true
		}
	}
	return placed
}

// splitComments parts the comments between two instructions into those that may stand inside a
// RUN and those that stay above it: comments for linters, and paragraphs in which an instruction
// is commented out, which nobody could bring back from the middle of a RUN.
func splitComments(raw string) (inside, above []string) {
	var paragraph []string
	disabled := false
	flush := func() {
		for _, line := range paragraph {
			if disabled || isPragma(strings.TrimSpace(line)) {
				above = append(above, line)
			} else {
				inside = append(inside, line)
			}
		}
		paragraph, disabled = nil, false
	}
	for line := range strings.Lines(raw) {
		line = strings.TrimRight(line, " \t\r\n")
		if strings.TrimSpace(line) == "" {
			flush()
			continue
		}
		paragraph = append(paragraph, line)
		disabled = disabled || history.IsDisabled(line)
	}
	flush()
	return inside, above
}

// disabledIn returns the paragraphs of the lines between two instructions in which an instruction is
// commented out, with the blank lines above each, and the comments for linters among the lines above.
func disabledIn(raw string, above []string) (stay string, others []string) {
	blank, paragraph, disabled := "", "", false
	flush := func() {
		if disabled {
			stay += blank + paragraph
		}
		if paragraph != "" {
			blank, paragraph, disabled = "", "", false
		}
	}
	for line := range strings.Lines(raw) {
		switch bare := strings.TrimSpace(line); {
		case bare == "":
			flush()
			blank += line
		case !isPragma(bare):
			paragraph += line
			disabled = disabled || history.IsDisabled(line)
		}
	}
	flush()
	for _, line := range above {
		if isPragma(strings.TrimSpace(line)) {
			others = append(others, line)
		}
	}
	return stay, others
}
