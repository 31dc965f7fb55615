package ports

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
)

// directive is one of nginx's configuration; block is what braces behind it hold.
type directive struct {
	words   []string
	block   []directive
	isBlock bool
}

// maxNginxDepth is how deep blocks and includes are followed.
const maxNginxDepth = 20

// parseNginx reads a configuration of nginx. It reports false where it is none.
func parseNginx(text string) ([]directive, bool) {
	p := nginxParser{text: text}
	all, ok := p.block(0)
	return all, ok && p.at >= len(p.text)
}

type nginxParser struct {
	text string
	at   int
}

// block reads directives up to the brace that ends them, or the end of the text.
func (p *nginxParser) block(depth int) (all []directive, ok bool) {
	var d directive
	for depth < maxNginxDepth {
		word, kind := p.next()
		switch kind {
		case 0:
			return all, depth == 0 && len(d.words) == 0
		case '}':
			return all, depth > 0 && len(d.words) == 0
		case ';':
			all, d = append(all, d), directive{}
		case '{':
			if d.block, ok = p.block(depth + 1); !ok {
				return nil, false
			}
			d.isBlock = true
			all, d = append(all, d), directive{}
		default:
			d.words = append(d.words, word)
		}
	}
	return nil, false
}

// next reads a word, of kind 'w', or one of ; { }. Kind 0 is the end.
func (p *nginxParser) next() (word string, kind byte) {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; c {
		case ' ', '\t', '\r', '\n':
			p.at++
		case '#':
			if end := strings.IndexByte(p.text[p.at:], '\n'); end >= 0 {
				p.at += end
			} else {
				p.at = len(p.text)
			}
		case ';', '{', '}':
			p.at++
			return "", c
		case '"', '\'':
			return p.quoted(c), 'w'
		default:
			return p.plain(), 'w'
		}
	}
	return "", 0
}

func (p *nginxParser) quoted(quote byte) string {
	start := p.at + 1
	for p.at = start; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\\':
			p.at++
		case quote:
			p.at++
			return p.text[start : p.at-1]
		}
	}
	p.at = len(p.text)
	return p.text[min(start, p.at):]
}

func (p *nginxParser) plain() string {
	start, variable := p.at, false
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '\\':
			p.at++
		case c == '{' && p.at > start && p.text[p.at-1] == '$':
			variable = true
		case c == '}' && variable:
			variable = false
		case strings.IndexByte(" \t\r\n;{}", c) >= 0:
			return p.text[start:p.at]
		}
	}
	p.at = min(p.at, len(p.text))
	return p.text[start:p.at]
}

// nginxSockets collects where the servers of a configuration listen.
type nginxSockets struct {
	b     *rules.Build
	ports []int64
	hosts []string
}

// nginxListens reads all listen directives. Where an include, a template or a variable may give
// other ports, nothing is known.
func nginxListens(b *rules.Build, p *rules.Process) Listener {
	if _, ok := kubernetes.NginxConfig(b, p.Words); !ok || len(kubernetes.SortedCaptured(b, "etc/nginx/templates/")) > 0 || mayConfigure(b, p) {
		return Listener{}
	}
	given, ok := nginxWords(p.Words)
	if !ok {
		return Listener{}
	}
	s := nginxSockets{b: b}
	if !s.file(string(b.Captured["etc/nginx/nginx.conf"]), "", 0) || !s.file(given, "", 0) || len(s.ports) == 0 {
		return Listener{}
	}
	return Listener{Who: path.Base(p.Words[0]), Ports: s.ports, Local: localOf(s.hosts), Whole: true}
}

// nginxWords is the configuration in the words that start nginx. It reports false where one of
// them is not known, or makes it do something else.
func nginxWords(words []string) (text string, ok bool) {
	for i := 1; i < len(words); i++ {
		switch {
		case words[i] == "-q":
		case words[i] == "-g" && i+1 < len(words):
			i++
			text += strings.Trim(strings.TrimSpace(words[i]), `'"`)
			if !strings.HasSuffix(text, ";") {
				text += ";"
			}
		case words[i] == "-e" && i+1 < len(words):
			i++
		default:
			return "", false
		}
	}
	return text, true
}

