package packages

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// installs are what people put into images; what each recommends differs.
var installs = []string{"python3-pip", "git", "ruby", "nginx", "openssh-server", "ffmpeg", "gcc", "postgresql-client"}

// TestInstalls builds an image for each install with the real engine and asks the
// apt inside of it for the yardstick.
func TestInstalls(t *testing.T) {
	if os.Getenv("TARE_REAL") != "1" {
		t.Skip("needs a real engine and registry: eval \"$(.ci/real-up)\" and set TARE_REAL=1")
	}
	for _, name := range installs {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // half of an install is waiting for packages to arrive
			image := "tare-packages-" + name
			docker(t, fmt.Sprintf("FROM 127.0.0.1:5057/debian:slim\nRUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y %s && rm -rf /var/lib/apt/lists/*\n", name),
				"build", "-q", "--network", "host", "-t", image, "-")
			defer docker(t, "", "rmi", "-f", image)
			container := strings.TrimSpace(string(docker(t, "", "create", image, "true")))
			defer docker(t, "", "rm", "-f", container)
			f := make(Files)
			for _, dir := range []string{"/var/lib/dpkg", "/var/lib/apt", "/etc/apt"} {
				copyOut(t, container, dir, f)
			}
			removable, orphans := autoremove(t, image, false), autoremove(t, image, true)
			if len(removable) == 0 {
				t.Fatal("apt names nothing, so nothing is shown")
			}
			yardstick(t, read(t, f), removable, orphans, nil)
		})
	}
}

// autoremove asks apt in a container of the image.
func autoremove(t *testing.T, image string, recommends bool) (names []string) {
	t.Helper()
	out := docker(t, "", "run", "--rm", image, "apt-get", "-s", "-o", "APT::AutoRemove::SuggestsImportant=false",
		"-o", fmt.Sprintf("APT::AutoRemove::RecommendsImportant=%v", recommends), "autoremove")
	for line := range strings.SplitSeq(string(out), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "Remv" {
			names = append(names, words[1])
		}
	}
	slices.Sort(names)
	return names
}

// copyOut adds what Wants asks for of a container's directory.
func copyOut(t *testing.T, container, dir string, f Files) {
	t.Helper()
	for r := tar.NewReader(bytes.NewReader(docker(t, "", "cp", container+":"+dir, "-"))); ; {
		h, err := r.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		name := path.Join(strings.TrimPrefix(path.Dir(dir), "/"), h.Name)
		if h.Typeflag != tar.TypeReg || !Wants(name) {
			continue
		}
		if f[name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func docker(t *testing.T, in string, args ...string) []byte {
	t.Helper()
	var out, complaints bytes.Buffer
	c := exec.Command("docker", args...)
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(in), &out, &complaints
	// The classic builder: BuildKit asks for rights to use the host's network.
	c.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	if err := c.Run(); err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, complaints.Bytes())
	}
	return out.Bytes()
}
