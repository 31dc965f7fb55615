package fix

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// spellPaths writes the paths that edits remove as the author would: by the variable by which
// the RUN names them, and without the version of a tool, which another base image changes.
func (p *plan) spellPaths() {
	for i, piece := range p.at {
		if piece == nil || piece.edited == "" || rewrite.Keyword(piece.text) != "RUN" {
			continue
		}
		text := piece.text
		for _, target := range p.ourTargets(i) {
			spelled := anyVersion(p.build, target)
			if spelled == target {
				spelled = p.byVariable(i, target)
			}
			if spelled != target {
				text = respell(text, target, spelled)
			}
		}
		if text == piece.text || !sameCommands(piece.text, text) {
			continue
		}
		if raw, ok := piece.form.write(text); ok {
			piece.text, piece.raw, p.build.Instructions[i].Text = text, raw, text
		}
	}
}

// ourTargets returns the absolute paths that a RUN removes and that its author does not name.
func (p *plan) ourTargets(i int) (targets []string) {
	before := make([]string, 0, len(p.at[i].origins))
	for _, origin := range p.at[i].origins {
		before = append(before, p.originals[origin])
	}
	theirs := strings.Join(before, "\n")
	for _, c := range commandsOf([]string{p.at[i].text}) {
		if c.Name() != "rm" {
			continue
		}
		for _, w := range c.Args() {
			if w.Literal && path.IsAbs(w.Text) && !strings.Contains(theirs, w.Text) && !slices.Contains(targets, w.Text) {
				targets = append(targets, w.Text)
			}
		}
	}
	return targets
}

// versionName is the name of a directory that says nothing but a version.
var versionName = lazyregexp.New(`^v?[0-9]+(?:\.[0-9]+)*$`)

// anyVersion puts * in the place of versions in a cache's path, where the rule of the cache
// claims every version.
func anyVersion(b *rules.Build, target string) string {
	names := strings.Split(target[1:], "/")
	if !slices.ContainsFunc(names, versionName.MatchString) {
		return target
	}
	for i := range catalogue.Rules {
		rule := &catalogue.Rules[i]
		if rule.Group != rules.Caches {
			continue
		}
		for _, claimed := range rule.Paths {
			if strings.HasPrefix(claimed, "!") {
				continue
			}
			for _, expanded := range b.Expand(claimed) {
				if out, ok := withoutVersions(names, strings.Split(strings.TrimSuffix(expanded, "/**"), "/")); ok {
					return "/" + strings.Join(out, "/")
				}
			}
		}
	}
	return target
}

// withoutVersions compares the names of a path with those of a pattern, from the end, and
// reports whether the pattern stands for the path and a * of it for a version.
func withoutVersions(names, claimed []string) (out []string, ok bool) {
	out = slices.Clone(names)
	for n := 1; ; n++ {
		switch {
		case n > len(claimed) && n > len(names):
			return out, ok
		case n > len(claimed):
			return nil, false
		case claimed[len(claimed)-n] == "**":
			return out, ok
		case n > len(names):
			return nil, false
		}
		name, pattern := names[len(names)-n], claimed[len(claimed)-n]
		switch {
		case pattern == "*" && versionName.MatchString(name):
			out[len(names)-n], ok = "*", true
		case pattern != name:
			return nil, false
		}
	}
}

// byVariable names a path by a word with variables by which the RUN names it, or a directory
// above it: the longest. A variable that the RUN itself sets may be another by then.
func (p *plan) byVariable(i int, target string) string {
	in, longest, spelled := p.build.Parsed(), 0, target
	for _, c := range commandsOf([]string{p.at[i].text}) {
		for _, w := range c.Words {
			text := strings.Trim(w.Text, `"`)
			if w.Literal || w.Glob || !wordOfVariables.MatchString(text) || strings.Count(w.Text, `"`) > 2 || setsOneOf(p.at[i].text, text) {
				continue
			}
			named, ok := in.Expand(text, i)
			if !ok || !path.IsAbs(named) || path.Clean(named) != strings.TrimSuffix(named, "/") || strings.Count(named, "/") < 2 {
				continue
			}
			named = path.Clean(named)
			if rest, below := strings.CutPrefix(target, named); below && (rest == "" || rest[0] == '/') && len(named) > longest {
				longest = len(named)
				quote := w.Text[:len(w.Text)-len(strings.TrimLeft(w.Text, `"`))]
				if strings.ContainsAny(rest, "*?[") {
					spelled = quote + strings.TrimSuffix(text, "/") + quote + rest
				} else {
					spelled = quote + strings.TrimSuffix(text, "/") + rest + quote
				}
			}
		}
	}
	if longest == 0 {
		return p.byUser(i, target)
	}
	return spelled
}

// byUser names a path in the home of the user that a RUN runs as by the variable that says who that is.
func (p *plan) byUser(i int, target string) string {
	in := p.build.Parsed()
	for at := i - 1; at >= 0; at-- {
		if in.Keyword(at) != "USER" {
			continue
		}
		words := strings.Fields(in.Text(at))
		if len(words) != 2 {
			break
		}
		user := strings.Trim(words[1], `"`)
		name, ok := in.Expand(user, at)
		if m := aVariable.FindString(user); !ok || m != user || name == "" || setsOneOf(p.at[i].text, user) {
			break
		}
		if rest, below := strings.CutPrefix(target, "/home/"+name+"/"); below {
			return "/home/" + user + "/" + rest
		}
		break
	}
	return target
}

// wordOfVariables matches a path with variables, and nothing else that a shell expands.
var wordOfVariables = lazyregexp.New(`^(?:[A-Za-z0-9._/@%+-]|\$[A-Za-z_][A-Za-z0-9_]*|\$\{[A-Za-z_][A-Za-z0-9_]*\})+$`)

// aVariable matches one of them.
var aVariable = lazyregexp.New(`\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?`)

// setsOneOf reports whether a script may set one of the variables of a word.
func setsOneOf(script, word string) bool {
	for _, name := range aVariable.FindAllStringSubmatch(word, -1) {
		for _, sets := range []string{name[1] + "=", "read " + name[1], "for " + name[1] + " ", "unset " + name[1]} {
			if strings.Contains(script, sets) {
				return true
			}
		}
	}
	return false
}

// respell replaces a path in a text where it stands as a word.
func respell(text, from, to string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, from)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		whole := (before == "" || strings.ContainsAny(before[len(before)-1:], " \t\n")) && (after == "" || strings.ContainsAny(after[:1], " \t\n;"))
		if whole {
			b.WriteString(to)
		} else {
			b.WriteString(from)
		}
		text = after
	}
}

// sameCommands reports whether two texts of a RUN run the same programs in the same order.
func sameCommands(a, b string) bool {
	before, after := commandsOf([]string{a}), commandsOf([]string{b})
	return len(before) > 0 && slices.EqualFunc(before, after, func(x, y rewrite.Command) bool {
		return x.Words[0] == y.Words[0] && len(x.Words) == len(y.Words)
	})
}
