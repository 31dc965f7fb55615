package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// build makes a history in which each instruction has a layer of its own with
// the same index. Those above the line "--" are the base image's.
func build(texts ...string) *Build {
	b := &Build{}
	base := slices.Index(texts, "--")
	for i, text := range slices.DeleteFunc(slices.Clone(texts), func(t string) bool { return t == "--" }) {
		b.Instructions = append(b.Instructions, model.Instruction{Index: i, Keyword: rewrite.Keyword(text), Text: text, Layer: model.Ptr(i), Inherited: i < base})
		b.Layers = append(b.Layers, model.Layer{Index: i, Instruction: model.Ptr(i), Inherited: i < base})
	}
	return b
}

// leftover is a finding of visible files; shadowed one of hidden files.
func leftover(made int, paths ...string) *model.Finding {
	return &model.Finding{Verdict: model.Ptr(model.Leftover), Layer: model.Ptr(made), Instruction: model.Ptr(made), Paths: paths, FileCount: len(paths), Bytes: 1}
}

func shadowed(made, hid int, paths ...string) *model.Finding {
	f := leftover(made, paths...)
	f.Verdict, f.HiddenBy = model.Ptr(model.Shadowed), model.Ptr(hid)
	return f
}

func ofBase(f *model.Finding) *model.Finding {
	f.Inherited = true
	return f
}

// twin says where the other copy is.
func twin(b *Build, inherited bool) *Build {
	b.Twin, b.TwinInherited = "a", inherited
	return b
}

const lists = "var/lib/apt/lists/deb.example_main_Packages"

