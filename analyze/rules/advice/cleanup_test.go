package advice_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestCleanup tries the ways in which a cache's or a leftover's rule has no edit, and
// those in which a flag or a join is better than an rm.
func TestCleanup(t *testing.T) {
	for _, test := range []struct {
		name, rule string
		build      *rules.Build
		finding    *model.Finding
		strategy   model.Strategy
		want       string // the edit, or the hint
	}{
		{"the base's", "npm-cache", rulestest.Build("RUN npm ci", "--"), rulestest.OfBase(rulestest.Leftover(0, "root/.npm/_cacache/a")), model.ChangeBase, "The base image brings npm's cache; use a newer or smaller base image, or ask its maker to remove them where they are made."},
		{"the base's, removed", "npm-cache", rulestest.Build("RUN npm ci", "--", "RUN rm -rf /root/.npm"), rulestest.Shadowed(0, 1, "root/.npm/_cacache/a"), model.ChangeBase, "What a later instruction removes or writes again stays in the base image; start from one without npm's cache."},
		{"copied", "npm-cache", rulestest.Build("COPY . /root"), rulestest.Leftover(0, "root/.npm/_cacache/a"), model.Dockerignore, "Add .npm/_cacache to .dockerignore, so that COPY does not bring npm's cache in."},
		{"from a stage", "npm-cache", rulestest.Build("COPY --from=deps /root /root"), rulestest.Leftover(0, "root/.npm/_cacache/a"), model.Manual, "Copy only what the image needs from deps, and leave npm's cache behind."},
		{"history copied", "vcs-metadata", rulestest.Build("WORKDIR /app", "COPY . ."), rulestest.Leftover(1, "app/.git/objects/pack/a", "app/.git/HEAD"), model.Dockerignore, "Add .git to .dockerignore, so that COPY does not bring version control folders in."},
		{"beside a mount", "pip-cache", rulestest.Build("RUN --mount=type=cache,target=/root/.cache pip install a"), rulestest.Leftover(0, "root/.cache/pip/a"), model.Manual, "The RUN mounts a folder over a part of pip's cache, but what is in the image lies beside it; give the mount the folder that the tool really uses (here /root/.cache/pip)."},
		{"removed later", "npm-cache", rulestest.Build("RUN npm ci", "RUN rm -r /root/.npm"), rulestest.Shadowed(0, 1, "root/.npm/_cacache/a"), model.SameRunCleanup, "RUN npm ci \\\n    && rm -r /root/.npm"},
		{"a key", "removed-later", rulestest.Build("COPY keys/id_rsa /root/.ssh/id_rsa", "RUN git clone x && rm /root/.ssh/id_rsa"), rulestest.Shadowed(0, 1, "root/.ssh/id_rsa"), model.Manual, "Keep /root/.ssh/id_rsa out of the build (.dockerignore, RUN --mount=type=secret), and change the secret at its source: the layer holds it even if a later one removes it."},
		{"a key among others", "removed-later", rulestest.Build("COPY . /app", "RUN rm -rf /app/.env"), rulestest.Shadowed(0, 1, "app/.env"), model.Dockerignore, "Add .env to .dockerignore, so that COPY does not bring /app/.env in; the rm has nothing left to do then; and change the secret in /app/.env at its source, since every copy of this image holds it."},
		{"removed later, with a flag", "pip-cache", rulestest.Build("RUN pip install a", "COPY x /", "RUN rm -rf /root/.cache"), rulestest.Shadowed(0, 2, "root/.cache/pip/a"), model.Flag, "RUN pip install --no-cache-dir a"},
		{"removed later, without -f", "pip-cache", rulestest.Build("RUN pip install a", "COPY x /", "RUN rm -r /root/.cache"), rulestest.Shadowed(0, 2, "root/.cache/pip/a"), model.Manual, "Move the removal of pip's cache into the RUN that fills it."},
		{"pip by its version", "pip-cache", rulestest.Build("RUN pip3.12 -q install a && pip install --no-cache-dir b"), rulestest.Leftover(0, "root/.cache/pip/a"), model.Flag, "RUN pip3.12 -q install --no-cache-dir a && pip install --no-cache-dir b"},
		{"pip inside a script", "pip-cache", rulestest.Build("RUN ./setup.sh"), rulestest.Leftover(0, "root/.cache/pip/a"), model.SameRunCleanup, "RUN ./setup.sh \\\n    && rm -rf /root/.cache/pip"},
		{"another shell", "pip-cache", rulestest.Build(`SHELL ["/bin/bash", "-ec"]`, "RUN pip install a"), rulestest.Leftover(1, "root/.cache/pip/a"), model.Manual, "Remove pip's cache at the end of the RUN that fills it."},
		{"update and add", "apk-cache", rulestest.Build("RUN apk update && apk add a"), rulestest.Leftover(0, "var/cache/apk/APKINDEX.a.tar.gz"), model.Flag, "RUN apk update --no-cache && apk add --no-cache a"},
		{"used by the next RUN", "go-cache", rulestest.Build("RUN go mod download", "RUN go build -o /app"), rulestest.Leftover(0, "go/pkg/mod/a"), model.SameRunCleanup, "RUN go mod download \\\n    && go build -o /app \\\n    && rm -rf /go/pkg/mod"},
		{"used behind a COPY", "go-cache", rulestest.Build("RUN go mod download", "COPY . .", "RUN go build -o /app"), rulestest.Leftover(0, "go/pkg/mod/a"), model.MultiStage, "Build in a stage of its own and COPY --from only the result, which leaves Go's build and module caches behind, and the tools with it (step 2 (go build -o /app) may need it)."},
		{"names that need quotes", "logs", rulestest.Build("RUN make"), rulestest.Leftover(0, "var/log/a b"), model.Manual, "Remove log files at the end of the RUN that leaves them."},
		{"many logs", "logs", rulestest.Build("RUN make"), rulestest.Leftover(0, "var/log/x/1", "var/log/x/2", "var/log/x/3", "var/log/x/4", "var/log/x/5", "var/log/x/6", "var/log/x/7", "var/log/y.log", "var/log/x/8"), model.Manual, "Remove log files at the end of the RUN that leaves them."},
		{"no history", "logs", &rules.Build{}, rulestest.Leftover(0, "var/log/a"), model.Manual, "Remove log files in the instruction that leaves them."},
		{"advice", "python-bytecode", rulestest.Build("RUN pip install a"), rulestest.Leftover(0, "a.pyc"), model.Manual, "Give pip install --no-compile and set PYTHONDONTWRITEBYTECODE=1 where size counts more than the first start."},
	} {
		rule, _ := catalogue.ByID(test.rule)
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
