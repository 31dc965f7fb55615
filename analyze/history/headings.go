package history

import "strings"

// What authors draw above a part of a Dockerfile: a line of one sign over and over, a title
// between such signs, or a title behind several #.
var (
	banner = onDemand(`^#[\s#=*~_+-]*(?:#{3}|={3}|\*{3}|~{3}|_{3}|\+{3}|-{3})[\s#=*~_+-]*$`)
	title  = onDemand(`^#+[ \t]*(?:-{2,}|={2,}|\*{2,}|~{2,}|>{2,})[ \t]*[^\s=*~-]|^##+[ \t]*[A-Za-z0-9]`)
	// disabled is an instruction that its author has commented out; in small letters, where it begins
	// right behind the #, as no sentence does.
	disabled = onDemand(`^#+(?:[ \t]*(?:RUN|COPY|ADD|ENV|ARG|USER|WORKDIR|FROM|CMD|ENTRYPOINT|EXPOSE|VOLUME|LABEL|SHELL|ONBUILD|HEALTHCHECK)` +
		`|run|copy|add|env|arg|user|workdir|cmd|entrypoint|expose|volume)[ \t]+\S`)
)

// IsDisabled reports whether a line of a Dockerfile is an instruction that is commented out.
func IsDisabled(line string) bool { return disabled().MatchString(strings.TrimSpace(line)) }

// isHeading reports whether comment lines, # and all, head a part of the file: those would
// mean nothing in the middle of a RUN.
func isHeading(lines []string) bool {
	for _, line := range lines {
		if !IsDisabled(line) && (banner().MatchString(line) || title().MatchString(line)) {
			return true
		}
	}
	return len(lines) > 2 && strings.Trim(lines[0], "#") == "" && strings.Trim(lines[len(lines)-1], "#") == ""
}

// markHeadings finds the instructions of a stage that a heading sets apart from the one before,
// and those below an instruction that is commented out. A plain comment is a heading, too,
// where what follows it without a blank line is more than RUNs.
func (d *Dockerfile) markHeadings(stage *Stage) {
	end := stage.From.EndLine
	for i := range stage.Steps {
		step := &stage.Steps[i]
		var lines []string
		for _, line := range d.Lines[min(end, step.Line-1) : step.Line-1] {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") {
				lines = append(lines, line)
				step.Disabled = step.Disabled || IsDisabled(line)
			}
		}
		end = step.EndLine
		above := step.Line >= 2 && strings.HasPrefix(strings.TrimSpace(d.Lines[step.Line-2]), "#")
		step.Apart = step.Apart || isHeading(lines) || above && step.Keyword == "RUN" && stage.headsMore(i)
	}
}

// headsMore reports whether an instruction is the first of several that follow each other line
// by line, and that are neither all RUNs nor end with it.
func (s *Stage) headsMore(first int) bool {
	for i := first + 1; i < len(s.Steps) && s.Steps[i].Line == s.Steps[i-1].EndLine+1; i++ {
		if k := s.Steps[i].Keyword; k == "COPY" || k == "ADD" {
			return true
		}
	}
	return false
}
