package multistage

import (
	"slices"
	"strings"

	edits "github.com/tare-oci/tare/analyze/rules/installs"
	"github.com/tare-oci/tare/model"
)

// isRuntimeOf reports whether a package is the runtime that a development kit brings along.
func isRuntimeOf(name string) bool {
	return isJava(name) || strings.HasPrefix(name, "dotnet-runtime-") || strings.HasPrefix(name, "aspnetcore-runtime-")
}

// isJava reports whether a package is a runtime of Java.
func isJava(name string) bool { return strings.Contains(name, "-jre") }

// hasBaseJava reports whether the base image has a runtime of Java of its own, where the search
// path leads to before it leads to one of a package: the build stage uses that one, too.
func (d *draft) hasBaseJava() bool {
	id, _, ok := d.find("java")
	return ok && d.ownerOf(id) < 0 && int(d.tree.Records[d.tree.Content(id)].Layer) < d.ownLayer
}

// linksOwnJava reports whether the container starts a runtime of Java that the build put together
// (jlink), and nothing names one of a package.
func (d *draft) linksOwnJava() bool {
	id, _, ok := d.find("java")
	if !ok || d.ownerOf(id) >= 0 || int(d.tree.Records[id].Layer) < d.ownLayer || d.entry.kind == unknownEntry {
		return false
	}
	for name := range d.refs {
		if isBelow(name, []string{"usr/lib/jvm"}) {
			return false
		}
	}
	return true
}

// findWindows finds out whether the runtime of Java goes without what draws windows: the kit
// that the build stage installs has a variant without, and nothing shows that it needs more.
func (d *draft) findWindows() {
	packages := d.in.Report.SystemPackages()
	if !slices.ContainsFunc(packages, func(p model.Package) bool { return isJava(p.Name) && strings.HasSuffix(p.Name, "-headless") }) {
		return
	}
	for _, s := range edits.FindSmaller(d.in.Build) {
		if strings.HasSuffix(s.To, "-headless") && s.Made >= 0 && s.Made < len(d.in.Build.Instructions) {
			d.noWindows = true
		}
	}
}

// drawsWindows reports whether a package is a part of Java's runtime that only draws windows.
func (d *draft) drawsWindows(name string) bool {
	return d.noWindows && isJava(name) && !strings.HasSuffix(name, "-headless")
}

// isFontOfWindows reports whether a font is there because the full runtime of Java recommends
// it: the author did not name it.
func (d *draft) isFontOfWindows(p *model.Package) bool {
	return d.noWindows && strings.HasPrefix(p.Name, "fonts-") && !d.isWrittenByAuthor(p.Name) &&
		len(p.RecommendedBy) > 0 && !slices.ContainsFunc(p.RecommendedBy, func(by string) bool { return !d.drawsWindows(by) })
}

// doubtWindows: a program that draws windows needs more of Java than one that serves.
func (d *draft) doubtWindows() string {
	if c := d.in.Report.Config; !d.noWindows || c != nil && len(c.ExposedPorts) > 0 {
		return ""
	}
	return "nothing shows that the program draws no windows, which Java's smaller runtime cannot do"
}
