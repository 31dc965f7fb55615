package history

import "strings"

// Listing is the file's lines as anybody may see them: values of ARG are left
// out, and every instruction and comment went through mask. There are as many as
// in the file, so that line n is the n-th; where less is left of an instruction
// than it had lines, the rest are empty.
func (d *Dockerfile) Listing(mask func(string) string) []string {
	lines := make([]string, len(d.Lines))
	for i, line := range d.Lines {
		lines[i] = mask(line)
	}
	write := func(s *Step) {
		indent := d.Lines[s.Line-1]
		indent = indent[:len(indent)-len(strings.TrimLeft(indent, " \t"))]
		text := strings.Split(indent+mask(s.Text), "\n")
		for i := s.Line - 1; i < s.EndLine; i++ {
			lines[i] = ""
			if n := i - (s.Line - 1); n < len(text) {
				lines[i] = text[n]
			}
		}
	}
	for i := range d.arguments {
		write(&d.arguments[i])
	}
	for i := range d.Stages {
		write(&d.Stages[i].From)
		for j := range d.Stages[i].Steps {
			write(&d.Stages[i].Steps[j])
		}
	}
	if n := len(lines); n > 0 && lines[n-1] == "" {
		lines = lines[:n-1] // what follows the last line end is no line
	}
	return lines
}
