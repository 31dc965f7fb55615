package multistage

import (
	"errors"
	"path"
	"slices"
	"strings"

	edits "github.com/tare-oci/tare/analyze/rules/installs"
	"github.com/tare-oci/tare/analyze/rules/toolchain"
	"github.com/tare-oci/tare/model"
)

// selectPackages works out which packages the new image has: those of the base image,
// those that the installs name and that are no build tools, the libraries that headers
// brought, what instructions behind the boundary install, and what all of those depend
// on.
func (d *draft) selectPackages() error {
	packages := d.in.Report.SystemPackages()
	d.tools = toolchain.FindFor(packages, d.tree.Needs, d.isStarted)
	d.findWindows()
	byName := make(map[string]int)
	wanted := make([]bool, len(packages))
	for i := range packages {
		p := &packages[i]
		if _, known := byName[p.Name]; !known {
			byName[p.Name] = i
		}
		if p.Layer < d.ownLayer || p.Layer > d.lastLayer {
			wanted[i] = true
		} else if p.Manager != "dpkg" {
			return errors.New("tare can leave packages out only of apt-get install")
		}
	}
	inRecommended, outRecommended, dropped := d.filterInstalls(byName, wanted)
	if err := d.checkUses(dropped); err != nil {
		return err
	}
	for _, name := range d.startCommands() {
		if d.entry.kind != unknownEntry {
			break // requestOwners knows whose programs those are
		}
		if at, known := byName[name]; known && !d.tools.Tool(at) {
			d.request(at, wanted)
		}
	}
	d.retained = d.tools.Closure(wanted)
	d.retainUpgraded(wanted)
	for d.requestLibraries(wanted, inRecommended) {
		d.retained = d.tools.Closure(wanted)
	}
	d.requestOwners(wanted)
	d.requestNamed(dropped, byName, wanted)
	d.requestLoaded(wanted)
	d.requestCertificates(byName, wanted)
	d.requestServices(byName, wanted)
	for d.requestLibraries(wanted, inRecommended) || outRecommended && d.retainRecommended(wanted) {
		d.retained = d.tools.Closure(wanted)
	}
	d.requestCertificates(byName, wanted)
	d.requestServices(byName, wanted)
	d.dropBrought(byName, wanted)
	slices.Sort(d.requested)
	d.requested = slices.Compact(d.requested)
	return nil
}

// filterInstalls takes build tools out of the installs of the build stage and wants
// what they still name. inRecommended reports whether an install took recommended
// packages; outRecommended, whether one that still names packages does.
func (d *draft) filterInstalls(byName map[string]int, wanted []bool) (inRecommended, outRecommended bool, dropped []string) {
	for i := range d.buildStage() {
		in := &d.instructions[i]
		for j := range in.packages {
			install := &in.packages[j]
			recommended := !slices.Contains(install.options, "--no-install-recommends")
			inRecommended = inRecommended || recommended
			install.words = slices.DeleteFunc(install.words, func(word string) bool {
				at, known := byName[packageName(word)]
				if !known {
					return toolchain.KindOf("dpkg", packageName(word)) != toolchain.None || d.isPurged(packageName(word))
				}
				p := &d.in.Report.Packages[at]
				return d.tools.Tool(at) || d.isIdle(p.Name) || d.isFetcher(p.Name) || d.isForBuild(p.Name) || d.isFontOfWindows(p)
			})
			for _, word := range install.all {
				if !slices.Contains(install.words, word) {
					dropped = append(dropped, packageName(word))
				}
			}
			for _, word := range install.words {
				if at, known := byName[packageName(word)]; known {
					wanted[at] = true
				} else {
					d.wantProviders(i, wanted)
				}
			}
			outRecommended = outRecommended || len(install.words) > 0 && recommended
		}
	}
	return inRecommended, outRecommended, dropped
}

// wantProviders wants the packages that an install brought for a name that no package has: those
// that it marked as wanted by a person, and that no install names.
func (d *draft) wantProviders(instruction int, wanted []bool) {
	named := make(map[string]bool)
	for i := range d.buildStage() {
		for _, install := range d.instructions[i].packages {
			for _, word := range install.all {
				named[packageName(word)] = true
			}
		}
	}
	for i := range d.in.Report.SystemPackages() {
		p := &d.in.Report.Packages[i]
		if p.Layer >= d.ownLayer && p.Layer <= d.lastLayer && d.maker[p.Layer] == instruction && p.Reason == "manual" && !named[p.Name] && !d.tools.Tool(i) {
			wanted[i] = true
		}
	}
}

