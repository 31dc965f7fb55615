package redact

import (
	"slices"
	"strings"
)

// plainWords stand behind names of secrets and are none.
var plainWords = []string{
	"true", "false", "yes", "no", "none", "null", "nil", "undefined", "on", "off", "0", "1", "enabled", "disabled", "required", "optional", "default", "auto",
	"env", "file", "stdin", "prompt", "ask", "never", "always", "files", "string", "bool", "boolean", "int", "-", Masked, "sss", "systemd", "compat",
	"sha1", "sha256", "sha384", "sha512", "md5", "hs256", "hs512", "rs256",
}

// references are how variables, templates, placeholders, formats and patterns
// begin.
var references = []string{"${", "$(", "$[", "$<", "<", "{{", "{%", "%(", "%{", "#{", "@@", "((", "[[", "`", ".*", "[^", `\(`, "(.", "$$", "^", "://"}

// literal reports whether a value can be a secret at all: it is no reference, no
// path, no switch and, unless numbers count, no number or duration.
func literal(value string, numbers bool) bool {
	value = strings.Trim(value, `"'`)
	if strings.Trim(value, "*.xX…-_") == "" {
		return false // a mask, or a placeholder
	}
	if len(value) <= 12 && slices.Contains(plainWords, strings.ToLower(value)) {
		return false
	}
	if slices.ContainsFunc(references, func(begin string) bool { return strings.HasPrefix(value, begin) }) || variable(value) {
		return false
	}
	if path(value) {
		return false
	}
	if numbers {
		return true
	}
	return strings.Trim(value, "0123456789smhdkMGB.,*%") != ""
}

// variable reports whether a value is $NAME, %NAME%, %s or begins so.
func variable(value string) bool {
	if len(value) < 2 || value[0] != '$' && value[0] != '%' {
		return false
	}
	if cryptHash(value) > 0 {
		return false
	}
	if value[0] == '%' {
		return strings.HasSuffix(value, "%") || len(value) <= 3
	}
	return alphanumeric(value[1]) || value[1] == '_' || value[1] == '@' || value[1] == '*' || value[1] == '#' || value[1] == '?'
}

// path reports whether a value is the path of a file, or an address.
func path(value string) bool {
	if i := strings.Index(value, "://"); i > 0 && i < 12 {
		return true // userinfo and query of an address have a look of their own
	}
	switch {
	case strings.HasPrefix(value, "./"), strings.HasPrefix(value, "../"), strings.HasPrefix(value, "~/"):
		return true
	case fileName(value):
		return true
	case !strings.HasPrefix(value, "/"):
		return len(value) > 3 && value[1] == ':' && value[2] == '\\'
	}
	// Base64 may begin with a slash, too.
	l := lookAt(value)
	return len(value) < 20 || l.upper == 0 || l.lower == 0 || l.digits == 0 || l.special > 0 || strings.Count(value, ".") > 0 || !random(strings.ReplaceAll(value, "/", ""))
}

// extensions are of files that hold secrets, or that have to do with them.
var extensions = []string{".sh", ".json", ".txt", ".yml", ".yaml", ".pem", ".key", ".crt", ".conf", ".cfg", ".ini", ".py", ".js", ".php", ".env", ".properties", ".xml", ".gpg", ".asc", ".enc"}

// fileName reports whether a value is the name of a file.
func fileName(value string) bool {
	i := strings.LastIndexByte(value, '.')
	return i > 0 && slices.Contains(extensions, value[i:]) && !random(value[:i])
}

// tokenLike reports whether a value looks like a token or a password rather than
// like a word: it has letters and digits, or signs that words have not.
func tokenLike(value string) bool {
	l := lookAt(value)
	switch {
	case len(value) < 6 || version(value) || strings.Contains(value, "://"):
		return false
	case l.letters > 0 && l.digits > 0 && !strings.ContainsAny(value, "/"):
		return !strings.Contains(value, ".") || random(value) || len(value) >= 24
	case l.letters >= 4 && l.special > 0 && strings.ContainsAny(value, "!#$%^&*@"):
		return true
	}
	return len(value) >= 20 && strings.IndexByte(value, '/') < 0 && !strings.ContainsAny(value, ". -_") && l.letters > 0 || random(value)
}

// keyLike reports whether a value may be a key: it is no version, address or list,
// no expression, no fingerprint and no name of a header.
func keyLike(value string) bool {
	value = strings.Trim(value, `"'`)
	switch {
	case version(value), fingerprint(value), strings.HasPrefix(value, "X-"), strings.HasPrefix(value, "0x"), strings.EqualFold(value, "authorization"):
		return false
	case strings.ContainsAny(value, "/"):
		return !strings.ContainsAny(value, ".: ") && random(strings.ReplaceAll(value, "/", ""))
	}
	return !strings.ContainsAny(value, "()[]{}<>|$")
}

// randomLike reports whether a value looks random, also one that is too short to
// be called so where nothing else speaks for a secret.
func randomLike(value string) bool {
	if strings.ContainsAny(value, "./:,@ ") {
		return !strings.ContainsAny(value, "./: ") && random(value)
	}
	if random(value) {
		return true
	}
	l := lookAt(value)
	if len(value) < 8 || l.beyondF == 0 && l.special == 0 {
		return false
	}
	return l.letters > 0 && l.digits > 0 && (l.switches >= 3 || l.switches >= 2 && l.upper > 0 && l.lower > 0 || l.special > 0 && strings.ContainsAny(value, "!#$%^&*"))
}

// version reports whether a value is a version or a number: 1.2.3-rc1, v2.
func version(value string) bool {
	value = strings.TrimPrefix(value, "v")
	digits := strings.IndexFunc(value, func(c rune) bool { return c < '0' || c > '9' })
	return digits < 0 || digits > 0 && digits <= 4 && value[digits] == '.'
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func blank(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f' || c == wordEnd
}

func quote(c byte) bool { return c == '"' || c == '\'' || c == '`' }
