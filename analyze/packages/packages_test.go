package packages

import (
	"archive/tar"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/tare-oci/tare/analyze/imagetest/quick"
)

// capture reads the tar of a testdata image: the files that Wants would have
// captured, and under answer/ what apt itself said in a container of the image.
func capture(t testing.TB, name string) Files {
	t.Helper()
	file, err := os.Open("testdata/" + name + ".tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	f := make(Files)
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return f
		}
		if err != nil {
			t.Fatal(err)
		}
		if f[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

// yardstick compares reasons with apt's answers R and O (and the one with
// Suggests, where there is one), as design has it: recommended is R without O.
func yardstick(t *testing.T, d *Database, removable, orphans, withSuggests []string) {
	t.Helper()
	byReason := make(map[Reason][]string)
	for i := range d.Packages {
		p := &d.Packages[i]
		name := p.Name
		if p.Arch != "amd64" && p.Arch != "all" {
			name += ":" + p.Arch
		}
		byReason[p.Reason] = append(byReason[p.Reason], name)
	}
	without := func(list, other []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(n string) bool { return slices.Contains(other, n) })
	}
	same(t, "recommended", without(removable, orphans), byReason[Recommended])
	same(t, "orphaned or suggested", orphans, slices.Concat(byReason[Suggested], byReason[Orphan]))
	if withSuggests != nil {
		same(t, "orphaned", withSuggests, byReason[Orphan])
	}
}

func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	want, got = append([]string{}, want...), append([]string{}, got...)
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s: %s", what, d)
	}
}

func read(t *testing.T, f Files) *Database {
	t.Helper()
	d, notes, err := Read(f)
	if err != nil || len(notes) > 0 {
		t.Fatalf("notes %q, error %v", notes, err)
	}
	return d
}

// TestYardstick: images whose answers were got from apt itself.
func TestYardstick(t *testing.T) {
	for _, name := range []string{"python3-pip", "openssh-server", "mixed"} {
		t.Run(name, func(t *testing.T) {
			f := capture(t, name)
			answer := func(name string) []string {
				text, ok := f["answer/"+name]
				if !ok {
					return nil
				}
				return strings.Fields(string(text))
			}
			if len(answer("removable")) < 30 {
				t.Fatal("the answer is missing")
			}
			yardstick(t, read(t, f), answer("removable"), answer("orphans"), answer("with-suggests"))
		})
	}
}

func TestWhoRecommends(t *testing.T) {
	d := read(t, capture(t, "python3-pip"))
	for _, c := range []struct {
		name, via string
		by        []string
	}{
		{"build-essential", "", []string{"python3-pip"}},
		{"gcc", "build-essential", []string{"python3-pip"}},
		{"fakeroot", "", []string{"dpkg-dev"}},
		{"libfakeroot", "fakeroot", []string{"dpkg-dev"}},
	} {
		arch := "amd64"
		i := d.Lookup(ID{Manager: Dpkg, Name: c.name, Arch: arch})
		if i < 0 {
			t.Errorf("no %s", c.name)
			continue
		}
		p := d.Packages[i]
		if p.Reason != Recommended || p.Via != c.via || !slices.Equal(p.RecommendedBy, c.by) {
			t.Errorf("%s: %s by %q via %q", c.name, p.Reason, p.RecommendedBy, p.Via)
		}
	}
}

