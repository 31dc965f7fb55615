package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/ui/learn/course"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/learn/prompt"
)

// topics are what the course is about, in the order of its lessons.
func topics() []string {
	var all []string
	for _, l := range course.Lessons() {
		for _, topic := range l.Topics {
			if !slices.Contains(all, topic) {
				all = append(all, topic)
			}
		}
	}
	return all
}

// topic explains what lessons are about: their texts, and the rules and lessons that go
// further. It reports whether there is such a topic.
func (l *rulePage) topic(ctx context.Context, name string) (found bool, err error) {
	for i, one := range course.Lessons() {
		if !slices.Contains(one.Topics, strings.ToLower(name)) {
			continue
		}
		if found {
			l.line("")
		}
		found = true
		story, err := lesson.Story(ctx, one)
		if err != nil {
			return found, err
		}
		text, err := story.Fill(one.Text)
		if err != nil {
			return found, err
		}
		l.heading(one.Title)
		l.line("")
		for line := range strings.SplitSeq(strings.TrimRight(prompt.Plain(text), "\n"), "\n") {
			l.line(l.Escape(line))
		}
		l.line("")
		l.heading("To go on")
		for _, rule := range one.Rules {
			l.line("  tare explain " + rule + l.titleOf(rule))
		}
		l.line(fmt.Sprintf("  tare learn %d plays the lesson; the figures above are its image's", i+1))
	}
	return found, nil
}

// titleOf is a rule's title in brackets.
func (l *rulePage) titleOf(id string) string {
	for _, rule := range analyze.Rules() {
		if rule.ID == id {
			return " (" + l.Escape(rule.Title) + ")"
		}
	}
	return ""
}
