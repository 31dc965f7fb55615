package packages

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/imagetest/quick"
)

// pacmanFilesOf are a package's two files, as pacman writes them.
func pacmanFilesOf(f Files, name, version, rest string, files ...string) {
	dir := pacmanLocal + name + "-" + version
	f[dir+"/desc"] = []byte("%NAME%\n" + name + "\n\n%VERSION%\n" + version + "\n\n%BASE%\n" + name + "\n\n%ARCH%\nx86_64\n\n" + rest + "\n")
	list := ""
	if files != nil {
		list = "%FILES%\n" + strings.Join(files, "\n") + "\n\n%BACKUP%\netc/pacman.conf\tde541390e52468165b96511c4665bff4\n"
	}
	f[dir+"/files"] = []byte(list)
}

func pacmanDatabase() Files {
	const automatic = "%REASON%\n1\n\n"
	f := Files{alpmVersion: []byte("9\n")}
	pacmanFilesOf(f, "base", "3-2", "%DEPENDS%\nbash\nglibc>=2.38\n")
	pacmanFilesOf(f, "bash", "5.2.037-1", automatic+"%DEPENDS%\nreadline\n\n%PROVIDES%\nsh\n\n%OPTDEPENDS%\nbash-completion: for tab completion\n", "usr/", "usr/bin/", "usr/bin/bash", "usr/bin/sh")
	pacmanFilesOf(f, "bash-completion", "2.15.0-1", automatic+"%DEPENDS%\nonly-for-it\n", "usr/", "usr/share/", "usr/share/bash-completion/", "usr/share/bash-completion/it")
	pacmanFilesOf(f, "only-for-it", "1-1", automatic)
	pacmanFilesOf(f, "glibc", "2.41+r2+g0a7c7a3e283a-1", automatic+"%PROVIDES%\nlibc.so=6-64\n", "usr/", "usr/lib/", "usr/lib/libc.so.6", "usr/lib/a b", "etc/", "etc/gai.conf")
	pacmanFilesOf(f, "readline", "8.2.013-1", automatic+"%DEPENDS%\nlibc.so=6-64\n")
	pacmanFilesOf(f, "lost", "1:2.0rc1-3", automatic, "usr/", "usr/bin/", "usr/bin/lost")
	pacmanFilesOf(f, "unsaid", "1-1", "%REASON%\n2\n\n%DEPENDS%\nfor-unsaid\n")
	pacmanFilesOf(f, "for-unsaid", "1-1", automatic)
	pacmanFilesOf(f, "tree", "2.2.1-1", "%REASON%\n0\n\n%DEPENDS%\nsh\n", "usr/", "usr/bin/", "usr/bin/tree")
	return f
}

const opkgStatus = `Package: libc
Version: 1.2.4-4
Depends: libgcc1
Status: install hold,user installed
Essential: yes
Architecture: x86_64
Installed-Time: 1730715936

Package: libgcc1
Version: 13.3.0-r4
Status: install ok installed
Architecture: x86_64
Auto-Installed: yes

Package: uhttpd
Version: 2023.06.25~34a8a74d-r4
Depends: libc, libubox (>= 1) | libother, libjson
Recommends: luci
Status: install user installed
Architecture: x86_64
Conffiles:
 /etc/config/uhttpd 4b1b4b1b

Package: libubox
Version: 2024.03.29~eb9bcb64-r1
Provides: libubox20240329
Status: install ok installed
Architecture: x86_64
Auto-Installed: yes

Package: libJSON-c5
Version: 0.18-r1
Provides: libjson
Status: install ok unpacked
Architecture: x86_64
Auto-Installed: yes

Package: forgotten
Version: 1
Status: install ok installed
Architecture: all
Auto-Installed: yes

Package: listed
Version: 2
Depends: libc
Status: install user installed
Architecture: all
Auto-Installed: yes

Package: luci
Version: 2
Recommends: luci-theme
Suggests: luci-app
Depends: luci-base
Status: install ok installed
Architecture: all
Auto-Installed: yes

Package: luci-app
Version: 2
Status: install ok installed
Architecture: all
Auto-Installed: yes

Package: luci-base
Version: 2
Status: install ok installed
Architecture: all
Auto-Installed: yes

Package: luci-theme
Version: 2
Status: install ok installed
Architecture: all
Auto-Installed: yes

Package: gone
Version: 1
Status: deinstall ok not-installed
Architecture: all
`

