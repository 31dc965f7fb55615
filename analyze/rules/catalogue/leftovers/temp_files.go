package leftovers

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// TempFiles finds what was left in the directories for temporary files. See the
// Filesystem Hierarchy Standard 3.0, sections 3.18 (/tmp) and 5.15 (/var/tmp).
var TempFiles = rules.Rule{
	ID:    "temp-files",
	Group: rules.Leftovers,
	Title: "temporary files",
	Why: "Programs must not expect a file in /tmp or /var/tmp to survive until they next start, so what an image has there is nearly always " +
		"left over from the build: an unpacked archive, a compiler's scratch files, an installer's log. Every pull carries it along. A RUN that makes temporary " +
		"files has to remove them itself, because its layer is sealed when the RUN ends.",
	Confidence: model.Likely,
	Paths:      []string{"tmp/**", "var/tmp/**"},
	Exempts:    exemptsTempFile,
	Fix:        fixTempFiles,
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint find IMAGE /tmp /var/tmp -type f -size +0",
		Before:  "RUN curl -fsSLo /tmp/tool.tgz https://example.com/tool.tgz \\\n    && tar -xzf /tmp/tool.tgz -C /opt",
		After:   "RUN curl -fsSLo /tmp/tool.tgz https://example.com/tool.tgz \\\n    && tar -xzf /tmp/tool.tgz -C /opt \\\n    && rm -rf /tmp/tool.tgz",
		WhenNot: "Where the program really runs from there. tare notices when the entry point, the command, PATH or the working directory points into such a directory, and then leaves everything there alone.",
		Sources: []string{"https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch03s18.html", "https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s15.html"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY app /
			+ app
			RUN make > /tmp/log
			+ tmp/log
			config {"Cmd": ["/app"]}`,
		Fixed: "RUN make > /tmp/log \\\n    && rm -rf /tmp/log",
		Miss: `
			RUN make
			+ tmp/app
			config {"Cmd": ["/tmp/app"]}`,
	},
}

func inTempDir(path string) bool {
	return strings.HasPrefix(path, "tmp/") || strings.HasPrefix(path, "var/tmp/")
}

// exemptsTempFile keeps a program that runs from a temporary directory, and
// everything beside it, out of the rule: what the entry point, the command, the
// working directory or PATH name, and what lies in the same directory. What a link from
// elsewhere leads to is no temporary file, either.
func exemptsTempFile(b *rules.Build, file string) bool {
	if b == nil {
		return false
	}
	file = "/" + file
	for _, used := range b.UsedPaths() {
		if !inTempDir(used[1:]) {
			continue
		}
		if file == used || instructions.Under(file, used) {
			return true
		}
		if dir := path.Dir(used); inTempDir(dir[1:]) && instructions.Under(file, dir) {
			return true
		}
	}
	return slices.ContainsFunc(linkedTempFiles(b), func(to string) bool { return instructions.Under(file, to) })
}

// linkedTempFiles are the paths in temporary directories that visible links elsewhere lead to.
func linkedTempFiles(b *rules.Build) []string {
	if b.Tree == nil {
		return nil
	}
	return b.Parsed().Remember("linked temporary files", func() any {
		var linked []string
		for id := range b.Tree.Records {
			r := &b.Tree.Records[id]
			if r.Kind != model.Symlink {
				continue
			}
			to := b.Tree.LinkText(r)
			if !strings.Contains(to, "tmp/") {
				continue
			}
			name := b.Tree.Path(r.Node)
			if !path.IsAbs(to) {
				to = path.Join("/", path.Dir(name), to)
			}
			if top, ok := b.Tree.Visible(r.Node); ok && int(top) == id && inTempDir(path.Clean(to)[1:]) && !inTempDir(name) {
				linked = append(linked, path.Clean(to))
			}
		}
		return linked
	}).([]string)
}

// fixTempFiles removes temporary files in the RUN that made them, or in the
// last RUN that uses them once that has been joined.
func fixTempFiles(f *model.Finding, b *rules.Build) *model.Fix {
	if f.Inherited {
		return advice.Inherited("temporary files")
	}
	if f.HiddenBy != nil {
		return advice.Removed(f, b)
	}
	made, ok := advice.Maker(f, b)
	switch {
	case !ok:
		return advice.Hint(model.Manual, "Remove "+advice.Files(f)+" in the instruction that makes "+advice.Pronoun(f)+".")
	case b.Parsed().Keyword(made) == "COPY" || b.Parsed().Keyword(made) == "ADD":
		if used, only := onlyUse(b, made, advice.Largest(f)); only && f.FileCount == 1 {
			if e, ok := advice.MountCopy(b, made, used); ok {
				return e.Fix(model.SameRunCleanup, "Mount "+advice.Largest(f)+" for the RUN that uses it, instead of a COPY that stores it in the image.")
			}
		}
		return advice.Hint(model.Manual, fmt.Sprintf("Do not copy %s into the image: use RUN --mount=type=bind, or a build stage.", advice.Files(f)))
	case b.Parsed().Keyword(made) != "RUN":
		return advice.Hint(model.Manual, "Remove "+advice.Files(f)+" in the instruction that makes "+advice.Pronoun(f)+".")
	}
	if archive := unpackedForLater(b, made); archive != "" {
		return advice.Leave("Leave " + advice.Files(f) + " alone: the RUN unpacks " + archive + " and removes nothing but the archive, so what was in it may be for a later start.")
	}
	if isProduct(b, f, made) {
		return advice.Leave("Leave " + advice.Files(f) + " alone: the image starts nothing by itself, and no RUN uses what this one leaves there, so it may be there for others to copy.")
	}
	targets, why := tempTargets(b, f, made)
	if why != "" {
		return advice.Hint(model.Manual, "Remove "+advice.Files(f)+" at the end of the RUN that makes "+advice.Pronoun(f)+" ("+why+").")
	}
	use := b.Needs().Later(made, need.Thing{Paths: targets, Meant: true})
	if use.For {
		return advice.Hint(model.Manual, "Leave "+advice.Files(f)+" alone unless you are sure that nothing needs "+advice.Pronoun(f)+": "+use.Why+".")
	}
	e, why := advice.Clean(b, made, use.Last, "rm -rf "+strings.Join(targets, " "))
	switch {
	case why == "" && use.Last == made:
		return e.Fix(model.SameRunCleanup, "Remove "+strings.Join(targets, " ")+" at the end of the RUN that makes it.")
	case why == "":
		return e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs that make and use %s, and remove it at the end.", b.Parsed().CountRuns(made, use.Last), strings.Join(targets, " ")))
	case use.Why != "":
		why = use.Why
	}
	return advice.Hint(model.Manual, "Remove "+advice.Files(f)+" once nothing needs "+advice.Pronoun(f)+", in the RUN that makes "+advice.Pronoun(f)+" ("+why+").")
}

// unpackedForLater returns the archive that a RUN unpacks last of all, where it removes that archive
// and does nothing with what was in it; "" for none. Who does so wants it there.
func unpackedForLater(b *rules.Build, made int) string {
	commands, _ := b.Parsed().Commands(made)
	for i, c := range slices.Backward(commands) {
		if archives := c.Unpacks(); len(archives) > 0 {
			archive := archives[len(archives)-1].Text
			for _, rm := range commands[i+1:] {
				if slices.ContainsFunc(rm.Args(), func(w rewrite.Word) bool { return w.Text == archive }) {
					return archive
				}
			}
			return ""
		}
		if c.Name() != "rm" {
			return ""
		}
	}
	return ""
}

// lookers are commands that show a file, or say who may read it, and make nothing of it.
var lookers = strings.Fields("ls echo printf stat file du chmod chown cd true : md5sum sha1sum sha256sum sha512sum")

// isPackageFile reports whether a name is that of a package in one file.
func isPackageFile(name string) bool {
	return slices.Contains([]string{".whl", ".deb", ".rpm", ".gem", ".apk"}, path.Ext(name))
}

// paths are a finding's files by their absolute paths.
func paths(f *model.Finding) (all []string) {
	for _, name := range f.Paths {
		all = append(all, "/"+strings.TrimPrefix(name, "/"))
	}
	return all
}

// installers are programs that install packages from their files.
var installers = strings.Fields("pip pip3 python python3 dpkg apt apt-get gdebi rpm yum dnf gem apk uv")

// usesPackages reports whether a RUN, or one behind it, may install packages from files: it calls an
// installer for anything but to make such files.
func usesPackages(b *rules.Build, made int) bool {
	for i := made; i < len(b.Parsed().All); i++ {
		commands, ok := b.Parsed().Commands(i)
		if b.Parsed().Keyword(i) != "RUN" {
			continue
		}
		if !ok {
			return true
		}
		for _, c := range commands {
			makes := slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
				return slices.Contains([]string{"wheel", "download", "fetch", "update", "build"}, w.Text)
			})
			if slices.Contains(installers, c.Name()) && !makes {
				return true
			}
		}
	}
	return false
}

// isProduct reports whether a finding's files are what an image without a program is for: packages that a
// RUN makes or downloads and nothing installs, or one file that it downloads and nothing behind uses.
func isProduct(b *rules.Build, f *model.Finding, made int) bool {
	if b.RunsService() {
		return false
	}
	if f.FileCount == len(f.Paths) && !slices.ContainsFunc(f.Paths, func(name string) bool { return !isPackageFile(name) }) {
		return !b.Needs().Later(made, need.Thing{Paths: paths(f), Meant: true}).For && !usesPackages(b, made)
	}
	if f.FileCount != 1 {
		return false
	}
	file, fetched := advice.Largest(f), false
	for i := made; i < len(b.Parsed().All); i++ {
		if b.Parsed().Keyword(i) != "RUN" {
			continue
		}
		commands, ok := b.Parsed().Commands(i)
		if !ok {
			return false
		}
		for _, c := range commands {
			switch {
			case i == made && !fetched:
				fetched = (c.Name() == "curl" || c.Name() == "wget") && strings.Contains(c.Source(), path.Base(file))
			case slices.Contains(lookers, c.Name()):
			case i == made, slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Glob }), strings.Contains(c.Source(), path.Base(file)), strings.Contains(c.Source(), path.Dir(file)):
				return false
			}
		}
	}
	return fetched
}

// onlyUse returns the RUN that uses a file which an instruction brings; false where
// several may, or something else.
func onlyUse(b *rules.Build, made int, file string) (used int, only bool) {
	use := b.Needs().Later(made, need.Thing{Paths: []string{file}, Meant: true})
	if use.For || use.Last == made || b.Parsed().Keyword(use.Last) != "RUN" {
		return 0, false
	}
	for i := made + 1; i < use.Last; i++ {
		if b.Parsed().Keyword(i) == "RUN" {
			return 0, false
		}
	}
	return use.Last, true
}

// tempDirFree reports whether nothing that the image runs points into a
// temporary directory, so that emptying one takes nothing it needs.
func tempDirFree(b *rules.Build) bool {
	return !slices.ContainsFunc(b.UsedPaths(), func(p string) bool { return inTempDir(p[1:] + "/") })
}