// summary describes packages in a line each: name version arch state reason.
func summary(d *Database) []string {
	var out []string
	for i := range d.Packages {
		p := &d.Packages[i]
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s %s", p.Manager, p.Name, p.Version, p.Arch, p.State, p.Reason)))
	}
	return out
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name  string
		files Files
		want  []string
		notes []string
	}{
		{"nothing", Files{"etc/passwd": []byte("root")}, nil, nil},
		{
			"distroless",
			Files{
				dpkgStatusD + "base":             []byte("Package: base-files\nVersion: 12\nArchitecture: amd64\nEssential: yes\n"),
				dpkgStatusD + "base.md5sums":     []byte("0123456789abcdef0123456789abcdef  etc/debian_version\n"),
				dpkgStatusD + "tzdata":           []byte("Package: tzdata\nVersion: 2\nArchitecture: all\n"),
				"usr/share/doc/tzdata/copyright": nil,
			},
			[]string{"dpkg base-files 12 amd64 installed unknown", "dpkg tzdata 2 all installed unknown"},
			[]string{"dpkg: packages in status.d (a distroless image) do not say why they are installed"},
		},
		{
			"emptied extended_states",
			Files{
				dpkgStatus: []byte("Package: bash\nStatus: install ok installed\nEssential: yes\nVersion: 5\nArchitecture: amd64\n\n" +
					"Package: git\nStatus: hold ok unpacked\nVersion: 2\nArchitecture: amd64\n\n" +
					"Package: vim\nStatus: deinstall ok config-files\nVersion: 9\nArchitecture: amd64\n\n" +
					"Package: gone\nStatus: purge ok not-installed\nArchitecture: amd64\n"),
				aptStates: {},
			},
			[]string{
				"dpkg bash 5 amd64 installed essential", "dpkg git 2 amd64 half-installed unknown", "dpkg vim 9 amd64 config-files unknown",
			},
			[]string{"dpkg: apt's extended_states is empty, so it is not known which packages were asked for"},
		},
		{
			"missing extended_states",
			Files{dpkgStatus: []byte("Package: git\nStatus: install ok installed\nVersion: 2\nArchitecture: amd64\n")},
			[]string{"dpkg git 2 amd64 installed unknown"},
			[]string{"dpkg: apt's extended_states is missing, so it is not known which packages were asked for"},
		},
		{"an emptied status", Files{dpkgStatus: {}, aptStates: {}}, nil, nil},
		{
			"configuration matters",
			Files{
				dpkgStatus:            []byte("Package: firmware\nStatus: install ok installed\nVersion: 2\nArchitecture: amd64\n"),
				aptStates:             []byte("Package: firmware\nArchitecture: amd64\nAuto-Installed: 1\n"),
				aptConfD + "01keep":   []byte(`APT::NeverAutoRemove { "^firm"; };`),
				aptConfD + "02broken": []byte(`{`),
			},
			[]string{"dpkg firmware 2 amd64 installed manual"}, []string{"apt configuration 02broken: a block has no name"},
		},
		{
			"dnf 5",
			Files{
				"usr/lib/sysimage/rpm/rpmdb.sqlite": rpmDatabase(t),
				dnfReasons: []byte("version = \"1.0\"\n[packages]\n\"big.noarch\" = {reason=\"User\"} # asked for\n" +
					"\"greeting.noarch\" = { from = \"x.y\", reason = 'Weak Dependency' }\n[packages.\"hello.noarch\"]\nreason = \"Dependency\"\n"),
			},
			[]string{
				"rpm big 2.0-1 noarch installed manual", "rpm greeting 1:1.2-3 noarch installed recommended", "rpm hello 1:1.2-3 noarch installed dependency",
			}, nil,
		},
		{
			"rpm without dnf 5",
			Files{"var/lib/rpm/rpmdb.sqlite": rpmDatabase(t)},
			[]string{
				"rpm big 2.0-1 noarch installed unknown", "rpm greeting 1:1.2-3 noarch installed unknown", "rpm hello 1:1.2-3 noarch installed unknown",
			},
			[]string{"rpm: there is no usr/lib/sysimage/libdnf5/packages.toml of dnf 5, so it is not known which packages were asked for"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, notes, err := Read(c.files)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, summary(d)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.notes, notes); d != "" {
				t.Error(d)
			}
			for _, name := range slices.Collect(maps.Keys(c.files)) {
				known := !strings.HasPrefix(name, "usr/share/doc") && name != "etc/passwd"
				if Wants(name) != known {
					t.Errorf("Wants(%q) is %v", name, !known)
				}
			}
		})
	}
}

