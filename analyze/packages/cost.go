package packages

import (
	"bytes"
	"path"
	"strings"
)

// What reading the databases takes, estimated from counts in their files.
const (
	// packageCost is what a package takes in memory, in bytes: dpkg's paragraph
	// with its fields, and the package in this database and in the report.
	packageCost = 1200
	// relationCost is the same for one package that depends on another.
	relationCost = 160
	// readWork is what a file takes to be found and listed, and a package to be read
	// and compared, in bytes that could be read in the same time; relationWork is
	// the same for a relation.
	readWork     = 2 << 10
	relationWork = 25
	// ownedCost is what a path that a package owns takes in memory, beside its own
	// bytes.
	ownedCost = 100
)

// Cost estimates what [Read] would take of the files, before it is called: how
// many bytes of memory the Database holds beside the files, and how many bytes of
// text have to be read.
func Cost(f Files) (memory, work int64) {
	for name, text := range f {
		if m, w, ok := costOfOthers(name, text); ok {
			memory, work = memory+m, work+w
			continue
		}
		work += readWork + int64(len(text))
		switch {
		case strings.HasPrefix(name, dpkgStatusD):
			memory += packageCost + int64(len(text))
		case name == dpkgStatus, name == apkInstalled[0], name == apkInstalled[1]:
			packages := int64(min(bytes.Count(text, []byte("\n\n"))+1, maxPackages))
			relations := int64(min(bytes.Count(text, []byte(","))+bytes.Count(text, []byte("|")), maxCounted))
			memory += packages*packageCost + relations*relationCost + int64(len(text))
			work += packages*readWork + relations*relationWork
		case name == aptStates:
			memory += int64(min(bytes.Count(text, []byte("\n\n")), maxPackages)) * ownedCost
		case strings.HasPrefix(name, dpkgInfo):
			memory += int64(min(bytes.Count(text, []byte("\n")), maxOwned)) * ownedCost
		default:
			memory += int64(len(text)) // rpm's headers, which are parsed into copies
		}
	}
	return memory, work
}

// costOfOthers is [Cost] for one file of the managers beside dpkg, apk and rpm.
func costOfOthers(name string, text []byte) (memory, work int64, ok bool) {
	work = readWork + int64(len(text))
	lines := int64(min(bytes.Count(text, []byte("\n")), maxOwned))
	dir, base := path.Split(name)
	switch {
	case name == nixStore+"/", name == guixStore+"/", name == rpmManifest1, name == rpmManifest2:
		return lines * packageCost, work + lines*readWork, true
	case name == chiselManifest:
		unpacked := chiselSize(len(text))
		return unpacked, work + 4*unpacked, true // JSON takes a few times as long as lines
	case wantsOpkg(dir, base) && base == "status":
		packages := int64(min(bytes.Count(text, []byte("\n\n"))+1, maxPackages))
		relations := int64(min(bytes.Count(text, []byte(","))+bytes.Count(text, []byte("|")), maxCounted))
		return packages*packageCost + relations*relationCost + 2*int64(len(text)), 2*work + packages*readWork + relations*relationWork, true
	case wantsOpkg(dir, base) && strings.HasSuffix(base, ".control"):
		return packageCost + 2*int64(len(text)), work, true
	case wantsOpkg(dir, base), wantsPacman(name) && base == "files", wantsPortage(name) && base == "CONTENTS":
		return packageCost + lines*ownedCost, work, true
	case wantsPacman(name):
		return packageCost + lines*relationCost, work + lines*relationWork, true
	case wantsPortage(name):
		words := int64(min(bytes.Count(text, []byte(" "))+bytes.Count(text, []byte("\n"))+1, maxCounted))
		return words * relationCost, work + words*relationWork, true
	}
	return 0, 0, false
}

// maxCounted is how many relations count: more are an error of the database.
const maxCounted = 1_000_000
