package packages

import (
	"fmt"
	"iter"

	"github.com/tare-oci/tare/analyze/packages/rpmdb"
)

// sqliteLog stands beside rpmdb.sqlite when the last writer did not tidy up.
const sqliteLog = "rpmdb.sqlite-wal"

// readRPM reads the first of rpm's databases that is there. Distributions that
// moved it left a link behind, and links are not captured.
func readRPM(d *Database, f Files) (notes []string, err error) {
	for _, folder := range rpmFolders {
		for _, name := range rpmNames {
			if data := f[folder+name]; len(data) > 0 {
				return readRPMFile(d, data, f[folder+sqliteLog], f[dnfReasons])
			}
		}
	}
	return nil, nil
}

func readRPMFile(d *Database, data, log, toml []byte) (notes []string, err error) {
	reasons := readDNFReasons(string(toml))
	var problem error
	count := 0
	err = rpmdb.Headers(data, log, func(header []byte) bool {
		p, bad := rpmdb.Parse(header)
		if bad != nil {
			problem = bad
			return true
		}
		if p.Name == "gpg-pubkey" {
			return true // a key that rpm trusts, kept among the packages
		}
		if count++; count > maxPackages {
			problem = errTooMany
			return false
		}
		reason, known := reasons[p.Name+"."+p.Arch]
		if !known {
			reason = Unknown
		}
		d.Packages = append(d.Packages, Package{
			Manager: RPM, Name: p.Name, Version: p.Version, Arch: p.Arch, Source: p.SourceRPM, Section: p.Group,
			State: Installed, Reason: reason, files: rpmFiles(p),
			depends: p.Requires, provides: p.Provides,
		})
		return true
	})
	if err == nil {
		err = problem
	}
	if count > 0 && len(reasons) == 0 {
		notes = append(notes, fmt.Sprintf("rpm: there is no %s of dnf 5%s", dnfReasons, Unasked))
	}
	return notes, err
}

func rpmFiles(p *rpmdb.Package) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range p.Files() {
			if name = clean(name); name != "" && !yield(name) {
				return
			}
		}
	}
}
