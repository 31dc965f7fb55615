package structure_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestFixtures tries each rule on the two images that it carries.
func TestFixtures(t *testing.T) { rulestest.Fixtures(t, rules.Structure) }

// TestFix tries the fixes of the rules that are of no family.
func TestFix(t *testing.T) { rulestest.Fixes(t, rules.Structure, fixes, nil) }

var fix = rulestest.Case

var fixes = []rulestest.FixCase{
	fix("next RUN", "removed-later", rulestest.Build("RUN make", "RUN rm -r /src"), rulestest.Shadowed(0, 1, "src/a"), model.SameRunCleanup, "RUN make\nRUN rm -r /src", "RUN make \\\n    && rm -r /src"),
	fix("COPY between", "removed-later", rulestest.Build("RUN make", "COPY x /x", "RUN rm -rf /src /other"), rulestest.Shadowed(0, 2, "src/a"), model.SameRunCleanup, "RUN make", "RUN make \\\n    && rm -rf /src"),
	fix("COPY between, rm without -f", "removed-later", rulestest.Build("RUN make", "COPY x /x", "RUN rm -r /src"), rulestest.Shadowed(0, 2, "src/a"), model.Manual, "", ""),
	fix("used before it goes", "removed-later", rulestest.Build("RUN make", "COPY x /x", "RUN /src/run && rm -rf /src"), rulestest.Shadowed(0, 2, "src/a"), model.Manual, "", ""),
	fix("copied", "removed-later", rulestest.Build("COPY . /app", "RUN rm -rf /app/data"), rulestest.Shadowed(0, 1, "app/data/big.bin"), model.Dockerignore, "", ""),
	fix("copied and unpacked", "removed-later", rulestest.Build("COPY a.tar /", "RUN tar xf /a.tar && rm /a.tar"), rulestest.Shadowed(0, 1, "a.tar"), model.Manual, "", ""),
	fix("a key, copied and used", "removed-later", rulestest.Build("COPY keys/id_rsa /root/.ssh/id_rsa", "RUN git clone x && rm /root/.ssh/id_rsa"), rulestest.Shadowed(0, 1, "root/.ssh/id_rsa"), model.Manual, "", ""),
	fix("a key among others", "removed-later", rulestest.Build("COPY . /app", "RUN rm -rf /app/.env"), rulestest.Shadowed(0, 1, "app/a", "app/.env"), model.Dockerignore, "", ""),
	fix("added from a URL", "removed-later", rulestest.Build("ADD https://x/a.tar /", "RUN tar xf /a.tar && rm /a.tar"), rulestest.Shadowed(0, 1, "a.tar"), model.Manual, "", ""),
	fix("of the base", "removed-later", rulestest.Build("ADD rootfs.tar /", "--", "RUN rm -rf /usr/share/doc"), rulestest.Shadowed(0, 1, "usr/share/doc/x"), model.ChangeBase, "", ""),
	fix("node_modules pruned", "removed-later", rulestest.Build("WORKDIR /app", "RUN npm ci", "COPY . .", "RUN npm prune"), rulestest.Shadowed(2, 3, "app/web/node_modules/a/b"), model.Dockerignore, "", ""),
	fix("node_modules that nobody installs", "removed-later", rulestest.Build("COPY . /app", "RUN npm prune"), rulestest.Shadowed(0, 1, "app/node_modules/a/b"), model.Manual, "", ""),
	fix("RUN by RUN", "overwritten", rulestest.Build("RUN make", "RUN strip /a"), rulestest.Shadowed(0, 1, "a"), model.SameRunCleanup, "RUN make\nRUN strip /a", "RUN make \\\n    && strip /a"),
	fix("COPY by COPY", "overwritten", rulestest.Build("COPY . /app", "COPY x /app/x"), rulestest.Shadowed(0, 1, "app/x"), model.Manual, "", ""),
	fix("base upgraded", "overwritten", rulestest.Build("ADD rootfs.tar /", "--", "RUN apt-get update && apt-get upgrade -y"), rulestest.Shadowed(0, 1, "usr/bin/x"), model.ChangeBase, "", ""),
	fix("COPY and chown", "metadata-copy", rulestest.Build("COPY app /app", "RUN chown -R user:group /app"), rulestest.Shadowed(0, 1, "app/a"), model.CopyChown,
		"COPY app /app\nRUN chown -R user:group /app", "COPY --chown=user:group app /app"),
	fix("two COPYs and chown", "metadata-copy", rulestest.Build("COPY a /app/a", "ENV X=y", "COPY b /app/b", "RUN chown -R 1:2 /app && ls"), rulestest.Shadowed(0, 3, "app/a"), model.CopyChown,
		"COPY a /app/a\nENV X=y\nCOPY b /app/b\nRUN chown -R 1:2 /app && ls", "COPY --chown=1:2 a /app/a\nENV X=y\nCOPY --chown=1:2 b /app/b\nRUN ls"),
	fix("WORKDIR keeps its owner", "metadata-copy", rulestest.Build("WORKDIR /app", "COPY . .", "RUN chown -R node:node /app"), rulestest.Shadowed(1, 2, "app/a"), model.CopyChown,
		"COPY . .\nRUN chown -R node:node /app", "COPY --chown=node:node . .\nRUN chown node:node /app"),
	fix("a RUN that installs stands there", "metadata-copy", rulestest.Build("WORKDIR /app", "RUN apt-get update && apt-get -y install git && useradd -r app && rm -rf /var/lib/apt/lists/*", "COPY . .", "RUN chown -R 5:5 /app"), rulestest.Shadowed(2, 3, "app/a"), model.CopyChown,
		"COPY . .\nRUN chown -R 5:5 /app", "COPY --chown=5:5 . .\nRUN chown 5:5 /app"),
	fix("a RUN that downloads stands there", "metadata-copy", rulestest.Build("WORKDIR /app", "RUN apt-get download git", "COPY . .", "RUN chown -R 5:5 /app"), rulestest.Shadowed(2, 3, "app/a"), model.Manual, "", ""),
	fix("a RUN that installs there", "metadata-copy", rulestest.Build("WORKDIR /app", "RUN dnf --installroot=. install git", "COPY . .", "RUN chown -R 5:5 /app"), rulestest.Shadowed(2, 3, "app/a"), model.Manual, "", ""),
	fix("a RUN that notes something stands there", "metadata-copy", rulestest.Build("WORKDIR /app", "RUN apt-get -y install git > log", "COPY . .", "RUN chown -R 5:5 /app"), rulestest.Shadowed(2, 3, "app/a"), model.Manual, "", ""),
	fix("a RUN writes there too", "metadata-copy", rulestest.Build("WORKDIR /app", "COPY . .", "RUN npm ci", "RUN chown -R node:node /app"), rulestest.Shadowed(1, 3, "app/a"), model.Manual, "", ""),
	fix("user made in between", "metadata-copy", rulestest.Build("COPY app /app", "RUN useradd user", "RUN chown -R user:user /app"), rulestest.Shadowed(0, 2, "app/a"), model.Manual, "", ""),
	fix("number needs no user", "metadata-copy", rulestest.Build("COPY app /app", "RUN useradd user", "RUN chown -R 1000:1000 /app"), rulestest.Shadowed(0, 2, "app/a"), model.CopyChown,
		"COPY app /app\nRUN useradd user\nRUN chown -R 1000:1000 /app", "COPY --chown=1000:1000 app /app\nRUN useradd user"),
	fix("chmod without BuildKit", "metadata-copy", rulestest.Build("COPY app /app", "RUN chmod -R 755 /app"), rulestest.Shadowed(0, 1, "app/a"), model.Manual, "", ""),
	fix("chmod with BuildKit", "metadata-copy", rulestest.Build("RUN --mount=type=cache,target=/c true", "COPY app /app", "RUN chmod -R 755 /app"), rulestest.Shadowed(1, 2, "app/a"), model.CopyChown,
		"COPY app /app\nRUN chmod -R 755 /app", "COPY --chmod=755 app /app"),
	fix("RUN and chown", "metadata-copy", rulestest.Build("RUN make", "RUN chown -R a /out"), rulestest.Shadowed(0, 1, "out/a"), model.SameRunCleanup, "RUN make\nRUN chown -R a /out", "RUN make \\\n    && chown -R a /out"),
	fix("base and chmod", "metadata-copy", rulestest.Build("ADD rootfs.tar /", "--", "RUN chmod -R g+w /usr"), rulestest.Shadowed(0, 1, "usr/bin/a"), model.Manual, "", ""),
	fix("node_modules again", "metadata-copy", rulestest.Build("WORKDIR /app", "COPY package.json .", "RUN npm ci", "COPY . ."), rulestest.Shadowed(2, 3, "app/node_modules/a/b", "app/node_modules/c"), model.Dockerignore, "", ""),
	fix("from a stage", "metadata-copy", rulestest.Build("RUN make", "COPY --from=x /app /app"), rulestest.Shadowed(0, 1, "app/node_modules/a/b"), model.Manual, "", ""),
	fix("nothing in common", "metadata-copy", rulestest.Build("RUN make", "COPY . /app"), rulestest.Shadowed(0, 1, "app/a/b", "app/c/d"), model.Manual, "", ""),
	fix("touch", "metadata-copy", rulestest.Build("COPY a /a", "RUN touch /a"), rulestest.Shadowed(0, 1, "a"), model.Manual, "", ""),
	fix("churn", "package-db-churn", rulestest.Build("RUN apt-get install a", "RUN apt-get install b"), rulestest.Shadowed(0, 1, "var/lib/dpkg/status"), model.Manual, "", ""),
	fix("duplicate", "duplicate-content", duplicate(rulestest.Build("RUN cp a b"), false), rulestest.Leftover(0, "b"), model.Manual, "", ""),
	fix("duplicate of a copied file", "duplicate-content", duplicate(rulestest.Build("COPY b /"), false), rulestest.Leftover(0, "b"), model.Manual, "", ""),
	fix("duplicate in the base", "duplicate-content", duplicate(rulestest.Build("ADD rootfs.tar /", "--"), true), rulestest.OfBase(rulestest.Leftover(0, "b")), model.ChangeBase, "", ""),
	fix("duplicate of a file of the base", "duplicate-content", duplicate(rulestest.Build("ADD rootfs.tar /", "--", "RUN cp a b"), true), rulestest.Leftover(1, "b"), model.Manual, "", ""),
}

