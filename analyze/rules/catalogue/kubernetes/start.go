package kubernetes

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/model"
)

// LastOf returns the last instruction with a keyword, which is the one that counts, -1 for
// none.
func LastOf(b *rules.Build, keyword string) int {
	for i := len(b.Instructions) - 1; i >= 0; i-- {
		if b.Parsed().Keyword(i) == keyword {
			return i
		}
	}
	return -1
}

// configWords returns what the config has of an ENTRYPOINT or a CMD.
func configWords(b *rules.Build, keyword string) []string {
	if keyword == "ENTRYPOINT" {
		return b.Entrypoint
	}
	return b.Cmd
}

// says reports whether an instruction, the last with its keyword, is what the config has: it
// holds no variables, and nobody gave the image other words later.
func says(b *rules.Build, i int, keyword string) bool {
	words, shell, ok := rewrite.StartWords(b.Parsed().Text(i))
	have := configWords(b, keyword)
	if !ok || shell == "" {
		return ok && slices.Equal(words, have)
	}
	return startable.IsShellText(have) && len(have) == 3 && have[2] == shell
}

// At is an observation at the last instruction with a keyword.
func At(b *rules.Build, keyword, summary string) rules.Observation {
	if overridden(b, keyword) {
		return InPod(b, b.Pod.Overrides().Line, summary, "")
	}
	o := rules.Observation{Fix: advice.Hint(model.Manual, summary)}
	if i := LastOf(b, keyword); i >= 0 {
		o.Instruction = model.Ptr(i)
	}
	return o
}

// StartWith is the edit that starts other words in the place of a program that the config
// names; nil where no instruction of the image itself says so. Where the pod says so, it is
// YAML.
func StartWith(b *rules.Build, p *rules.Process, words []string, summary string) *model.Fix {
	if overridden(b, p.Keyword) {
		if p.Keyword == "" {
			return nil
		}
		have := configWords(b, p.Keyword)
		return podFix(b, slices.Concat(have[:min(p.At, len(have))], words), summary)
	}
	i := LastOf(b, p.Keyword)
	if p.Keyword == "" || i < 0 || b.Instructions[i].Inherited || !says(b, i, p.Keyword) {
		return nil
	}
	have := configWords(b, p.Keyword)
	if p.Keyword == "ENTRYPOINT" && len(b.Cmd) > 0 {
		return nil // a part of the program's words is there, or would come to be
	}
	before := b.Parsed().Text(i)
	after, ok := rewrite.WithStartWords(before, slices.Concat(have[:min(p.At, len(have))], words))
	if !ok || after == before {
		return nil
	}
	return advice.Edit{Before: before, After: after}.Fix(model.Manual, summary)
}
