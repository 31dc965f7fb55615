package analyze_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// opened opens and analyses an image, which stays open until the test ends.
func opened(t *testing.T, reference string, opt analyze.Options) (*analyze.Handle, *model.Report) {
	t.Helper()
	h, err := analyze.Open(t.Context(), reference, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	result, err := h.Analyze(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h, result.Report
}

// visible is the version of a path that a container sees.
func visible(t *testing.T, r *model.Report, path string) model.RecordID {
	t.Helper()
	node, _ := r.Tree.Lookup(path)
	id, ok := r.Tree.Visible(node)
	if !ok {
		t.Fatal(path, "is not in the image")
	}
	return id
}

// TestHandleOpensOnce: however many files a user looks into, at the same time too, the
// registry is asked for manifests once.
func TestHandleOpensOnce(t *testing.T) {
	m := newMeter(t)
	reference := m.push(t, contentImage(imagetest.Gzip))
	m.asked.Store(0)
	h, r := opened(t, reference, analyze.Options{})
	asked := m.asked.Load()
	var all sync.WaitGroup
	for _, path := range []string{"usr/bin/tool", "etc/conf", "etc/again", "usr/bin/late"} {
		all.Go(func() {
			if got := readAll(t, h, r, visible(t, r, path)); len(got) < 900 {
				t.Errorf("%s has %d bytes", path, len(got))
			}
		})
	}
	all.Wait()
	if n := m.asked.Load(); n != asked || n == 0 {
		t.Errorf("%d documents were asked for, %d of them by the analysis", n, asked)
	}
}

// TestHandleStaysOpen: a file that the user looks into can be read to its end after the
// handle is closed. No other one can be opened then.
func TestHandleStaysOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(path, contentImage(imagetest.None).OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	h, r := opened(t, path, analyze.Options{})
	late := visible(t, r, "usr/bin/late")
	first, err := h.Content(t.Context(), r, nil, late)
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.Content(t.Context(), r, nil, late)
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	first.Close() // a second time frees nothing that another reader needs
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h.Close()
	if got, err := io.ReadAll(second); err != nil || !bytes.Equal(got, imagetest.Noise("bin/late", 300_000)) {
		t.Errorf("%d bytes are left to read: %v", len(got), err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
	if _, err := h.Image.File.Stat(); err == nil {
		t.Error("the archive is still open")
	}
	if _, err := h.Content(t.Context(), r, nil, late); err == nil || !strings.Contains(err.Error(), "read again") {
		t.Errorf("a closed image is opened: %v", err)
	}
}
