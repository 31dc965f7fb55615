package multistage

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// writeStage decides what the runtime stage has in place of each instruction of the build
// stage, and behind which of them it copies.
func (d *draft) writeStage() error {
	d.parts = make([]string, d.boundary+1)
	requested, rest := d.hosts()
	d.insertAt = -1
	for i := range d.buildStage() {
		in := &d.instructions[i]
		switch {
		case in.role == changesOwners:
			d.parts[i] = d.accountRun(in)
		case in.alsoAdds:
			d.parts[i] = d.asWritten("RUN " + strings.Join(slices.DeleteFunc(slices.Clone(in.accounts), func(c string) bool { return !makesAccount(c) }), " \\\n    && "))
			if d.insertAt < 0 || d.isRootAt(i) {
				d.insertAt = i
			}
		case in.role == setsConfig || in.role == addsAccounts:
			d.parts[i] = strings.TrimSuffix(strings.TrimSuffix(in.source, "\n"), "\r")
			if in.role == addsAccounts && (d.insertAt < 0 || d.isRootAt(i) && in.makesAccounts()) {
				d.insertAt = i
			}
		case d.repeatsBaseEdit(i):
			d.parts[i] = strings.TrimSuffix(strings.TrimSuffix(in.source, "\n"), "\r")
		case in.isInstall():
			part, err := d.installRun(in, requested[i])
			if err != nil {
				return err
			}
			if d.parts[i] = part; part != "" {
				d.insertAt = i
			}
		}
		d.parts[i] = strings.Join(append(copyInstructions(d.buildName, d.early[i]), splitNonEmpty(d.parts[i])...), d.lineEnd())
		if len(d.early[i]) > 0 {
			d.insertAt = max(d.insertAt, i)
		}
	}
	if len(rest) > 0 {
		d.extra = d.asWritten("RUN apt-get update \\\n    && " + d.environment() + "apt-get install -y --no-install-recommends " + strings.Join(rest, " ") + " \\\n    && rm -rf /var/lib/apt/lists/*")
	}
	if d.insertAt < 0 {
		d.insertAt = d.insertionWithoutInstall()
	}
	d.placeDirectories()
	d.dropIdleWorkDirs()
	d.dropForgottenCommands()
	if err := cmp.Or(d.repeatArguments(), d.checkChosenRuns()); err != nil {
		return err
	}
	return d.checkUser()
}

// makesAccounts reports whether a RUN adds users or groups. Their homes have to be made before
// files are copied to them.
func (in *instruction) makesAccounts() bool {
	return slices.ContainsFunc(in.run.Commands, func(c rewrite.Command) bool { return c.Name() != "mkdir" })
}

// dropIdleWorkDirs takes a WORKDIR with an absolute path out of the runtime stage where
// another one with an absolute path follows, and nothing in between runs or copies there.
// It would make a directory.
func (d *draft) dropIdleWorkDirs() {
	last := -1
	for i := range d.buildStage() {
		in := &d.instructions[i]
		switch {
		case in.Keyword == "WORKDIR":
			absolute := in.isAbsoluteWorkDir()
			if last >= 0 && absolute {
				d.parts[last] = ""
			}
			if last = -1; absolute {
				last = i
			}
		case d.parts[i] != "" && in.role != setsConfig:
			last = -1
		}
	}
	if next := d.boundary + 1; last > d.insertAt && next < len(d.instructions) && d.instructions[next].isAbsoluteWorkDir() {
		d.parts[last] = ""
	}
}

// dropForgottenCommands takes each CMD out of the runtime stage that an ENTRYPOINT of a later stage of the
// chain makes forgotten: in one stage, it would become the arguments of that. See the Dockerfile
// reference, "Understand how CMD and ENTRYPOINT interact".
func (d *draft) dropForgottenCommands() {
	for i := range d.buildStage() {
		if d.instructions[i].Keyword == "CMD" && slices.ContainsFunc(d.instructions[i+1:], func(later instruction) bool {
			return later.Keyword == "ENTRYPOINT" && later.stage != d.instructions[i].stage
		}) {
			d.parts[i] = ""
		}
	}
}

// isAbsoluteWorkDir reports whether an instruction is a WORKDIR with an absolute path.
func (in *instruction) isAbsoluteWorkDir() bool {
	words := strings.Fields(in.source)
	return in.Keyword == "WORKDIR" && len(words) == 2 && strings.HasPrefix(words[1], "/") && !strings.Contains(words[1], "$")
}

// splitNonEmpty returns a list of s, or of nothing.
func splitNonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// environment is what the installs of the build stage set for themselves.
func (d *draft) environment() string {
	for i := range d.buildStage() {
		if env := d.instructions[i].environment; env != "" {
			return env
		}
	}
	return ""
}

// hosts says which of the requested packages the RUN of which instruction installs: the
// one that brought them, where others may join it, else the last such one. rest are those
// that need a RUN of their own.
func (d *draft) hosts() (requested map[int][]string, rest []string) {
	requested = make(map[int][]string)
	last := -1
	for i := range d.buildStage() {
		if d.takesPackages(i) {
			last = i
		}
	}
	for i := len(d.buildStage()) - 1; last < 0 && i >= 0; i-- {
		if in := &d.instructions[i]; in.isInstall() && len(in.keptWords()) > 0 {
			last = i // it gets an install of its own for these
		}
	}
	for _, name := range d.requested {
		host := last
		for i := range d.in.Report.SystemPackages() {
			if p := &d.in.Report.Packages[i]; p.Name == name && p.Layer >= d.ownLayer && p.Layer <= d.lastLayer && d.takesPackages(d.maker[p.Layer]) {
				host = d.maker[p.Layer]
			}
		}
		if host < 0 {
			rest = append(rest, name)
			continue
		}
		if better := d.hostBeside(host); better >= 0 {
			host = better
		}
		requested[host] = append(requested[host], name)
	}
	return requested, rest
}

