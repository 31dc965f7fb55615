package fix

import (
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