var fixCases = []struct {
	name, rule    string
	build         *Build
	finding       *model.Finding
	strategy      model.Strategy
	before, after string // "" is null
}{
	// apt-lists
	{"naive", "apt-lists", build("RUN apt-get update", "RUN apt-get install -y curl", "RUN rm -rf /var/lib/apt/lists/*"), shadowed(0, 2, lists), model.SameRunCleanup,
		"RUN apt-get update\nRUN apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*",
		"RUN apt-get update \\\n    && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*"},
	{"idle instruction between", "apt-lists", build("RUN apt-get update", "LABEL a=b", "RUN rm -rf /var/lib/apt/lists/*"), shadowed(0, 2, lists), model.SameRunCleanup,
		"RUN apt-get update\nLABEL a=b\nRUN rm -rf /var/lib/apt/lists/*",
		"RUN apt-get update \\\n    && rm -rf /var/lib/apt/lists/*\nLABEL a=b"},
	{"never removed", "apt-lists", build("RUN apt-get update && apt-get install -y curl", "CMD curl"), leftover(0, lists), model.SameRunCleanup,
		"RUN apt-get update && apt-get install -y curl",
		"RUN apt-get update && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*"},
	{"never removed, used by the next RUN", "apt-lists", build("RUN apt-get update", "RUN apt-get install -y curl"), leftover(0, lists), model.SameRunCleanup,
		"RUN apt-get update\nRUN apt-get install -y curl",
		"RUN apt-get update \\\n    && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*"},
	{"fetched again", "apt-lists", build("RUN apt-get update && apt-get install -y a", "COPY x /x", "RUN apt-get update && apt-get install -y b"), shadowed(0, 2, lists), model.SameRunCleanup,
		"RUN apt-get update && apt-get install -y a",
		"RUN apt-get update && apt-get install -y a \\\n    && rm -rf /var/lib/apt/lists/*"},
	{"COPY between, rm alone", "apt-lists", build("RUN apt-get update && apt-get install -y a", "COPY x /x", "RUN rm -rf /var/lib/apt/lists/*"), shadowed(0, 2, lists), model.SameRunCleanup,
		"RUN apt-get update && apt-get install -y a",
		"RUN apt-get update && apt-get install -y a \\\n    && rm -rf /var/lib/apt/lists/*"},
	{"COPY between update and install", "apt-lists", build("RUN apt-get update", "COPY x /x", "RUN apt-get install -y a && rm -rf /var/lib/apt/lists/*"), shadowed(0, 2, lists), model.Manual, "", ""},
	{"ENV between update and install", "apt-lists", build("RUN apt-get update", "ENV A=b", "RUN apt-get install -y a"), leftover(0, lists), model.Manual, "", ""},
	{"a shell with -e", "apt-lists", build(`SHELL ["/bin/bash", "-ec"]`, "RUN apt-get update"), leftover(1, lists), model.Manual, "", ""},
	{"copied", "apt-lists", build("COPY --from=a / /"), leftover(0, lists), model.Manual, "", ""},
	{"the base's", "apt-lists", build("RUN apt-get update", "--"), ofBase(leftover(0, lists)), model.ChangeBase, "", ""},
	{"no history", "apt-lists", &Build{}, leftover(0, lists), model.Manual, "", ""},

	// apt-cache
	{"debs", "apt-cache", build("RUN apt-get update && apt-get install -y a"), leftover(0, "var/cache/apt/archives/a.deb"), model.SameRunCleanup,
		"RUN apt-get update && apt-get install -y a", "RUN apt-get update && apt-get install -y a \\\n    && apt-get clean"},
	{"debs cleaned later", "apt-cache", build("RUN apt-get install -y a", "RUN apt-get clean"), shadowed(0, 1, "var/cache/apt/archives/a.deb"), model.SameRunCleanup,
		"RUN apt-get install -y a\nRUN apt-get clean", "RUN apt-get install -y a \\\n    && apt-get clean"},
	{"exec form", "apt-cache", build(`RUN ["apt-get", "install", "a"]`), leftover(0, "var/cache/apt/archives/a.deb"), model.Manual, "", ""},

	// temp-files
	{"named", "temp-files", build("RUN curl -o /tmp/a.tgz https://x && tar xf /tmp/a.tgz"), leftover(0, "tmp/a.tgz"), model.SameRunCleanup,
		"RUN curl -o /tmp/a.tgz https://x && tar xf /tmp/a.tgz", "RUN curl -o /tmp/a.tgz https://x && tar xf /tmp/a.tgz \\\n    && rm -rf /tmp/a.tgz"},
	{"random names", "temp-files", build("RUN make"), leftover(0, "tmp/tmp.Xh3"), model.SameRunCleanup, "RUN make", "RUN make \\\n    && rm -rf /tmp/*"},
	{"used by the next RUN", "temp-files", build("RUN curl -o /tmp/a.tgz https://x", "RUN tar xf /tmp/a.tgz"), leftover(0, "tmp/a.tgz"), model.SameRunCleanup,
		"RUN curl -o /tmp/a.tgz https://x\nRUN tar xf /tmp/a.tgz", "RUN curl -o /tmp/a.tgz https://x \\\n    && tar xf /tmp/a.tgz \\\n    && rm -rf /tmp/a.tgz"},
	{"used by the command", "temp-files", build("RUN cp x /tmp/a", "CMD cat /tmp/a"), leftover(0, "tmp/a"), model.Manual, "", ""},
	{"copied", "temp-files", build("COPY a /tmp/a"), leftover(0, "tmp/a"), model.Manual, "", ""},
	{"removed by the next RUN", "temp-files", build("RUN make", "RUN rm -rf /tmp/*"), shadowed(0, 1, "tmp/x"), model.SameRunCleanup,
		"RUN make\nRUN rm -rf /tmp/*", "RUN make \\\n    && rm -rf /tmp/*"},

	// removed-later
	{"next RUN", "removed-later", build("RUN make", "RUN rm -r /src"), shadowed(0, 1, "src/a"), model.SameRunCleanup, "RUN make\nRUN rm -r /src", "RUN make \\\n    && rm -r /src"},
	{"COPY between", "removed-later", build("RUN make", "COPY x /x", "RUN rm -rf /src /other"), shadowed(0, 2, "src/a"), model.SameRunCleanup, "RUN make", "RUN make \\\n    && rm -rf /src"},
	{"COPY between, rm without -f", "removed-later", build("RUN make", "COPY x /x", "RUN rm -r /src"), shadowed(0, 2, "src/a"), model.Manual, "", ""},
	{"used before it goes", "removed-later", build("RUN make", "COPY x /x", "RUN /src/run && rm -rf /src"), shadowed(0, 2, "src/a"), model.Manual, "", ""},
	{"copied", "removed-later", build("COPY . /app", "RUN rm -rf /app/data"), shadowed(0, 1, "app/data/big.bin"), model.Dockerignore, "", ""},
	{"copied and unpacked", "removed-later", build("COPY a.tar /", "RUN tar xf /a.tar && rm /a.tar"), shadowed(0, 1, "a.tar"), model.Manual, "", ""},
	{"a key, copied and used", "removed-later", build("COPY keys/id_rsa /root/.ssh/id_rsa", "RUN git clone x && rm /root/.ssh/id_rsa"), shadowed(0, 1, "root/.ssh/id_rsa"), model.Manual, "", ""},
	{"a key among others", "removed-later", build("COPY . /app", "RUN rm -rf /app/.env"), shadowed(0, 1, "app/a", "app/.env"), model.Dockerignore, "", ""},
	{"added from a URL", "removed-later", build("ADD https://x/a.tar /", "RUN tar xf /a.tar && rm /a.tar"), shadowed(0, 1, "a.tar"), model.Manual, "", ""},
	{"of the base", "removed-later", build("ADD rootfs.tar /", "--", "RUN rm -rf /usr/share/doc"), shadowed(0, 1, "usr/share/doc/x"), model.ChangeBase, "", ""},

	// overwritten
	{"RUN by RUN", "overwritten", build("RUN make", "RUN strip /a"), shadowed(0, 1, "a"), model.SameRunCleanup, "RUN make\nRUN strip /a", "RUN make \\\n    && strip /a"},
	{"COPY by COPY", "overwritten", build("COPY . /app", "COPY x /app/x"), shadowed(0, 1, "app/x"), model.Manual, "", ""},
	{"base upgraded", "overwritten", build("ADD rootfs.tar /", "--", "RUN apt-get update && apt-get upgrade -y"), shadowed(0, 1, "usr/bin/x"), model.ChangeBase, "", ""},

	// metadata-copy
	{"COPY and chown", "metadata-copy", build("COPY app /app", "RUN chown -R user:group /app"), shadowed(0, 1, "app/a"), model.CopyChown,
		"COPY app /app\nRUN chown -R user:group /app", "COPY --chown=user:group app /app"},
	{"two COPYs and chown", "metadata-copy", build("COPY a /app/a", "ENV X=y", "COPY b /app/b", "RUN chown -R 1:2 /app && ls"), shadowed(0, 3, "app/a"), model.CopyChown,
		"COPY a /app/a\nENV X=y\nCOPY b /app/b\nRUN chown -R 1:2 /app && ls", "COPY --chown=1:2 a /app/a\nENV X=y\nCOPY --chown=1:2 b /app/b\nRUN ls"},
	{"WORKDIR keeps its owner", "metadata-copy", build("WORKDIR /app", "COPY . .", "RUN chown -R node:node /app"), shadowed(1, 2, "app/a"), model.CopyChown,
		"COPY . .\nRUN chown -R node:node /app", "COPY --chown=node:node . .\nRUN chown node:node /app"},
	{"a RUN that installs stands there", "metadata-copy", build("WORKDIR /app", "RUN apt-get update && apt-get -y install git && useradd -r app && rm -rf /var/lib/apt/lists/*", "COPY . .", "RUN chown -R 5:5 /app"), shadowed(2, 3, "app/a"), model.CopyChown,
		"COPY . .\nRUN chown -R 5:5 /app", "COPY --chown=5:5 . .\nRUN chown 5:5 /app"},
	{"a RUN that downloads stands there", "metadata-copy", build("WORKDIR /app", "RUN apt-get download git", "COPY . .", "RUN chown -R 5:5 /app"), shadowed(2, 3, "app/a"), model.Manual, "", ""},
	{"a RUN that installs there", "metadata-copy", build("WORKDIR /app", "RUN dnf --installroot=. install git", "COPY . .", "RUN chown -R 5:5 /app"), shadowed(2, 3, "app/a"), model.Manual, "", ""},
	{"a RUN that notes something stands there", "metadata-copy", build("WORKDIR /app", "RUN apt-get -y install git > log", "COPY . .", "RUN chown -R 5:5 /app"), shadowed(2, 3, "app/a"), model.Manual, "", ""},
	{"a RUN writes there too", "metadata-copy", build("WORKDIR /app", "COPY . .", "RUN npm ci", "RUN chown -R node:node /app"), shadowed(1, 3, "app/a"), model.Manual, "", ""},
	{"user made in between", "metadata-copy", build("COPY app /app", "RUN useradd user", "RUN chown -R user:user /app"), shadowed(0, 2, "app/a"), model.Manual, "", ""},
	{"number needs no user", "metadata-copy", build("COPY app /app", "RUN useradd user", "RUN chown -R 1000:1000 /app"), shadowed(0, 2, "app/a"), model.CopyChown,
		"COPY app /app\nRUN useradd user\nRUN chown -R 1000:1000 /app", "COPY --chown=1000:1000 app /app\nRUN useradd user"},
	{"chmod without BuildKit", "metadata-copy", build("COPY app /app", "RUN chmod -R 755 /app"), shadowed(0, 1, "app/a"), model.Manual, "", ""},
	{"chmod with BuildKit", "metadata-copy", build("RUN --mount=type=cache,target=/c true", "COPY app /app", "RUN chmod -R 755 /app"), shadowed(1, 2, "app/a"), model.CopyChown,
		"COPY app /app\nRUN chmod -R 755 /app", "COPY --chmod=755 app /app"},
	{"RUN and chown", "metadata-copy", build("RUN make", "RUN chown -R a /out"), shadowed(0, 1, "out/a"), model.SameRunCleanup, "RUN make\nRUN chown -R a /out", "RUN make \\\n    && chown -R a /out"},
	{"base and chmod", "metadata-copy", build("ADD rootfs.tar /", "--", "RUN chmod -R g+w /usr"), shadowed(0, 1, "usr/bin/a"), model.Manual, "", ""},
	{"node_modules again", "metadata-copy", build("WORKDIR /app", "COPY package.json .", "RUN npm ci", "COPY . ."), shadowed(2, 3, "app/node_modules/a/b", "app/node_modules/c"), model.Dockerignore, "", ""},
	{"from a stage", "metadata-copy", build("RUN make", "COPY --from=x /app /app"), shadowed(0, 1, "app/node_modules/a/b"), model.Manual, "", ""},
	{"nothing in common", "metadata-copy", build("RUN make", "COPY . /app"), shadowed(0, 1, "app/a/b", "app/c/d"), model.Manual, "", ""},
	{"node_modules pruned", "removed-later", build("WORKDIR /app", "RUN npm ci", "COPY . .", "RUN npm prune"), shadowed(2, 3, "app/web/node_modules/a/b"), model.Dockerignore, "", ""},
	{"node_modules that nobody installs", "removed-later", build("COPY . /app", "RUN npm prune"), shadowed(0, 1, "app/node_modules/a/b"), model.Manual, "", ""},
	{"touch", "metadata-copy", build("COPY a /a", "RUN touch /a"), shadowed(0, 1, "a"), model.Manual, "", ""},

	{"unpacked by a RUN", "build-tools", build("RUN curl x | tar -xC /usr/local"), leftover(0, "usr/local/go/bin/go"), model.MultiStage, "", ""},
	{"copied in", "build-tools", build("COPY --from=go /usr/local/go /usr/local/go"), leftover(0, "usr/local/go/bin/go"), model.MultiStage, "", ""},
	{"the base's", "build-tools", build("RUN x", "--"), ofBase(leftover(0, "usr/local/go/bin/go")), model.MultiStage, "", ""},

	{"churn", "package-db-churn", build("RUN apt-get install a", "RUN apt-get install b"), shadowed(0, 1, "var/lib/dpkg/status"), model.Manual, "", ""},
	{"duplicate", "duplicate-content", twin(build("RUN cp a b"), false), leftover(0, "b"), model.Manual, "", ""},
	{"duplicate of a copied file", "duplicate-content", twin(build("COPY b /"), false), leftover(0, "b"), model.Manual, "", ""},
	{"duplicate in the base", "duplicate-content", twin(build("ADD rootfs.tar /", "--"), true), ofBase(leftover(0, "b")), model.ChangeBase, "", ""},
	{"duplicate of a file of the base", "duplicate-content", twin(build("ADD rootfs.tar /", "--", "RUN cp a b"), true), leftover(1, "b"), model.Manual, "", ""},
}

