package html_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// The report of an image of 200,000 files and 3,000 packages, half of it waste,
// is a page that a browser lays out with ease: small, of few elements, and it
// says what it leaves out.
func TestHTMLOfManyFiles(t *testing.T) {
	b := startChromium(t)
	const count = 200_000
	var files, gone []imagetest.File
	var status strings.Builder
	for i := range count {
		path := fmt.Sprintf("srv/%02d/%03d/a-file-with-a-name-%06d", i%40, i/40%500, i)
		files = append(files, imagetest.Text(path, "content "[i%8:]))
		if i%2 == 0 {
			gone = append(gone, imagetest.Whiteout(path))
		}
	}
	for i := range 3_000 {
		fmt.Fprintf(&status, "Package: package-%d\nStatus: install ok installed\nVersion: 1.%d\nArchitecture: amd64\nInstalled-Size: 1\n\n", i, i)
	}
	files = append(files, imagetest.Text("var/lib/dpkg/status", status.String()))
	archive := filepath.Join(t.TempDir(), "many.tar")
	image := imagetest.Image{Layers: []imagetest.Layer{{Files: files, CreatedBy: "RUN /bin/sh -c make # buildkit"}, {Files: gone, CreatedBy: "RUN /bin/sh -c rm some # buildkit"}}}
	if err := os.WriteFile(archive, image.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	file := Page(t, "many", "oci-archive:"+archive, analyze.Options{}, nil)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 2_000_000 {
		t.Errorf("the page has %d bytes", info.Size())
	}
	b.window(file, 1280, 900, "light", true)
	if n := b.number("document.querySelectorAll('*').length"); n > 20_000 {
		t.Errorf("the page has %d elements", n)
	}
	for _, want := range []string{"200,001 files in 2 layers", "and 99,900 more files", "and 2,000 smaller packages; the JSON report lists all."} {
		if !strings.Contains(b.text("document.body.textContent"), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	b.shoot("many")
	for _, c := range b.complaints(file) {
		t.Error(c)
	}
}
