package fix

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// dropUseless takes out what authors have written to remove files in a later RUN, where edits
// have removed all of them in the RUN that makes them.
func (p *plan) dropUseless() {
	if len(p.result.Applied) == 0 {
		return
	}
	for i := len(p.build.Instructions) - 1; i > 0; i-- {
		if at := p.at[i]; at != nil && at.edited == "" && at.fault == "" && rewrite.Keyword(at.text) == "RUN" {
			p.dropUselessIn(i)
		}
	}
}

// dropUselessIn does that for the RUN at an index of the history.
func (p *plan) dropUselessIn(i int) {
	layer := p.layerOf(i)
	run, err := rewrite.ParseRun(p.build.Instructions[i].Text)
	if layer < 0 || err != nil || !p.build.Parsed().PosixShell(i) || p.isWanted(layer) {
		return
	}
	dir := p.workdir(i)
	if len(run.Commands) > maxCleaners {
		return
	}
	useless := func(c rewrite.Command) bool {
		gone, removes := c.Removal(dir)
		return removes && gone.Whole && len(gone.Targets) > 0 && !c.Conditional && p.isGone(gone, i, layer) && !p.mayHold(gone)
	}
	var dropped []rewrite.Command
	others := false // commands that the RUN is still there for
	for _, c := range run.Commands {
		switch {
		case useless(c):
			dropped = append(dropped, c)
		case !makesNothing(c):
			return
		default:
			others = others || !isIdle(c)
		}
	}
	if len(dropped) == 0 {
		return
	}
	without := ""
	if others {
		var ok bool
		if without, ok = rewrite.RemoveCommand(p.build.Instructions[i].Text, useless); !ok {
			return
		}
	}
	// apt-get clean and the like go with the RUN: nothing else may have been theirs.
	if without == "" && !p.isGone(rewrite.Removal{Targets: []string{"/"}}, i, layer) {
		return
	}
	p.dropCommands(i, without, dropped, layer)
}

// isWanted reports whether a finding asks for an edit of the RUN that makes a layer: whether that one is
// made must not decide what becomes of the RUN.
func (p *plan) isWanted(layer int) bool {
	return slices.ContainsFunc(p.report.Findings, func(f model.Finding) bool {
		return f.Layer != nil && *f.Layer == layer && f.Fix != nil && editKey(f.Fix) != ""
	})
}

// maxCleaners is how many commands a RUN may have that may be needless. Each is held against all
// that the RUN removed.
const maxCleaners = 100

// refilled are directories of which nobody misses the removal of what is not there: tools fill
// them, and nobody hides anything in them.
var refilled = []string{"/var/lib/apt", "/var/cache", "/var/log", "/tmp", "/var/tmp", "/root/.cache", "/root/.npm", "/usr/share/doc", "/usr/share/man"}

// mayHold reports whether a rm names something that is nowhere in this image, and may be in one that
// is built elsewhere: the .env of somebody else's directory.
func (p *plan) mayHold(rm rewrite.Removal) bool {
	return slices.ContainsFunc(rm.Targets, func(target string) bool {
		if strings.ContainsAny(target, "*?[") || slices.ContainsFunc(refilled, func(dir string) bool { return isInside(target, dir) }) {
			return false
		}
		return p.report.Tree != nil && !p.holdsAnything(target)
	})
}

// dropCommands makes the edit: without is what is left of the RUN, "" for nothing.
func (p *plan) dropCommands(i int, without string, dropped []rewrite.Command, layer int) {
	owners := p.ownersOf(layer)
	if len(owners) == 0 {
		return
	}
	e := &edit{from: i, to: i, before: []string{p.build.Instructions[i].Text}, strategy: owners[0].Strategy}
	at := p.at[i]
	line := at.line
	if without != "" {
		e.after = []string{without}
	} else if p.check(e) == "" {
		p.moveComments(i, dropped)
	}
	made, why := p.apply(e, owners[0].Rule)
	if why != "" {
		return
	}
	for _, owner := range owners {
		owner.Instructions = append(slices.Clone(owner.Instructions), made.Instructions...)
		slices.Sort(owner.Instructions)
		owner.Instructions = slices.Compact(owner.Instructions)
	}
	if without == "" {
		p.closeGap(at)
	}
	what := "rm"
	if line > 0 {
		what += fmt.Sprintf(" in line %d", line)
	}
	owners[0].Summary += " The " + what + " then has nothing left to remove, so it goes too."
}

