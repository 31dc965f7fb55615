package rules

import (
	"regexp"
	"slices"
	"strings"
)

// secretWord matches names of variables and options that hold a secret. Short
// words count behind another only: PWD is the working folder.
const secretWord = `(?:[A-Za-z0-9_-]*(?i:PASSWORD|PASSWD|PASSPHRASE|PGPASS|SECRET|TOKEN|API[_-]?KEY|PRIVATE[_-]?KEY|ACCESS[_-]?KEY|SIGNING[_-]?KEY|ENCRYPTION[_-]?KEY|CREDENTIALS?)` +
	`(?:_?(?:[0-9]+|ID|KEY|KEY_BASE|VALUE|BASE64))?|[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*_(?i:PASS|PWD|PAT))`

// unquoted is a value as a shell takes it without quotes.
const unquoted = `([^\s"',\]` + "`" + `;&|)]+)`

// form is a place of secrets other than behind a variable's name. A text that has
// none of the words it needs is not searched: histories can be long.
type form struct {
	needs  []string
	search *regexp.Regexp // what stands before, the secret, what stands behind
}

func (f *form) mayBeIn(text string) bool {
	return slices.ContainsFunc(f.needs, func(word string) bool { return strings.Contains(text, word) })
}

var forms = []form{
	// --name value, also with the commas and quotes of a JSON array.
	{[]string{"--"}, regexp.MustCompile(`(--` + secretWord + `(?:["']?,?\s+["']?|["'],["']))` + unquoted + `()`)},
	// An HTTP header that carries one, with what it is called there.
	{[]string{":"}, regexp.MustCompile(`(?i)(\b(?:(?:proxy-)?authorization|cookie|[a-z-]*(?:token|api-?key|secret)):\s*(?:(?:bearer|basic|token|digest|negotiate)\s+)?)([^\s"'` + "`" + `;&|]+)()`)},
	// curl -u name:password, also in a JSON array, or what the history makes of it.
	{[]string{"-u", "--user"}, regexp.MustCompile(`((?:\s-u\s*|\s--user[ =]|["'](?:-u|--user)["'],?\s*)["']?[^\s:"'=]+:)([^\s"'` + "`" + `;&|]+)()`)},
	// The password of a URL, and a token in the place of a user.
	{[]string{"://"}, regexp.MustCompile(`(://[^\s:/@'"]*:)([^\s/@'"]+)(@)`)},
	{[]string{"://"}, regexp.MustCompile(`(://)([A-Za-z0-9_.~-]{16,})(@)`)},
	// Signatures and tokens in a URL's query.
	{[]string{"?", "&"}, regexp.MustCompile(`([?&](?i:sig|signature|x-amz-signature|access_token|token)=)([^\s&"']+)()`)},
	// The clients of MySQL, without a blank; sshpass; and logins to registries.
	{[]string{"mysql", "mariadb"}, regexp.MustCompile(`(\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mariadb-admin)\b[^;&|\n]*?\s-p)([^\s"';&|-][^\s"';&|]*)()`)},
	{[]string{"sshpass"}, regexp.MustCompile(`(\bsshpass\s+-p\s*["']?)` + unquoted + `()`)},
	{[]string{"login"}, regexp.MustCompile(`(\b(?:docker|podman|helm|buildah|skopeo|nerdctl|crane)\b[^;&|\n]*\blogin\b[^;&|\n]*?\s-p[ =]*["']?)` + unquoted + `()`)},
	// What echo gives to a program that reads it from its input.
	{[]string{"--password-stdin"}, regexp.MustCompile(`(\b(?:echo|printf)\s+(?:-n\s+)?["']?)([^\s"';&|]+)(["']?\s*\|[^|;&\n]*--password-stdin)`)},
	{[]string{"chpasswd"}, regexp.MustCompile(`(\b(?:echo|printf)\s+(?:-[ne]+\s+)?["']?[A-Za-z0-9._-]+:)([^\s"';&|]+)(["']?\s*\|\s*(?:sudo\s+)?chpasswd)`)},
	{[]string{"useradd", "usermod"}, regexp.MustCompile(`(\b(?:useradd|usermod)\b[^;&|\n]*?\s-p\s+["']?)` + unquoted + `()`)},
	// TOKEN=$(echo secret).
	{[]string{"$("}, regexp.MustCompile(`(\b` + secretWord + `=["']?\$\((?:echo|printf)\s+["']?)` + unquoted + `()`)},
	// JSON and YAML, in a here-document or behind echo.
	{[]string{":"}, regexp.MustCompile(`(["']` + secretWord + `\\?["']\s*:\s*\\?["'])([^"'\\]+)()`)},
	{[]string{":"}, regexp.MustCompile(`(?i)((?:^|[\s"'])[a-z_-]*(?:password|passwd|passphrase):\s+["']?)` + unquoted + `()`)},
	// Azure's connection strings, npm's and AWS's own settings, netrc.
	{[]string{"Key=", "key=", "KEY="}, regexp.MustCompile(`(\b(?i:AccountKey|SharedAccessKey)=)([^;\s"']+)()`)},
	{[]string{":_"}, regexp.MustCompile(`(:_(?:authToken|password|auth)[\s=]+["']?)` + unquoted + `()`)},
	{[]string{"aws"}, regexp.MustCompile(`(\baws\s+configure\s+set\s+aws_(?:secret_access_key|session_token)\s+["']?)` + unquoted + `()`)},
	{[]string{"machine"}, regexp.MustCompile(`(\bmachine\s+\S+\s+login\s+\S+\s+password\s+)` + unquoted + `()`)},
}
