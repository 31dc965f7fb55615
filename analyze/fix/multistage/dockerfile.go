package multistage

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// fromLine matches a FROM in one line: what a build stage repeats, and a name.
var fromLine = lazyregexp.New(`(?i)^([ \t]*FROM(?:[ \t]+--platform=\S+)?[ \t]+\S+)(?:[ \t]+AS[ \t]+(\S+))?[ \t]*\r?\n?$`)

// readDockerfile parses the Dockerfile and takes its last stage apart, with the stages that this one
// goes on from.
func (d *draft) readDockerfile() error {
	file, err := history.ParseDockerfile("Dockerfile", d.in.Dockerfile)
	if err != nil {
		return errors.New("tare cannot parse the Dockerfile")
	}
	d.file = file
	d.lines = slices.Collect(strings.Lines(string(d.in.Dockerfile)))
	last := file.Stages[len(file.Stages)-1]
	d.from = last.From
	m := fromLine.FindStringSubmatch(d.source(&last.From))
	if m == nil || last.From.Line == 1 && strings.HasPrefix(d.lines[0], "\ufeff") {
		return fmt.Errorf("the FROM in line %d spans several lines", d.fromLine())
	}
	d.base, d.continues, d.name = m[1], m[1], m[2]
	d.buildName = freeStageName(string(d.in.Dockerfile))
	chain := chainOf(file)
	if root := &file.Stages[chain[0]]; len(chain) > 1 {
		if m = fromLine.FindStringSubmatch(d.source(&root.From)); m == nil || strings.HasPrefix(m[1], "\ufeff") {
			return fmt.Errorf("the FROM in line %d spans several lines", root.From.Line)
		}
		d.base = m[1]
		if slices.ContainsFunc(file.Stages, func(s history.Stage) bool { return s.Name != "" && strings.EqualFold(s.Name, root.Base) }) {
			return fmt.Errorf("the image of line %d has the name of a stage, which another FROM would mean", root.From.Line)
		}
	}
	for _, stage := range chain {
		if from := &file.Stages[stage]; from.Parent >= 0 && strings.Contains(from.Base, "$") {
			return fmt.Errorf("an argument says which stage line %d goes on from", from.From.Line)
		}
		d.firstOfLast = len(d.instructions)
		for i := range file.Stages[stage].Steps {
			step := &file.Stages[stage].Steps[i]
			d.instructions = append(d.instructions, instruction{Step: *step, source: d.source(step), stage: stage})
		}
	}
	return nil
}

// chainOf returns the stages that make the last one: the one that starts from an image, those that go on
// from it, and the last itself.
func chainOf(file *history.Dockerfile) (stages []int) {
	for at := len(file.Stages) - 1; at >= 0; at = file.Stages[at].Parent {
		stages = append(stages, at)
	}
	slices.Reverse(stages)
	return stages
}

// source returns the lines of an instruction as they stand in the file, with their
// line ends.
func (d *draft) source(step *history.Step) string {
	return strings.Join(d.lines[step.Line-1:min(step.EndLine, len(d.lines))], "")
}

// freeStageName returns a name for a stage that a Dockerfile does not use: build,
// build-2, build-3, …
func freeStageName(dockerfile string) string {
	text := strings.ToLower(dockerfile)
	for n := 1; ; n++ {
		name := "build"
		if n > 1 {
			name = fmt.Sprintf("build-%d", n)
		}
		taken := strings.Contains(text, "from="+name) || slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool {
			words := strings.Fields(line)
			return len(words) > 1 && words[0] == "from" && slices.Contains(words[1:], name)
		})
		if !taken {
			return name
		}
	}
}

// matchLayers finds for each instruction of the last stage what rules read of it and
// the layers that it made. A layer that an edit emptied counts for the instruction
// before it.
func (d *draft) matchLayers() error {
	indexByLine := make(map[int]int)
	for i := range d.instructions {
		indexByLine[d.instructions[i].Line] = i
	}
	matched := make([]int, len(d.in.Instructions)) // an index in d.instructions, -1 for none
	taken := make(map[int]bool)
	for i, line := range d.in.Lines {
		matched[i] = -1
		if line.Number == 0 {
			continue
		}
		at, ok := indexByLine[line.Number]
		if !ok || line.Shared || taken[at] {
			return &Refusal{line.Origins, fmt.Sprintf("tare cannot tell where line %d ends", cmp.Or(d.writtenAt(line.Origins), line.Number))}
		}
		matched[i], taken[at] = at, true
		in := &d.instructions[at]
		in.text, in.origins, in.written = d.in.Instructions[i].Text, line.Origins, d.writtenAt(line.Origins)
	}
	d.maker = make([]int, len(d.in.Layers))
	d.ownLayer = len(d.in.Layers)
	last := -1
	for i := range d.in.Layers {
		l := &d.in.Layers[i]
		if d.maker[i] = -1; l.Inherited {
			continue
		}
		d.ownLayer = min(d.ownLayer, i)
		if l.Instruction != nil {
			last = matched[*l.Instruction]
		}
		if last < 0 {
			return errors.New("tare cannot tell which line made which layer")
		}
		d.maker[i] = last
	}
	if d.ownLayer == 0 {
		return errors.New("tare does not know where the base image ends")
	}
	return nil
}

