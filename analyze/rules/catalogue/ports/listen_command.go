package ports

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
)

// commandServer is a program whose command line says where it listens.
type commandServer struct {
	names []string // of the program
	call  string   // the first of its arguments that is no option, where only that makes it listen
	binds []string // options with an address and a port
	hosts []string // options with an address
	ports []string // options with a port
	// bare is true where an argument without an option is the address and port.
	bare bool
	// port and local are what it takes where the command says nothing: 0 where nobody can tell,
	// and whether it listens only for the container itself.
	port  int64
	local bool
	// vars and files may say otherwise: variables, and files in the working directory. Where one
	// is there, nothing is known but what the command says.
	vars, files []string
	// unsure is true where files that tare does not read may say otherwise, too.
	unsure bool
	// open are the words that make it listen at all addresses, at the end of its command.
	open []string
}

// listeners are known by their manuals: each has its defaults from there.
var listeners = []commandServer{
	{
		names: []string{"gunicorn"}, binds: []string{"-b", "--bind"}, port: 8000, local: true,
		vars: []string{"GUNICORN_CMD_ARGS"}, files: []string{"gunicorn.conf.py"}, open: []string{"--bind", "0.0.0.0:8000"},
	},
	{
		names: []string{"uvicorn"}, hosts: []string{"--host"}, ports: []string{"--port"}, port: 8000, local: true,
		vars: []string{"UVICORN_HOST", "UVICORN_PORT", "UVICORN_UDS", "UVICORN_FD"}, open: []string{"--host", "0.0.0.0"},
	},
	{
		names: []string{"hypercorn"}, binds: []string{"-b", "--bind"}, port: 8000, local: true, open: []string{"--bind", "0.0.0.0:8000"},
	},
	{
		names: []string{"flask"}, call: "run", hosts: []string{"-h", "--host"}, ports: []string{"-p", "--port"}, port: 5000, local: true,
		vars: []string{"FLASK_RUN_HOST", "FLASK_RUN_PORT"}, files: []string{".flaskenv", ".env"}, open: []string{"--host=0.0.0.0"},
	},
	{
		names: []string{"fastapi"}, call: "dev", hosts: []string{"--host"}, ports: []string{"--port"}, port: 8000, local: true, open: []string{"--host", "0.0.0.0"},
	},
	{names: []string{"fastapi"}, call: "run", hosts: []string{"--host"}, ports: []string{"--port"}, port: 8000},
	{names: []string{"manage.py", "django-admin"}, call: "runserver", bare: true, port: 8000, local: true, unsure: true, open: []string{"0.0.0.0:8000"}},
	{names: []string{"artisan"}, call: "serve", hosts: []string{"--host"}, ports: []string{"--port"}, port: 8000, local: true, vars: []string{"SERVER_HOST", "SERVER_PORT"}, files: []string{".env"}, open: []string{"--host=0.0.0.0"}},
	{
		names: []string{"rails"}, call: "server", binds: nil, hosts: []string{"-b", "--binding"}, ports: []string{"-p", "--port"}, local: true,
		vars: []string{"BINDING", "HOST", "PORT"}, unsure: true, open: []string{"-b", "0.0.0.0"},
	},
	{names: []string{"jekyll"}, call: "serve", hosts: []string{"-H", "--host"}, ports: []string{"-P", "--port"}, port: 4000, local: true, unsure: true, open: []string{"--host", "0.0.0.0"}},
	{names: []string{"hugo"}, call: "server", hosts: []string{"--bind"}, ports: []string{"-p", "--port"}, port: 1313, local: true, open: []string{"--bind", "0.0.0.0"}},
	{names: []string{"mkdocs"}, call: "serve", binds: []string{"-a", "--dev-addr"}, port: 8000, local: true, unsure: true, open: []string{"-a", "0.0.0.0:8000"}},
	{names: []string{"vite"}, hosts: []string{"--host"}, ports: []string{"--port"}, local: true, unsure: true, open: []string{"--host", "0.0.0.0"}},
	{names: []string{"redis-server", "valkey-server"}, hosts: []string{"--bind"}, ports: []string{"--port"}},
	{names: []string{"mongod"}, hosts: []string{"--bind_ip"}, ports: []string{"--port"}},
	{names: []string{"mysqld", "mariadbd"}, hosts: []string{"--bind-address"}, ports: []string{"--port", "-P"}},
}

