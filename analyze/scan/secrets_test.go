package scan_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
)

// TestSecretsWithinPrograms finds a key that stands behind other text, however a layer is stored,
// in the image's own files of up to 64 KiB.
func TestSecretsWithinPrograms(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	program := "DEBUG = True\nKEY = \"\"\"" + key + "\"\"\"\n"
	comment := strings.Repeat("# a comment\n", 4000)
	files := []imagetest.File{
		imagetest.Text("app/a.py", program), imagetest.Text("app/late.js", comment+program), imagetest.Text("app/run", program),
		imagetest.Text("app/plain.py", comment), imagetest.Text("app/large.py", strings.Repeat(comment, 2)+program), imagetest.Text("app/short", "x"),
		imagetest.Text("app/node_modules/x/index.js", program), imagetest.Text("usr/lib/x.py", program), imagetest.Fill("app/noise", 3000), imagetest.Text("srv/key", key),
	}
	want := []string{"app/a.py", "app/late.js", "app/run", "srv/key"}
	for _, c := range imagetest.Compressions() {
		stored := imagetest.Layer{Files: files, Compression: c}
		blob := stored.Stored()
		x, err := scan.Layer(t.Context(), layer(blob, imagetest.Digest(blob).String(), ""), scan.Options{Secrets: true})
		if err != nil {
			t.Fatal(c, err)
		}
		var got []string
		for _, s := range x.Secrets {
			if !s.Sure || s.Kind != "a private key" {
				t.Errorf("%s: %+v", c, s)
			}
			got = append(got, x.Path(&x.Entries[s.Entry]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", c, got, want)
		}
	}
}
