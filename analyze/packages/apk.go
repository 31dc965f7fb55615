package packages

import (
	"bytes"
	"fmt"
	"iter"
)

// readApk reads apk's installed database: a block of lines a package, each a
// letter, a colon and a value. See apk-v2(5), "Installed database". While
// distributions move it below /usr it may be in both places; a package that both
// list counts once, as the first says.
func readApk(d *Database, f Files) (notes []string, err error) {
	var found []apkPackage
	relations := 0
	places := make(map[string]int) // that list a package, by its name: apk installs one of each
	for place, name := range apkInstalled {
		for block := range apkBlocks(f[name]) {
			p := readApkBlock(block)
			if p.name == "" {
				continue
			}
			if first, ok := places[p.name]; ok && first != place {
				continue
			}
			places[p.name] = place
			found = append(found, p)
			relations += len(p.depends) + len(p.provides) + len(p.installIf)
			if len(found) > maxPackages || relations > maxApkRelations {
				err = fmt.Errorf("more than %d packages or %d relations", maxPackages, maxApkRelations)
				break
			}
		}
	}
	if found == nil {
		return nil, err
	}
	for i := range found {
		p := &found[i]
		d.Packages = append(d.Packages, Package{
			Manager: Apk, Name: p.name, Version: p.version, Arch: p.arch, Source: p.origin,
			State: p.state, Reason: Unknown, files: apkFiles(p.block), row: i,
			depends: p.depends, provides: p.provides,
		})
	}
	whole := err == nil
	d.explain = append(d.explain, func() (notes []string) {
		world, there := f[apkWorld]
		if !there {
			notes = append(notes, "apk: /etc/apk/world is missing"+Unasked)
		}
		reasons, neededBy := apkReasons(found, words(world), there && whole)
		for i := range d.Packages {
			if p := &d.Packages[i]; p.Manager == Apk {
				p.Reason, p.NeededBy = reasons[p.row], neededBy[p.row]
			}
		}
		return notes
	})
	return nil, err
}

const maxApkRelations = 1_000_000

// apkPackage is one block of the database.
type apkPackage struct {
	name, version, arch, origin string
	state                       State
	depends, provides           []string // as written: "so:libc.musl-x86_64.so.1", "!busybox<1.2", "cmd:sh=1.36"
	installIf                   []string
	block                       []byte
}

// words splits a list at blanks, as far as anything is made of it.
func words(text []byte) []string {
	var out []string
	for word := range bytes.FieldsSeq(text) {
		if out = append(out, string(word)); len(out) > maxApkRelations {
			break
		}
	}
	return out
}

// apkBlocks yields the packages' lines; an empty line ends a block.
func apkBlocks(text []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(text) > 0 {
			block, rest, _ := bytes.Cut(text, []byte("\n\n"))
			if block = bytes.TrimLeft(block, "\n"); len(block) > 0 && !yield(block) {
				return
			}
			text = rest
		}
	}
}

func readApkBlock(block []byte) apkPackage {
	p := apkPackage{state: Installed, block: block}
	for line := range bytes.Lines(block) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) < 2 || line[1] != ':' {
			continue
		}
		value := line[2:]
		switch line[0] {
		case 'P':
			p.name = string(value)
		case 'V':
			p.version = string(value)
		case 'A':
			p.arch = string(value)
		case 'o':
			p.origin = string(value)
		case 'D':
			p.depends = words(value)
		case 'p':
			p.provides = words(value)
		case 'i':
			p.installIf = words(value)
		case 'f':
			// Broken: files (f), scripts (s) or the hash (x) could not be put right.
			p.state = HalfInstalled
		case 'F':
			return p // what follows are directories and files
		}
	}
	return p
}

// apkFiles yields the files of a block: R lines are names in the directory of the F
// line before them.
func apkFiles(block []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		dir := ""
		for line := range bytes.Lines(block) {
			line = bytes.TrimRight(line, "\r\n")
			if len(line) < 2 || line[1] != ':' {
				continue
			}
			switch value := string(line[2:]); line[0] {
			case 'F':
				dir = value
			case 'R':
				if path := clean(dir + "/" + value); path != "" && !yield(path) {
					return
				}
			}
		}
	}
}