// duplicate says where the other copy is.
func duplicate(b *rules.Build, inherited bool) *rules.Build {
	b.DuplicateOf = rules.SameContent{Path: "a", Inherited: inherited}
	return b
}

// TestHintsNameTheFileAndThePlace reads whole hints.
func TestHintsNameTheFileAndThePlace(t *testing.T) {
	for _, test := range []struct {
		rule    string
		build   *rules.Build
		finding *model.Finding
		want    string
	}{
		{"removed-later", rulestest.Build("COPY . /app", "RUN rm -rf /app/data"), rulestest.Shadowed(0, 1, "app/data/big.bin"), "Add data/big.bin to .dockerignore, so that COPY leaves /app/data/big.bin out; the rm is then no longer needed."},
		{"removed-later", rulestest.Build("COPY --from=deps /out /app", "RUN rm -rf /app/data"), rulestest.Shadowed(0, 1, "app/data/big.bin"), "Remove /app/data/big.bin in the stage deps before COPY --from takes it, or copy only what the image needs."},
		{"removed-later", rulestest.Build("COPY dir:"+strings.Repeat("0", 64)+" in /app", "RUN rm -rf /app/data"), rulestest.Shadowed(0, 1, "app/data/big.bin"), "Keep /app/data/big.bin out of this COPY: add it to .dockerignore if nothing needs it; otherwise unpack and use it in a build stage and COPY --from the result."},
	} {
		rule, _ := catalogue.ByID(test.rule)
		if diff := cmp.Diff(test.want, rule.Fix(test.finding, test.build).Summary); diff != "" {
			t.Errorf("summary (-want +got):\n%s", diff)
		}
	}
}
