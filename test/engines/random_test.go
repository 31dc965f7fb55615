//go:build linux

package engines

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestRandomImagesAreTheEngines compares what tare says is visible of random
// images, made of all that engines treat in ways of their own, with what three
// engines show. TARE_RANDOM is how many images Docker gets, 60 unless set;
// containerd and Podman get a tenth of them, 20 at the least.
func TestRandomImagesAreTheEngines(t *testing.T) {
	needEngine(t)
	images := 60
	if set := os.Getenv("TARE_RANDOM"); set != "" {
		n, err := strconv.Atoi(set)
		if err != nil {
			t.Fatalf("TARE_RANDOM: %v", err)
		}
		images = n
	}
	few := max(images/10, 20)
	t.Run("docker", func(t *testing.T) { compareRandom(t, images, dockerTree, false) })
	t.Run("podman", func(t *testing.T) { compareRandom(t, few, podmanTree(t), false) })
	t.Run("containerd", func(t *testing.T) { compareRandom(t, few, containerdTree(t), true) })
}

// bundle is how many random images are put into one, each in a directory of its
// own: an engine takes as long for one as for all of them.
const bundle = 50

// engine loads an archive, with an error where it refuses to, and returns the
// filesystem of the image.
type engine func(t *testing.T, archive string) (map[string]node, error)

// comparison is one engine's.
type comparison struct {
	tree                        engine
	bundles, compared, surprise int
}

// compareRandom makes images until that many have been compared: one that the
// engine refuses against what imagetest expects is no comparison, and another
// takes its place. containerd tells that paths may be there twice, and go through
// links to what is not in the layer.
func compareRandom(t *testing.T, images int, tree engine, containerd bool) {
	r := rand.New(rand.NewPCG(uint64(images), 7))
	c := comparison{tree: tree}
	refused := 0
	for c.compared < images && c.surprise <= images/4 && !t.Failed() {
		var some [][][]imagetest.File
		for len(some) < min(bundle, images-c.compared) {
			layers := imagetest.Nasty(r, fmt.Sprintf("r%d/", len(some)), !containerd)
			_, err := imagetest.Merge(layers...)
			refusal := (*imagetest.Refusal)(nil)
			switch {
			case errors.As(err, &refusal) && !(containerd && refusal.Docker), containerd && opaqueBase(layers[0]):
				refused++
				continue
			}
			some = append(some, layers)
		}
		c.compare(t, some)
	}
	t.Logf("%d random images compared, %d left out as engines refuse them, %d as this one did", c.compared, refused, c.surprise)
	if c.surprise > images/4 {
		t.Errorf("the engine refused %d images more: the model of engines in imagetest has changed, or they have", c.surprise)
	}
}

// opaqueBase reports whether a base layer has an opaque whiteout. containerd 1.6
// unpacks a base layer by other code than those above it, and an opaque whiteout
// there takes away the layer's own files in directories that it does not name.
func opaqueBase(files []imagetest.File) bool {
	return slices.ContainsFunc(files, func(f imagetest.File) bool { return path.Base(f.Path) == ".wh..wh..opq" })
}

// compare puts images into one and compares what tare and the engine make of it.
// Where the engine refuses, the halves are tried.
func (c *comparison) compare(t *testing.T, images [][][]imagetest.File) {
	t.Helper()
	var layers [][]imagetest.File
	for _, image := range images {
		for i, files := range image {
			if i == len(layers) {
				// Never the bytes of another bundle's layer: engines keep layers by content.
				layers = append(layers, []imagetest.File{imagetest.Text(".layer", fmt.Sprint(c.bundles, i))})
			}
			layers[i] = append(layers[i], files...)
		}
	}
	c.bundles++
	archive := writeArchive(t, layers)
	want, err := c.tree(t, archive)
	if err != nil && len(images) == 1 {
		c.surprise++
		t.Logf("refused: %v%s", err, describe(images[0]))
		return
	}
	if err != nil {
		c.compare(t, images[:len(images)/2])
		c.compare(t, images[len(images)/2:])
		return
	}
	c.compared += len(images)
	problems := differences(want, visible(t, analyze(t, nil, nil, "docker-archive:"+archive)))
	for _, p := range problems[:min(len(problems), 10)] {
		t.Error(p)
	}
	for _, image := range images {
		if text := describe(image); len(problems) > 0 && strings.Contains(text, strings.SplitAfter(problems[0], "/")[0][1:]) {
			t.Log(text)
		}
	}
}

const randomTag = "tare-random:1"

