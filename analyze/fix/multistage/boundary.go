package multistage

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// ErrUnused says that the build has no use for the tools, so that no stage is needed for them.
var ErrUnused = errors.New("no later RUN seems to use the tools; leave them out of the install")

// findBoundary classifies the instructions and finds the last one that brings a build
// tool or may need one.
func (d *draft) findBoundary() error {
	d.firstTool = len(d.instructions)
	for _, i := range d.in.Findings {
		at := d.maker[*d.in.Report.Findings[i].Layer]
		if at < 0 {
			return errors.New("tare cannot tell which line installs the tools")
		}
		d.firstTool, d.boundary = min(d.firstTool, at), max(d.boundary, at)
	}
	for _, i := range d.in.Purged {
		if at := d.maker[*d.in.Report.Findings[i].Layer]; at >= 0 {
			d.firstTool = min(d.firstTool, at)
			d.boundary = max(d.boundary, at)
		}
	}
	used := false
	for i := range d.instructions {
		d.instructions[i].classify()
	}
	d.findOwnerRuns()
	d.verifyAccounts()
	for i := range d.instructions {
		if i >= d.firstTool && d.instructions[i].needsTools {
			used, d.boundary = true, max(d.boundary, i)
		}
		if i >= d.firstTool && d.instructions[i].purges {
			d.boundary = max(d.boundary, i)
		}
	}
	if !used {
		return ErrUnused
	}
	d.lastUse = d.boundary
	if !d.leaveFileRuns {
		d.boundary = d.takeResults(d.boundary)
		d.takeFileRuns()
	}
	if d.boundary < d.firstOfLast {
		first := slices.IndexFunc(d.instructions[d.firstOfLast:], func(in instruction) bool { return in.Keyword == "RUN" || in.Keyword == "COPY" || in.Keyword == "ADD" })
		if first < 0 {
			return lineError(&d.instructions[d.boundary], "builds in a stage that the last one goes on from; begin the last one from an image, and COPY --from that stage")
		}
		d.boundary = d.firstOfLast + first // the stages before stay whole: others may go on from them, too
	}
	d.lastLayer = d.ownLayer - 1
	for i, at := range d.maker {
		if at >= 0 && at <= d.boundary {
			d.lastLayer = max(d.lastLayer, i)
		}
	}
	for i := d.ownLayer; i <= d.lastLayer; i++ {
		if d.maker[i] > d.boundary {
			return errors.New("the layers are not in the same order as the lines")
		}
	}
	return nil
}

// takeResults returns the last of the RUNs behind the boundary that only put into place what was
// built: behind it, what they read need not be copied.
func (d *draft) takeResults(boundary int) int {
	for i := boundary + 1; i < len(d.instructions); i++ {
		in := &d.instructions[i]
		switch {
		case in.Keyword == "COPY" || in.Keyword == "ADD" || in.Keyword == "RUN" && !d.takesResults(i):
			return boundary
		case in.Keyword == "RUN":
			boundary = i
		}
	}
	return boundary
}

// takesResults reports whether a RUN does nothing but move or copy files that no package of the
// distribution brought.
func (d *draft) takesResults(i int) bool {
	in := &d.instructions[i]
	if in.role != runs || in.fault != "" || len(in.run.Flags) > 0 {
		return false
	}
	takes := false
	for _, c := range in.run.Commands {
		switch c.Name() {
		case "cp", "mv", "install":
			if first := slices.IndexFunc(c.Args(), func(w rewrite.Word) bool { return !strings.HasPrefix(w.Text, "-") }); first >= 0 {
				source := c.Args()[first].Text
				if !path.IsAbs(source) {
					source = path.Join(d.workDirAt(i), source)
				}
				takes = takes || !isSystemPath(strings.TrimPrefix(path.Clean(source), "/"))
			}
		case "mkdir", "rm", "ln", "chmod", "strip":
		default:
			return false
		}
	}
	return takes
}

// workDirAt is the working directory of an instruction as far as WORKDIR tells it.
func (d *draft) workDirAt(i int) string {
	dir := "/"
	for k := range d.instructions[:i] {
		if words := strings.Fields(d.instructions[k].source); d.instructions[k].Keyword == "WORKDIR" && len(words) == 2 {
			if path.IsAbs(words[1]) {
				dir = words[1]
			} else {
				dir = path.Join(dir, words[1])
			}
		}
	}
	return dir
}

// buildStage returns the instructions up to the boundary.
func (d *draft) buildStage() []instruction { return d.instructions[:d.boundary+1] }

// checkBuildStage reports an error for an instruction up to the boundary that cannot
// be split between two stages.
func (d *draft) checkBuildStage() error {
	for i := range d.buildStage() {
		in := &d.instructions[i]
		switch in.Keyword {
		case "SHELL", "VOLUME", "ONBUILD":
			return instructionError(in, fmt.Sprintf("there is a %s in line %d", in.Keyword, in.writtenAt()))
		case "RUN", "COPY", "ADD":
			if in.text == "" {
				return instructionError(in, fmt.Sprintf("the image's history does not show line %d", in.writtenAt()))
			}
		}
		if in.fault != "" {
			return lineError(in, "%s", in.fault)
		}
	}
	return nil
}

// checkRest reports an error for a RUN behind the boundary that would miss what the
// build stage leaves behind and the runtime stage does not have.
func (d *draft) checkRest() error {
	for i := d.boundary + 1; i < len(d.instructions); i++ {
		in := &d.instructions[i]
		if in.Keyword != "RUN" {
			continue
		}
		if in.fault != "" {
			return lineError(in, "%s", in.fault)
		}
		if strings.Contains(in.text, "/tmp/") && !strings.Contains(in.text, "rm -") {
			return lineError(in, "uses files that an earlier RUN left in /tmp")
		}
		updated := false
		for _, c := range in.run.Commands {
			if sub, _, ok := c.Apt(); ok && sub == "update" {
				updated = true
			}
			if c.NeedsLists() && !updated {
				return lineError(in, "installs from package lists that an earlier RUN fetched")
			}
		}
	}
	return nil
}
