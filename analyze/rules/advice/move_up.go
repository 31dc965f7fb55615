package advice

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// MoveUp joins a RUN that does nothing but to set modes, or owners that every image has, with
// the RUN that made the files, and leaves those between the two where they are: none of them
// names the files or stores one of theirs. It reports false where a join of all is the same, or
// where that cannot be told.
func MoveUp(b *rules.Build, made, hid int) (Edit, bool) {
	in := b.Parsed()
	if b.Tree == nil || hid-made < 2 || hid-made >= maxJoined || in.All[hid].Apart || !in.PosixShell(hid) {
		return Edit{}, false
	}
	targets, ok := changed(b, hid)
	if !ok {
		return Edit{}, false
	}
	for i := made + 1; i < hid; i++ {
		switch in.Keyword(i) {
		case "RUN", "COPY", "ADD", "ENV", "CMD", "LABEL", "EXPOSE", "ENTRYPOINT", "HEALTHCHECK", "STOPSIGNAL", "MAINTAINER":
		default:
			return Edit{}, false
		}
		if in.All[i].Inherited || slices.ContainsFunc(targets, func(t string) bool { return strings.Contains(in.Text(i), t) }) {
			return Edit{}, false
		}
	}
	if storesBelow(b, made, hid, targets) {
		return Edit{}, false
	}
	joined, ok := rewrite.Join([]string{in.Text(made), in.Text(hid)})
	if !ok {
		return Edit{}, false
	}
	after := append([]string{joined}, in.Texts(made+1, hid-1)...)
	return Edit{strings.Join(in.Texts(made, hid), "\n"), strings.Join(after, "\n")}, true
}

// changed returns what the chmod and chown of a RUN name, absolute paths; false where the RUN
// does more, or where another user may mean something else.
func changed(b *rules.Build, at int) (targets []string, ok bool) {
	commands, ok := b.Parsed().Commands(at)
	if !ok || len(commands) == 0 {
		return nil, false
	}
	for _, c := range commands {
		owner := c.Name() == "chown" || c.Name() == "chgrp"
		if c.Redirected || c.Conditional || !owner && c.Name() != "chmod" {
			return nil, false
		}
		operands := Operands(c)
		if len(operands) < 2 || owner && strings.Trim(operands[0], "0123456789:") != "" && strings.Trim(strings.ReplaceAll(operands[0], "root", ""), ":") != "" {
			return nil, false
		}
		for _, target := range operands[1:] {
			if !plainPath.MatchString(strings.TrimRight(target, "/")) || strings.ContainsAny(target, "*?") || strings.Count(path.Clean(target), "/") < 2 {
				return nil, false
			}
			targets = append(targets, path.Clean(target))
		}
	}
	return targets, true
}

// storesBelow reports whether a layer between two instructions stores anything at or below
// paths.
func storesBelow(b *rules.Build, made, hid int, targets []string) bool {
	for l := range b.Layers {
		step := b.Step(&l)
		if step == nil || step.Index <= made || step.Index >= hid || l >= b.Tree.Layers() {
			continue
		}
		for _, r := range b.Tree.Layer(l) {
			if r.Kind == model.Implied {
				continue
			}
			if name := "/" + b.Tree.Path(r.Node); slices.ContainsFunc(targets, func(t string) bool { return instructions.Under(name, t) }) {
				return true
			}
		}
	}
	return false
}
