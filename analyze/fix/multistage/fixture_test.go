package multistage_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// A fixture is a Dockerfile with the tree that it built, recorded as text: a txtar
// archive in testdata with the sections
//
//	Dockerfile    the file; its last stage is the image
//	base          what the base image holds; debian where it is left out
//	line 3        what the instruction in line 3 writes, for each that makes a layer
//	diff          the edit that is expected, empty where there is none
//	outcome       what is said of it
//
// A line of a tree is one of
//
//	/usr/bin/app 120k mode=4755 owner=10:10    a file with its size
//	/etc/passwd "root:x:0:0\n"                 a file with its content
//	/srv/data/ mode=750 owner=10:10            a directory
//	/usr/bin/app elf needs=libz.so.1,libc.so.6 names=/etc/app.conf 120k
//	                                           a program, linked with libraries
//	/bin -> usr/bin                            a symbolic link
//	/usr/bin/c++ => /usr/bin/g++               a hard link
//	/usr/share/doc removed                     a whiteout
//	/etc/app.d/ anew                           a directory made anew, without what was in it
//	/dev/x device
//	package gcc needs=cpp,libc6 recommends=libc6-dev /usr/bin/gcc:90k
//
// A package line stands for a package that dpkg knows, with its files and their sizes. auto
// marks a package that came as a dependency, essential one that every system has.
type fixture struct {
	archive    *txtar.Archive
	sections   map[string]string
	dockerfile string
	packages   []debPackage
}

// debian is a base image.
const debian = `
package libc6 essential /lib/x86_64-linux-gnu/libc.so.6:90k
package perl-base essential needs=libc6 /usr/bin/perl:30k
/bin/sh 20k mode=755
/etc/passwd "root:x:0:0:root:/root:/bin/sh\n"
/etc/group "root:x:0:\n"
/etc/ld.so.conf.d/libc.conf 44
/home/
/opt/
/root/ mode=700
/root/.bashrc 570
/srv/
/tmp/ mode=1777
/usr/local/bin/
/usr/local/etc/
/usr/local/include/
/usr/local/lib/
/usr/local/share/
/usr/local/src/
/usr/src/
`

type debPackage struct {
	name, version, needs, recommends string
	auto, essential                  bool
	files                            []string
}

func readFixture(t *testing.T, file string) *fixture {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{archive: archive, sections: make(map[string]string)}
	for _, section := range archive.Files {
		f.sections[section.Name] = string(section.Data)
	}
	f.dockerfile = f.sections["Dockerfile"]
	if strings.Contains(string(archive.Comment), "CRLF") {
		f.dockerfile = strings.ReplaceAll(f.dockerfile, "\n", "\r\n")
	}
	if strings.Contains(string(archive.Comment), "no line end at the end") {
		f.dockerfile = strings.TrimSuffix(f.dockerfile, "\n")
	}
	return f
}

