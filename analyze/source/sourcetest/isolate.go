package sourcetest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// Isolate runs a package's tests away from the engines, the settings and the
// credentials of whoever runs them, and returns the exit code.
func Isolate(m *testing.M) int {
	home, err := os.MkdirTemp("", "tare-source")
	if err != nil {
		panic(err)
	}
	for _, name := range []string{"DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "REGISTRY_AUTH_FILE", "DOCKER_AUTH_CONFIG", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
		os.Unsetenv(name)
	}
	for _, name := range []string{"HOME", "USERPROFILE", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "TMPDIR", "DOCKER_CONFIG"} {
		os.Setenv(name, home)
	}
	os.Setenv("DOCKER_HOST", "unix://"+filepath.Join(home, "no-docker.sock"))
	os.Setenv("CONTAINER_HOST", "unix://"+filepath.Join(home, "no-podman.sock"))
	// Parallel tests wait most of their time, so more of them run at once than there
	// are processors. The command line has the last word.
	_ = flag.Set("test.parallel", "16")
	code := m.Run()
	os.RemoveAll(home)
	return code
}