func writeArchive(t *testing.T, layers [][]imagetest.File) string {
	t.Helper()
	img := imagetest.Image{Tag: randomTag}
	for _, files := range layers {
		img.Layers = append(img.Layers, imagetest.Layer{Files: files, CreatedBy: "RUN random"})
	}
	img.Config.Cmd = []string{"/bin/sh"}
	archive := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(archive, img.Legacy().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	return archive
}

func describe(layers [][]imagetest.File) string {
	var b strings.Builder
	for i, layer := range layers {
		fmt.Fprintf(&b, "\nlayer %d:", i)
		for _, f := range layer {
			fmt.Fprintf(&b, " %s(%c %d %o %s)", f.Path, max(f.Type, '0'), len(f.Body), f.Mode, f.Linkname)
		}
	}
	return b.String()
}

// tries runs a command that may refuse what it is given.
func tries(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(out))
	}
	return nil
}

func dockerTree(t *testing.T, archive string) (map[string]node, error) {
	t.Helper()
	if err := tries("docker", "load", "-q", "-i", archive); err != nil {
		return nil, err
	}
	defer docker(t, "rmi", "-f", randomTag)
	nodes := exported(t, randomTag)
	delete(nodes, "etc") // the engine's, for the files it writes there
	return nodes, nil
}

// podmanTree returns a function that loads archives into a store of the test's
// own, with the kernel's overlay.
func podmanTree(t *testing.T) engine {
	t.Helper()
	// Not t.TempDir: Podman takes no paths longer than 50 characters.
	dir, err := os.MkdirTemp("", "tare-podman")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		exec.Command("umount", filepath.Join(dir, "root", "overlay")).Run()
		os.RemoveAll(dir)
	})
	at := []string{"--root", filepath.Join(dir, "root"), "--runroot", filepath.Join(dir, "run"), "--storage-driver", "overlay", "--storage-opt", "overlay.mountopt=nodev"}
	podman := func(t *testing.T, args ...string) string {
		t.Helper()
		return strings.TrimSpace(string(command(t, nil, nil, "podman", append(at, args...)...)))
	}
	return func(t *testing.T, archive string) (map[string]node, error) {
		t.Helper()
		if err := tries("podman", append(at, "load", "-q", "-i", archive)...); err != nil {
			return nil, err
		}
		fields := strings.Fields(podman(t, "image", "mount", randomTag))
		nodes := mounted(t, fields[len(fields)-1])
		podman(t, "image", "umount", randomTag)
		podman(t, "rmi", "-f", randomTag)
		return nodes, nil
	}
}

// containerdTree returns a function that imports archives into the containerd
// that CONTAINERD_ADDRESS names.
func containerdTree(t *testing.T) engine {
	t.Helper()
	if os.Getenv("CONTAINERD_ADDRESS") == "" {
		t.Skip("needs a containerd: CONTAINERD_ADDRESS is not set")
	}
	ctr := func(t *testing.T, args ...string) string {
		t.Helper()
		return strings.TrimSpace(string(command(t, nil, nil, "ctr", append([]string{"-n", "tare-random"}, args...)...)))
	}
	return func(t *testing.T, archive string) (map[string]node, error) {
		t.Helper()
		err := tries("ctr", "-n", "tare-random", "images", "import", "--snapshotter", "overlayfs", archive)
		name := ctr(t, "images", "ls", "-q")
		if err != nil {
			ctr(t, "images", "rm", "--sync", name)
			return nil, err
		}
		at := t.TempDir()
		ctr(t, "images", "mount", "--rw", "--snapshotter", "overlayfs", name, at)
		nodes := mounted(t, at)
		command(t, nil, nil, "umount", at)
		ctr(t, "snapshots", "--snapshotter", "overlayfs", "rm", at)
		ctr(t, "images", "rm", "--sync", name)
		return nodes, nil
	}
}

// mounted reads a filesystem that is mounted at a directory.
func mounted(t *testing.T, root string) map[string]node {
	t.Helper()
	nodes := map[string]node{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if path == root || errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		var st syscall.Stat_t
		if err := syscall.Lstat(path, &st); errors.Is(err, fs.ErrNotExist) {
			return nil // a whiteout: the kernel lists it where nothing was merged, and has nothing there
		} else if err != nil {
			return err
		}
		n := node{Mode: int64(st.Mode & 0o7777), UID: int64(st.Uid), GID: int64(st.Gid)}
		switch st.Mode & syscall.S_IFMT {
		case syscall.S_IFREG:
			n.Type, n.Size = "file", st.Size
		case syscall.S_IFDIR:
			n.Type = "directory"
		case syscall.S_IFLNK:
			n.Type = "symlink"
			if n.Target, err = os.Readlink(path); err != nil {
				return err
			}
		case syscall.S_IFCHR:
			n.Type = "char"
		case syscall.S_IFBLK:
			n.Type = "block"
		case syscall.S_IFIFO:
			n.Type = "fifo"
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if !engines(rel) {
			nodes[rel] = n
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return nodes
}
