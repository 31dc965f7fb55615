package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// A fixture is a small image, or rather what of it matters to one rule: the
// instructions with the files that each brings, and the config.
type fixture struct {
	steps  []step
	config v1.Config
	after  string // what the fix makes of it, "" where it is only advice
}

type step struct {
	by    string // the instruction, as BuildKit notes it
	files []imagetest.File
}

// does is a step with files of a kilobyte each. A path with a leading ! is
// removed, one that ends in = is a file of more than 4 KiB with the same content
// wherever it stands, and a -> b is a symbolic link, a => b a hard link to b.
func does(by string, paths ...string) step {
	s := step{by: by}
	for _, p := range paths {
		switch link, target, symbolic := strings.Cut(p, " -> "); {
		case symbolic:
			s.files = append(s.files, imagetest.Symlink(link, target))
		case strings.Contains(p, " => "):
			link, target, _ := strings.Cut(p, " => ")
			s.files = append(s.files, imagetest.HardLink(link, target))
		case strings.HasPrefix(p, "!"):
			s.files = append(s.files, imagetest.Whiteout(p[1:]))
		case strings.HasSuffix(p, "="):
			s.files = append(s.files, imagetest.Same(strings.TrimSuffix(p, "="), "twin", 8<<10))
		default:
			s.files = append(s.files, imagetest.Same(p, by+p, 1<<10))
		}
	}
	return s
}

// is an image of steps; with a command, after what the fix should make of it.
func is(after string, config v1.Config, steps ...step) fixture { return fixture{steps, config, after} }

// made is an image of one RUN in front of which the program was copied in.
func made(after, run string, paths ...string) fixture {
	return is(after, v1.Config{Cmd: []string{"/app"}}, does("COPY app /", "app"), does("RUN "+run, paths...))
}

// runs is an image with files that runs a command.
func runs(cmd []string, paths ...string) fixture {
	return is("", v1.Config{Cmd: cmd}, does("RUN make", paths...))
}

func (f fixture) image() imagetest.Image {
	img := imagetest.Image{Config: f.config}
	for _, s := range f.steps {
		keyword, rest, _ := strings.Cut(s.by, " ")
		by := s.by + " # buildkit"
		if keyword == "RUN" {
			by = "RUN /bin/sh -c " + rest + " # buildkit"
		}
		if !slices.Contains([]string{"RUN", "COPY", "ADD", "WORKDIR"}, keyword) {
			by = s.by
		}
		img.Layers = append(img.Layers, imagetest.Layer{Files: s.files, CreatedBy: by, Comment: "buildkit.dockerfile.v0", Empty: len(s.files) == 0})
	}
	return img
}

