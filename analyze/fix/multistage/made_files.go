package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// isSkeleton reports whether a record came with an account: with the others of a home it may be
// copied, and nobody misses it.
func (d *draft) isSkeleton(id model.RecordID) bool {
	r := &d.tree.Records[id]
	if int(r.Layer) < d.ownLayer || d.owner(id) >= 0 {
		return false
	}
	in := &d.instructions[d.maker[r.Layer]]
	if in.alsoAdds {
		return d.isOfAccounts(id)
	}
	return (in.role == addsAccounts || in.role == changesOwners && !d.isGiven(id)) && isBelow(d.tree.Path(r.Node), []string{"home", "var/lib", "opt", "srv"})
}

// isOwn reports whether a RUN, COPY or ADD of the build stage made a record.
func (d *draft) isOwn(id model.RecordID) bool {
	return int(d.tree.Records[id].Layer) >= d.ownLayer
}

// isTool reports whether a record is a file of a build tool.
func (d *draft) isTool(id model.RecordID) bool {
	file := &d.tree.Records[d.tree.Content(id)]
	findings := d.in.Report.Findings
	return d.isLeftover(id) && int(file.Finding()) < len(findings) && findings[file.Finding()].Rule == "build-tools"
}

// isMade reports whether a visible record is something that the build stage made, no
// package brought and the runtime stage needs.
func (d *draft) isMade(id model.RecordID, name string) bool {
	r := &d.tree.Records[id]
	if int(r.Layer) < d.ownLayer || isBelow(name, neverCopied) || d.isLeftover(id) {
		return false
	}
	if d.isLog(id, name) || d.isOfAccounts(id) {
		return false
	}
	if isBelow(name, []string{"etc/ssl/certs"}) && d.hasAuthorities() {
		return false // update-ca-certificates makes it
	}
	switch d.instructions[d.maker[r.Layer]].role {
	case changesOwners:
		if !d.isDirectory(id) && !d.isGiven(id) || d.isDirectory(id) && d.tree.Below(id) == model.NoRecord {
			return false // an account's
		}
		return !strings.Contains(name, "__pycache__") || !isSystemPath(name)
	case runs, brings:
		return !strings.Contains(name, "__pycache__") || !isSystemPath(name) || !strings.HasPrefix(name, "usr/")
	case mixed:
		if d.owner(id) >= 0 {
			return false
		}
		if isSystemPath(name) {
			return d.isProgram(id, name)
		}
		return !d.isDirectory(id) || name != "usr/local" && !strings.HasPrefix(name, "usr/local/")
	}
	return false
}

// hasAuthorities reports whether there are certificates of authorities from which
// update-ca-certificates makes what programs read.
func (d *draft) hasAuthorities() bool {
	if !d.authoritiesKnown {
		d.authoritiesKnown = true
		if n, ok := d.tree.Lookup("usr/local/share/ca-certificates"); ok {
			d.eachFile(n, "usr/local/share/ca-certificates", func(id model.RecordID, _ string) { d.authorities = d.authorities || d.isOwn(id) })
		}
	}
	return d.authorities
}

// isLog reports whether a record is a log that nothing needs. One that belongs to a user was made
// for a program that runs as that user, and that may not make it; one that a touch makes is there on
// purpose.
func (d *draft) isLog(id model.RecordID, name string) bool {
	return isBelow(name, []string{"var/log"}) && !d.isTouched(name) && d.tree.Records[id].Kind != model.Symlink && !d.isDirectory(id) && d.tree.Attributes(&d.tree.Records[id]).UID <= 0
}

// isTouched reports whether a RUN of the build stage makes a file on purpose: touch(1), install(1), or
// a mode for it name it, by whatever path.
func (d *draft) isTouched(name string) bool {
	return slices.ContainsFunc(d.buildStage(), func(in instruction) bool {
		return in.run != nil && slices.ContainsFunc(in.run.Commands, func(c rewrite.Command) bool {
			return slices.Contains([]string{"touch", "install", "chmod"}, c.Name()) && names(c, path.Base(name))
		})
	})
}

// isProgram reports whether a file that no package owns is a program in a directory for
// programs: the scripts of packages make links there, and no files.
func (d *draft) isProgram(id model.RecordID, name string) bool {
	r := &d.tree.Records[id]
	return (r.Kind == model.File || r.Kind == model.Link) && slices.Contains([]string{"bin", "sbin", "usr/bin", "usr/sbin", "usr/games"}, path.Dir(name)) && d.tree.Attributes(r).Mode&0o111 != 0
}

// isLeftover reports whether a record is a file that a finding calls a leftover.
func (d *draft) isLeftover(id model.RecordID) bool {
	file := &d.tree.Records[d.tree.Content(id)]
	if name := d.tree.Path(file.Node); isBelow(name, []string{"var/log"}) && !d.isLog(id, name) {
		return false
	}
	// What Python compiled goes along with what it compiled.
	return file.Kind == model.File && file.Verdict == model.Leftover && !strings.Contains(d.tree.Path(file.Node), "/__pycache__/")
}