// file reads the directives of a file that stands in a block of another.
func (s *nginxSockets) file(text, within string, depth int) bool {
	all, ok := parseNginx(text)
	return ok && s.directives(all, within, depth)
}

// directives reads those of a block, and reports false where one may mean anything.
func (s *nginxSockets) directives(all []directive, within string, depth int) bool {
	if depth > maxNginxDepth {
		return false
	}
	for i := range all {
		d := &all[i]
		if len(d.words) == 0 {
			continue
		}
		ok := true
		switch name := d.words[0]; {
		case name == "include" && !d.isBlock:
			ok = s.include(d.words, within, depth)
		case name == "listen" && within == "server":
			ok = s.listen(d.words)
		case name == "server" && d.isBlock:
			ok = s.server(d, within, depth)
		case d.isBlock && (name == "http" || name == "stream" || name == "mail"):
			ok = s.directives(d.block, name, depth+1)
		}
		if !ok {
			return false
		}
	}
	return true
}

// server reads a block of a server. Without a listen, one of http listens at 80, or where root
// does not run it at 8000.
func (s *nginxSockets) server(d *directive, within string, depth int) bool {
	had := len(s.hosts)
	sockets := s.countListens(d)
	if !s.directives(d.block, "server", depth+1) {
		return false
	}
	if within != "http" && within != "" || len(s.hosts) > had || sockets > 0 {
		return true
	}
	port := int64(80)
	if !kubernetes.IsRoot(s.b) {
		port = 8000
	}
	s.add("", port)
	return true
}

// countListens is how many listen directives a server has, those of sockets and of UDP among them.
func (s *nginxSockets) countListens(d *directive) (n int) {
	for i := range d.block {
		if words := d.block[i].words; len(words) > 0 && words[0] == "listen" {
			n++
		}
	}
	return n
}

// withoutServers are files that every installation has, and that no server stands in.
var withoutServers = strings.Fields("mime.types fastcgi_params fastcgi.conf proxy_params uwsgi_params scgi_params fastcgi-php.conf koi-utf koi-win win-utf")

// include reads the files that a pattern names.
func (s *nginxSockets) include(words []string, within string, depth int) bool {
	if len(words) != 2 {
		return false
	}
	pattern := words[1]
	if slices.Contains(withoutServers, path.Base(pattern)) || within == "" && strings.Contains(pattern, "modules") {
		return true
	}
	if !path.IsAbs(pattern) {
		pattern = path.Join("/etc/nginx", pattern)
	}
	texts, known := included(s.b, pattern)
	if !known {
		return false
	}
	for _, text := range texts {
		if !s.file(text, within, depth+1) {
			return false
		}
	}
	return true
}

// listen reads a directive: listen ADDRESS[:PORT] or listen PORT, with parameters behind.
func (s *nginxSockets) listen(words []string) bool {
	if len(words) < 2 || hasVariable(words[1]) {
		return false
	}
	if strings.HasPrefix(words[1], "unix:") || slices.Contains(words[2:], "udp") || slices.Contains(words[2:], "quic") {
		return true
	}
	a, ok := addressOf(words[1])
	if !ok {
		return false
	}
	if a.port == "" {
		if strings.Trim(a.host, "0123456789-") == "" {
			return false // a range of ports
		}
		a.port = "80"
	}
	n, ok := portOf(a.port)
	if ok {
		s.add(a.host, n)
	}
	return ok
}

func (s *nginxSockets) add(host string, port int64) {
	s.hosts = append(s.hosts, host)
	if !slices.Contains(s.ports, port) {
		s.ports = append(s.ports, port)
	}
}
