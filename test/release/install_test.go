package release

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// needs skips a test where the machine has not what it takes.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	released(t)
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("needs the rights of root on Linux, to change into a root directory")
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("needs %s, which is not here", p)
		}
	}
}

// do runs a program, which has to succeed, and returns what it says.
func do(t *testing.T, name string, args ...string) string {
	t.Helper()
	c := exec.Command(name, args...)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// tries runs what was installed in a root directory that holds nothing else.
func tries(t *testing.T, root string) {
	t.Helper()
	chroot, err := exec.LookPath("chroot")
	if err != nil {
		chroot = "/usr/sbin/chroot"
	}
	demo := do(t, "env", "-i", chroot, root, "/usr/bin/tare", "demo")
	if !strings.Contains(demo, "wasted") || !strings.Contains(demo, "RUN ") {
		t.Errorf("tare demo says:\n%s", demo)
	}
	version := do(t, "env", "-i", chroot, root, "/usr/bin/tare", "version")
	if !regexp.MustCompile(`^tare \d\S* \([0-9a-f]{7,}, \d{4}-`).MatchString(version) {
		t.Errorf("tare version says %s", version)
	}
}

// holds looks for what a package brings beside the program, and for nothing else.
func holds(t *testing.T, has func(file string) []byte, zsh, licence string) {
	t.Helper()
	for file, says := range map[string]string{
		licence: "Apache License", zsh + "/_tare": "#compdef tare", "usr/share/man/man1/tare.1.gz": "\x1f\x8b",
		"usr/share/bash-completion/completions/tare": "__start_tare", "usr/share/fish/vendor_completions.d/tare.fish": "complete -c tare",
	} {
		if !bytes.Contains(has(file), []byte(says)) {
			t.Errorf("the package has no %s that says %q", file, says)
		}
	}
}

// TestDeb installs the package with dpkg where nothing is, runs it, and removes it.
func TestDeb(t *testing.T) {
	needs(t, "dpkg", "dpkg-deb")
	for _, arch := range []string{"amd64", "arm64"} {
		if got := strings.TrimSpace(do(t, "dpkg-deb", "--field", one(t, "tare_*_"+arch+".deb"), "Architecture")); got != arch {
			t.Errorf("the package for %s is for %s", arch, got)
		}
	}
	root := t.TempDir()
	for _, dir := range []string{"info", "updates"} {
		if err := os.MkdirAll(filepath.Join(root, "var/lib/dpkg", dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg/status"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	do(t, "dpkg", "--root="+root, "--install", one(t, "tare_*_"+runtime.GOARCH+".deb"))
	holds(t, func(file string) []byte { return read(t, filepath.Join(root, file)) }, "usr/share/zsh/vendor-completions", "usr/share/doc/tare/copyright")
	tries(t, root)
	if out := do(t, "dpkg", "--root="+root, "--verify", "tare"); out != "" {
		t.Errorf("dpkg finds what it installed changed: %s", out)
	}
	do(t, "dpkg", "--root="+root, "--purge", "tare")
	if left, err := filepath.Glob(filepath.Join(root, "usr/*")); err != nil || len(left) > 0 {
		t.Errorf("removing the package leaves %v (%v)", left, err)
	}
}

// TestRPM installs the package with rpm where nothing is, runs it, and removes it.
func TestRPM(t *testing.T) {
	needs(t, "rpm")
	arch := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}
	for goarch, name := range arch {
		if got := do(t, "rpm", "--query", "--package", "--queryformat", "%{ARCH} %{LICENSE} %{BUILDHOST}", one(t, "tare-*."+name+".rpm")); got != name+" Apache-2.0 localhost" {
			t.Errorf("the package for %s says %s", goarch, got)
		}
	}
	root := t.TempDir()
	// rpm asks for nothing that is not there, and no --nodeps is needed.
	do(t, "rpm", "--root", root, "--initdb")
	do(t, "rpm", "--root", root, "--install", one(t, "tare-*."+arch[runtime.GOARCH]+".rpm"))
	holds(t, func(file string) []byte { return read(t, filepath.Join(root, file)) }, "usr/share/zsh/site-functions", "usr/share/licenses/tare/LICENSE")
	tries(t, root)
	if out := do(t, "rpm", "--root", root, "--verify", "tare"); out != "" {
		t.Errorf("rpm finds what it installed changed: %s", out)
	}
	do(t, "rpm", "--root", root, "--erase", "tare")
	if _, err := os.Stat(filepath.Join(root, "usr/bin/tare")); err == nil {
		t.Error("removing the package leaves the program")
	}
}

// TestAPK reads the package as apk does, unpacks it, and runs what is in it. apk itself is
// in no package of Debian's stable releases.
func TestAPK(t *testing.T) {
	needs(t)
	for goarch, arch := range map[string]string{"amd64": "x86_64", "arm64": "aarch64"} {
		file := one(t, "tare_*_"+arch+".apk")
		all := unpack(t, file)
		info := make(map[string]string)
		for line := range strings.Lines(string(all[".PKGINFO"].content)) {
			if key, value, ok := strings.Cut(strings.TrimSpace(line), " = "); ok {
				info[key] = value
			}
		}
		// What apk takes for a version: https://wiki.alpinelinux.org/wiki/Package_policies
		if !regexp.MustCompile(`^\d+(\.\d+)*(_(alpha|beta|pre|rc)\d*)?(-r\d+)?$`).MatchString(info["pkgver"]) || info["pkgname"] != "tare" || info["arch"] != arch {
			t.Errorf(".PKGINFO says %v", info)
		}
		content := read(t, file)
		data := content[bytes.LastIndex(content, []byte("\x1f\x8b\x08\x00")):] // the last of the gzips
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != info["datahash"] {
			t.Errorf("the content of %s has another sum than .PKGINFO says", filepath.Base(file))
		}
		holds(t, func(file string) []byte { return all[file].content }, "usr/share/zsh/site-functions", "usr/share/licenses/tare/LICENSE")
		if len(all) != 7 {
			t.Errorf("%s has %d files", filepath.Base(file), len(all))
		}
		if goarch != runtime.GOARCH {
			continue
		}
		root := t.TempDir()
		if err := os.MkdirAll(filepath.Join(root, "usr/bin"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "usr/bin/tare"), all["usr/bin/tare"].content, all["usr/bin/tare"].mode); err != nil {
			t.Fatal(err)
		}
		tries(t, root)
	}
}

// TestImage has the released program open the released image, for both platforms.
func TestImage(t *testing.T) {
	needs(t, "tar")
	dir := t.TempDir()
	do(t, "tar", "-xzf", one(t, "tare_*_linux_"+runtime.GOARCH+".tar.gz"), "-C", dir)
	for _, arch := range []string{"amd64", "arm64"} {
		out, err := exec.Command(filepath.Join(dir, "tare"), "oci-archive:"+one(t, "tare_*_oci.tar"), "--platform", "linux/"+arch, "-o", "json").Output()
		if err != nil {
			t.Fatal(err)
		}
		var report struct {
			Image struct {
				Platform string
				Config   struct{ User string }
			}
			Summary  struct{ WastedBytes int64 }
			Findings []any
			Layers   []any
		}
		if err := json.Unmarshal(out, &report); err != nil {
			t.Fatal(err)
		}
		if report.Image.Platform != "linux/"+arch || report.Summary.WastedBytes != 0 || len(report.Findings) > 0 || len(report.Layers) != 2 {
			t.Errorf("the image for %s is %+v", arch, report)
		}
	}
}

// TestInEngine installs the package in Debian, and loads the image and runs it.
func TestInEngine(t *testing.T) {
	needs(t, "docker")
	if os.Getenv("TARE_REAL") != "1" {
		t.Skip("needs a real engine: eval \"$(.ci/real-up)\" and set TARE_REAL=1")
	}
	deb := one(t, "tare_*_"+runtime.GOARCH+".deb")
	out := do(t, "docker", "run", "--rm", "--network", "none", "--volume", deb+":/tare.deb:ro", "127.0.0.1:5057/debian:slim",
		"sh", "-ec", "dpkg --install /tare.deb >/dev/null; tare demo; tare completion bash | head -n 1")
	if !strings.Contains(out, "wasted") || !strings.Contains(out, "# bash completion") {
		t.Errorf("in Debian, tare demo says:\n%s", out)
	}
	loaded := regexp.MustCompile(`tare:\S+`).FindAllString(do(t, "docker", "load", "--input", one(t, "tare_*_oci.tar")), -1)
	t.Cleanup(func() { exec.Command("docker", append([]string{"rmi", "-f"}, loaded...)...).Run() })
	slices.Sort(loaded)
	for _, tag := range loaded {
		if strings.HasSuffix(tag, "-"+runtime.GOARCH) {
			if out := do(t, "docker", "run", "--rm", "--network", "none", "--read-only", tag, "version"); !strings.HasPrefix(out, "tare ") {
				t.Errorf("the image says %s", out)
			}
		}
	}
	if len(loaded) == 0 {
		t.Error("the engine loads no image")
	}
}
