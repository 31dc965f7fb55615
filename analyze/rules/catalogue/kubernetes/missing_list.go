package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/probes"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// pseudoList finds a list that looks like JSON and is none, so that a shell gets it:
// CMD ['npm', 'start'].
func pseudoList(b *rules.Build) (o rules.Observation, ok bool) {
	keyword, words := "ENTRYPOINT", b.Entrypoint
	if len(words) == 0 {
		keyword, words = "CMD", b.Cmd
	}
	if !rules.IsShellText(words) || len(words) != 3 {
		return o, false
	}
	text := strings.TrimSpace(words[2])
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") || strings.HasPrefix(text, "[ ") || strings.HasPrefix(text, "[[") {
		return o, false
	}
	o = At(b, keyword, fmt.Sprintf("Write %s as JSON, with double quotes and commas: this is no JSON, so a shell looks for a program called %s.", keyword, quoted(firstWord(text))))
	o.Title = "a command that is no JSON"
	if i := LastOf(b, keyword); o.Manifest == nil && i >= 0 && !b.Instructions[i].Inherited && says(b, i, keyword) {
		if fixed, _, isList := rewrite.StartWords(keyword + " " + strings.ReplaceAll(text, "'", "\"")); isList && len(fixed) > 0 && !strings.Contains(text, "\"") {
			p := rules.Process{Keyword: keyword}
			if fix := StartWith(b, &p, fixed, o.Fix.Summary); fix != nil {
				o.Fix = fix
			}
		}
	}
	return o, true
}

func firstWord(text string) string { return strings.Fields(text)[0] }

// oneWord finds a whole command that stands in one word of a list: CMD ["/app/run --flag"]. The
// kernel looks for a file of that name, with the space in it.
func oneWord(b *rules.Build, words []string) (o rules.Observation, ok bool) {
	parts := strings.Fields(words[0])
	if len(parts) < 2 || strings.ContainsAny(words[0], "$`\\") {
		return o, false
	}
	if file, known := b.FindProgram(words[0]); !known || file != "" || probes.MayBeMounted(b, words[0]) {
		return o, false
	}
	keyword, have := "ENTRYPOINT", b.Entrypoint
	if len(have) == 0 {
		keyword, have = "CMD", b.Cmd
	}
	subject := keyword
	if overridden(b, keyword) {
		subject = "the pod's command"
	}
	o = At(b, keyword, fmt.Sprintf("Write each word of %s by itself: the whole command stands in one, so that a program called %s is looked for, and the container cannot start.", subject, quoted(words[0])))
	o.Title = "a whole command in one word"
	if program, known := b.FindProgram(parts[0]); known && program != "" && isPlain(words[0]) {
		p := rules.Process{Keyword: keyword}
		if fix := StartWith(b, &p, slices.Concat(parts, have[1:]), o.Fix.Summary); fix != nil {
			o.Fix = fix
		}
	}
	return o, true
}
