package multistage

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// repeatChanges works out what the runtime stage has to do beside installing and copying:
// directories that COPY would make with another owner or mode, links, files of packages
// that the build stage removed, and what is computed from files that are copied.
func (d *draft) repeatChanges() error {
	d.takeEarly()
	d.repeatDirectories()
	if err := d.repeatRemovals(); err != nil {
		return err
	}
	d.dropDangling()
	for _, source := range d.links {
		d.after = append(d.after, fmt.Sprintf("ln -sfn %s /%s", d.linkText(source.node), source.path))
	}
	if d.hasAuthorities() {
		d.after = append(d.after, "update-ca-certificates")
	}
	if d.needsLinkerCache() && !d.runsLinkerCache() {
		d.after = append(d.after, "ldconfig")
	}
	return nil
}

// dropDangling takes out the links to files of packages that the new image does without, such as
// those of update-alternatives to a compiler, with what is noted of them.
func (d *draft) dropDangling() {
	const noted = "var/lib/dpkg/alternatives/"
	gone := make(map[string]bool)
	d.links = slices.DeleteFunc(d.links, func(source copySource) bool {
		id, _, ok := d.view.Resolve(source.path)
		at := int32(-1)
		if ok {
			at = d.ownerOf(id)
		}
		if at < 0 || d.retained[at] {
			return false
		}
		gone[noted+path.Base(source.path)] = true
		return true
	})
	d.copied = slices.DeleteFunc(d.copied, func(source copySource) bool { return gone[source.path] })
}

// sourceDirs are where apt reads where packages come from, and by which keys.
var sourceDirs = []string{"etc/apt", "usr/share/keyrings"}

// takeEarly takes what an install of the runtime stage needs out of what is copied behind
// all installs: it is copied where the instruction stands that made it.
func (d *draft) takeEarly() {
	d.early = make(map[int][]copySource)
	last := -1
	for i := range d.buildStage() {
		if in := &d.instructions[i]; in.isInstall() && len(in.keptWords()) > 0 {
			last = i
		}
	}
	if last < 0 && len(d.requested) == 0 {
		// Nothing is installed any more.
		d.copied = slices.DeleteFunc(d.copied, func(source copySource) bool { return isBelow(source.path, sourceDirs) })
		return
	}
	var later []copySource
	for _, source := range d.copied {
		made := false
		if isBelow(source.path, sourceDirs) {
			d.eachFile(source.node, source.path, func(id model.RecordID, name string) {
				if int(d.tree.Records[id].Layer) < d.ownLayer {
					return
				}
				at := d.maker[d.tree.Records[id].Layer]
				if n := d.tree.Records[id].Node; d.isMade(id, name) {
					d.early[at] = append(d.early[at], copySource{n, name, false})
					made = true
				}
			})
		}
		if !made {
			later = append(later, source)
		}
	}
	d.copied = later
	for _, sources := range d.early {
		slices.SortFunc(sources, func(a, b copySource) int { return strings.Compare(a.path, b.path) })
	}
}

// eachFile calls f for each file and link at and below a node at the end of the build stage.
func (d *draft) eachFile(n model.NodeID, name string, f func(id model.RecordID, name string)) {
	id, ok := d.tree.At(n, d.lastLayer)
	if !ok {
		return
	}
	if !d.isDirectory(id) {
		if !d.prune.dropped[id] {
			f(id, name)
		}
		return
	}
	for c := range d.tree.Children(n) {
		d.eachFile(c, name+"/"+d.tree.Name(c), f)
	}
}

// repeatDirectories makes directories as the build stage made them: those that COPY would
// make root's with mode 755, and those of the base image that a RUN gave to another.
func (d *draft) repeatDirectories() {
	seen := make(map[model.NodeID]bool)
	byCommand := make(map[string]int) // where the command that makes directories of such owner and mode is
	made := make(map[model.NodeID]bool)
	visit := func(n model.NodeID, name string) {
		id, ok := d.tree.At(n, d.lastLayer)
		if !ok || seen[n] {
			return
		}
		seen[n] = true
		a := d.tree.Attributes(&d.tree.Records[id])
		usual := a.Mode == 0o755 && a.UID == 0 && a.GID == 0 && !d.isHome(n)
		if !d.isDirectory(id) || d.isInBase(n) || a.UID < 0 || usual || !d.isMade(id, name) {
			return
		}
		user, group := d.ownerNames(a.UID, a.GID)
		command := fmt.Sprintf("install -d -m %o -o %s -g %s", a.Mode, user, group)
		at, known := byCommand[command]
		if !known {
			at = len(d.before)
			byCommand[command] = at
			d.before = append(d.before, command)
		}
		d.before[at] += " /" + name
		made[n] = true
	}
	for _, source := range d.copied {
		for at, slash := 0, 0; slash >= 0; at += slash + 1 {
			if slash = strings.IndexByte(source.path[at:], '/'); slash < 0 {
				break
			}
			if n, ok := d.tree.Lookup(source.path[:at+slash]); ok {
				visit(n, source.path[:at+slash])
			}
		}
		visit(source.node, source.path)
	}
	d.copied = slices.DeleteFunc(d.copied, func(source copySource) bool { return source.directory && made[source.node] && d.isEmpty(source.node) })
	for layer := d.ownLayer; layer <= d.lastLayer; layer++ {
		if role := d.instructions[d.maker[layer]].role; role != runs && role != changesOwners {
			continue
		}
		for id, r := range d.tree.Layer(layer) {
			if r.Kind == model.Directory {
				d.repeatAttributes(id)
			}
		}
	}
	slices.Sort(d.after)
	d.after = slices.Compact(d.after)
}

