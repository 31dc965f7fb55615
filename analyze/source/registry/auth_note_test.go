package registry_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestCredentialsPassedOver: what the environment names and cannot be read is told
// even where the registry asks for no credential, without a word of the file.
func TestCredentialsPassedOver(t *testing.T) {
	host := sourcetest.Serve(t, nil)
	sourcetest.Push(t, host+"/app:1", sourcetest.Sample())
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for what, test := range map[string]struct{ named, variable, note string }{
		"nothing is named":       {},
		"a sound file":           {named: file("sound", `{"auths":{"r.example":{"auth":"c2VjcmV0"}}}`)},
		"an empty object":        {named: file("empty", `{}`)},
		"a sound variable":       {variable: `{"auths":{}}`},
		"a broken file":          {named: file("broken", `{"auths":{"r.example":{"auth":"c2VjcmV0`), note: "REGISTRY_AUTH_FILE names were not used: " + filepath.Join(dir, "broken") + " is broken JSON; correct the file"},
		"a file of nothing":      {named: file("nothing", ""), note: "is broken JSON"},
		"no such file":           {named: filepath.Join(dir, "absent"), note: "absent does not exist"},
		"a directory":            {named: dir, note: "is not a regular file"},
		"a broken variable":      {variable: `{"auths":{"r.example":{"auth":"c2VjcmV0`, note: "DOCKER_AUTH_CONFIG were not used"},
		"a file before variable": {named: filepath.Join(dir, "absent"), variable: "{", note: "absent does not exist"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Setenv("REGISTRY_AUTH_FILE", test.named)
			t.Setenv("DOCKER_AUTH_CONFIG", test.variable)
			img := mustOpen(t, "registry:"+host+"/app:1", source.Options{})
			defer img.Close()
			all := strings.Join(img.Notes, "\n")
			if strings.Contains(all, "c2VjcmV0") || (test.note == "") != (all == "") || !strings.Contains(all, test.note) {
				t.Errorf("notes %q, want %q", all, test.note)
			}
		})
	}
}
