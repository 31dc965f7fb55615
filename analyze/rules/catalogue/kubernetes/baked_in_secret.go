package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// BakedInSecret finds passwords, tokens and keys in the config, in the history
// and among the files.
var BakedInSecret = rules.Rule{
	ID:    "baked-in-secret",
	Group: rules.Kubernetes,
	Title: "a secret in the image",
	Why: "Anyone who can pull an image can read everything in it: each ENV variable, each line of the history, each file of each layer, even those that a later instruction removed. A password, token or private key in it " +
		"is known to all of them, and stays valid until it is changed at its source. Keep secrets in the cluster (a Secret, mounted or as a variable) and pass them to the build with RUN --mount=type=secret.",
	Confidence: model.Possible,
	Varies:     "certain for a private key or a token of a known form, likely or possible for other secrets",
	Risk:       true,
	Observe:    observeSecrets,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Env}}'\ndocker history --no-trunc IMAGE",
		Before:  "ENV NPM_TOKEN=npm_…\nRUN npm ci",
		After:   "RUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci",
		WhenNot: "Where the value is a default that is meant to be public, such as the password of a demo database. tare shows *** in its place even then. Private keys and tokens that come from outside are certain, whatever the file's name. Passwords that are more than a plain word are likely. Only possible are a key that the build makes itself, a key among tests, examples or documentation, and a .env without a secret in it. tare looks for private keys, and for tokens whose makers mark them (GitHub, GitLab, npm, PyPI, Slack, Stripe, Hugging Face, DigitalOcean, Docker Hub, Grafana, Vault, Anthropic, OpenAI, an AWS key beside its secret), in every text file of up to 64 KiB, a program's source included. It looks for passwords and JSON web tokens only in files that exist for settings or logins. It passes over what packages bring, such as node_modules and everything below /usr except /usr/local and /usr/src. It reports a key that a passphrase protects only under a name such as id_rsa, and does not find binary keys (.der, .p12, .jks).",
		Sources: []string{"https://docs.docker.com/build/building/secrets/", "https://kubernetes.io/docs/concepts/configuration/secret/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ root/.ssh/id_ed25519
			config {"Cmd": ["/app"]}`,
		Miss: `
			RUN make
			+ root/.ssh/id_ed25519.pub
			config {"Cmd": ["/app"], "Env": ["TOKEN_FILE=/run/secrets/token", "PASSWORD="]}`,
	},
}

func observeSecrets(b *rules.Build, t *model.Tree) (found []rules.Observation) {
	mask := b.SecretMask()
	// The arguments are looked at once, not once an instruction: both are as many as the image likes.
	arguments := sync.OnceValue(func() map[string][]string { return secretArguments(b, mask) })
	for i := range b.Instructions {
		holds, strong := mask.Holds(b.Parsed().Text(i)), mask.HoldsStrong(b.Parsed().Text(i))
		kinds := mask.Kinds(b.Parsed().Text(i))
		if b.Parsed().Keyword(i) == "ARG" && !holds {
			kinds, strong = secretArgument(b, i, mask, arguments())
			holds = len(kinds) > 0
		}
		if holds {
			found = append(found, rules.Observation{Instruction: model.Ptr(i), Title: titleOf(kinds), Confidence: ofText(strong),
				Fix: advice.Hint(model.Manual, "Change the secret at its source, since every copy of the image holds it, and give it to the build with RUN --mount=type=secret or to the container with a Secret.")})
		}
	}
	if variables := secretVariables(b, mask); len(variables) > 0 {
		strong, kinds, names := false, []string(nil), make([]string, len(variables))
		for i, variable := range variables {
			names[i], _, _ = strings.Cut(variable, "=")
			strong, kinds = strong || mask.HoldsStrong(variable), addKinds(kinds, mask, variable)
		}
		found = append(found, rules.Observation{Title: titleOf(kinds), Confidence: ofText(strong), Fix: advice.Hint(model.Manual, fmt.Sprintf("Take %s out of the image's environment, change the secret at its source, and give it to the container with a Secret.", enumerate(names)))})
	}
	return append(found, secretsAmong(b, t)...)
}

// secretArguments are the build arguments that hold a secret, as NAME=value, by their names.
func secretArguments(b *rules.Build, mask redact.Mask) map[string][]string {
	byName := make(map[string][]string)
	for _, variable := range b.Variables {
		name, value, _ := strings.Cut(variable, "=")
		if _, secret := mask.Value(name, value); secret {
			byName[name] = append(byName[name], variable)
		}
	}
	return byName
}

// secretArgument says what secrets are among the values of the build arguments that an ARG
// names, none where there are none, and whether one surely is a secret. An instruction is told without the values of arguments, but they
// stand in the history of the image: in the ARG, and in each RUN after it.
func secretArgument(b *rules.Build, i int, mask redact.Mask, arguments map[string][]string) (kinds []string, strong bool) {
	if len(arguments) == 0 {
		return nil, false
	}
	named := map[string]bool{}
	for name := range strings.FieldsFuncSeq(b.Parsed().Text(i), func(c rune) bool { return c == '=' || unicode.IsSpace(c) }) {
		if named[name] {
			continue
		}
		named[name] = true
		for _, variable := range arguments[name] {
			kinds, strong = addKinds(kinds, mask, variable), strong || mask.HoldsStrong(variable)
		}
	}
	return kinds, strong
}

// ofText is how sure a secret in a text is. A weak one may be a default that is meant to
// be public.
func ofText(strong bool) model.Confidence {
	if strong {
		return model.Likely
	}
	return model.Possible
}

// secretVariables are the variables of the config, as NAME=value, that hold a secret and
// that no instruction of the image sets.
func secretVariables(b *rules.Build, mask redact.Mask) []string {
	var variables []string
	for _, variable := range b.Env {
		name, value, _ := strings.Cut(variable, "=")
		if _, secret := mask.Value(name, value); secret {
			variables = append(variables, variable)
		}
	}
	if len(variables) == 0 {
		return nil
	}
	set := make(map[string]bool) // names that stand in an ENV
	for i := range b.Instructions {
		if b.Parsed().Keyword(i) == "ENV" {
			for name := range strings.FieldsFuncSeq(b.Parsed().Text(i), func(c rune) bool { return c == '=' || c == '"' || unicode.IsSpace(c) }) {
				set[name] = true
			}
		}
	}
	return slices.DeleteFunc(variables, func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return set[name]
	})
}

// maxNamed is how many variables a sentence names.
const maxNamed = 10

// enumerate lists names for a sentence.
func enumerate(names []string) string {
	if more := len(names) - maxNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), more)
	}
	return strings.Join(names, ", ")
}

// secretsAmong lists the files of all layers, visible or not, that hold secrets by their
// content or their name: for each layer, the lowest first, one observation of each kind of secret. A path is named where
// it appears first, and once more where it appears first above the base.
func secretsAmong(b *rules.Build, t *model.Tree) (found []rules.Observation) {
	byName := advice.SecretFiles(b, t)
	type name struct {
		node      model.NodeID
		inherited bool
	}
	seen := map[name]bool{}
	held := map[int][]advice.Secret{}
	for i := range t.Records {
		r := &t.Records[i]
		id := model.RecordID(i)
		if r.Kind != model.File || r.Size.Bytes() == 0 || byName.Node(r.Node).IsEmpty() && b.Secrets[id].Kind == "" {
			continue
		}
		layer := int(r.Layer)
		at := name{r.Node, b.Layers[layer].Inherited}
		if seen[at] || len(held[layer]) >= model.MaxFindingPaths {
			continue
		}
		if s, ok := advice.SecretAt(b, t, id, maker(b, layer), !byName.Node(r.Node).IsEmpty()); ok {
			seen[at] = true
			held[layer] = append(held[layer], s)
		}
	}
	for _, layer := range slices.Sorted(maps.Keys(held)) {
		for i, alike := range byKind(held[layer]) {
			o := observed(b, layer, alike)
			if i > 0 {
				o.Part = strings.ReplaceAll(strings.ToLower(alike[0].Kind), " ", "-") + "-" + string(alike[0].Confidence)
			}
			found = append(found, o)
		}
	}
	return found
}

// byKind parts the secrets of a layer by what they are and how sure that is, the surest first.
func byKind(held []advice.Secret) (parts [][]advice.Secret) {
	order := []model.Confidence{model.Certain, model.Likely, model.Possible}
	slices.SortStableFunc(held, func(x, y advice.Secret) int {
		return slices.Index(order, x.Confidence) - slices.Index(order, y.Confidence)
	})
	for _, s := range held {
		at := slices.IndexFunc(parts, func(part []advice.Secret) bool {
			return part[0].Kind == s.Kind && part[0].Confidence == s.Confidence
		})
		if at < 0 {
			parts = append(parts, []advice.Secret{s})
		} else {
			parts[at] = append(parts[at], s)
		}
	}
	return parts
}

// maker is the instruction that made a layer, -1 where nobody knows it.
func maker(b *rules.Build, layer int) int {
	if step := b.Step(&layer); step != nil {
		return step.Index
	}
	return -1
}

// observed tells of the secrets of one kind in a layer's files.
func observed(b *rules.Build, layer int, held []advice.Secret) rules.Observation {
	first := held[0]
	text := advice.KeepOut(b, maker(b, layer), first.Path)
	if b.Layers[layer].Inherited {
		text = "The base image holds /" + first.Path + ", which anyone who can pull it can read: ask its maintainers to leave it out, and do not use the secret in it."
	}
	var paths []string
	for i := range held {
		paths = append(paths, held[i].Path)
	}
	return rules.Observation{Layer: model.Ptr(layer), Title: titleOf([]string{first.Kind}), Paths: paths, Confidence: first.Confidence, Fix: advice.Hint(model.Manual, text)}
}

// addKinds adds what the secrets of a variable (NAME=value) are, "a secret" where nothing
// tells.
func addKinds(kinds []string, mask redact.Mask, variable string) []string {
	more := mask.Kinds(variable)
	if len(more) == 0 {
		more = []string{"a secret"}
	}
	for _, kind := range more {
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// maxKinds is how many kinds of secrets a title names.
const maxKinds = 2

// titleOf names a finding after what its secrets are: "a GitHub token in the image".
func titleOf(kinds []string) string {
	if len(kinds) > maxKinds {
		return strings.Join(kinds[:maxKinds], ", ") + " and more in the image"
	}
	return strings.Join(kinds, " and ") + " in the image"
}