// isHome reports whether a command that makes a user made a directory, and gave it to that one: the new
// stage has it so before anything is copied.
func (d *draft) isHome(n model.NodeID) bool {
	first := model.NoRecord
	for id := d.tree.Nodes[n].Last; id != model.NoRecord; id = d.tree.Below(id) {
		if r := &d.tree.Records[id]; int(r.Layer) >= d.ownLayer && int(r.Layer) <= d.lastLayer {
			first = id
		}
	}
	if first == model.NoRecord {
		return false
	}
	in := &d.instructions[d.maker[d.tree.Records[first].Layer]]
	if in.alsoAdds {
		return path.Dir(d.tree.Path(n)) == "home" // its own RUN may have given it away again
	}
	if in.role != addsAccounts {
		return false
	}
	return d.tree.Attributes(&d.tree.Records[first]).UID > 0
}

// repeatAttributes gives a directory of the base image the owner and the mode that a RUN
// gave it.
func (d *draft) repeatAttributes(id model.RecordID) {
	r := &d.tree.Records[id]
	name := d.tree.Path(r.Node)
	before, ok := d.tree.At(r.Node, d.ownLayer-1)
	if now, visible := d.tree.At(r.Node, d.lastLayer); !ok || !visible || now != id || isBelow(name, neverCopied) || !copyable.MatchString(name) {
		return
	}
	old, now := d.tree.Attributes(&d.tree.Records[before]), d.tree.Attributes(r)
	if old.UID < 0 || now.UID < 0 || !d.isDirectory(before) {
		return
	}
	if old.UID != now.UID || old.GID != now.GID {
		d.after = append(d.after, fmt.Sprintf("chown %d:%d /%s", now.UID, now.GID, name))
	}
	if old.Mode != now.Mode {
		d.after = append(d.after, fmt.Sprintf("chmod %o /%s", now.Mode, name))
	}
}

// needsLinkerCache reports whether shared libraries are copied to where programs find
// them only through the cache of the dynamic linker, or what configures that cache.
func (d *draft) needsLinkerCache() bool {
	return slices.ContainsFunc(d.copied, func(source copySource) bool {
		return isBelow(source.path, []string{"etc/ld.so.conf.d", "etc/ld.so.conf"}) || d.holdsLibrary(source.node, source.path)
	})
}

// runsLinkerCache reports whether a RUN behind the boundary makes that cache.
func (d *draft) runsLinkerCache() bool {
	return slices.ContainsFunc(d.instructions[d.boundary+1:], func(in instruction) bool {
		return in.run != nil && slices.ContainsFunc(in.run.Commands, func(c rewrite.Command) bool { return c.Name() == "ldconfig" && !c.Conditional })
	})
}

// linkerDirs are where the dynamic linker looks without being told to.
var linkerDirs = []string{"lib", "usr/lib", "usr/local/lib"}

// hasLinkerDirs reports whether the base image tells the dynamic linker of more directories
// than those of its C library.
func (d *draft) hasLinkerDirs() bool {
	n, ok := d.tree.Lookup("etc/ld.so.conf.d")
	if !ok {
		return false
	}
	for c := range d.tree.Children(n) {
		if name := d.tree.Name(c); name != "libc.conf" && !strings.HasSuffix(name, "-linux-gnu.conf") {
			return true
		}
	}
	return false
}

// holdsLibrary reports whether there is a shared library at or below a node.
func (d *draft) holdsLibrary(n model.NodeID, name string) bool {
	if dir := path.Dir(name); slices.Contains(linkerDirs, dir) || path.Base(dir) == "lib" && d.hasLinkerDirs() || strings.HasSuffix(dir, "-linux-gnu") {
		if base := path.Base(name); strings.HasSuffix(base, ".so") || strings.Contains(base, ".so.") {
			if _, ok := d.tree.At(n, d.lastLayer); ok && (strings.HasPrefix(name, "usr/") || strings.HasPrefix(name, "lib")) {
				return true
			}
		}
	}
	for c := range d.tree.Children(n) {
		if d.holdsLibrary(c, name+"/"+d.tree.Name(c)) {
			return true
		}
	}
	return false
}

// user is who a USER names.
func (in *instruction) user() string {
	fields := strings.Fields(in.text)
	if len(fields) < 2 {
		return ""
	}
	name, _, _ := strings.Cut(strings.Trim(fields[1], `"'`), ":")
	return name
}

