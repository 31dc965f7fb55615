package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// bakedInSecret finds passwords, tokens and keys in the config, in the history
// and among the files.
var bakedInSecret = Rule{
	ID:    "baked-in-secret",
	Group: Kubernetes,
	Title: "a secret in the image",
	Why: "Whoever can pull an image can read everything in it: each variable of ENV, each line of the history, each file of each layer, also those that a later instruction removed. A password, token or private key that " +
		"got in that way is known to all of them, and stays valid until it is changed at its source. Secrets belong into the cluster (a Secret, mounted or as a variable) and, for the build, into RUN --mount=type=secret.",
	Confidence: model.Possible,
	Observe:    observeSecrets,
	Lesson: Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Env}}'\ndocker history --no-trunc IMAGE",
		Before:  "ENV NPM_TOKEN=npm_…\nRUN npm ci",
		After:   "RUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci",
		WhenNot: "Where the value is a default that is meant to be public, such as the password of a database for trying things out. tare shows *** in its place all the same.",
		Sources: []string{"https://docs.docker.com/build/building/secrets/", "https://kubernetes.io/docs/concepts/configuration/secret/"},
	},
}

var (
	secretVariable = regexp.MustCompile(`^` + secretWord + `$`)
	// assignment is NAME=value, --name=value, and ENV NAME value.
	assignment = regexp.MustCompile(`(?:(\b` + secretWord + `=)|(^(?i:ENV)\s+` + secretWord + `\s+))("(?:[^"\\]|\\.)*"|'[^']*'|[^\s'"` + "`" + `;&|]+|["'][^"']*$)`)
	// pair is what docker build --secret takes: id=npm,src=file.
	pair = regexp.MustCompile(`^[a-z]+=`)
	// keys are shapes that their makers gave their tokens to be recognised:
	// AWS, GitHub, GitLab, Slack, Stripe, Google, npm, PyPI, and PEM (RFC 7468).
	keys = regexp.MustCompile(`\b(?:A[KS]IA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|` +
		`sk_live_[A-Za-z0-9]{16,}|AIza[0-9A-Za-z_-]{35}|npm_[A-Za-z0-9]{36}|pypi-AgEI[A-Za-z0-9_-]{20,})|-----BEGIN [A-Z ]*PRIVATE KEY-----[^"']*`)
)

// Masked stands in the place of a secret.
const Masked = "***"

// Mask puts *** in the place of every secret that the rule baked-in-secret
// flags. Use it for all text of an image that a face may show. The zero value
// knows no variables, and finds secrets by their form alone.
type Mask struct{ values *strings.Replacer }

// minSecret is how long a value must be to be masked wherever it stands, and it
// must hold letters and digits: POSTGRES_PASSWORD=postgres is masked behind its
// name only, or half the text would be gone.
const minSecret = 8

// NewMask makes the mask of an image from its config's variables (NAME=value).
func NewMask(env []string) Mask {
	var pairs []string
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		if secretVariable.MatchString(name) && isSecret(value) && len(value) >= minSecret &&
			strings.ContainsAny(value, "0123456789") && strings.Trim(value, "0123456789") != "" {
			pairs = append(pairs, value, Masked)
		}
	}
	if pairs == nil {
		return Mask{}
	}
	return Mask{strings.NewReplacer(pairs...)}
}

// notSecret is how paths, variables, placeholders, templates and formats begin.
var notSecret = []string{"/", "./", "~/", "$", "<", "{{", "%s"}

// isSecret says whether a value can be a secret at all: not a switch, a number or
// one of notSecret.
func isSecret(value string) bool {
	value = strings.Trim(value, `"'`)
	switch strings.ToLower(value) {
	case "", "true", "false", "yes", "no", "none", "null", "0", "1", Masked:
		return false
	}
	if slices.ContainsFunc(notSecret, func(begin string) bool { return strings.HasPrefix(value, begin) }) {
		return false
	}
	return strings.Trim(value, "0123456789smhd.*") != ""
}

// Text returns a text with its secrets masked.
func (m Mask) Text(text string) string {
	if m.values != nil {
		text = m.values.Replace(text)
	}
	text = assignment.ReplaceAllStringFunc(text, func(all string) string {
		part := assignment.FindStringSubmatch(all)
		if !isSecret(part[3]) {
			return all
		}
		return part[1] + part[2] + Masked
	})
	for i := range forms {
		form := &forms[i]
		if !form.mayBeIn(text) {
			continue
		}
		text = form.search.ReplaceAllStringFunc(text, func(all string) string {
			part := form.search.FindStringSubmatch(all)
			if !isSecret(part[2]) || pair.MatchString(part[2]) {
				return all
			}
			return part[1] + Masked + part[3]
		})
	}
	return keys.ReplaceAllLiteralString(text, Masked)
}

// secretOption is an option whose value is the next word.
var secretOption = regexp.MustCompile(`^--?` + secretWord + `$`)

// Words returns the words of a command with their secrets masked, those also that
// the word before makes one: --password, then the password.
func (m Mask) Words(words []string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = m.Text(word)
		if i == 0 {
			continue
		}
		switch before := words[i-1]; {
		case secretOption.MatchString(before) && isSecret(word) && !strings.HasPrefix(word, "-") && !pair.MatchString(word):
			out[i] = Masked
		case before == "-u" || before == "--user":
			const option = " -u "
			out[i] = strings.TrimPrefix(m.Text(option+word), option)
		}
	}
	return out
}

