package archive_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"testing"

	"github.com/tare-oci/tare/analyze/compression/xz"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// bzipped is a docker archive of the image dz/plain:1 with one file f of 1,000
// bytes "A", compressed by bzip2: Go's library only reads the format.
const bzipped = `QlpoOTFBWSZTWYkTec0AAfX/gdyAAQhYZ//2LkRcGv//33oAgAgIQAJdzWcOChKJT1NMNCMmTU2QjI000AaA0AGEEqaBMmmFTTQNAAAAAAAAGKmptIANJ6E2gAIYRk9AAg2gEpCptppNJvU9KekNoTBAMTTJppgmgMNmr/4i884DEERMajhGIAh12EkCUoBQjLUg9FSUAiCQESUIbprlFAoIRbX2gWGg+2FwOw9dH6qcj7QUe4cOH+pUhRoNa5J7hSlOy2oLToeRSLyITldnNszGlM6gtB1FymBVcUtY+Um6c1PA+JCqIFVBkAyeiQEiQMvLj8tJNxrkLAxBkSwhOiCLoJ4iGh8LKUor3ximkaikh9DjIT1qCIgbiYcOHqJJSaY5olj3kqZawQIDxY05xQNtlUYthncPGrW4ZXIDjGTmMadixhAoWnBsZMCuUPSixuJwMTBTBjwkJcNJPeYOI1Eg5SSGDC6bCYwvHVEiTHYY4IDYqZK8kRImBG+zVXmAguq4DVXiSMHjRpEtm3DHVsJW4mZhQkwegOgYwCrw1XL8u1X94gZflgQngxmNTCq0jdziBCFdL4qo/XSwI2trKjsqcVjRhe2wbukRmFGp+ZisxSuLpwNGDLt89kj06Jy+RnETERIdeKJC2lNwHyDMNinuNtk5BT9bLUmq3pkNBOYSYefR4sCf+1m5SzPRGYBSiQeYXznJeWVpNrTBRkgyuN6kV1Ias9K2I6GzMS3kWzY7FlR5VBS1syt2xOjqSJmGrJahrYqWFISXkkpsEISRPWmjIu/lXxQMuyUzkBF1VI2WGuaPeERE56ZwP3vvHxsZ8hJ3dqCAKn+LuSKcKEhEibzmgA==`

func bzippedArchive(t *testing.T) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(bzipped)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestArchivesInXZAndBzip2: docker load and podman load read them.
func TestArchivesInXZAndBzip2(t *testing.T) {
	t.Parallel()
	for name, archive := range sourcetest.Shapes() {
		packed := imagetest.XZBlocks(archive.Tar(), 50_000)
		for way, img := range map[string]*source.Image{
			"file":  mustOpen(t, sourcetest.WriteFile(t, "image.tar.xz", packed), source.Options{}),
			"stdin": mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(packed)}),
		} {
			t.Run(name+", "+way, func(t *testing.T) {
				sourcetest.CheckLayers(t, img)
				if img.ID != sourcetest.Sample().ID().String() {
					t.Errorf("ID is %s", img.ID)
				}
			})
		}
	}
	for way, img := range map[string]*source.Image{
		"file":  mustOpen(t, sourcetest.WriteFile(t, "image", bzippedArchive(t)), source.Options{}),
		"named": mustOpen(t, "docker-archive:"+sourcetest.WriteFile(t, "image", bzippedArchive(t))+":dz/plain:1", source.Options{}),
		"stdin": mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(bzippedArchive(t))}),
	} {
		t.Run("bzip2, "+way, func(t *testing.T) { sourcetest.CheckLayers(t, img) })
	}
}

func TestDamagedXZAndBzip2(t *testing.T) {
	t.Parallel()
	whole := imagetest.XZBlocks(sourcetest.Sample().OCI().Tar(), 0)
	for name, c := range map[string]struct {
		content []byte
		says    string
	}{
		"xz, cut off":       {whole[:len(whole)/2], "ends early"},
		"xz, changed":       {append(bytes.Clone(whole[:200]), make([]byte, 5000)...), "damaged"},
		"xz and nothing":    {[]byte(xz.Magic + "...."), ""},
		"xz of text":        {imagetest.XZBlocks(bytes.Repeat([]byte("hello "), 500), 0), "archive is damaged"},
		"xz in xz":          {imagetest.XZBlocks(whole, 0), ""},
		"bzip2, cut off":    {bzippedArchive(t)[:100], "ends early"},
		"bzip2, changed":    {append(bzippedArchive(t)[:100], make([]byte, 500)...), "damaged bzip2 data"},
		"bzip2 and nothing": {[]byte("BZh91AY"), ""},
	} {
		for _, reference := range []string{sourcetest.WriteFile(t, "image", c.content), "-"} {
			t.Run(name, func(t *testing.T) {
				img := mustOpen(t, reference, source.Options{Stdin: bytes.NewReader(c.content)})
				_, err := sourcetest.ReadStream(img)
				sourcetest.WantError(t, err, c.says)
			})
		}
	}
}

// TestLayersInXZ: Docker and Podman unpack them, in archives of any kind.
func TestLayersInXZ(t *testing.T) {
	t.Parallel()
	img := sourcetest.Sample()
	for n := range img.Layers {
		img.Layers[n].Compression = imagetest.XZ
	}
	for name, archive := range map[string]imagetest.Archive{"oci": img.OCI(), "kaniko": img.Kaniko(), "containerd": img.Containerd()} {
		for _, reference := range []string{sourcetest.WriteFile(t, "image.tar", archive.Tar()), sourcetest.Directory(t, archive), "-"} {
			opened, err := source.Open(context.Background(), reference, source.Options{Stdin: bytes.NewReader(archive.Tar())})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			sourcetest.CheckLayers(t, opened)
			opened.Close()
		}
	}
}
