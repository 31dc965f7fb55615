package faults

import (
	"encoding/base64"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// planted are secrets, each where one of them leaks in life.
var planted = map[string]string{
	"the registry's password":        "planted-password-1",
	"a build argument":               "planted-buildarg-2",
	"an environment variable":        "planted-env-3",
	"a token in an address":          "planted-token-4",
	"a password in an address":       "planted-urlpass-5",
	"an option of the entry point":   "planted-option-6",
	"a label":                        "planted-label-7",
	"a file":                         "planted-content-8",
	"a header in a RUN":              "planted-header-9",
	"an ARG's default in Dockerfile": "planted-default-10",
	"a variable set in a RUN":        "planted-inline-11",
}

func leaky() imagetest.Image {
	return imagetest.Image{
		Config: v1.Config{
			Env:        []string{"PATH=/usr/bin", "DB_PASSWORD=planted-env-3"},
			Entrypoint: []string{"/app", "--token=planted-option-6"},
			Labels:     map[string]string{"api-token": "planted-label-7"},
		},
		Layers: []imagetest.Layer{
			{CreatedBy: "|1 API_KEY=planted-buildarg-2 /bin/sh -c make # buildkit", Files: []imagetest.File{imagetest.Fill("usr/bin/app", 5000), imagetest.Fill("var/lib/apt/lists/x", 9000)}},
			{CreatedBy: "RUN /bin/sh -c curl -H 'Authorization: Bearer planted-header-9' 'https://ann:planted-urlpass-5@example.org/x?access_token=planted-token-4' && API_TOKEN=planted-inline-11 ./setup # buildkit",
				Files: []imagetest.File{imagetest.Text("root/.aws/credentials", "[default]\naws_secret_access_key = planted-content-8\n"), imagetest.Whiteout("var/lib/apt/lists/x")}},
			{CreatedBy: "ENV DB_PASSWORD=planted-env-3", Empty: true},
			{CreatedBy: `ENTRYPOINT ["/app" "--token=planted-option-6"]`, Empty: true},
		},
	}
}

const leakyDockerfile = `FROM scratch
ARG API_KEY=planted-default-10
RUN make
RUN curl -H 'Authorization: Bearer planted-header-9' 'https://ann:planted-urlpass-5@example.org/x?access_token=planted-token-4' && API_TOKEN=planted-inline-11 ./setup
ENV DB_PASSWORD=planted-env-3
ENTRYPOINT ["/app", "--token=planted-option-6"]
`

// TestSecrets: no face, no error and no cache shows a secret of the image or of
// the user.
func TestSecrets(t *testing.T) {
	needFaults(t)
	healthy := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "ann" || password != planted["the registry's password"] {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		healthy.ServeHTTP(w, r)
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	to, err := name.ParseReference(host + "/app:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(to, leaky().V1(), remote.WithAuth(&authn.Basic{Username: "ann", Password: planted["the registry's password"]})); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	auth := base64.StdEncoding.EncodeToString([]byte("ann:" + planted["the registry's password"]))
	w.write("home/config.json", `{"auths":{"`+host+`":{"auth":"`+auth+`"}}}`)
	w.write("work/Dockerfile", leakyDockerfile)
	if err := os.WriteFile(w.at("work", "image.tar"), leaky().OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	reference := "registry:" + host + "/app:1"

	var said strings.Builder
	commands := [][]string{
		{reference}, {reference, "-v"}, {reference, "-v", "-f", "Dockerfile"}, {reference, "--accessible", "-o", "text"},
		{"image.tar", "-v", "--files", "-o", "json", "-f", "Dockerfile"},
		{"compare", "image.tar", reference, "-v"}, {"compare", "image.tar", reference, "-o", "json"}, {"compare", "image.tar", reference, "-o", "markdown"},
		{"check", reference, "-v", "--deny", "baked-in-secret"}, {"check", reference, "--against", "image.tar"},
		{"fix", reference, "-f", "Dockerfile", "-v", "--floor", "0"}, {"fix", "image.tar", "-f", "Dockerfile", "--strategy", "multi-stage", "--floor", "0"}, {"fix", "image.tar"},
		{"init", reference}, {"explain", "baked-in-secret"}, {"cache"},
		{"registry:" + host + "/nothing:1"}, {"registry:ann:" + planted["the registry's password"] + "@" + host + "/app:1"},
		{"https://ann:planted-urlpass-5@" + host + "/app:1"},
	}
	for _, format := range []string{"json", "html", "markdown", "sarif", "junit", "github", "gitlab"} {
		commands = append(commands, []string{reference, "--files", "-v", "-f", "Dockerfile", "-o", format}, []string{"check", "image.tar", "-o", format, "--deny", "baked-in-secret"})
	}
	for _, args := range commands {
		r := w.run(time.Minute, args...)
		text := r.out + r.complaint
		said.WriteString(text)
		if r.code > 2 || len(text) < 20 {
			t.Errorf("%q: exit code %d: %s", args, r.code, text)
		}
		for where, secret := range planted {
			typed := strings.Contains(strings.Join(args, " "), secret)
			edit := args[0] == "fix" && strings.Contains(leakyDockerfile, secret) // the user's own file, in a patch
			if i := strings.Index(text, secret); i >= 0 && !typed && !edit {
				t.Errorf("%q shows %s: …%s…", args, where, text[max(0, i-80):min(len(text), i+80)])
			}
		}
	}
	if !strings.Contains(said.String(), "***") || !strings.Contains(said.String(), "baked-in-secret") {
		t.Error("nothing was masked, and no secret was found")
	}
	err = filepath.WalkDir(w.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(path, w.at("cache")) && !strings.HasPrefix(path, w.at("tmp")) {
			return err
		}
		text, err := os.ReadFile(path)
		for where, secret := range planted {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s holds %s", path, where)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	table.add(t, "secrets", "eleven planted in image, Dockerfile, config and credentials", len(commands), "none in any face, error or cache entry")
}