// TestTwoPlaces: a database that is in two places is read once, and what only one
// of them lists is there.
func TestTwoPlaces(t *testing.T) {
	const git = "Package: git\nVersion: 2\nArchitecture: amd64\n"
	apk := []byte("P:musl\nV:1.2\nA:x86_64\n\nP:zlib\nV:1\nA:x86_64\n\n")
	rpm := rpmDatabase(t)
	all := []string{"rpm big 2.0-1 noarch", "rpm greeting 1:1.2-3 noarch", "rpm hello 1:1.2-3 noarch"}
	for name, test := range map[string]struct {
		files Files
		want  []string
	}{
		"apk, a copy":         {Files{apkInstalled[0]: apk, apkInstalled[1]: apk}, []string{"apk musl 1.2 x86_64", "apk zlib 1 x86_64"}},
		"apk, an older copy":  {Files{apkInstalled[0]: apk, apkInstalled[1]: []byte("P:musl\nV:1.1\nA:x86_64\n\nP:old\nV:3\nA:x86_64\n")}, []string{"apk musl 1.2 x86_64", "apk old 3 x86_64", "apk zlib 1 x86_64"}},
		"rpm, a copy":         {Files{rpmDirs[0] + rpmNames[0]: rpm, rpmDirs[1] + rpmNames[0]: rpm, rpmDirs[2] + rpmNames[0]: rpm}, all},
		"rpm, a damaged copy": {Files{rpmDirs[0] + rpmNames[2]: []byte("no database"), rpmDirs[1] + rpmNames[0]: rpm}, all},
		"dpkg, status and parts": {
			Files{
				dpkgStatus:          []byte("Package: git\nStatus: install ok installed\nVersion: 2\nArchitecture: amd64\n\nPackage: vim\nStatus: deinstall ok config-files\nVersion: 8\nArchitecture: amd64\n"),
				dpkgStatusD + "git": []byte(git), dpkgStatusD + "git2": []byte(git), dpkgStatusD + "vim": []byte("Package: vim\nVersion: 9\nArchitecture: amd64\n"),
				dpkgStatusD + "new": []byte("Package: new\nVersion: 1\nArchitecture: all\n"),
			},
			[]string{"dpkg git 2 amd64", "dpkg new 1 all", "dpkg vim 9 amd64"},
		},
		"dpkg, one package for two architectures": {
			Files{dpkgStatusD + "a": []byte(git), dpkgStatusD + "b": []byte(strings.Replace(git, "amd64", "i386", 1))},
			[]string{"dpkg git 2 amd64", "dpkg git 2 i386"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, err := Read(test.files)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range d.Packages {
				if p := &d.Packages[i]; p.State == Installed {
					got = append(got, fmt.Sprintf("%s %s %s %s", p.Manager, p.Name, p.Version, p.Arch))
				}
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func rpmDatabase(t testing.TB) []byte {
	t.Helper()
	file, err := os.Open("rpmdb/testdata/rpmdb.sqlite.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestReadKeepsTheOthers: a damaged database of one manager is an error, and the
// packages of the other managers are still there.
func TestReadKeepsTheOthers(t *testing.T) {
	d, _, err := Read(Files{
		dpkgStatusD + "tzdata":     []byte("Package: tzdata\nVersion: 2\nArchitecture: all\n"),
		"var/lib/rpm/Packages":     []byte("no database"),
		"lib/apk/db/installed":     []byte("P:musl\nV:1.2\nA:x86_64\n\n"),
		"usr/lib/apk/db/installed": nil,
		"etc/apk/world":            []byte("musl\n"),
	})
	if err == nil || !strings.HasPrefix(err.Error(), "reading the rpm database: ") {
		t.Errorf("error %v", err)
	}
	want := []string{"apk musl 1.2 x86_64 installed manual", "dpkg tzdata 2 all installed unknown"}
	if d := cmp.Diff(want, summary(d)); d != "" {
		t.Error(d)
	}
}

func TestOwners(t *testing.T) {
	status := ""
	for _, name := range []string{"bash", "dash", "libc6", "screen"} {
		status += "Package: " + name + "\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
	}
	f := Files{
		dpkgStatus:                    []byte(status),
		aptStates:                     []byte("Package: x\n"),
		dpkgInfo + "bash.list":        []byte("/.\n/bin\n/bin/bash\n/usr\n/usr/share\n/usr/share/doc\n/usr/share/doc/bash\n/usr/share/doc/bash/README\n/usr/share/doc/bash-extra\n"),
		dpkgInfo + "dash.list":        []byte("/bin\n/bin/sh\n/usr/share/doc/bash/README\n"),
		dpkgInfo + "libc6:amd64.list": []byte("/lib/x86_64-linux-gnu/libc.so.6\n/bin/sh\n/etc/local"),
		dpkgInfo + "screen.md5sums":   []byte("0123456789abcdef0123456789abcdef  usr/bin/screen\n"),
		dpkgDiversions:                []byte("/bin/sh\n/bin/sh.distrib\ndash\n/etc/local\n/etc/local.mine\n:\n"),
		"lib/apk/db/installed":        []byte("P:musl\nV:1\nF:lib\nR:ld-musl.so.1\nF:\nR:top\n"),
		"var/lib/rpm/rpmdb.sqlite":    rpmDatabase(t),
	}
	d, _, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	resolve := func(dir string) string {
		if dir == "bin" || dir == "lib" || strings.HasPrefix(dir, "lib/") {
			return "usr/" + dir
		}
		return dir
	}
	for name, want := range map[string]string{
		"usr/bin/bash": "bash", "bin/bash": "", "usr/bin/sh": "dash", "usr/bin/sh.distrib": "libc6", "etc/local": "", "etc/local.mine": "libc6",
		"usr/lib/x86_64-linux-gnu/libc.so.6": "libc6", "usr/share/doc/bash/README": "bash", "usr/share/doc/bash-extra": "bash",
		"usr": "", "usr/share/doc": "", "usr/bin/screen": "screen", "usr/lib/ld-musl.so.1": "musl", "top": "musl", "": "",
		"opt/big/a/file-7": "big", "opt/big/a": "", "usr/bin/hello": "hello", "elsewhere": "",
	} {
		got := ""
		if i := d.Owners(resolve).Of(name); i >= 0 {
			got = d.Packages[i].Name
		}
		if got != want {
			t.Errorf("%q belongs to %q, want %q", name, got, want)
		}
	}
	if i := d.Owners(nil).Of("bin/bash"); i < 0 || d.Packages[i].Name != "bash" {
		t.Error("without links, bin/bash is bash's")
	}
}

func TestCompare(t *testing.T) {
	state := func(lines ...string) *Database {
		d := &Database{}
		for _, line := range lines {
			w := strings.Fields(line)
			p := Package{Manager: Dpkg, Name: w[0], Version: w[1], State: Installed}
			if len(w) > 2 {
				p.State = State(w[2])
			}
			d.Packages = append(d.Packages, p)
		}
		return d
	}
	describe := func(c Changes) (out []string) {
		for _, p := range c.Installed {
			out = append(out, "+"+p.Name+" "+p.Version)
		}
		for _, p := range c.Removed {
			out = append(out, "-"+p.Name+" "+p.Version)
		}
		for _, u := range c.Upgraded {
			out = append(out, u.From.Name+" "+u.From.Version+" "+u.To.Version)
		}
		return out
	}
	for _, c := range []struct {
		before, after *Database
		want          []string
	}{
		{nil, nil, nil},
		{nil, state("a 1"), []string{"+a 1"}},
		{state("a 1"), nil, []string{"-a 1"}},
		{state("a 1", "b 1", "c 1"), state("a 1", "b 2", "d 1"), []string{"+d 1", "-c 1", "b 1 2"}},
		{state("a 2"), state("a 1"), []string{"a 2 1"}},
		{state("a 1"), state("a 1 config-files"), []string{"-a 1"}},
		{state("a 1 config-files"), state("a 1"), []string{"+a 1"}},
		{state("a 1"), state("a 1 half-installed"), nil},
		{state("kernel 1", "kernel 2"), state("kernel 2", "kernel 3"), []string{"kernel 1 3"}},
		{state("kernel 1"), state("kernel 1", "kernel 2"), []string{"+kernel 2"}},
		{state("kernel 1", "kernel 2"), state("kernel 3"), []string{"-kernel 2", "kernel 1 3"}},
	} {
		if d := cmp.Diff(c.want, describe(Compare(c.before, c.after))); d != "" {
			t.Errorf("%v: %s", c.want, d)
		}
	}
}

func TestWants(t *testing.T) {
	for name, want := range map[string]bool{
		"var/lib/dpkg/status": true, "var/lib/dpkg/status-old": false, "var/lib/dpkg/info/bash.list": true,
		"var/lib/dpkg/info/libc6:amd64.md5sums": true, "var/lib/dpkg/info/bash.postinst": false, "var/lib/dpkg/diversions": true,
		"var/lib/dpkg/arch": true, "var/lib/apt/extended_states": true, "var/lib/apt/lists/x": false, "etc/apt/apt.conf": true,
		"etc/apt/apt.conf.d/01autoremove": true, "lib/apk/db/installed": true, "usr/lib/apk/db/installed": true, "etc/apk/world": true,
		"lib/apk/db/scripts.tar": false, "var/lib/rpm/Packages": true, "var/lib/rpm/Basenames": false, "usr/lib/sysimage/rpm/Packages.db": true,
		"usr/share/rpm/rpmdb.sqlite": true, "usr/lib/sysimage/rpm/rpmdb.sqlite-wal": true, "usr/lib/sysimage/rpm/rpmdb.sqlite-shm": false,
		"usr/lib/sysimage/libdnf5/packages.toml": true, "": false, "status": false,
		"usr/lib/opkg/status": true, "var/lib/opkg/info/libc.list": true, "lib/opkg/info/libc.control": true, "lib/opkg/info/libc.postinst": false, "lib/opkg/libc.list": false,
		"var/lib/pacman/local/bash-5-1/desc": true, "var/lib/pacman/local/bash-5-1/files": true, "var/lib/pacman/local/bash-5-1/mtree": false, "var/lib/pacman/local/ALPM_DB_VERSION": true,
		"var/lib/pacman/local/desc": false, "var/lib/pacman/sync/core.db": false, "var/lib/portage/world": true, "var/db/pkg/a/b-1/CONTENTS": true, "var/db/pkg/a/b-1/RDEPEND": true,
		"var/db/pkg/a/b-1/environment.bz2": false, "var/db/pkg/a/CONTENTS": false, "var/lib/chisel/manifest.wall": true, "var/lib/rpmmanifest/container-manifest-1": true,
	} {
		if Wants(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
		if want && path.Clean(name) != name {
			t.Errorf("%q is no clean path", name)
		}
	}
}
