package catalogue_test

import (
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestWhatRunsIsExempt holds that nothing is said of a directory that the image
// runs from, of hard-linked caches, and of images whose purpose is a toolchain.
func TestWhatRunsIsExempt(t *testing.T) {
	for name, test := range map[string]struct {
		rule  string
		image rulestest.Image
	}{
		"a program in target":             {"cargo-cache", rulestest.Runs(t, []string{"/src/target/release/app"}, "src/target/release/deps/x.rlib", "src/target/release/app")},
		"a link into target":              {"cargo-cache", rulestest.Runs(t, []string{"app"}, "src/target/release/deps/x.rlib", "src/target/release/app", "usr/local/bin/app -> /src/target/release/app")},
		"hard-linked into target/release": {"cargo-cache", rulestest.Runs(t, []string{"/bin/sh", "-c", "x"}, "src/target/release/deps/app-1", "src/target/release/app => src/target/release/deps/app-1")},
		"a class path in ~/.m2":           {"maven-cache", rulestest.Runs(t, []string{"java", "-cp", "/root/.m2/repository/a.jar", "Main"}, "root/.m2/repository/a.jar")},
		"mvn at run time":                 {"maven-cache", rulestest.Runs(t, []string{"mvn", "exec:java"}, "root/.m2/repository/a.jar")},
		"PATH into the packages":          {"nuget-cache", rulestest.Image{Config: v1.Config{Cmd: []string{"x"}, Env: []string{"PATH=/root/.nuget/packages/t/bin"}}, Steps: []rulestest.Step{rulestest.Does(t, "RUN make", "root/.nuget/packages/t/bin/x")}}},
		"pnpm's hard links":               {"pnpm-cache", rulestest.Runs(t, []string{"node"}, "root/.local/share/pnpm/store/v10/files/00/a", "app/node_modules/a => root/.local/share/pnpm/store/v10/files/00/a")},
		"conda's hard links":              {"conda-cache", rulestest.Runs(t, []string{"python"}, "opt/conda/pkgs/a/lib/a", "opt/conda/envs/e/lib/a => opt/conda/pkgs/a/lib/a")},
		"bun's hard links":                {"bun-cache", rulestest.Runs(t, []string{"bun", "a.js"}, "root/.bun/install/cache/a/a.js", "app/node_modules/a/a.js => root/.bun/install/cache/a/a.js")},
		"bun without node_modules":        {"bun-cache", rulestest.Runs(t, []string{"bun", "a.js"}, "root/.bun/install/cache/a/a.js")},
		"Plug'n'Play":                     {"yarn-cache", rulestest.Runs(t, []string{"yarn", "start"}, "root/.yarn/berry/cache/a.zip", "app/.pnp.cjs")},
		"linked by uv":                    {"uv-cache", rulestest.Image{Config: v1.Config{Cmd: []string{"/app"}, Env: []string{"UV_LINK_MODE=symlink"}}, Steps: []rulestest.Step{rulestest.Does(t, "RUN make", "root/.cache/uv/archive-v0/a")}}},
		"renv's library":                  {"r-cache", rulestest.Runs(t, []string{"Rscript", "a.R"}, "root/.cache/R/renv/cache/v5/a")},
		"Poetry's environment":            {"poetry-cache", rulestest.Runs(t, []string{"/app"}, "root/.cache/pypoetry/virtualenvs/a/bin/python")},
		"a base image of a toolchain":     {"build-tools", rulestest.Runs(t, []string{"bash"}, "usr/local/go/bin/go")},
		"a compiler as entry point":       {"build-tools", rulestest.Image{Config: v1.Config{Entrypoint: []string{"go"}, Cmd: []string{"build"}}, Steps: []rulestest.Step{rulestest.Does(t, "RUN make", "usr/local/go/bin/go")}}},
		"a git server":                    {"vcs-metadata", rulestest.Runs(t, []string{"git", "daemon"}, "srv/a/.git/config")},
	} {
		t.Run(name, func(t *testing.T) { rulestest.FindsNothing(t, test.rule, test.image) })
	}
}
