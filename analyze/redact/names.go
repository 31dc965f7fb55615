package redact

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// strength is how much a name says of what stands behind it.
type strength uint8

const (
	silent strength = iota
	// weak: the name may mean a secret ("key"). The value must look random.
	weak
	// seeming is weak, and hexadecimal numbers look random, too.
	seeming
	// keyed: the name is that of some key ("STRIPE_KEY"). Words are secrets, but no
	// versions, addresses or fingerprints.
	keyed
	// middling: the name often means a secret ("auth", "session"). The value must
	// look like none of the words that stand there else.
	middling
	// strong: the name means a secret ("token"). Whatever can be one is one.
	strong
	// numeric is strong, and numbers are secrets, too ("password").
	numeric
)

// holds reports whether a value behind a name of this strength is a secret.
func (s strength) holds(value string) bool {
	switch s {
	case numeric:
		return literal(value, true)
	case strong:
		return literal(value, false)
	case middling:
		return literal(value, false) && tokenLike(value)
	case keyed:
		return literal(value, false) && keyLike(value)
	case seeming:
		return literal(value, false) && seemsRandom(value) && !fingerprint(value)
	case weak:
		return literal(value, false) && randomLike(value)
	}
	return false
}

// nouns are what the names of secrets end in, once blanks, dashes, dots and
// underscores are taken out and capitals made small.
var nouns = map[strength][]string{
	numeric: {"password", "passwd", "passphrase", "passcode", "passwort", "pgpass", "kennwort", "requirepass", "securestring",
		"passwrd", "paswd", "passwds", "senha", "motdepasse", "contrasena", "contrasenya", "wachtwoord", "passord", "losenord", "salasana", "palavrapasse", "adgangskode", "rocommunity", "rwcommunity",
	},
	strong: {
		"secret", "token", "apikey", "apitoken", "secretkey", "secretkeybase", "privatekey", "accesskey", "signingkey", "encryptionkey", "encryptkey",
		"decryptionkey", "masterkey", "authkey", "licensekey", "licencekey", "sharedkey", "accountkey", "storagekey", "storageaccountkey", "deploykey", "servicekey",
		"subscriptionkey", "consumerkey", "appkey", "applicationkey", "hmackey", "cryptkey", "jwtkey", "sessionkey", "cookiekey", "webhookkey", "aeskey",
		"rsakey", "integrationkey", "insertkey", "insightskey", "ingestkey", "writekey", "activationkey", "productkey", "clientkey", "adminkey", "functionkey", "activationcode",
		"oauthtoken", "authtoken", "credential", "passkey", "mnemonic", "oauth2bearer", "artapi", "masterauth", "privkey", "hmac", "authident",
	},
	middling: {
		"jwt", "bearer", "cookie", "cookies", "sessionid", "sessid", "session", "auth", "authorization", "oauth", "sas", "signature", "otp", "totp", "psk", "pin",
		"salt", "license", "licence", "dsn", "connectionstring", "webhook", "hook", "nonce", "seed", "credentials", "creds", "cred", "secrets", "tokens", "passwords",
		"extraheader", "pwd", "pass", "pw", "sonarlogin", "serial", "serialnumber", "plaintext", "regcode", "pepper", "apitokens", "phrase", "connstr", "rollbar", "mapbox", "recaptcha", "signing", "databaseurl", "webhookurl", "hookurl", "sasurl", "dburl",
	},
	keyed: {"authheader", "authorizationheader"},
	weak:  {"key", "keys", "code", "hash", "private", "userkey", "login"},
}

// parts are nouns that must be a part of their own: PGPASS and MY_PW are names
// of secrets, COMPASS and OLDPWD are not.
var parts = map[string]strength{"pass": numeric, "pwd": numeric, "pw": numeric, "pswd": numeric, "psw": numeric, "passw": numeric, "pat": strong, "sig": strong, "sk": middling, "pwds": middling, "mdp": numeric, "parola": numeric, "haslo": numeric, "heslo": numeric, "jelszo": numeric, "sifre": numeric, "clave": keyed}

var partList = func() (list []noun) {
	for text, s := range parts {
		list = append(list, noun{text, s})
	}
	return list
}()

