package ports

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
)

// meaning is what an option is for.
type meaning int

// The meanings: with those from takesWord on, an option takes a word.
const (
	unknownOption meaning = iota
	plainFlag
	moreFlag
	takesWord
	loadsFile
	bindOption
	hostOption
	portOption
)

// meaningOf looks an option up. Some are known in front of the call alone.
func (s *commandServer) meaningOf(option string, called bool) meaning {
	for _, known := range []struct {
		list string
		as   meaning
	}{
		{s.binds, bindOption}, {s.hosts, hostOption}, {s.ports, portOption}, {s.loads, loadsFile}, {s.valued, takesWord}, {s.flags, plainFlag}, {s.more, moreFlag},
	} {
		if slices.Contains(strings.Fields(known.list), option) {
			return known.as
		}
	}
	if !called && slices.Contains(strings.Fields(s.before), option) {
		return takesWord
	}
	return unknownOption
}

// address is where a command says that a program listens; parts that it leaves out are "".
type address struct{ host, port string }

// reading is what the words of a server say.
type reading struct {
	said   []address
	where  []int // the words that have the addresses
	args   int   // how many words are no options
	loads  bool  // it reads what may say otherwise
	more   bool  // it listens at further ports
	called bool
	host   string
	port   string
	hostAt int
}

// read goes through the words of a server. It reports false where one of them is not known.
func (s *commandServer) read(b *rules.Build, c *command) (r reading, ok bool) {
	r.called = len(s.call) == 0
	for i := 1; i < len(c.words); i++ {
		w := c.words[i]
		if !strings.HasPrefix(w, "-") {
			if ok := s.argument(b, c, &r, i); !ok {
				return r, false
			}
			continue
		}
		m, value, joined := s.split(w, r.called)
		switch {
		case m == unknownOption:
			return r, false
		case m < takesWord:
			r.more = r.more || m == moreFlag
			continue
		case m == hostOption && !joined && s.names[0] == "vite" && (i+1 == len(c.words) || strings.HasPrefix(c.words[i+1], "-")):
			r.host, r.hostAt = "0.0.0.0", i // --host alone
			continue
		case !joined:
			if i++; i == len(c.words) || strings.HasPrefix(c.words[i], "-") {
				return r, false
			}
			value = c.words[i]
		}
		if !s.take(b, c, &r, m, value, i) {
			return r, false
		}
	}
	if r.host != "" || r.port != "" {
		r.said = append(r.said, address{r.host, r.port})
		if r.host != "" {
			r.where = append(r.where, r.hostAt)
		}
	}
	return r, (r.called || s.callOptional) && r.args <= s.args && (!s.needs || r.args == 1)
}

// split takes a word of options apart: --name=value, -xVALUE, and short ones that are joined.
func (s *commandServer) split(w string, called bool) (m meaning, value string, joined bool) {
	if strings.HasPrefix(w, "--") {
		name, value, joined := strings.Cut(w, "=")
		if m = s.meaningOf(name, called); m < takesWord && joined {
			m = unknownOption
		}
		return m, value, joined
	}
	for i := 1; i < len(w); i++ {
		m = s.meaningOf("-"+w[i:i+1], called)
		if m == unknownOption || m >= takesWord {
			value = w[i+1:]
			if strings.HasPrefix(value, "=") {
				m = unknownOption
			}
			return m, value, value != ""
		}
	}
	return m, "", false
}

// argument reads a word that is no option.
func (s *commandServer) argument(b *rules.Build, c *command, r *reading, i int) bool {
	w := c.words[i]
	if !r.called {
		r.called = slices.Contains(s.call, w)
		return r.called
	}
	r.args++
	if s.bare {
		return s.take(b, c, r, bindOption, w, i)
	}
	return w != "" && !hasVariable(w)
}

// take reads the value of an option, in word i.
func (s *commandServer) take(b *rules.Build, c *command, r *reading, m meaning, value string, i int) bool {
	if m == takesWord || m == loadsFile {
		r.loads = r.loads || m == loadsFile
		return c.shell || !hasVariable(value)
	}
	if hasVariable(value) {
		if !c.shell || c.unsettled {
			return false
		}
		value = expand(b, value)
	}
	if value == "" || strings.ContainsAny(value, " \t") || m != bindOption && hasVariable(value) {
		return false
	}
	switch m {
	case hostOption:
		r.host, r.hostAt = value, i
	case portOption:
		r.port = value
	default:
		a, ok := addressOf(value)
		if !ok || a.host == "" && !s.bare || strings.Contains(value, ",") {
			return false // a socket, several, or what the manual does not tell of
		}
		r.said, r.where = append(r.said, a), append(r.where, i)
	}
	return true
}

// listens reads the command of a server.
func (s *commandServer) listens(b *rules.Build, c *command) Listener {
	r, ok := s.read(b, c)
	if !ok {
		return Listener{}
	}
	l := Listener{Who: path.Base(c.words[0]), Unsure: s.unsure, More: r.more || s.others}
	needsDefault := len(r.said) == 0 || slices.ContainsFunc(r.said, func(a address) bool { return a.host == "" || a.port == "" })
	if needsDefault && (c.unsettled || r.loads || s.otherwise(b)) {
		return Listener{}
	}
	if s.names[0] == "gunicorn" && len(r.said) == 0 && b.Getenv("PORT") != "" {
		r.said, r.where = []address{{"0.0.0.0", b.Getenv("PORT")}}, nil
	}
	if len(r.said) == 0 {
		r.said = []address{{}}
	}
	hosts := s.fill(&l, r.said)
	if l.Local = localOf(hosts); l.Local == "" || !l.Default {
		l.Default, l.Unsure = false, false
	}
	if l.Local != "" {
		l.Words = s.opened(c.words, r.where, l.Default)
	}
	if l.Default && s.names[0] == "rails" {
		return railsDefault(b, l)
	}
	return l
}

