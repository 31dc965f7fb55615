package rules

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// tempFiles finds what was left in the directories for temporary files. See the
// Filesystem Hierarchy Standard 3.0, sections 3.18 (/tmp) and 5.15 (/var/tmp).
var tempFiles = Rule{
	ID:    "temp-files",
	Group: Leftovers,
	Title: "temporary files",
	Why: "Programs must not expect a file in /tmp or /var/tmp to be there the next time they start, so what lies there in an image is nearly always " +
		"the remains of the build: an archive that was unpacked, a compiler's scratch, an installer's log. It travels with every pull. A RUN that makes temporary " +
		"files has to remove them itself, because the layer is sealed when the RUN ends.",
	Confidence: model.Likely,
	Paths:      []string{"tmp/**", "var/tmp/**"},
	Spares:     sparesTempFile,
	Fix:        fixTempFiles,
	Mounts:     []string{"/tmp"},
	Lesson: Lesson{
		See:     "docker run --rm --entrypoint find IMAGE /tmp /var/tmp -type f -size +0",
		Before:  "RUN curl -fsSLo /tmp/tool.tgz https://example.com/tool.tgz \\\n    && tar -xzf /tmp/tool.tgz -C /opt",
		After:   "RUN curl -fsSLo /tmp/tool.tgz https://example.com/tool.tgz \\\n    && tar -xzf /tmp/tool.tgz -C /opt \\\n    && rm -rf /tmp/tool.tgz",
		WhenNot: "Where the program really runs from there. tare sees it when the entry point, the command, PATH or the working folder point into the folder, and leaves what lies beside it alone.",
		Sources: []string{"https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch03s18.html", "https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s15.html"},
	},
}

func inTempFolder(path string) bool {
	return strings.HasPrefix(path, "tmp/") || strings.HasPrefix(path, "var/tmp/")
}

// sparesTempFile keeps a program that runs from a temporary directory, and
// everything beside it, out of the rule: what the entry point, the command, the
// working directory or PATH name, and what lies in the same directory.
func sparesTempFile(b *Build, file string) bool {
	if b == nil {
		return false
	}
	file = "/" + file
	for _, used := range b.usedPaths() {
		if !inTempFolder(used[1:]) {
			continue
		}
		if file == used || under(file, used) {
			return true
		}
		if dir := path.Dir(used); inTempFolder(dir[1:]) && under(file, dir) {
			return true
		}
	}
	return false
}

// fixTempFiles removes temporary files in the RUN that made them, or in the
// last RUN that uses them once that has been joined.
func fixTempFiles(f *model.Finding, b *Build) *model.Fix {
	if f.Inherited {
		return inherited("temporary files")
	}
	if f.HiddenBy != nil {
		return fixRemovedLater(f, b)
	}
	made, ok := b.maker(f)
	switch {
	case !ok:
		return hint(model.Manual, "Remove "+files(f)+" in the instruction that makes them.")
	case b.keyword(made) == "COPY" || b.keyword(made) == "ADD":
		return hint(model.Manual, fmt.Sprintf("Do not copy %s into the image for good: take it from a RUN --mount=type=bind, or use it in a build stage.", files(f)))
	case b.keyword(made) != "RUN":
		return hint(model.Manual, "Remove "+files(f)+" in the instruction that makes them.")
	}
	targets, exact := b.tempTargets(f, made)
	used, free := b.lastMention(made, targets)
	if !free || !exact && !b.tempFolderFree() {
		return hint(model.Manual, "Remove "+files(f)+" once nothing needs them, in the RUN that makes them, or keep them outside the folders for temporary files.")
	}
	if e, ok := b.join(made, used, "rm -rf "+strings.Join(targets, " ")); ok {
		if used == made {
			return e.fix(model.SameRunCleanup, "Remove "+strings.Join(targets, " ")+" at the end of the RUN that makes it.")
		}
		return e.fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs that make and use %s, and remove it at the end.", b.runs(made, used), strings.Join(targets, " ")))
	}
	return hint(model.Manual, "Remove "+files(f)+" at the end of the RUN that makes them.")
}

// maxTargets is how many single files or directories an rm names; beyond it a whole
// temporary directory is emptied.
const maxTargets = 4

var plainName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._+@%-]*$`)

// tempTargets is what to remove: the entries of the temporary directories by name
// where the RUN names them (exact), so that the next build has the same, else
// all of the directories.
func (b *Build) tempTargets(f *model.Finding, made int) (targets []string, exact bool) {
	var named, folders []string
	exact = f.FileCount <= len(f.Paths)
	for _, p := range f.Paths {
		folder, rest := "/tmp/", strings.TrimPrefix(p, "tmp/")
		if after, ok := strings.CutPrefix(p, "var/tmp/"); ok {
			folder, rest = "/var/tmp/", after
		}
		entry, _, _ := strings.Cut(rest, "/")
		exact = exact && plainName.MatchString(entry) && mentions(b.text(made), entry)
		named = append(named, folder+entry)
		folders = append(folders, folder+"*")
	}
	slices.Sort(named)
	slices.Sort(folders)
	named, folders = slices.Compact(named), slices.Compact(folders)
	if exact && len(named) <= maxTargets {
		return named, true
	}
	return folders, false
}

// mentions reports whether a text holds a name as a whole word of a path.
func mentions(text, name string) bool {
	return regexp.MustCompile(`(^|[^A-Za-z0-9._-])` + regexp.QuoteMeta(name) + `($|[^A-Za-z0-9_-])`).MatchString(text)
}

// lastMention is the last RUN from made on that names a target, or anything in
// its directory where the target is all of it; false if another instruction names
// one, which may hold for the container that runs.
func (b *Build) lastMention(made int, targets []string) (last int, ok bool) {
	last, ok = made, len(b.Instructions)-made <= maxLater
	for i := made + 1; i < len(b.Instructions) && ok; i++ {
		for _, target := range targets {
			folder := strings.TrimSuffix(target, "*")
			if strings.Contains(b.text(i), folder) || b.entersTemp(i, target) || b.keyword(i) == "RUN" && under(b.workdir(i)+"/", strings.TrimSuffix(folder, "/")) {
				last, ok = i, ok && b.keyword(i) == "RUN"
			}
		}
	}
	return last, ok
}

// entersTemp reports whether an instruction may use a temporary file without its
// whole path: cd /tmp && ./file, or $TMPDIR/file.
func (b *Build) entersTemp(i int, target string) bool {
	text, folder := b.text(i), path.Dir(target)
	if !(strings.Contains(text, folder) && mentions(text, folder[1:])) && !strings.Contains(text, "TMPDIR") {
		return false
	}
	name := path.Base(target)
	return strings.Contains(name, "*") || mentions(text, name)
}

// tempFolderFree reports whether nothing that the image runs points into a
// temporary directory, so that emptying one takes nothing it needs.
func (b *Build) tempFolderFree() bool {
	return !slices.ContainsFunc(b.usedPaths(), func(p string) bool { return inTempFolder(p[1:] + "/") })
}
