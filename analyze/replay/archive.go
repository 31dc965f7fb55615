package replay

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// Archive is what a distribution's packages say of themselves.
type Archive struct {
	packages map[string]*Package
	provides map[string][]string // who provides a name
}

// Package is one package of an archive. The relations stand as the archive writes
// them.
type Package struct {
	Name, Version, Section, Priority string
	Essential                        bool
	Depends, PreDepends, Recommends  string
	Provides                         string
	KiB                              int64 // installed
	Allowed                          bool  // Multi-Arch: allowed: others depend on NAME:any
}

// ReadArchive reads control paragraphs as `apt-cache dumpavail` prints them, also
// compressed by gzip. Of a name that stands there twice the highest version counts.
func ReadArchive(r io.Reader) (*Archive, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if magic, err := in.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		in = bufio.NewReader(z)
	}
	a := &Archive{packages: map[string]*Package{}, provides: map[string][]string{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<22)
	p := &Package{}
	for lines.Scan() {
		line := lines.Text()
		if line == "" {
			a.add(p)
			p = &Package{}
			continue
		}
		p.field(line)
	}
	a.add(p)
	if len(a.packages) == 0 && lines.Err() == nil {
		return nil, fmt.Errorf("the archive lists no package")
	}
	a.allow()
	return a, lines.Err()
}

// allow marks the packages that others want of any architecture: perl:any is met by a perl
// alone that allows it.
func (a *Archive) allow() {
	for _, p := range a.packages {
		for word := range strings.FieldsFuncSeq(p.PreDepends+","+p.Depends+","+p.Recommends, func(r rune) bool { return strings.ContainsRune(" ,|()", r) }) {
			if name, ok := strings.CutSuffix(word, ":any"); ok && a.packages[name] != nil {
				a.packages[name].Allowed = true
			}
		}
	}
}

func (p *Package) field(line string) {
	key, value, ok := strings.Cut(line, ": ")
	if !ok {
		return
	}
	switch key {
	case "Package":
		p.Name = value
	case "Version":
		p.Version = value
	case "Section":
		p.Section = value
	case "Priority":
		p.Priority = value
	case "Essential":
		p.Essential = value == "yes"
	case "Depends":
		p.Depends = value
	case "Pre-Depends":
		p.PreDepends = value
	case "Recommends":
		p.Recommends = value
	case "Provides":
		p.Provides = value
	case "Installed-Size":
		p.KiB, _ = strconv.ParseInt(value, 10, 64)
	}
}

// write is the inverse of ReadArchive, of what is read.
func (p *Package) write(w io.Writer) error {
	_, err := fmt.Fprintf(w, "Package: %s\nVersion: %s\nInstalled-Size: %d\n", p.Name, p.Version, p.KiB)
	essential := ""
	if p.Essential {
		essential = "yes"
	}
	for _, f := range [][2]string{{"Essential", essential}, {"Section", p.Section}, {"Priority", p.Priority}, {"Pre-Depends", p.PreDepends}, {"Depends", p.Depends}, {"Recommends", p.Recommends}, {"Provides", p.Provides}} {
		if f[1] != "" && err == nil {
			_, err = fmt.Fprintf(w, "%s: %s\n", f[0], f[1])
		}
	}
	if err == nil {
		_, err = io.WriteString(w, "\n")
	}
	return err
}

func (a *Archive) add(p *Package) {
	if p.Name == "" {
		return
	}
	if old := a.packages[p.Name]; old != nil && older(p.Version, old.Version) {
		return
	}
	a.packages[p.Name] = p
	for _, clause := range relations(p.Provides) {
		for _, name := range clause {
			if !slices.Contains(a.provides[name], p.Name) {
				a.provides[name] = append(a.provides[name], p.Name)
			}
		}
	}
}

// older compares versions roughly: runs of digits as numbers.
func older(a, b string) bool {
	as, bs := chunks.FindAllString(a, -1), chunks.FindAllString(b, -1)
	for i := range min(len(as), len(bs)) {
		x, errX := strconv.Atoi(as[i])
		y, errY := strconv.Atoi(bs[i])
		c := cmp.Compare(as[i], bs[i])
		if errX == nil && errY == nil {
			c = cmp.Compare(x, y)
		}
		if c != 0 {
			return c < 0
		}
	}
	return len(as) < len(bs)
}

var chunks = lazyregexp.New(`[0-9]+|[^0-9]+`)