func opkgDatabase(dir string) Files {
	return Files{
		dir + "status":               []byte(opkgStatus),
		dir + "info/libc.list":       []byte("/lib\n/lib/libc.so\n"),
		dir + "info/libgcc1.list":    []byte("/lib/libgcc_s.so.1\n"),
		dir + "info/uhttpd.list":     []byte("/usr/sbin/uhttpd\t100755\n/www/x\t120777\t/www/y\n"),
		dir + "info/libubox.list":    []byte("/lib/libubox.so.20240329\n"),
		dir + "info/libJSON-c5.list": []byte("/usr/lib/libjson-c.so.5\n"),
		dir + "info/listed.list":     {},
		dir + "info/luci.list":       {}, dir + "info/luci-app.list": {}, dir + "info/luci-base.list": {}, dir + "info/luci-theme.list": {},
		dir + "info/forgotten.list": {},
		dir + "info/libc.control":   []byte("Package: libc\nVersion: 1.2.4-4\nArchitecture: x86_64\n"),
	}
}

func portageDatabase() Files {
	return Files{
		portageWorld: []byte("app-editors/vim\ndev-lang/python:3.12\n@selected-sets\n"),

		portageDB + "app-editors/vim-9.1.0366-r1/CONTENTS": []byte("dir /usr\ndir /usr/bin\nobj /usr/bin/vim d41d8cd98f00b204e9800998ecf8427e 1714249917\n" +
			"obj /usr/share/a file with blanks d41d8cd98f00b204e9800998ecf8427e 1714249917\nsym /usr/bin/ex -> vim 1714249917\nfif /run/vim\n"),
		portageDB + "app-editors/vim-9.1.0366-r1/RDEPEND":          []byte(">=sys-libs/ncurses-5.2-r2:0/6= || ( dev-lang/lua:5.1[deprecated] dev-lang/luajit:2= ) !<app-editors/gvim-9 virtual/libc\n"),
		portageDB + "app-editors/vim-9.1.0366-r1/SLOT":             []byte("0\n"),
		portageDB + "dev-lang/python-3.11.9/CONTENTS":              []byte("obj /usr/bin/python3.11 d41d8cd98f00b204e9800998ecf8427e 1\n"),
		portageDB + "dev-lang/python-3.11.9/SLOT":                  []byte("3.11\n"),
		portageDB + "dev-lang/python-3.12.3/CONTENTS":              []byte("obj /usr/bin/python3.12 d41d8cd98f00b204e9800998ecf8427e 1\n"),
		portageDB + "dev-lang/python-3.12.3/SLOT":                  []byte("3.12\n"),
		portageDB + "dev-lang/lua-5.1.5-r200/CONTENTS":             []byte("obj /usr/bin/lua5.1 d41d8cd98f00b204e9800998ecf8427e 1\n"),
		portageDB + "dev-lang/lua-5.1.5-r200/SLOT":                 []byte("5.1\n"),
		portageDB + "dev-lang/lua-5.4.6/CONTENTS":                  []byte("obj /usr/bin/lua5.4 d41d8cd98f00b204e9800998ecf8427e 1\n"),
		portageDB + "dev-lang/lua-5.4.6/SLOT":                      []byte("5.4\n"),
		portageDB + "sys-libs/ncurses-6.4_p20240414/CONTENTS":      []byte("obj /lib64/libncurses.so.6 d41d8cd98f00b204e9800998ecf8427e 1\n"),
		portageDB + "sys-libs/ncurses-6.4_p20240414/SLOT":          []byte("0/6\n"),
		portageDB + "virtual/libc-1-r1/CONTENTS":                   {},
		portageDB + "virtual/libc-1-r1/SLOT":                       []byte("0\n"),
		portageDB + "media-fonts/font-adobe-100dpi-1.0.4/CONTENTS": []byte("obj /usr/share/fonts/100dpi/a.gz d41d8cd98f00b204e9800998ecf8427e 1\n"),
		portageDB + "sys-apps/-MERGING-sed-4.9/CONTENTS":           []byte("obj /bin/sed d41d8cd98f00b204e9800998ecf8427e 1\n"),
	}
}

