package fix

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// withoutRecommends matches an option by which an install leaves recommended packages out.
var withoutRecommends = lazyregexp.New(`--no-install-recommends\b|--without-recommends\b`)

// ofRecommends matches what a comment says of recommended packages.
var ofRecommends = lazyregexp.New(`(?i)\brecommends\b|\brecommended packages\b`)

// turnedOff says that the author of an install has tried the option which an edit adds: it
// stands in a comment in the RUN or right above it. Who has commented it out had a reason. So
// had who says of which installs of a RUN leave recommended packages out.
func (p *plan) turnedOff(rule string, e *edit) string {
	if why := cmp.Or(p.guarded(e), p.ignored(rule, e), p.keptOnPurpose(rule, e)); why != "" {
		return why
	}
	if rule != "apt-recommends" {
		return ""
	}
	for i := e.from; i <= e.to && i < len(p.at); i++ {
		at := p.at[i]
		if at == nil || rewrite.Keyword(at.text) != "RUN" {
			continue
		}
		comments := append(p.doc.commentsAbove(at), rewrite.Comments(at.text)...)
		if slices.ContainsFunc(comments, withoutRecommends.MatchString) {
			return "a comment there shows that its author took --no-install-recommends out again"
		}
		if slices.ContainsFunc(rewrite.Comments(at.text), ofRecommends.MatchString) && withoutRecommends.MatchString(at.text) {
			return "a comment there says which of its installs leave recommended packages out"
		}
	}
	return ""
}

// ignores matches the comment by which an author tells hadolint to leave an instruction alone.
var ignores = lazyregexp.New(`^#\s*hadolint\s+ignore\s*=\s*(.*)`)

// hadolint are the codes of hadolint that ask for what an edit of ours does. Who turns one off has
// a reason. https://github.com/hadolint/hadolint/wiki
var hadolint = map[string][]string{
	"apt-lists": {"DL3009"}, "apt-recommends": {"DL3015"}, "apk-cache": {"DL3019"}, "dnf-cache": {"DL3032", "DL3040"}, "zypper-cache": {"DL3036"},
	"pip-cache": {"DL3042"}, "yarn-cache": {"DL3060"},
}

// ignored says that a comment above an instruction turns off the check that asks for an edit of it,
// or for fewer RUNs.
func (p *plan) ignored(rule string, e *edit) string {
	codes := hadolint[rule]
	if countRuns(e.after) < countRuns(e.before) {
		codes = append(slices.Clone(codes), "DL3059")
	}
	for i := e.from; i <= e.to && i < len(p.at); i++ {
		if p.at[i] == nil {
			continue
		}
		for _, comment := range p.doc.commentsAbove(p.at[i]) {
			m := ignores.FindStringSubmatch(comment)
			if m == nil {
				continue
			}
			for code := range strings.FieldsFuncSeq(m[1], func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
				if slices.Contains(codes, code) {
					return "a comment there tells hadolint that its author wants it so (" + code + ")"
				}
			}
		}
	}
	return ""
}

// commentsBelow returns the comments right behind an instruction, with no empty line between.
func (d *document) commentsBelow(at *piece) (comments []string) {
	i := slices.Index(d.pieces, at) + 1
	if i < 1 || i >= len(d.pieces) || d.pieces[i].text != "" {
		return nil
	}
	for line := range strings.Lines(d.pieces[i].raw) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			break
		}
		comments = append(comments, line)
	}
	return comments
}

// commentsAbove returns the comments right above an instruction, with no empty line between.
func (d *document) commentsAbove(at *piece) (comments []string) {
	i := slices.Index(d.pieces, at)
	if i < 1 || d.pieces[i-1].text != "" {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(d.pieces[i-1].raw, "\r\n", "\n"), "\n"), "\n")
	for _, line := range slices.Backward(lines) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "#") {
			break
		}
		comments = append(comments, line)
	}
	return comments
}
