package source

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestNamesThatAreNone: what is not an image's name is told by what it should have been.
func TestNamesThatAreNone(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("nothing", 0o755); err != nil {
		t.Fatal(err)
	}
	for reference, want := range map[string]string{
		"":                          "there is no image name; give a name",
		"docker:":                   "there is no image name; give a name",
		"docker://app:1":            "transports are written without slashes; for the engine write docker:app:1, for the registry registry:app:1",
		"https://r.example/app":     "this is not an image name; write registry:r.example/app",
		"oci:layout Dir":            "this is not an image name; write oci-dir:layout Dir",
		"containers-storage:[x]app": "this is not an image name; write podman:[x]app",
		"app@sha256:abc":            "this is not an image name; a digest has 64 hexadecimal digits",
		"Debian":                    "this is not an image name; names are in lower case",
		"./none.tar":                "there is no such file or directory; check the path",
		"none:1":                    "no file of that name, docker: not running",
		"demo:none":                 "none",
		"nothing":                   "the directory of that name is not an image, docker:",
		"./nothing":                 "the directory is not an image: it has neither index.json nor manifest.json",
	} {
		_, err := Open(t.Context(), reference, Options{Offline: true})
		sourcetest.WantError(t, err, "opening "+reference, want)
		if Advice(err) == nil && !strings.HasPrefix(reference, "demo:") {
			t.Errorf("%s: no advice in %v", reference, err)
		}
	}
	_, err := Open(t.Context(), "docker:app", Options{Platform: "a/b/c/d"})
	sourcetest.WantError(t, err, `platform "a/b/c/d" is not os/arch`)
}

// TestOpenFindsFiles: a path is a path in any spelling, with an image's name behind it
// or without; a layout that has the name of an image counts as the layout.
func TestOpenFindsFiles(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	packed := sourcetest.Sample().OCI().Tar()
	if err := os.WriteFile("app.tar", packed, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sourcetest.Sample().OCI().WriteDir(filepath.Join(dir, "app")); err != nil {
		t.Fatal(err)
	}
	for reference, from := range map[string]string{
		"app.tar":                            "oci-archive",
		"./app.tar":                          "oci-archive",
		filepath.Join(dir, "app.tar"):        "oci-archive",
		"app.tar:" + sourcetest.Sample().Tag: "oci-archive",
		"oci-archive:app.tar":                "oci-archive",
		"app":                                "oci-dir",
		"-":                                  "stdin",
	} {
		img := mustOpen(t, reference, Options{Offline: true, Stdin: bytes.NewReader(packed)})
		sourcetest.CheckLayers(t, img)
		if img.Source != from || img.ID != sourcetest.Sample().ID().String() {
			t.Errorf("%s: %s from %s", reference, img.ID, img.Source)
		}
	}
}

// TestOpenIsCancelled: whoever gives up is told no more than that.
func TestOpenIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, "app:1", Options{Offline: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// TestOrigins: every transport is a word of its own, and each can be written.
func TestOrigins(t *testing.T) {
	seen := make(map[string]bool)
	for _, o := range origins() {
		if transport, rest := splitTransport(o.transport + ":x"); transport != o.transport || rest != "x" || seen[transport] || o.open == nil {
			t.Errorf("%s: %q, %q", o.transport, transport, rest)
		}
		seen[o.transport] = true
	}
}

// TestOriginsAreWritten: whoever reads what tare opens finds every source.
func TestOriginsAreWritten(t *testing.T) {
	for _, page := range []struct{ file, before, after string }{
		{"README.md", "`tare ", ":"},
		{"docs/report.schema.json", " ", ","},
		{"ui/cli/root.go", " ", ","},
	} {
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(page.file)))
		if err != nil {
			t.Fatal(err)
		}
		// A list may break at any comma, and end at any of its names.
		plain := strings.NewReplacer("\n", " ", ".", ",", ";", ",").Replace(string(text))
		for _, o := range origins() {
			if !strings.Contains(plain, page.before+o.transport+page.after) {
				t.Errorf("%s does not name the source %q of origins.go; write it into the list there, then run go test ./docs -run CommandsPage -update", page.file, o.transport)
			}
		}
	}
}

// TestDoorFunctions: what the door passes on is what the rooms say.
func TestDoorFunctions(t *testing.T) {
	path := sourcetest.WriteFile(t, "file", []byte("abc"))
	file, err := OpenFile(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if text, err := io.ReadAll(file); string(text) != "abc" || err != nil {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if !PlatformMatches("linux/arm64", "linux/aarch64") || PlatformMatches("linux/arm64", "linux/amd64") {
		t.Error("platforms do not match as they should")
	}
}
