package instructions

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// CopiesInto lists the COPYs that fill a directory before an instruction, in
// order; false where anything else may have put files there.
func (l *List) CopiesInto(target string, before int) (at []int, alone bool) {
	for i := range before {
		if l.All[i].Inherited {
			continue
		}
		dir := l.WorkDir(i)
		switch l.Keyword(i) {
		case "COPY", "ADD":
			in, ok := l.Copy(i)
			if !ok {
				return nil, false
			}
			dest, ok := in.Target(dir)
			switch {
			case !ok || dest != target && (dest == "/" || Under(target, dest)):
				return nil, false
			case dest == target || Under(dest, target):
				at = append(at, i)
			}
		case "RUN":
			if dir == "" || strings.Contains(l.Text(i), target) || (dir == target || Under(dir, target)) && !l.leavesDirectory(i) {
				return nil, false
			}
		case "VOLUME":
			return nil, false
		}
	}
	return at, true
}

// leavesDirectory reports whether a RUN writes nothing into the directory that it
// stands in: it installs packages, or makes groups and users.
func (l *List) leavesDirectory(i int) bool {
	commands, ok := l.Commands(i)
	return ok && !strings.Contains(l.Text(i), ">") && !slices.ContainsFunc(commands, func(c rewrite.Command) bool {
		switch c.Name() {
		case "apt-get", "apt", "apk", "dnf", "dnf5", "microdnf", "yum", "zypper":
			at := slices.IndexFunc(c.Args(), func(w rewrite.Word) bool { return !strings.HasPrefix(w.Text, "-") })
			elsewhere := slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { // apk --root, dnf --installroot, apt -o RootDir
				return !w.Literal || strings.Contains(strings.ToLower(w.Text), "root") || strings.Contains(w.Text, "Dir")
			})
			return elsewhere || at < 0 || !slices.Contains(installing, c.Args()[at].Text)
		case "useradd", "groupadd", "addgroup", "rm", "set", "true", ":", "ldconfig", "update-ca-certificates":
			return false
		}
		return true
	})
}

// installing are the subcommands of package managers that write where packages
// belong alone; download and source write into the directory that they stand in.
var installing = strings.Fields("update install upgrade dist-upgrade full-upgrade remove purge autoremove clean autoclean makecache add del")

// MayExist reports whether a directory may be there before the COPYs up to an
// instruction fill it: then they do not set its own owner.
func (l *List) MayExist(target string, before int) bool {
	if StandardDirectory(target) || path.Dir(target) == "/home" {
		return true
	}
	for i := range before + 1 {
		if l.Keyword(i) == "WORKDIR" {
			dir := l.WorkDir(i + 1)
			if dir == "" || dir == target || Under(dir, target) {
				return true
			}
		}
	}
	return false
}

// Declares says which variables ARG and ENV set before one instruction and leave
// alone up to another.
func (l *List) Declares(made, hid int) func(string) bool {
	sets := func(i int, name string) bool {
		return (l.Keyword(i) == "ARG" || l.Keyword(i) == "ENV") && regexp.MustCompile(`\s`+name+`([=\s]|$)`).MatchString(l.Text(i))
	}
	return func(name string) bool {
		before := false
		for i := range hid {
			if i > made && sets(i, name) {
				return false
			}
			before = before || !l.All[i].Inherited && sets(i, name)
		}
		return before
	}
}

// CreatesUsersBetween reports whether a RUN between a COPY and its chown makes users,
// which --chown could not name yet.
func (l *List) CreatesUsersBetween(from, to int) bool {
	for _, c := range l.CallsIn(from+1, to) {
		if c.CreatesUsers() {
			return true
		}
	}
	return false
}
