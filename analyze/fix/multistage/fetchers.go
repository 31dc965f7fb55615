package multistage

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/startable"
)

// fetchers are packages that download or unpack what a build works with, by the program in
// them. A compiled program hardly calls one of these.
var fetchers = map[string]string{"wget": "wget", "curl": "curl", "unzip": "unzip", "aria2": "aria2c", "p7zip-full": "7z"}

// buildersOfFiles make what a server of files hands out, by the program in them. A server
// calls none of these, but a compiled program may: a forge calls git.
var buildersOfFiles = map[string]string{"git": "git", "git-core": "git", "subversion": "svn", "mercurial": "hg", "python-pip": "pip", "python3-pip": "pip", "virtualenv": "virtualenv", "python-virtualenv": "virtualenv", "python3-virtualenv": "virtualenv"}

// isFetcher reports whether a package is one that a RUN of the build stage calls and nothing
// behind it does, as far as it is known what the container runs: a program, a server of files, or
// scripts that were read.
func (d *draft) isFetcher(name string) bool {
	program, known := fetchers[name]
	if builds, ok := buildersOfFiles[name]; ok && d.entry.kind == staticServer {
		program, known = builds, true
	}
	if !known || d.entry.kind == unknownEntry && !d.isElsewhere() || !d.in.Build.KnowsProgram() || d.doubtScripts() != "" || d.doubtPurpose() != "" || d.doubtMachine() != "" {
		return false
	}
	used := d.usedCommands()
	called := used[program] || program == "git" && d.entry.kind == staticServer && slices.ContainsFunc(callGit, func(name string) bool { return used[name] })
	return called && !slices.Contains(d.startCommands(), program) && !d.isMentioned(program)
}

// callGit are programs that fetch what a build depends on, by git where a project asks for it.
var callGit = []string{"npm", "npx", "yarn", "pnpm", "bower", "pip", "pip3", "bundle", "composer", "go", "cargo", "hugo", "mkdocs"}

// versionControl are programs of buildersOfFiles that a program may call, too, which neither its
// headers nor its constants tell.
var versionControl = []string{"git", "svn", "hg"}

// doubtVersionControl: no package of version control stays that perhaps only the build calls. Who
// builds with Go has git for its modules; that it stays costs bytes, and no program its git.
func (d *draft) doubtVersionControl() string {
	if d.usedCommands()["go"] {
		return ""
	}
	for i := range d.in.Report.SystemPackages() {
		p := &d.in.Report.Packages[i]
		program := buildersOfFiles[p.Name]
		if !d.retained[i] || p.Layer < d.ownLayer || !slices.Contains(versionControl, program) || !d.isWrittenByAuthor(p.Name) {
			continue
		}
		if !slices.Contains(d.startCommands(), program) && !d.isMentioned(program) && !d.isInStartScripts(program) {
			return fmt.Sprintf("the new image keeps %s, which perhaps only the build needs", p.Name)
		}
	}
	return ""
}

// isElsewhere reports whether the container starts a program by a name that the image does not
// have, so that it is no script of the image.
func (d *draft) isElsewhere() bool {
	words := d.in.Build.Program().Words
	if len(words) == 0 || startable.IsShellText(words) {
		return false
	}
	_, _, ok := d.findStarted(words[0])
	return !ok && !strings.HasSuffix(words[0], ".sh")
}

// sparePrograms are what is in packages that come along with fetchers and compilers because those
// recommend them. The build may need one, where another edit names it; what runs needs it only
// where something says so.
var sparePrograms = map[string][]string{
	"openssh-client": {"ssh", "scp", "sftp", "ssh-keygen", "ssh-keyscan", "ssh-agent", "ssh-add", "ssh-copy-id", "rsync", "git+ssh", "ssh+git"},
	"less":           {"less", "PAGER", "GIT_PAGER"},
	"patch":          {"patch"},
}

// isSpare reports whether a package is such a one, and neither the command that the container
// starts nor an instruction or a script behind the build has one of its programs as a word.
func (d *draft) isSpare(name string) bool {
	programs, known := sparePrograms[name]
	return known && !slices.ContainsFunc(programs, func(program string) bool {
		return slices.Contains(d.startCommands(), program) || d.isMentioned(program) || d.isInStartScripts(program)
	})
}

// isMentioned reports whether an instruction behind the build stage, the environment or a
// script of the author has the name of a program as a word.
func (d *draft) isMentioned(program string) bool {
	has := func(text string) bool {
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \t\n\"'`=:,;()[]{}<>|&$@", r) }) {
			if path.Base(word) == program {
				return true
			}
		}
		return false
	}
	for i := range d.instructions {
		if in := &d.instructions[i]; (i > d.boundary || in.run == nil) && has(in.source) {
			return true
		}
	}
	for name, content := range d.in.Build.Captured {
		if !rules.IsScript(name) {
			continue
		}
		if id, _, ok := d.final.Resolve(name); ok && int(d.tree.Records[id].Layer) >= d.ownLayer && d.owner(d.tree.Content(id)) < 0 && has(string(content)) {
			return true
		}
	}
	return false
}