func report(t *testing.T, f fixture) *model.Report {
	t.Helper()
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, f.image().OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := analyze.Image(t.Context(), file, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func findings(r *model.Report, rule string) (found []model.Finding) {
	for _, f := range r.Findings {
		if f.Rule == rule {
			found = append(found, f)
		}
	}
	return found
}

// TestSecretsHaveAPlace wants each file that holds a secret at the instruction
// that brought it, whatever a later one did.
func TestSecretsHaveAPlace(t *testing.T) {
	img := is("", v1.Config{Cmd: app}, does("COPY id_rsa /root/.ssh/", "root/.ssh/id_rsa"), does("RUN make", "app/.env", "root/.ssh/id_rsa"))
	r := report(t, img)
	var got []string
	for _, f := range findings(r, "baked-in-secret") {
		if f.Layer == nil || f.Instruction == nil || f.Verdict != nil || f.Bytes != 0 {
			t.Fatalf("%+v", f)
		}
		in := r.Instructions[*f.Instruction]
		got = append(got, fmt.Sprint(f.ID, " ", in.Text, " ", f.Paths, " ", *in.Layer == *f.Layer))
	}
	want := []string{"baked-in-secret@0 COPY id_rsa /root/.ssh/ [root/.ssh/id_rsa] true", "baked-in-secret@1 RUN make [app/.env] true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFixtures holds each rule to an image in which it finds something, and to
// one like it in which it must not.
func TestFixtures(t *testing.T) {
	for id, f := range fixtures {
		t.Run(id, func(t *testing.T) {
			rule, ok := rules.ByID(id)
			if !ok {
				t.Fatal("no such rule")
			}
			hits := findings(report(t, f.hit), id)
			if len(hits) != 1 {
				t.Fatalf("%d findings: %+v", len(hits), hits)
			}
			hit := hits[0]
			want := rule.Confidence
			if hit.Verdict != nil && *hit.Verdict == model.Shadowed {
				want = model.Certain
			}
			if hit.Confidence != want || (hit.Bytes > 0) == (rule.Observe != nil) || hit.Fix == nil {
				t.Errorf("%+v", hit)
			}
			after := ""
			if hit.Fix != nil && hit.Fix.After != nil {
				after = *hit.Fix.After
			}
			if diff := cmp.Diff(f.hit.after, after); diff != "" {
				t.Errorf("the fix (-want +got):\n%s\n%s", diff, hit.Fix.Summary)
			}
			if misses := findings(report(t, f.miss), id); len(misses) != 0 {
				t.Errorf("found where nothing is: %+v", misses)
			}
		})
	}
}

// TestEachRuleHasFixtures counts them.
func TestEachRuleHasFixtures(t *testing.T) {
	for _, rule := range rules.Catalogue {
		f, ok := fixtures[rule.ID]
		if !ok || len(f.hit.steps) == 0 || len(f.miss.steps) == 0 {
			t.Errorf("%s has no fixture of both kinds", rule.ID)
		}
	}
	if len(fixtures) != len(rules.Catalogue) {
		t.Errorf("%d fixtures for %d rules", len(fixtures), len(rules.Catalogue))
	}
}

// TestWhatRunsIsSpared holds that nothing is said of a directory that the image
// runs from, of hard-linked caches, and of images whose purpose is a toolchain.
func TestWhatRunsIsSpared(t *testing.T) {
	for name, test := range map[string]struct {
		rule  string
		image fixture
	}{
		"a program in target":             {"cargo-cache", runs([]string{"/src/target/release/app"}, "src/target/release/deps/x.rlib", "src/target/release/app")},
		"a link into target":              {"cargo-cache", runs([]string{"app"}, "src/target/release/deps/x.rlib", "src/target/release/app", "usr/local/bin/app -> /src/target/release/app")},
		"hard-linked into target/release": {"cargo-cache", runs([]string{"/bin/sh", "-c", "x"}, "src/target/release/deps/app-1", "src/target/release/app => src/target/release/deps/app-1")},
		"a class path in ~/.m2":           {"maven-cache", runs([]string{"java", "-cp", "/root/.m2/repository/a.jar", "Main"}, "root/.m2/repository/a.jar")},
		"mvn at run time":                 {"maven-cache", runs([]string{"mvn", "exec:java"}, "root/.m2/repository/a.jar")},
		"PATH into the packages":          {"nuget-cache", is("", v1.Config{Cmd: []string{"x"}, Env: []string{"PATH=/root/.nuget/packages/t/bin"}}, does("RUN make", "root/.nuget/packages/t/bin/x"))},
		"pnpm's hard links":               {"pnpm-cache", runs([]string{"node"}, "root/.local/share/pnpm/store/v10/files/00/a", "app/node_modules/a => root/.local/share/pnpm/store/v10/files/00/a")},
		"conda's hard links":              {"conda-cache", runs([]string{"python"}, "opt/conda/pkgs/a/lib/a", "opt/conda/envs/e/lib/a => opt/conda/pkgs/a/lib/a")},
		"bun's hard links":                {"bun-cache", runs([]string{"bun", "a.js"}, "root/.bun/install/cache/a/a.js", "app/node_modules/a/a.js => root/.bun/install/cache/a/a.js")},
		"bun without node_modules":        {"bun-cache", runs([]string{"bun", "a.js"}, "root/.bun/install/cache/a/a.js")},
		"Plug'n'Play":                     {"yarn-cache", runs([]string{"yarn", "start"}, "root/.yarn/berry/cache/a.zip", "app/.pnp.cjs")},
		"linked by uv":                    {"uv-cache", is("", v1.Config{Cmd: []string{"/app"}, Env: []string{"UV_LINK_MODE=symlink"}}, does("RUN make", "root/.cache/uv/archive-v0/a"))},
		"renv's library":                  {"r-cache", runs([]string{"Rscript", "a.R"}, "root/.cache/R/renv/cache/v5/a")},
		"Poetry's environment":            {"poetry-cache", runs([]string{"/app"}, "root/.cache/pypoetry/virtualenvs/a/bin/python")},
		"a base image of a toolchain":     {"build-tools", runs([]string{"bash"}, "usr/local/go/bin/go")},
		"a compiler as entry point":       {"build-tools", is("", v1.Config{Entrypoint: []string{"go"}, Cmd: []string{"build"}}, does("RUN make", "usr/local/go/bin/go"))},
		"a git server":                    {"vcs-metadata", runs([]string{"git", "daemon"}, "srv/a/.git/config")},
	} {
		if found := findings(report(t, test.image), test.rule); len(found) != 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}
