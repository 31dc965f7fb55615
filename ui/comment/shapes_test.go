package comment_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/gate"
)

// image is a Dockerfile and the layers that it makes above a base.
type image struct {
	tag   string
	base  imagetest.Layer
	lines []line

	platform string // "" for linux/amd64
}

// line is an instruction, and the files of its layer; nil for one without a layer.
type line struct {
	text  string
	files []imagetest.File
}

// slim is the base that most of the images stand on.
var slim = baseOf(imagetest.Fill("usr/lib/libc.so.6", 2_000_000), imagetest.Text("usr/bin/sh", "#!"), imagetest.Symlink("bin", "usr/bin"))

func baseOf(files ...imagetest.File) imagetest.Layer {
	files = append(files, packages(pkg{"libc6", 0, false})...)
	return imagetest.Layer{CreatedBy: "ADD rootfs.tar / # buildkit", Files: files}
}

// pkg is a package of dpkg with one file of so many bytes.
type pkg struct {
	name   string
	bytes  int64
	manual bool
}

// packages is what a layer has after packages were installed: their database and
// their files.
func packages(all ...pkg) []imagetest.File {
	var status, states strings.Builder
	var files []imagetest.File
	for _, p := range all {
		status.WriteString("Package: " + p.name + "\nStatus: install ok installed\nPriority: optional\nArchitecture: amd64\nVersion: 1.0-1\n")
		if p.name == "gcc" {
			status.WriteString("Depends: libc6\n")
		}
		status.WriteString("\n")
		if !p.manual {
			states.WriteString("Package: " + p.name + "\nArchitecture: amd64\nAuto-Installed: 1\n\n")
		}
		if p.bytes > 0 {
			files = append(files, imagetest.Fill("usr/lib/"+p.name+"/program", p.bytes),
				imagetest.Text("var/lib/dpkg/info/"+p.name+".list", "/.\n/usr\n/usr/lib\n/usr/lib/"+p.name+"\n/usr/lib/"+p.name+"/program\n"))
		}
	}
	return append(files, imagetest.Text("var/lib/dpkg/status", status.String()), imagetest.Text("var/lib/apt/extended_states", states.String()))
}

const (
	install = "RUN apt-get update && apt-get install -y --no-install-recommends "
	cleanUp = " && rm -rf /var/lib/apt/lists/*"
)

var (
	libc    = pkg{"libc6", 0, false}
	python  = pkg{"python3", 900_000, true}
	certs   = pkg{"ca-certificates", 200_000, true}
	program = line{"COPY app /app", []imagetest.File{imagetest.Fill("app/server", 1_200_000)}}
	start   = line{`CMD ["python3", "/app/server"]`, nil}
)

// mainImage is the image on main: tidy.
func mainImage() image {
	return image{tag: "main", base: slim, lines: []line{{install + "python3 ca-certificates" + cleanUp, packages(libc, python, certs)}, program, start}}
}

// with is the image of a pull request, from that on main.
func with(edit func(*image)) image {
	made := mainImage()
	made.tag = "pr-7"
	edit(&made)
	return made
}

