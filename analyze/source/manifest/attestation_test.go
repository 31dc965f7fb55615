package manifest_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// attested is an image for two platforms with a statement for each.
func attested(statement []byte) imagetest.Index {
	layer := imagetest.Layer{Files: []imagetest.File{imagetest.Text("a", "a")}, CreatedBy: "RUN a"}
	return imagetest.Index{
		Images:       []imagetest.Image{{Layers: []imagetest.Layer{layer}}, {Layers: []imagetest.Layer{layer}, Platform: "linux/arm64"}},
		Attestations: true, Statement: statement,
	}
}

func statementOf(predicate, padding string) []byte {
	return fmt.Appendf(nil, `{"predicateType":%q,"padding":%q}`, predicate, padding)
}

func TestProvenance(t *testing.T) {
	v02 := statementOf("https://slsa.dev/provenance/v0.2", "")
	v1 := statementOf("https://slsa.dev/provenance/v1", strings.Repeat(" ", 1<<20))
	spdx := statementOf("https://spdx.dev/Document", "")
	nested := attested(v1)
	nested.Nested = true
	bare := attested(v1)
	bare.Attestations = false
	// The digest of the statement, which is the attestation's only layer.
	blob := imagetest.Blob(imagetest.Digest(v1))
	tests := []struct {
		name    string
		archive imagetest.Archive
		want    []byte // nil: there is none
		err     string
	}{
		{"v0.2", attested(v02).OCI(), v02, ""},
		{"v1, in an index of its own", nested.OCI(), v1, ""},
		{"packages only", attested(spdx).OCI(), nil, ""},
		{"none", bare.OCI(), nil, ""},
		{"changed", attested(v1).OCI().Flip(blob), nil, "is not what it should be"},
		{"missing", attested(v1).OCI().Without(blob), nil, "is missing"},
		{"no JSON manifest", attested([]byte("{")).OCI(), nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "image.tar")
			if err := os.WriteFile(file, tt.archive.Tar(), 0o600); err != nil {
				t.Fatal(err)
			}
			img, err := source.Open(t.Context(), file, source.Options{Platform: "linux/arm64"})
			if err != nil {
				t.Fatal(err)
			}
			defer img.Close()
			var got []byte
			if img.Provenance != nil {
				got, err = img.Provenance(t.Context())
			}
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "\n") {
					t.Errorf("error %v, want one with %q", err, tt.err)
				}
				return
			}
			if err != nil || !bytes.Equal(got, tt.want) {
				t.Errorf("got %.100q, %v", got, err)
			}
		})
	}
}

// TestProvenanceElsewhere reads it from a stream, where it is known at the end,
// and from a registry.
func TestProvenanceElsewhere(t *testing.T) {
	statement := statementOf("https://slsa.dev/provenance/v1", "")
	index := attested(statement)
	check := func(t *testing.T, img *source.Image) {
		t.Helper()
		if img.Provenance == nil {
			t.Fatal("no provenance")
		}
		if got, err := img.Provenance(t.Context()); err != nil || !bytes.Equal(got, statement) {
			t.Errorf("got %q, %v", got, err)
		}
	}
	t.Run("stream", func(t *testing.T) {
		img := mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(index.OCI().Tar()), Platform: "linux/amd64"})
		if img.Provenance != nil {
			t.Error("known before the stream's end")
		}
		if _, err := sourcetest.ReadStream(img); err != nil {
			t.Fatal(err)
		}
		check(t, img)
	})
	t.Run("registry", func(t *testing.T) {
		reference := sourcetest.Serve(t, nil) + "/app:1"
		sourcetest.PushIndex(t, reference, index)
		check(t, mustOpen(t, "registry:"+reference, source.Options{Platform: "linux/amd64"}))
	})
}
