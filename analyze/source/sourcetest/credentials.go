package sourcetest

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// AuthFilesOf puts files of credentials where they belong, by short names, and
// keeps the test away from others.
func AuthFilesOf(t *testing.T, files map[string]any) {
	t.Helper()
	dir := t.TempDir()
	for variable, below := range map[string]string{"HOME": "home", "USERPROFILE": "home", "XDG_RUNTIME_DIR": "run", "XDG_CONFIG_HOME": "config", "DOCKER_CONFIG": "docker"} {
		t.Setenv(variable, filepath.Join(dir, below))
	}
	t.Setenv("REGISTRY_AUTH_FILE", filepath.Join(dir, "named.json"))
	paths := map[string]string{
		"named": "named.json", "runtime": "run/containers/auth.json", "config": "config/containers/auth.json",
		"docker": "docker/config.json", "old": "home/.dockercfg", "home": "home/.docker/config.json", "dotconfig": "home/.config/containers/auth.json",
	}
	for short, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(paths[short]))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		doc, isText := content.(string)
		if !isText {
			b, err := json.Marshal(content)
			if err != nil {
				t.Fatal(err)
			}
			doc = string(b)
		}
		if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Encoded is a user's credential as files of credentials have it.
func Encoded(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}
