package fix

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// mountApart changes an edit that joins RUNs, so that one removal is enough for them, into one
// that mounts the cache in each of them and joins none. It reports false where the tool does
// not fill the cache by itself in each, or where a mount is not safe; then e stays as it was.
func (p *plan) mountApart(e *edit, f *model.Finding, rule *rules.Rule) bool {
	texts := slices.Clone(e.before)
	if rule.Apart != nil {
		var ok bool
		if texts, ok = rule.Apart(p.build, e.from, e.to); !ok {
			return false
		}
	}
	targets, outside := mountTargets(rule, f)
	if _, known := refillsOf(f); !known || outside != "" {
		return false
	}
	apart := *e
	apart.after = nil
	first, mounted := 0, 0
	for i, text := range texts {
		if text == "" || emptiesOnly(text, rule, targets) {
			continue
		}
		apart.after = append(apart.after, text)
		if fillsAlone(text, rule) {
			if p.mountIn(&apart, mountedRun{len(apart.after) - 1, first, i}, f, rule, targets) != "" {
				return false
			}
			mounted++
		}
		first = i + 1
	}
	if mounted == 0 || !slices.ContainsFunc(apart.after, func(text string) bool { return !slices.Contains(e.before, text) }) {
		return false
	}
	apart.mounts(targets)
	*e = apart
	return true
}

// fillsAlone reports whether a RUN has a command that fills a rule's cache.
func fillsAlone(text string, rule *rules.Rule) bool {
	run, err := rewrite.ParseRun(text)
	if err != nil {
		return false
	}
	for i := range run.Commands {
		if rule.ID == aptLists && run.RunsArchiveScript(i) {
			return true
		}
	}
	return slices.ContainsFunc(run.Commands, func(c rewrite.Command) bool {
		return slices.Contains(rule.Refills.Tools, c.Name()) && slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return slices.Contains(rule.Refills.Subcommands, w.Text) })
	})
}

// emptiesOnly reports whether a RUN does nothing but to empty what is mounted in others.
func emptiesOnly(text string, rule *rules.Rule, targets []string) bool {
	run, err := rewrite.ParseRun(text)
	return err == nil && len(run.Commands) > 0 && len(rewrite.Comments(text)) == 0 && !slices.ContainsFunc(run.Commands, func(c rewrite.Command) bool {
		return !empties(c, rule.Empties, targets, "")
	})
}

// mounts makes the edit one that mounts targets, and says so. Of the author's own commands it
// names those that would empty the mount and are gone.
func (e *edit) mounts(targets []string) {
	e.strategy, e.summary = model.CacheMount, "Keep "+strings.Join(targets, " and ")+" in a cache mount: the next build finds it there, and it never reaches the image."
	var gone []string
	for _, c := range added(e.after, e.before) {
		_, removes := c.Removal("")
		if (removes || strings.Contains(c.Source(), "clean") || strings.Contains(c.Source(), "purge")) && !slices.Contains(gone, c.Source()) {
			gone = append(gone, c.Source())
		}
	}
	if len(gone) > 0 {
		e.summary += " It leaves out " + oneLine(strings.Join(gone, " and ")) + ", which would empty the mount."
	}
}
