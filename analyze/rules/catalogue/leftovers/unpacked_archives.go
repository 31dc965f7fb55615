package leftovers

import (
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// UnpackedArchives follows tar(1), unzip(1), dpkg(1): what they read is of no use when
// they are done.
var UnpackedArchives = rules.Rule{
	ID:    "unpacked-archives",
	Group: rules.Leftovers,
	Title: "archives left behind after unpacking",
	Do:    "remove archives in the RUN that unpacks them",
	Why: "An archive that has been unpacked, or a package file that has been installed, has done its job; left in place, it takes nearly as much space as its contents, in every copy of the image. " +
		"tare reports an archive only where an instruction of this image unpacks it and nothing mentions it afterwards: no instruction, no entry point, no script that these run.",
	Confidence:  model.Likely,
	VisibleOnly: true,
	Paths: []string{"**/*.tar", "**/*.tar.*", "**/*.tgz", "**/*.txz", "**/*.tbz", "**/*.tbz2", "**/*.tzst", "**/*.zip", "**/*.7z", "**/*.deb", "**/*.rpm",
		"!tmp/**", "!var/tmp/**", "!var/cache/**"},
	Exempts: func(b *rules.Build, name string) bool { _, ok := unpacking(b, "/"+name); return !ok },
	Fix:     fixUnpackedArchive,
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint find IMAGE / -xdev '(' -name '*.tgz' -o -name '*.tar.*' -o -name '*.zip' ')' -size +100k",
		Before:  "RUN cd /opt && wget https://example.com/tool.tgz && tar -xzf tool.tgz",
		After:   "RUN cd /opt && wget https://example.com/tool.tgz && tar -xzf tool.tgz \\\n    && rm -f /opt/tool.tgz",
		WhenNot: "Where the program serves the archive itself, or unpacks it again when it starts.",
		Sources: []string{"tar(1)", "https://docs.docker.com/build/building/best-practices/#run"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY app /
			+ app
			RUN cd /opt && wget https://x/tool-1.tgz && tar xzf tool-1.tgz
			+ opt/tool-1.tgz
			+ opt/tool-1/x
			config {"Cmd": ["/app"]}`,
		Fixed: "RUN cd /opt && wget https://x/tool-1.tgz && tar xzf tool-1.tgz \\\n    && rm -f /opt/tool-1.tgz",
		Miss: `
			COPY app /
			+ app
			RUN cd /opt && wget https://x/tool-1.tgz && tar xzf tool-1.tgz
			+ opt/tool-1.tgz
			+ opt/tool-1/x
			RUN cp /opt/tool-1.tgz /srv/
			config {"Cmd": ["/app"]}`,
	},
}

// archivePath is a path that needs no quotes, with variables that have no blanks.
var archivePath = lazyregexp.New(`^[A-Za-z0-9._+@%:,~/${}-]*[A-Za-z0-9}]$`)

// maxArchives is how many instructions are looked at for archives.
const maxArchives = 200

// unpacking returns the RUN that unpacks an archive which nothing behind it names; false
// where there is none.
func unpacking(b *rules.Build, file string) (a unpacked, ok bool) {
	in := b.Parsed()
	a, ok = in.Remember("unpacked archives", func() any { return unpackedArchives(b) }).(map[string]unpacked)[file]
	r, there := b.Visible(file[1:])
	if !ok || !there {
		return a, false
	}
	layer := int(r.Layer)
	made := b.Step(&layer)
	if made == nil || made.Inherited || made.Index > a.run {
		return a, false
	}
	for i := made.Index + 1; i < a.run; i++ {
		if strings.Contains(in.Text(i), path.Base(file)) {
			return a, false // moved or changed first
		}
	}
	return a, true
}

// unpacked is an archive that a RUN unpacks.
type unpacked struct {
	run  int
	text string // its path as the RUN may write it
}

// unpackedArchives lists the archives that RUNs unpack and nothing names behind, with
// the first RUN that does.
func unpackedArchives(b *rules.Build) map[string]unpacked {
	in := b.Parsed()
	found := make(map[string]unpacked)
	if len(in.All) > maxArchives {
		return found
	}
	for i := range in.All {
		if in.Keyword(i) != "RUN" || in.All[i].Inherited {
			continue
		}
		commands, _ := in.Commands(i)
		for k, c := range commands {
			for _, w := range c.Unpacks() {
				file, text, ok := absolute(b, i, c, w)
				if _, again := found[file]; !ok || again || len(found) == maxArchives || namedBehind(b, i, commands[k+1:], path.Base(file)) {
					continue
				}
				found[file] = unpacked{i, text}
			}
		}
	}
	return found
}

// absolute resolves a word of a command to a path. text keeps the variables of the
// word, so that an edit still fits when a version changes.
func absolute(b *rules.Build, at int, c rewrite.Command, w rewrite.Word) (file, text string, ok bool) {
	file, text = w.Text, strings.Trim(w.Text, `"`)
	if !w.Literal {
		if file, ok = b.Parsed().Expand(text, at); !ok {
			return "", "", false
		}
	}
	if path.IsAbs(file) {
		return path.Clean(file), text, true
	}
	dir := c.Dir
	if !path.IsAbs(dir) {
		dir = path.Join(b.Parsed().Dir(at), dir)
	}
	return path.Join(dir, file), path.Join(dir, text), c.DirKnown && path.IsAbs(dir)
}

// namedBehind reports whether a file may be named by the commands that follow, a later
// instruction or what the container runs.
func namedBehind(b *rules.Build, at int, rest []rewrite.Command, base string) bool {
	in := b.Parsed()
	for _, c := range rest {
		if _, removes := c.Removal(""); !removes && mayName(c.Source(), base) {
			return true
		}
	}
	for i := at + 1; i < len(in.All); i++ {
		if in.Keyword(i) != "LABEL" && mayName(in.Text(i), base) {
			return true
		}
	}
	p := b.Program()
	for _, c := range p.Commands {
		if mayName(c.Source(), base) {
			return true
		}
	}
	return mayName(strings.Join(p.Words, " "), base) || mayName(strings.Join(b.Env, " "), base)
}

// mayName reports whether a text names a file, or has a pattern that fits its name.
func mayName(text, base string) bool {
	if strings.Contains(text, base) {
		return true
	}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \t\n;&|()<>'\"", r) }) {
		if strings.ContainsAny(word, "*?[") {
			if fits, err := path.Match(path.Base(word), base); err == nil && fits && path.Base(word) != "*" {
				return true
			}
		}
	}
	return false
}

