package multistage

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// aVariable matches a variable that a shell puts in place as it is.
var aVariable = lazyregexp.New(`\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?`)

// isRepeatableAccount reports whether the runtime stage may repeat a command that changes the user
// database or makes directories, as it is written: its words are plain, or have variables that the
// Dockerfile sets, as both stages have them, and the RUN does not.
func (in *instruction) isRepeatableAccount(c rewrite.Command) bool {
	if !slices.Contains(accountCommands, c.Name()) {
		return false
	}
	if isPlain(c) {
		return true
	}
	if c.Name() == "mkdir" || c.Conditional || c.Subshell || c.Redirected || c.Dir != "" || !c.DirKnown {
		return false
	}
	for _, w := range c.Words {
		if w.Literal {
			if w.Glob || strings.ContainsAny(w.Text, "'\n\\") {
				return false
			}
			continue
		}
		bare := strings.Trim(w.Text, `"`)
		if w.Glob || bare == "" || strings.ContainsAny(aVariable.ReplaceAllString(bare, ""), " \t\n'\"$`\\;&|<>(){}*?[]#~!") {
			return false
		}
		for _, name := range aVariable.FindAllStringSubmatch(bare, -1) {
			for _, sets := range []string{name[1] + "=", "read " + name[1], "for " + name[1] + " ", "unset " + name[1]} {
				if strings.Contains(in.text, sets) {
					return false
				}
			}
		}
	}
	return true
}

// accountSource writes such a command as a shell reads it.
func accountSource(c rewrite.Command) string {
	words := make([]string, len(c.Words))
	for i, w := range c.Words {
		if words[i] = w.Text; w.Literal && (w.Text == "" || strings.ContainsAny(w.Text, " \t\"$`;&|<>(){}*?[]#~!")) {
			words[i] = "'" + w.Text + "'"
		}
	}
	return strings.Join(words, " ")
}
