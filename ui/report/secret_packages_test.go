package report

import (
	"encoding/base64"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/analyze/workloads"
	"github.com/tare-oci/tare/model"
)

// packageForms are files that tell of packages of programming languages, with a secret, @@, where
// such files may have one: in the address that a package came from, in a name, in what a program was
// linked with.
var packageForms = [][2]string{
	{"app/node_modules/a/package.json", `{"name": "a", "version": "git+https://me:@@@git.example.org/a.git", "_resolved": "https://registry.example.org/a.tgz?token=@@"}`},
	{"app/node_modules/b/package.json", `{"name": "https://me:@@@git.example.org/b", "version": "1", "main": "https://me:@@@h/x.ts", "dependencies": {"https://me:@@@git.example.org/c": "1"}}`},
	{"app/node_modules/.package-lock.json", `{"packages": {"node_modules/a": {"version": "https://me:@@@git.example.org/a.tgz", "resolved": "https://me:@@@git.example.org/a.tgz"}}}`},
	{"app/package.json", `{"name": "shop", "dependencies": {"a": "git+https://me:@@@git.example.org/a.git"}, "devDependencies": {"https://me:@@@git.example.org/d": "1"}}`},
	{"app/node_modules/link/package.json", `{"name": "link", "version": "ghp_@@@@"}`},
	{"venv/lib/python3.12/site-packages/a-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: a\nVersion: 1+https://me:@@@pypi.example.org/simple\nRequires-Dist: b @ https://me:@@@pypi.example.org/b.whl\nHome-page: https://me:@@@example.org\n"},
	{"venv/lib/python3.12/site-packages/a-1.dist-info/RECORD", "a.py,,\nhttps://me:@@@pypi.example.org/b.py,,\n"},
	{"venv/lib/python3.12/site-packages/a-1.dist-info/direct_url.json", `{"url": "https://me:@@@pypi.example.org/a.whl"}`},
	{"opt/conda/conda-meta/a-1-0.json", `{"name": "a", "version": "1", "url": "https://me:@@@conda.example.org/t/@@/a.conda", "depends": ["https://me:@@@x/b 1"], "requested_spec": "https://me:@@@x/a", "files": ["https://me:@@@x/f"]}`},
	{"php/vendor/composer/installed.json", `{"packages": [{"name": "made/a", "version": "https://me:@@@git.example.org/a", "dist": {"url": "https://me:@@@git.example.org/a.zip"}, "install-path": "../made/a"}]}`},
	{"php/composer.json", `{"require": {"made/a": "1"}, "config": {"http-basic": {"git.example.org": {"username": "me", "password": "@@"}}}}`},
	{"ruby/specifications/a-1.gemspec", "# stub: a https://me:@@@gems.example.org/1 ruby lib\n"},
	{"ruby/Gemfile.lock", "GEM\n  remote: https://me:@@@gems.example.org/\n  specs:\n    a (https://me:@@@gems.example.org/)\n\nDEPENDENCIES\n  a\n"},
	{"net/a.deps.json", `{"runtimeTarget": {"name": "t"}, "targets": {"t": {"N/https://me:@@@h/1": {"runtime": {"N.dll": {}}}}}, "libraries": {"N/https://me:@@@h/1": {"type": "package"}}}`},
	{"r/library/a/DESCRIPTION", "Package: a\nVersion: https://me:@@@cran.example.org/1\nBuilt: R 4\nRemoteUrl: https://me:@@@cran.example.org\n"},
	{"usr/local/bin/program", "go path\tm.org/p\nmod\tm.org/p\tv1.0.0-https://me:@@@git.example.org\nbuild\t-ldflags=\"-X main.apiToken=@@ -X main.url=https://me:@@@h\"\n"},
}

// somewhere are the places of a manifest where a value stands that the container of the image has in
// its command, too; the command is one that tare proposes to give as args.
var somewhere = []struct{ name, other string }{
	{"a variable", "DB_PASSWORD"}, {"a variable of another container", "sidecar"}, {"a Secret", "secret"}, {"a Secret in base64", "base64"},
	{"a ConfigMap", "config"}, {"an argument of another container", "args"}, {"an annotation", "annotation"}, {"a URL of another container", "url"}, {"a file in a Secret", "file"},
}

