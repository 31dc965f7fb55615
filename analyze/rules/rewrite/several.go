package rewrite

import (
	"strings"
	"unicode"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// heredocWord is a here-document's beginning, as a word of its own.
var heredocWord = lazyregexp.New(`(?:^|[ \t])[0-9]*<<(-?)["']?([^\s"'<>|&;()$]+)["']?`)

// Several parts a piece of a Dockerfile into its instructions, each with the
// comments, line continuations and here-documents inside it; what stands
// between them is left out. It reports false where the piece ends in the middle
// of an instruction.
func Several(text string) ([]string, bool) {
	if strings.ContainsAny(text, "\x00\r") {
		return nil, false
	}
	var out []string
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); {
		if bare := strings.TrimLeftFunc(lines[i], unicode.IsSpace); bare == "" || bare[0] == '#' {
			i++
			continue
		}
		end, ok := instructionEnd(lines, i)
		if !ok {
			return nil, false
		}
		out = append(out, strings.Join(lines[i:end], "\n"))
		i = end
	}
	return out, true
}

// instructionEnd is the line behind the instruction that begins at a line.
func instructionEnd(lines []string, from int) (end int, ok bool) {
	var body strings.Builder
	more := true
	for end = from; more; end++ {
		if end == len(lines) {
			return 0, false
		}
		bare := strings.TrimLeftFunc(lines[end], unicode.IsSpace)
		if end > from && (bare == "" || bare[0] == '#') {
			continue
		}
		m := continues.FindStringSubmatchIndex(lines[end])
		if more = m != nil; more {
			body.WriteString(lines[end][:m[2]])
		} else {
			body.WriteString(lines[end])
		}
	}
	switch Keyword(lines[from]) {
	case "RUN", "COPY", "ADD":
	default:
		return end, true
	}
	if !strings.Contains(body.String(), "<<") || ownHeredocs(body.String()) {
		return end, true
	}
	for _, m := range heredocWord.FindAllStringSubmatch(body.String(), -1) {
		for closed := false; !closed; end++ {
			if end == len(lines) {
				return 0, false
			}
			line := lines[end]
			if m[1] == "-" {
				line = strings.TrimLeft(line, "\t")
			}
			closed = line == m[2]
		}
	}
	return end, true
}

// ownHeredocs reports whether what looks like here-documents lies in quotes, where
// it is none.
func ownHeredocs(body string) bool {
	var bare strings.Builder
	var quote byte
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quote == 0 && c == '\\' || quote == '"' && c == '\\':
			i++
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == 0:
			bare.WriteByte(c)
		}
	}
	return !strings.Contains(bare.String(), "<<")
}

// Comments are the comment lines inside an instruction's continued lines,
// without what stands around them, in order.
func Comments(text string) []string {
	in, err := split(text)
	if err != nil {
		return nil
	}
	var out []string
	own := strings.TrimSuffix(text, in.rest)
	for i, line := range strings.Split(own, "\n") {
		if bare := strings.TrimSpace(line); i > 0 && strings.HasPrefix(bare, "#") {
			out = append(out, bare)
		}
	}
	return out
}

// AddMount gives a RUN the mount of a cache. Mounts of caches that it begins with stay in the
// order of their targets, whichever of them was added first, and all stand in front of its
// other flags. It reports false where the text is no RUN, or has a mount that the target
// touches.
func AddMount(run, target, options string) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || r.mounted(target) {
		return "", false
	}
	at := strings.Index(run, r.in.keyword) + len(r.in.keyword)
	for {
		flag := cacheMount.FindStringSubmatch(run[at:])
		if flag == nil || flag[1] > target {
			break
		}
		at += len(flag[0])
	}
	return r.withFlagAt(run, at, cacheMountFlag+target+options)
}

// cacheMountFlag is how the flag of a cache's mount begins, cacheMount the whole of it with its
// target.
const cacheMountFlag = "--mount=type=cache,target="

var cacheMount = lazyregexp.New(`^[ \t]+` + cacheMountFlag + `([^, \t\n"]+)[^ \t\n"]*`)

// withFlag puts a flag in front of a RUN's others, with one blank behind it however many
// its author lined the command up with.
func (r *Run) withFlag(run, flag string) (string, bool) {
	return r.withFlagAt(run, strings.Index(run, r.in.keyword)+len(r.in.keyword), flag)
}

// withFlagAt puts a flag where the keyword or a flag of a RUN ends.
func (r *Run) withFlagAt(run string, at int, flag string) (string, bool) {
	edited := run[:at] + " " + flag + " " + strings.TrimLeft(run[at:], " \t")
	after, err := ParseRun(edited)
	return edited, err == nil && equalCommands(after.Commands, r.Commands)
}
