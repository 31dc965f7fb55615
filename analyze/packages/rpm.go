package packages

import (
	"fmt"
	"iter"
	"slices"

	"github.com/tare-oci/tare/analyze/packages/rpmdb"
)

// sqliteLog stands beside rpmdb.sqlite when the last writer did not tidy up.
const sqliteLog = "rpmdb.sqlite-wal"

// readRPM reads one of rpm's databases. Distributions that moved it left a link
// or a copy behind; the first counts that has packages.
func readRPM(d *Database, f Files) (notes []string, err error) {
	before := len(d.Packages)
	var broken []Package // what the first says, if none is whole
	for _, dir := range rpmDirs {
		for _, name := range rpmNames {
			data := f[dir+name]
			if len(data) == 0 {
				continue
			}
			said, problem := readRPMFile(d, data, f[dir+sqliteLog], f[dnfReasons])
			if problem == nil && len(d.Packages) > before {
				return said, nil
			}
			if err == nil {
				notes, err, broken = said, problem, slices.Clone(d.Packages[before:])
			}
			d.Packages = d.Packages[:before]
		}
	}
	d.Packages = append(d.Packages, broken...)
	return notes, err
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
