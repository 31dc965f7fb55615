package release

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// released is the directory of the release, or the test is skipped.
func released(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TARE_RELEASE")
	if dir == "" {
		t.Skip("needs the files of a release: .ci/release makes them and runs this")
	}
	return dir
}

// one returns the only file of the release that a pattern matches.
func one(t *testing.T, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(released(t), pattern))
	if err != nil || len(files) != 1 {
		t.Fatalf("there are %d files like %s (%v)", len(files), pattern, err)
	}
	return files[0]
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestChecksums holds each file against checksums.txt, which names them all.
func TestChecksums(t *testing.T) {
	dir := released(t)
	named := []string{"checksums.txt"}
	for line := range strings.Lines(string(read(t, filepath.Join(dir, "checksums.txt")))) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		if got := sha256.Sum256(read(t, filepath.Join(dir, name))); sum != hex.EncodeToString(got[:]) {
			t.Errorf("%s has another sum than checksums.txt says", name)
		}
		named = append(named, name)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(named, e.Name()) {
			t.Errorf("checksums.txt does not name %s", e.Name())
		}
	}
	const archives, parts, packages, image = 6, 6, 6, 1
	if want := archives + parts + packages + image + 1; len(entries) != want {
		t.Errorf("the release has %d files, want %d", len(entries), want)
	}
}

// member is a file of an archive.
type member struct {
	mode    fs.FileMode
	content []byte
}

// unpack reads a tar.gz, which may be several one after another, or a zip.
func unpack(t *testing.T, file string) map[string]member {
	t.Helper()
	all := make(map[string]member)
	content := read(t, file)
	if filepath.Ext(file) == ".zip" {
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			data, err := fs.ReadFile(z, f.Name)
			if err != nil {
				t.Fatal(err)
			}
			all[f.Name] = member{f.Mode(), data}
		}
		return all
	}
	zipped, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(zipped); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" && h.Uname != "root" {
			t.Errorf("%s: %s belongs to %s (%d, %d), not to root", filepath.Base(file), h.Name, h.Uname, h.Uid, h.Gid)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimPrefix(h.Name, "./")] = member{fs.FileMode(h.Mode).Perm(), data}
	}
}

// TestArchives looks at what each archive holds: the program for its system, the licence,
// and what shells and man read.
func TestArchives(t *testing.T) {
	kinds := map[string]func(r io.ReaderAt) (machine string, err error){
		"linux_amd64.tar.gz": elfMachine, "linux_arm64.tar.gz": elfMachine,
		"darwin_amd64.tar.gz": machoMachine, "darwin_arm64.tar.gz": machoMachine,
		"windows_amd64.zip": peMachine, "windows_arm64.zip": peMachine,
	}
	for name, machine := range kinds {
		t.Run(name, func(t *testing.T) {
			all := unpack(t, one(t, "tare_*_"+name))
			program := "tare"
			if strings.HasPrefix(name, "windows") {
				program = "tare.exe"
			}
			for file, says := range map[string]string{
				"LICENSE": "Apache License", "README.md": "# tare", "CHANGELOG.md": "# Changelog",
				"completions/tare.bash": "__start_tare", "completions/_tare": "#compdef tare", "completions/tare.fish": "complete -c tare",
				"completions/tare.ps1": "Register-ArgumentCompleter", "man/tare.1": ".TH",
			} {
				if m := all[file]; !bytes.Contains(m.content, []byte(says)) || m.mode.Perm() != 0o644 {
					t.Errorf("%s is %d bytes with mode %v, want one that says %q", file, len(m.content), m.mode, says)
				}
			}
			if len(all) != 9 || all[program].mode.Perm() != 0o755 {
				t.Errorf("there are %d files, and the program has mode %v", len(all), all[program].mode)
			}
			got, err := machine(bytes.NewReader(all[program].content))
			if err != nil || got == "" || !strings.Contains(name, "_"+got+".") {
				t.Errorf("the program is for %q (%v)", got, err)
			}
			built, err := buildinfo.Read(bytes.NewReader(all[program].content))
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range built.Settings {
				if s.Key == "vcs.modified" && s.Value != "false" {
					t.Error("the program holds what is not committed")
				}
			}
			parts(t, one(t, "tare_*_"+strings.Split(name, ".")[0]+".cdx.json"), built)
		})
	}
}

func elfMachine(r io.ReaderAt) (string, error) {
	f, err := elf.NewFile(r)
	if err != nil {
		return "", err
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return "", errors.New("it is not static")
		}
	}
	return map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64"}[f.Machine], nil
}

func machoMachine(r io.ReaderAt) (string, error) {
	f, err := macho.NewFile(r)
	if err != nil {
		return "", err
	}
	return map[macho.Cpu]string{macho.CpuAmd64: "amd64", macho.CpuArm64: "arm64"}[f.Cpu], nil
}

func peMachine(r io.ReaderAt) (string, error) {
	f, err := pe.NewFile(r)
	if err != nil {
		return "", err
	}
	return map[uint16]string{pe.IMAGE_FILE_MACHINE_AMD64: "amd64", pe.IMAGE_FILE_MACHINE_ARM64: "arm64"}[f.Machine], nil
}

// parts holds a list of parts against what the linker wrote into the program.
func parts(t *testing.T, file string, built *buildinfo.BuildInfo) {
	t.Helper()
	type component struct{ Name, Version, Purl string }
	var bom struct {
		BomFormat, SpecVersion string
		Metadata               struct{ Component component }
		Components             []component
	}
	if err := json.Unmarshal(read(t, file), &bom); err != nil {
		t.Fatal(err)
	}
	if bom.BomFormat != "CycloneDX" || bom.Metadata.Component.Name != built.Main.Path || bom.Metadata.Component.Version == "" {
		t.Errorf("%s is a %q of %+v", filepath.Base(file), bom.BomFormat, bom.Metadata.Component)
	}
	want := map[string]string{"std": strings.TrimPrefix(built.GoVersion, "go")}
	for _, d := range built.Deps {
		if d.Replace != nil {
			d = d.Replace
		}
		want[d.Path] = d.Version
	}
	for _, c := range bom.Components {
		if strings.TrimPrefix(want[c.Name], "go") != strings.TrimPrefix(c.Version, "go") {
			t.Errorf("%s has %s %s, the program %q", filepath.Base(file), c.Name, c.Version, want[c.Name])
		}
		delete(want, c.Name)
	}
	if len(want) > 0 {
		t.Errorf("%s does not name %v", filepath.Base(file), want)
	}
}