// wall is a manifest as chisel writes it, compressed.
func wall(t testing.TB, lines ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(z, "{\"jsonwall\":\"1.0\",\"schema\":\"1.0\",\"count\":%d}\n", len(lines)+1)
	for _, line := range lines {
		fmt.Fprintln(z, line)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var chiselLines = []string{
	`{"kind":"content","slice":"base-files_lib","path":"/lib"}`,
	`{"kind":"content","slice":"libc6_libs","path":"/usr/lib/x86_64-linux-gnu/libc.so.6"}`,
	`{"kind":"package","name":"base-files","version":"13ubuntu10.2","sha256":"61e29c","arch":"amd64"}`,
	`{"kind":"package","name":"libc6","version":"2.39-0ubuntu8.4","sha256":"61e29d","arch":"amd64"}`,
	`{"kind":"path","path":"/lib","mode":"0777","slices":["base-files_lib"],"link":"usr/lib"}`,
	`{"kind":"path","path":"/usr/lib/","mode":"0755","slices":["base-files_lib"]}`,
	`{"kind":"path","path":"/usr/lib/x86_64-linux-gnu/libc.so.6","mode":"0644","slices":["libc6_libs"],"sha256":"aa","size":2125328}`,
	`{"kind":"slice","name":"base-files_lib"}`,
	`{"kind":"slice","name":"libc6_libs"}`,
}

const marinerLines = "mariner-release\t2.0-12.cm2\t1653816591\t1653753130\tMicrosoft Corporation\t(none)\t580\tnoarch\t0\tmariner-release-2.0-12.cm2.src.rpm\n" +
	"ca-certificates-base\t3.0.0-8.azl3\t1748892790\t1735838940\tMicrosoft Corporation\t1\t130628\tnoarch\t1\tca-certificates-3.0.0-8.azl3.src.rpm\n" +
	"glibc\t2.35-2.cm2\t1653816591\t1653628955\tMicrosoft Corporation\t(none)\t10855265\tx86_64\t0\tglibc-2.35-2.cm2.src.rpm\n"

const storeNames = ".links\n1ddf3x30m0z6kknmrmapsc7liz8npi1w-perl-5.38.2\nh0cnbmfcn93xm5dg2x27ixhag1cwndga-glibc-2.34-210-bin\n" +
	"5av396z8xa13jg89g9jws145c0k26k2x-glibc-2.34-210\n5av396z8xa13jg89g9jws145c0k26k2x-glibc-2.34-210.drv\n" +
	"0000000000000000000000000000000a-glibc-2.34-210\n00bgd045z0d4icpbc2yyz4gx48ak44la-customisation-layer\n" +
	"00bgd045z0d4icpbc2yyz4gx48ak44lb-libgcc-unstable-2023-01-01\n"

func TestManagers(t *testing.T) {
	damaged := pacmanDatabase()
	damaged[pacmanLocal+"bash-5.2.037-1/desc"] = []byte("\x00\x01rubbish")
	delete(damaged, pacmanLocal+"lost-1:2.0rc1-3/files")
	noWorld, broken := portageDatabase(), portageDatabase()
	delete(noWorld, portageWorld)
	broken[portageDB+"dev-lang/lua-5.4.6/CONTENTS"] = []byte("\x00rubbish")
	delete(broken, portageDB+"dev-lang/lua-5.1.5-r200/CONTENTS")
	broken[portageDB+"a/nothing/SLOT"] = []byte("0")
	noStatus := opkgDatabase("usr/lib/opkg/")
	delete(noStatus, "usr/lib/opkg/status")
	silent := Files{"var/lib/opkg/status": []byte(strings.NewReplacer("Auto-Installed: yes\n", "", "user", "ok").Replace(opkgStatus))}

	portage := func(vim, lua51, ncurses, libc, python string) []string {
		return []string{
			"portage app-editors/vim 9.1.0366-r1  installed " + vim, "portage dev-lang/lua 5.1.5-r200  installed " + lua51, "portage dev-lang/lua 5.4.6  installed unknown",
			"portage dev-lang/python 3.11.9  installed unknown", "portage dev-lang/python 3.12.3  installed " + python, "portage media-fonts/font-adobe-100dpi 1.0.4  installed unknown",
			"portage sys-apps/sed 4.9  half-installed unknown", "portage sys-libs/ncurses 6.4_p20240414  installed " + ncurses, "portage virtual/libc 1-r1  installed " + libc,
		}
	}
	for _, c := range []struct {
		name  string
		files Files
		want  []string
		notes []string
	}{
		{"pacman", pacmanDatabase(), []string{
			"pacman base 3-2 x86_64 installed manual", "pacman bash 5.2.037-1 x86_64 installed dependency", "pacman bash-completion 2.15.0-1 x86_64 installed suggested",
			"pacman for-unsaid 1-1 x86_64 installed dependency", "pacman glibc 2.41+r2+g0a7c7a3e283a-1 x86_64 installed dependency", "pacman lost 1:2.0rc1-3 x86_64 installed orphan", "pacman only-for-it 1-1 x86_64 installed suggested",
			"pacman readline 8.2.013-1 x86_64 installed dependency", "pacman tree 2.2.1-1 x86_64 installed manual", "pacman unsaid 1-1 x86_64 installed unknown",
		}, nil},
		{"pacman, damaged", damaged, []string{
			"pacman base 3-2 x86_64 installed manual", "pacman bash 5.2.037-1  installed unknown", "pacman bash-completion 2.15.0-1 x86_64 installed unknown",
			"pacman for-unsaid 1-1 x86_64 installed dependency", "pacman glibc 2.41+r2+g0a7c7a3e283a-1 x86_64 installed dependency", "pacman lost 1:2.0rc1-3 x86_64 installed unknown", "pacman only-for-it 1-1 x86_64 installed unknown",
			"pacman readline 8.2.013-1 x86_64 installed unknown", "pacman tree 2.2.1-1 x86_64 installed manual", "pacman unsaid 1-1 x86_64 installed unknown",
		}, []string{
			"pacman: the file desc is damaged or missing for bash-5.2.037-1, so their names are those of their directories",
			"pacman: the list of files is damaged or missing for lost-1:2.0rc1-3, so tare cannot tell which files belong to them",
		}},
		{"pacman, emptied", Files{alpmVersion: []byte("9\n")}, nil, []string{"pacman: var/lib/pacman/local/ lists no packages"}},
		{"opkg", opkgDatabase("usr/lib/opkg/"), []string{
			"opkg forgotten 1 all installed orphan", "opkg libJSON-c5 0.18-r1 x86_64 half-installed dependency", "opkg libc 1.2.4-4 x86_64 installed essential",
			"opkg libgcc1 13.3.0-r4 x86_64 installed dependency", "opkg libubox 2024.03.29~eb9bcb64-r1 x86_64 installed dependency", "opkg listed 2 all installed manual", "opkg luci 2 all installed recommended", "opkg luci-app 2 all installed suggested", "opkg luci-base 2 all installed recommended", "opkg luci-theme 2 all installed recommended", "opkg uhttpd 2023.06.25~34a8a74d-r4 x86_64 installed manual",
		}, nil},
		{"opkg without a status", noStatus, []string{"opkg libc 1.2.4-4 x86_64 installed unknown"}, []string{
			"opkg: usr/lib/opkg/status is missing, so the packages are those of usr/lib/opkg/info/",
			"opkg: its status says of no package that it was asked for or came by itself" + Unasked,
		}},
		{"opkg that does not tell", silent, []string{
			"opkg forgotten 1 all installed unknown", "opkg libJSON-c5 0.18-r1 x86_64 half-installed unknown", "opkg libc 1.2.4-4 x86_64 installed unknown",
			"opkg libgcc1 13.3.0-r4 x86_64 installed unknown", "opkg libubox 2024.03.29~eb9bcb64-r1 x86_64 installed unknown", "opkg listed 2 all installed unknown", "opkg luci 2 all installed unknown", "opkg luci-app 2 all installed unknown", "opkg luci-base 2 all installed unknown", "opkg luci-theme 2 all installed unknown", "opkg uhttpd 2023.06.25~34a8a74d-r4 x86_64 installed unknown",
		}, []string{
			"opkg: the list of files is missing for libc, libgcc1, uhttpd and 7 more, so tare cannot tell which files belong to them",
			"opkg: its status says of no package that it was asked for or came by itself" + Unasked,
		}},
		{"opkg, damaged", Files{"lib/opkg/status": []byte("\x00\x01rubbish")}, nil, []string{"opkg: lib/opkg/status lists no package that could be read"}},
		{"portage", portageDatabase(), portage("manual", "dependency", "dependency", "dependency", "manual"), nil},
		{"portage without a world", noWorld, portage("unknown", "unknown", "unknown", "unknown", "unknown"), []string{"portage: /var/lib/portage/world is missing" + Unasked}},
		{"portage, damaged", broken, portage("manual", "dependency", "dependency", "dependency", "manual"), []string{
			"portage: CONTENTS is missing for dev-lang/lua-5.1.5-r200, so tare cannot tell which files belong to them",
			"portage: CONTENTS is damaged for dev-lang/lua-5.4.6, so tare cannot tell which files belong to them",
			"portage: the name and version of a/nothing are unknown in var/db/pkg/",
		}},
		{"nix", Files{"nix/store/": []byte(storeNames)}, []string{
			"nix customisation-layer   installed unknown", "nix glibc 2.34-210  installed unknown", "nix glibc 2.34-210  installed unknown", "nix glibc-bin 2.34-210  installed unknown",
			"nix libgcc-unstable 2023-01-01  installed unknown", "nix perl 5.38.2  installed unknown",
		}, []string{"nix: nix/store does not say what needs what" + Unasked}},
		{"guix", Files{"gnu/store/": []byte("1ddf3x30m0z6kknmrmapsc7liz8npi1w-hello-2.12.1\nodd\n")}, []string{"guix hello 2.12.1  installed unknown"}, []string{
			"guix: gnu/store does not say what needs what" + Unasked,
			"guix: the names of odd in gnu/store are not those of packages, so their files have no owner",
		}},
		{"no nix at all", Files{"nix/store/": []byte("a\nb\n")}, nil, []string{"nix: nothing in nix/store has the name of a package, so no file there has an owner"}},
		{"chisel", Files{chiselManifest: wall(t, chiselLines...)}, []string{
			"chisel base-files 13ubuntu10.2 amd64 installed unknown", "chisel libc6 2.39-0ubuntu8.4 amd64 installed unknown",
		}, []string{"chisel: its manifest names the packages' slices, but not which of them somebody named" + Unasked}},
		{"chisel beside dpkg", Files{
			chiselManifest:        wall(t, chiselLines...),
			dpkgStatusD + "libc6": []byte("Package: libc6\nVersion: 2.39-0ubuntu8.4\nArchitecture: amd64\n"),
			dpkgStatusD + "base":  []byte("Package: base-files\nVersion: 13ubuntu10.2\nArchitecture: amd64\n"),
		}, []string{
			"dpkg base-files 13ubuntu10.2 amd64 installed unknown", "dpkg libc6 2.39-0ubuntu8.4 amd64 installed unknown",
		}, []string{"dpkg: packages in status.d (a distroless image) do not say why they are installed"}},
		{"Azure Linux", Files{rpmManifest2: []byte(marinerLines), rpmManifest1: []byte("other.1-1.cm2.x86_64\n")}, []string{
			"rpm ca-certificates-base 1:3.0.0-8.azl3 noarch installed unknown", "rpm glibc 2.35-2.cm2 x86_64 installed unknown", "rpm mariner-release 2.0-12.cm2 noarch installed unknown",
		}, []string{
			"rpm: var/lib/rpmmanifest/container-manifest-2 (an image without rpm's database) names packages but none of their files, so no file has an owner",
			"rpm: var/lib/rpmmanifest/container-manifest-2 gives no reasons" + Unasked,
		}},
		{"Azure Linux's first manifest", Files{rpmManifest1: []byte("libstdc++.11.2.0-2.cm2.x86_64\njava-1.8.0-openjdk.1.8.0-1.azl3.x86_64\nodd\n")}, []string{
			"rpm java-1.8.0-openjdk 1.8.0-1.azl3 x86_64 installed unknown", "rpm libstdc++ 11.2.0-2.cm2 x86_64 installed unknown",
		}, []string{
			"rpm: var/lib/rpmmanifest/container-manifest-1 (an image without rpm's database) names packages but none of their files, so no file has an owner",
			"rpm: var/lib/rpmmanifest/container-manifest-1 gives no reasons" + Unasked,
			"rpm: var/lib/rpmmanifest/container-manifest-1 could not be read in part",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, notes, err := Read(c.files)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, summary(d)); diff != "" {
				t.Errorf("packages: %s", diff)
			}
			if diff := cmp.Diff(c.notes, notes); diff != "" {
				t.Errorf("notes: %s", diff)
			}
		})
	}
}

// TestManagersOwn: every manager's way of telling what belongs to a package.
func TestManagersOwn(t *testing.T) {
	f := Files{"nix/store/": []byte(storeNames), chiselManifest: wall(t, chiselLines...)}
	for _, more := range []Files{pacmanDatabase(), opkgDatabase("var/lib/opkg/"), portageDatabase()} {
		for name, content := range more {
			f[name] = content
		}
	}
	d, _, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	owners := d.Owners(func(dir string) string {
		if dir == "bin" || dir == "lib64" {
			return "usr/" + dir
		}
		return dir
	})
	for name, want := range map[string]string{
		"usr/bin/bash": "bash", "usr/bin": "", "usr/lib/a b": "glibc", "etc/gai.conf": "glibc", "etc/pacman.conf": "", "usr/bin/lost": "lost",
		"usr/sbin/uhttpd": "uhttpd", "www/x": "uhttpd", "lib/libc.so": "libc", "usr/lib/libjson-c.so.5": "libJSON-c5",
		"usr/bin/vim": "app-editors/vim", "usr/share/a file with blanks": "app-editors/vim", "usr/bin/ex": "app-editors/vim", "run/vim": "app-editors/vim",
		"usr/lib64/libncurses.so.6": "sys-libs/ncurses", "usr/bin/python3.11": "dev-lang/python", "usr/bin/sed": "sys-apps/sed",
		"nix/store/1ddf3x30m0z6kknmrmapsc7liz8npi1w-perl-5.38.2/bin/ptar": "perl", "nix/store/h0cnbmfcn93xm5dg2x27ixhag1cwndga-glibc-2.34-210-bin": "glibc-bin",
		"nix/store/5av396z8xa13jg89g9jws145c0k26k2x-glibc-2.34-210.drv": "", "nix/store/1ddf3x30m0z6kknmrmapsc7liz8npi1w-perl-5.38.2x": "", "nix/store": "", "nix/storex/a": "",
		"usr/lib/x86_64-linux-gnu/libc.so.6": "libc6", "usr/lib": "",
	} {
		got := ""
		if i := owners.Of(name); i >= 0 {
			got = d.Packages[i].Name
		}
		if got != want {
			t.Errorf("%q belongs to %q, want %q", name, got, want)
		}
	}
	if i, k := owners.Of("usr/bin/python3.11"), owners.Of("usr/bin/python3.12"); i == k || d.Packages[i].Version != "3.11.9" {
		t.Error("two slots of Python are one package")
	}
	elsewhere := d.Owners(func(dir string) string {
		if dir == "nix/store" {
			return "data"
		}
		return dir
	})
	if i := elsewhere.Of("data/1ddf3x30m0z6kknmrmapsc7liz8npi1w-perl-5.38.2/bin/ptar"); i < 0 || d.Packages[i].Name != "perl" {
		t.Error("a store behind a link owns nothing")
	}
}

// TestManagersNeed: who needs whom, and whose suggestion keeps a package.
func TestManagersNeed(t *testing.T) {
	f := portageDatabase()
	for _, more := range []Files{pacmanDatabase(), opkgDatabase("var/lib/opkg/")} {
		for name, content := range more {
			f[name] = content
		}
	}
	d := read(t, f)
	needs, _ := d.Needs()
	for name, want := range map[string]string{
		"pacman tree": "bash", "pacman readline": "glibc", "pacman base": "bash glibc", "opkg uhttpd": "libJSON-c5 libc libubox",
		"portage app-editors/vim": "dev-lang/lua sys-libs/ncurses virtual/libc", "portage dev-lang/python": "",
	} {
		i := slices.IndexFunc(d.Packages, func(p Package) bool { return p.Manager+" "+p.Name == name })
		var got []string
		for _, k := range needs[i] {
			got = append(got, d.Packages[k].Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s needs %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string][3]string{
		"bash-completion": {"bash", "", ""}, "only-for-it": {"bash", "bash-completion", "bash-completion"}, "readline": {"", "", "bash"}, "sys-libs/ncurses": {"", "", "app-editors/vim"}, "libubox": {"", "", "uhttpd"},
		"luci": {"uhttpd", "", ""}, "luci-base": {"uhttpd", "luci", "luci"}, "luci-theme": {"luci", "", ""}, "luci-app": {"luci", "", ""},
	} {
		i := slices.IndexFunc(d.Packages, func(p Package) bool { return p.Name == name })
		p := &d.Packages[i]
		if got := [3]string{strings.Join(p.RecommendedBy, " "), p.Via, p.NeededBy}; got != want {
			t.Errorf("%s: suggested by, via, needed by %q, want %q", name, got, want)
		}
	}
}

// TestManifestLimit goes up to what a manifest may unpack to, and one line over.
func TestManifestLimit(t *testing.T) {
	const line = `{"kind":"slice","name":"a_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}`
	below, over := 0, 0
	for n := 600; n < 900; n += quick.Rounds(7, 7, 1) {
		manifest := wall(t, slices.Repeat([]string{line}, n)...)
		unpacked := int64(len(fmt.Sprintf("{\"jsonwall\":\"1.0\",\"schema\":\"1.0\",\"count\":%d}\n", n+1)) + n*(len(line)+1))
		fits := unpacked <= chiselSize(len(manifest))
		if _, _, err := Read(Files{chiselManifest: manifest}); (err == nil) != fits {
			t.Fatalf("%d bytes unpack to %d: %v", len(manifest), unpacked, err)
		}
		if fits {
			below++
		} else {
			over++
		}
	}
	if below == 0 || over == 0 {
		t.Errorf("%d manifests within the limit, %d over it", below, over)
	}
	if most := chiselSize(1 << 30); most != chiselMost {
		t.Errorf("a manifest may unpack to %d bytes", most)
	}
}

// TestManifestIsBounded: a manifest that unpacks to far more than any real one does is an
// error, and so is one that is cut off or damaged; what could be read counts.
func TestManifestIsBounded(t *testing.T) {
	long := make([]string, 40_000)
	for i := range long {
		long[i] = `{"kind":"slice","name":"a_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}`
	}
	whole := wall(t, chiselLines...)
	for name, c := range map[string]struct {
		manifest []byte
		says     string
		packages int
	}{
		"too much": {wall(t, long...), "unpacks to more than", 0},
		"cut off":  {whole[:len(whole)-20], "", -1},
		"no zstd":  {[]byte("\x28\xb5\x2f\xfdrubbish"), "", 0},
		"shorter":  {wall(t, append([]string{`{"jsonwall":"1.0","count":99}`}, chiselLines...)...), "11 of 99 lines could be read", 2},
		"damaged":  {wall(t, append([]string{"{"}, chiselLines...)...), "10 of 11 lines could be read", 2},
	} {
		d, _, err := Read(Files{chiselManifest: c.manifest})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if c.packages >= 0 && len(d.Packages) != c.packages {
			t.Errorf("%s: %d packages, want %d", name, len(d.Packages), c.packages)
		}
	}
}