// originalStage returns the lines of the file without other edits, the line of the last
// stage's FROM in it, and how many lines there are up to the end of the build stage.
func (d *draft) originalStage() (from, end int, lines []string) {
	file, err := history.ParseDockerfile("Dockerfile", d.in.Original)
	if d.in.Original == nil || err != nil || d.in.KeepEdits {
		return d.from.Line, d.boundaryEnd(), d.lines
	}
	lines = slices.Collect(strings.Lines(string(d.in.Original)))
	inside, next := make(map[int]bool), 0 // next is where the first instruction behind the build stage stands
	for _, behind := range []bool{false, true} {
		for _, line := range d.in.Lines {
			if line.Number == 0 || behind != (line.Number > d.instructions[d.boundary].Line) {
				continue
			}
			for _, origin := range line.Origins {
				at := d.original(origin)
				if !behind {
					inside[origin] = true
				} else if at != nil && !inside[origin] && (next == 0 || at.Line < next) {
					next = at.Line
				}
			}
		}
	}
	for origin := range inside {
		if at := d.original(origin); at != nil && (next == 0 || at.Line < next) {
			end = max(end, at.EndLine)
		}
	}
	end = d.endWithoutPurges(lines, inside, end)
	return file.Stages[len(file.Stages)-1].From.Line, endWithComments(lines, min(max(end, 1), len(lines))), lines
}

// endWithoutPurges is where a build stage ends without the RUNs at its end that only take packages
// out, which makes nothing smaller there. inside are the instructions of the stage.
func (d *draft) endWithoutPurges(lines []string, inside map[int]bool, end int) int {
	for {
		last := -1
		for origin := range inside {
			if at := d.original(origin); at != nil && at.EndLine == end {
				last = origin
			}
		}
		if last < 0 || !onlyPurges(d.in.Report.Instructions[last].Text) {
			return end
		}
		delete(inside, last)
		for end = d.original(last).Line - 1; end > 0 && strings.TrimSpace(lines[end-1]) == ""; end-- {
		}
	}
}

// onlyPurges reports whether a RUN takes packages out, and does nothing besides but to empty
// apt's caches.
func onlyPurges(text string) bool {
	run, err := rewrite.ParseRun(text)
	if err != nil || len(rewrite.Comments(text)) > 0 {
		return false
	}
	purges := false
	for _, c := range run.Commands {
		sub, _, _ := c.Apt()
		gone, removes := c.Removal("")
		switch {
		case sub == "remove" || sub == "purge" || sub == "autoremove" || sub == "auto-remove":
			purges = true
		case sub == "clean" || sub == "autoclean":
		case removes && gone.Whole && !slices.ContainsFunc(gone.Targets, func(t string) bool {
			return !strings.HasPrefix(t, "/var/lib/apt/lists/") && !strings.HasPrefix(t, "/var/cache/apt/")
		}):
		default:
			return false
		}
	}
	return purges
}

// writtenAt returns the first line of instructions of the report in the file without other
// edits, 0 where it holds none of them.
func (d *draft) writtenAt(origins []int) (line int) {
	for _, origin := range origins {
		if at := d.original(origin); at != nil && at.Line > 0 && (line == 0 || at.Line < line) {
			line = at.Line
		}
	}
	return line
}

// fromLine is the line of the last FROM in the file without other edits.
func (d *draft) fromLine() int {
	if file, err := history.ParseDockerfile("Dockerfile", d.in.Original); d.in.Original != nil && err == nil {
		return file.Stages[len(file.Stages)-1].From.Line
	}
	return d.from.Line
}

// original returns where an instruction of the report stands in the file without other
// edits, nil where it does not.
func (d *draft) original(origin int) *model.Location {
	if steps := d.in.Report.Instructions; origin >= 0 && origin < len(steps) && !steps[origin].Inherited {
		return steps[origin].Location
	}
	return nil
}
