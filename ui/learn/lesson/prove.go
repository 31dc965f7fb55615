package lesson

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Prove checks that a lesson works: the start fails and the solution passes; the first check that
// a wrong solution fails is the one it names; each answer can be found in the image; texts leave
// all sizes to be counted; and the solution is not larger than par. It returns everything that
// is wrong, each as an *[Error]. Any other error comes from tare itself or from ctx.
func Prove(ctx context.Context, l *Lesson) ([]error, error) {
	var wrong []error
	tell := func(err error) { wrong = append(wrong, err) }

	start, err := Judge(ctx, l, l.Start)
	if err != nil {
		return nil, err
	}
	switch {
	case start.First() == BuildFails:
		tell(&Error{File: "start/Dockerfile", What: "it would not build: " + start.Say()})
	case start.Passed():
		tell(&Error{File: "start/Dockerfile", What: "the lesson is solved before it begins: no check fails"})
	}
	solution, err := Judge(ctx, l, l.Solution)
	if err != nil {
		return nil, err
	}
	if !solution.Passed() {
		tell(&Error{File: "solution/Dockerfile", What: "it does not solve the lesson; check " + solution.First() + ": " + solution.Say()})
	}
	if l.Par > 0 && solution.Figures.Size() > l.Par {
		tell(l.errorAt("par", "the solution is larger than par"))
	}
	if start.Report == nil || solution.Report == nil {
		return wrong, nil
	}
	for i, q := range l.Look {
		if !q.Answer.known(start.Report) {
			tell(l.errorAt("look "+strconv.Itoa(i), "the image of the start has no %s", q.Answer))
		}
	}
	for _, w := range l.Wrong {
		v, err := Judge(ctx, l, w.Files)
		if err != nil {
			return nil, err
		}
		switch got := v.First(); {
		case got == "":
			tell(l.errorAt("wrong "+w.Name, "it solves the lesson"))
		case got != w.Fails:
			tell(l.errorAt("wrong "+w.Name, "check %s fails before %s does: %s", got, w.Fails, v.Say()))
		}
	}
	return append(wrong, l.proveTexts(Told(start, solution))...), nil
}

// typed matches sizes that were typed into a text, where they should be counted.
var typed = regexp.MustCompile(`(?:^|[^\w./-])\d[\d.,]*\s?(?:[kMG]i?B|bytes)\b`)

// code matches quoted commands and files, in which sizes are allowed.
var code = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")

// proveTexts looks for sizes that were typed, and for figures that do not exist.
func (l *Lesson) proveTexts(f Figures) []error {
	var wrong []error
	plain := code.ReplaceAllStringFunc(l.Text, func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) })
	for i, line := range strings.Split(plain, "\n") {
		if m := typed.FindString(line); m != "" {
			wrong = append(wrong, &Error{"text.md", i + 1, "the figure " + strings.TrimSpace(m) + " is typed; write one in braces, which is counted"})
		}
		if _, err := f.Fill(line); err != nil {
			wrong = append(wrong, &Error{"text.md", i + 1, err.Error()})
		}
	}
	settingTexts := l.settingTexts()
	for _, part := range slices.Sorted(maps.Keys(settingTexts)) {
		for _, text := range settingTexts[part] {
			if m := typed.FindString(code.ReplaceAllString(text, "")); m != "" {
				wrong = append(wrong, l.errorAt(part, "the figure %s is typed; write one in braces, which is counted", strings.TrimSpace(m)))
			}
			if _, err := f.Fill(text); err != nil {
				wrong = append(wrong, l.errorAt(part, "%v", err))
			}
		}
	}
	return wrong
}

// settingTexts are the texts of lesson.yaml, by the part that they belong to.
func (l *Lesson) settingTexts() map[string][]string {
	all := map[string][]string{}
	for i, q := range l.Look {
		all["look "+strconv.Itoa(i)] = []string{q.Ask, q.Because, q.Else}
		for n, h := range q.Hints {
			all["look "+strconv.Itoa(i)+" hint "+strconv.Itoa(n)] = []string{h}
		}
	}
	for _, c := range l.Checks {
		all["check "+c.ID] = []string{c.Else}
	}
	for i, h := range l.Hints {
		all["hint "+strconv.Itoa(i)] = []string{h}
	}
	return all
}
