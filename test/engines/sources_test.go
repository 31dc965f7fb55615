package engines

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
)

// answer is what must not depend on where an image is read from. Compressed
// sizes do: an engine keeps its layers uncompressed.
type answer struct {
	Size, Wasted, Shadowed, Leftover, Duplicate int64
	Own, Inherited                              model.Scope
	DiffIDs                                     []string
	Findings                                    []model.Finding
}

func answerOf(d document) answer {
	s := d.Summary
	a := answer{
		Size: d.Image.Size, Wasted: s.WastedBytes, Shadowed: s.ShadowedBytes, Leftover: s.LeftoverBytes, Duplicate: s.DuplicateBytes,
		Own: s.Own, Inherited: s.Inherited,
	}
	for _, l := range d.Layers {
		if l.DiffID != nil {
			a.DiffIDs = append(a.DiffIDs, *l.DiffID)
		}
	}
	for _, f := range d.Findings {
		f.CompressedBytes = nil
		a.Findings = append(a.Findings, f)
	}
	return a
}

// TestOneImageOneAnswer reads each image from everywhere an image can be.
func TestOneImageOneAnswer(t *testing.T) {
	needEngine(t)
	podman := startPodman(t)
	for _, name := range images {
		t.Run(name, func(t *testing.T) {
			reference := image(t, name)
			dir := t.TempDir()
			in := func(file string) string { return filepath.Join(dir, file) }
			docker(t, "save", "-o", in("docker.tar"), reference)
			skopeo := func(to string) {
				command(t, nil, nil, "skopeo", "copy", "--quiet", "--src-tls-verify=false", "docker://"+reference, to)
			}
			skopeo("oci:" + in("layout") + ":1")
			skopeo("oci-archive:" + in("oci.tar") + ":1")
			podman.load(t, in("docker.tar"))

			want := answerOf(analyze(t, nil, nil, "docker:"+reference))
			if want.Wasted == 0 || len(want.Findings) == 0 {
				t.Fatalf("docker: %d bytes wasted, %d findings: an image made to waste wastes nothing", want.Wasted, len(want.Findings))
			}
			if len(want.DiffIDs) < 2 {
				t.Errorf("docker: diff IDs %q", want.DiffIDs)
			}
			for _, from := range []struct {
				reference string
				env       []string
			}{
				{reference: "registry:" + reference},
				{reference: "docker-archive:" + in("docker.tar")},
				{reference: "oci-dir:" + in("layout")},
				{reference: "oci-archive:" + in("oci.tar")},
				{reference: "podman:" + reference, env: []string{"CONTAINER_HOST=" + podman.host}},
				{reference: in("docker.tar")},
				{reference: in("layout")},
			} {
				d := analyze(t, nil, from.env, from.reference)
				if diff := cmp.Diff(want, answerOf(d)); diff != "" {
					t.Errorf("%s (-docker: +here):\n%s", from.reference, diff)
				}
			}
			if diff := cmp.Diff(want, answerOf(piped(t, reference))); diff != "" {
				t.Errorf("docker save | tare - (-docker: +here):\n%s", diff)
			}
		})
	}
}

// piped is `docker save REFERENCE | tare -`.
func piped(t *testing.T, reference string) document {
	t.Helper()
	save := exec.Command("docker", "save", reference)
	save.Stderr = os.Stderr
	stream, err := save.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := save.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		io.Copy(io.Discard, stream)
		if err := save.Wait(); err != nil {
			t.Errorf("docker save: %v", err)
		}
	}()
	return analyze(t, stream, nil, "-")
}

// podman is a Podman service of the test's own, with a store of its own.
type podman struct {
	host string
	at   []string // the flags that name its store
}

func startPodman(t *testing.T) podman {
	t.Helper()
	// The path of a socket may have 107 bytes, and a test's own directory may have more.
	dir, err := os.MkdirTemp("", "pod")
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	root := filepath.Join(dir, "root")
	p := podman{
		host: "unix://" + socket,
		at:   []string{"--root", root, "--runroot", filepath.Join(dir, "run"), "--storage-driver", "overlay"},
	}
	service := exec.Command("podman", append(p.at, "system", "service", "--time", "0", p.host)...)
	service.Stderr = os.Stderr
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		service.Process.Kill()
		service.Wait()
		// The store mounts itself upon itself, and what is mounted cannot be removed.
		exec.Command("umount", "-l", filepath.Join(root, "overlay")).Run()
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("podman's store stays: %v", err)
		}
	})
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if _, err := os.Stat(socket); err == nil {
			return p
		}
		if time.Now().After(deadline) {
			t.Fatal("podman's service does not come up")
		}
	}
}

func (p podman) load(t *testing.T, archive string) {
	t.Helper()
	command(t, nil, nil, "podman", append(p.at, "load", "-q", "-i", archive)...)
}
