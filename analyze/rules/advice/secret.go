package advice

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/pattern"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/secrets"
	"github.com/tare-oci/tare/model"
)

// secretFiles are files that hold keys or passwords by their purpose.
var secretFiles = []string{
	"**/id_rsa", "**/id_dsa", "**/id_ecdsa", "**/id_ed25519", "etc/ssh/ssh_host_*_key",
	"~/.aws/credentials", "**/.git-credentials", "~/.netrc", "~/.pypirc", "~/.npmrc", "~/.docker/config.json", "~/.kube/config",
	"~/.config/gcloud/credentials.db", "~/.config/gcloud/application_default_credentials.json", "~/.gnupg/private-keys-v1.d/**", "~/.vault-token",
	"etc/ssl/private/*.key", "**/*-key.pem", envFiles, "!usr/lib/**", "!usr/share/**", "!**/node_modules/**", "!**/site-packages/**",
}

// envFiles are files of variables, with secrets among them or without.
const envFiles = "**/.env"

// KeepOut says what to do about a secret's file, a path without leading slash, that
// an instruction of the image brought; -1 where nobody knows which.
func KeepOut(b *rules.Build, made int, name string) string {
	const stays = ", and change the secret at its source: the layer holds it even if a later one removes it."
	if b == nil || made < 0 || made >= len(b.Instructions) || b.Parsed().Keyword(made) != "RUN" {
		return "Keep /" + name + " out of the build (.dockerignore, RUN --mount=type=secret)" + stays
	}
	if again, ok := generatedKey(b, made, name); ok {
		return "The build makes /" + name + ", so all containers share it and anyone who can pull the image has it: remove it at the end of that RUN, and make a new one when a container starts (" + again + ")."
	}
	return "Give /" + name + " to the RUN that needs it with RUN --mount=type=secret, which writes it to no layer" + stays
}

// generatedKey reports whether a RUN made a key itself, as openssh-server and
// ssl-cert do when they are installed, and what makes another one. No file of the
// build context has anything to do with such a key.
func generatedKey(b *rules.Build, made int, name string) (again string, ok bool) {
	switch {
	case b.Matches([]string{"etc/ssh/ssh_host_*_key"}, name):
		return "ssh-keygen -A", true
	case name == "etc/ssl/private/ssl-cert-snakeoil.key":
		return "make-ssl-cert generate-default-snakeoil", true
	}
	commands, _ := b.Parsed().Commands(made)
	for _, c := range commands {
		if tool := c.Name(); makesKeys(c, tool) {
			return tool, true
		}
	}
	return "", false
}

// makesKeys reports whether a command makes a private key.
func makesKeys(c rewrite.Command, tool string) bool {
	has := func(words ...string) bool {
		return slices.ContainsFunc(c.Words, func(w rewrite.Word) bool { return slices.Contains(words, w.Text) })
	}
	switch tool {
	case "ssh-keygen":
		return !has("-y", "-R", "-F", "-l", "-e", "-i")
	case "openssl":
		return has("genrsa", "genpkey", "ecparam", "gendsa") || has("req") && has("-newkey", "-new")
	case "mkcert", "minica", "make-ssl-cert", "certtool", "easyrsa":
		return true
	}
	return false
}

// credentials are those among secretFiles that exist for nothing but a key or a password;
// the others may also hold settings alone.
var credentials = []string{
	"**/id_rsa", "**/id_dsa", "**/id_ecdsa", "**/id_ed25519", "~/.aws/credentials", "**/.git-credentials", "~/.netrc",
	"~/.config/gcloud/credentials.db", "~/.config/gcloud/application_default_credentials.json", "~/.gnupg/private-keys-v1.d/**", "~/.vault-token",
}

// keys are private keys that the scripts of packages make, too, when a RUN installs them.
var keys = []string{"etc/ssh/ssh_host_*_key", "etc/ssl/private/*.key", "**/*-key.pem"}

// Secret is a file that holds a secret, or may hold one.
type Secret struct {
	Path       string
	Kind       string // in a few words: "a private key"
	Confidence model.Confidence
}

