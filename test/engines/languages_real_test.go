package engines

import (
	"cmp"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// languages builds the image of testdata/images/languages, with two programs of Go that are built
// here, and returns its reference and what go version says of the programs.
func languages(t *testing.T) (reference, programs string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "images", "languages"))); err != nil {
		t.Fatal(err)
	}
	for name, flags := range map[string][]string{"program": {"-trimpath", "-ldflags=-s -w"}, "program-pie": {"-buildmode=pie"}} {
		build := exec.Command("go", append(append([]string{"build"}, flags...), "-o", filepath.Join(dir, name), "github.com/tare-oci/tare")...)
		build.Env = append(os.Environ(), "GOOS=linux")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	reference = registry + "/tare-engines/languages:1"
	command(t, nil, nil, "docker", "build", "-q", "--network", "host", "-t", reference, dir)
	return reference, string(command(t, nil, nil, "go", "version", "-m", filepath.Join(dir, "program")))
}

// TestLanguagesAreTheManagers holds the packages of an image against what the managers say in a
// container of it, names, versions and bytes.
func TestLanguagesAreTheManagers(t *testing.T) {
	needEngine(t)
	if os.Getenv("TARE_MANY") == "" {
		t.Skip("installs the managers and needs their registries; .ci/full sets TARE_MANY")
	}
	reference, programs := languages(t)
	d := analyze(t, nil, nil, "docker:"+reference)
	run := func(script string) string { return docker(t, "run", "--rm", reference, "sh", "-c", script) }
	for _, c := range []struct {
		name string
		want []string
		got  func(p *model.Package) bool
	}{
		{"pip in a virtual environment", pipList(t, run("/venv/bin/pip list --format json")), func(p *model.Package) bool { return p.Manager == "pip" && strings.HasPrefix(p.Location, "venv/") }},
		{"pip of the system", pipList(t, run("pip list --format json")), func(p *model.Package) bool {
			return p.Manager == "pip" && (p.Location == "usr/local/lib/python3.11/dist-packages" || p.Location == "usr/lib/python3/dist-packages")
		}},
		{"pip beside", []string{"small.lib 1.0"}, func(p *model.Package) bool { return p.Manager == "pip" && p.Location == "target" }},
		{"npm", npmList(run("npm ls --all --parseable --long; true")), func(p *model.Package) bool { return p.Manager == "npm" && strings.HasPrefix(p.Location, "app/") }},
		{"npm, a workspace", npmList(run("cd /ws && npm ls --all --parseable --long; true")), func(p *model.Package) bool { return p.Manager == "npm" && strings.HasPrefix(p.Location, "ws/") }},
		{"gem", gemList(run("gem list")), func(p *model.Package) bool { return p.Manager == "gem" && !strings.HasPrefix(p.Location, "rails/") }},
		{"bundler", bundleList(run("cd /rails && bundle list")), func(p *model.Package) bool {
			return p.Manager == "gem" && strings.HasPrefix(p.Location, "rails/")
		}},
		{"composer", columns(run("cd /php && composer show --format=text 2>/dev/null")), func(p *model.Package) bool { return p.Manager == "composer" && strings.HasPrefix(p.Location, "php/") }},
		{"conda", columns(run(`cd /opt/conda/conda-meta && for f in *.json; do python3 -c 'import json,sys; p=json.load(open(sys.argv[1])); print(p["name"],p["version"])' $f; done`)), func(p *model.Package) bool { return p.Manager == "conda" }},
		{"go", goList(programs), func(p *model.Package) bool { return p.Manager == "go" && p.Location == "usr/local/bin/program" }},
		{"go, position independent", goList(programs), func(p *model.Package) bool { return p.Manager == "go" && p.Location == "usr/local/bin/program-pie" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for i := range d.Packages {
				if p := &d.Packages[i]; c.got(p) {
					got = append(got, p.Name+" "+p.Version)
				}
			}
			if c.name == "gem" { // it names a gem once that several gem homes have
				slices.Sort(got)
				got = slices.Compact(got)
			}
			same(t, c.want, got)
		})
	}
	for _, c := range []struct{ manager, name, location, files string }{
		{"pip", "Big-Lib", "venv/lib/python3.11/site-packages", "/venv/lib/python3.11/site-packages/biglib /venv/lib/python3.11/site-packages/Big_Lib-2.1.0.dist-info"},
		{"conda", "libthing", "opt/conda", "/opt/conda/pkgs/libthing-3.0.1-0 /opt/conda/conda-meta/libthing-3.0.1-0.json"},
		{"gem", "needy", "rails/vendor/bundle/ruby/3.1.0/gems/needy-0.3", "/rails/vendor/bundle/ruby/3.1.0/gems/needy-0.3 /rails/vendor/bundle/ruby/3.1.0/specifications/needy-0.3.gemspec /rails/vendor/bundle/ruby/3.1.0/cache/needy-0.3.gem /rails/vendor/bundle/ruby/3.1.0/bin/needy"},
		{"composer", "made/web", "php/vendor/made/web", "/php/vendor/made/web /php/vendor/bin/serve"},
		{"npm", "express", "app/node_modules/express", "/app/node_modules/express"},
	} {
		at := slices.IndexFunc(d.Packages, func(p model.Package) bool {
			return p.Manager == c.manager && p.Name == c.name && p.Location == c.location
		})
		want, err := strconv.ParseInt(run(`find `+c.files+` -type f -printf '%s\n' | awk '{n+=$1} END {print n}'`), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if at < 0 || d.Packages[at].Bytes != want {
			t.Errorf("%s %s has %d bytes: %v", c.manager, c.name, want, at)
			if at >= 0 {
				t.Errorf("and here %d", d.Packages[at].Bytes)
			}
		}
	}
}

// same compares two lists of packages, of which one may stand in a list several times.
func same(t *testing.T, want, got []string) {
	t.Helper()
	slices.Sort(want)
	slices.Sort(got)
	if len(want) == 0 {
		t.Fatal("the manager says nothing")
	}
	missing := slices.DeleteFunc(slices.Clone(want), func(s string) bool { return slices.Contains(got, s) })
	more := slices.DeleteFunc(slices.Clone(got), func(s string) bool { return slices.Contains(want, s) })
	if len(missing)+len(more) > 0 || len(want) != len(got) {
		t.Errorf("%d packages instead of %d; missing %q, too many %q", len(got), len(want), missing, more)
	}
}

func pipList(t *testing.T, out string) (list []string) {
	t.Helper()
	var packages []struct{ Name, Version string }
	if err := json.Unmarshal([]byte(out), &packages); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, p := range packages {
		list = append(list, p.Name+" "+p.Version)
	}
	return list
}

// npmList reads lines PATH:NAME@VERSION:…; the first is the project.
func npmList(out string) []string {
	list := make(map[string]string) // by path
	for i, line := range strings.Split(out, "\n") {
		parts := strings.Split(line, ":")
		if i == 0 || len(parts) < 2 {
			continue
		}
		at := strings.LastIndex(parts[1], "@")
		list[parts[0]] = parts[1][:at] + " " + parts[1][at+1:]
	}
	return slices.Collect(maps.Values(list))
}

// gemList reads lines NAME (VERSION, default: VERSION PLATFORM).
func gemList(out string) (list []string) {
	for line := range strings.Lines(out) {
		name, versions, ok := strings.Cut(strings.TrimSpace(line), " (")
		for version := range strings.SplitSeq(strings.TrimSuffix(versions, ")"), ", ") {
			if version, _, _ = strings.Cut(strings.TrimPrefix(version, "default: "), " "); ok {
				list = append(list, name+" "+version)
			}
		}
	}
	return list
}

// bundleList reads lines "  * NAME (VERSION COMMIT)".
func bundleList(out string) (list []string) {
	for line := range strings.Lines(out) {
		if line, ok := strings.CutPrefix(strings.TrimSpace(line), "* "); ok {
			list = append(list, gemList(line)...)
		}
	}
	return list
}

func columns(out string) (list []string) {
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) > 1 {
			list = append(list, f[0]+" "+f[1])
		}
	}
	return list
}

// goList reads what go version -m says.
func goList(out string) (list []string) {
	for line := range strings.Lines(out) {
		f := strings.Split(strings.Trim(line, "\t\n"), "\t")
		if (f[0] == "mod" || f[0] == "dep") && len(f) > 1 {
			list = append(list, strings.TrimSpace(f[1]+" "+cmp.Or(append(f, "", "")[2], "")))
		}
	}
	return list
}
