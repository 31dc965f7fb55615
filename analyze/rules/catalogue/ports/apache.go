package ports

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
)

// apacheMains are the files that Apache starts with in its packages and the official image, and
// the directories that other files are named relative to.
var apacheMains = [][2]string{
	{"etc/apache2/apache2.conf", "/etc/apache2"}, {"usr/local/apache2/conf/httpd.conf", "/usr/local/apache2"}, {"etc/httpd/conf/httpd.conf", "/etc/httpd"}, {"etc/apache2/httpd.conf", "/var/www"},
}

// apacheSockets collects where a configuration of Apache listens.
type apacheSockets struct {
	b      *rules.Build
	root   string
	ports  []int64
	hosts  []string
	others []int64 // where it may listen: in sections that hold under a condition
	// unless is how many such sections are open.
	unless int
}

// apacheListens reads all Listen directives. Where a variable or a file that was not read may give
// other ports, nothing is known.
func apacheListens(b *rules.Build, p *rules.Process) Listener {
	for _, dir := range b.Pod.MountPaths() {
		if strings.Contains(dir, "apache2") || strings.Contains(dir, "httpd") {
			return Listener{}
		}
	}
	if !apacheStays(p.Words) || mayConfigure(b, p) {
		return Listener{}
	}
	for _, main := range apacheMains {
		text, known := b.Captured[main[0]]
		if _, there := b.Visible(main[0]); !there {
			continue
		}
		s := apacheSockets{b: b, root: main[1]}
		if !known || !s.file(string(text), 0) || len(s.ports) == 0 {
			return Listener{}
		}
		return Listener{Who: "Apache", Ports: s.ports, Also: s.others, Local: localOf(s.hosts), Whole: true}
	}
	return Listener{}
}

// apacheStays reports whether the words that start Apache do no more than that.
func apacheStays(words []string) bool {
	for i := 1; i < len(words); i++ {
		switch w := words[i]; {
		case w == "-DFOREGROUND", w == "-X", w == "start" && path.Base(words[0]) != "httpd", isArgumentsOfScript(w):
		case (w == "-D" || w == "-k" || w == "-e") && i+1 < len(words) && slices.Contains([]string{"FOREGROUND", "start", "info"}, words[i+1]):
			i++
		default:
			return false
		}
	}
	return true
}

// isArgumentsOfScript reports whether a word stands for the arguments that a script was given.
func isArgumentsOfScript(w string) bool { return strings.Trim(w, `"`) == "$@" }

// file reads a file of the configuration, and reports false where it may say anything.
func (s *apacheSockets) file(text string, depth int) bool {
	if depth > maxNginxDepth {
		return false
	}
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		value := ""
		if len(words) > 1 {
			value = strings.Trim(words[1], `"`)
		}
		ok := true
		switch name := strings.ToLower(words[0]); {
		case strings.HasPrefix(name, "<if"):
			s.unless++
		case strings.HasPrefix(name, "</if"):
			s.unless--
		case name == "serverroot":
			s.root = value
			ok = path.IsAbs(value)
		case name == "include", name == "includeoptional":
			ok = s.include(value, name == "includeoptional", depth)
		case name == "listen":
			ok = s.listen(value)
		}
		if !ok {
			return false
		}
	}
	return true
}

// include reads the files that a pattern names.
func (s *apacheSockets) include(pattern string, optional bool, depth int) bool {
	if pattern == "" {
		return false
	}
	if !path.IsAbs(pattern) {
		pattern = path.Join(s.root, pattern)
	}
	if _, there := s.b.Visible(strings.TrimPrefix(path.Clean(pattern), "/")); !there && !strings.ContainsAny(pattern, "*?[") {
		return optional || s.unless > 0
	}
	texts, known := included(s.b, pattern)
	if !known {
		return false
	}
	for _, text := range texts {
		if !s.file(text, depth+1) {
			return false
		}
	}
	return true
}

// listen reads a directive: Listen [ADDRESS:]PORT.
func (s *apacheSockets) listen(value string) bool {
	if hasVariable(value) {
		return false
	}
	a, ok := addressOf(value)
	if !ok {
		return false
	}
	n, ok := portOf(a.port)
	if !ok {
		return false
	}
	if s.hosts = append(s.hosts, a.host); s.unless > 0 {
		s.others = append(s.others, n)
	} else if !slices.Contains(s.ports, n) {
		s.ports = append(s.ports, n)
	}
	return true
}
