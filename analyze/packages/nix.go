package packages

import (
	"bytes"
	"slices"
	"strings"
)

// The stores of Nix and Guix: each path in one is a package, named HASH-NAME-VERSION, and
// owns all that is below it.
const (
	nixStore  = "nix/store"
	guixStore = "gnu/store"
)

// Stores lists the directories whose entries are packages. Files has the names in each.
func Stores() []string { return []string{nixStore, guixStore} }

func readNix(d *Database, f Files) ([]string, error)  { return readStore(d, Nix, nixStore, f) }
func readGuix(d *Database, f Files) ([]string, error) { return readStore(d, Guix, guixStore, f) }

// readStore makes a package of each path of a store. What they need and which of them were
// asked for is in a database that images hardly ever have.
func readStore(d *Database, manager, store string, f Files) (notes []string, err error) {
	names, there := f[store+"/"]
	var others []string
	found := 0
	for line := range bytes.Lines(names) {
		entry := string(bytes.TrimSuffix(line, []byte("\n")))
		hash, rest, ok := cutStoreHash(entry)
		if !ok {
			if !strings.HasPrefix(entry, ".") { // .links has second names of files
				others = append(others, entry)
			}
			continue
		}
		if strings.HasSuffix(rest, ".drv") || strings.HasSuffix(rest, ".lock") || strings.HasSuffix(rest, ".chroot") {
			continue // how to build something
		}
		if found++; found > maxPackages {
			return nil, errTooMany
		}
		name, version := splitStoreName(rest)
		d.Packages = append(d.Packages, Package{
			Manager: manager, Name: name, Version: version, Slot: hash, State: Installed, Reason: Unknown, row: unexplained,
			root: store + "/" + entry,
		})
	}
	switch {
	case found > 0:
		notes = append(notes, manager+": "+store+" does not say what needs what"+Unasked)
		notes = append(notes, those(manager+": the names of %s in "+store+" are not those of packages, so their files have no owner", others)...)
	case there && len(others) > 0:
		notes = append(notes, manager+": nothing in "+store+" has the name of a package, so no file there has an owner")
	}
	return notes, nil
}

// storeHash is how long the hash is that begins the name of a store's path.
const storeHash = 32

// cutStoreHash takes the hash off a name, 32 letters and digits, in a base 32 that leaves
// out e, o, u and t.
func cutStoreHash(entry string) (hash, name string, ok bool) {
	if len(entry) < storeHash+2 || entry[storeHash] != '-' || len(entry) > MaxPath {
		return "", "", false
	}
	hash = entry[:storeHash]
	ok = strings.Trim(hash, "0123456789abcdfghijklmnpqrsvwxyz") == ""
	return hash, entry[storeHash+1:], ok
}

// storeOutputs are the parts into which one build may be split, each a path of its own.
var storeOutputs = []string{"bin", "data", "debug", "dev", "devdoc", "dist", "doc", "getent", "info", "lib", "libgcc", "man", "out", "static", "terminfo"}

// splitStoreName takes a name apart as Nix's parseDrvName does: the version begins after
// the first hyphen that no letter follows. An output goes to the name: the version of
// glibc-2.40-66-bin is that of glibc-bin.
func splitStoreName(full string) (name, version string) {
	at := -1
	for i := 0; i+1 < len(full); i++ {
		if c := full[i+1] | 0x20; full[i] == '-' && (c < 'a' || c > 'z') {
			at = i
			break
		}
	}
	if at < 0 {
		return full, ""
	}
	name, version = full[:at], full[at+1:]
	if i := strings.LastIndexByte(version, '-'); i > 0 && slices.Contains(storeOutputs, version[i+1:]) {
		return name + "-" + version[i+1:], version[:i]
	}
	return name, version
}
