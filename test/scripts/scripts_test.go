package scripts

import (
	"flag"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/ui/cli"
	"github.com/tare-oci/tare/ui/forge/forgetest"
)

var update = flag.Bool("update", false, "write anew the output that a script compares")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tare": cli.Main})
}

// TestScripts runs the command scripts of testdata/script: what a person types,
// and what they get to see. `go test ./test/scripts -run Scripts/NAME -v` shows one of them,
// `-update` writes the output that a script compares with `cmp` into it.
func TestScripts(t *testing.T) {
	images := httptest.NewServer(registry.New(registry.Logger(discard)))
	t.Cleanup(images.Close)
	samples := t.TempDir()
	gitHub, gitLab := forgetest.GitHub(t), forgetest.GitLab(t) // for one script each
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		ContinueOnError:     true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			// No engine, no settings and no credentials of whoever runs the tests.
			if covered := os.Getenv("GOCOVERDIR"); covered != "" {
				env.Setenv("GOCOVERDIR", covered) // what the scripts run counts, too
			}
			home := filepath.Join(env.WorkDir, "home")
			env.Setenv("HOME", home)
			env.Setenv("DOCKER_CONFIG", home)
			env.Setenv("DOCKER_HOST", "unix://"+filepath.Join(env.WorkDir, "no-docker.sock"))
			env.Setenv("CONTAINER_HOST", "unix://"+filepath.Join(env.WorkDir, "no-podman.sock"))
			env.Setenv("LANG", "C.UTF-8")
			env.Setenv("SAMPLES", samples) // a cache for scripts that look at the built-in samples, and are not about the cache
			env.Setenv("REGISTRY", strings.TrimPrefix(images.URL, "http://"))
			env.Setenv("CLOSED", closedPort(env.T()))
			env.Setenv("GITHUB", gitHub.URL)
			env.Setenv("GITLAB", gitLab.URL+"/api/v4")
			return os.MkdirAll(home, 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"mkimage": mkimage, "pushimage": pushimage, "refused": refused, "fails": fails, "oneline": oneline,
			"comments": comments(map[string]*forgetest.API{"github": gitHub, "gitlab": gitLab}),
		},
		Condition: func(word string) (bool, error) {
			switch word {
			case "root":
				return os.Geteuid() == 0, nil
			case "many": // what is compared later in a script is written anew, too
				return *update || imagetest.Rounds(0, 0, 1) > 0, nil
			}
			return false, nil
		},
	})
}

// closedPort is a loopback address where nobody listens.
func closedPort(t testscript.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestInterrupt holds that a signal ends a scan at once, with the signal's exit
// code, no report and no stack trace.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signals to send to another process")
	}
	archive := imagetest.Image{Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Fill("f", 1<<20)}, Compression: imagetest.None}}}.OCI().Tar()
	for signal, code := range map[os.Signal]int{os.Interrupt: 130, terminate: 143} {
		t.Run(signal.String(), func(t *testing.T) {
			cmd := exec.Command("tare", "-")
			var stdout, stderr strings.Builder
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// More than a pipe holds: when it is written, somebody reads.
			if _, err := in.Write(archive[:len(archive)/2]); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // the exit code is looked at
			if got := cmd.ProcessState.ExitCode(); got != code {
				t.Errorf("exit code %d, not %d", got, code)
			}
			if stdout.Len() > 0 || strings.Count(stderr.String(), "\n") > 1 {
				t.Errorf("it says %q and %q", stdout.String(), stderr.String())
			}
		})
	}
}
