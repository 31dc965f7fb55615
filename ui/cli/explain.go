package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/nearest"
	"github.com/tare-oci/tare/ui/display"
)

// newExplain makes `tare explain [RULE]`.
func newExplain(f *flags, std Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [RULE|TOPIC]",
		Short: "Explain a rule: why it costs space, how to see it, how to fix it",
		Long: `Explain a rule from the catalogue: why it costs space, how to see it by hand, the
Dockerfile before and after the fix, when to leave it alone, and where to read more.
Or explain a topic in short, such as layers, cache, chown, secrets, multi-stage, pid1 or
base, and name the lesson of tare learn about it. Without a name, list the catalogue.`,
		Args: atMost(1, "one rule at a time; see tare explain --help"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			t := terminal{std}
			l := rulePage{Charset: t.charset(f.ascii), out: bufio.NewWriter(std.Out), width: min(t.width(std.Out), maxExplainWidth), color: t.color(std.Out, f.color)}
			if len(args) == 0 {
				l.catalogue(analyze.Rules())
				return l.out.Flush()
			}
			for _, rule := range analyze.Rules() {
				if rule.ID == args[0] {
					l.rule(&rule)
					return l.out.Flush()
				}
			}
			if found, err := l.topic(cmd.Context(), args[0]); found || err != nil {
				return errors.Join(err, l.out.Flush())
			}
			return fmt.Errorf("explain %q: there is no such rule or topic; %s", args[0], nearestRule(args[0]))
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(ruleIDs(), topics()...), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// unknownRule reports whether the catalogue has no rule of that name.
func unknownRule(id string) bool { return !slices.Contains(ruleIDs(), id) }

// nearestRule says what to do about a rule that does not exist.
func nearestRule(id string) string {
	if near := nearest.Name(strings.ToLower(id), ruleIDs()); near != "" {
		return "did you mean " + near + "?"
	}
	return "tare explain lists them"
}

// maxExplainWidth keeps a line within what an eye follows.
const maxExplainWidth = 100

// rulePage writes rules for a person. Its errors are those of out's Flush.
type rulePage struct {
	display.Charset
	out   *bufio.Writer
	width int
	color bool
}

// catalogue lists all rules by their group.
func (l *rulePage) catalogue(rules []analyze.Rule) {
	name := 0
	for _, rule := range rules {
		name = max(name, len(rule.ID))
	}
	for i, rule := range rules {
		if i == 0 || rules[i-1].Group != rule.Group {
			if i > 0 {
				l.line("")
			}
			l.heading(string(rule.Group))
		}
		left := fmt.Sprintf("  %-*s  %-8s  ", name, rule.ID, firstWord(rule.HowSure()))
		l.line(left + l.Truncate(l.Escape(rule.Title), max(l.width-len(left), 10)))
	}
	l.line("")
	l.text("tare explain RULE says why, how to see it, and how to fix it. It knows topics, too: "+strings.Join(topics(), ", ")+".", "")
}

// rule writes all that one rule has to say.
func (l *rulePage) rule(r *analyze.Rule) {
	l.heading(r.ID + ": " + r.Title)
	l.text(fmt.Sprintf("%s, %s", r.Group, r.HowSure()), "")
	l.line("")
	l.text(r.Why, "")
	l.part("See it by hand", r.See)
	l.part("Instead of", r.Before)
	l.part("write", r.After)
	if len(r.Paths) > 0 {
		l.line("")
		l.heading("Where it looks")
		l.text(strings.Join(r.Paths, ", "), "  ")
	}
	l.line("")
	l.heading("When not")
	l.text(r.WhenNot, "  ")
	l.line("")
	l.heading("Written down in")
	for _, source := range r.Sources {
		l.line("  " + l.Escape(source))
	}
}

// part is a heading with lines to be typed, which are not wrapped: they can be
// copied as they are.
func (l *rulePage) part(title, code string) {
	l.line("")
	l.heading(title)
	for line := range strings.SplitSeq(code, "\n") {
		l.line("  " + l.Escape(line))
	}
}

func (l *rulePage) heading(s string) {
	if s = l.Escape(s); l.color {
		s = lipgloss.NewStyle().Bold(true).Render(s)
	}
	l.line(s)
}

// text is a paragraph.
func (l *rulePage) text(s, indent string) {
	for _, line := range display.Wrap(l.Escape(s), max(l.width-len(indent), 20)) {
		l.line(indent + line)
	}
}

func (l *rulePage) line(s string) { _, _ = io.WriteString(l.out, s+"\n") }

// firstWord is what a text begins with: how sure the surest finding of a rule is.
func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return strings.TrimSuffix(word, ",")
}
