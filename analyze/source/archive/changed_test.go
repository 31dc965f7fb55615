package archive_test

import (
	"os"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestAnArchiveThatIsReplaced: whoever moves another archive into the place of the
// one that is read takes nothing from it.
func TestAnArchiveThatIsReplaced(t *testing.T) {
	path := sourcetest.WriteFile(t, "image.tar", sourcetest.Sample().OCI().Tar())
	img := mustOpen(t, path, source.Options{})
	if err := os.Rename(sourcetest.WriteFile(t, "other.tar", sourcetest.Other().OCI().Tar()), path); err != nil {
		t.Skip(err) // as on Windows
	}
	sourcetest.CheckLayers(t, img)
	if err := img.Unchanged(); err != nil {
		t.Error(err)
	}
	img = mustOpen(t, path, source.Options{})
	if err := os.Chtimes(path, time.Now(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if img.Unchanged() == nil {
		t.Error("an archive that was changed is as it was")
	}
}
