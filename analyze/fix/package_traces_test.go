package fix_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestTracesOfPackages: what dpkg and scripts write for packages that go is not written either.
func TestTracesOfPackages(t *testing.T) {
	const wanted = "Package: wanted\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nDepends: first | second\nRecommends: extra\n\n"
	const first = "Package: first\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
	const extra = "Package: extra\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nDepends: second\n\nPackage: second\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
	const dockerfile = "FROM debian:12-slim\nRUN apt-get update && apt-get install -y wanted && rm -rf /var/lib/apt/lists/*\nCMD [\"wanted\"]\n"
	wantedFiles := []imagetest.File{
		imagetest.Fill("usr/bin/wanted", 3_000_000), imagetest.Fill("usr/share/both/w.xml", 1000), imagetest.Fill("usr/lib/python3/dist-packages/w/m.py", 1000),
		imagetest.Fill("usr/lib/python3/dist-packages/w/__pycache__/m.cpython-311.pyc", 70_000), imagetest.Fill("usr/share/both/cache", 50_000),
		imagetest.Fill("usr/bin/first", 1000), imagetest.Text("var/lib/dpkg/info/first.list", "/.\n/usr/bin/first\n"),
		imagetest.Text("var/lib/dpkg/info/wanted.list", "/.\n/usr/bin/wanted\n/usr/share/both/w.xml\n/usr/lib/python3/dist-packages/w/m.py\n"),
	}
	extraFiles := []imagetest.File{
		imagetest.Fill("usr/share/both/extra", 2_000_000), imagetest.Fill("usr/share/both/e.xml", 1000), imagetest.Fill("usr/share/mime/packages/e.xml", 1000), imagetest.Fill("usr/lib/python3/dist-packages/e/m.py", 1000),
		imagetest.Fill("usr/lib/python3/dist-packages/e/__pycache__/m.cpython-311.pyc", 300_000), imagetest.Fill("usr/share/mime/image/png.xml", 400_000),
		imagetest.Fill("usr/bin/second", 500_000), imagetest.Text("var/lib/dpkg/info/second.list", "/.\n/usr/bin/second\n"),
		imagetest.Text("var/lib/dpkg/info/extra.list", "/.\n/usr/share/both/extra\n/usr/share/both/e.xml\n/usr/share/mime/packages/e.xml\n/usr/lib/python3/dist-packages/e/m.py\n"), imagetest.Fill("var/lib/dpkg/info/extra.md5sums", 200_000),
	}
	states := ""
	for _, name := range []string{"first", "extra", "second"} {
		states += "Package: " + name + "\nArchitecture: amd64\nAuto-Installed: 1\n\n"
	}
	files := append(append([]imagetest.File{}, wantedFiles...), extraFiles...)
	before := installed(t, dockerfile, "wanted", append(files, imagetest.Text("var/lib/dpkg/status", wanted+first+extra), imagetest.Text("var/lib/apt/extended_states", states))...)
	after := installed(t, dockerfile, "wanted", append(wantedFiles, imagetest.Text("var/lib/dpkg/status", wanted+first), imagetest.Text("var/lib/apt/extended_states", "Package: first\nArchitecture: amd64\nAuto-Installed: 1\n\n"))...)
	result, err := fix.Plan(before.Report, []byte(dockerfile), fix.Options{Build: before.Build, Floor: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	if off := result.Size - after.Report.Image.Size; len(result.Applied) != 1 || max(off, -off) > 300 {
		t.Errorf("%d edits, %d bytes predicted, want 1 and %d", len(result.Applied), result.Size, after.Report.Image.Size)
	}
}

// installed analyses an image that one RUN of a Dockerfile installed, in line 2.
func installed(t *testing.T, dockerfile, cmd string, own ...imagetest.File) *analyze.Result {
	t.Helper()
	dir := t.TempDir()
	_, run, _ := strings.Cut(strings.Split(dockerfile, "\n")[1], " ")
	img := imagetest.Image{Layers: []imagetest.Layer{
		{CreatedBy: "/bin/sh -c #(nop) ADD file:1 in / ", Files: []imagetest.File{imagetest.Text("etc/passwd", "root:x:0:0::/:/bin/sh\n")}},
		{CreatedBy: "RUN /bin/sh -c " + run + " # buildkit", Comment: "buildkit.dockerfile.v0", Files: own},
		{CreatedBy: `CMD ["` + cmd + `"]`, Comment: "buildkit.dockerfile.v0", Empty: true},
	}}
	img.Config.Cmd = []string{cmd}
	archive, file := filepath.Join(dir, "image.tar"), filepath.Join(dir, "Dockerfile")
	if err := os.WriteFile(archive, img.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(dockerfile), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := analyze.Analyze(t.Context(), "oci-archive:"+archive, analyze.Options{Dockerfile: file, Base: "1", NeedBuild: true})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestSmallerInPlace: what only the full package brought goes with it, whichever finding the
// edit is of.
func TestSmallerInPlace(t *testing.T) {
	const dockerfile = "FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends default-jdk && rm -rf /var/lib/apt/lists/*\nCMD [\"java\"]\n"
	status, states := "", ""
	var files []imagetest.File
	for _, p := range []struct {
		name, needs string
		size        int64
	}{
		{"default-jdk", "openjdk-17-jdk, default-jre", 1000}, {"openjdk-17-jdk", "openjdk-17-jre", 2_000_000}, {"default-jre", "default-jre-headless, openjdk-17-jre", 1000},
		{"default-jre-headless", "openjdk-17-jre-headless", 1000}, {"openjdk-17-jre", "openjdk-17-jre-headless, libx11-6", 500_000}, {"openjdk-17-jre-headless", "", 3_000_000}, {"libx11-6", "", 4_000_000},
	} {
		status += "Package: " + p.name + "\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
		if p.needs != "" {
			status += "Depends: " + p.needs + "\n"
		}
		status += "\n"
		if p.name != "default-jdk" {
			states += "Package: " + p.name + "\nArchitecture: amd64\nAuto-Installed: 1\n\n"
		}
		files = append(files, imagetest.Fill("usr/lib/"+p.name+"/x", p.size), imagetest.Text("var/lib/dpkg/info/"+p.name+".list", "/.\n/usr/lib/"+p.name+"/x\n"))
	}
	files = append(files, imagetest.Text("var/lib/dpkg/status", status), imagetest.Text("var/lib/apt/extended_states", states))
	before := installed(t, dockerfile, "java", files...)
	result, err := fix.Plan(before.Report, []byte(dockerfile), fix.Options{Build: before.Build, Floor: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Applied) != 1 || !strings.Contains(string(result.New), "default-jre-headless") {
		t.Fatalf("%d edits: %s", len(result.Applied), result.New)
	}
	if off := result.Size - 3_002_000; max(off, -off) > 2000 {
		t.Errorf("%d bytes predicted, want about 3002000", result.Size)
	}
}
