package leftovers

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// unlessRun leaves the history of a clone alone that is the installed program itself: one
// that pip installs --editable, or whose files the container starts. Such a program may ask
// git for its own version while it runs.
func unlessRun(r rules.Rule) rules.Rule {
	general, rule := r.Fix, r
	r.Fix = func(f *model.Finding, b *rules.Build) *model.Fix {
		fix := general(f, b)
		if fix == nil || fix.After == nil || f.Inherited {
			return fix
		}
		made, ok := advice.Maker(f, b)
		if !ok || b.Parsed().Keyword(made) != "RUN" {
			return fix
		}
		for _, target := range b.Targets(&rule, f.Paths) {
			clone := path.Dir("/" + target)
			if why := submodulesOf(b, clone); why != "" && strings.HasSuffix(target, "/.git") {
				return advice.Leave("Leave version control directories alone: " + why + ", and a program that asks for the version of its parts fails without " + "/" + target + "; clone with --depth 1 to keep less of the history.")
			}
			if clonesTool(b, made, clone) {
				return advice.Leave("Leave version control directories alone: a tool that is installed by cloning it asks git for its version each time it runs; clone with --depth 1 to keep less of the history.")
			}
			if worksIn(b, clone) {
				return advice.Leave("Leave version control directories alone: the container starts a shell, and " + clone + " is where people find themselves; clone with --depth 1 to keep less of the history.")
			}
			if why := runsFrom(b, clone); why != "" {
				return advice.Leave("Leave version control directories alone: " + why + ", so the program may ask for its version there; clone with --depth 1 to keep less of the history.")
			}
			if file := b.RunsIn(clone); file != "" && clone != "/" {
				return advice.Leave("Leave version control directories alone: " + file + " runs something in " + clone + ", which may update it; clone with --depth 1 to keep less of the history.")
			}
			if where := updatedBy(b, made, clone); where != "" {
				return advice.Leave("Leave version control directories alone: " + where + " lets git update or read a clone, perhaps this one; clone with --depth 1 to keep less of the history.")
			}
			if name := updatesItself(b); name != "" {
				return advice.Leave("Leave version control directories alone: " + name + " in the environment sounds as if the program updates itself, which takes its clone; clone with --depth 1 to keep less of the history.")
			}
			if (!b.RunsService() || startsWorkplace(b)) && !strings.HasPrefix(clone, "/tmp/") {
				fix.Guess = "people use the image by hand, and whether they want the history of " + clone + " is a guess"
			}
		}
		return fix
	}
	return r
}

// asksGit matches a call of git, in a script or in a table of cron, that does not work without a .git.
var asksGit = lazyregexp.New(`(?m)^[^#\n]*\bgit\b[^\n;&|#]*\s(?:pull|fetch|checkout|reset|describe|rev-parse|rev-list|log|status|submodule|merge|rebase|show)\b`)

// updatedBy says which script of the image, or which RUN that writes a table of cron, calls git in a way that
// takes a clone, "" for none: which clone that is, a variable may say. What packages brought, and the
// scripts of the clone itself, are about other clones, or about its build.
func updatedBy(b *rules.Build, made int, clone string) string {
	for _, name := range slices.Sorted(maps.Keys(b.Captured)) {
		content := b.Captured[name]
		isScript := bytes.HasPrefix(content, []byte("#!")) || strings.HasPrefix(name, "etc/cron") || strings.HasPrefix(name, "var/spool/cron")
		ofOthers := strings.HasPrefix(name, "usr/") && !strings.HasPrefix(name, "usr/local/bin/") && !strings.HasPrefix(name, "usr/local/sbin/") || strings.Contains(name, "/node_modules/") || strings.Contains(name, "/site-packages/") || strings.HasPrefix("/"+name, clone+"/") || strings.Contains(name, "/.git/")
		if isScript && !ofOthers && asksGit.Match(content) {
			return "/" + name
		}
	}
	for i := made; i < len(b.Parsed().All); i++ {
		if text := b.Parsed().Text(i); strings.Contains(text, "cron") && asksGit.MatchString(text) {
			return "the " + b.Parsed().Keyword(i) + " that writes a table of cron"
		}
	}
	return ""
}

// updates matches the name of a variable that tells a program where to get its next version.
var updates = lazyregexp.New(`(?i)(?:^|_|[a-z])(?:auto_?)?update(?:_|$|r_|channel|branch|url)|(?:update|release)_?channel`)

