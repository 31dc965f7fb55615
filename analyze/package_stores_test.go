package analyze_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

const (
	storeGlibc = "nix/store/5av396z8xa13jg89g9jws145c0k26k2x-glibc-2.40-66"
	storeBin   = "nix/store/h0cnbmfcn93xm5dg2x27ixhag1cwndga-glibc-2.40-66-bin"
	storeHello = "nix/store/1ddf3x30m0z6kknmrmapsc7liz8npi1w-hello-2.12.1"
)

// owned describes a report's packages: name, version, layer and bytes.
func owned(r *model.Report) []string {
	var out []string
	for i := range r.Packages {
		p := &r.Packages[i]
		out = append(out, fmt.Sprintf("%s %s %s %d %d", p.Manager, p.Name, p.Version, p.Layer, p.Bytes))
	}
	return out
}

// TestStores: the directories of a store are packages, each of the layer that brings it,
// also where no entry names the directories; and only while they are there.
func TestStores(t *testing.T) {
	t.Parallel()
	glibc := []imagetest.File{imagetest.Fill(storeGlibc+"/lib/libc.so.6", 4000), imagetest.Fill(storeGlibc+"/lib/libm.so.6", 500)}
	hello := []imagetest.File{imagetest.Fill(storeHello+"/bin/hello", 300), imagetest.Symlink("bin/hello", "/"+storeHello+"/bin/hello")}
	bin := []imagetest.File{imagetest.Fill(storeBin+"/bin/ldd", 20)}
	for name, test := range map[string]struct {
		layers [][]imagetest.File
		want   []string
	}{
		"a layer each":      {[][]imagetest.File{glibc, bin, hello}, []string{"nix glibc 2.40-66 0 4500", "nix glibc-bin 2.40-66 1 20", "nix hello 2.12.1 2 300"}},
		"one layer":         {[][]imagetest.File{slices.Concat(glibc, hello)}, []string{"nix glibc 2.40-66 0 4500", "nix hello 2.12.1 0 300"}},
		"one is removed":    {[][]imagetest.File{glibc, hello, {imagetest.Whiteout(storeHello)}}, []string{"nix glibc 2.40-66 0 4500"}},
		"all are removed":   {[][]imagetest.File{glibc, hello, {imagetest.Whiteout("nix")}}, nil},
		"behind a link":     {[][]imagetest.File{{imagetest.Symlink("nix", "/data")}, {imagetest.Fill("data"+strings.TrimPrefix(storeHello, "nix")+"/bin/hello", 300)}}, []string{"nix hello 2.12.1 1 300"}},
		"a second name":     {[][]imagetest.File{{imagetest.Fill("nix/store/.links/0000", 300), imagetest.HardLink(storeHello+"/bin/hello", "nix/store/.links/0000")}}, []string{"nix hello 2.12.1 0 300"}},
		"names of no store": {[][]imagetest.File{{imagetest.Fill("nix/store/hello-2.12.1/bin/hello", 300)}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for form, reference := range inAllForms(t, test.layers...) {
				r := image(t, reference)
				if diff := cmp.Diff(test.want, owned(r)); diff != "" {
					t.Errorf("%s: %s", form, diff)
				}
				checkInvariants(t, r)
			}
		})
	}
}

