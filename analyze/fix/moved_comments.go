package fix

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// findHosts finds, for RUNs that an edit joins with an earlier one across instructions that
// stay, what they become part of: the RUN after the edit that has all their commands.
func findHosts(e *edit, pairs []pair) {
	for i := range pairs {
		s := &pairs[i]
		if s.after >= 0 || s.into >= 0 || s.before < 0 || rewrite.Keyword(e.before[s.before]) != "RUN" {
			continue
		}
		want := commandsOf(e.before[s.before : s.before+1])
		for _, other := range pairs[:i] {
			if other.after < 0 || other.before < 0 || rewrite.Keyword(e.after[other.after]) != "RUN" || e.before[other.before] == e.after[other.after] {
				continue
			}
			if len(want) > 0 && holdsCommands(e.after[other.after], want) {
				s.into = other.after
			}
		}
	}
}

// holdsCommands reports whether a RUN has all of some commands.
func holdsCommands(text string, want []rewrite.Command) bool {
	have := commandsOf([]string{text})
	return !slices.ContainsFunc(want, func(c rewrite.Command) bool {
		return !slices.ContainsFunc(have, func(h rewrite.Command) bool { return h.Source() == c.Source() })
	})
}

// aboveComments returns where in the document a new instruction goes that is to stand in front
// of another: above the comments that are about that one.
func (p *plan) aboveComments(near *piece) int {
	index := slices.Index(p.doc.pieces, near)
	if index == 0 {
		return 0
	}
	gap := p.doc.pieces[index-1]
	if gap.text != "" {
		return index
	}
	head, own := cutComments(gap.raw)
	if own == "" || isDirectives(p.doc.pieces[:index], head) {
		return index
	}
	if head == "" {
		return index - 1
	}
	gap.raw = head
	p.doc.pieces = slices.Insert(p.doc.pieces, index, &piece{raw: own, line: near.line})
	return index
}

// isDirectives reports whether nothing but comments stands in front of a place: the first of
// them may be for the builder.
func isDirectives(before []*piece, head string) bool {
	return len(before) == 1 && strings.TrimSpace(head) == ""
}

// cutComments parts what stands between two instructions in front of the comments that stand
// right above the second.
func cutComments(raw string) (head, own string) {
	lines := slices.Collect(strings.Lines(raw))
	first := len(lines)
	for first > 0 && strings.HasPrefix(strings.TrimSpace(lines[first-1]), "#") {
		first--
	}
	return strings.Join(lines[:first], ""), strings.Join(lines[first:], "")
}

// aboutUsers matches a comment on the user or the group that a RUN makes.
var aboutUsers = lazyregexp.New(`(?i)\b(?:add|create|make|set ?up|new|dedicated|use|run(?:s|ning)? as)\b[^#]*\b(?:users?|groups?|accounts?|uid|gid)\b|^\W*(?:the )?(?:\w+ )?(?:users?|groups?|accounts?)\W*$|\bnon-?root\b|\bunprivileged\b`)

// isRule reports whether a comment line draws a line: what stands above the next is a heading, for
// more than one instruction.
func isRule(line string) bool { return drawn.MatchString(strings.TrimSpace(line)) }

var drawn = lazyregexp.New(`^#\s*[-=#*~_+]{3,}\s*#*$`)

// bringComments moves the comment on a user along with the commands that make the user, where
// an edit takes those out of a RUN into one of their own.
func (p *plan) bringComments(e *edit, put *piece) {
	gap, head, own := p.userComments(e, put.text)
	if gap == nil {
		return
	}
	gap.raw = head
	p.doc.pieces = slices.Insert(p.doc.pieces, slices.Index(p.doc.pieces, put), &piece{raw: own, line: gap.line})
}

// userComments returns what stands above the RUN that made the users which a new RUN makes: the
// comments that are about them, and what is in front. gap is nil where there are none.
func (p *plan) userComments(e *edit, put string) (gap *piece, head, own string) {
	moved := commandsOf([]string{put})
	if len(moved) == 0 || !slices.Contains([]string{"useradd", "groupadd", "adduser", "addgroup"}, moved[0].Name()) {
		return nil, "", ""
	}
	for i, text := range e.before {
		if i == 0 || rewrite.Keyword(text) != "RUN" || !holdsCommands(text, moved) {
			continue
		}
		gaps := p.doc.between(p.at[e.from+i-1], p.at[e.from+i])
		if len(gaps) == 0 {
			return nil, "", ""
		}
		gap = gaps[len(gaps)-1]
		head, own = cutComments(gap.raw)
		lines := slices.Collect(strings.Lines(own))
		for k, line := range slices.Backward(lines) {
			if isRule(line) {
				head, own = head+strings.Join(lines[:k+1], ""), strings.Join(lines[k+1:], "")
				break
			}
		}
		alone := holdsCommands(put, commandsOf([]string{text})) // the comment is about nothing else
		if own == "" || !alone && !aboutUsers.MatchString(own) || isPragma(strings.TrimSpace(own)) {
			return nil, "", ""
		}
		return gap, head, own
	}
	return nil, "", ""
}