// Options that any program may have: those of Spring, and some that say nothing else in any.
var (
	anyPort = []string{"--server.port", "-Dserver.port"}
	anyHost = []string{"--server.address", "-Dserver.address"}
)

// commandListens is what a command tells of where its program listens.
func commandListens(b *rules.Build, words []string) Listener {
	all := words
	if words = serverWords(words); len(words) == 0 {
		return Listener{}
	}
	name := path.Base(words[0])
	for i := range listeners {
		if s := &listeners[i]; slices.Contains(s.names, name) && s.isCalled(words[1:]) {
			l := s.listens(b, words)
			if l.Words != nil {
				l.Words = slices.Concat(all[:len(all)-len(words)], l.Words)
			}
			return l
		}
	}
	s := commandServer{names: []string{name}, ports: anyPort, hosts: anyHost}
	if b.Getenv("SERVER_PORT") != "" || b.Getenv("SERVER_ADDRESS") != "" {
		return Listener{}
	}
	if l := s.listens(b, words); len(l.Ports) > 0 || l.Local != "" {
		return l
	}
	return Listener{}
}

// serverWords leaves out what only runs the server: poetry run, bundle exec, python -m, and the
// interpreter of a project's own script.
func serverWords(words []string) []string {
	for range 3 {
		if len(words) < 2 {
			break
		}
		switch first := path.Base(words[0]); {
		case slices.Contains([]string{"poetry", "pipenv", "uv", "pdm", "hatch"}, first) && words[1] == "run",
			first == "bundle" && words[1] == "exec":
			words = words[2:]
		case strings.HasPrefix(first, "python"):
			rest := words[1:]
			for len(rest) > 0 && slices.Contains([]string{"-u", "-O", "-B", "-m"}, rest[0]) {
				rest = rest[1:]
			}
			words = rest
		case first == "php" && path.Base(words[1]) == "artisan":
			words = words[1:]
		}
	}
	return words
}

// isCalled reports whether the arguments make the program listen.
func (s *commandServer) isCalled(args []string) bool {
	if s.call == "" {
		return true
	}
	at := slices.IndexFunc(args, func(w string) bool { return !strings.HasPrefix(w, "-") })
	// An option before the call may take a word: flask --app hello run.
	return at >= 0 && slices.Contains(args, s.call) || s.names[0] == "rails" && at == 0 && args[0] == "s"
}