// fill takes down the ports of some addresses, and returns their hosts.
func (s *commandServer) fill(l *Listener, said []address) (hosts []string) {
	for _, a := range said {
		switch port, ok := portOf(a.port); {
		case ok:
			l.Ports = append(l.Ports, port)
		case a.port == "" && s.port > 0:
			l.Ports = append(l.Ports, s.port)
		}
		host := a.host
		if host == "" && s.local {
			host, l.Default = "127.0.0.1", true
		}
		hosts = append(hosts, host)
	}
	if len(l.Ports) < len(said) {
		l.Ports = nil
	}
	return hosts
}

// portOf reads the number of a port. 0 is none: it leaves the choice to the system, or means that
// nothing listens.
func portOf(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0 && n < 1<<16
}

// railsDefault is what rails takes without an address: its own one in development alone.
func railsDefault(b *rules.Build, l Listener) Listener {
	if env := b.Getenv("RAILS_ENV") + b.Getenv("RACK_ENV"); env != "" && env != "development" {
		return Listener{}
	}
	return l
}

// addressOf reads HOST:PORT, :PORT, PORT or HOST.
func addressOf(text string) (a address, ok bool) {
	text = strings.TrimPrefix(text, "tcp://")
	if strings.Contains(text, "/") || strings.HasPrefix(text, "unix:") || strings.HasPrefix(text, "fd:") {
		return a, false
	}
	if _, err := strconv.Atoi(text); err == nil {
		return address{"", text}, true
	}
	at := strings.LastIndexByte(text, ':')
	if at < 0 || strings.HasSuffix(text, "]") {
		return address{text, ""}, true
	}
	a = address{text[:at], text[at+1:]}
	if a.host == "" {
		a.host = "0.0.0.0"
	}
	return a, true
}

// variable is a shell's variable with or without a value to take where it is not set.
var variable = lazyregexp.New(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^{}$]*))?\})`)

// hasVariable reports whether a shell makes something else of a word.
func hasVariable(word string) bool { return strings.ContainsAny(word, "$`") }

// expand puts the values of the image's variables, and the pod's, into a word of a shell. What is
// not known stays.
func expand(b *rules.Build, word string) string {
	return variable.ReplaceAllStringFunc(strings.Trim(word, `"`), func(text string) string {
		m := variable.FindStringSubmatch(text)
		name := m[1] + m[2]
		if b.Pod != nil && len(b.Pod.Container.EnvFrom) > 0 {
			return text
		}
		if value := b.Getenv(name); value != "" {
			return value
		}
		if m[3] != "" && !isSetByPod(b, name) {
			return m[3]
		}
		return text
	})
}

// isSetByPod reports whether a pod gives the container a variable, known or not.
func isSetByPod(b *rules.Build, name string) bool {
	if b.Pod == nil {
		return false
	}
	for _, e := range b.Pod.Container.Env {
		if e.Name == name {
			return true
		}
	}
	return false
}

// otherwise reports whether something beside the command may say where the server listens: a
// variable, or a file in the working directory that the image has or a volume may bring.
func (s *commandServer) otherwise(b *rules.Build) bool {
	if b.Pod != nil && len(b.Pod.Container.EnvFrom) > 0 {
		return true
	}
	for _, name := range s.vars {
		if b.Getenv(name) != "" || isSetByPod(b, name) {
			return true
		}
	}
	for _, file := range s.files {
		for dir := path.Join("/", b.WorkingDir); ; dir = path.Dir(dir) {
			at := path.Join(dir, file)
			if _, there := b.Visible(at[1:]); there || isMounted(b, at) {
				return true
			}
			if dir == "/" || !strings.HasPrefix(file, ".") {
				break // files with a dot are looked for in the directories above, too
			}
		}
	}
	return false
}

// isMounted reports whether a volume of the pod may bring a file.
func isMounted(b *rules.Build, file string) bool {
	if b.Pod == nil {
		return false
	}
	for _, m := range b.Pod.Container.Mounts {
		if dir := path.Clean(m.Path); file == dir || dir == "/" || strings.HasPrefix(file, dir+"/") {
			return true
		}
	}
	return false
}

// opened are the words with which the server listens at all addresses, nil where nobody knows.
func (s *commandServer) opened(words []string, where []int, isDefault bool) []string {
	if isDefault && len(where) == 0 {
		if len(s.open) == 0 {
			return nil
		}
		return append(slices.Clone(words), s.open...)
	}
	edited := slices.Clone(words)
	for _, at := range where {
		was := edited[at]
		if strings.Contains(was, ",") {
			return nil
		}
		for _, host := range []string{"127.0.0.1", "localhost", "[::1]"} {
			edited[at] = strings.Replace(edited[at], host, "0.0.0.0", 1)
		}
		if _, err := strconv.Atoi(was); err == nil {
			edited[at] = "0.0.0.0:" + was
		}
		if edited[at] == was {
			return nil
		}
	}
	return edited
}
