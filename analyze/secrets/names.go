package secrets

import (
	"strings"

	"github.com/tare-oci/tare/analyze/redact"
)

// named is what files of a name or place hold secrets in: behind one of the words.
type named struct {
	kind  string
	words []string // what stands before a secret's value; none means that Mask finds them
	sure  bool     // what stands there is a secret, however short
}

// Files that exist for secrets, by their base name or by the end of their path.
var (
	byBase = map[string]*named{
		".npmrc":           {"an npm login", []string{"_authToken", "_auth", "_password"}, false},
		".yarnrc.yml":      {"an npm login", []string{"npmAuthToken", "npmAuthIdent"}, false},
		".pypirc":          {"a PyPI login", []string{"password"}, false},
		".netrc":           {"a login", []string{"password"}, true},
		"_netrc":           {"a login", []string{"password"}, true},
		".git-credentials": {"a git login", []string{"://"}, true},
		".gitconfig":       gitLogin,
		".dockercfg":       dockerLogin,
		"kubeconfig":       kubernetesLogin,
		".pgpass":          {"a database's password", []string{":"}, false},
		".my.cnf":          {"a database's password", []string{"password"}, false},
		".vault-token":     {"a Vault token", []string{""}, false},
		".s3cfg":           {"AWS keys", []string{"secret_key"}, false},
		".boto":            {"a cloud's keys", []string{"aws_secret_access_key", "gs_secret_access_key", "gs_oauth2_refresh_token"}, false},
		"id_rsa":           privateKey, "id_dsa": privateKey, "id_ecdsa": privateKey, "id_ed25519": privateKey,
		"application_default_credentials.json": googleLogin,
		"credentials.tfrc.json":                {"a Terraform token", []string{"token"}, false},
	}
	byEnd = []struct {
		end string
		is  *named
	}{
		{".aws/credentials", &named{"AWS keys", []string{"aws_secret_access_key", "aws_session_token"}, false}},
		{".git/config", gitLogin}, {".config/git/config", gitLogin}, {".docker/config.json", dockerLogin}, {"containers/auth.json", dockerLogin}, {".kube/config", kubernetesLogin}, {".kubeconfig", kubernetesLogin},
		{"-key.pem", privateKey}, {".key", privateKey}, {".pem", privateKey}, {".ppk", privateKey}, {".p8", privateKey},
	}
	dockerLogin     = &named{"a registry login", []string{"auth", "identitytoken", "registrytoken"}, false}
	kubernetesLogin = &named{"a Kubernetes login", []string{"client-key-data", "token", "password"}, false}
	googleLogin     = &named{"Google Cloud credentials", []string{"refresh_token", "private_key"}, false}
	gitLogin        = &named{"a git login", []string{"://", "basic", "Basic"}, true} // in an address, or in a header that an action adds
	privateKey      = &named{kind: "a private key", words: []string{"private-key"}}
	settings        = &named{kind: "settings with secrets"}
)

// namedBy returns what a file's name says that it holds, nil where it says nothing.
func namedBy(name string) *named {
	if n := byName(name); n != nil && !aside(name) {
		return n
	}
	return nil
}

// byName is namedBy for a file that lies wherever.
func byName(name string) *named {
	if !mayBeNamed(name) {
		return nil
	}
	base := name[strings.LastIndexByte(name, '/')+1:]
	if n := byBase[base]; n != nil {
		return n
	}
	if isEnv(base) {
		return settings
	}
	for i := range byEnd {
		if strings.HasSuffix(name, byEnd[i].end) {
			return byEnd[i].is
		}
	}
	return nil
}

// mayBeNamed reports whether a name ends in the two bytes that one ends in of those which say
// something, or is that of a file of variables, which may end in any. Every file of an image is asked
// about, and most do not.
func mayBeNamed(name string) bool {
	if len(name) < 2 {
		return false
	}
	if lastTwo[name[len(name)-1]]>>(name[len(name)-2]%64)&1 != 0 {
		return true
	}
	return strings.HasPrefix(name[strings.LastIndexByte(name, '/')+1:], envName)
}

// lastTwo has for each byte that such a name ends in a bit for each byte that may stand before it:
// the bit of its last six bits.
var lastTwo = func() (by [256]uint64) {
	add := func(name string) { by[name[len(name)-1]] |= 1 << (name[len(name)-2] % 64) }
	for name := range byBase {
		add(name)
	}
	for i := range byEnd {
		add(byEnd[i].end)
	}
	for ending := range configEndings {
		add(ending)
	}
	add(envName)
	return by
}()

// envName is a file of variables, or how the name of one begins or ends.
const envName = ".env"

// isEnv reports whether a base name is that of a file of variables: .env, .env.production,
// prod.env; not of one that shows which there are.
func isEnv(base string) bool {
	rest, ok := strings.CutPrefix(base, envName)
	if !ok {
		return strings.HasSuffix(base, envName)
	}
	if rest == "" {
		return true
	}
	for _, sample := range []string{"example", "sample", "template", "dist", "defaults", "schema"} {
		if strings.Contains(rest, sample) {
			return false
		}
	}
	return rest[0] == '.'
}

// IsOfGit reports whether git writes a file, so that a login in it is one that somebody gave to git,
// be it in a RUN that does not name the file.
func IsOfGit(name string) bool { return namedBy(name) == gitLogin }