func TestFix(t *testing.T) {
	for _, test := range fixCases {
		t.Run(test.rule+"/"+test.name, func(t *testing.T) {
			rule, ok := ByID(test.rule)
			if !ok {
				t.Fatalf("no rule %s", test.rule)
			}
			fix := rule.Fix(test.finding, test.build)
			if fix == nil {
				t.Fatal("no fix")
			}
			if fix.Strategy != test.strategy {
				t.Errorf("strategy %s, want %s (%s)", fix.Strategy, test.strategy, fix.Summary)
			}
			if diff := cmp.Diff(test.before, text(fix.Before)); diff != "" {
				t.Errorf("before (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.after, text(fix.After)); diff != "" {
				t.Errorf("after (-want +got):\n%s", diff)
			}
			if !strings.HasSuffix(fix.Summary, ".") || strings.Contains(fix.Summary, "\n") || strings.Contains(fix.Summary, "  ") {
				t.Errorf("summary is no sentence: %q", fix.Summary)
			}
		})
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// ofFamily reports whether a rule shares its fix with others of its kind: the
// fixtures show its edit, TestFamilyHints what it says without.
func ofFamily(rule *Rule) bool {
	return rule.ID != "apt-lists" && rule.ID != "apt-cache" && rule.ID != "temp-files" && (rule.Group == Caches || rule.Group == Leftovers)
}

// Every rule must have been seen both with an edit and without, but for those
// that never have one. The package rules are tried on whole images.
func TestEachRuleIsTriedBothWays(t *testing.T) {
	for i := range Catalogue {
		rule := &Catalogue[i]
		if rule.Fix == nil || ofFamily(rule) || rule.Group == Packages {
			continue
		}
		edits, hints := 0, 0
		for _, test := range fixCases {
			if test.rule == rule.ID && test.after != "" {
				edits++
			} else if test.rule == rule.ID {
				hints++
			}
		}
		if hints == 0 || edits == 0 && rule.ID != "package-db-churn" && rule.ID != "duplicate-content" {
			t.Errorf("%s has %d cases with an edit and %d without", rule.ID, edits, hints)
		}
	}
}

func TestHintsNameTheFileAndThePlace(t *testing.T) {
	for _, test := range []struct {
		rule    string
		build   *Build
		finding *model.Finding
		want    string
	}{
		{"removed-later", build("COPY . /app", "RUN rm -rf /app/data"), shadowed(0, 1, "app/data/big.bin"), "Add data/big.bin to .dockerignore, so that COPY does not bring /app/data/big.bin in; the rm has nothing left to do then."},
		{"removed-later", build("COPY --from=deps /out /app", "RUN rm -rf /app/data"), shadowed(0, 1, "app/data/big.bin"), "Remove /app/data/big.bin in the stage deps before COPY --from takes it, or copy only what the image needs."},
		{"removed-later", build("COPY dir:"+strings.Repeat("0", 64)+" in /app", "RUN rm -rf /app/data"), shadowed(0, 1, "app/data/big.bin"), "Keep /app/data/big.bin out of this COPY: leave it out of the build context if nothing needs it, else unpack and use it in a build stage and COPY --from the result."},
	} {
		rule, _ := ByID(test.rule)
		if diff := cmp.Diff(test.want, rule.Fix(test.finding, test.build).Summary); diff != "" {
			t.Errorf("summary (-want +got):\n%s", diff)
		}
	}
}

// No history, however broken, may make a rule panic.
func TestFixOfNothing(t *testing.T) {
	odd := []*Build{nil, {}, build("RUN"), build(""), build("COPY"), build("RUN if", "RUN ("), build("RUN a", "COPY <<EOF", "RUN chown -R a:b /")}
	findings := []*model.Finding{{}, leftover(0), leftover(7, "a"), shadowed(0, 0, "a"), shadowed(0, 2, "a"), shadowed(0, 9, "a"), shadowed(1, 0), ofBase(leftover(0)), shadowed(-1, -1, "x")}
	for _, rule := range Catalogue {
		for _, b := range odd {
			if rule.Observe != nil && b != nil {
				rule.Observe(b, model.NewTree())
			}
			if rule.Fix == nil {
				continue
			}
			for _, f := range findings {
				if fix := rule.Fix(f, b); fix != nil && (fix.Before == nil) != (fix.After == nil) {
					t.Errorf("%s: only one of before and after is there", rule.ID)
				}
			}
		}
	}
}

// TestFamilyHints tries the ways in which a family's rule has no edit, and those
// in which a flag or a join is better than an rm.
func TestFamilyHints(t *testing.T) {
	for _, test := range []struct {
		name, rule string
		build      *Build
		finding    *model.Finding
		strategy   model.Strategy
		want       string // the edit, or the hint
	}{
		{"the base's", "npm-cache", build("RUN npm ci", "--"), ofBase(leftover(0, "root/.npm/_cacache/a")), model.ChangeBase, "The base image brings npm's cache; use a newer or smaller base image, or ask its maker to remove them where they are made."},
		{"the base's, removed", "npm-cache", build("RUN npm ci", "--", "RUN rm -rf /root/.npm"), shadowed(0, 1, "root/.npm/_cacache/a"), model.ChangeBase, "The base image brings npm's cache, and what a later instruction removes or writes again stays in it; start from a base image without."},
		{"copied", "npm-cache", build("COPY . /root"), leftover(0, "root/.npm/_cacache/a"), model.Dockerignore, "Add .npm/_cacache to .dockerignore, so that COPY does not bring npm's cache in."},
		{"from a stage", "npm-cache", build("COPY --from=deps /root /root"), leftover(0, "root/.npm/_cacache/a"), model.Manual, "Copy only what the image needs from deps, and leave npm's cache behind."},
		{"history copied", "vcs-metadata", build("WORKDIR /app", "COPY . ."), leftover(1, "app/.git/objects/pack/a", "app/.git/HEAD"), model.Dockerignore, "Add .git to .dockerignore, so that COPY does not bring version control folders in."},
		{"beside a mount", "pip-cache", build("RUN --mount=type=cache,target=/root/.cache pip install a"), leftover(0, "root/.cache/pip/a"), model.Manual, "The RUN mounts a folder over a part of pip's cache, but what is in the image lies beside it; give the mount the folder that the tool really uses (here /root/.cache/pip)."},
		{"removed later", "npm-cache", build("RUN npm ci", "RUN rm -r /root/.npm"), shadowed(0, 1, "root/.npm/_cacache/a"), model.SameRunCleanup, "RUN npm ci \\\n    && rm -r /root/.npm"},
		{"a key", "removed-later", build("COPY keys/id_rsa /root/.ssh/id_rsa", "RUN git clone x && rm /root/.ssh/id_rsa"), shadowed(0, 1, "root/.ssh/id_rsa"), model.Manual, "Keep /root/.ssh/id_rsa out of the build (.dockerignore, RUN --mount=type=secret), and change the secret at its source: the layer holds it even if a later one removes it."},
		{"a key among others", "removed-later", build("COPY . /app", "RUN rm -rf /app/.env"), shadowed(0, 1, "app/.env"), model.Dockerignore, "Add .env to .dockerignore, so that COPY does not bring /app/.env in; the rm has nothing left to do then; and change the secret in /app/.env at its source, since every copy of this image holds it."},
		{"removed later, with a flag", "pip-cache", build("RUN pip install a", "COPY x /", "RUN rm -rf /root/.cache"), shadowed(0, 2, "root/.cache/pip/a"), model.Flag, "RUN pip install --no-cache-dir a"},
		{"removed later, without -f", "pip-cache", build("RUN pip install a", "COPY x /", "RUN rm -r /root/.cache"), shadowed(0, 2, "root/.cache/pip/a"), model.Manual, "Move the removal of pip's cache into the RUN that fills it."},
		{"pip by its version", "pip-cache", build("RUN pip3.12 -q install a && pip install --no-cache-dir b"), leftover(0, "root/.cache/pip/a"), model.Flag, "RUN pip3.12 -q install --no-cache-dir a && pip install --no-cache-dir b"},
		{"pip inside a script", "pip-cache", build("RUN ./setup.sh"), leftover(0, "root/.cache/pip/a"), model.SameRunCleanup, "RUN ./setup.sh \\\n    && rm -rf /root/.cache/pip"},
		{"another shell", "pip-cache", build(`SHELL ["/bin/bash", "-ec"]`, "RUN pip install a"), leftover(1, "root/.cache/pip/a"), model.Manual, "Remove pip's cache at the end of the RUN that fills it."},
		{"update and add", "apk-cache", build("RUN apk update && apk add a"), leftover(0, "var/cache/apk/APKINDEX.a.tar.gz"), model.Flag, "RUN apk update --no-cache && apk add --no-cache a"},
		{"used by the next RUN", "go-cache", build("RUN go mod download", "RUN go build -o /app"), leftover(0, "go/pkg/mod/a"), model.SameRunCleanup, "RUN go mod download \\\n    && go build -o /app \\\n    && rm -rf /go/pkg/mod"},
		{"used behind a COPY", "go-cache", build("RUN go mod download", "COPY . .", "RUN go build -o /app"), leftover(0, "go/pkg/mod/a"), model.MultiStage, "Build in a stage of its own and COPY --from only the result, which leaves Go's build and module caches behind, and the tools with it."},
		{"names that need quotes", "logs", build("RUN make"), leftover(0, "var/log/a b"), model.Manual, "Remove log files at the end of the RUN that leaves them."},
		{"many logs", "logs", build("RUN make"), leftover(0, "var/log/x/1", "var/log/x/2", "var/log/x/3", "var/log/x/4", "var/log/x/5", "var/log/x/6", "var/log/x/7", "var/log/y.log", "var/log/x/8"), model.SameRunCleanup, "RUN make \\\n    && rm -rf /var/log/x/* /var/log/y.log"},
		{"no history", "logs", &Build{}, leftover(0, "var/log/a"), model.Manual, "Remove log files in the instruction that leaves them."},
		{"advice", "python-bytecode", build("RUN pip install a"), leftover(0, "a.pyc"), model.Manual, "Give pip install --no-compile and set PYTHONDONTWRITEBYTECODE=1 where size counts more than the first start."},
	} {
		rule, _ := ByID(test.rule)
		fix := rule.Fix(test.finding, test.build)
		got := fix.Summary
		if fix.After != nil {
			got = *fix.After
		}
		if diff := cmp.Diff(test.want, got); diff != "" || fix.Strategy != test.strategy {
			t.Errorf("%s/%s: strategy %s, want %s (-want +got):\n%s", test.rule, test.name, fix.Strategy, test.strategy, diff)
		}
	}
}

func TestOwnerFlags(t *testing.T) {
	for text, want := range map[string]string{
		"COPY --chown=1:2 a b":                "owner (--chown=1:2)",
		"COPY --from=x --chmod=755 a b":       "mode (--chmod=755)",
		"COPY --chown=1 --link --chmod=7 a b": "owner and mode (--chown=1 --chmod=7)",
	} {
		if got := ownerFlags(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
