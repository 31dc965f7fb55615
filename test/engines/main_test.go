package engines

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/test/program"
)

const registry = "127.0.0.1:5057"

// images are the Dockerfiles in testdata/images.
var images = []string{"naive", "layers", "recommends"}

// tare is the program under test.
var tare string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if os.Getenv("TARE_REAL") != "1" {
		return m.Run()
	}
	return program.Test(m, &tare)
}

// needEngine skips the test unless the real thing was asked for.
func needEngine(t *testing.T) {
	t.Helper()
	if os.Getenv("TARE_REAL") != "1" {
		t.Skip("needs a real engine and registry: eval \"$(.ci/real-up)\" and set TARE_REAL=1")
	}
}

// command runs a program and returns what it wrote to standard output; what it
// wrote to standard error is in the failure.
func command(t *testing.T, in io.Reader, env []string, name string, args ...string) []byte {
	t.Helper()
	var out, complaints bytes.Buffer
	c := exec.Command(name, args...)
	c.Stdin, c.Stdout, c.Stderr = in, &out, &complaints
	// The classic builder: BuildKit asks for rights to use the host's network.
	c.Env = append(append(os.Environ(), "DOCKER_BUILDKIT=0"), env...)
	if err := c.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, complaints.Bytes())
	}
	return out.Bytes()
}

func docker(t *testing.T, args ...string) string {
	t.Helper()
	return strings.TrimSpace(string(command(t, nil, nil, "docker", args...)))
}

// build makes an image from a Dockerfile without a context and returns its
// reference. The engine has no bridge, so steps use the host's network.
func build(t *testing.T, name, dockerfile string) string {
	t.Helper()
	reference := registry + "/tare-engines/" + name + ":1"
	command(t, strings.NewReader(dockerfile), nil, "docker", "build", "-q", "--network", "host", "-t", reference, "-")
	return reference
}

// dockerfile returns the Dockerfile of one of the images.
func dockerfile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "images", name, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var pushed sync.Map

// image builds one of the images, pushes it to the registry and returns its
// reference. It does so once.
func image(t *testing.T, name string) string {
	t.Helper()
	if reference, ok := pushed.Load(name); ok {
		return reference.(string)
	}
	reference := build(t, name, dockerfile(t, name))
	docker(t, "push", "-q", reference)
	pushed.Store(name, reference)
	return reference
}

// document is the JSON report with --files.
type document struct {
	model.Report
	Files   []file  `json:"files"`
	Entries []entry `json:"entries"`
}

type file struct {
	Path     string        `json:"path"`
	Links    []string      `json:"links"`
	Size     int64         `json:"size"`
	Verdict  model.Verdict `json:"verdict"`
	Mode     string        `json:"mode"`
	UID, GID *int64
}

type entry struct {
	Path     string  `json:"path"`
	Type     string  `json:"type"`
	Target   *string `json:"target"`
	Mode     *string `json:"mode"`
	UID, GID *int64
}

// analyze runs tare on an image and reads its report.
func analyze(t *testing.T, in io.Reader, env []string, reference string) document {
	t.Helper()
	out := command(t, in, env, tare, "--files", "-o", "json", reference)
	var d document
	if err := json.Unmarshal(out, &d); err != nil {
		t.Fatalf("%s: the report is no JSON: %v", reference, err)
	}
	return d
}
