package need

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// RemovesAbsent reports whether a RUN removes a package that is not installed there, which takes lists.
func (r *Room) RemovesAbsent(at int) bool {
	f := r.factsOf(at)
	for i := range f.calls {
		if r.removesAbsent(at, f.calls[:i], f.calls[i].command()) {
			return true
		}
	}
	return false
}

// removesAbsent reports whether a command of an instruction removes a package that is not installed
// there: apt knows such a name only from its lists, and fails where they are gone. before are the
// calls of the instruction before that one.
func (r *Room) removesAbsent(at int, before []call, command rewrite.Command) bool {
	sub, operands, ok := command.Apt()
	if !ok || sub != "remove" && sub != "purge" {
		return false
	}
	id, ok := r.find("/var/lib/dpkg/info", r.layerAfter(at-1))
	if !ok {
		return false // nobody knows what is installed
	}
	installed := make(map[string]bool)
	for child := range r.Tree.Children(r.Tree.Records[id].Node) {
		if _, there := r.Tree.At(child, r.layerAfter(at-1)); there {
			name, _, _ := strings.Cut(strings.TrimSuffix(r.Tree.Name(child), ".list"), ":")
			installed[name] = true
		}
	}
	for i := range before {
		if sub, more, ok := before[i].command().Apt(); ok && sub == "install" {
			for _, name := range more {
				installed[strings.TrimRight(name, "+-")] = true
			}
		}
	}
	return slices.ContainsFunc(operands, func(name string) bool { return plainPackage.MatchString(name) && !installed[name] })
}

// plainPackage matches the name of a package, and no pattern.
var plainPackage = lazyregexp.New(`^[a-z0-9][a-z0-9+.-]*[a-z0-9]$`)