// TestTreesBehindLinks: pacman and portage keep a directory for each package, which counts
// also where a link stands in the place of all of them.
func TestTreesBehindLinks(t *testing.T) {
	t.Parallel()
	program := imagetest.Fill("usr/bin/a", 4000)
	pacman := func(dir string) []imagetest.File {
		return []imagetest.File{
			imagetest.Text(dir+"/local/a-1-1/desc", "%NAME%\na\n\n%VERSION%\n1-1\n\n%ARCH%\nany\n"), imagetest.Text(dir+"/local/a-1-1/files", "%FILES%\nusr/\nusr/bin/\nusr/bin/a\n"), program,
		}
	}
	portage := func(dir string) []imagetest.File {
		return []imagetest.File{imagetest.Text(dir+"/c/a-1/CONTENTS", "obj /usr/bin/a d41d8cd98f00b204e9800998ecf8427e 1\n"), program}
	}
	for name, test := range map[string]struct {
		files []imagetest.File
		want  []string
	}{
		"pacman":               {pacman("var/lib/pacman"), []string{"pacman a 1-1 0 4000"}},
		"pacman behind a link": {append(pacman("usr/lib/sysimage/pacman"), imagetest.Symlink("var/lib/pacman", "../../usr/lib/sysimage/pacman")), []string{"pacman a 1-1 0 4000"}},
		"portage":              {portage("var/db/pkg"), []string{"portage c/a 1 0 4000"}},
		"portage below a link": {append(portage("data/db/pkg"), imagetest.Symlink("var", "data")), []string{"portage c/a 1 0 4000"}},
		"too deep":             {append(pacman("data/local/local/x"), imagetest.Symlink("var/lib/pacman", "/data/local")), nil},
	} {
		t.Run(name, func(t *testing.T) {
			for form, reference := range inAllForms(t, test.files) {
				if strings.HasPrefix(form, "stream") && strings.Contains(name, "link") {
					continue // what was passed over is gone
				}
				if diff := cmp.Diff(test.want, owned(image(t, reference))); diff != "" {
					t.Errorf("%s: %s", form, diff)
				}
			}
		})
	}
}

// TestUnreadDatabases: what tare cannot read it names, once, and only where something is
// installed.
func TestUnreadDatabases(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"var/lib/pkgtools/packages/bash-5.2-x86_64-1":               "Slackware's pkgtools: tare cannot read the database in /var/lib/pkgtools/packages, so no file of its packages has an owner",
		"home/linuxbrew/.linuxbrew/Cellar/jq/1.7/bin/jq":            "Homebrew: tare cannot read the database in /home/linuxbrew/.linuxbrew/Cellar, so no file of its packages has an owner",
		"var/db/xbps/pkgdb-0.38.plist":                              "XBPS: tare cannot read the database in /var/db/xbps, so no file of its packages has an owner",
		"usr/share/clear/bundles/os-core":                           "swupd: tare cannot read the database in /usr/share/clear/bundles, so no file of its packages has an owner",
		"var/lib/eopkg/package/bash-5-1/files.xml":                  "eopkg: tare cannot read the database in /var/lib/eopkg/package, so no file of its packages has an owner",
		"var/lib/flatpak/app/org.x/current":                         "Flatpak: tare cannot read the database in /var/lib/flatpak/app, so no file of its packages has an owner",
		"var/lib/snapd/snaps/core_1.snap":                           "snap: tare cannot read the database in /var/lib/snapd/snaps, so no file of its packages has an owner",
		"var/db/pkg/local.sqlite":                                   "FreeBSD's pkg: tare cannot read the database in /var/db/pkg/local.sqlite, so no file of its packages has an owner",
		"var/lib/pacman/local/ALPM_DB_VERSION":                      "pacman: var/lib/pacman/local/ lists no packages",
		"usr/share/doc/xbps/README":                                 "",
		"nix/store/hello-2.12.1/bin/hello":                          "nix: nothing in nix/store has the name of a package, so no file there has an owner",
		"usr/lib/opkg/status":                                       "opkg: usr/lib/opkg/status lists no package that could be read",
		"gnu/store/1ddf3x30m0z6kknmrmapsc7liz8npi1w-hello-2.12.1/x": "guix: gnu/store does not say what needs what, so it is not known which packages were asked for",
	} {
		forms := inAllForms(t, []imagetest.File{imagetest.Text(path, "x"), imagetest.Dir("var/lib/snapd"), imagetest.Dir("opt/homebrew/Cellar")})
		r := image(t, forms["gzip"])
		var notes []string
		for _, n := range r.Notes {
			if !strings.HasPrefix(n, "layer ") {
				notes = append(notes, n)
			}
		}
		if got := strings.Join(notes, "\n"); got != want {
			t.Errorf("%s: notes %q, want %q", path, got, want)
		}
	}
	gone := inAllForms(t, []imagetest.File{imagetest.Text("var/db/xbps/pkgdb-0.38.plist", "x")}, []imagetest.File{imagetest.Whiteout("var/db")})
	if notes := image(t, gone["gzip"]).Notes; len(notes) > 0 {
		t.Errorf("a database that a later layer removes: %q", notes)
	}
}
