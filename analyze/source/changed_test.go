package source

import (
	"os"
	"testing"
	"time"
)

// TestAnArchiveThatIsReplaced: whoever moves another archive into the place of the
// one that is read takes nothing from it.
func TestAnArchiveThatIsReplaced(t *testing.T) {
	path := write(t, "image.tar", sample().OCI().Tar())
	img := mustOpen(t, path, Options{})
	if err := os.Rename(write(t, "other.tar", other().OCI().Tar()), path); err != nil {
		t.Skip(err) // as on Windows
	}
	checkLayers(t, img)
	if err := img.Unchanged(); err != nil {
		t.Error(err)
	}
	img = mustOpen(t, path, Options{})
	if err := os.Chtimes(path, time.Now(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if img.Unchanged() == nil {
		t.Error("an archive that was changed is as it was")
	}
}