// manifestWith is a pod that runs the image with a secret in its command, which stands elsewhere too.
func manifestWith(where, secret string) string {
	pod := "kind: Pod\nmetadata: {name: shop, annotations: {note: 'ANNOTATION'}}\nspec:\n  containers:\n  - name: web\n    image: demo/app:1\n    command: [/app, serve, 'SECRET']\n    env: [{name: A, value: b}ENV]\n  - {name: other, image: other:1, args: [ARGS], env: [{name: A, value: bOTHER}]}\n"
	fill := map[string]string{"SECRET": secret}
	more := ""
	switch where {
	case "DB_PASSWORD":
		fill["ENV"] = ", {name: DB_PASSWORD, value: " + secret + "}"
	case "sidecar":
		fill["OTHER"] = "}, {name: API_TOKEN, value: " + secret
	case "secret":
		more = "---\nkind: Secret\nstringData: {user: " + secret + "}\n"
	case "base64":
		more = "---\nkind: Secret\ndata: {user: " + base64.StdEncoding.EncodeToString([]byte(secret+"\n")) + "}\n"
	case "file":
		more = "---\nkind: Secret\nstringData:\n  app.properties: |\n    user=shop\n    password=" + secret + "\n"
	case "config":
		more = "---\nkind: ConfigMap\ndata: {db_password: " + secret + "}\n"
	case "args":
		fill["ARGS"] = "--password=" + secret
	case "annotation":
		fill["ANNOTATION"] = "password: " + secret
	case "url":
		fill["OTHER"] = "}, {name: DATABASE_URL, value: 'postgres://shop:" + secret + "@db/shop'"
	}
	for _, word := range []string{"SECRET", "ENV", "OTHER", "ARGS", "ANNOTATION"} {
		pod = strings.Replace(pod, word, fill[word], 1)
	}
	return pod + more
}

// random is a secret of letters and digits, made up.
func random(r *rand.Rand) string {
	secret := make([]byte, 24)
	for i := range secret {
		secret[i] = letters[r.IntN(len(letters))]
	}
	return string(secret[:23]) + "7"
}

// Whatever a package's files say, and wherever in its manifests a value stands that a pod's command
// has, no writer, no error and no file of the cache holds a secret.
func TestNothingShowsSecretsOfPackagesAndPods(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	var p planted
	files := []imagetest.File{
		imagetest.Text("entry.sh", "#!/bin/sh\n./migrate\nexec \"$@\"\n"), imagetest.Fill("app", 500), imagetest.Fill("venv/lib/python3.12/site-packages/a.py", 50_000),
		imagetest.Symlink("app2/node_modules/x", "../../app/node_modules/a"), imagetest.Fill("app/node_modules/a/test/x.js", 60_000),
	}
	for _, form := range packageForms {
		secret := random(r)
		p.secrets, p.forms = append(p.secrets, secret), append(p.forms, form[0])
		text := strings.ReplaceAll(form[1], "@@", secret)
		if strings.HasPrefix(text, "go ") {
			text = string(imagetest.GoProgram(text[len("go "):]))
		}
		files = append(files, imagetest.Text(form[0], text))
	}
	image := imagetest.Image{
		Tag:    "demo/app:1",
		Config: v1.Config{Entrypoint: []string{"/entry.sh"}, Cmd: []string{"/app"}, User: "10001"},
		Layers: []imagetest.Layer{{Files: files, CreatedBy: "COPY . / # buildkit"}},
	}
	dir := t.TempDir()
	archive := filepath.Join(dir, "image.tar")
	if err := os.WriteFile(archive, image.Docker25().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	layers, err := store.Open(filepath.Join(dir, "cache"), store.DefaultSize)
	if err != nil {
		t.Fatal(err)
	}
	for i, where := range somewhere {
		secret := random(r)
		p.secrets, p.forms = append(p.secrets, secret), append(p.forms, where.name)
		set, err := workloads.Read(t.Context(), strings.NewReader(manifestWith(where.other, secret)), workloads.Stdin)
		if err != nil || len(set.Problems) > 0 {
			t.Fatal(err, set.Problems)
		}
		report, err := analyze.Image(t.Context(), archive, analyze.Options{Store: layers, Manifests: set})
		if err != nil {
			t.Fatalf("%v; it shows %q", err, p.find(err.Error()))
		}
		if i == 0 && len(report.Packages) < 10 {
			t.Errorf("only %d packages are found", len(report.Packages))
		}
		if !proposes(report) {
			t.Errorf("%s: no args are proposed", where.name)
		}
		p.check(t, report, true)
	}
	err = filepath.WalkDir(filepath.Join(dir, "cache"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, form := range p.find(string(text)) {
			t.Errorf("the cache holds the secret of %s", form)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// proposes reports whether a report proposes args for a pod.
func proposes(r *model.Report) bool {
	for i := range r.Findings {
		if m := r.Findings[i].Manifest; m != nil && strings.HasPrefix(m.Edit, "args:") && strings.Contains(m.Edit, "***") {
			return true
		}
	}
	return false
}