// SecretAt says what secret a version of a file holds, which an instruction brought; made is -1
// where nobody knows which, and byName is true where a pattern of SecretFiles matches. It
// goes by the content where the scan looked into that, else by the name.
func SecretAt(b *rules.Build, t *model.Tree, id model.RecordID, made int, byName bool) (s Secret, ok bool) {
	found, looked := b.Secrets[id]
	if !byName && found.Kind == "" {
		return s, false
	}
	s.Path = t.Path(t.Records[id].Node)
	switch {
	case found.Kind != "":
		return s.judge(b, made, found, byName, len(t.Packages) > int(id) && t.Packages[id] >= 0)
	case b.Matches([]string{envFiles}, s.Path):
		s.Kind, s.Confidence = "settings that may hold secrets", model.Possible
	case !looked:
		s.Kind, s.Confidence = secretKind(b, s.Path), secretConfidence(b, made, s.Path)
	case b.Matches(credentials, s.Path): // a key with a passphrase, or a form that nobody knows
		s.Kind, s.Confidence = secretKind(b, s.Path), model.Possible
	default:
		return s, false
	}
	return s, true
}

// judge says how sure it is that what a content holds is somebody's secret.
func (s Secret) judge(b *rules.Build, made int, found secrets.Found, byName, packaged bool) (Secret, bool) {
	if !byName && (packaged || secrets.Aside(s.Path)) {
		return s, false // part of what is installed, such as the key of a library's tests
	}
	s.Kind, s.Confidence = found.Kind, model.Likely
	if found.Sure {
		s.Confidence = model.Certain
	}
	if secrets.IsSample(s.Path) || !(found.Sure && secrets.IsOfGit(s.Path)) && madeByBuild(b, made, s.Path) {
		s.Confidence = model.Possible
	}
	return s, true
}

// madeByBuild reports whether the build itself made a key: a matter of taste, since whoever
// has the image has it, but nobody else's key is lost.
func madeByBuild(b *rules.Build, made int, name string) bool {
	if made < 0 || made >= len(b.Instructions) || b.Parsed().Keyword(made) != "RUN" {
		return false
	}
	if _, generated := generatedKey(b, made, name); generated || b.Matches(keys, name) {
		return true
	}
	// Scripts of packages make keys for servers wherever those look for them. A RUN that writes
	// somebody's key names the file.
	return !b.Matches(credentials, name) && !strings.Contains(b.Parsed().Text(made), path.Base(name))
}

// secretConfidence says how sure it is that somebody's secret is at a path, by its name.
func secretConfidence(b *rules.Build, made int, name string) model.Confidence {
	run := made >= 0 && made < len(b.Instructions) && b.Parsed().Keyword(made) == "RUN"
	if run {
		if _, generated := generatedKey(b, made, name); generated || b.Matches(keys, name) {
			return model.Possible
		}
	}
	if b.Matches(credentials, name) || b.Matches(keys, name) {
		return model.Certain
	}
	return model.Likely
}

// SecretIn returns the first of a finding's files that holds a secret, by its content or, where
// nobody looked into that, by its name; "" if there is none.
func SecretIn(f *model.Finding, b *rules.Build) string {
	if b == nil {
		return ""
	}
	for _, name := range f.Paths {
		found, looked := b.SecretAt(name)
		if found.Kind != "" || !looked && b.Matches(secretFiles, name) {
			return name
		}
	}
	return ""
}

// SecretFiles makes the index of the files of a tree that hold secrets by their
// name.
func SecretFiles(b *rules.Build, t *model.Tree) *pattern.Index { return b.Index(secretFiles, t) }

// kindsOfFiles say what secret files are for, the first pattern that matches.
var kindsOfFiles = []struct{ pattern, kind string }{
	{"etc/ssh/ssh_host_*_key", "a server's private key"}, {"~/.aws/credentials", "AWS keys"}, {"~/.config/gcloud/**", "Google Cloud credentials"}, {"~/.kube/config", "a Kubernetes login"},
	{"~/.docker/config.json", "a registry login"}, {"~/.npmrc", "an npm login"}, {"~/.pypirc", "a PyPI login"}, {"**/.git-credentials", "a git login"}, {"~/.netrc", "a login"},
	{"~/.vault-token", "a Vault token"}, {envFiles, "settings with secrets"},
}

// secretKind says in a few words what a secret file holds by its name: "a private key".
func secretKind(b *rules.Build, name string) string {
	for _, k := range kindsOfFiles {
		if b.Matches([]string{k.pattern}, name) {
			return k.kind
		}
	}
	return "a private key"
}