// words that end in pass and are no password.
var otherPass = []string{"compass", "bypass", "trespass", "surpass", "encompass", "overpass", "underpass", "multipass", "singlepass", "lowpass", "highpass", "bandpass", "onepass", "twopass", "firstpass", "secondpass", "renderpass"}

// glued are what stands before pass, pwd or pw without a separator in names of
// passwords.
var glued = []string{"my", "db", "root", "admin", "user", "sql", "mysql", "pg", "postgres", "ldap", "vnc", "sudo", "smtp", "mail", "ftp", "ssh", "redis", "store", "key", "http", "proxy", "web", "auth", "bind", "sasl", "usr", "rpc", "git", "svn", "default", "new", "old", "login", "account", "super", "su", "sa", "app", "api", "backup", "master", "dba", "sys", "system", "test", "wifi", "zip", "crypt", "repo", "registry", "docker", "private", "secret"}

// suffixes may follow a noun without changing what it means.
var suffixes = []string{"id", "value", "b", "hash", "again", "confirm", "confirmation", "plain", "raw", "prod", "production", "dev", "test", "staging", "default", "old", "new", "current", "encrypted", "enc", "key", "base", "here", "placeholder"}

// byEnding are the nouns by their last letter.
var byEnding = func() (table [26][]noun) {
	for _, s := range []strength{numeric, strong, middling, keyed, weak} {
		for _, text := range nouns[s] {
			i := text[len(text)-1]
			table[i-'a'] = append(table[i-'a'], noun{text, s})
		}
	}
	for i := range table {
		slices.SortStableFunc(table[i], func(a, b noun) int { return len(b.text) - len(a.text) })
	}
	return table
}()

type noun struct {
	text string
	strength
}

// endings has a bit for each two letters that the names of secrets end in, most
// names do not.
var endings = func() (bits [26 * 26]bool) {
	add := func(text string) {
		bits[int(text[len(text)-2]-'a')*26+int(text[len(text)-1]-'a')] = true
	}
	for i := range byEnding {
		for _, noun := range byEnding[i] {
			add(noun.text)
		}
	}
	for _, text := range suffixes {
		if len(text) > 1 {
			add(text)
			continue
		}
		for c := range 'z' - 'a' + 1 { // whatever stands before
			add(string([]rune{c + 'a', rune(text[0])}))
		}
	}
	for text := range parts {
		add(text)
	}
	return bits
}()

// mayEnd reports whether the last two letters of a name are those of a secret's.
func mayEnd(name string) bool {
	last := -1
	for i := len(name) - 1; i >= 0; i-- {
		c := int(name[i]|0x20) - 'a'
		switch {
		case c < 0 || c >= 26 || name[i] < 'A':
			continue
		case last < 0:
			last = c
			continue
		}
		return endings[c*26+last]
	}
	return false
}

// maxName is how many bytes of a name are looked at, from its end.
const maxName = 48

// strengthOf says how much a name tells of what stands behind it. Names of files,
// directories, lengths, times and users of secrets end in other words, and are silent.
func strengthOf(name string) strength {
	if !mayEnd(name) {
		return foreign(name)
	}
	var buffer [maxName]byte
	var starts [maxName + 1]bool // where a part begins
	name = name[max(0, len(name)-maxName):]
	n, lower, start := 0, false, true
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z':
			starts[n] = start || lower
			buffer[n] = c | 0x20
			lower = false
		case c >= 'a' && c <= 'z':
			starts[n], buffer[n] = start, c
			lower = true
		case c >= '0' && c <= '9':
			starts[n], buffer[n] = start, c
			lower = false
		default:
			start = true
			continue
		}
		start = false
		n++
	}
	squeezed := trimDigits(string(buffer[:n]))
	best := ofSqueezed(squeezed, &starts)
	if best >= middling {
		return best
	}
	for _, suffix := range suffixes {
		if squeezed == "" || suffix[len(suffix)-1] != squeezed[len(squeezed)-1] {
			continue
		}
		rest, ok := strings.CutSuffix(squeezed, suffix)
		if !ok || rest == "" || !starts[len(rest)] {
			continue
		}
		if s := ofSqueezed(trimDigits(rest), &starts); s >= strong || s > best && suffix != "id" && suffix != "key" {
			best = s
		}
	}
	return best
}