// hostBeside returns another RUN that installs in the runtime stage, which may as well install
// what is requested of one of which nothing else stays: the lists are fetched once then. It
// returns -1 where there is none, or where a source of packages comes between both.
func (d *draft) hostBeside(host int) (better int) {
	if len(d.instructions[host].keptWords()) > 0 {
		return -1
	}
	better = -1
	for i := range d.buildStage() {
		if in := &d.instructions[i]; in.isInstall() && len(in.keptWords()) > 0 && in.fault == "" {
			better = i
		}
	}
	for at := range d.early {
		if better >= 0 && at > min(better, host) && at <= max(better, host) {
			return -1
		}
	}
	return better
}

// takesPackages reports whether more packages may join the last install of an instruction.
func (d *draft) takesPackages(i int) bool {
	in := &d.instructions[i]
	return in.isInstall() && len(in.packages) > 0 && in.packages[len(in.packages)-1].isUsual()
}

// insertionWithoutInstall returns the instruction behind which the runtime stage copies
// where it installs nothing: the one in front of the first USER that is not root (-1 where
// that comes first), so that root copies, else the boundary.
func (d *draft) insertionWithoutInstall() int {
	for i := range d.buildStage() {
		if in := &d.instructions[i]; in.Keyword == "USER" && !isRoot(in.user()) {
			return i - 1
		}
	}
	return d.boundary
}

// text returns the Dockerfile with both stages.
func (d *draft) text() string {
	lineEnd := d.lineEnd()
	var b strings.Builder
	b.WriteString(d.buildStageText(lineEnd))
	b.WriteString(lineEnd + "# The image that runs, without the build tools of the stage above." + lineEnd)
	b.WriteString(d.base)
	if d.name != "" {
		b.WriteString(" AS " + d.name)
	}
	b.WriteString(lineEnd)
	if d.insertAt < 0 {
		d.writeInserted(&b, lineEnd)
	}
	for i, part := range d.parts {
		if part != "" {
			b.WriteString(part + lineEnd)
		}
		if i == d.insertAt {
			d.writeInserted(&b, lineEnd)
		}
	}
	rest, _ := d.rest()
	b.WriteString(rest)
	return b.String()
}

// buildStageText returns the file without other edits up to the end of the build stage,
// with the name of the stage in its FROM.
func (d *draft) buildStageText(lineEnd string) string {
	from, end, lines := d.originalStage()
	lines = slices.Clone(lines[:end])
	lines[from-1] = d.continues + " AS " + d.buildName + lineEnd
	text := strings.Join(lines, "")
	if !strings.HasSuffix(text, "\n") {
		text += lineEnd
	}
	if d.prune.command != "" && !strings.Contains(text, d.prune.command) { // no other edit has done so
		text += "RUN " + d.prune.command + lineEnd
	}
	if len(d.removed) > 0 {
		text += d.asWritten("RUN rm -rf"+pathsOf(d.removed)) + lineEnd
	}
	return text
}

// pathsOf lists paths as words of a command, a blank in front of each.
func pathsOf(sources []copySource) string {
	var b strings.Builder
	for _, source := range sources {
		b.WriteString(" /" + source.path)
	}
	return b.String()
}

// boundaryEnd is how many lines of the file there are up to the end of the boundary and of the
// comments that belong to it.
func (d *draft) boundaryEnd() int {
	return endWithComments(d.lines, min(d.instructions[d.boundary].EndLine, len(d.lines)))
}

// endWithComments is where the comments end that stand directly below an instruction which ends
// with a line, and belong to it, since an empty line parts them from the next one.
func endWithComments(lines []string, end int) int {
	last := end
	for last < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[last]), "#") {
		last++
	}
	if last < len(lines) && strings.TrimSpace(lines[last]) == "" {
		return last
	}
	return end
}

// writeInserted writes what only the runtime stage has.
func (d *draft) writeInserted(b *strings.Builder, lineEnd string) {
	write := func(lines ...string) {
		for _, line := range lines {
			if line != "" {
				b.WriteString(line + lineEnd)
			}
		}
	}
	write(d.extra, d.run(d.before))
	write(copyInstructions(d.buildName, d.copied)...)
	write(d.run(d.after))
}

// run writes commands as a RUN, "" for none.
func (d *draft) run(commands []string) string {
	if len(commands) == 0 {
		return ""
	}
	return d.asWritten("RUN " + strings.Join(commands, " \\\n    && "))
}

// copyInstructions returns COPY instructions that take sources from the build stage: one a
// directory, and one for all files that go to the same directory.
func copyInstructions(stage string, sources []copySource) (out []string) {
	from := "COPY --from=" + stage + " "
	for i := 0; i < len(sources); i++ {
		source := &sources[i]
		if source.directory {
			out = append(out, from+"/"+source.path+" /"+source.path)
			continue
		}
		dir := path.Dir(source.path)
		line := from + "/" + source.path
		for i+1 < len(sources) && !sources[i+1].directory && path.Dir(sources[i+1].path) == dir {
			i++
			line += " /" + sources[i].path
		}
		target := "/"
		if dir != "." {
			target += dir + "/"
		}
		out = append(out, line+" "+target)
	}
	return out
}