// configEndings are of files in which programs are given keys, among much else. Any other text is
// searched with [Search] alone.
var configEndings = map[string]bool{
	".json": true, ".yml": true, ".yaml": true, ".toml": true, ".ini": true, ".conf": true, ".cfg": true, ".properties": true,
	".txt": true, ".crt": true, ".tfvars": true, ".tfstate": true, ".ovpn": true,
}

// Wants reports whether a file is looked into, by its path without leading slash and its size
// in bytes. Places where distributions, package managers and languages keep what is not the
// image's own are passed over.
func Wants(name string, size int64) bool {
	if size <= 0 || size > MaxSize || !mayBeNamed(name) {
		return false
	}
	dot := strings.LastIndexByte(name, '.')
	base := strings.LastIndexByte(name, '/') + 1
	if dot > base && configEndings[name[dot:]] {
		return !aside(name)
	}
	return namedBy(name) != nil
}

// asides are where nothing is the image's own, as beginnings of paths.
var asides = []string{"lib/", "lib32/", "lib64/", "bin/", "sbin/", "var/lib/dpkg/", "var/lib/apt/", "var/cache/", "etc/ssl/certs/", "etc/pki/ca-trust/", "etc/ca-certificates/", "proc/", "sys/"}

// asideParts are directories of what package managers bring, anywhere.
var asideParts = []string{"node_modules/", "site-packages/", "dist-packages/", "/vendor/", "/gems/", "pkg/mod/", ".cargo/registry/", "/.m2/repository/"}

// aside reports whether nothing at a path is the image's own.
func aside(name string) bool {
	if rest, ok := strings.CutPrefix(name, "usr/"); ok {
		local, ok := strings.CutPrefix(rest, "local/")
		if !ok && !strings.HasPrefix(rest, "src/") || strings.HasPrefix(local, "lib/") || strings.HasPrefix(local, "share/") || strings.HasPrefix(local, "go/") {
			return true
		}
	}
	for _, begin := range asides {
		if strings.HasPrefix(name, begin) {
			return true
		}
	}
	for _, part := range asideParts {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// IsSample reports whether a path lies among tests, examples or documentation, where keys are
// made for nobody.
func IsSample(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		switch part {
		case "test", "tests", "testdata", "testing", "fixtures", "fixture", "__tests__", "spec", "specs", "example", "examples", "sample", "samples", "doc", "docs", "demo", "demos", "mocks",
			"testcerts", "test-certs", "test_certs", "test-data", "test_data", "test-fixtures", "test_fixtures", "test-keys", "test_keys":
			return true
		}
	}
	base := name[strings.LastIndexByte(name, '/')+1:]
	if strings.HasPrefix(base, "test_") {
		return true
	}
	for _, part := range []string{"_test.", ".test.", "_spec.", ".spec.", "Test.java", "Tests.java", "Test.php", "Test.kt"} {
		if strings.Contains(base, part) {
			return true
		}
	}
	switch base[strings.LastIndexByte(base, '.')+1:] {
	case "md", "rst", "adoc":
		return true
	}
	return false
}

// Aside reports whether a path lies where only packages put files, so that a key there is part
// of them. That is for its directory to say: with a slash behind it, a directory gets the answer of
// the files in it.
func Aside(name string) bool { return aside(name) }

// look finds the value of a secret behind one of the words, or by the names of variables.
func (n *named) look(text string) Found {
	if n == settings {
		kinds := redact.Mask{}.Kinds(text)
		if len(kinds) == 0 {
			return Found{}
		}
		return Found{Kind: kinds[0]}
	}
	for line := range strings.Lines(text) {
		for _, word := range n.words {
			if value, ok := n.valueIn(strings.TrimSpace(line), word); ok && isLiteral(value) {
				return Found{Kind: n.kind, Sure: n.sure || len(value) >= 16 && !isExample(value)}
			}
		}
	}
	return Found{}
}

// valueIn returns what a line gives a word as its value.
func (n *named) valueIn(line, word string) (value string, ok bool) {
	if line == "" || line[0] == '#' || line[0] == ';' {
		return "", false
	}
	switch word {
	case "": // the line is the value
		return line, true
	case "://": // user:password@
		_, rest, ok := strings.Cut(line, "://")
		user, _, at := strings.Cut(rest, "@")
		_, value, colon := strings.Cut(user, ":")
		return value, ok && at && colon && !strings.Contains(user, "/")
	case ":": // host:port:database:user:password
		parts := strings.SplitN(line, ":", 5)
		return parts[len(parts)-1], len(parts) == 5
	}
	for rest := line; ; {
		at := strings.Index(rest, word)
		if at < 0 {
			return "", false
		}
		whole := at == 0 || !isWordByte(rest[at-1])
		if rest = rest[at+len(word):]; rest == "" || !whole || isWordByte(rest[0]) {
			continue
		}
		value = strings.TrimLeft(rest, " \t\"'=:")
		if end := strings.IndexAny(value, "\"', \t,}"); end >= 0 {
			value = value[:end]
		}
		return value, true
	}
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '-'
}

// isLiteral reports whether a value is one, and no reference to it or filler.
func isLiteral(value string) bool {
	if len(value) < 4 || strings.ContainsAny(value, "<>{}()") || strings.HasPrefix(value, "$") || strings.HasPrefix(value, "%") {
		return false
	}
	return strings.Trim(value, "*xX.-_") != ""
}
