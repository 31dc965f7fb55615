package history

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// What people write above an instruction whose layer they want cached by itself. The words
// are few, so that "clean apt's cache" and "change the owner" are not among them. The
// patterns are long, and only a Dockerfile with comments needs them.
var (
	// keepsOwnLayer is about the builder's cache, or about layers.
	keepsOwnLayer = onDemand(`(?:layer|docker|build|buildkit)(?:'s)?[- ]cach|cach\w*\b.{0,20}\blayers?\b|for (?:better |docker |build |layer )*cach(?:e|ing)\b|cache[- ]?bust` +
		`|\b(?:leverag\w*|utili[sz]\w*|benefit\w*|take advantage|optimi[sz]\w*|re-?us\w*|preserv\w*|keep\w*|bust\w*|invalidat\w*|break\w*|warm\w*)\b.{0,30}\bcach` +
		`|\b(?:is|are|be|stays?|remains?|gets?) (?:\w+ )?cached\b|\bcached (?:separately|apart|by itself|on its own|between builds|across builds)` +
		`|\b(?:separate|own|distinct|different|split|dedicated)\b.{0,20}\b(?:layer|run|step|instruction)s?\b|\b(?:layer|run|step)s?\b.{0,20}\bseparate` +
		`|\b(?:do not|don't|dont|never|must not|should not)\b.{0,20}\b(?:join|merge|combine|squash|chain|collapse|move|touch)|\bkeep\b.{0,20}\b(?:apart|separate|split)` +
		`|\brebuil[dt]\w*\b.{0,30}\b(?:only|when|if|faster|often|every|each|always)\b|\b(?:faster|quick\w*|speed\w* up)\b.{0,20}\b(?:re)?builds?\b|\bonly re-?runs?\b|\bre-?run\b.{0,20}\bonly\b`)
	// optional is about a part that others may switch off or on: it has to be a part of its own.
	optional = onDemand(`\buncomment\w*\b|\bcomment (?:it|this|these|them|the)\b.{0,20}\bout\b|\bif you (?:need|want|plan|wish|do not|don't|would like)\b|\b(?:remove|delete|drop|skip) (?:it|this|these|them)\b.{0,30}\bif\b`)
	// changesRarely says that what follows need not be done again with it.
	changesRarely = onDemand(`\b(?:hardly|rarely|seldom|infrequently|never|almost never|do not|does not|don't|doesn't|won't|less likely to|unlikely to)\b.{0,20}\bchang|\bchang\w*\b.{0,20}\b(?:rarely|seldom|infrequently|never|less often|less frequently|least)\b|\b(?:least|less|not) (?:frequently|often) chang`)
	// changesOften says that what stands before need not be done again with it.
	changesOften = onDemand(`\bchang\w*\b.{0,30}\b(?:often|frequent\w*|every|each|daily|weekly|always|regularly|most|a lot|all the time)\b|\b(?:often|frequently|always|regularly|more likely to|likely to)\b.{0,20}\bchang|\b(?:most|more) (?:frequently|often) chang|\bvolatile\b`)
)

// Patterns about a cache that is filled for those who come later, and about others: the builder's,
// and the lists of packages that an update fetches.
var (
	fillsCache = onDemand(`\b(?:warm\w*|fill\w*|pre-?fill\w*|prim(?:e|es|ing)|populat\w*|seed\w*|pre-?load\w*)\b[^.;:]{0,30}\bcaches?\b|\bcaches?\b[^.;:]{0,15}\b(?:warm\w*|prim(?:e|es|ed|ing))\b` +
		`|\bavoid\w*\b.{0,20}\b(?:re-?)?(?:install|download|fetch)\w*\b.{0,30}\b(?:each|every|later|again|deploy\w*|start\w*|run ?time)\b` +
		`|\bpre-?(?:build|built|compil|download|fetch|cach)\w*\b.{0,40}\b(?:dep\w*|crates?|modules?|packages?|librar\w*|gems?)\b`)
	keepsLists   = onDemand(`\b(?:keep|leave|retain|need)(?:s|ing)?\b.{0,25}\blists\b|\b(?:for|allow(?:s|ing)?|lets?)\b.{0,40}\b(?:further|later|additional|subsequent|future|derived|child)\s+(?:package )?(?:install|builds?\b|images?\b)`)
	negates      = onDemand(`(?:\b(?:no|not|never|without|nothing)\b|n't\b)[^.,;:]{0,30}\b(?:keep|leave|retain|need|allow|let|for)|\b(?:keep|leave|retain|need)(?:s|ing)?\s+no(?:ne)?\b`)
	builderCache = onDemand(`\b(?:layer|docker|build|buildkit)(?:'s)?[- ]cach|\blayers?\b|\b(?:apt|apk|yum|dnf)\b`)
)

// onDemand compiles a pattern when it is first asked for.
func onDemand(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// markApart finds the instructions of a stage that comments keep apart from the one before, and
// those that fill a cache on purpose.
func (d *Dockerfile) markApart(stage *Stage) {
	end := stage.From.EndLine
	for i := range stage.Steps {
		step := &stage.Steps[i]
		text := commentLines(d.Lines[min(end, step.Line-1) : step.Line-1])
		if len(step.Node.Heredocs) == 0 {
			text = append(text, commentLines(d.Lines[min(step.Line, step.EndLine):step.EndLine])...)
		}
		comments := strings.ToLower(strings.Join(text, " "))
		step.Fills = i > 0 && carriesOn(&stage.Steps[i-1], d.Lines[min(end, step.Line-1):step.Line-1])
		end = step.EndLine
		if comments == "" {
			continue
		}
		step.Fills = step.Fills || fillsCache().MatchString(comments) && !builderCache().MatchString(comments)
		step.KeepsLists = keepsLists().MatchString(comments) && !negates().MatchString(comments)
		own, rarely := keepsOwnLayer().MatchString(comments) || optional().MatchString(comments), changesRarely().MatchString(comments)
		step.Apart = step.Apart || own || !rarely && changesOften().MatchString(comments)
		if i+1 < len(stage.Steps) && (own || rarely) {
			stage.Steps[i+1].Apart = true
		}
	}
}

// carriesOn reports whether what a comment says of a COPY holds for the next instruction, too:
// no empty line comes between.
func carriesOn(step *Step, between []string) bool {
	return step.Fills && (step.Keyword == "COPY" || step.Keyword == "ADD") && !slices.ContainsFunc(between, func(line string) bool { return strings.TrimSpace(line) == "" })
}

// commentLines returns the comments among lines, without what begins them.
func commentLines(lines []string) (comments []string) {
	for _, line := range lines {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "#"); ok {
			comments = append(comments, strings.TrimSpace(text))
		}
	}
	return comments
}