// updatesItself returns the variable that tells a program of the container how to update itself, ""
// where there is none.
func updatesItself(b *rules.Build) string {
	for _, variable := range b.Env {
		if name, _, _ := strings.Cut(variable, "="); updates.MatchString(name) {
			return name
		}
	}
	return ""
}

// startsWorkplace reports whether the container starts a program in which people work.
func startsWorkplace(b *rules.Build) bool {
	return slices.ContainsFunc(b.Program().Words, rules.IsWorkplace)
}

// clonesTool reports whether a RUN clones a tool that needs its clone, or an earlier one does into the
// directory: a chown stores that once more.
func clonesTool(b *rules.Build, made int, dir string) bool {
	for i := 0; i <= made; i++ {
		for _, m := range needsItsClone.FindAllStringSubmatch(b.Parsed().Text(i), -1) {
			if i == made || strings.EqualFold(strings.TrimSuffix(m[1], ".git"), path.Base(dir)) {
				return true
			}
		}
	}
	return false
}

// needsItsClone matches the addresses of tools that refuse to run, or to update what they install,
// outside a clone: flutter/bin/internal/shared.sh, vcpkg's versions, brew(1), depot_tools(7).
var needsItsClone = lazyregexp.New(`(?i)/(flutter|vcpkg|brew|homebrew-core|depot_tools(?:\.git)?|esp-idf|fvm)(?:\.git)?(?:["'\s;&]|$)`)

// worksIn reports whether people work in the directory of a clone: the container starts a shell
// there, or has it as a volume.
func worksIn(b *rules.Build, clone string) bool {
	if b.RunsService() || clone == "/" {
		return false
	}
	in := func(dir string) bool { return dir == clone || strings.HasPrefix(dir, clone+"/") }
	return in(path.Clean("/"+b.WorkingDir)) || slices.ContainsFunc(b.Volumes, func(v string) bool { return in(path.Clean(v)) })
}

// runsFrom says how a program runs from the directory of a clone, "" where none does.
func runsFrom(b *rules.Build, clone string) string {
	if why := installedEditable(b, clone); why != "" {
		return why
	}
	for _, word := range b.Program().Words {
		named := path.IsAbs(word) // that it is there need not be seen
		if !named {
			if word == "" || strings.ContainsAny(word, " \n") || strings.HasPrefix(word, "-") {
				continue
			}
			word = path.Join("/", b.WorkingDir, word)
		}
		word = path.Clean(word)
		if r, ok := b.Visible(strings.TrimPrefix(word, "/")); (ok && r.Kind == model.File || named && !ok) && strings.HasPrefix(word, strings.TrimSuffix(clone, "/")+"/") {
			return "the container starts " + word + " in the clone"
		}
	}
	return ""
}

// develops matches a command that installs a project by leaving it where it is.
var develops = lazyregexp.New(`^(?:pip[0-9.]*|pipx|uv)\b.*\s(?:-e|--editable)(?:[\s=]|$)|\bsetup\.py\s+develop\b|^npm\s+link\b|-m\s+pip\b.*\s(?:-e|--editable)(?:[\s=]|$)`)

// installedEditable says which instruction installs what is in a directory so that it stays
// there, "" where none does. A place that a variable names may be any.
func installedEditable(b *rules.Build, clone string) string {
	in := b.Parsed()
	for i, c := range in.Calls() {
		if !develops.MatchString(c.Source()) {
			continue
		}
		if place := developed(c, in.WorkDir(i)); place == "" || place == clone || strings.HasPrefix(place, clone+"/") || strings.HasPrefix(clone, place+"/") {
			return c.Name() + " installs the clone so that it runs where it is"
		}
	}
	return ""
}

// developed is the directory that a command installs without a copy, "" where that cannot be
// told. dir is the directory in which the RUN begins.
func developed(c rewrite.Command, dir string) string {
	at := path.Join(dir, c.Dir)
	if path.IsAbs(c.Dir) {
		at = path.Clean(c.Dir)
	}
	args := c.Args()
	for i, w := range args {
		text := w.Text
		switch {
		case strings.HasPrefix(text, "--editable="):
			text = strings.TrimPrefix(text, "--editable=")
		case (text == "-e" || text == "--editable") && i+1 < len(args):
			w, text = args[i+1], args[i+1].Text
		default:
			continue
		}
		text, _, _ = strings.Cut(text, "[")
		if !w.Literal || strings.Contains(text, ":") || !path.IsAbs(at) && !path.IsAbs(text) {
			return ""
		}
		if path.IsAbs(text) {
			return path.Clean(text)
		}
		return path.Join(at, text)
	}
	return at
}
