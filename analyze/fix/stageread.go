package fix

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// fromLine is a FROM in one line: what a build stage repeats, and a name.
var fromLine = regexp.MustCompile(`(?i)^([ \t]*FROM(?:[ \t]+--platform=\S+)?[ \t]+\S+)(?:[ \t]+AS[ \t]+(\S+))?[ \t]*\r?\n?$`)

// read takes the Dockerfile apart as the edits so far have left it.
func (s *stage) read() string {
	text := s.p.doc.bytes()
	file, err := history.ParseDockerfile("Dockerfile", text)
	if err != nil {
		return "the Dockerfile cannot be read"
	}
	s.file = file
	last := file.Stages[len(file.Stages)-1]
	lines := slices.Collect(strings.Lines(string(text)))
	s.from = last.From
	m := fromLine.FindStringSubmatch(raw(lines, &last.From))
	if m == nil || last.From.Line == 1 && strings.HasPrefix(lines[0], "\ufeff") {
		return fmt.Sprintf("the FROM in line %d is not written in one line", last.From.Line)
	}
	s.base, s.name = m[1], m[2]
	for i := range last.Steps {
		s.steps = append(s.steps, stageStep{Step: last.Steps[i], raw: raw(lines, &last.Steps[i])})
	}
	return ""
}

// raw are the lines of a step as they stand in the file.
func raw(lines []string, step *history.Step) string {
	return strings.Join(lines[step.Line-1:min(step.EndLine, len(lines))], "")
}

// tie finds for each step the image's layers that it made.
func (s *stage) tie() string {
	build := s.p.build
	lineOf := make(map[*piece]int)
	line := 1
	for _, piece := range s.p.doc.pieces {
		lineOf[piece] = line
		line += strings.Count(piece.raw, "\n")
	}
	stepAt := make(map[int]int)
	for i := range s.steps {
		stepAt[s.steps[i].Line] = i
	}
	of := make([]int, len(build.Instructions)) // by instruction
	seen := make(map[*piece]bool)
	for i, piece := range s.p.at {
		of[i] = -1
		if piece == nil {
			continue
		}
		at, ok := stepAt[lineOf[piece]]
		if !ok || piece.fault != "" || seen[piece] {
			return fmt.Sprintf("line %d cannot be told apart", lineOf[piece])
		}
		of[i], seen[piece] = at, true
		s.steps[at].text = build.Instructions[i].Text
	}
	s.maker = make([]int, len(build.Layers))
	s.ownLayer = len(build.Layers)
	before := -1
	for i := range build.Layers {
		l := &build.Layers[i]
		if s.maker[i] = -1; l.Inherited {
			continue
		}
		s.ownLayer = min(s.ownLayer, i)
		if l.Instruction != nil {
			before = of[*l.Instruction] // else an edit emptied it: it goes with the one before
		}
		if before < 0 {
			return "nothing tells which line made which layer"
		}
		s.maker[i] = before
		s.steps[before].layers = append(s.steps[before].layers, i)
	}
	if s.ownLayer == 0 {
		return "it is not known where the base image ends"
	}
	return ""
}

// split sorts the steps and finds the last one that the build stage must have.
func (s *stage) split() string {
	s.firstTool = len(s.steps)
	for _, i := range s.p.tools {
		at := s.maker[*s.p.report.Findings[i].Layer]
		if at < 0 {
			return "nothing tells which line brings the tools"
		}
		s.firstTool, s.last = min(s.firstTool, at), max(s.last, at)
	}
	uses := false
	for i := range s.steps {
		s.steps[i].classify()
		if i >= s.firstTool && s.steps[i].needs {
			uses, s.last = true, max(s.last, i)
		}
	}
	if !uses {
		return "no RUN behind them seems to use the tools; leave them out of the install"
	}
	s.lastLayer = s.ownLayer - 1
	for i, at := range s.maker {
		if at >= 0 && at <= s.last {
			s.lastLayer = max(s.lastLayer, i)
		}
	}
	for i := s.ownLayer; i <= s.lastLayer; i++ {
		if s.maker[i] > s.last {
			return "the layers are not in the order of the lines"
		}
	}
	return ""
}

// checkBefore looks for what a build stage cannot have.
func (s *stage) checkBefore() string {
	for i := range s.steps[:s.last+1] {
		step := &s.steps[i]
		switch step.Keyword {
		case "SHELL", "VOLUME", "ONBUILD":
			return fmt.Sprintf("there is a %s in line %d", step.Keyword, step.Line)
		case "RUN", "COPY", "ADD":
			if step.text == "" {
				return fmt.Sprintf("the image's history does not show line %d", step.Line)
			}
		}
		if step.fault != "" {
			return fmt.Sprintf("line %d %s", step.Line, step.fault)
		}
	}
	return ""
}

// checkAfter looks for what would miss the build stage's leavings.
func (s *stage) checkAfter() string {
	for i := s.last + 1; i < len(s.steps); i++ {
		step := &s.steps[i]
		if step.Keyword != "RUN" {
			continue
		}
		if step.fault != "" {
			return fmt.Sprintf("line %d %s", step.Line, step.fault)
		}
		if strings.Contains(step.text, "/tmp/") && !strings.Contains(step.text, "rm -") {
			return fmt.Sprintf("line %d uses what was left in /tmp", step.Line)
		}
		fresh := false
		for _, c := range step.run.Commands {
			if sub, _, ok := c.Apt(); ok && sub == "update" {
				fresh = true
			}
			if c.NeedsLists() && !fresh {
				return fmt.Sprintf("line %d installs from the package lists of a RUN before it", step.Line)
			}
		}
	}
	return ""
}

// aptInstall is one apt-get install of a RUN.
type aptInstall struct {
	options []string // as written, install left out
	words   []string // what it installs
}

var packageWord = regexp.MustCompile(`^[a-z0-9][a-z0-9+.-]*(:[a-z0-9-]+)?([=/][A-Za-z0-9.+:~_-]+)?$`)

// readInstall reads an apt-get install all of whose words can be told.
func readInstall(c rewrite.Command) (in aptInstall, why string) {
	if c.Conditional || c.Subshell {
		return in, "installs packages only in some cases"
	}
	_, operands, _ := c.Apt()
	seen := false
	for _, w := range c.Args() {
		switch {
		case !w.Literal || w.Glob:
			return in, "installs packages that a variable names"
		case w.Text == "install" && !seen:
			seen = true
		case slices.Contains(operands, w.Text):
			if !packageWord.MatchString(w.Text) || strings.HasSuffix(w.Text, "-") {
				return in, "installs something else than packages by their names"
			}
			in.words = append(in.words, w.Text)
		case strings.ContainsAny(w.Text, " \t\n'\"$`\\;&|<>()*?[]#~"):
			return in, "has an option that would need quotes"
		default:
			in.options = append(in.options, w.Text)
		}
	}
	return in, ""
}