// relations are the clauses of a field: alternatives by name, without versions.
func relations(field string) [][]string {
	var clauses [][]string
	for clause := range strings.SplitSeq(field, ",") {
		var names []string
		for alternative := range strings.SplitSeq(clause, "|") {
			name, _, _ := strings.Cut(strings.TrimSpace(alternative), " ")
			name, _, _ = strings.Cut(name, ":")
			name, _, _ = strings.Cut(name, "(")
			if name != "" {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			clauses = append(clauses, names)
		}
	}
	return clauses
}

// find returns the package of a name, also one of another release of the
// distribution: php7.4-gd is what php8.2-gd is here, under that name. Of what the archive does
// not know, it invents a package without dependencies.
func (a *Archive) find(name string) *Package {
	if p := a.packages[name]; p != nil {
		return p
	}
	if by := a.provides[name]; len(by) > 0 {
		return a.packages[by[0]]
	}
	for _, as := range releases(name) {
		if p := a.packages[as]; p != nil {
			c := *p
			c.Name = name
			return &c
		}
	}
	if p := a.sameStem(name); p != nil {
		return p
	}
	kib := int64(900)
	if strings.HasPrefix(name, "lib") {
		kib = 300
	}
	return &Package{Name: name, Version: "1.0-1", Section: "misc", Priority: "optional", KiB: kib}
}

var (
	numbers = lazyregexp.New(`[0-9]+(\.[0-9]+)*`)
	older2  = regexp.MustCompile(`^python(-|$)`)
)

// releases are names that a package of another release has here.
func releases(name string) []string {
	var names []string
	for _, r := range []struct{ from, to string }{
		{`^php[0-9.]*`, "php8.2"}, {`^python3\.[0-9]+`, "python3.11"}, {`^python3\.[0-9]+`, "python3"}, {`^python2(\.7)?`, "python3"}, {`^python2(\.7)?`, "python3.11"},
		{`^openjdk-[0-9]+`, "openjdk-17"}, {`^postgresql-([a-z-]*)[0-9.]+`, "postgresql-${1}15"}, {`^ruby[0-9.]+`, "ruby3.1"}, {`^gcc-[0-9.]+`, "gcc-12"}, {`^g\+\+-[0-9.]+`, "g++-12"},
		{`^(clang|llvm|lld)-[0-9.]+`, "${1}-14"}, {`^mysql`, "default-mysql"}, {`^oracle-java[0-9]+-installer`, "openjdk-17-jdk"}, {`^linux-headers-.*`, "linux-headers-amd64"},
	} {
		if re := regexp.MustCompile(r.from); re.MatchString(name) {
			names = append(names, re.ReplaceAllString(name, r.to))
		}
	}
	if older2.MatchString(name) {
		names = append(names, older2.ReplaceAllString(name, "python3$1"))
	}
	return names
}

// sameStem finds the package whose name differs in numbers alone (libicu55 is
// libicu72), under the name asked for.
func (a *Archive) sameStem(name string) *Package {
	stem := numbers.ReplaceAllString(name, "#")
	if stem == name || strings.Trim(stem, "#-.") == "" {
		return nil
	}
	for _, have := range slices.Sorted(maps.Keys(a.packages)) {
		if strings.HasPrefix(have, stem[:min(2, len(stem))]) && numbers.ReplaceAllString(have, "#") == stem {
			c := *a.packages[have]
			c.Name = name
			return &c
		}
	}
	return nil
}

// knows reports whether the archive has the name, or a package that provides it, or
// one that only the number of a release tells apart.
func (a *Archive) knows(name string) bool {
	return a.packages[name] != nil || len(a.provides[name]) > 0 || a.find(name).Version != "1.0-1"
}

// Extract writes the named packages and all that they depend on or recommend, at
// most so many levels of recommended ones deep.
func (a *Archive) Extract(w io.Writer, names []string) error {
	want := map[string]bool{}
	var need func(name string, recommends bool)
	need = func(name string, recommends bool) {
		p := a.packages[name]
		if p == nil {
			if by := a.provides[name]; len(by) > 0 {
				p = a.packages[by[0]]
			}
		}
		if p == nil || want[p.Name] {
			return
		}
		want[p.Name] = true
		for _, clause := range slices.Concat(relations(p.PreDepends), relations(p.Depends)) {
			need(clause[0], recommends)
		}
		if recommends {
			for _, clause := range relations(p.Recommends) {
				need(clause[0], false)
			}
		}
	}
	for _, name := range basePackages {
		need(name, false)
	}
	for _, name := range names {
		need(name, true)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if err := a.packages[name].write(w); err != nil {
			return err
		}
	}
	return nil
}
