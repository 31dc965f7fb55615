package secrets_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"runtime"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/secrets"
)

// keyPEM makes a private key: RFC 7468 with PKCS #8, or RSA's own form.
func keyPEM(t *testing.T, kind string) string {
	t.Helper()
	var key any
	var err error
	switch kind {
	case "rsa", "RSA PRIVATE KEY":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case "ec":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	default:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	if kind == "RSA PRIVATE KEY" {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: x509.MarshalPKCS1PrivateKey(key.(*rsa.PrivateKey))}))
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

const token = "ghp_" + "R7x2Kq9LmT4vWz8BnYc3Hd6JfPs1Ga5QeUo0"

// Keys that begin again and again, without an end, cost no more than one that is as long.
func TestKeysWithoutAnEnd(t *testing.T) {
	allocated := func(unit string) uint64 {
		content := []byte(strings.Repeat(unit, secrets.MaxSize/len(unit)))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		secrets.Look("srv/a.pem", content)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, unit := range []string{"-----BEGIN PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----\nA b\n", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n"} {
		if got := allocated(unit); got > 20*secrets.MaxSize {
			t.Errorf("%q over %d bytes takes %d bytes", unit, secrets.MaxSize, got)
		}
	}
}

func TestLook(t *testing.T) {
	rsaKey, edKey, ecKey := keyPEM(t, "RSA PRIVATE KEY"), keyPEM(t, "ed25519"), keyPEM(t, "ec")
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte(strings.Repeat("certain bytes of it ", 40))}))
	jwt := "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI5ODc2NTQzMiIsIm5hbWUiOiJBIFVzZXIifQ.q4Yt7Lw2Vx9Zb5Rn8Kc3Md6Hj1Fs0Pg"
	for _, c := range []struct {
		name, content string
		want          string // "" for nothing, else the kind, with ! where it is sure
	}{
		{"srv/server.txt", rsaKey, "a private key!"},
		{"config/backup", edKey, "a private key!"},
		{"etc/nginx/site.conf", "# all in one\n" + certificate + ecKey, "a private key!"},
		{"etc/haproxy/site.pem", certificate + rsaKey, "a private key!"},
		{"app/account.json", `{"type": "service_account", "private_key": "` + strings.ReplaceAll(rsaKey, "\n", `\n`) + `"}`, "a private key!"},
		{"app/values.yaml", "tls:\n  key: |\n    " + strings.ReplaceAll(edKey, "\n", "\n    "), "a private key!"},
		{"srv/dump", "Bag Attributes\n    friendlyName: x\nKey Attributes: <No Attributes>\n" + rsaKey, "a private key!"},
		{"srv/cert.pem", certificate, "-"},
		{"srv/key.pem", strings.ReplaceAll(rsaKey, "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"), "-"},
		{"srv/old.key", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n" + rsaKey[32:], "-"},
		{"docs.txt", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n", ""},
		{"docs.txt", "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("A", 200) + "\n-----END PRIVATE KEY-----\n", ""},
		{"pub.txt", strings.ReplaceAll(rsaKey, "PRIVATE", "PUBLIC"), ""},
		{"root/.ssh/id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\nQyNTUxOQAAACDx\n-----END OPENSSH PRIVATE KEY-----\n", "a private key!"},
		{"root/.ssh/id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABDx7aK\nQyNTUxOQAAACDx\n-----END OPENSSH PRIVATE KEY-----\n", "-"},
		{"k.ppk", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\nPrivate-Lines: 1\nAAA\n", "a private key!"},
		{"age.txt", "AGE-SECRET-KEY-1" + "QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE6M", "a private key!"},

		{"app/.env", "PORT=8080\nLOG_LEVEL=debug\n", "-"},
		{"app/.env", "DB_PASSWORD=q8Xv2LmT4z\n", "a password"},
		{"app/.env.production", "GITHUB_TOKEN=" + token + "\n", "a GitHub token!"},
		{"app/.env.example", "GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", ""},
		{"app/config.json", `{"github": "` + token + `"}`, "a GitHub token!"},
		{"app/config.json", `{"port": 80, "integrity": "sha512-R7x2Kq9LmT4vWz8BnYc3Hd6JfPs1Ga5QeUo0R7x2Kq9LmT4vWz8BnYc3Hd6JfPs1Ga5QeUo0=="}`, ""},
		{"app/config.yaml", "key: AKIAIOSFODNN7EXAMPLE\n", ""},
		{"app/config.yaml", "key: AKIAQ3EGR7XK2LMT4VWZ\n", "an AWS key!"},
		{"app/settings.ini", "token = " + jwt + "\n", "a JSON web token"},
		{"app/web.json", `{"key": "AIzaSyR7x2Kq9LmT4vWz8BnYc3Hd6JfPs1Ga5Qe"}`, ""},

		{"app/.npmrc", "registry=https://registry.example.org/\nalways-auth=true\n", "-"},
		{"app/.npmrc", "//registry.example.org/:_authToken=${NPM_TOKEN}\n", "-"},
		{"app/.npmrc", "//registry.example.org/:_authToken=0f8fad5b-d9cb-469f-a165-70867728950e\n", "an npm login!"},
		{"home/u/.pypirc", "[pypi]\nusername = __token__\npassword = pypi-AgEIcHlwaS5vcmcCJDNmYmQwZjYwLTk2\n", "a PyPI token!"},
		{"home/u/.pypirc", "[pypi]\nusername = me\n", "-"},
		{"root/.git-credentials", "https://me:hunter2@git.example.org\n", "a git login!"},
		{"root/.netrc", "machine x login me password hunter2\n", "a login!"},
		{"root/.docker/config.json", `{"credsStore": "desktop"}`, "-"},
		{"root/.docker/config.json", `{"auths": {"ghcr.io": {"auth": "bWU6UjdxOUxtVDR2V3o4"}}}`, "a registry login!"},
		{"root/.kube/config", "apiVersion: v1\nclusters: []\n", "-"},
		{"root/.kube/config", "users:\n- user:\n    client-key-data: LS0tLS1CRUdJTiBFQyBQUklWQVRF\n", "a Kubernetes login!"},
		{"root/.aws/credentials", "[default]\naws_access_key_id = x\naws_secret_access_key = q8Xv2LmT4zR7x2Kq9LmT4vWz8BnYc3Hd6JfPs1Ga\n", "AWS keys!"},
		{"root/.aws/credentials", "[default]\nregion = x\n", "-"},
		{"root/.config/gcloud/application_default_credentials.json", `{"refresh_token": "1//0gR7x2Kq9LmT4vWz8BnYc3Hd6"}`, "Google Cloud credentials!"},
		{"root/.vault-token", "hvs.R7x2Kq9LmT4vWz8BnYc3Hd6JfPs1Ga5Q\n", "a Vault token!"},
		{"data/credentials.json", "\x00\x01binary " + token, ""},
	} {
		f, ok := secrets.Look(c.name, []byte(c.content))
		got := f.Kind
		switch {
		case !ok:
			got = ""
		case got == "":
			got = "-"
		case f.Sure:
			got += "!"
		}
		if got != c.want {
			t.Errorf("%s with %.40q: %q, want %q", c.name, c.content, got, c.want)
		}
	}
}

func TestWants(t *testing.T) {
	for name, want := range map[string]bool{
		"app/.npmrc": true, "app/.env.local": true, "app/prod.env": true, "app/appsettings.json": true, "usr/src/app/config.yml": true, "usr/local/etc/app.conf": true,
		"etc/ssl/private/web.key": true, "root/.kube/config": true, "work/prod.kubeconfig": true, "home/u/.git-credentials": true,
		"app/server": false, "app/main.py": false, "usr/share/doc/x/config.json": false, "usr/lib/python3/x.pem": false, "app/node_modules/a/package.json": false,
		"usr/local/lib/python3.12/test/key.pem": false, "etc/ssl/certs/ca.pem": false, "go/pkg/mod/x/testdata/key.pem": false,
	} {
		if got := secrets.Wants(name, 100); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if secrets.Wants("app/.env", secrets.MaxSize+1) || secrets.Wants("app/.env", 0) {
		t.Error("a file that is too large, or empty, is looked into")
	}
}

// FuzzLook holds Look to what it promises of any content: it ends, and its words are its own.
func FuzzLook(f *testing.F) {
	f.Add("app/.env", "A=b\n-----BEGIN PRIVATE KEY-----\n")
	f.Add("root/.pgpass", "a:b:c:d:e")
	f.Fuzz(func(t *testing.T, name, content string) {
		if found, _ := secrets.Look(name, []byte(content)); len(found.Kind) > 40 {
			t.Errorf("%q", found.Kind)
		}
	})
}

// TestSearch finds private keys that stand within programs, however their languages put the lines
// together, and nothing in a program that only speaks of keys.
func TestSearch(t *testing.T) {
	key := keyPEM(t, "RSA PRIVATE KEY")
	quoted := func(before, after string) string {
		return before + strings.ReplaceAll(strings.TrimSpace(key), "\n", after+"\n"+before) + after
	}
	for name, content := range map[string]string{
		"settings.py": "DEBUG = True\nJWT_KEY = \"\"\"" + key + "\"\"\"\n",
		"config.js":   "module.exports = { key: `" + key + "` };\n",
		"escaped.ts":  `export const key = "` + strings.ReplaceAll(key, "\n", `\n`) + `";` + "\n",
		"twice.rb":    `KEY = "` + strings.ReplaceAll(key, "\n", `\\n`) + `"` + "\n",
		"main.go":     "package main\n\nconst key = " + quoted(`"`, `\n" +`) + `""`,
		"Main.java":   "class Main {\n  static String key =\n" + quoted(`    "`, `\n" +`) + `"";}`,
		"key.php":     "<?php $key = " + quoted(`'`, `' . `) + "'';",
		"list.js":     "const key = [" + quoted(`  '`, `',`) + "].join('\\n');",
		"entrypoint":  "#!/bin/sh\ncat >/run/key <<EOF\n" + key + "EOF\nexec app\n",
	} {
		if f, ok := secrets.Search([]byte(content)); !ok || !f.Sure || f.Kind != "a private key" {
			t.Errorf("%s: %+v\n%.300s", name, f, content)
		}
		if secrets.Resembles([]byte(content)) || !secrets.IsText([]byte(content)) {
			t.Errorf("%s is not what this test is about", name)
		}
	}
	for name, content := range map[string]string{
		"a parser":          "if line.startswith('-----BEGIN RSA PRIVATE KEY-----'): raise ValueError('" + strings.Repeat("no keys here, please ", 20) + "')\n-----END RSA PRIVATE KEY-----\n",
		"an explanation":    "key = '''-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG...\n-----END PRIVATE KEY-----'''",
		"a public key":      "KEY = '''" + strings.ReplaceAll(key, "PRIVATE", "PUBLIC") + "'''",
		"with a passphrase": "KEY = '''" + strings.ReplaceAll(key, "RSA PRIVATE", "ENCRYPTED PRIVATE") + "'''",
		"binary":            "KEY = " + key + "\x00",
	} {
		if f, ok := secrets.Search([]byte(content)); ok {
			t.Errorf("%s: %+v", name, f)
		}
	}
	for _, name := range []string{"usr/lib/python3/x.py", "app/node_modules/a/index.js", "usr/share/doc/x"} {
		if !secrets.Aside(name) {
			t.Errorf("%s is searched", name)
		}
	}
}

// madeUp is what tokens of these tests end in: drawn by lot for them, and nobody's.
const madeUp = "R7x2Kq9LmT4vWz8BnYc3Hd6JfPs1Ga5QeUo0"

// TestSearchTokens finds tokens that their makers mark in any text, and none in what only looks
// like one.
func TestSearchTokens(t *testing.T) {
	aws := "AKIAQ3EGR7XK2LMT4VWZ"
	secret := "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"
	for _, c := range []struct{ content, want string }{
		{`GITHUB_TOKEN = "ghp_` + madeUp + `"`, "a GitHub token"},
		{`GITHUB_TOKEN = " ghp_` + madeUp + `"`, "a GitHub token"}, // at an even and at an odd place
		{"gho_" + madeUp, "a GitHub token"},
		{"export T=github_pat_11ABCDEFG0aB3dE6gH9jK2_" + madeUp, "a GitHub token"},
		{"curl -H 'PRIVATE-TOKEN: glpat-R7x2Kq9LmT4vWz8BnYc3'", "a GitLab token"},
		{"<token>npm_" + madeUp + "</token>", "an npm token"},
		{"id = '" + aws + "'\nkey = '" + secret + "'\n", "an AWS key"},
		{"slack(`xoxb-298374650192-R7x2Kq9LmT4vWz8BnYc3Hd6J`)", "a Slack token"},
		{"stripe.api_key = 'sk_live_R7x2Kq9LmT4vWz8BnYc3Hd6J'", "a Stripe key"},
		{"hf_R7xkKqpLmTsvWzqBnYcxHd6JfPs1GaQeUo", "a Hugging Face token"},
		{"dop_v1_4fd1c7a90b36e852dd91a0c3b7e64f2815ac90d7e3b16f48205d9ce7a41b83f6", "a DigitalOcean token"},

		{"ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", ""},
		{"ghp_EXAMPLE" + madeUp[:29], ""},
		{"ghp_abababababababababababababababababab", ""},
		{"ghp_" + madeUp + madeUp, ""}, // longer than any
		{"ghp_" + madeUp[:20], ""},
		{"my_ghp_" + madeUp, ""}, // the end of a name
		{"hf_hub_download_with_retries_and_progress()", ""},
		{"npm_config_registry_of_the_organisation_1", ""},
		{"sk_live_${STRIPE_KEY}", ""},
		{"sk_test_R7x2Kq9LmT4vWz8BnYc3Hd6J", ""},
		{"id = '" + aws + "'", ""}, // names an account, and opens nothing alone
		{"id = '" + aws + "' sha = '4fd1c7a90b36e852dd91a0c3b7e64f2815ac90d7'", ""},
		{"id = 'AKIAIOSFODNN7EXAMPLE' key = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'", ""},
		{"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI5ODc2NTQzMiIsIm5hbWUiOiJBIFVzZXIifQ.q4Yt7Lw2Vx9Zb5Rn8Kc3Md6Hj1Fs0Pg", ""},
		{"binary \x00 ghp_" + madeUp, ""},
	} {
		if f, ok := secrets.Search([]byte(c.content)); f.Kind != c.want || ok != (c.want != "") || f.Sure != ok {
			t.Errorf("%q: %+v, want %q", c.content, f, c.want)
		}
	}
	for _, name := range []string{"app/main.tf", "app/index.html", "srv/entrypoint.sh", "root/token", "etc/environment", "run/secrets/gh", "root/.bash_history"} {
		if secrets.Aside(name) {
			t.Errorf("%s is not searched", name)
		}
	}
}

// TestGitLogins finds logins in the files that git writes, and none in their ordinary content.
func TestGitLogins(t *testing.T) {
	for content, want := range map[string]string{
		"url = https://oauth2:glpat-R7x2Kq9LmT4vWz8BnYc3@git.example.org/a.git\n": "a GitLab token",
		"url = https://me:hunter2@git.example.org/a.git\n":                        "a git login",
		"extraheader = AUTHORIZATION: basic eC1hY2Nlc3M6UjdxOUxtVDR2V3o4Qm5Z\n":   "a git login",
		"url = https://git.example.org/a.git\n":                                   "",
		"url = https://git.example.org:8443/a@b.git\n":                            "",
		"url = git@git.example.org:a/b.git\n[user]\n\temail = me@example.org\n":   "",
		"url = https://me:${TOKEN}@git.example.org/a.git\n":                       "",
	} {
		for _, name := range []string{"srv/.git/config", "root/.gitconfig", "root/.config/git/config"} {
			if f, _ := secrets.Look(name, []byte(content)); f.Kind != want || !secrets.Wants(name, 10) || !secrets.IsOfGit(name) {
				t.Errorf("%s with %q: %q, want %q", name, content, f.Kind, want)
			}
		}
	}
	if secrets.IsOfGit("app/.npmrc") {
		t.Error("git writes an .npmrc")
	}
}

func TestIsSample(t *testing.T) {
	for name, want := range map[string]bool{
		"app/tests/key.py": true, "opt/openssl/demos/server.pem": true, "opt/ssl/testcerts/key.pem": true, "app/test_keys.py": true, "app/keys_test.go": true, "app/keys.spec.ts": true, "app/README.md": true, "app/KeysTest.java": true,
		"app/settings.py": false, "app/latest.go": false, "app/contest/x.js": false, "app/attestation": false,
	} {
		if got := secrets.IsSample(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
