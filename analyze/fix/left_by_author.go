package fix

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

var (
	// handsOff matches the comment by which an author keeps others from changing something, and
	// takes what.
	handsOff = lazyregexp.New(`(?i)^#.*\b(?:do not|don't|never) (?:modify|edit|change|touch)\b(.*)`)
	below    = lazyregexp.New(`(?i)\b(?:below|beneath|following|from here|after this)\b`)
	above    = lazyregexp.New(`(?i)\b(?:above|up to here|before this)\b`)
	// apart matches the comment by which an author says why a RUN is not joined with another.
	apart = lazyregexp.New(`(?i)^#.*(?:` + strings.Join([]string{
		`\b(?:isolated|separately|intentionally (?:split|separate|apart)|on purpose)\b.*\b(?:layer|cache|RUN|rebuild)`,
		`\blayer by itself\b`,
		`\bnot (?:merged|joined|combined)\b`,
		`\b(?:do not|don.t|never) fold\b`,
		`\bone layer per\b`,
		`\b(?:own|separate|extra|individual|distinct) (?:(?:docker|image|cache|build) )?(?:layers?|steps?|RUN)\b`,
		`\blayers? of (?:its|their) own\b`,
		`\b(?:docker|layer|build)(?:'s)?[ -](?:layer |build )?cach(?:e|ed|ing)\b`,
		`\bcach(?:e|ed|ing) (?:of )?(?:this|the|these|that) (?:layer|step|RUN)s?\b`,
		`\b(?:do not|don't|never) (?:merge|join|combine|squash)\b`,
	}, "|") + `)`)
	// mountTarget takes the directory of a mount.
	mountTarget = lazyregexp.New(`\btarget=([^\s,]+)`)
	// handsOn matches a comment behind which changes are welcome again.
	handsOn = lazyregexp.New(`(?i)^#.*\b(?:modify|edit|change|customi[sz]e|add)\b.*\b(?:below|from here|after this)\b`)
)

// guarded says that a comment keeps others from changing the instructions of an edit: one that
// says so of all below it or above it, or right above the instruction.
func (p *plan) guarded(e *edit) string {
	for i := e.from; i <= e.to && i < len(p.at); i++ {
		if p.at[i] == nil {
			continue
		}
		if line := p.guards()[p.at[i].line]; line > 0 {
			return fmt.Sprintf("the comment in line %d says not to change it", line)
		}
		for _, comment := range p.doc.commentsAbove(p.at[i]) {
			if m := handsOff.FindStringSubmatch(comment); m != nil && strings.Contains(strings.ToLower(m[1]), "this") && !below.MatchString(m[1]) && !above.MatchString(m[1]) {
				return "a comment there says not to change it"
			}
		}
	}
	return p.keptApart(e)
}

// keptApart says that a comment above a RUN gives the reason why it is a layer of its own, where
// the edit would join it with another.
func (p *plan) keptApart(e *edit) string {
	runs := func(texts []string) (n int) {
		for _, text := range texts {
			if rewrite.Keyword(text) == "RUN" {
				n++
			}
		}
		return n
	}
	if runs(e.before) < 2 || runs(e.after) >= runs(e.before) {
		return ""
	}
	for i := e.from; i <= e.to && i < len(p.at); i++ {
		if p.at[i] == nil || rewrite.Keyword(p.at[i].text) != "RUN" {
			continue
		}
		if slices.ContainsFunc(p.doc.commentsAbove(p.at[i]), apart.MatchString) {
			return fmt.Sprintf("the comment above line %d says why that is a layer of its own", p.at[i].line)
		}
	}
	return ""
}

// guards returns for each line of the old file that a comment keeps from being changed the line of
// that comment.
func (p *plan) guards() map[int]int {
	if p.guard != nil {
		return p.guard
	}
	p.guard = make(map[int]int)
	from, n := 0, 0 // the comment that guards what follows it, and the line
	for line := range strings.Lines(string(p.original)) {
		n++
		line = strings.TrimSpace(line)
		m := handsOff.FindStringSubmatch(line)
		switch {
		case m != nil && below.MatchString(m[1]):
			from = n
		case m != nil && above.MatchString(m[1]):
			for k := 1; k < n && from == 0; k++ {
				p.guard[k] = n // from the top of the file
			}
			from = 0
		case m == nil && handsOn.MatchString(line):
			from = 0
		case from > 0:
			p.guard[n] = from
		}
	}
	return p.guard
}

// keptOnPurpose says that the author of a Dockerfile has commented out the removal of what an edit
// removes. Of caches, which come back and which nothing reads, only the removal counts that was taken out
// of the very RUN.
func (p *plan) keptOnPurpose(rule string, e *edit) string {
	known, ok := catalogue.ByID(rule)
	if !ok {
		return ""
	}
	targets := newMounts(e)
	for _, c := range added(e.before, e.after) {
		if gone, ok := c.Removal(""); ok {
			targets = append(targets, gone.Targets...)
		}
	}
	if known.Group == rules.Caches {
		return p.takenOutOf(e, targets)
	}
	n := 0
	for line := range strings.Lines(string(p.original)) {
		n++
		words := strings.Fields(strings.TrimLeft(line, " \t#&"))
		if bare := strings.TrimSpace(line); !strings.HasPrefix(bare, "#") || !slices.Contains(words, "rm") {
			continue
		}
		for _, word := range words {
			if meets(word, targets) {
				return fmt.Sprintf("the removal in line %d is commented out, so its author seems to need it", n)
			}
		}
	}
	return ""
}

// meets reports whether a word of a command names one of the targets of another, or lies in one or around it.
func meets(word string, targets []string) bool {
	name := strings.TrimSuffix(strings.Trim(word, `"';\&`), "/*")
	return path.IsAbs(name) && len(name) > 1 && slices.ContainsFunc(targets, func(t string) bool {
		t = strings.TrimSuffix(t, "/*")
		return isInside(t, path.Clean(name)) || isInside(path.Clean(name), t)
	})
}

// newMounts are the directories that an edit mounts.
func newMounts(e *edit) (targets []string) {
	for _, text := range e.after {
		for _, m := range mountTarget.FindAllStringSubmatch(text, -1) {
			if !slices.ContainsFunc(e.before, func(before string) bool { return strings.Contains(before, m[0]) }) {
				targets = append(targets, m[1])
			}
		}
	}
	return targets
}

// takenOutOf says that the removal of some targets was a part of a RUN and is commented out there: between
// its lines, or right behind its last one.
func (p *plan) takenOutOf(e *edit, targets []string) string {
	for i := e.from; i <= e.to && i < len(p.at); i++ {
		if p.at[i] == nil {
			continue
		}
		comments := rewrite.Comments(p.at[i].text)
		for _, line := range p.doc.commentsBelow(p.at[i]) {
			if strings.HasPrefix(strings.TrimLeft(line, "# \t"), "&&") {
				comments = append(comments, line)
			}
		}
		for _, comment := range comments {
			if words := strings.Fields(strings.TrimLeft(comment, "# \t&;")); len(words) > 1 && words[0] == "rm" && slices.ContainsFunc(words[1:], func(word string) bool { return meets(word, targets) }) {
				return "a comment there shows that its author took the removal out again"
			}
		}
	}
	return ""
}
