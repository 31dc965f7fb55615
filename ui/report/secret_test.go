package report

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/html"
	"github.com/tare-oci/tare/ui/report/reporttest"
	"github.com/tare-oci/tare/ui/report/text"
)

// No writer shows a secret or the value of a build argument, whichever way they
// got into the image: by ENV, ARG, a RUN or the Dockerfile.
func TestNoFormatShowsSecrets(t *testing.T) {
	const token, password, argument = "ghp_0123456789abcdefghijklmnopqrstuvwxyz", "hunter2hunter2", "sandpiper-9"
	image := imagetest.Image{
		Config: v1.Config{Env: []string{"DB_PASSWORD=" + password}},
		Layers: []imagetest.Layer{
			{Files: []imagetest.File{imagetest.Fill("bin/app", 5000)}, CreatedBy: "COPY app /bin/app # buildkit"},
			{Files: []imagetest.File{imagetest.Fill("root/.cache/pip/wheel", 9000)}, CreatedBy: "RUN |1 FLAVOUR=" + argument + " /bin/sh -c pip install --extra-index-url https://ci:" + password + "@pypi.mirror.lan/simple app && echo $FLAVOUR # buildkit"},
			{Files: []imagetest.File{imagetest.Whiteout("root/.cache/pip")}, CreatedBy: "RUN |1 FLAVOUR=" + argument + " /bin/sh -c rm -rf /root/.cache/pip # " + token + " # buildkit"},
		},
	}
	dir := t.TempDir()
	archive, dockerfile := filepath.Join(dir, "image.tar"), filepath.Join(dir, "Dockerfile")
	if err := os.WriteFile(archive, image.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := []string{
		"FROM scratch", "ARG FLAVOUR=" + argument, "COPY app /bin/app",
		"RUN pip install --extra-index-url https://ci:" + password + "@pypi.mirror.lan/simple app && echo $FLAVOUR", "RUN rm -rf /root/.cache/pip # " + token,
	}
	if err := os.WriteFile(dockerfile, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"", dockerfile} {
		r, err := analyze.Image(t.Context(), archive, analyze.Options{Dockerfile: file})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Findings) == 0 {
			t.Fatal("nothing is found")
		}
		writers := machines(reporttest.Judged())
		writers["text"], writers["files"], writers["html"] = text.Report{Verbose: true}, JSON{Files: true}, html.Page{Check: reporttest.Judged()}
		for name, w := range writers {
			text := reporttest.Render(t, w, r)
			for _, secret := range []string{password, argument, token} {
				if strings.Contains(text, secret) {
					t.Errorf("%s shows %s", name, secret)
				}
			}
			if name != "gitlab" && name != "junit" && !strings.Contains(text, "pip") {
				t.Errorf("%s does not name the instruction", name)
			}
		}
	}
}

// planted are secrets, one in each form of analyze/redact/testdata, and the image
// that holds them: in its history, its config and a script, and in the Dockerfile
// that built it.
type planted struct {
	secrets    []string // by form
	forms      []string
	image      imagetest.Image
	dockerfile string
	planted    []string // files with secrets
}