// analyze builds the image that the fixture records and analyses it with the Dockerfile
// beside it.
func (f *fixture) analyze(t *testing.T) (*model.Report, *analyze.Build) {
	t.Helper()
	packed := f.image(t).OCI().Tar()
	in := analyze.InMemory{Name: "app", Archive: bytes.NewReader(packed), Size: int64(len(packed)), Dockerfile: []byte(f.dockerfile)}
	h, err := analyze.OpenInMemory(t.Context(), in, analyze.Options{Base: "1", NeedBuild: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	result, err := h.Analyze(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result.Report, result.Build
}

// image is the image, with the history that BuildKit would write.
func (f *fixture) image(t *testing.T) imagetest.Image {
	t.Helper()
	d, err := history.ParseDockerfile("Dockerfile", []byte(f.dockerfile))
	if err != nil {
		t.Fatal(err)
	}
	img := imagetest.Image{Layers: []imagetest.Layer{{Compression: imagetest.None, CreatedBy: "/bin/sh -c #(nop) ADD file:5ca1ab1e in / ", Files: f.files(t, "base")}}}
	var steps []history.Step // of the last stage and those that it goes on from
	for at := len(d.Stages) - 1; at >= 0; at = d.Stages[at].Parent {
		steps = slices.Concat(d.Stages[at].Steps, steps)
	}
	for _, step := range steps {
		text := strings.ReplaceAll(strings.ReplaceAll(step.Text, "\r", ""), string(d.Escape)+"\n", "")
		layer := imagetest.Layer{Compression: imagetest.None, CreatedBy: text, Comment: "buildkit.dockerfile.v0", Empty: true}
		switch step.Keyword {
		case "RUN":
			layer.CreatedBy = "RUN /bin/sh -c " + strings.TrimPrefix(text, "RUN ") + " # buildkit"
			layer.Empty = false
		case "COPY", "ADD":
			layer.CreatedBy += " # buildkit"
			layer.Empty = false
		case "WORKDIR": // BuildKit makes a layer for a new directory
			layer.Empty = f.sections[fmt.Sprintf("line %d", step.Line)] == ""
		}
		if section := fmt.Sprintf("line %d", step.Line); !layer.Empty {
			layer.Files = f.files(t, section)
		}
		configure(&img.Config, step)
		img.Layers = append(img.Layers, layer)
	}
	return img
}

// configure does to a config what an instruction says.
func configure(c *v1.Config, step history.Step) {
	_, rest, _ := strings.Cut(step.Text, " ")
	var command []string
	for n := step.Node.Next; n != nil; n = n.Next {
		command = append(command, n.Value)
	}
	if !step.Node.Attributes["json"] {
		command = []string{"/bin/sh", "-c", rest}
	}
	switch step.Keyword {
	case "CMD":
		c.Cmd = command
	case "ENTRYPOINT":
		c.Entrypoint = command
	case "ENV":
		name, value, _ := strings.Cut(rest, "=")
		c.Env = append(c.Env, name+"="+strings.ReplaceAll(value, "$PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
	case "USER":
		c.User = rest
	case "WORKDIR":
		c.WorkingDir = rest
	case "EXPOSE":
		c.ExposedPorts = map[string]struct{}{rest + "/tcp": {}}
	}
}

// files reads the tree of a section, with the databases of packages as dpkg and apt
// leave them.
func (f *fixture) files(t *testing.T, section string) (files []imagetest.File) {
	t.Helper()
	text, ok := f.sections[section]
	if !ok && section == "base" {
		text, ok = debian, true
	}
	if !ok {
		t.Fatalf("the fixture has no section %q", section)
	}
	installed := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "package "); ok {
			files = append(files, f.install(t, strings.Fields(rest))...)
			installed = true
			continue
		}
		files = append(files, file(t, section, line))
	}
	if installed {
		status, states := "", ""
		for _, p := range f.packages {
			status += p.paragraph()
			if p.auto {
				states += fmt.Sprintf("Package: %s\nArchitecture: amd64\nAuto-Installed: 1\n\n", p.name)
			}
		}
		files = append(files, imagetest.Text("var/lib/dpkg/status", status), imagetest.Text("var/lib/apt/extended_states", states))
	}
	return files
}

// install adds a package, or replaces it by another version, and returns its files.
func (f *fixture) install(t *testing.T, words []string) (files []imagetest.File) {
	t.Helper()
	p := debPackage{name: words[0], version: "1-1"}
	for _, word := range words[1:] {
		key, value, _ := strings.Cut(word, "=")
		switch {
		case key == "auto":
			p.auto = true
		case key == "essential":
			p.essential = true
		case key == "version":
			p.version = value
		case key == "needs":
			p.needs = value
		case key == "recommends":
			p.recommends = value
		case word[0] == '/' && strings.HasSuffix(word, ":elf"):
			name := strings.TrimSuffix(word, ":elf")
			p.files = append(p.files, name)
			files = append(files, imagetest.Program(name[1:], imagetest.ELF{Needed: []string{"libc.so.6"}, Size: 9000}))
		case word[0] == '/':
			name, bytes, _ := strings.Cut(word, ":")
			p.files = append(p.files, name)
			files = append(files, imagetest.Same(name[1:], name+p.version, size(t, bytes)))
		default:
			t.Fatalf("package %s: what is %q?", p.name, word)
		}
	}
	if at := slices.IndexFunc(f.packages, func(q debPackage) bool { return q.name == p.name }); at >= 0 {
		f.packages[at] = p
	} else {
		f.packages = append(f.packages, p)
	}
	list := "/.\n"
	for _, name := range p.files {
		list += name + "\n"
	}
	return append(files, imagetest.Text("var/lib/dpkg/info/"+p.name+".list", list))
}

func (p *debPackage) paragraph() string {
	text := fmt.Sprintf("Package: %s\nStatus: install ok installed\nPriority: optional\nSection: misc\nArchitecture: amd64\nVersion: %s\n", p.name, p.version)
	if p.essential {
		text += "Essential: yes\n"
	}
	if p.needs != "" {
		text += "Depends: " + strings.ReplaceAll(p.needs, ",", ", ") + "\n"
	}
	if p.recommends != "" {
		text += "Recommends: " + strings.ReplaceAll(p.recommends, ",", ", ") + "\n"
	}
	return text + "Description: " + p.name + "\n\n"
}

// file reads a line of a tree that is no package. Files of the same path in two
// sections differ in their content.
func file(t *testing.T, section, line string) imagetest.File {
	t.Helper()
	words := strings.Fields(line)
	name := strings.TrimPrefix(words[0], "/")
	var out imagetest.File
	switch rest := words[1:]; {
	case strings.Contains(line, ` "`):
		_, quoted, _ := strings.Cut(line, " ")
		body, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s: %q: %v", section, line, err)
		}
		return imagetest.Text(name, body)
	case len(rest) > 0 && rest[0] == "elf":
		out = program(t, name, rest[1:])
	case strings.HasSuffix(name, "/") && len(rest) == 1 && rest[0] == "anew":
		return imagetest.Opaque(name)
	case strings.HasSuffix(name, "/"):
		out = imagetest.Dir(name)
	case len(rest) == 2 && rest[0] == "->":
		return imagetest.Symlink(name, rest[1])
	case len(rest) == 2 && rest[0] == "=>":
		return imagetest.HardLink(name, strings.TrimPrefix(rest[1], "/"))
	case len(rest) == 1 && rest[0] == "removed":
		return imagetest.Whiteout(name)
	case len(rest) == 1 && rest[0] == "device":
		return imagetest.File{Path: name, Type: tar.TypeChar, Major: 1, Minor: 3}
	case len(rest) > 0:
		out = imagetest.Same(name, section+name, size(t, rest[0]))
	default:
		t.Fatalf("%s: what is %q?", section, line)
	}
	for _, word := range words[1:] {
		if mode, ok := strings.CutPrefix(word, "mode="); ok {
			bits, err := strconv.ParseInt(mode, 8, 32)
			if err != nil {
				t.Fatal(err)
			}
			out = out.Chmod(bits)
		}
		if owner, ok := strings.CutPrefix(word, "owner="); ok {
			if _, err := fmt.Sscanf(owner, "%d:%d", &out.UID, &out.GID); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out
}

// program reads the words of a program.
func program(t *testing.T, name string, words []string) imagetest.File {
	t.Helper()
	e := imagetest.ELF{Interpreter: "/lib64/ld-linux-x86-64.so.2"}
	for _, word := range words {
		switch key, value, _ := strings.Cut(word, "="); key {
		case "needs":
			e.Needed = strings.Split(value, ",")
		case "names":
			e.Names = strings.Split(value, ",")
		case "mode", "owner":
		default:
			e.Size = int(size(t, word))
		}
	}
	return imagetest.Program(name, e)
}

// size reads a number of bytes, with k for a thousand.
func size(t *testing.T, text string) int64 {
	t.Helper()
	number, thousands := strings.CutSuffix(text, "k")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		t.Fatalf("%q is no size", text)
	}
	if thousands {
		n *= 1000
	}
	return n
}
