package advice

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// plainSource is a file of the build context that a mount names as a COPY does.
var plainSource = lazyregexp.New(`^(?:\./)?[A-Za-z0-9][A-Za-z0-9._+@/-]*$`)

// readers are programs that only read the files that they are given.
var readers = strings.Fields("tar bsdtar unzip dpkg rpm apt apt-get cat pip pip3 mysql psql sqlite3 gpg sha256sum sha512sum md5sum")

// MountCopy mounts a file for the one RUN that uses it instead of a COPY that stores
// it, where the Dockerfile needs BuildKit already. It reports false where another
// instruction names the file, or where the RUN may do more than to read it and to
// remove it again.
func MountCopy(b *rules.Build, made, used int) (Edit, bool) {
	in := b.Parsed()
	copied, ok := in.Copy(made)
	if !ok || !b.NeedsBuildKit() || used <= made || used-made >= maxJoined || in.Keyword(used) != "RUN" || !in.PosixShell(used) {
		return Edit{}, false
	}
	file, ok := onlyFile(b, made)
	if !ok || copied.Keyword != "COPY" || !copied.Known || len(copied.Flags) > 0 || len(copied.Sources) != 1 || !plainSource.MatchString(copied.Sources[0]) || !plainPath.MatchString(file) {
		return Edit{}, false
	}
	for i := made + 1; i < len(in.All); i++ {
		if i < used && (in.Keyword(i) == "RUN" || in.All[i].Inherited || in.Text(i) == "") || i != used && mentions(b, i, file) {
			return Edit{}, false
		}
	}
	text, ok := withoutRemoval(b, used, file)
	if !ok {
		return Edit{}, false
	}
	if text, ok = rewrite.AddBind(text, strings.TrimPrefix(copied.Sources[0], "./"), file); !ok {
		return Edit{}, false
	}
	texts := append(in.Texts(made+1, used-1), text)
	return Edit{Before: strings.Join(in.Texts(made, used), "\n"), After: strings.Join(texts, "\n")}, true
}

// onlyFile returns the one file that an instruction stored, an absolute path; false
// where it stored more.
func onlyFile(b *rules.Build, at int) (file string, ok bool) {
	if b.Tree == nil {
		return "", false
	}
	for i := range b.Layers {
		if made := b.Layers[i].Instruction; made == nil || *made != at || i >= b.Tree.Layers() {
			continue
		}
		for _, r := range b.Tree.Layer(i) {
			switch {
			case r.Kind == model.Directory || r.Kind == model.Implied:
			case r.Kind != model.File || file != "":
				return "", false
			default:
				file = "/" + b.Tree.Path(r.Node)
			}
		}
	}
	return file, file != ""
}

// mentions reports whether an instruction may name a file.
func mentions(b *rules.Build, at int, file string) bool {
	text := b.Parsed().Text(at)
	if strings.Contains(text, path.Base(file)) {
		return true
	}
	return slices.ContainsFunc(strings.Fields(text), func(word string) bool {
		word = strings.Trim(word, `"';()`)
		same, err := path.Match(path.Base(word), path.Base(file))
		return strings.ContainsAny(word, "*?[") && b.Parsed().Keyword(at) == "RUN" && err == nil && same
	})
}

// withoutRemoval takes the rm of a file out of a RUN that else only reads it.
func withoutRemoval(b *rules.Build, at int, file string) (string, bool) {
	in := b.Parsed()
	text := in.Text(at)
	commands, ok := in.Commands(at)
	if !ok {
		return "", false
	}
	dir := in.Dir(at)
	reads := false
	for _, c := range commands {
		gone, removes := c.Removal(dir)
		named := slices.ContainsFunc(c.Words, func(w rewrite.Word) bool {
			hit, err := path.Match(path.Base(w.Text), path.Base(file))
			return strings.Contains(w.Text, path.Base(file)) || w.Glob && (err != nil || hit)
		})
		switch {
		case removes && gone.Covers(file):
			if !reads || !gone.Whole || len(gone.Targets) != 1 || gone.Targets[0] != file || c.Conditional {
				return "", false
			}
			source := c.Source()
			if text, ok = rewrite.ReplaceCommand(text, func(other rewrite.Command) bool { return other.Source() == source }, ""); !ok || text == "" {
				return "", false
			}
		case !named && within(c, dir, file):
			return "", false // it works where the file lies, and does not say on what
		case named && (!slices.Contains(readers, c.Name()) || c.Redirected || c.Words[0].Text != c.Name()):
			return "", false
		case named:
			reads = true
		}
	}
	return text, reads
}

// within reports whether a command is given the directory of a file, or everything in
// it.
func within(c rewrite.Command, dir, file string) bool {
	return slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
		at := w.Text
		if !path.IsAbs(at) {
			at = path.Join("/", dir, c.Dir, at)
		}
		return path.Clean(at) == path.Dir(file) && c.Name() != "cd" && !slices.Contains(readers, c.Name()) && path.Dir(file) != "/"
	})
}
