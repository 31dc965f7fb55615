package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// hosts are where an engine would be looked for.
func hosts(t *testing.T, find func() ([]endpoint, error)) []string {
	t.Helper()
	endpoints, err := find()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range endpoints {
		all = append(all, e.network+" "+e.address)
	}
	return all
}

// writeContext writes a docker context into the docker directory.
func writeContext(t *testing.T, name, meta string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(name))
	id := hex.EncodeToString(sum[:])
	dir := filepath.Join(os.Getenv("DOCKER_CONFIG"), "contexts", "meta", id)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "meta.json"), []byte(meta), 0o644); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestDockerEndpoints(t *testing.T) {
	t.Setenv("DOCKER_CONFIG", t.TempDir())
	t.Setenv("DOCKER_HOST", "tcp://engine.example:2375")
	t.Setenv("DOCKER_CONTEXT", "remote")
	writeContext(t, "remote", `{"Name":"remote","Endpoints":{"docker":{"Host":"unix:///remote.sock"}}}`)
	writeContext(t, "current", `{"Name":"current","Endpoints":{"docker":{"Host":"npipe:////./pipe/other"}}}`)
	config := filepath.Join(os.Getenv("DOCKER_CONFIG"), "config.json")
	if err := os.WriteFile(config, []byte(`{"currentContext":"current"}`), 0o644); err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff([]string{"tcp engine.example:2375"}, hosts(t, dockerEndpoints)); diff != "" {
		t.Errorf("DOCKER_HOST: %s", diff)
	}
	t.Setenv("DOCKER_HOST", "")
	if diff := cmp.Diff([]string{"unix /remote.sock"}, hosts(t, dockerEndpoints)); diff != "" {
		t.Errorf("DOCKER_CONTEXT: %s", diff)
	}
	t.Setenv("DOCKER_CONTEXT", "")
	if diff := cmp.Diff([]string{`npipe \\.\pipe\other`}, hosts(t, dockerEndpoints)); diff != "" {
		t.Errorf("currentContext: %s", diff)
	}
	t.Setenv("DOCKER_CONTEXT", "gone")
	_, err := dockerEndpoints()
	sourcetest.WantError(t, err, `the docker context "gone" cannot be read`, "docker context ls")
	writeContext(t, "ssh", `{"Endpoints":{"docker":{"Host":"ssh://there"}}}`)
	t.Setenv("DOCKER_CONTEXT", "ssh")
	_, err = dockerEndpoints()
	sourcetest.WantError(t, err, `the docker context "ssh" is ssh://there`)

	t.Setenv("DOCKER_CONTEXT", "default")
	t.Setenv("XDG_RUNTIME_DIR", "/run/user/7")
	if runtime.GOOS != "windows" {
		found := hosts(t, dockerEndpoints)
		if diff := cmp.Diff([]string{"unix /var/run/docker.sock", "unix /run/user/7/docker.sock"}, found[:2]); diff != "" {
			t.Errorf("usual places: %s", diff)
		}
	}
}

func TestTLS(t *testing.T) {
	t.Setenv("DOCKER_CONFIG", t.TempDir())
	certificates := t.TempDir()
	for name, test := range map[string]struct {
		host, verify, path string
		want, unverified   bool
	}{
		"none":            {"tcp://h:1", "", "", false, false},
		"verify":          {"tcp://h:1", "1", certificates, true, false},
		"verify, default": {"tcp://h:1", "1", "", true, false},
		"only a path":     {"tcp://h:1", "", certificates, true, true},
		"unix":            {"unix:///s", "1", certificates, false, false},
		"https":           {"https://h:1", "", "", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DOCKER_HOST", test.host)
			t.Setenv("DOCKER_TLS_VERIFY", test.verify)
			t.Setenv("DOCKER_CERT_PATH", test.path)
			found, err := dockerEndpoints()
			if err != nil {
				t.Fatal(err)
			}
			config := found[0].tls
			if (config != nil) != test.want || config != nil && config.InsecureSkipVerify != test.unverified {
				t.Errorf("got %+v", config)
			}
		})
	}
	if err := os.WriteFile(filepath.Join(certificates, "ca.pem"), []byte("nothing"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := readTLS(certificates, false)
	sourcetest.WantError(t, err, "no certificate in", "ca.pem")
}
