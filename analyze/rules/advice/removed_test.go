package advice_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestRemoved tries what is said of files that a later instruction removes: the
// edit, or the hint.
func TestRemoved(t *testing.T) {
	for _, test := range []struct {
		name    string
		build   *rules.Build
		finding *model.Finding
		want    string
	}{
		{"by the next RUN", rulestest.Build("RUN make", "RUN rm -r /src"), rulestest.Shadowed(0, 1, "src/a"), "RUN make \\\n    && rm -r /src"},
		{"behind a COPY", rulestest.Build("RUN make", "COPY x /x", "RUN rm -rf /src /other"), rulestest.Shadowed(0, 2, "src/a"), "RUN make \\\n    && rm -rf /src"},
		{"behind a RUN that cannot be joined", rulestest.Build("RUN make", "COPY x /x", "RUN /src/run", "RUN rm -rf /src"), rulestest.Shadowed(0, 3, "src/a"),
			"Remove /src/a in the same RUN that makes and uses it, or make it in a build stage."},
		{"by a RUN that fails without", rulestest.Build("RUN make", "COPY x /x", "RUN rm /src/a"), rulestest.Shadowed(0, 2, "src/a"),
			"Remove /src/a in the same RUN that makes and uses it, or make it in a build stage."},
		{"with apt's own", rulestest.Build("RUN make", "COPY x /x", "RUN apt-get clean && rm -rf /src"), rulestest.Shadowed(0, 2, "src/a"), "RUN make \\\n    && rm -rf /src"},
		{"with a program", rulestest.Build("RUN make", "COPY x /x", "RUN strip /bin/x && rm -rf /src"), rulestest.Shadowed(0, 2, "src/a"),
			"Remove /src/a in the same RUN that makes and uses it, or make it in a build stage."},
		{"the base's", rulestest.Build("ADD rootfs.tar /", "--"), rulestest.OfBase(rulestest.Shadowed(0, 0, "a")),
			"The base image brings files that it removes again; use a newer or smaller base image, or ask its maintainers to remove them where they are created."},
		{"of the base", rulestest.Build("ADD rootfs.tar /", "--", "RUN rm -rf /doc"), rulestest.Shadowed(0, 1, "doc/x", "doc/y"),
			"Removing /doc/x and the other files saves nothing, since the base image still holds them; start from a base image without them."},
		{"nothing known", &rules.Build{}, rulestest.Shadowed(0, 1), "Remove the files in the instruction that makes them."},
		{"by a COPY", rulestest.Build("RUN make", "COPY x /src"), rulestest.Shadowed(0, 1, "src"), "Remove /src in the instruction that makes it, not in a later one."},
		{"a COPY that cannot be read", rulestest.Build("COPY", "RUN rm /a"), rulestest.Shadowed(0, 1, "a"),
			"Keep /a out of the image: a later instruction cannot take it out again."},
		{"a file copied by name", rulestest.Build("COPY a.txt /", "RUN rm /a.txt"), rulestest.Shadowed(0, 1, "a.txt"),
			"Use /a.txt without storing it: use it in a build stage and COPY --from the result, or mount it with RUN --mount=type=bind."},
		{"two sources", rulestest.Build("COPY a b /app/", "RUN rm -rf /app/a/x"), rulestest.Shadowed(0, 1, "app/a/x"),
			"Use /app/a/x without storing it: use it in a build stage and COPY --from the result, or mount it with RUN --mount=type=bind."},
		{"modules that a RUN installs", rulestest.Build("WORKDIR /app", "RUN npm ci", "COPY . .", "RUN npm prune"), rulestest.Shadowed(2, 3, "app/web/node_modules/a/b", "app/web/node_modules/c/d"),
			"Add web/node_modules to .dockerignore, so that COPY leaves it out: a RUN installs it anyway, and removing it later saves nothing."},
		{"a key that a RUN made", rulestest.Build("RUN ssh-keygen -f /root/.ssh/id_rsa", "RUN rm /root/.ssh/id_rsa"), rulestest.Shadowed(0, 1, "root/.ssh/id_rsa"),
			"RUN ssh-keygen -f /root/.ssh/id_rsa \\\n    && rm /root/.ssh/id_rsa"},
	} {
		fix := advice.Removed(test.finding, test.build)
		got := fix.Summary
		if fix.After != nil {
			got = *fix.After
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestContextDir finds the directory of the build context that a finding's files come
// from.
func TestContextDir(t *testing.T) {
	for _, test := range []struct {
		copied string
		paths  []string
		want   string // "" where it cannot be told
	}{
		{"COPY . /app", []string{"app/src/a/b", "app/src/a/c"}, "src/a"},
		{"COPY . /app", []string{"app/src/a/b", "app/src/c/d"}, "src"},
		{"COPY web /app/", []string{"app/node_modules/a/b/c"}, "web/node_modules"},
		{"COPY . /app", []string{"app/a", "app/b"}, ""},
		{"COPY . /app", []string{"srv/a/b"}, ""},
		{"COPY . /app", nil, ""},
		{"COPY --from=x . /app", []string{"app/a/b"}, ""},
		{"COPY a b /app/", []string{"app/a/b"}, ""},
		{"COPY *.js /app/", []string{"app/a/b"}, ""},
		{"RUN make", []string{"app/a/b"}, ""},
	} {
		b := rulestest.Build(test.copied)
		got, ok := advice.ContextDir(rulestest.Leftover(0, test.paths...), b, 0)
		if ok != (test.want != "") || ok && got != test.want {
			t.Errorf("%s of %q: %q, %v, want %q", test.copied, test.paths, got, ok, test.want)
		}
	}
}

// TestJoinLeavesWhatItCannotJoin holds the limits of a join.
func TestJoinLeavesWhatItCannotJoin(t *testing.T) {
	for name, b := range map[string]*rules.Build{
		"the base's":        rulestest.Build("RUN a", "--", "RUN b"),
		"a COPY between":    rulestest.Build("RUN a", "COPY b c", "RUN d"),
		"another shell":     rulestest.Build(`SHELL ["/bin/bash", "-ec"]`, "RUN b"),
		"no RUN":            rulestest.Build("LABEL a=b", "LABEL c=d"),
		"text unknown":      rulestest.Build("RUN a", "", "RUN b"),
		"more than anybody": rulestest.Build(many(40)...),
	} {
		if e, ok := advice.Join(b, 0, len(b.Instructions)-1, ""); ok {
			t.Errorf("%s: joined as %q", name, e.After)
		}
	}
	if e, ok := advice.Join(rulestest.Build("RUN a", "LABEL x=y", "RUN b"), 0, 2, "rm c"); !ok || e.After != "RUN a \\\n    && b \\\n    && rm c\nLABEL x=y" {
		t.Errorf("%v: %q", ok, e.After)
	}
}

func many(n int) (texts []string) {
	for range n {
		texts = append(texts, "RUN a")
	}
	return texts
}

// TestRemoveAll writes an rm only for names that need no quotes and are no
// directories of every image.
func TestRemoveAll(t *testing.T) {
	for _, test := range []struct {
		targets []string
		inside  bool
		want    string
	}{
		{[]string{"root/.cache/pip", "a/*.gem"}, false, "rm -rf /root/.cache/pip /a/*.gem"},
		{[]string{"var/cache/apk", "a/*.gem"}, true, "rm -rf /var/cache/apk/* /a/*.gem"},
		{[]string{"a b"}, false, ""},
		{[]string{"a*/b"}, false, ""},
		{[]string{"usr/bin"}, false, ""},
		{nil, false, ""},
		{many(9), false, ""},
	} {
		if got, ok := advice.RemoveAll(test.targets, test.inside); got != test.want || ok != (test.want != "") {
			t.Errorf("%q: %q, %v, want %q", test.targets, got, ok, test.want)
		}
	}
}

// TestCleanersRunFirst calls the tool's own clean-up where the RUN calls the tool.
func TestCleanersRunFirst(t *testing.T) {
	rule := advice.Cache(advice.Cleanup{
		Rule: rules.Rule{Paths: []string{"var/cache/dnf/**"}}, What: "dnf's cache", Clean: "clean all", Cleaners: []string{"dnf"},
	})
	for run, want := range map[string]string{
		"RUN dnf -y install a": "RUN dnf -y install a \\\n    && dnf clean all && rm -rf /var/cache/dnf",
		"RUN ./install.sh":     "RUN ./install.sh \\\n    && rm -rf /var/cache/dnf",
	} {
		fix := rule.Fix(rulestest.Leftover(0, "var/cache/dnf/x"), rulestest.Build(run))
		if got := rulestest.Text(fix.After); got != want {
			t.Errorf("%s: %q, want %q", run, got, want)
		}
	}
	if len(rule.ProgramDirs) != 1 || rule.Group != rules.Caches {
		t.Errorf("a cache is in group %q and may hold the program in %q", rule.Group, rule.ProgramDirs)
	}
}

// TestJoinInADirectoryThatGoes: the builder makes the WORKDIR anew for each RUN, but not in the
// middle of one.
func TestJoinInADirectoryThatGoes(t *testing.T) {
	for _, test := range []struct {
		first string
		joins bool
	}{
		{"RUN make && rm -rf /opt/b/build", false},
		{"RUN make && rm -rf /opt/b", false},
		{"RUN make && rm -rf /opt/*", false},
		{"RUN make && cd .. && rm -r build", false},
		{"RUN make && rm -rf $DIR", false},
		{"RUN make && mv /opt/b/build /srv", false},
		{"RUN make && rm -rf /opt/b/build/x /opt/b/other", true},
		{"RUN make && rm -rf ./*", true},
		{"RUN make && mv x y", true},
		{"RUN make && rm -rf /tmp/*", true},
	} {
		b := rulestest.Build("ENV DIR=/opt/b/build", "WORKDIR $DIR", test.first, "RUN touch y")
		if _, ok := advice.Join(b, 2, 3, ""); ok != test.joins {
			t.Errorf("%s: joins %v", test.first, ok)
		}
	}
}
