package terminal

import (
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// built is an image whose second step removes what its first one wrote, or as it is built
// when both are one.
func built(joined bool) imagetest.Image {
	base := imagetest.Layer{CreatedBy: "ADD rootfs.tar / # buildkit", Comment: "buildkit.dockerfile.v0", Files: []imagetest.File{imagetest.Fill("usr/bin/sh", 900_000)}}
	const wrote, removed = "RUN /bin/sh -c fetch /srv/data && build /srv/data", "RUN /bin/sh -c rm /srv/data/a # buildkit"
	kept := imagetest.Fill("srv/data/b", 500_000)
	image := imagetest.Image{Layers: []imagetest.Layer{base,
		{CreatedBy: wrote + " # buildkit", Comment: "buildkit.dockerfile.v0", Files: []imagetest.File{imagetest.Fill("srv/data/a", 8_000_000), kept}},
		{CreatedBy: removed, Comment: "buildkit.dockerfile.v0", Files: []imagetest.File{imagetest.Whiteout("srv/data/a")}},
	}}
	if joined {
		image.Layers = []imagetest.Layer{base, {CreatedBy: wrote + " && rm /srv/data/a # buildkit", Comment: "buildkit.dockerfile.v0", Files: []imagetest.File{kept}}}
	}
	return image
}

// TestBuildsBeside: b builds with what was written, and opens the new image beside the old
// one, with what was predicted; r does so too.
func TestBuildsBeside(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term := open(t, setting{columns: s.columns, rows: s.rows, args: []string{"oci-archive:app.tar", "-f", "Dockerfile"}, files: map[string]string{
			"app.tar": string(built(false).OCI().Tar()), "new.tar": string(built(true).OCI().Tar()),
			"Dockerfile": "FROM scratch\nADD rootfs.tar /\nRUN fetch /srv/data && build /srv/data\nRUN rm /srv/data/a\n",
		}})
		term.wait("9.4 MB → 1.4 MB with 1 change", "? help")
		term.see("W", "what would be written")
		term.agree("Enter")
		term.see("b", "Enter runs it")
		term.press("C-u")
		term.text("cp new.tar app.tar")
		term.see("Enter", "9.4 MB → 1.4 MB", "Findings")
		if s.columns > 40 {
			term.wait("predicted")
		}
		term.whole()
		term.see("q", "? help")
		term.gone("Findings")
		term.see("C", "Findings")
		term.press("q", "q")
		term.left(0)
	})
}
