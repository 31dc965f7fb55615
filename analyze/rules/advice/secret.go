package advice

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/pattern"
	"github.com/tare-oci/tare/model"
)

// secretFiles are files that hold keys or passwords by their purpose.
var secretFiles = []string{
	"**/id_rsa", "**/id_dsa", "**/id_ecdsa", "**/id_ed25519", "etc/ssh/ssh_host_*_key",
	"~/.aws/credentials", "**/.git-credentials", "~/.netrc", "~/.pypirc", "~/.npmrc", "~/.docker/config.json", "~/.kube/config",
	"~/.config/gcloud/credentials.db", "~/.config/gcloud/application_default_credentials.json", "~/.gnupg/private-keys-v1.d/**", "~/.vault-token",
	"etc/ssl/private/*.key", "**/*-key.pem", "**/.env", "!usr/lib/**", "!usr/share/**", "!**/node_modules/**", "!**/site-packages/**",
}

// KeepOut says what to do about a secret's file, a path without leading slash.
func KeepOut(name string) string {
	return "Keep /" + name + " out of the build (.dockerignore, RUN --mount=type=secret), and change the secret at its source: the layer holds it even if a later one removes it."
}

// SecretIn returns the first of a finding's files that holds a secret by its name,
// "" if there is none.
func SecretIn(f *model.Finding, b *rules.Build) string {
	if b == nil {
		return ""
	}
	for _, name := range f.Paths {
		if b.Matches(secretFiles, name) {
			return name
		}
	}
	return ""
}

// SecretFiles makes the index of the files of a tree that hold secrets by their
// name.
func SecretFiles(b *rules.Build, t *model.Tree) *pattern.Index { return b.Index(secretFiles, t) }