// letters are what secrets are made of.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// plant takes every part-th form.
func plant(t *testing.T, seed uint64, part int) planted {
	t.Helper()
	data, err := os.ReadFile("../../analyze/redact/testdata/forms.txt")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	var p planted
	found := 0
	p.image.Layers = []imagetest.Layer{{Files: []imagetest.File{imagetest.Fill("bin/app", 5000)}, CreatedBy: "COPY app /bin/app # buildkit"}}
	var script strings.Builder
	lines := []string{"FROM scratch", "COPY app /bin/app"}
	for form := range strings.Lines(string(data)) {
		form = strings.TrimPrefix(strings.TrimSuffix(form, "\n"), "? ")
		if !strings.Contains(form, "@@") || strings.HasPrefix(form, "# W") || strings.HasPrefix(form, "RUN <<") || strings.HasPrefix(form, "COPY <<") {
			continue
		}
		if found++; found%part > 0 {
			continue
		}
		secret := make([]byte, 24)
		for i := range secret {
			secret[i] = letters[r.IntN(len(letters))]
		}
		text := strings.ReplaceAll(form, "@@", string(secret))
		if strings.Contains(text, "<<EOF") {
			text = strings.ReplaceAll(text, `\n`, "\n")
		}
		p.secrets, p.forms = append(p.secrets, string(secret)), append(p.forms, form)
		n := len(p.secrets)
		lines = append(lines, text)
		keyword, body, _ := strings.Cut(text, " ")
		made := fmt.Sprintf("root/.cache/pip/wheel%d", n)
		switch {
		case keyword == "RUN" && !strings.Contains(text, "<<EOF"):
			layer := imagetest.Layer{Files: []imagetest.File{imagetest.Fill(made, int64(20_000+n))}, CreatedBy: "RUN /bin/sh -c " + body + " # buildkit"}
			if n%2 == 0 { // findings quote the instruction that hid a file, too
				layer.Files = append(layer.Files, imagetest.Whiteout(fmt.Sprintf("root/.cache/pip/wheel%d", n-1)))
			}
			p.image.Layers = append(p.image.Layers, layer)
			fmt.Fprintln(&script, body)
		case keyword == "RUN":
			p.image.Layers = append(p.image.Layers, imagetest.Layer{Empty: true, CreatedBy: "RUN /bin/sh -c " + body + " # buildkit"})
		case keyword != "#":
			p.image.Layers = append(p.image.Layers, imagetest.Layer{Empty: true, CreatedBy: text})
		}
		if keyword == "ENV" && strings.Contains(body, "=") {
			p.image.Config.Env = append(p.image.Config.Env, strings.ReplaceAll(body, `"`, ""))
		}
	}
	lines = append(lines, p.files(r)...)
	p.image.Layers[0].Files = append(p.image.Layers[0].Files, imagetest.Text("entrypoint.sh", script.String()))
	p.image.Config.Entrypoint = []string{"/entrypoint.sh"}
	p.dockerfile = strings.Join(lines, "\n") + "\n"
	return p
}