// isForBuild reports whether a package is named by another edit only, since it came as a
// recommended one and the build may need it, and what runs does not: it is documentation, or a
// compiled program or a server of files runs, of which it is known what they need, or only a
// program that nothing behind the build has by name is in it. requestOwners requests the package
// in that case.
func (d *draft) isForBuild(name string) bool {
	return !d.isWrittenByAuthor(name) && (d.entry.kind == compiled || d.entry.kind == staticServer || d.isSpare(name) || !mayBeLinked(name))
}

// isPurged reports whether an instruction of the build stage takes a package out.
func (d *draft) isPurged(name string) bool {
	return slices.ContainsFunc(d.buildStage(), func(in instruction) bool {
		return in.purges && (in.anyPurged || slices.Contains(in.purged, name))
	})
}

// isStarted reports whether the container starts a command that has the name of a package,
// or may do so.
func (d *draft) isStarted(name string) bool {
	return d.entry.kind == unknownEntry || d.in.Build.Program().StartsOthers() || slices.Contains(d.startCommands(), name) ||
		name == "npm" && slices.Contains(d.startCommands(), "npx") || name == "yarnpkg" && slices.Contains(d.startCommands(), "yarn") ||
		slices.ContainsFunc(programsOf(name), d.isInStartScripts)
}

// isIdle reports whether a package is an interpreter that nothing runs, since a server hands
// out what it has built.
func (d *draft) isIdle(name string) bool {
	return d.entry.kind == staticServer && slices.Contains([]string{"nodejs", "npm", "yarnpkg"}, name) && len(d.in.Build.Program().Scripts) == 0
}

// installsPackages reports whether the runtime stage installs packages.
func (d *draft) installsPackages() bool {
	return len(d.requested) > 0 || slices.ContainsFunc(d.buildStage(), func(in instruction) bool {
		return slices.ContainsFunc(in.packages, func(install aptInstall) bool { return len(install.words) > 0 })
	})
}

// request names a package in the install of the runtime stage, unless it is wanted
// already.
func (d *draft) request(at int, wanted []bool) {
	if !wanted[at] {
		wanted[at] = true
		d.requested = append(d.requested, d.in.Report.Packages[at].Name)
	}
}

// packageName takes version, release and architecture off an operand of apt-get
// install.
func packageName(word string) string {
	if i := strings.IndexAny(word, "=/:"); i >= 0 {
		word = word[:i]
	}
	return word
}

// startCommands are the words that a container starts with, without directories: perl
// or python3 may be the name of a package, too.
func (d *draft) startCommands() (names []string) {
	c := d.in.Report.Config
	if c == nil {
		return nil
	}
	cmd := c.Cmd
	if d.start.words != nil {
		cmd = d.start.words
	}
	var health []string
	if c.Healthcheck != nil {
		health = c.Healthcheck.Test
	}
	for _, words := range [][]string{c.Entrypoint, cmd, health} {
		for _, word := range words {
			for _, part := range strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(" \t\n;&|()", r) }) {
				names = append(names, path.Base(part))
			}
		}
	}
	for _, c := range d.in.Build.Program().Commands {
		names = append(names, path.Base(c.Words[0].Text))
	}
	return names
}

// retainUpgraded requests packages of the base image that the build stage upgraded:
// what was compiled there may have been compiled for the newer version.
func (d *draft) retainUpgraded(wanted []bool) {
	inBase := make([]bool, len(d.retained))
	for i := range d.tree.Records[:d.tree.Starts[d.ownLayer]] {
		if at := d.owner(model.RecordID(i)); at >= 0 {
			inBase[at] = true
		}
	}
	for i := range d.retained {
		if inBase[i] && !wanted[i] && !d.tools.Tool(i) {
			d.request(i, wanted)
		}
	}
	d.retained = d.tools.Closure(wanted)
}

// retainRecommended wants what apt installs along with the packages that are retained,
// because they recommend it, but for what nobody calls or loads by name. It reports whether there
// was anything.
func (d *draft) retainRecommended(wanted []bool) (more bool) {
	packages := d.in.Report.SystemPackages()
	retained := make(map[string]bool)
	for i := range packages {
		retained[packages[i].Name] = retained[packages[i].Name] || d.retained[i]
	}
	for i := range d.buildStage() {
		for _, install := range d.instructions[i].packages {
			for _, word := range d.toolsAgain(install) {
				retained[packageName(word)] = false // it is installed without what it recommends
			}
		}
	}
	for i := range packages {
		p := &packages[i]
		if !d.retained[i] && p.Reason == "recommended" && p.Via == "" && !edits.IsInert(p.Name) && slices.ContainsFunc(p.RecommendedBy, func(by string) bool { return retained[by] }) {
			wanted[i], more = true, true
		}
	}
	return more
}
