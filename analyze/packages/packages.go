// Package packages reads the package databases in an image: what is installed, which package
// owns a path, and why each package is there.
//
//	db, notes, err := packages.Read(files) // the database files of one state of the image
//	changes := packages.Compare(before, after)
//
// A package manager keeps its database in files of the image. dpkg has a paragraph for each
// package in /var/lib/dpkg/status and a list of paths for each in /var/lib/dpkg/info. apk has
// both in one file. rpm has a database of headers. opkg has files like dpkg's; pacman and
// portage have a directory for each package. chisel leaves a manifest, and Azure Linux the
// output of rpm. nix and guix need no database: a directory of their store is a package.
// Every apt-get or dnf rewrites these files, so every layer that ran one holds a copy: Read
// makes a Database of each, and Compare says what the instruction between two of them
// installed, upgraded or removed. Unread lists the databases that no reader here knows.
//
// The reason why a package is installed is never guessed. apt notes which packages nobody
// asked for by name, and package deb follows the dependencies of the others as apt does. apk
// and portage have a list of what was asked for; dnf, pacman and opkg record a reason. If
// somebody deleted these records, or the image never had them, the reason is Unknown and a
// note says so.
//
// Everything here works on contents that were captured before. There is no I/O and no panic,
// and time and memory are proportional to the input, up to limits that end in an error.
package packages

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/tare-oci/tare/analyze/packages/deb"
)

// The managers a Package can come from.
const (
	Dpkg    = "dpkg"
	Apk     = "apk"
	RPM     = "rpm"
	Opkg    = "opkg"
	Pacman  = "pacman"
	Portage = "portage"
	Nix     = "nix"
	Guix    = "guix"
	Chisel  = "chisel"
)

// Files are the captured files that are visible at one state of the image: clean
// path without leading slash → content. For each of [Stores] that the image has, its
// path with a slash at the end stands for the names in it, one a line. A Database
// keeps references to contents, so they must not change.
type Files map[string][]byte

// State is how far a package's installation has come.
type State string

const (
	Installed     State = "installed"
	HalfInstalled State = "half-installed" // unpacked or configured in part
	ConfigFiles   State = "config-files"   // removed, but for its configuration
)

// Package is one package of a Database.
type Package struct {
	Manager, Name, Version, Arch string
	// Slot tells packages apart of which the manager installs several with one name
	// beside each other: portage's slot, or the hash of a path in a store.
	Slot string
	// Source is the package it was built from, "" if the database does not say.
	Source, Section string
	State           State
	Held            bool // on hold: the manager leaves it alone
	Reason          Reason
	// RecommendedBy names, sorted, the packages whose recommendation (for
	// Suggested: suggestion) brought it, and nothing else holds it. Where Via is
	// set they recommend Via, which needs this package. Both are known for dpkg.
	RecommendedBy []string
	Via           string
	// NeededBy is the package that depends on this one, of several the nearest to
	// what was asked for; "" for what was asked for, and where nobody knows.
	NeededBy string
	// Deb is dpkg's or opkg's paragraph with its dependencies parsed, nil for others.
	Deb *deb.Package

	files iter.Seq[string] // what it owns, as the database lists it; nil for nothing
	root  string           // it owns this path of a store, and all below it; "" for none
	row   int              // where it stands in its manager's own list

	// What it depends on and what it answers to, as apk, rpm and pacman write it;
	// portage's without versions.
	depends, provides []string
}

// ID tells packages apart: manager, name, architecture and slot.
type ID struct{ Manager, Name, Arch, Slot string }

// ID returns what identifies the package from one state to the next.
func (p *Package) ID() ID { return ID{p.Manager, p.Name, p.Arch, p.Slot} }

// StorePath is the path of a store that the package is, "" for others.
func (p *Package) StorePath() string { return p.root }

// Database is what an image's package managers know at one state. It does not
// change once Read returns it.
type Database struct {
	// Packages are sorted by manager, name, architecture and slot.
	Packages []Package

	diversions []diversion
	byID       map[ID]int

	// By manager: what was odd, and what works out the reasons, which returns what
	// is odd about those; nil where they are known.
	notes   [][]string
	explain []func() []string
}

// Read reads the databases of all managers it finds. Notes tell, a line each, of
// what could not be read or is unknown. The error joins those of managers whose
// database is beyond reading; the Database holds what the others said.
func Read(f Files) (*Database, []string, error) {
	d, err := List(f)
	return d, d.Explain(), err
}

// List reads the databases like Read, but leaves every Reason, and what belongs
// to it, for [Database.Explain]. That is for states of an image of which one only
// wants to know what is installed: the reasons cost more than all the rest.
func List(f Files) (*Database, error) {
	d := &Database{}
	var problems []error
	for _, m := range []struct {
		name string
		read func(*Database, Files) ([]string, error)
	}{
		{Dpkg, readDpkg}, {Apk, readApk}, {RPM, readRPM}, {RPM, readRPMManifest},
		{Opkg, readOpkg}, {Pacman, readPacman}, {Portage, readPortage}, {Nix, readNix}, {Guix, readGuix}, {Chisel, readChisel},
	} {
		said, err := m.read(d, f)
		d.notes = append(d.notes, said)
		if len(d.explain) < len(d.notes) {
			d.explain = append(d.explain, nil)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("reading the %s database: %w", m.name, err))
		}
	}
	slices.SortStableFunc(d.Packages, func(a, b Package) int {
		return cmp.Or(cmp.Compare(a.Manager, b.Manager), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Arch, b.Arch), cmp.Compare(a.Slot, b.Slot))
	})
	d.byID = make(map[ID]int, len(d.Packages))
	for i := range d.Packages {
		d.byID[d.Packages[i].ID()] = i
	}
	return d, errors.Join(problems...)
}

// Explain fills in why each package is there, and returns the notes of Read. It
// must be called once at most.
func (d *Database) Explain() []string {
	var notes []string
	for i, said := range d.notes {
		notes = append(notes, said...)
		if explain := d.explain[i]; explain != nil {
			notes = append(notes, explain()...)
		}
	}
	d.notes, d.explain = nil, nil
	if more := len(notes) - maxNotes; more > 0 {
		notes = append(notes[:maxNotes], fmt.Sprintf("package databases: %d more notes like these were left out", more))
	}
	return notes
}

// Unasked ends a note that a manager's reasons are unknown. Only whoever installs
// packages can do anything about it.
const Unasked = ", so it is not known which packages were asked for"

// maxNotes is how many notes a person would read.
const maxNotes = 20

// Lookup returns the index of a package, or -1. Of several with one ID (kernels
// of rpm) it is the last.
func (d *Database) Lookup(id ID) int {
	if i, ok := d.byID[id]; ok {
		return i
	}
	return -1
}
