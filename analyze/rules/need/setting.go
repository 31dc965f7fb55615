package need

import (
	"encoding/json"
	"path"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

func itoa(n int) string { return strconv.Itoa(n) }

// setting is what an instruction finds: where it stands, what variables hold, who it
// runs as, and in which shell.
type setting struct {
	dir   string // absolute pattern
	vars  *scope
	user  string // as USER says, with variables worked out; "" is root
	shell bool   // RUN takes a text for a shell that can be read
}

// start is what the first instruction of an image finds.
func start(dir string) setting {
	if dir == "" {
		dir = "/"
	}
	return setting{dir: dir, shell: true}
}

// next is what the instruction after another one finds.
func (s setting) next(keyword, text string) setting {
	body := bodyOf(text)
	switch keyword {
	case "WORKDIR":
		s.dir = joinPath(s.dir, s.expand(strings.Trim(body, `"'`)))
	case "ENV":
		for _, v := range assignments(body) {
			s.vars = s.vars.with(v[0], values{s.expand(v[1])})
		}
	case "ARG":
		for _, word := range strings.Fields(body) {
			name, value, has := strings.Cut(word, "=")
			switch {
			case has:
				s.vars = s.vars.with(name, values{s.expand(strings.Trim(value, `"'`))})
			case s.vars.lookup(name) == nil:
				s.vars = s.vars.with(name, values{unknown})
			}
		}
	case "USER":
		s.user = s.expand(strings.Trim(body, `"'`))
	case "SHELL":
		var words []string
		s.shell = json.Unmarshal([]byte(body), &words) == nil && len(words) > 0 && shells[path.Base(words[0])]
	}
	return s
}

// bodyOf is an instruction without its keyword, in one line.
func bodyOf(text string) string {
	_, body, _ := strings.Cut(strings.TrimSpace(continuation.ReplaceAllString(text, " ")), " ")
	return strings.TrimSpace(body)
}

var continuation = lazyregexp.New(`\\[ \t]*\n(?:[ \t]*#.*\n)*`)

var assignment = lazyregexp.New(`([A-Za-z_][A-Za-z0-9_.]*)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s"'\\]|\\.)*)`)

// assignments reads what ENV sets: NAME=value …, or NAME value.
func assignments(body string) (out [][2]string) {
	name, value, ok := strings.Cut(body, " ")
	if ok && !strings.Contains(name, "=") {
		return [][2]string{{name, strings.TrimSpace(value)}}
	}
	for _, m := range assignment.FindAllStringSubmatch(body, -1) {
		out = append(out, [2]string{m[1], strings.Trim(m[2], `"'`)})
	}
	return out
}

// expansion is a variable in a Dockerfile instruction, with a default or without.
var expansion = lazyregexp.New(`\\\$|\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?::?([-+])([^}$]*))?\}|\{[^}]*\})`)

// maxExpanded is how many bytes the values of variables may have that one text names: each may name
// the one before twice.
const maxExpanded = 64 << 10

// expand works out the variables in a text as the builder does. What becomes very long is unknown.
func (s setting) expand(text string) string {
	length := 0
	out := expansion.ReplaceAllStringFunc(clean(text), func(v string) string {
		m := expansion.FindStringSubmatch(v)
		value, known := unknown, s.vars.lookup(m[1]+m[2])
		switch {
		case v == `\$`:
			value = "$"
		case len(known) == 1:
			value = known[0]
		case known == nil && m[3] == "-":
			value = m[4]
		}
		if length += len(value); length > maxExpanded {
			return ""
		}
		return value
	})
	if length > maxExpanded {
		return unknown
	}
	return out
}

// settingOf is what an instruction of the image finds.
func (r *Room) settingOf(at int) setting {
	if r.settings == nil {
		l := r.Instructions
		r.settings = make([]setting, len(l.All)+1)
		now := start("/")
		declared := make(map[string]bool)
		for i := range l.All {
			declared[l.Keyword(i)] = true
		}
		if !declared["USER"] {
			now.user = r.User // a base image without history set it
		}
		if !declared["WORKDIR"] && r.WorkingDir != "" {
			now.dir = r.WorkingDir
		}
		for _, v := range r.Env {
			if name, value, ok := strings.Cut(v, "="); ok {
				now.vars = now.vars.with(name, values{clean(value)})
			}
		}
		for i := range l.All {
			r.settings[i] = now
			now = now.next(l.Keyword(i), l.Text(i))
		}
		r.settings[len(l.All)] = now
	}
	return r.settings[at]
}

// runText takes a RUN apart. text is what its shell gets, words the JSON form.
func (r *Room) runText(text string) (script string, words []string, ok bool) {
	run, ok := r.cache.run(text)
	if !ok {
		return "", nil, false
	}
	return run.Text(), run.Exec, true
}
