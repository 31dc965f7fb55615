package redact

import (
	"slices"
	"strings"
)

// hexSecret reports whether a value is a UUID, or 24 or more hexadecimal digits of
// one case with letters and digits among them. Keys of many services are, and so
// are digests, commits and fingerprints: the place has to tell which.
func hexSecret(value string) bool {
	value = strings.Trim(value, `"'`)
	if uuid(value) {
		return true
	}
	if len(value) < 24 {
		return false
	}
	l := lookAt(value)
	return l.beyondF == 0 && l.alnum == len(value) && l.letters > 0 && l.digits > 0 && (l.upper == 0 || l.lower == 0)
}

// seemsRandom reports whether a value looks random or is a hexadecimal number.
func seemsRandom(value string) bool { return randomLike(value) || hexSecret(value) }

// fingerprint reports whether a value is a fingerprint as GnuPG prints it.
func fingerprint(value string) bool {
	return len(value) == 40 && strings.ToUpper(value) == value && hexSecret(value)
}

// digestLength reports whether a value is as long as a commit or a SHA digest.
func digestLength(value string) bool {
	n := len(value)
	return n == 40 || n == 56 || n == 64 || n >= 96
}

// digestNames are within the names of digests, commits, identities and other
// hexadecimal numbers that anybody may read; digestParts are parts of such names.
var (
	digestNames = []string{
		"sha1", "sha2", "sha3", "sha5", "md5", "checksum", "cksum", "hash", "digest", "commit", "revision", "version", "gpg", "pgp", "fingerprint", "fpr",
		"thumbprint", "integrity", "release", "snapshot", "etag", "blake", "expected", "actual", "public", "pubkey", "uid",
	}
	digestParts = []string{"sha", "sum", "rev", "ref", "tag", "head", "vcs", "git", "crc", "ver", "want", "build", "layer", "image", "branch", "id", "ids", "keys"}
)

// digestName reports whether a name says that a hexadecimal number behind it is no
// secret.
func digestName(name string) bool {
	name = name[max(0, len(name)-maxName):]
	if strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "Ids") {
		return true
	}
	name = strings.ToLower(name)
	if slices.ContainsFunc(digestNames, func(word string) bool { return strings.Contains(name, word) }) {
		return true
	}
	for part := range strings.FieldsFuncSeq(name, func(c rune) bool { return c == '_' || c == '-' || c == '.' }) {
		if slices.Contains(digestParts, part) {
			return true
		}
	}
	return false
}

// carriers end names whose value is not a secret as such but holds one; a bare
// hexadecimal number behind them is all secret, however long it is.
var carriers = []string{"url", "uri", "header", "dsn", "str"}

// hexBehind reports whether a value is a hexadecimal number that is most likely a
// secret, though the name tells little. Commits and digests have lengths of their own.
func hexBehind(name, value string) bool {
	if !hexSecret(value) || digestName(name) {
		return false
	}
	name = strings.ToLower(name)
	return !digestLength(value) || slices.ContainsFunc(carriers, func(end string) bool { return strings.HasSuffix(name, end) })
}

// hexValue masks a hexadecimal number behind a name that tells little of itself.
// In the query of an address, and behind options, keys are secrets; a key that a
// text assigns may be that of a repository.
func (s *scanner) hexValue(w word, text, name string, said strength) bool {
	if text[0] == '$' || w.end >= len(s.text) || s.text[w.end] == ')' || blank(s.text[w.end]) && !option(text) && !s.environment(w) && !equalAhead(s.text[w.end:]) {
		return false
	}
	kind, start := bridgeFrom(s.text, w.start, w.end)
	if start >= len(s.text) || kind != assigned && kind != separated && (kind != listed || !option(text)) {
		return false
	}
	if c := s.text[start]; !(alphanumeric(c) && (c <= '9' || c|0x20 <= 'f') || quote(c) || c == '\\') {
		return false
	}
	value := s.judge(start, w.open, s.bare())
	switch {
	case !hexSecret(value) || gnupg[s.call.seen[0]] || gnupg[s.call.seen[1]]:
		return false
	case (said == weak || said == keyed) && (option(text) || s.queried(w, name)) && !digestName(name) && !fingerprint(value):
		return s.maskValue(start, w.open, seeming)
	}
	if !hexBehind(name, value) || !s.maskValue(start, w.open, seeming) {
		return false
	}
	s.found[len(s.found)-1].sure = said != silent
	return true
}

// equalAhead reports whether blanks and an equals sign follow: name = value.
func equalAhead(rest string) bool {
	for i := range min(len(rest), 8) {
		if rest[i] != ' ' && rest[i] != '\t' {
			return rest[i] == '='
		}
	}
	return false
}

// queried reports whether a name that ends a word is a parameter of an address or
// of a form: ?name=, &name=.
func (s *scanner) queried(w word, name string) bool {
	at := w.end - len(name)
	return at > 0 && (s.text[at-1] == '?' || s.text[at-1] == '&') && w.end < len(s.text) && s.text[w.end] == '='
}

// gnupg are programs whose hexadecimal arguments are keys' identities, and git's
// are commits.
var gnupg = map[string]bool{"gpg": true, "gpg2": true, "apt-key": true, "pacman-key": true, "rpm": true, "git": true, "rpmkeys": true, "gpgv": true, "debsign": true, "debuild": true, "dpkg-buildpackage": true, "reprepro": true, "aptly": true}
