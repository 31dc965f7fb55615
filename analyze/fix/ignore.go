package fix

import (
	"bytes"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// ignore is a .dockerignore that lines are added to. The last line that matches
// decides, so new ones go to the end. Dockerfile reference, ".dockerignore file".
type ignore struct {
	old   []byte // nil: there is no such file
	lines []string
}

func readIgnore(old []byte) *ignore { return &ignore{old: old} }

// bytes is the file with the added lines; nil where there is none and none is
// needed.
func (g *ignore) bytes() []byte {
	if len(g.lines) == 0 {
		return g.old
	}
	eol := "\n"
	if bytes.Contains(g.old, []byte("\r\n")) {
		eol = "\r\n"
	}
	out := bytes.Clone(g.old)
	if len(out) > 0 && !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, eol...)
	}
	for _, line := range g.lines {
		out = append(out, line+eol...)
	}
	return out
}

// tryIgnore keeps files out of a COPY that a later RUN removes, by lines for
// .dockerignore, and drops the rm. It does so only where nobody else can have
// needed the files: no other COPY of the build context reaches them, and no RUN
// stands between the COPY and the rm.
func (p *plan) tryIgnore(i int) (why string) {
	f := &p.report.Findings[i]
	made := p.instructionOf(f)
	step := p.build.Step(f.HiddenBy)
	if made == nil || step == nil {
		return f.Fix.Summary
	}
	hid := step.Index
	for at := *made + 1; at < hid; at++ {
		if rewrite.Keyword(p.build.Instructions[at].Text) == "RUN" {
			return "an instruction between the COPY and the rm may need the files; " + f.Fix.Summary
		}
	}
	run, err := rewrite.ParseRun(step.Text)
	in, ok := rewrite.ParseCopy(p.build.Instructions[*made].Text)
	if err != nil || !ok || !in.Known || len(in.Sources) != 1 || strings.ContainsAny(in.Sources[0], `*?[$\`) {
		return f.Fix.Summary
	}
	dest, ok := in.Target(p.workdir(*made))
	if !ok || strings.Contains(dest, "$") {
		return f.Fix.Summary
	}
	var lines []string
	var targets rewrite.Removal
	ours := func(c rewrite.Command) bool {
		gone, removes := c.Removal(p.workdir(hid))
		return removes && gone.Whole && len(gone.Targets) > 0 && !slices.ContainsFunc(gone.Targets, func(t string) bool {
			_, ok := contextPath(in.Sources[0], dest, t)
			return !ok
		})
	}
	for _, c := range run.Commands {
		if !ours(c) {
			continue
		}
		gone, _ := c.Removal(p.workdir(hid))
		for _, t := range gone.Targets {
			line, _ := contextPath(in.Sources[0], dest, t)
			lines = append(lines, line)
		}
		targets.Targets = append(targets.Targets, gone.Targets...)
	}
	if len(lines) == 0 || f.FileCount > len(f.Paths) && p.report.Tree == nil {
		return f.Fix.Summary
	}
	if slices.ContainsFunc(f.Paths, func(name string) bool { return !targets.Covers("/" + name) }) {
		return f.Fix.Summary
	}
	if other := p.otherCopy(*made, lines); other > 0 {
		return f.Fix.Summary + " (the instruction in line " + strconv.Itoa(other) + " copies them, too)"
	}
	without, ok := rewrite.RemoveCommand(step.Text, ours)
	if !ok {
		return f.Fix.Summary
	}
	e := &edit{from: hid, to: hid, before: []string{step.Text}, strategy: model.Dockerignore, summary: f.Fix.Summary}
	if without != "" {
		e.after = []string{without}
	}
	line, why := p.apply(e, f.Rule)
	if why != "" {
		return why
	}
	p.ignore.lines = append(p.ignore.lines, lines...)
	p.save(i, &targets)
	p.result.Applied = append(p.result.Applied, Applied{Rule: f.Rule, Findings: []int{i}, Line: line,
		Summary: "Add " + strings.Join(lines, " and ") + " to .dockerignore (taking the Dockerfile's folder as the build context) and drop the rm."})
	return ""
}

// contextPath is where in the build context a path of the image comes from, that
// a COPY of one folder brought.
func contextPath(source, dest, target string) (string, bool) {
	if dest != "/" {
		dest += "/"
	}
	rest, ok := strings.CutPrefix(target, dest)
	if !ok || rest == "" || strings.ContainsAny(rest, `*?[]!#\`) || strings.TrimSpace(rest) != rest {
		return "", false
	}
	return path.Join("/", source, rest)[1:], true
}

// otherCopy finds another COPY or ADD in the file that may bring ignored files,
// by line; 0 if there is none. Other stages count: they share the context.
func (p *plan) otherCopy(made int, lines []string) int {
	for _, piece := range p.doc.pieces {
		if piece == p.at[made] {
			continue
		}
		texts := []string{piece.text}
		if piece.text == "" {
			raw := strings.ReplaceAll(piece.raw, "\r\n", "\n")
			var ok bool
			if texts, ok = rewrite.Several(raw); !ok {
				texts = strings.Split(raw, "\n")
			}
		}
		for _, text := range texts {
			if fromContext(text, lines) {
				return piece.line
			}
		}
	}
	return 0
}

// fromContext says whether an instruction may read files of the build context
// that lines name.
func fromContext(text string, lines []string) bool {
	switch rewrite.Keyword(text) {
	case "RUN":
		return strings.Contains(text, "type=bind") && !strings.Contains(text, "from=")
	case "COPY", "ADD":
	default:
		return false
	}
	in, ok := rewrite.ParseCopy(text)
	if !ok {
		return true
	}
	if from, ok := in.Flag("--from"); ok && from != "" {
		return false
	}
	for _, source := range in.Sources {
		source = path.Join("/", source)[1:]
		for _, line := range lines {
			if source == "" || strings.ContainsAny(source, `*?[$\`) || inside(line, source) || inside(source, line) {
				return true
			}
		}
	}
	return false
}

// workdir is the working folder of an instruction as far as the image's history
// spells it out, else "".
func (p *plan) workdir(at int) (dir string) {
	for _, in := range p.build.Instructions[:at] {
		if !strings.EqualFold(in.Keyword, "WORKDIR") {
			continue
		}
		to := strings.Trim(strings.TrimSpace(in.Text[min(len("WORKDIR"), len(in.Text)):]), `"'`)
		switch {
		case to == "" || strings.ContainsAny(to, "$\\"):
			dir = ""
		case path.IsAbs(to):
			dir = path.Clean(to)
		case dir != "":
			dir = path.Join(dir, to)
		}
	}
	return dir
}