// listens reads the command of a server.
func (s *commandServer) listens(b *rules.Build, words []string) Listener {
	l := Listener{Who: path.Base(words[0]), Unsure: s.unsure}
	where, said, known := s.said(b, words)
	if !known || len(said) == 0 && s.otherwise(b, words) {
		return Listener{}
	}
	if l.Who == "gunicorn" && len(said) == 0 && b.Getenv("PORT") != "" {
		said, where = []address{{"0.0.0.0", expand(b, "$PORT")}}, nil
	}
	if len(said) == 0 {
		said = []address{{}}
	}
	var hosts []string
	for _, a := range said {
		switch port, err := strconv.ParseInt(a.port, 10, 64); {
		case err == nil:
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
	if l.Local = localOf(hosts); l.Local == "" || !l.Default {
		l.Default, l.Unsure = false, false
	}
	if l.Local != "" {
		l.Words = s.opened(words, where, l.Default)
	}
	if l.Default && l.Who == "rails" {
		return railsDefault(b, l)
	}
	return l
}

// railsDefault is what rails takes without an address: its own one in development alone.
func railsDefault(b *rules.Build, l Listener) Listener {
	if env := b.Getenv("RAILS_ENV") + b.Getenv("RACK_ENV"); env != "" && env != "development" {
		return Listener{}
	}
	return l
}

// address is where a command says that a program listens; parts that it leaves out are "".
type address struct{ host, port string }

// said are the addresses that the words say, and where in them the hosts are. It reports false
// where a word is not known.
func (s *commandServer) said(b *rules.Build, words []string) (where []int, all []address, known bool) {
	var host, port string
	for i := 1; i < len(words); i++ {
		option, value, joined := strings.Cut(words[i], "=")
		isBind, isHost, isPort := slices.Contains(s.binds, option), slices.Contains(s.hosts, option), slices.Contains(s.ports, option)
		bare := s.bare && words[i] != s.call && !strings.HasPrefix(words[i], "-") && i > slices.Index(words, s.call)
		if !isBind && !isHost && !isPort && !bare {
			continue
		}
		at := i
		if bare {
			value = words[i]
		} else if !joined {
			if i++; i >= len(words) || strings.HasPrefix(words[i], "-") {
				if isHost && s.names[0] == "vite" {
					return nil, []address{{"0.0.0.0", ""}}, true // --host alone
				}
				return nil, nil, false
			}
			at, value = i, words[i]
		}
		if value = expand(b, value); strings.ContainsAny(value, "$`") && !isBind {
			return nil, nil, false
		}
		switch {
		case isHost && i+1 < len(words) && isLocal(value) && !strings.HasPrefix(words[i+1], "-") && s.call == "":
			return nil, nil, false // several addresses
		case isHost:
			host, where = value, append(where, at)
		case isPort:
			port = value
		default:
			a, ok := addressOf(value)
			if !ok || a.host == "" && !bare {
				return nil, nil, false // a socket, or what the manual does not tell of
			}
			all, where = append(all, a), append(where, at)
		}
	}
	if host != "" || port != "" {
		all = append(all, address{host, port})
	}
	return where, all, true
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
	if at < 0 {
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
		if m[3] != "" {
			return m[3]
		}
		return text
	})
}

// otherwise reports whether something beside the command may say where the server listens.
func (s *commandServer) otherwise(b *rules.Build, words []string) bool {
	for _, option := range []string{"-c", "--config", "--uds", "--fd", "--env-file", "--app-dir"} {
		if slices.ContainsFunc(words[1:], func(w string) bool { return w == option || strings.HasPrefix(w, option+"=") }) && !strings.HasSuffix(option, "dir") {
			return true
		}
	}
	if b.Pod != nil && len(b.Pod.Container.EnvFrom) > 0 {
		return true
	}
	for _, name := range s.vars {
		if b.Getenv(name) != "" {
			return true
		}
	}
	return slices.ContainsFunc(s.files, func(file string) bool {
		_, there := b.Visible(path.Join("/", b.WorkingDir, file)[1:])
		return there
	})
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

// portOptions are what many programs call the option with the address or the port that they
// listen on.
var portOptions = []string{"--port", "-port", "--http-port", "--listen", "-listen", "--listen-address", "--addr", "-addr", "--bind", "--http-address"}

// toldPort is the port that an option of a program's command names which tare does not know.
// The option of a program that calls another may mean that one's port, so nothing is told where
// a word names a host.
func toldPort(b *rules.Build) Listener {
	p := b.Process()
	if len(p.Words) == 0 || len(p.Background) > 0 {
		return Listener{}
	}
	l := Listener{Who: path.Base(p.Words[0])}
	for i, w := range p.Words[1:] {
		option, value, joined := strings.Cut(w, "=")
		lower := strings.ToLower(option)
		if strings.HasPrefix(w, "-") && (strings.Contains(lower, "host") || strings.Contains(lower, "server") || strings.Contains(lower, "url") || strings.Contains(lower, "target")) || strings.Contains(w, "://") {
			return Listener{}
		}
		if !slices.Contains(portOptions, option) {
			continue
		}
		if !joined && i+2 < len(p.Words) {
			value = p.Words[i+2]
		}
		a, ok := addressOf(expand(b, value))
		if n, err := strconv.ParseInt(a.port, 10, 64); ok && err == nil {
			l.Ports = append(l.Ports, n)
		}
	}
	return l
}