func ofSqueezed(name string, starts *[maxName + 1]bool) strength {
	if len(name) < 2 {
		return silent
	}
	if name == "nopasswd" || name == "nopassword" || strings.HasSuffix(name, "existingsecret") { // sudo's, and charts' names of a Secret
		return silent
	}
	switch name {
	case "sig", "pswd", "pat":
		return strong
	case "mdp":
		return numeric
	}
	for _, part := range partList {
		text, s := part.text, part.strength
		if text[len(text)-1] != name[len(name)-1] {
			continue
		}
		if rest, ok := strings.CutSuffix(name, text); ok && (rest != "" && starts[len(rest)] || text[0] == 'p' && s == numeric && ownPass(rest, name)) {
			return s
		}
	}
	last := name[len(name)-1]
	if last < 'a' || last > 'z' {
		return silent
	}
	for _, noun := range byEnding[last-'a'] {
		rest, ok := strings.CutSuffix(name, noun.text)
		if !ok {
			continue
		}
		switch {
		case noun.text == "key" && rest != "" && starts[len(rest)] && !otherKey(rest):
			return keyed
		case rest == "" || starts[len(rest)], noun.strength >= strong:
			return noun.strength
		case noun.strength == middling && len(noun.text) >= 4 && noun.text != "pass" && noun.text != "seed" && noun.text != "hook":
			return noun.strength
		}
	}
	return silent
}

// ownPass reports whether a name that ends in pass, pwd or pw is a password's,
// although no separator stands before that.
func ownPass(rest, name string) bool {
	if slices.Contains(otherPass, name) || rest == "" || rest == "old" && name == "oldpwd" {
		return false
	}
	return slices.ContainsFunc(glued, func(word string) bool { return strings.HasSuffix(rest, word) })
}

// otherKeys are what stands before key in names of no secrets: public keys, those
// of databases and caches, and options that take a key's identity.
var otherKeys = []string{
	"public", "pub", "gpg", "pgp", "gnupg", "apt", "rpm", "repo", "repository", "yum", "dnf", "apk", "host", "cache", "sort", "partition", "primary", "foreign", "unique", "index", "range",
	"map", "object", "bucket", "file", "config", "setting", "registry", "reg", "translation", "lookup", "group", "hot", "label", "json", "dict", "query", "param", "sub", "list", "row", "order",
	"recv", "receive", "fetch", "trusted", "default", "sign", "lsign", "edit", "delete", "export", "import", "search", "refresh", "send", "add", "known", "release", "archive", "keyring", "get", "no", "s3",
}

func otherKey(before string) bool {
	return slices.ContainsFunc(otherKeys, func(word string) bool { return strings.HasSuffix(before, word) })
}

// foreignNouns are words for a password that have letters beyond ASCII.
var foreignNouns = []string{"contraseña", "пароль", "密码", "密碼", "パスワード", "비밀번호", "lösenord", "şifre", "hasło", "schlüssel", "jelszó"}

// foreignEnds are the last letters of foreignNouns.
var foreignEnds = func() (ends string) {
	for _, word := range foreignNouns {
		last, _ := utf8.DecodeLastRuneInString(word)
		ends += string(last)
	}
	return ends
}()

// ascii reports whether a name has no other letters.
func ascii(name string) bool {
	for i := range len(name) {
		if name[i] > 0x7f {
			return false
		}
	}
	return true
}

// trimDigits returns a name without the digits at its end.
func trimDigits(name string) string {
	for name != "" && name[len(name)-1] >= '0' && name[len(name)-1] <= '9' {
		name = name[:len(name)-1]
	}
	return name
}

// maxForeign is more bytes than any of foreignNouns has.
const maxForeign = 24

// foreign is the strength of a name in letters beyond ASCII.
func foreign(name string) strength {
	name = name[max(0, len(name)-maxName):]
	if ascii(name) {
		return silent
	}
	name = strings.TrimRight(name, "0123456789_")
	// To make such a name small takes long, and a program or a text in another script has many.
	if last, _ := utf8.DecodeLastRuneInString(name); !strings.ContainsRune(foreignEnds, unicode.ToLower(last)) {
		return silent
	}
	name = strings.ToLower(name[max(0, len(name)-maxForeign):])
	if slices.ContainsFunc(foreignNouns, func(word string) bool { return strings.HasSuffix(name, word) }) {
		return numeric
	}
	return silent
}
