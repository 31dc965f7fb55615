package installs

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// Flag returns the option that makes an apt command leave recommended packages out.
func Flag(c rewrite.Command) string {
	if c.Name() == "aptitude" {
		return "--without-recommends"
	}
	return "--no-install-recommends"
}

// Installs reports whether a command installs packages with apt.
func Installs(c rewrite.Command) bool {
	sub, _, ok := c.Apt()
	return ok && (sub == "install" || sub == "reinstall" || sub == "satisfy")
}

// Takes reports whether a command is an install that says nothing about recommended
// packages.
func Takes(c rewrite.Command) bool {
	sub, _, ok := c.Apt()
	return ok && sub == "install" && !says(c)
}

// says reports whether a command says itself whether it installs recommended packages.
func says(c rewrite.Command) bool {
	return slices.ContainsFunc(c.Words, func(w rewrite.Word) bool {
		switch text := strings.ToLower(w.Text); {
		case strings.HasSuffix(text, "install-recommends"), text == "--without-recommends", text == "--with-recommends":
			return true
		case c.Name() == "aptitude" && (text == "-r" || text == "-nr"):
			return true
		default:
			return strings.Contains(text, "install-recommends=")
		}
	})
}

// Asks reports whether a command asks for recommended packages in so many words.
func Asks(c rewrite.Command) bool {
	return slices.ContainsFunc(c.Words, func(w rewrite.Word) bool {
		text := strings.ToLower(w.Text)
		_, value, _ := strings.Cut(text, "install-recommends=")
		return text == "--install-recommends" || text == "--with-recommends" || slices.Contains([]string{"1", "true", "yes", "on"}, strings.Trim(value, `"';`))
	})
}

// asksInConfig matches what makes apt install recommended packages, in its configuration.
var asksInConfig = lazyregexp.New(`(?i)APT::(?:AutoRemove::|Get::)?Install-Recommends[\s"'\\:=]+(?:1|true|yes|on)\b`)

// Configured returns the instruction up to one that sets apt up to install recommended
// packages: what the author wants, and says; -1 where none does.
func Configured(b *rules.Build, made int) int {
	in := b.Parsed()
	for i := made; i >= 0; i-- {
		if !asksInConfig.MatchString(in.Text(i)) {
			continue
		}
		commands, ok := in.Commands(i)
		if !ok || slices.ContainsFunc(commands, func(c rewrite.Command) bool {
			_, _, apt := c.Apt()
			return !apt && asksInConfig.MatchString(c.Source())
		}) {
			return i
		}
	}
	return -1
}

// named returns the packages that the installs among commands name, without version,
// release and architecture, and reports whether that is all of them: no variable, no
// file, no pattern.
func named(commands []rewrite.Command) (names []string, all bool) {
	all = true
	for _, c := range commands {
		if !Installs(c) {
			continue
		}
		for _, w := range operands(c) {
			name := bare(w.Text)
			if !w.Literal || w.Glob || name == "" {
				all = false
				continue
			}
			names = append(names, name)
		}
	}
	return names, all
}

// namedAt is named with the values of variables that ENV and ARG give, for an instruction.
func namedAt(b *rules.Build, at int, commands []rewrite.Command) (names []string, all bool) {
	names, all = named(commands)
	if all {
		return names, true
	}
	all = true
	for _, c := range commands {
		if !Installs(c) {
			continue
		}
		for _, w := range operands(c) {
			if w.Literal {
				all = all && !w.Glob && bare(w.Text) != ""
				continue
			}
			text, known := b.Parsed().Expand(w.Text, at)
			all = all && known
			for _, word := range strings.Fields(text) {
				if name := bare(word); known && name != "" {
					names = append(names, name)
				}
			}
		}
	}
	return names, all
}

// bare takes version, release, architecture and the + that asks for an install off a
// package's name; "" for what is none.
func bare(word string) string {
	name, _, _ := strings.Cut(word, "=")
	if plain, architecture, ok := strings.Cut(name, ":"); ok && strings.HasPrefix(architecture, "$") {
		name = plain // libx:${ARCH}
	}
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.HasSuffix(name, "-") || strings.ContainsAny(name, "^*?$") {
		return ""
	}
	name, _, _ = strings.Cut(name, "/")
	name, _, _ = strings.Cut(name, ":")
	return name
}

// operands are the words of an apt command that name packages.
func operands(c rewrite.Command) (words []rewrite.Word) {
	for _, i := range operandIndexes(c) {
		words = append(words, c.Words[i])
	}
	return words
}

// operandIndexes are the indexes of the words of an apt command that name packages.
func operandIndexes(c rewrite.Command) (at []int) {
	_, names, ok := c.Apt()
	if !ok {
		return nil
	}
	from := slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "install" || w.Text == "reinstall" || w.Text == "satisfy" })
	for i := max(from, 0) + 1; i < len(c.Words) && len(names) > len(at); i++ {
		if c.Words[i].Text == names[len(at)] {
			at = append(at, i)
		}
	}
	return at
}