func absoluteAll(names []string) (paths []string) {
	for _, name := range names {
		paths = append(paths, "/"+name)
	}
	return paths
}

// fixUnpackedArchive removes archives in the RUN that unpacks them, where that has
// stored them itself; else it mounts what a COPY brings, or joins RUNs.
func fixUnpackedArchive(f *model.Finding, b *rules.Build) *model.Fix {
	if f.Inherited {
		return advice.Inherited("archives that were unpacked")
	}
	made, ok := advice.Maker(f, b)
	if !ok || b.Tree == nil || len(f.Paths) != f.FileCount {
		return advice.Hint(model.Manual, "Remove "+advice.Files(f)+" in the RUN that unpacks "+advice.Pronoun(f)+".")
	}
	used, command := made, "rm -f"
	for _, name := range f.Paths {
		a, ok := unpacking(b, "/"+name)
		if !ok || !archivePath.MatchString(a.text) || len(f.Paths) > 4 {
			return advice.Hint(model.Manual, "Remove "+advice.Files(f)+" in the RUN that unpacks "+advice.Pronoun(f)+".")
		}
		used, command = max(used, a.run), command+" "+a.text
	}
	in := b.Parsed()
	if in.Keyword(made) != "RUN" {
		if e, ok := advice.MountCopy(b, made, used); ok {
			return e.Fix(model.SameRunCleanup, "Mount "+advice.Largest(f)+" for the RUN that unpacks it, instead of a "+in.Keyword(made)+" that stores it.")
		}
		return advice.Hint(model.Manual, "Use "+advice.Largest(f)+" without storing it: let ADD unpack it if it comes from the build context, or mount it with RUN --mount=type=bind.")
	}
	use := b.Needs().Later(used, need.Thing{Paths: absoluteAll(f.Paths), Meant: true})
	if use.For || use.Last > used {
		return advice.Hint(model.Manual, "Leave "+advice.Files(f)+" alone unless you are sure that nothing needs "+advice.Pronoun(f)+": "+use.Why+".")
	}
	if e, ok := advice.Join(b, made, used, command); ok {
		if used == made {
			return e.Fix(model.SameRunCleanup, "Remove "+advice.Files(f)+" at the end of the RUN that unpacks "+advice.Pronoun(f)+".")
		}
		return e.Fix(model.SameRunCleanup, "Join the RUNs that fetch and unpack "+advice.Largest(f)+", and remove it at the end.")
	}
	return advice.Hint(model.Manual, "Remove "+advice.Files(f)+" in the RUN that unpacks "+advice.Pronoun(f)+".")
}
