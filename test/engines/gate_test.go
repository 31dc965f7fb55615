package engines

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// gate runs tare check and returns what it prints and its exit code.
func gate(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	c := exec.Command(tare, append([]string{"check"}, args...)...)
	var b bytes.Buffer
	c.Stdout, c.Stderr = &b, &b
	err := c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return b.String(), exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), 0
}

// TestGate checks images as they are, fixes their Dockerfiles by what the gate
// and tare fix say, builds them again and checks those.
func TestGate(t *testing.T) {
	needEngine(t)
	says := map[string][]string{ // the rule to fix first, where, and how
		"naive":      {"apt-lists", "line 2", "Join the 3 RUNs"},
		"recommends": {"apt-recommends", "line 2", "without recommended packages"},
		"layers":     {"metadata-copy", "line 2", "Join the 2 RUNs"},
	}
	for _, name := range images {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "Dockerfile")
			if err := os.WriteFile(file, []byte(dockerfile(t, name)), 0o600); err != nil {
				t.Fatal(err)
			}
			reference := "docker:" + image(t, name)
			out, code := gate(t, reference, "-f", file)
			if code != 1 {
				t.Fatalf("the image passes, or could not be checked (%d):\n%s", code, out)
			}
			for _, want := range says[name] {
				if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
					t.Errorf("the gate does not say %q:\n%s", want, out)
				}
			}
			command(t, nil, nil, tare, "fix", "-q", "--write", "-f", file, reference)
			fixed, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			after := build(t, name+"-checked", string(fixed))
			if out, code := gate(t, "docker:"+after, "-f", file); code != 0 {
				t.Errorf("after tare fix it ends with %d:\n%s\n%s", code, fixed, out)
			}
			// An old image can be held to adding nothing today.
			if out, code := gate(t, reference, "--against", "docker:"+after); code != 1 {
				t.Errorf("it wastes more than the fixed one, and ends with %d:\n%s", code, out)
			}
			if out, code := gate(t, reference, "--against", reference); code != 0 {
				t.Errorf("held against itself it ends with %d:\n%s", code, out)
			}
		})
	}
}

// TestCompareNamesThePackage compares two builds that differ by one package.
func TestCompareNamesThePackage(t *testing.T) {
	needEngine(t)
	const text = "FROM " + registry + "/debian:slim\nRUN apt-get update && \\\n    apt-get install -y --no-install-recommends file"
	const end = " && rm -rf /var/lib/apt/lists/*\n"
	older, newer := build(t, "compared-old", text+end), build(t, "compared-new", text+" tree"+end)
	var c model.Comparison
	if err := json.Unmarshal(command(t, nil, nil, tare, "compare", "-o", "json", "docker:"+older, "docker:"+newer), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Packages) != 1 || c.Packages[0].Name != "tree" {
		t.Fatalf("the packages that changed: %+v", c.Packages)
	}
	p := c.Packages[0]
	var installed int64 // of what the package brought, in the image itself
	for _, f := range analyze(t, nil, nil, "docker:"+newer).Packages {
		if f.Name == "tree" {
			installed = f.Bytes
		}
	}
	if p.Bytes.Old != 0 || p.Bytes.New != installed || installed < 10_000 {
		t.Errorf("tree weighs %+v, %d in the image", p.Bytes, installed)
	}
	told := string(command(t, nil, nil, tare, "compare", "docker:"+older, "docker:"+newer))
	for _, want := range []string{"tree", "RUN apt-get update"} {
		if !strings.Contains(told, want) {
			t.Errorf("the comparison does not say %q:\n%s", want, told)
		}
	}
}
