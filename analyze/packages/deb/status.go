package deb

import (
	"fmt"
	"strings"
)

// What a hostile file may make us hold. Debian knows some 60,000 packages with
// some 300,000 relations between them.
const (
	maxPackages  = 200_000
	maxRelations = 1_000_000
)

// Package is a paragraph of dpkg's status.
type Package struct {
	Name, Version, Arch string // Arch is "all" for a package without machine code
	// Source and SourceVersion name the source package it was built from.
	Source, SourceVersion string
	Section, Priority     string
	Want, Flag, State     string // the words of Status: "install ok installed"
	MultiArch             string
	Essential             bool // Essential: yes
	Protected             bool // Protected: yes, or apt's own Important: yes

	PreDepends, Depends, Recommends, Suggests, Provides []Relation
}

// Current reports whether apt counts the package as installed: everything but
// not-installed and config-files, however broken half-way.
func (p *Package) Current() bool {
	return p.Version != "" && p.State != "" && p.State != "not-installed" && p.State != "config-files"
}

// halfRemoved says that a removal broke off: apt takes the rest away whenever it
// runs, whoever wants the package. One that needs to be reinstalled
// ("reinstreq") it cannot do without.
func (p *Package) halfRemoved() bool { return p.State == "half-installed" && p.Flag == "ok" }

// Status reads dpkg's status, or one file of the status.d that distroless
// images have (and that writes no Status: what is there is installed). Notes
// tell, a line each, of paragraphs that were left out or read in part.
func Status(text string) (packages []Package, notes []string, err error) {
	relations := 0
	for paragraph := range Paragraphs(text) {
		p := Package{}
		broken := ""
		for name, value := range paragraph.Fields() {
			list := p.relations(name)
			if list == nil {
				p.set(name, value)
				continue
			}
			had := len(*list)
			var problem error
			if *list, problem = appendRelations((*list)[:had:had], value, had+maxRelations+1); problem != nil {
				broken = name
			}
			if relations += len(*list) - had; relations > maxRelations {
				return packages, notes, fmt.Errorf("more than %d relations between packages", maxRelations)
			}
		}
		switch {
		case p.Name == "":
			continue
		case len(p.Name) > MaxVersion || len(p.Version) > MaxVersion:
			notes = append(notes, fmt.Sprintf("a package with a name of %d bytes and a version of %d was left out", len(p.Name), len(p.Version)))
			continue
		case broken != "":
			notes = append(notes, fmt.Sprintf("package %s: %s is malformed and was read in part", p.Name, broken))
		}
		p.complete()
		if packages = append(packages, p); len(packages) > maxPackages {
			return packages, notes, fmt.Errorf("more than %d packages", maxPackages)
		}
	}
	return packages, notes, nil
}

// relations returns the list that a dependency field fills, nil for any other.
func (p *Package) relations(field string) *[]Relation {
	switch strings.ToLower(field) {
	case "pre-depends":
		return &p.PreDepends
	case "depends":
		return &p.Depends
	case "recommends":
		return &p.Recommends
	case "suggests":
		return &p.Suggests
	case "provides":
		return &p.Provides
	}
	return nil
}

func (p *Package) set(field, value string) {
	switch strings.ToLower(field) {
	case "package":
		p.Name = strings.ToLower(value) // as dpkg itself does
	case "version":
		p.Version = value
	case "architecture":
		p.Arch = value
	case "source":
		p.Source = value
	case "section":
		p.Section = value
	case "priority":
		p.Priority = strings.ToLower(value)
	case "multi-arch":
		p.MultiArch = value
	case "essential":
		p.Essential = yes(value)
	case "protected", "important":
		p.Protected = p.Protected || yes(value)
	case "status":
		if words := strings.Fields(strings.ToLower(value[:min(len(value), 100)])); len(words) == 3 {
			p.Want, p.Flag, p.State = words[0], words[1], words[2]
		}
	}
}

// complete fills in what a paragraph leaves to the reader.
func (p *Package) complete() {
	name, version, _ := strings.Cut(p.Source, "(")
	p.Source, p.SourceVersion = trim(name), trim(strings.TrimSuffix(trim(version), ")"))
	if p.Source == "" {
		p.Source = p.Name
	}
	if p.SourceVersion == "" || len(p.SourceVersion) > MaxVersion {
		p.SourceVersion = p.Version
	}
	if p.Arch == "" {
		p.Arch = "none"
	}
	if p.Arch == "all" && p.MultiArch == "same" {
		p.MultiArch = "" // a contradiction that apt resolves like this
	}
}

// yes reads a flag as apt does: StringToBool in apt-pkg/contrib/strutl.cc.
func yes(value string) bool {
	switch strings.ToLower(value) {
	case "1", "yes", "true", "with", "on", "enable":
		return true
	}
	return false
}
