package rulestest

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// addDpkg installs a package: name, manual or auto, and a field of its record.
func (s *Step) addDpkg(words []string) {
	name, manual, field := words[1], words[2] == "manual", strings.Join(words[3:], " ")
	record := "Package: " + name + "\nStatus: install ok installed\nPriority: optional\nArchitecture: amd64\nVersion: 1\n"
	if field != "" {
		record += field + "\n"
	}
	s.appendTo("var/lib/dpkg/status", record+"\n")
	if !manual {
		s.appendTo("var/lib/apt/extended_states", "Package: "+name+"\nArchitecture: amd64\nAuto-Installed: 1\n\n")
	}
	s.Files = append(s.Files, imagetest.Text("var/lib/dpkg/info/"+name+".list", "/.\n/opt\n/opt/"+name+"\n"))
}

func (s *Step) appendTo(path, text string) {
	for i := range s.Files {
		if s.Files[i].Path == path {
			s.Files[i].Body = append(s.Files[i].Body, text...)
			return
		}
	}
	s.Files = append(s.Files, imagetest.Text(path, text))
}

// addRPM installs the packages of the database that package rpmdb is tested with, one
// of them, big, for a reason.
func (s *Step) addRPM(t *testing.T, reason string) {
	t.Helper()
	packed, err := os.Open(filepath.Join(top(t), "analyze", "packages", "rpmdb", "testdata", "rpmdb.sqlite.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	database, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	s.Files = append(s.Files,
		imagetest.File{Path: "usr/lib/sysimage/rpm/rpmdb.sqlite", Body: database},
		imagetest.Text("usr/lib/sysimage/libdnf5/packages.toml", "version = \"1.0\"\n[packages]\n\"big.noarch\" = { reason = \""+reason+"\" }\n"+
			"\"greeting.noarch\" = { reason = \"User\" }\n\"hello.noarch\" = { reason = \"User\" }\n"))
}

// top is the repository, seen from the directory of the package that is tested.
func top(t *testing.T) string {
	t.Helper()
	for dir := "."; len(dir) < 100; dir = filepath.Join("..", dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("there is no go.mod above the working directory")
	return ""
}