// layerOf returns the only layer that an instruction of the history makes, -1 where it makes
// none or several.
func (p *plan) layerOf(i int) int {
	layer := -1
	for l := range p.build.Layers {
		if at := p.build.Layers[l].Instruction; at != nil && *at == i {
			if layer >= 0 {
				return -1
			}
			layer = l
		}
	}
	return layer
}

// ownersOf returns the edits that save a finding which a layer hides: only all of them together
// leave the layer nothing to remove.
func (p *plan) ownersOf(layer int) (owners []*Applied) {
	for k := range p.result.Applied {
		a := &p.result.Applied[k]
		if slices.ContainsFunc(slices.Concat(a.Findings, a.Also), func(i int) bool {
			f := &p.report.Findings[i]
			return f.HiddenBy != nil && *f.HiddenBy == layer
		}) {
			owners = append(owners, a)
		}
	}
	return owners
}

// isGone reports whether all that a rm in the RUN at an index of the history, which makes a
// layer, took away is removed before it by what edits have appended to earlier RUNs.
func (p *plan) isGone(rm rewrite.Removal, i, layer int) bool {
	if t := p.report.Tree; t != nil && layer < t.Layers() {
		return p.isGoneInTree(rm, i, layer)
	}
	found := false
	for k := range p.report.Findings {
		f := &p.report.Findings[k]
		if f.HiddenBy == nil || *f.HiddenBy != layer || !slices.ContainsFunc(f.Paths, func(name string) bool { return rm.Covers("/" + name) }) {
			continue
		}
		if !p.savesAll(k) {
			return false
		}
		found = true
	}
	return found && !slices.ContainsFunc(rm.Targets, func(target string) bool { return target != "/" && !p.removedBefore(target, 0, i) })
}

// savesAll reports whether the edits save all bytes of a finding.
func (p *plan) savesAll(k int) bool {
	return k < len(p.result.Saved) && p.result.Saved[k] && p.result.bytesOf(p.report, k) >= p.report.Findings[k].Bytes
}

// isGoneInTree is isGone by the files that the layer took away: an edit saves each, or its
// clean-up covers the path, perhaps behind the RUN that made the file. A directory is not even
// made where an edit keeps its RUN from making the files in it.
func (p *plan) isGoneInTree(rm rewrite.Removal, i, layer int) bool {
	t := p.report.Tree
	type place struct {
		dir   string
		layer int32
	}
	var dirs []place
	filled := make(map[place]bool) // directories of files that are not made any more
	found := false
	for id := range t.Records {
		r := &t.Records[id]
		if int(r.Gone) != layer || r.Kind >= model.Whiteout || r.Kind == model.Implied {
			continue
		}
		name := "/" + t.Path(r.Node)
		if !rm.Covers(name) {
			continue
		}
		if now, stays := t.At(r.Node, layer); stays {
			if r.Kind == model.Directory && t.Records[now].Kind == model.Directory {
				continue // the layer has it again because of what was removed from it
			}
			if name == archivesLock {
				continue
			}
			return false
		}
		if name == partialLists {
			continue
		}
		found = true
		if made := p.build.Step(model.Ptr(int(r.Layer))); made != nil && (p.removedBefore(name, made.Index, i) || isUnderMount(made.Text, name)) {
			continue
		}
		switch r.Kind {
		case model.Directory:
			dirs = append(dirs, place{name, int32(r.Layer)})
		case model.File, model.Link:
			held := t.Records[t.Content(model.RecordID(id))].Finding()
			if held == model.NoFinding || !p.savesAll(int(held)) {
				return false
			}
			for dir := path.Dir(name); len(dir) > 1; dir = path.Dir(dir) {
				filled[place{dir, int32(r.Layer)}] = true
			}
		default:
			return false
		}
	}
	return found && !slices.ContainsFunc(dirs, func(d place) bool { return !filled[d] })
}

// isUnderMount reports whether what a RUN makes at a path stays in a mount.
func isUnderMount(text, name string) bool {
	if cacheMounts(text) == 0 {
		return false
	}
	run, err := rewrite.ParseRun(text)
	return err == nil && run.MountHolds(name)
}

// archivesLock is an empty file that apt-get clean writes again each time, partialLists a
// directory that apt-get update makes, uses and leaves empty.
const (
	archivesLock = "/var/cache/apt/archives/lock"
	partialLists = "/var/lib/apt/lists/partial"
)

