package analyze_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestArchivesThatChange: an archive that somebody writes to while it is read
// gives no figures, whatever stage the reading has come to.
func TestArchivesThatChange(t *testing.T) {
	_, img := pair()
	for form, archive := range map[string]imagetest.Archive{"in place": img.Docker25(), "kaniko": img.Kaniko(), "oci": img.OCI()} {
		for _, phase := range []analyze.Phase{analyze.Reading, analyze.Judging} {
			file := filepath.Join(t.TempDir(), "image.tar")
			if err := os.WriteFile(file, archive.Tar(), 0o600); err != nil {
				t.Fatal(err)
			}
			done := false
			_, err := analyze.Image(t.Context(), file, analyze.Options{Progress: func(e analyze.Event) {
				if e.Phase != phase || done {
					return
				}
				done = true
				f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
				if err != nil {
					t.Error(err)
					return
				}
				defer f.Close()
				if _, err := f.WriteString("more"); err != nil {
					t.Error(err)
				}
			}})
			if err == nil || !strings.Contains(err.Error(), "was changed while it was read") || !strings.Contains(err.Error(), "image.tar") {
				t.Errorf("%s, changed in phase %v: %v", form, phase, err)
			}
		}
	}
}
