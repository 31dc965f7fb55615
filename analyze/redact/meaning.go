package redact

import (
	"slices"
	"strings"
)

// What else a name has that means a secret, or may mean one, wherever it stands in the name. Underscores
// are taken out and capitals made small.
var (
	meanings = []string{"token", "passw", "secret", "apikey", "credential", "privatekey"}
	hints    = []string{"pass", "key", "auth", "cred", "login", "private", "salt"}
)

// NamesSecret reports whether the name of a variable means a secret, or something about one, whatever its
// value is: TOKEN_FILE as well as TOKEN. It is for edits, which had better leave alone what they
// need not repeat. What is masked depends on the value, too.
func NamesSecret(name string) bool {
	return strengthOf(name) >= strong || hasAny(name, meanings)
}

// MayNameSecret reports whether the name of a variable is one that a secret can have. Where it is not,
// a plain value can be shown.
func MayNameSecret(name string) bool {
	return strengthOf(name) != silent || hasAny(name, meanings) || hasAny(name, hints) || strings.HasSuffix(strings.ToLower(name), "pin")
}

func hasAny(name string, parts []string) bool {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "")
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(name, part) })
}
