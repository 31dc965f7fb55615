package structure

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// ownerCommand is a chown, chgrp or chmod of a RUN.
type ownerCommand struct {
	rewrite.Command
	change  rewrite.Change
	targets []ownerTarget
}

// ownerTarget is what such a command is given.
type ownerTarget struct {
	path string // absolute; its last name may be a pattern
	text string // as written
}

// mode reports whether the command sets the mode, not the owner.
func (c *ownerCommand) mode() bool { return c.change.Program == "chmod" }

// reaches reports whether the command changes an absolute path.
func (c *ownerCommand) reaches(name string) bool { return c.targetOf(name) != nil }

// targetOf returns the target through which the command changes a path, nil for none.
func (c *ownerCommand) targetOf(name string) *ownerTarget {
	for i := range c.targets {
		t := &c.targets[i]
		whole := rewrite.Removal{Targets: []string{t.path}}
		if t.path == name || c.change.Recursive && instructions.Under(name, t.path) ||
			strings.ContainsAny(t.path, "*?[") && whole.Covers(name) && (c.change.Recursive || strings.Count(name, "/") == strings.Count(t.path, "/")) {
			return t
		}
	}
	return nil
}

// write returns the words for a path below a target, in the author's way: relative
// where the target is, with the target's variable.
func (t *ownerTarget) write(name string) string {
	rest, below := strings.CutPrefix(name, t.path+"/")
	text := strings.Trim(t.text, `"`)
	switch {
	case name == t.path:
		return t.text
	case !below || strings.ContainsAny(t.path, "*?["):
		return name
	case text == "." || text == "./":
		return rest
	}
	return strings.TrimSuffix(text, "/") + "/" + rest
}

// maxOwnerCommands is how many changes of one RUN are told apart.
const maxOwnerCommands = 8

// ownerCommands reads the changes of owner and mode in a RUN; false where one cannot
// be told, or may not happen.
func ownerCommands(b *rules.Build, at int) (list []*ownerCommand, ok bool) {
	in := b.Parsed()
	commands, ok := in.Commands(at)
	if !ok {
		return nil, false
	}
	for _, c := range commands {
		change, is := c.Change()
		if is && change.Program == "chmod" && len(list) == 0 && special.MatchString(change.Value.Text) {
			return nil, false // a chown behind it takes the bits away
		}
		if !is {
			switch c.Name() {
			case "setcap", "setfacl", "setfattr", "install":
				return nil, false // stores files again, or gives them what a chown takes away
			case "ln":
				if !slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return strings.HasPrefix(w.Text, "-") && strings.Contains(w.Text, "s") }) {
					return nil, false // stores its file again
				}
			}
			if name := c.Name(); name == "chown" || name == "chgrp" || name == "chmod" || name == "xargs" || name == "find" && strings.Contains(c.Source(), "ch") {
				return nil, false // what is changed comes from elsewhere
			}
			continue
		}
		if change.Program == "touch" {
			continue
		}
		if !change.Plain || c.Conditional || c.Subshell || !c.DirKnown || len(list) == maxOwnerCommands {
			return nil, false
		}
		one := &ownerCommand{Command: c, change: change}
		for _, w := range change.Targets {
			t, ok := ownerTargetOf(in, at, c, w)
			if !ok {
				return nil, false
			}
			one.targets = append(one.targets, t)
		}
		list = append(list, one)
	}
	return list, len(list) > 0
}

// special matches a mode with a setuid, setgid or sticky bit. chmod(1).
var special = lazyregexp.New(`^0?[1-7][0-7]{3}$|[ug]*\+[rwxX]*[st]`)

// ownerTargetOf resolves a word of a command to an absolute path.
func ownerTargetOf(in *instructions.List, at int, c rewrite.Command, w rewrite.Word) (ownerTarget, bool) {
	name := strings.Trim(w.Text, `"`)
	if !w.Literal {
		var ok bool
		if name, ok = in.Expand(name, at); !ok {
			return ownerTarget{}, false
		}
	}
	if !path.IsAbs(name) {
		name = path.Join(c.Dir, name)
	}
	if !path.IsAbs(name) {
		dir := in.Dir(at)
		if dir == "" {
			return ownerTarget{}, false
		}
		name = path.Join(dir, name)
	}
	name = path.Clean(name)
	ok := name != "/" && !strings.ContainsAny(path.Dir(name), "*?[") && !strings.ContainsAny(name, "{}~$")
	return ownerTarget{name, w.Text}, ok
}

// value is the owner or mode that the command sets, as COPY can take it; false where
// it cannot.
func (c *ownerCommand) value(in *instructions.List, from, at int) (string, bool) {
	value := strings.Trim(c.change.Value.Text, `"`)
	if !c.change.Value.Literal {
		if _, ok := in.Expand(value, from); !ok || !plainOwner(value) {
			return "", false
		}
		if earlier, ok := in.Expand(value, from); !ok || !sameValue(in, value, earlier, at) {
			return "", false
		}
		commands, _ := in.Commands(at)
		if slices.ContainsFunc(commands, func(c rewrite.Command) bool { return c.Name() == "read" || c.Name() == "eval" }) || strings.Contains(in.Text(at), "=") {
			return "", false // the RUN may set the variable itself
		}
		if variable := reference.FindStringSubmatch(value); from != at && variable != nil && assigns(in.Text(from), variable[1]) {
			return "", false // the one that it goes to may set it
		}
	}
	return value, value != ""
}

// assigns reports whether a RUN may set a variable: it has the name elsewhere than in a reference.
func assigns(text, variable string) bool {
	return strings.Contains(strings.NewReplacer("${"+variable, "", "$"+variable, "").Replace(text), variable)
}

// reference matches a variable, and takes its name.
var reference = lazyregexp.New(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`)

// plainOwner reports whether the variables of a text are all that a shell would
// expand in it.
func plainOwner(text string) bool {
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:${}") == ""
}

func sameValue(in *instructions.List, text, want string, at int) bool {
	now, ok := in.Expand(text, at)
	return ok && now == want
}
