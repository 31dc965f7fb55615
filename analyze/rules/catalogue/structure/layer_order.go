package structure

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// LayerOrder finds dependencies that are installed after all sources came in.
var LayerOrder = rules.Rule{
	ID:    "layer-order",
	Group: rules.Structure,
	Title: "dependencies installed after the sources are copied",
	Why: "A builder takes an instruction from its cache as long as nothing before it changed. After COPY . . every edit to any source file makes it install all dependencies again, and gives their layer a new digest, so that " +
		"every push and pull carries them again. Copy the few files that list the dependencies first, and the large layer stays the same from build to build.",
	Confidence: model.Possible,
	Observe:    observeLayerOrder,
	Lesson: rules.Lesson{
		See:     "docker history IMAGE   # is the installing RUN above COPY . .?",
		Before:  "COPY . .\nRUN npm ci",
		After:   "COPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .",
		WhenNot: "Where installing needs the sources: local packages, workspaces, post-install scripts, pip install . and the like.",
		Sources: []string{"https://docs.docker.com/build/cache/optimize/#order-your-layers"},
	},
	Fixture: rules.Fixture{
		Hit: `
			WORKDIR /app
			COPY . .
			+ app/a.js
			RUN npm ci
			+ app/node_modules/a.js
			config {"Cmd": ["node", "server.js"], "User": "1000"}`,
		Miss: `
			COPY package.json .
			+ app/package.json
			RUN npm ci
			+ app/node_modules/a.js
			COPY . .
			+ app/a.js
			config {"Cmd": ["node", "server.js"], "User": "1000"}`,
	},
}

// manifests are the files that an install command reads.
var manifests = []struct {
	programs, subcommands []string
	files                 string
}{
	{[]string{"npm"}, []string{"ci", "install", "i"}, "package*.json"},
	{[]string{"yarn"}, []string{"install"}, "package.json yarn.lock"},
	{[]string{"pnpm"}, []string{"install", "i"}, "package.json pnpm-lock.yaml"},
	{[]string{"bun"}, []string{"install"}, "package.json bun.lock*"},
	{[]string{"go"}, []string{"mod"}, "go.mod go.sum"},
	{[]string{"bundle"}, []string{"install"}, "Gemfile Gemfile.lock"},
	{[]string{"composer"}, []string{"install"}, "composer.json composer.lock"},
	{[]string{"poetry"}, []string{"install"}, "pyproject.toml poetry.lock"},
	{[]string{"uv"}, []string{"sync"}, "pyproject.toml uv.lock"},
	{[]string{"cargo"}, []string{"fetch"}, "Cargo.toml Cargo.lock"},
}

func observeLayerOrder(b *rules.Build, _ *model.Tree) (found []rules.Observation) {
	all := -1 // the COPY that brings the whole context
	for i := range b.Instructions {
		if b.Instructions[i].Inherited {
			continue
		}
		switch b.Parsed().Keyword(i) {
		case "COPY", "ADD":
			in, ok := rewrite.ParseCopy(b.Parsed().Text(i))
			if !ok || !in.Known {
				continue
			}
			if _, stage := in.Flag("--from"); !stage && len(in.Sources) == 1 && (path.Clean(in.Sources[0]) == "." || in.Sources[0] == "/") {
				all = i
			}
		case "RUN":
			if all < 0 {
				continue
			}
			if files, ok := installs(b.Parsed().Text(i)); ok {
				return append(found, rules.Observation{Instruction: model.Ptr(i), Fix: advice.Hint(model.Reorder,
					"Copy only "+files+" before the RUN that installs, and everything else after it: then an edit to the sources does not install the dependencies again.")})
			}
		}
	}
	return found
}

// installs reports whether a RUN installs dependencies from a list in the sources,
// and from which files.
func installs(text string) (files string, ok bool) {
	run, err := rewrite.ParseRun(text)
	if err != nil {
		return "", false
	}
	for _, c := range run.Commands {
		if at := advice.AfterPip(rewrite.Command{Words: slices.DeleteFunc(slices.Clone(c.Words), isNoCache)}); at >= 0 {
			if file, ok := requirements(c); ok {
				return file, true
			}
			continue
		}
		for _, m := range manifests {
			// npm install NAME is something else: the list is read where no name stands.
			if at := advice.AfterSubcommand(c, m.programs, m.subcommands); at == 1 && (m.programs[0] == "go" || !names(c.Words[at+1:])) {
				return strings.ReplaceAll(m.files, " ", " and "), true
			}
		}
	}
	return "", false
}

func isNoCache(w rewrite.Word) bool { return strings.HasPrefix(w.Text, "--no-cache") }

// requirements is the file of pip install -r.
func requirements(c rewrite.Command) (string, bool) {
	for i, w := range c.Words {
		if (w.Text == "-r" || w.Text == "--requirement") && i+1 < len(c.Words) && c.Words[i+1].Literal {
			return c.Words[i+1].Text, true
		}
	}
	return "", false
}

// names reports whether words hold anything but options.
func names(words []rewrite.Word) bool {
	return slices.ContainsFunc(words, func(w rewrite.Word) bool { return !strings.HasPrefix(w.Text, "-") })
}
