package releases_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestLinesToBlame: where a label or an argument above has another value and nothing else changed, it is the reason why
// what is below was built again; where something above holds something else, or nothing has another value, it is not.
func TestLinesToBlame(t *testing.T) {
	const classic = "/bin/sh -c #(nop)  "
	for _, row := range []struct {
		name  string
		lines string // in which @ is the release
		want  string // by which the RUN was built again
	}{
		{"a label of the classic builder", classic + "ARG BUILD=dev\n" + classic + "LABEL build=@\n|1 BUILD=@ /bin/sh -c apt-get update", "LABEL build=@"},
		{"an argument of BuildKit", "ARG BUILD=@\nLABEL build=@\nRUN |1 BUILD=@ /bin/sh -c apt-get update # buildkit", "ARG BUILD"},
		{"a variable", "ENV BUILD=@\nRUN /bin/sh -c apt-get update # buildkit", "ENV BUILD=@"},
		{"a label of BuildKit", "LABEL build=@\nRUN /bin/sh -c apt-get update # buildkit", ""},
		{"another content above", "ARG BUILD=@\nCOPY new /app # buildkit\nRUN |1 BUILD=@ /bin/sh -c apt-get update # buildkit", ""},
		{"nothing", "ENV A=b\nRUN /bin/sh -c apt-get update # buildkit", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			var images []imagetest.Image
			for _, at := range []string{"1", "2"} {
				img := imagetest.Image{Layers: []imagetest.Layer{{CreatedBy: "ADD rootfs / # buildkit", Files: []imagetest.File{imagetest.Same("bin/sh", "sh", 5000)}}}}
				for line := range strings.Lines(strings.ReplaceAll(row.lines, "@", at)) {
					line = strings.TrimSpace(line)
					l := imagetest.Layer{CreatedBy: line, Empty: true}
					if strings.Contains(line, "apt-get") || strings.HasPrefix(line, "COPY") {
						f := imagetest.Same("usr/bin/curl", "curl", 8000)
						if strings.HasPrefix(line, "COPY") {
							f = imagetest.Same("app", "app"+at, 4000)
						}
						f.ModTime = time.Unix(1_700_000_000+int64(at[0]), 0)
						l.Files, l.Empty = []imagetest.File{f}, false
					}
					if strings.Contains(row.lines, "# buildkit") {
						l.Comment = "buildkit.dockerfile.v0"
					}
					img.Layers = append(img.Layers, l)
				}
				images = append(images, img)
			}
			r := rowOf(t, images, true)
			for i := range r.Lines {
				l := &r.Lines[i]
				got := ""
				if l.RebuiltBy != nil {
					got = l.RebuiltBy.Text
				}
				want := ""
				if strings.Contains(l.Step.Text, "apt-get") {
					want = strings.ReplaceAll(row.want, "@", "2")
					if *l.AgainBytes == 0 {
						t.Error("it is not pulled for nothing")
					}
				}
				if got != want {
					t.Errorf("%s was built again for %q, want %q", l.Step.Text, got, want)
				}
			}
		})
	}
}