// Value returns the value of a variable or a label with its secrets masked: all
// of it where the name says that it is one.
func (m Mask) Value(name, value string) string {
	if secretVariable.MatchString(name[strings.LastIndexByte(name, '.')+1:]) && isSecret(value) {
		return Masked
	}
	masked, ok := strings.CutPrefix(m.Text(name+"="+value), name+"=")
	if !ok {
		return m.Text(value)
	}
	return masked
}

// Fix returns a fix with the secrets in its texts masked.
func (m Mask) Fix(f *model.Fix) *model.Fix {
	if f == nil {
		return nil
	}
	masked := *f
	masked.Summary = m.Text(f.Summary)
	if f.Before != nil {
		masked.Before = model.Ptr(m.Text(*f.Before))
	}
	if f.After != nil {
		masked.After = model.Ptr(m.Text(*f.After))
	}
	return &masked
}

// Instructions returns a copy of instructions with the secrets in their texts
// masked.
func (m Mask) Instructions(in []model.Instruction) []model.Instruction {
	out := append([]model.Instruction{}, in...)
	for i := range out {
		out[i].Text = m.Text(out[i].Text)
	}
	return out
}

// secretFiles are files that hold keys or passwords by their purpose.
var secretFiles = []string{
	"**/id_rsa", "**/id_dsa", "**/id_ecdsa", "**/id_ed25519", "etc/ssh/ssh_host_*_key",
	"~/.aws/credentials", "**/.git-credentials", "~/.netrc", "~/.pypirc", "~/.npmrc", "~/.docker/config.json", "~/.kube/config",
	"~/.config/gcloud/credentials.db", "~/.config/gcloud/application_default_credentials.json", "~/.gnupg/private-keys-v1.d/**", "~/.vault-token",
	"etc/ssl/private/*.key", "**/*-key.pem", "**/.env", "!usr/lib/**", "!usr/share/**", "!**/node_modules/**", "!**/site-packages/**",
}

func observeSecrets(b *Build, t *model.Tree) (found []Observation) {
	mask := NewMask(b.Env)
	for i := range b.Instructions {
		if text := b.text(i); mask.Text(text) != text {
			found = append(found, Observation{Instruction: model.Ptr(i),
				Fix: hint(model.Manual, "Change the secret at its source, since every copy of the image holds it, and give it to the build with RUN --mount=type=secret or to the container with a Secret.")})
		}
	}
	var names []string
	for _, variable := range b.Env {
		name, value, _ := strings.Cut(variable, "=")
		if !(secretVariable.MatchString(name) && isSecret(value)) && mask.Text(variable) == variable {
			continue
		}
		shown := false // by the instruction that sets it
		for i := range b.Instructions {
			shown = shown || b.keyword(i) == "ENV" && strings.Contains(b.text(i), name)
		}
		if !shown {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		found = append(found, Observation{Fix: hint(model.Manual, fmt.Sprintf("Take %s out of the image's environment, change the secret at its source, and give it to the container with a Secret.", strings.Join(names, ", ")))})
	}
	return append(found, secretsAmong(b, t)...)
}

// keepOut is what to do about a secret's file, a path without leading slash.
func keepOut(name string) string {
	return "Keep /" + name + " out of the build (.dockerignore, RUN --mount=type=secret), and change the secret at its source: the layer holds it even if a later one removes it."
}

// secretPlaces is an index of the files that hold secrets by their name.
func (b *Build) secretPlaces(t *model.Tree) *places {
	p := newPlaces(t)
	for _, pattern := range secretFiles {
		for _, expanded := range b.expand(pattern) {
			p.add(expanded, 0)
		}
	}
	return p
}

// secretIn is the first of a finding's files that holds a secret by its name, ""
// where none does.
func (b *Build) secretIn(f *model.Finding) string {
	if b == nil {
		return ""
	}
	m := b.known()
	if m.secrets == nil {
		m.secrets = b.secretPlaces(nil)
	}
	for _, name := range f.Paths {
		if m.secrets.match(name) != 0 {
			return name
		}
	}
	return ""
}

// secretsAmong lists the files of all layers, visible or not, that hold secrets
// by their name: one observation a layer, the lowest first. A path is named where
// it appears first, and once more where it appears first above the base.
func secretsAmong(b *Build, t *model.Tree) (found []Observation) {
	p := b.secretPlaces(t)
	type name struct {
		node      model.NodeID
		inherited bool
	}
	seen := map[name]bool{}
	paths := map[int][]string{}
	for i := range t.Records {
		r := &t.Records[i]
		if r.Kind != model.File || r.Size.Bytes() == 0 || p.node(r.Node) == 0 {
			continue
		}
		layer := int(r.Layer)
		at := name{r.Node, b.Layers[layer].Inherited}
		if !seen[at] && len(paths[layer]) < model.MaxFindingPaths {
			seen[at] = true
			paths[layer] = append(paths[layer], t.Path(r.Node))
		}
	}
	for _, layer := range slices.Sorted(maps.Keys(paths)) {
		text := keepOut(paths[layer][0])
		if b.Layers[layer].Inherited {
			text = "The base image brings /" + paths[layer][0] + ", which everybody who can pull it knows: ask its maker to leave it out, and use no secret that it holds."
		}
		found = append(found, Observation{Layer: model.Ptr(layer), Paths: paths[layer], Fix: hint(model.Manual, text)})
	}
	return found
}