func isRoot(user string) bool { return user == "root" || user == "0" || user == "" }

// checkUser moves what is inserted behind a USER that makes root of the base image's user,
// and reports an error where it would run commands as somebody else.
func (d *draft) checkUser() error {
	user := ""
	for i := range d.in.Instructions {
		if in := &d.in.Instructions[i]; in.Inherited && strings.EqualFold(in.Keyword, "USER") {
			user = (&instruction{text: in.Text}).user()
		}
	}
	known := false // somebody says who it is
	at := user
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if in.Keyword != "USER" {
			continue
		}
		now := in.user()
		if !known && isRoot(now) && i > d.insertAt {
			d.insertAt = i // the base image's user is another one, or this changes nothing
			at = now
		}
		known = true
		if i <= d.insertAt {
			at = now
		}
	}
	if !isRoot(at) && (len(d.before)+len(d.after) > 0 || d.extra != "") {
		return errors.New("commands of the new stage would not run as root")
	}
	return nil
}

// checkAccounts reports an error where an account of the runtime stage may get another
// number than in the build stage, because a package that the runtime stage does not have
// made one before it.
func (d *draft) checkAccounts() error {
	adds := -1 // the first install that adds accounts and of which something goes
	for layer := d.ownLayer; layer <= d.lastLayer; layer++ {
		at := d.maker[layer]
		in := &d.instructions[at]
		if !in.isInstall() || !d.dropsFrom(layer) {
			continue
		}
		for _, r := range d.tree.Layer(layer) {
			if name := d.tree.Path(r.Node); adds < 0 && r.Kind == model.File && (name == "etc/passwd" || name == "etc/group") {
				adds = at
			}
		}
	}
	if adds < 0 {
		return nil
	}
	for i := adds; i <= d.boundary; i++ {
		in := &d.instructions[i]
		if len(in.accounts) == 0 || !slices.ContainsFunc(in.accounts, makesSystemAccount) || d.countsFromTheEnd(in) {
			continue
		}
		return lineError(in, "creates an account whose ID depends on the packages from line %d; set it with --uid and --gid", d.instructions[adds].writtenAt())
	}
	return d.checkOwners(adds)
}

// checkOwners reports an error where copied files belong to an account that a package made: its
// number comes from those that are free, which other packages leave others of.
func (d *draft) checkOwners(adds int) error {
	foreign := int64(-1)
	for _, source := range d.copied {
		d.eachFile(source.node, source.path, func(id model.RecordID, _ string) {
			a := d.tree.Attributes(&d.tree.Records[id])
			for _, number := range []int64{a.UID, a.GID} {
				if foreign < 0 && number >= firstSystemAccount && number < firstUser && !d.hasAccount(number) && d.isInAccounts(number) {
					foreign = number
				}
			}
		})
	}
	if foreign < 0 {
		return nil
	}
	return lineError(&d.instructions[adds], "creates the account %d, which owns what would be copied, and another set of packages may number it otherwise", foreign)
}

// Numbers from one on are given to accounts of packages, and from the other on to people.
// login.defs(5), SYS_UID_MIN and UID_MIN.
const firstSystemAccount, firstUser = 100, 1000

// hasAccount reports whether the base image, or an option of a command of the author, gives a number
// to an account.
func (d *draft) hasAccount(number int64) bool {
	for _, file := range []string{"etc/passwd", "etc/group"} {
		if !strings.HasPrefix(d.accountName(file, number), strconv.FormatInt(number, 10)) {
			return true
		}
	}
	word := strconv.FormatInt(number, 10)
	notDigit := func(r rune) bool { return r < '0' || r > '9' }
	return slices.ContainsFunc(d.buildStage(), func(in instruction) bool {
		return slices.ContainsFunc(in.accounts, func(command string) bool { return slices.Contains(strings.FieldsFunc(command, notDigit), word) })
	})
}

// isInAccounts reports whether the image gives a number to a user or a group, or may do so. An archive may
// bring files of somebody whom nobody knows there: they are copied as they are.
func (d *draft) isInAccounts(number int64) bool {
	for _, file := range []string{"etc/passwd", "etc/group"} {
		text, known := d.in.Build.Captured[file]
		if !known || slices.ContainsFunc(strings.Split(string(text), "\n"), func(line string) bool {
			fields := strings.SplitN(line, ":", 5)
			return len(fields) > 3 && (fields[2] == strconv.FormatInt(number, 10) || file == "etc/passwd" && fields[3] == strconv.FormatInt(number, 10))
		}) {
			return true
		}
	}
	return false
}

// dropsFrom reports whether a layer brought packages that the runtime stage does without.
func (d *draft) dropsFrom(layer int) bool {
	for i := range d.in.Report.SystemPackages() {
		if d.in.Report.Packages[i].Layer == layer && !d.retained[i] {
			return true
		}
	}
	return false
}
