package bench

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"

	"github.com/klauspost/compress/gzip"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// warmRow is the row of the cache: the same command, first and again.
const warmRow = "5 GB, 200,000 files in 10 gzip layers: again, from the cache"

// large writes an image of 5 GB.
func large(file string) error {
	return largeImage(file, 10, func(put func(name string, size int64, mix int) error, l int) error {
		for i := range 20_000 {
			if err := put(fmt.Sprintf("srv/%d/%03d/file-%d", l, i%500, i), 25_000, 2); err != nil {
				return err
			}
		}
		return nil
	})
}

// huge writes an image of 20 GB, half of it one file.
func huge(file string) error {
	return largeImage(file, 2, func(put func(name string, size int64, mix int) error, l int) error {
		files := []int64{10 << 30, 1 << 30}[l]
		for i := range []int{1, 10}[l] {
			if err := put(fmt.Sprintf("srv/%d/file-%d", l, i), files, 16); err != nil {
				return err
			}
		}
		return nil
	})
}

// largeImage writes an OCI layout in an archive. It is streamed, as it would not
// fit into memory; its gzip layers lie beside it, too.
func largeImage(file string, layers int, fill func(put func(name string, size int64, mix int) error, layer int) error) error {
	dir := file + ".layers"
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	var img imagetest.Image
	blobs := make([]string, layers)
	for l := range layers {
		blobs[l] = fmt.Sprintf("%s/%d.gz", dir, l)
		if err := largeLayer(blobs[l], l, fill); err != nil {
			return err
		}
		// A small blob stands for the layer until the archive is written.
		img.Layers = append(img.Layers, imagetest.Layer{CreatedBy: fmt.Sprintf("RUN step %d # buildkit", l), Files: []imagetest.File{imagetest.Text("x", fmt.Sprint(l))}})
	}
	return writeLarge(file, img, blobs)
}

// largeLayer writes a gzip layer; of a file's bytes one in mix is noise.
func largeLayer(name string, l int, fill func(put func(name string, size int64, mix int) error, layer int) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	out := bufio.NewWriterSize(f, 1<<20)
	z, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
	if err != nil {
		return err
	}
	w := tar.NewWriter(z)
	noise := imagetest.Noise(name, 1<<20)
	at := 0
	err = fill(func(name string, size int64, mix int) error {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: size, Typeflag: tar.TypeReg}); err != nil {
			return err
		}
		block := make([]byte, 8<<10)
		for size > 0 {
			at = (at + 4099) % (len(noise) - len(block))
			copy(block[:len(block)/mix], noise[at:])
			n, err := w.Write(block[:min(size, int64(len(block)))])
			if err != nil {
				return err
			}
			size -= int64(n)
		}
		return nil
	}, l)
	if err != nil {
		return err
	}
	for _, c := range []io.Closer{w, z} {
		if err := c.Close(); err != nil {
			return err
		}
	}
	return out.Flush()
}

// writeLarge writes a layout whose layers are files.
func writeLarge(file string, img imagetest.Image, blobs []string) error {
	var manifest map[string]any
	if err := json.Unmarshal(img.RawManifest(), &manifest); err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	out := bufio.NewWriterSize(f, 1<<20)
	w := tar.NewWriter(out)
	put := func(name string, size int64, body io.Reader) error {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: size, Typeflag: tar.TypeReg}); err != nil {
			return err
		}
		_, err := io.Copy(w, body)
		return err
	}
	small := func(name string, body []byte) error { return put(name, int64(len(body)), bytes.NewReader(body)) }
	descriptors, _ := manifest["layers"].([]any)
	for l, blob := range blobs {
		digest, size, err := sumOf(blob)
		if err != nil {
			return err
		}
		d, _ := descriptors[l].(map[string]any)
		d["digest"], d["size"] = "sha256:"+digest, size
		body, err := os.Open(blob)
		if err != nil {
			return err
		}
		err = put("blobs/sha256/"+digest, size, body)
		body.Close()
		if err != nil {
			return err
		}
	}
	raw, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	digest := imagetest.Digest(raw)
	index := fmt.Sprintf(`{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":%d}]}`, digest, len(raw))
	for name, body := range map[string][]byte{
		"blobs/sha256/" + digest.Hex: raw, "blobs/sha256/" + img.ID().Hex: img.RawConfig(),
		"index.json": []byte(index), "oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`),
	} {
		if err := small(name, body); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return out.Flush()
}

// warmAndCold runs tare with an empty cache and again.
func warmAndCold(tare, image string, runs int) error {
	var warm, cold []figure
	var ratios []float64
	for range min(runs, 3) {
		dir, err := os.MkdirTemp("", "tare-cache-")
		if err != nil {
			return err
		}
		pair := make([]figure, 2)
		for i := range pair {
			cmd := exec.Command(tare, "-o", "text", image)
			cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+dir)
			if pair[i], err = measure(cmd); err != nil {
				return err
			}
		}
		os.RemoveAll(dir)
		cold, warm = append(cold, pair[0]), append(warm, pair[1])
		ratios = append(ratios, pair[0].wall.Seconds()/pair[1].wall.Seconds())
	}
	slices.Sort(ratios)
	a, b := median(warm), median(cold)
	fmt.Printf("| %s | %.2f s | %d MB | the first time %.2f s | %d MB | %.1f (%.1f–%.1f) |\n", warmRow, a.wall.Seconds(), a.peak>>20,
		b.wall.Seconds(), b.peak>>20, ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1])
	return nil
}

// sumOf is a file's SHA-256, in hexadecimal digits, and its size.
func sumOf(name string) (digest string, size int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	sum := sha256.New()
	size, err = io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), size, err
}
