package packages

import (
	"strings"
	"testing"
)

// FuzzRead gives every parser its turn with the same bytes: the first says which
// file they are.
func FuzzRead(f *testing.F) {
	names := []string{
		dpkgStatus, dpkgStatusD + "a", aptStates, aptConfD + "a", dpkgDiversions, dpkgInfo + "a.list", dpkgInfo + "a.md5sums",
		apkInstalled[0], apkWorld, dnfReasons, "var/lib/rpm/Packages",
		"var/lib/opkg/status", "var/lib/opkg/info/a.list", pacmanLocal + "a-1-1/desc", pacmanLocal + "a-1-1/files", portageDB + "c/a-1/CONTENTS",
		portageDB + "c/a-1/RDEPEND", portageDB + "c/a-1/SLOT", portageWorld, nixStore + "/", chiselManifest, rpmManifest1, rpmManifest2,
	}
	for i, text := range []string{
		"Package: a\nStatus: install ok installed\nVersion: 1:2~-3\nDepends: b (>= 1) | c:any, d\nProvides: b (= 2), c\nRecommends: a\n\n" +
			"Package: c\nMulti-Arch: allowed\nStatus: install ok half-installed\nVersion: 0\nPre-Depends: a\n",
		"Package: a\nVersion: 1\n",
		"Package: a\nArchitecture: amd64\nAuto-Installed: 1\n",
		"APT { NeverAutoRemove { \"^a$\"; \"(x+x+)+y\"; }; }; // comment\n#clear APT;\nA::B \"c\";",
		"/bin/sh\n/bin/sh.distrib\ndash\n",
		"/.\n/bin\n/bin/a\n",
		strings.Repeat("0", 32) + "  bin/a\n",
		"P:a\nV:1\nD:b so:c !d\np:cmd:a=1\ni:a b\nF:bin\nR:a\n\nP:b\n",
		"a b@edge c>1\n",
		"[packages]\n\"a.noarch\" = {reason=\"User\"}\n",
		"RpmP",
		"Package: A\nVersion: 1\nStatus: install user installed\nDepends: b | c\n\nPackage: b\nVersion: 1\nStatus: install ok installed\nAuto-Installed: yes\n",
		"/bin/a\t100755\n/bin/b\t120777\ta\n",
		"%NAME%\na\n\n%VERSION%\n1-1\n\n%REASON%\n1\n\n%DEPENDS%\nb>=1\n\n%OPTDEPENDS%\nz: why\n",
		"%FILES%\nbin/\nbin/a\n\n%BACKUP%\netc/a\t0\n",
		"dir /bin\nobj /bin/a b 0 1\nsym /bin/c -> a b 1\n",
		"|| ( c/b:0= >=c/d-1-r2[x(-)?] ) !c/e",
		"0/1\n",
		"c/a:0\n@set\n",
		storeNames,
		string(wall(f, chiselLines...)),
		"a.1-1.x86_64\n",
		marinerLines,
	} {
		f.Add(uint8(i), []byte(text))
	}
	status := []byte("Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nDepends: b\nRecommends: c\n\n" +
		"Package: b\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n")
	f.Fuzz(func(t *testing.T, which uint8, content []byte) {
		files := Files{dpkgStatus: status, apkInstalled[0]: []byte("P:a\nD:b\n"), pacmanLocal + "z-1-1/desc": []byte("%NAME%\nz\n\n%VERSION%\n1-1\n\n%REASON%\n1\n"), aptStates: []byte("Package: b\nAuto-Installed: 1\n")}
		name := names[int(which)%len(names)]
		if !Wants(name) && name != nixStore+"/" {
			t.Fatalf("Wants does not know %s", name)
		}
		files[name] = content
		d, _, _ := Read(files)
		owners := d.Owners(func(dir string) string { return "usr/" + dir })
		if i := owners.Of("usr/bin/a"); i >= len(d.Packages) {
			t.Errorf("owner %d of %d packages", i, len(d.Packages))
		}
		for i := range d.Packages {
			p := &d.Packages[i]
			if p.Reason == "" || p.State == "" {
				t.Errorf("%s: reason %q, state %q", p.Name, p.Reason, p.State)
			}
			if (p.Via != "" || p.RecommendedBy != nil) && p.Reason != Recommended && p.Reason != Suggested {
				t.Errorf("%s is %s, but recommended by %q via %q", p.Name, p.Reason, p.RecommendedBy, p.Via)
			}
		}
		d.Needs()
		Cost(files)
		if c := Compare(d, d); len(c.Installed)+len(c.Removed)+len(c.Upgraded) > 0 {
			t.Errorf("a state differs from itself: %v", c)
		}
	})
}