// report analyses an image with its Dockerfile, which lies in dir.
func (i image) report(t *testing.T, dir string) *model.Report {
	t.Helper()
	layers := []imagetest.Layer{i.base}
	file := "FROM debian:bookworm-slim\n"
	for _, l := range i.lines {
		file += l.text + "\n"
		layer := imagetest.Layer{CreatedBy: asBuilt(l.text), Comment: "buildkit.dockerfile.v0", Empty: l.files == nil, Files: l.files}
		layers = append(layers, layer)
	}
	for n := range layers {
		layers[n].Compression = imagetest.Gzip
	}
	for name, content := range map[string][]byte{
		"Dockerfile": []byte(file), "image.tar": imagetest.Image{Tag: "shop/api:" + i.tag, Platform: i.platform, Layers: layers}.OCI().Tar(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := analyze.Image(t.Context(), "oci-archive:"+filepath.Join(dir, "image.tar"), analyze.Options{Base: "1", Dockerfile: filepath.Join(dir, "Dockerfile"), Version: "1.0.0", Contents: true})
	if err != nil {
		t.Fatal(err)
	}
	r.Image.Reference = "shop/api:" + i.tag
	return r
}

// asBuilt is the history that BuildKit leaves of an instruction.
func asBuilt(text string) string {
	if command, ok := strings.CutPrefix(text, "RUN "); ok {
		return "RUN /bin/sh -c " + command + " # buildkit"
	}
	if strings.HasPrefix(text, "COPY ") {
		return text + " # buildkit"
	}
	return text
}

// judge asks the gate, as tare comment does: nothing may be wasted more than before,
// and the limits that are given.
func judge(t *testing.T, older, r *model.Report, ignores []gate.Ignore, limits ...gate.Bound) *model.Check {
	t.Helper()
	o := gate.Options{Ignores: ignores, Today: time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)}
	for _, bound := range limits {
		o.Limits = append(o.Limits, gate.Limit{Bound: bound})
	}
	if older != nil {
		growth, notes, err := gate.Against(older, r, o)
		if err != nil {
			t.Fatal(err)
		}
		o.Growth, o.Limits, o.Notes = growth, append(o.Limits, gate.DefaultGrowth()...), append(o.Notes, notes...)
	}
	c, err := gate.Judge(r, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shape is a kind of pull request.
type shape struct {
	name    string
	from    *image // nil for none
	to      image
	ignores []gate.Ignore
	limits  []gate.Bound
	says    []string // what the comment has to say
}

// shapes are the kinds of pull requests that come most often.
func shapes() []shape {
	before := mainImage()
	untidy := with(func(i *image) {
		lists := imagetest.Fill("var/lib/apt/lists/deb.debian.org_main_Packages", 1_500_000)
		i.lines[0] = line{install + "python3 ca-certificates gcc", append(packages(libc, python, certs, pkg{"gcc", 3_000_000, true}), lists)}
	})
	return []shape{
		{name: "grew", from: &before, to: untidy, says: []string{"larger", "`gcc` +3.0 MB", "`Dockerfile:2`", "What to change", "**failed**"}},
		{name: "shrank", from: &untidy, to: mainImage(), says: []string{"### tare: passed, 4.5 MB smaller", "-4.5 MB"}},
		{name: "unchanged", from: &before, to: with(func(*image) {}), says: []string{"### tare: passed, as large as before", "3 layers shared of 3"}},
		{name: "new image", to: with(func(i *image) { *i = untidy }), limits: []gate.Bound{gate.MinEfficiency(0.5)}, says: []string{"first report", "What to change"}},
		{name: "broken base", from: &before, to: with(func(i *image) {
			i.lines[1] = line{"ADD made-elsewhere.tar /", []imagetest.File{imagetest.Fill("bin/app", 1_200_000)}}
		}), says: []string{"1 new risk", "**Risk:**"}},
		{name: "secret added", from: &before, to: with(func(i *image) {
			key := "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n-----END OPENSSH PRIVATE KEY-----\n"
			i.lines[1].files = append(i.lines[1].files[:1:1], imagetest.Text("app/.ssh/id_ed25519", key))
		}), limits: []gate.Bound{gate.Deny("baked-in-secret")}, says: []string{"### tare: failed", "1 new risk", "id_ed25519"}},
		{name: "base changed", from: &before, to: with(func(i *image) {
			i.base = baseOf(imagetest.Fill("usr/lib/libc.so.6.1", 3_500_000), imagetest.Text("usr/bin/sh", "#!"))
		}), says: []string{"1.5 MB larger", "(the base image)"}},
		{name: "one layer more", from: &before, to: with(func(i *image) {
			i.lines = append(i.lines[:2:2], line{"RUN chown -R 1000:1000 /app", []imagetest.File{{Path: "app/server", Body: imagetest.Noise("app/server", 1_200_000), UID: 1000, GID: 1000}}}, start)
		}), says: []string{"### tare: failed, 1.2 MB larger", "| layers | 3 | 4 | +1 |", "which is new", "chown"}},
		{name: "gate failed", from: &before, to: with(func(i *image) {
			i.lines[1] = line{"COPY app /app", []imagetest.File{imagetest.Fill("app/server", 1_200_000), imagetest.Fill("app/model.bin", 5_000_000)}}
		}), limits: []gate.Bound{gate.MaxSize(5_000_000)}, says: []string{"### tare: failed, 5.0 MB larger", "`max-size`", "`/app/model.bin` +5.0 MB"}},
		{name: "pulled again", from: &before, to: with(func(i *image) {
			i.lines[0].files = slices.Clone(i.lines[0].files)
			for at := range i.lines[0].files {
				i.lines[0].files[at].ModTime = time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
			}
		}), says: []string{"as large as before", "pulled again", "the times of its files"}},
		{name: "two platforms", from: &before, to: with(func(i *image) { i.platform = "linux/arm64" }), says: []string{"**The image before is for `linux/amd64`**"}},
		{name: "growth let through", from: &before, to: untidy, ignores: []gate.Ignore{
			{Rule: "apt-lists", Reason: "the plugins are installed at run time", Expires: "2027-06-30", Where: ".tare.yaml:4"},
			{Rule: "build-tools", Reason: "they compile", Where: ".tare.yaml:8"},
		}, says: []string{"### tare: passed, 4.5 MB larger", "ignores in the settings"}},
	}
}
