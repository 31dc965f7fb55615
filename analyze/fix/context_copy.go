package fix

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// contextCopy is a COPY or ADD of one directory of the build context.
type contextCopy struct {
	source string // in the context, without leading slash; "" is all of it
	dest   string // in the image, absolute
}

// contextCopy reads the instruction at an index of the history. It returns false where the
// instruction is something else, or where its source or target is not known before the build.
func (p *plan) contextCopy(at int) (contextCopy, bool) {
	in, ok := rewrite.ParseCopy(p.build.Instructions[at].Text)
	if !ok || !in.Known || len(in.Sources) != 1 || strings.ContainsAny(in.Sources[0], `*?[]$\"'<`) || strings.Contains(in.Sources[0], "://") {
		return contextCopy{}, false
	}
	for _, flag := range []string{"--from", "--parents", "--unpack"} {
		if _, has := in.Flag(flag); has {
			return contextCopy{}, false
		}
	}
	source := path.Join("/", in.Sources[0])[1:]
	if in.Keyword == "ADD" && source != "" && !strings.HasSuffix(in.Sources[0], "/") {
		return contextCopy{}, false // it may be an archive that ADD unpacks
	}
	dest, ok := in.Target(p.workdir(at))
	if !ok || strings.ContainsAny(dest, `$\"'`) {
		return contextCopy{}, false
	}
	return contextCopy{source, dest}, true
}

// sourceOf returns where in the build context an absolute path of the image comes from. It
// returns false where the copy did not bring that path, or where no line of a .dockerignore
// can name it.
func (c contextCopy) sourceOf(target string) (name string, ok bool) {
	dest := c.dest
	if dest != "/" {
		dest += "/"
	}
	rest, ok := strings.CutPrefix(target, dest)
	if !ok || rest == "" {
		return "", false
	}
	name = path.Join(c.source, rest)
	if strings.ContainsAny(name, `*?[]\`) || strings.ContainsAny(name[:1], "!#") || strings.TrimSpace(name) != name ||
		strings.ContainsFunc(name, unicode.IsControl) || !utf8.ValidString(name) {
		return "", false
	}
	return name, true
}

// mayBeFile reports whether a path of the image may be the source itself, copied as a file.
func (c contextCopy) mayBeFile(target string) bool {
	return target == c.dest || c.source != "" && target == path.Join(c.dest, path.Base(c.source))
}

// otherCopy returns the line of another instruction in the file that may bring the files that
// lines name into an image or to a RUN; 0 where there is none. Other stages count, because
// they share the build context.
func (p *plan) otherCopy(made int, lines []string) int {
	for _, piece := range p.doc.pieces {
		if piece == p.at[made] {
			continue
		}
		for _, text := range piece.texts() {
			if p.readsContext(text, lines) {
				return piece.line
			}
		}
	}
	return 0
}

// texts returns the instructions in a piece.
func (p *piece) texts() []string {
	if p.text != "" {
		return []string{p.text}
	}
	raw := strings.ReplaceAll(p.raw, "\r\n", "\n")
	texts, ok := rewrite.Several(raw)
	if !ok {
		texts = strings.Split(raw, "\n")
	}
	return texts
}

// readsContext reports whether an instruction may read files of the build context that lines
// of a .dockerignore name.
func (p *plan) readsContext(text string, lines []string) bool {
	var sources []string
	switch rewrite.Keyword(text) {
	case "RUN":
		if !strings.Contains(text, "--mount") {
			return false
		}
		run, err := rewrite.ParseRun(text)
		if err != nil {
			return true
		}
		sources = run.ContextMounts()
	case "COPY", "ADD":
		in, known := p.copies[text]
		if !known {
			in, _ = rewrite.ParseCopy(text)
			p.copies[text] = in
		}
		if in == nil {
			return !onlyHeredocs(text)
		}
		if from, ok := in.Flag("--from"); ok && from != "" {
			return false
		}
		sources = in.Sources
	}
	for _, source := range sources {
		if strings.Contains(source, "://") {
			continue
		}
		if slices.ContainsFunc(lines, func(line string) bool { return mayReach(source, line) }) {
			return true
		}
	}
	return false
}

// onlyHeredocs reports whether a COPY that cannot be read takes nothing but here-documents,
// whose content stands in the Dockerfile.
func onlyHeredocs(text string) bool {
	line, _, _ := strings.Cut(text, "\n")
	words := slices.DeleteFunc(strings.Fields(line), func(word string) bool { return strings.HasPrefix(word, "--") })
	return len(words) > 2 && !slices.ContainsFunc(words[1:len(words)-1], func(word string) bool { return !strings.HasPrefix(word, "<<") })
}

// mayReach reports whether a source of a COPY may be, hold or lie in what a line of a
// .dockerignore names.
func mayReach(source, line string) bool {
	source = path.Join("/", source)[1:]
	if source == "" || strings.ContainsAny(source, `$\"'[`) || strings.Contains(line, "*") {
		return true
	}
	want, have := strings.Split(source, "/"), strings.Split(line, "/")
	for i := range min(len(want), len(have)) {
		if same, err := path.Match(want[i], have[i]); err == nil && !same {
			return false
		}
	}
	return true
}

// workdir returns the working directory of the instruction at an index of the history; "" where
// the history does not tell.
func (p *plan) workdir(at int) string {
	dir := ""
	if p.opt.Build != nil && p.opt.Build.WorkingDir == "" {
		dir = "/" // no image below set one either
	}
	for i := range p.build.Instructions[:at] {
		dir = rewrite.WorkDir(dir, p.build.Instructions[i].Text)
	}
	return dir
}
