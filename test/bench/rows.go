package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/tare-oci/tare/analyze/imagetest"
)

func rows(tare string) []row {
	report := func(image string) *exec.Cmd { return exec.Command(tare, "--no-cache", "-o", "json", image) }
	dive := func(image string) *exec.Cmd {
		// With a file for its figures dive opens no interface, and no gate fails.
		return exec.Command("dive", "--source", "docker-archive", image, "--json", image+".dive")
	}
	return []row{
		{name: "500 MB uncompressed, 10 layers of 1,000 files", need: "dive", image: uncompressed, ours: report, other: dive},
		{name: "50,000 files, then 2,000 whiteouts", need: "dive", image: whiteouts, ours: report, other: dive, once: true},
		{name: screenRow, need: "dive", image: manyLayers, screens: true},
		{name: warmRow, need: "sh", image: large, warm: true},
		{name: "20 GB in 2 gzip layers, one file of 10 GB", need: "pigz", image: huge, ours: report, other: each("pigz -dc", "gz")},
		{name: "gzip layers of Go's own tree", need: "pigz", image: compressed(imagetest.Gzip), ours: report, other: each("pigz -dc", "gz")},
		{name: "zstd layers of Go's own tree", need: "zstd", image: compressed(imagetest.Zstd), ours: report, other: each("zstd -qdc", "zst")},
	}
}

// each decompresses the layers beside an image, one process a processor.
func each(command, ending string) func(string) *exec.Cmd {
	return func(image string) *exec.Cmd {
		script := fmt.Sprintf("ls -S '%s'.layers/*.%s | xargs -P %d -n 1 sh -c '%s \"$0\" >/dev/null'", image, ending, runtime.NumCPU(), command)
		return exec.Command("sh", "-c", script)
	}
}

func uncompressed(file string) error {
	var img imagetest.Image
	for l := range 10 {
		layer := imagetest.Layer{Compression: imagetest.None, CreatedBy: fmt.Sprintf("RUN step %d # buildkit", l)}
		for f := range 1000 {
			layer.Files = append(layer.Files, imagetest.Fill(fmt.Sprintf("srv/%d/%02d/file-%d", l, f%50, f), int64(50_000+f)))
		}
		img.Layers = append(img.Layers, layer)
	}
	return save(file, img.Legacy())
}

func whiteouts(file string) error {
	var files, gone []imagetest.File
	for f := range 50_000 {
		path := fmt.Sprintf("srv/%03d/file-%d", f%200, f)
		files = append(files, imagetest.Text(path, path))
		if f%25 == 0 {
			gone = append(gone, imagetest.Whiteout(path))
		}
	}
	img := imagetest.Image{Layers: []imagetest.Layer{
		{Files: files, Compression: imagetest.None, CreatedBy: "RUN make # buildkit"},
		{Files: gone, Compression: imagetest.None, CreatedBy: "RUN clean # buildkit"},
	}}
	return save(file, img.Legacy())
}

// compressed makes an image of files as they come in life: the Go distribution
// of this machine, its sources and its programs, in four layers.
func compressed(how imagetest.Compression) func(string) error {
	return func(image string) error {
		root, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			return err
		}
		if err := os.Mkdir(image+".layers", 0o755); err != nil {
			return err
		}
		ending := map[imagetest.Compression]string{imagetest.Gzip: "gz", imagetest.Zstd: "zst"}[how]
		img := imagetest.Image{Layers: make([]imagetest.Layer, 4)}
		n := 0
		err = filepath.WalkDir(strings.TrimSpace(string(root)), func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			body, err := os.ReadFile(path) //nolint:gosec // the Go distribution of this machine
			if err != nil {
				return err
			}
			layer := &img.Layers[n*4/24_000%4]
			n++
			layer.Files = append(layer.Files, imagetest.File{Path: path, Body: body})
			return nil
		})
		if err != nil {
			return err
		}
		for i := range img.Layers {
			img.Layers[i].Blob = store(img.Layers[i].Uncompressed(), how)
			file := filepath.Join(image+".layers", fmt.Sprintf("%d.%s", i, ending))
			if err := os.WriteFile(file, img.Layers[i].Blob, 0o644); err != nil {
				return err
			}
			img.Layers[i].Compression = how
		}
		return os.WriteFile(image, img.OCI().Tar(), 0o644)
	}
}

// store compresses as builders do: gzip and zstd at their default levels.
func store(tar []byte, how imagetest.Compression) []byte {
	return imagetest.Layer{Tar: tar, Compression: how}.Stored()
}

func save(file string, a imagetest.Archive) error { return os.WriteFile(file, a.Tar(), 0o644) }