// fileForms are files that hold a secret, @@, in each form that analyze/secrets knows.
var fileForms = [][2]string{
	{"srv/server.txt", "-----BEGIN PRIVATE KEY-----\n@@@@@@@@\n-----END PRIVATE KEY-----\n"},
	{"config/backup", "Bag Attributes\n-----BEGIN RSA PRIVATE KEY-----\n@@@@@@@@\n-----END RSA PRIVATE KEY-----\n"},
	{"app/account.json", `{"private_key": "-----BEGIN PRIVATE KEY-----\n@@@@@@@@\n-----END PRIVATE KEY-----\n"}`},
	{"srv/k.ppk", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPrivate-Lines: 1\n@@\n"},
	{"app/.npmrc", "//registry.example.org/:_authToken=@@\n"}, {"app/.yarnrc.yml", "npmAuthToken: @@\n"},
	{"home/u/.pypirc", "[pypi]\npassword = @@\n"}, {"root/.git-credentials", "https://me:@@@git.example.org\n"},
	{"root/.netrc", "machine x login me password @@\n"}, {"root/.docker/config.json", `{"auths": {"ghcr.io": {"auth": "@@"}}}`},
	{"root/.kube/config", "users:\n- user:\n    token: @@\n"}, {"root/.aws/credentials", "aws_secret_access_key = @@\n"},
	{"root/.vault-token", "hvs.@@\n"}, {"root/.pgpass", "h:1:d:u:@@\n"}, {"app/.env", "GITHUB_TOKEN=ghp_@@@@\n"},
	{"srv/.env", "DB_PASSWORD=@@\n"}, {"app/settings.yaml", "jwt: eyJhbGciOiJIUzI1NiJ9.@@.@@@@\n"}, {"app/config.json", `{"token": "glpat-@@"}`},
}

// files plants the secrets of fileForms, each in a layer of its own, of which every second
// deletes the one before.
func (p *planted) files(r *rand.Rand) (lines []string) {
	for i, form := range fileForms {
		secret := make([]byte, 24)
		for i := range secret {
			secret[i] = letters[r.IntN(len(letters))]
		}
		p.secrets, p.forms = append(p.secrets, string(secret)), append(p.forms, form[0])
		text := strings.ReplaceAll(form[1], "@@", string(secret))
		layer := imagetest.Layer{Files: []imagetest.File{imagetest.Text(form[0], text)}, CreatedBy: "COPY " + form[0] + " /" + form[0] + " # buildkit"}
		if i%2 == 1 {
			layer.Files = append(layer.Files, imagetest.Whiteout(fileForms[i-1][0]))
		}
		p.image.Layers = append(p.image.Layers, layer)
		p.planted = append(p.planted, form[0])
		lines = append(lines, "COPY "+form[0]+" /"+form[0])
	}
	return lines
}

// find names the forms whose secrets stand in a text.
func (p *planted) find(text string) (shown []string) {
	for i, secret := range p.secrets {
		if strings.Contains(text, secret) {
			shown = append(shown, p.forms[i])
		}
	}
	return shown
}

// Whatever the form in which a secret came into an image, no writer, no error, no
// sentence of tare fix and no file of the cache holds it.
func TestNothingShowsPlantedSecrets(t *testing.T) {
	part := imagetest.Rounds(6, 6, 1)
	p := plant(t, 7, part)
	if len(p.secrets) < 200/part {
		t.Fatalf("only %d forms", len(p.secrets))
	}
	dir := t.TempDir()
	archive, dockerfile := filepath.Join(dir, "image.tar"), filepath.Join(dir, "Dockerfile")
	if err := os.WriteFile(archive, p.image.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dockerfile, []byte(p.dockerfile), 0o600); err != nil {
		t.Fatal(err)
	}
	layers, err := store.Open(filepath.Join(dir, "cache"), store.DefaultSize)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"", dockerfile} {
		for _, build := range []bool{false, true} {
			if (!build || file == "") && imagetest.Rounds(0, 0, 1) == 0 {
				continue
			}
			result, err := analyze.Analyze(t.Context(), archive, analyze.Options{Dockerfile: file, Store: layers, NeedBuild: build, NoTree: !build})
			if err != nil {
				t.Fatalf("%v; it shows %q", err, p.find(err.Error()))
			}
			r := result.Report
			if len(r.Findings) == 0 || len(r.Instructions) < 200/part {
				t.Fatalf("%d findings of %d instructions", len(r.Findings), len(r.Instructions))
			}
			for _, name := range p.planted {
				if !slices.ContainsFunc(r.Findings, func(f model.Finding) bool {
					return f.Rule == "baked-in-secret" && slices.Contains(f.Paths, name)
				}) {
					t.Errorf("nothing is found in /%s", name)
				}
			}
			p.check(t, r, build)
			if build && file != "" {
				p.checkFix(t, r, result.Build)
			}
		}
	}
	files := 0
	err = filepath.WalkDir(filepath.Join(dir, "cache"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for _, form := range p.find(string(text)) {
			t.Errorf("the cache holds the secret of %s", form)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files in the cache, %v", files, err)
	}
}

func (p *planted) check(t *testing.T, r *model.Report, tree bool) {
	writers := machines(reporttest.Judged())
	writers["text"], writers["plain text"], writers["html"] = text.Report{Verbose: true}, text.Report{}, html.Page{Check: reporttest.Judged()}
	if tree {
		writers["files"] = JSON{Files: true}
	}
	for name, w := range writers {
		for _, form := range p.find(reporttest.Render(t, w, r)) {
			t.Errorf("%s shows the secret of %s", name, form)
		}
	}
}

func (p *planted) checkFix(t *testing.T, r *model.Report, knew *analyze.Build) {
	result, err := fix.Plan(r, []byte(p.dockerfile), fix.Options{Build: knew})
	if err != nil {
		t.Fatalf("%v; it shows %q", err, p.find(err.Error()))
	}
	var said strings.Builder
	for _, a := range result.Applied {
		fmt.Fprintln(&said, a.Summary)
	}
	for _, l := range result.Left {
		fmt.Fprintln(&said, l.Why)
	}
	if said.Len() == 0 {
		t.Error("tare fix says nothing")
	}
	for _, form := range p.find(said.String()) {
		t.Errorf("tare fix tells the secret of %s", form)
	}
}

// An error about a Dockerfile's syntax, or about where it and an image part,
// quotes no secret.
func TestErrorsOfDockerfilesShowNoSecret(t *testing.T) {
	part := imagetest.Rounds(4, 4, 1)
	p := plant(t, 8, part)
	dir := t.TempDir()
	archive, dockerfile := filepath.Join(dir, "image.tar"), filepath.Join(dir, "Dockerfile")
	if err := os.WriteFile(archive, p.image.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, form := range p.forms {
		if i%imagetest.Rounds(10, 10, 5) > 0 {
			continue // many of these read the image
		}
		line := strings.ReplaceAll(form, "@@", p.secrets[i])
		_, body, _ := strings.Cut(line, " ")
		for _, text := range []string{"FROM scratch\nCOPY app /bin/app\nRUN x\n" + line, "FROM scratch\n" + body, "FROM scratch\nENV " + body, "FROM scratch\n" + p.secrets[i] + " x"} {
			if err := os.WriteFile(dockerfile, []byte(text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := analyze.Image(t.Context(), archive, analyze.Options{Dockerfile: dockerfile})
			if err != nil && len(p.find(err.Error())) > 0 {
				t.Errorf("%q is an error that shows it: %v", text, err)
			}
		}
	}
}
