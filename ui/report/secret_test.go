package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
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
		writers := machines(judged())
		writers["text"], writers["files"], writers["html"] = Text{Verbose: true}, JSON{Files: true}, HTML{Check: judged()}
		for name, w := range writers {
			text := render(t, w, r)
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
