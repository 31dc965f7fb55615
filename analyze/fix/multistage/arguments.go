package multistage

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// readSilently matches ARGs that programs read without anybody writing their name.
var readSilently = lazyregexp.New(`(?i)^(?:DEBIAN_FRONTEND|DEBCONF_.*|.*_proxy|LANG|LC_.*|TZ|HOME|PATH|USER|APT_.*|SOURCE_DATE_EPOCH)$`)

// repeatArguments leaves ARGs out of the runtime stage that nothing in it uses, and reports an error
// for an instruction that it would repeat and that holds a secret: there is one place too many already.
func (d *draft) repeatArguments() error {
	rest, _ := d.rest()
	runs := slices.ContainsFunc(d.instructions[d.boundary+1:], func(in instruction) bool { return in.Keyword == "RUN" })
	mask := d.in.Build.SecretMask()
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if d.parts[i] == "" || in.role != setsConfig && in.role != addsAccounts {
			continue
		}
		if in.Keyword == "ARG" && !runs && !d.usesArgument(i, rest) {
			d.parts[i] = ""
			continue
		}
		name, value, given := strings.Cut(strings.TrimSpace(in.source), "=")
		if mask.Text(in.source) != in.source || in.Keyword == "ARG" && given && value != "" && meansSecret.MatchString(name) {
			return lineError(in, "holds a secret, and a second stage would repeat it; give it to the build with RUN --mount=type=secret, or to the container")
		}
	}
	return nil
}

// meansSecret matches names of what nobody else should know.
var meansSecret = lazyregexp.New(`(?i)(?:token|passw|secret|api_?key|credential|private_?key)`)

// usesArgument reports whether the runtime stage names a variable of an ARG in another instruction,
// or may read it.
func (d *draft) usesArgument(i int, rest string) bool {
	for _, word := range strings.Fields(d.instructions[i].source)[1:] {
		name, _, _ := strings.Cut(word, "=")
		if readSilently.MatchString(name) {
			return true
		}
		uses := func(text string) bool {
			return strings.Contains(text, "${"+name) || strings.Contains(text, "$"+name)
		}
		if uses(rest) {
			return true
		}
		for k, part := range d.parts {
			if k != i && uses(part) {
				return true
			}
		}
	}
	return false
}