// removedBefore reports whether a clean-up that an edit has appended to an instruction from one
// on, and in front of another, covers a path.
func (p *plan) removedBefore(name string, from, before int) bool {
	for j := from; j < before; j++ {
		if at := p.at[j]; at == nil || p.cleanups[at] == "" {
			continue
		}
		for _, c := range commandsOf([]string{"RUN " + strings.ReplaceAll(strings.TrimSpace(p.cleanups[p.at[j]]), "\n", " && ")}) {
			if gone, ok := c.Removal(""); ok && gone.Whole && (gone.Covers(name) || slices.Contains(gone.Targets, name)) {
				return true
			}
		}
	}
	return false
}

// isIdle reports whether a command does nothing that a layer could hold.
func isIdle(c rewrite.Command) bool {
	sub, _, apt := c.Apt()
	return !c.Redirected && (slices.Contains([]string{"true", ":", "set", "echo"}, c.Name()) || apt && (sub == "clean" || sub == "autoclean"))
}

// makesNothing reports whether a command makes no file that a rm behind it may be for.
func makesNothing(c rewrite.Command) bool {
	if c.Redirected {
		return false
	}
	_, removes := c.Removal("")
	return removes || isIdle(c) || slices.Contains([]string{"useradd", "groupadd", "usermod", "adduser", "addgroup", "chown", "chgrp", "chmod", "ldconfig"}, c.Name())
}

// moveComments moves the comments right above a RUN that goes to the clean-up that does its
// work now, if that has a place for them. Where several do, no one of them is what the comments are about, and
// they go with the RUN.
func (p *plan) moveComments(i int, dropped []rewrite.Command) {
	gaps := p.doc.between(p.at[i-1], p.at[i])
	if len(gaps) != 1 || p.at[i-1] == nil {
		return
	}
	lines := slices.Collect(strings.Lines(gaps[0].raw))
	first := len(lines)
	for first > 0 && strings.HasPrefix(strings.TrimSpace(lines[first-1]), "#") && !isPragma(strings.TrimSpace(lines[first-1])) {
		first--
	}
	if first == len(lines) {
		return
	}
	comments := make([]string, 0, len(lines)-first)
	for _, line := range lines[first:] {
		comments = append(comments, strings.TrimRight(line, " \t\r\n"))
	}
	gone, _ := dropped[0].Removal(p.workdir(i))
	if p.countCleanups(gone, i) > 1 {
		p.dropComment(p.at[i])
		return
	}
	for j := i - 1; j >= 0; j-- {
		host := p.at[j]
		if host == nil || p.cleanups[host] == "" {
			continue
		}
		for _, c := range commandsOf([]string{host.text}) {
			if its, ok := c.Removal(""); !ok || !strings.Contains("\n"+p.cleanups[host], "\n"+c.Source()+"\n") || !slices.ContainsFunc(gone.Targets, its.Covers) {
				continue
			}
			text, ok := rewrite.InsertComments(host.text, len(commandsOf([]string{host.text})), []rewrite.Command{c}, comments)
			if raw, writes := host.form.write(text); ok && writes {
				host.text, host.raw, p.build.Instructions[j].Text = text, raw, text
				gaps[0].raw = strings.Join(lines[:first], "")
			}
			return
		}
	}
}

// countCleanups counts the RUNs before an instruction in which an edit has put a removal of what another
// one removes.
func (p *plan) countCleanups(gone rewrite.Removal, before int) (n int) {
	for _, host := range p.at[:before] {
		if host != nil && slices.ContainsFunc(commandsOf([]string{host.text}), func(c rewrite.Command) bool {
			its, ok := c.Removal("")
			return ok && strings.Contains("\n"+p.cleanups[host], "\n"+c.Source()+"\n") && slices.ContainsFunc(gone.Targets, its.Covers)
		}) {
			n++
		}
	}
	return n
}

// closeGap leaves one blank line of two that have met where an instruction was.
func (p *plan) closeGap(at *piece) {
	k := slices.Index(p.doc.pieces, at)
	if k < 1 || k+1 >= len(p.doc.pieces) {
		return
	}
	before, behind := p.doc.pieces[k-1], p.doc.pieces[k+1]
	blank := func(line string) bool { return strings.TrimSpace(line) == "" }
	lines := slices.Collect(strings.Lines(before.raw))
	next := slices.Collect(strings.Lines(behind.raw))
	if before.text == "" && behind.text == "" && len(lines) > 0 && len(next) > 0 && blank(lines[len(lines)-1]) && blank(next[0]) {
		behind.raw = strings.Join(next[1:], "")
	}
}
