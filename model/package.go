package model

import (
	"encoding/json"
	"strings"
)

// Package is one installed package and why it is there: one of the system (dpkg, apk, rpm …)
// or one of a programming language (pip, npm …), which has a Location.
type Package struct {
	Manager       string   `json:"manager"`
	Name          string   `json:"name"`
	Version       string   `json:"version"`
	Arch          string   `json:"arch"`
	Layer         int      `json:"layer"`
	Bytes         int64    `json:"bytes"`
	Reason        string   `json:"reason"`
	RecommendedBy []string `json:"recommendedBy"`
	// Location is where a package of a programming language lies: its directory, or the file
	// that holds it, without leading slash. Packages of one name may have several. "" for
	// one of the system.
	Location string `json:"location,omitempty"`
	// Files is how many visible files a package of a programming language has.
	Files int `json:"files,omitempty"`
	// PartOf is the package whose files these are: what the system's python3-yaml brings is
	// PyYAML for pip, too. "" for a package that owns its own.
	PartOf string `json:"partOf,omitempty"`

	// Unsized is true where the image does not tell all files of a package of a programming
	// language: its Bytes and Files are unknown, which is 0 here and null in JSON.
	Unsized bool `json:"-"`
	// Entries are the files that a module of Node names as what programs load or run, relative to
	// its Location; * stands for any text. They are known while the image is judged.
	Entries []string `json:"-"`

	// Via is the package that the ones in RecommendedBy recommend where it is not
	// this one but one that needs it; "" else.
	Via string `json:"-"`
	// NeededBy is the package that depends on this one, of several the nearest to
	// what was asked for; "" where there is none or nobody knows.
	NeededBy string `json:"-"`
}

// MarshalJSON writes null for bytes that are not known.
func (p Package) MarshalJSON() ([]byte, error) {
	type plain Package
	if !p.Unsized {
		return json.Marshal(plain(p))
	}
	return json.Marshal(struct {
		plain
		Bytes *int64 `json:"bytes"`
		Files *int   `json:"files"`
	}{plain: plain(p)})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Package) UnmarshalJSON(data []byte) error {
	type plain Package
	read := struct {
		*plain
		Bytes *int64 `json:"bytes"`
	}{plain: (*plain)(p)}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	if p.Unsized = read.Bytes == nil; !p.Unsized {
		p.Bytes = *read.Bytes
	}
	return nil
}

// IsLibrary reports whether it is a package of a programming language.
func (p *Package) IsLibrary() bool { return p.Location != "" }

// Place is where a package of a programming language was installed together with others: the
// site-packages directory, or the directory of the project that has a node_modules. "" for one
// of the system.
func (p *Package) Place() string {
	if at := strings.Index("/"+p.Location+"/", "/node_modules/"); at >= 0 {
		return strings.TrimSuffix(p.Location[:at], "/")
	}
	return p.Location
}

// Owner returns which of the report's packages owns a file or hard link, the system's before
// those of programming languages; -1 for none.
func (t *Tree) Owner(id RecordID) int {
	if int(id) < len(t.Packages) && t.Packages[id] >= 0 {
		return int(t.Packages[id])
	}
	if int(id) < len(t.Libraries) {
		return int(t.Libraries[id])
	}
	return -1
}

// SystemPackages are those of Packages that the system's package managers installed. They stand
// before those of programming languages.
func (r *Report) SystemPackages() []Package {
	for i := range r.Packages {
		if r.Packages[i].IsLibrary() {
			return r.Packages[:i]
		}
	}
	return r.Packages
}
