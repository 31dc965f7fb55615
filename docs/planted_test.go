package docs

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// planted is part of every secret of this test, so that one word finds them all.
const planted = "PLANTED0123456789"

// TestNothingIsTold runs the action on an image with secrets, with a token, and with an API
// that answers with what it was sent: nothing that is printed or written holds any of them.
func TestNothingIsTold(t *testing.T) {
	t.Parallel()
	a, step := readAction(t)
	key := "-----BEGIN OPENSSH PRIVATE KEY-----\n" + strings.Repeat(planted+"\n", 20) + "-----END OPENSSH PRIVATE KEY-----\n"
	image := imagetest.Image{
		Config: v1.Config{Env: []string{"API_KEY=sk_live_" + planted + "abcdef", "AWS_SECRET_ACCESS_KEY=" + planted + "abcdefghijklmnopqrstuvwxyz"[:23]}, Labels: map[string]string{"login": "password=" + planted}},
		Layers: []imagetest.Layer{
			{CreatedBy: "COPY id_rsa /root/.ssh/id_rsa # buildkit", Files: []imagetest.File{{Path: "root/.ssh/id_rsa", Body: []byte(key), Mode: 0o600}}},
			{CreatedBy: "RUN |1 TOKEN=ghp_" + planted + "abcdefghijklmnopqrs /bin/sh -c curl -H 'Authorization: Bearer ghp_" + planted + "abcdefghijklmnopqrs' x # buildkit", Files: []imagetest.File{imagetest.Fill("app", 3_000_000)}},
		},
	}
	for _, status := range []int{http.StatusOK, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTeapot} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			p := newPipeline(t)
			p.write("secret.tar", string(image.Docker25().Tar()))
			p.write("Dockerfile", "FROM scratch\nCOPY id_rsa /root/.ssh/id_rsa\nRUN curl x\n")
			asked := 0
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked++
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				fmt.Fprintf(w, `{"message": "your token %s is no good"}`, r.Header.Get("Authorization"))
			}))
			defer api.Close()
			given := map[string]string{"image": "secret.tar", "dockerfile": "Dockerfile", "token": "ghs_" + planted + "abcdefghijklmnopqrs", "sarif": "out.sarif", "program": "tare",
				"arguments": "-o html=out.html -o gitlab=out.gitlab -o junit=out.xml -o markdown=out.md -v"}
			out, code := p.run(step.Run, append(a.inputs(step, given), "GITHUB_ACTIONS=true", "GITHUB_API_URL="+api.URL, "GITHUB_REPOSITORY=shop/api",
				"GITHUB_REF=refs/pull/7/merge", "GITHUB_BASE_REF=main")...)
			if code == 0 || asked == 0 {
				t.Errorf("it ends with %d after %d questions: this test plants nothing\n%s", code, asked, out)
			}
			if strings.Contains(out, planted) {
				t.Errorf("it prints a secret:\n%s", out)
			}
			nothingPlanted(t, p.dir)
		})
	}
}

// nothingPlanted looks into all that a run left, but what was there before.
func nothingPlanted(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "secret.tar" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		if bytes.Contains(content, []byte(planted)) {
			t.Errorf("%s holds a secret", path)
		}
		return nil
	})
	if err != nil || files < 3 {
		t.Errorf("there are %d files (%v)", files, err)
	}
}
