package kubernetes

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
)

// daemon is a server that goes to the background unless it is told to stay.
type daemon struct {
	stays string // options of which one keeps it in front, or makes it do something else
	tell  string // what to add so that it stays
}

// daemons are servers that go to the background by themselves: their manuals say so.
var daemons = map[string]daemon{
	"sshd":       {"-D -d -dd -ddd -i -t -T -V", "-D -e"},
	"cron":       {"-f", "-f"},
	"lighttpd":   {"-D -i -t -tt -p -v -V -1", "-D"},
	"rsyslogd":   {"-n -N -v", "-n"},
	"dnsmasq":    {"-k -d --keep-in-foreground --no-daemon --test -v --version", "-k"},
	"dropbear":   {"-F -i -V", "-F -E"},
	"smbd":       {"-F --foreground -i --interactive -b", "-F --no-process-group"},
	"nmbd":       {"-F --foreground -i --interactive", "-F --no-process-group"},
	"named":      {"-f -g -v -V", "-g"},
	"squid":      {"-N --foreground -z -k -v", "-N"},
	"proftpd":    {"-n --nodaemon -t -v", "-n"},
	"dovecot":    {"-F -a -n --version", "-F"},
	"varnishd":   {"-F -d -C -V -x", "-F"},
	"atd":        {"-f -d", "-f"},
	"chronyd":    {"-d -n -q -Q -x", "-d"},
	"ntpd":       {"-n -q -d", "-n"},
	"snmpd":      {"-f -v", "-f"},
	"keepalived": {"-n -l --dont-fork", "-n -l"},
}

// told are options by which a server is told to go to the background, and whether a word
// follows that belongs to them.
var told = map[string]map[string]bool{
	"redis-server": {"--daemonize": true}, "valkey-server": {"--daemonize": true}, "mongod": {"--fork": false}, "memcached": {"-d": false, "--daemon": false},
	"gunicorn": {"--daemon": false, "-D": false}, "celery": {"--detach": false, "-D": false}, "mysqld": {"--daemonize": false, "-D": false}, "haproxy": {"-D": false},
	"php-fpm": {"-D": false, "--daemonize": false}, "unicorn": {"-D": false, "--daemonize": false}, "puma": {"-d": false, "--daemon": false}, "openvpn": {"--daemon": false},
	"mosquitto": {"-d": false, "--daemon": false}, "sidekiq": {"-d": false, "--daemon": false},
}

var (
	nginxStays  = lazyregexp.New(`(?m)^[^#]*\bdaemon\s+off\b`)
	fpmStays    = lazyregexp.New(`(?m)^\s*daemonize\s*=\s*(?:no|0|false|off)\b`)
	superStays  = lazyregexp.New(`(?im)^\s*nodaemon\s*=\s*(?:true|1|yes|on)\b`)
	phpFPM      = lazyregexp.New(`^php-?fpm-?[0-9.]*$`)
	fpmServices = lazyregexp.New(`^php([0-9.]*)-fpm$`)
)

// goesBack reports whether a command starts a server that goes to the background, and returns
// the words that keep it in front, nil where those are not known.
func goesBack(b *rules.Build, words []string) (front []string, back bool) {
	name := ""
	if len(words) > 0 {
		name = path.Base(words[0])
	}
	if phpFPM.MatchString(name) {
		return fpmBack(b, words)
	}
	if options, ok := told[name]; ok {
		return withoutOption(words, options)
	}
	if d, ok := daemons[name]; ok {
		if hasOption(words[1:], strings.Fields(d.stays)) {
			return nil, false
		}
		return append(slices.Clone(words), strings.Fields(d.tell)...), true
	}
	switch name {
	case "nginx", "openresty":
		return nginxBack(b, words)
	case "apachectl", "apache2ctl", "httpd", "apache2":
		return apacheBack(b, words)
	case "crond":
		return crondBack(b, words)
	case "supervisord":
		return supervisorBack(b, words)
	case "catalina.sh":
		if len(words) == 2 && words[1] == "start" {
			return []string{words[0], "run"}, true
		}
	case "startup.sh":
		if strings.Contains(words[0], "/bin/") && len(words) == 1 {
			return []string{path.Join(path.Dir(words[0]), "catalina.sh"), "run"}, true
		}
	case "pm2":
		if len(words) > 2 && words[1] == "start" && !slices.Contains(words, "--no-daemon") {
			return append([]string{"pm2-runtime", "start"}, words[2:]...), true
		}
	case "postfix":
		if len(words) == 2 && words[1] == "start" {
			return []string{words[0], "start-fg"}, true
		}
	case "pg_ctl":
		return nil, slices.Contains(words, "start")
	}
	return serviceBack(words)
}

// hasOption reports whether words have one of some options, alone or, where they are of one
// letter, in a group (-De).
func hasOption(words, options []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.ContainsFunc(options, func(o string) bool {
			return w == o || len(o) == 2 && len(w) > 2 && w[0] == '-' && w[1] != '-' && strings.Contains(w[1:], o[1:]) && !strings.ContainsAny(w, "=/.:")
		})
	})
}

// withoutOption takes out what tells a server to go to the background.
func withoutOption(words []string, options map[string]bool) (front []string, back bool) {
	for i := 0; i < len(words); i++ {
		valued, ok := options[words[i]]
		switch {
		case !ok:
			front = append(front, words[i])
		case valued && (i+1 == len(words) || words[i+1] == "no"):
			return nil, false
		default:
			back = true
			if valued {
				i++
			}
		}
	}
	return front, back
}

func nginxBack(b *rules.Build, words []string) (front []string, back bool) {
	if hasOption(words[1:], strings.Fields("-t -T -s -v -V -h -?")) || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, "daemon") }) {
		return nil, false
	}
	config := "etc/nginx/nginx.conf"
	if at := slices.Index(words, "-c"); at > 0 && at+1 < len(words) {
		config = strings.TrimPrefix(words[at+1], "/")
	}
	text, known := b.Captured[config]
	if !known || nginxStays.Match(text) {
		return nil, false
	}
	for name, text := range b.Captured {
		if strings.HasPrefix(name, "etc/nginx/") && nginxStays.Match(text) {
			return nil, false // which is included, perhaps
		}
	}
	if slices.Contains(words, "-g") {
		return nil, true
	}
	return append(slices.Clone(words), "-g", "daemon off;"), true
}

func apacheBack(b *rules.Build, words []string) (front []string, back bool) {
	args := strings.Join(words[1:], " ")
	starts := slices.Contains([]string{"start", "-k start", "restart", "-k restart", "graceful", "-k graceful"}, args)
	switch name := path.Base(words[0]); name {
	case "apachectl", "apache2ctl":
		return []string{words[0], "-D", "FOREGROUND"}, starts
	case "apache2":
		return []string{"apache2ctl", "-D", "FOREGROUND"}, starts || args == ""
	}
	if to, _ := b.Resolve(words[0]); path.Base(to) == "busybox" || !isApache(b) {
		return nil, false
	}
	return []string{words[0], "-D", "FOREGROUND"}, starts || args == ""
}

// isApache reports whether httpd is Apache's: others have a program of that name.
func isApache(b *rules.Build) bool {
	for _, file := range []string{"etc/httpd/conf/httpd.conf", "usr/local/apache2/conf/httpd.conf", "etc/apache2/httpd.conf"} {
		if _, there := b.Captured[file]; there {
			return true
		}
	}
	return false
}

func crondBack(b *rules.Build, words []string) (front []string, back bool) {
	if hasOption(words[1:], strings.Fields("-f -n -x -d -V -h")) {
		return nil, false
	}
	file, _ := b.FindProgram(words[0])
	if path.Base(file) == "busybox" {
		return append(slices.Clone(words), "-f"), true
	}
	return append(slices.Clone(words), "-n"), true
}

func fpmBack(b *rules.Build, words []string) (front []string, back bool) {
	if hasOption(words[1:], strings.Fields("-F --nodaemonize -t -tt -i -m -v -h --test --version")) {
		return nil, false
	}
	if front, back = withoutOption(words, told["php-fpm"]); back {
		return append(front, "-F"), true
	}
	known := false
	for name, text := range b.Captured {
		if !strings.HasSuffix(name, ".conf") || !strings.Contains(name, "fpm") {
			continue
		}
		if fpmStays.Match(text) {
			return nil, false
		}
		known = known || path.Base(name) == "php-fpm.conf"
	}
	return append(slices.Clone(words), "-F"), known
}

func supervisorBack(b *rules.Build, words []string) (front []string, back bool) {
	if hasOption(words[1:], strings.Fields("-n --nodaemon -v -h -t")) {
		return nil, false
	}
	text, known := supervisorConfig(b, words)
	return append(slices.Clone(words), "-n"), known && !superStays.MatchString(text)
}

// supervisorConfig returns what supervisord reads, with the files that it may include.
func supervisorConfig(b *rules.Build, words []string) (text string, known bool) {
	files := []string{"etc/supervisord.conf", "etc/supervisor/supervisord.conf", "etc/supervisord/supervisord.conf"}
	for i, w := range words {
		if value, ok := strings.CutPrefix(w, "--configuration="); ok {
			files = []string{strings.TrimPrefix(value, "/")}
		} else if (w == "-c" || w == "--configuration") && i+1 < len(words) {
			files = []string{strings.TrimPrefix(words[i+1], "/")}
		}
	}
	for _, file := range files {
		if content, ok := b.Captured[file]; ok {
			text, known = text+"\n"+string(content), true
		}
	}
	for name, content := range b.Captured {
		if strings.HasPrefix(name, "etc/supervisor") && !slices.Contains(files, name) {
			text += "\n" + string(content)
		}
	}
	return text, known
}

// serviceBack reads service X start and its like.
func serviceBack(words []string) (front []string, back bool) {
	name, verb := "", ""
	switch {
	case len(words) == 3 && (path.Base(words[0]) == "service" || path.Base(words[0]) == "rc-service"):
		name, verb = words[1], words[2]
	case len(words) == 2 && strings.HasPrefix(words[0], "/etc/init.d/"):
		name, verb = path.Base(words[0]), words[1]
	case len(words) == 3 && path.Base(words[0]) == "systemctl":
		name, verb = strings.TrimSuffix(words[2], ".service"), words[1]
	}
	if verb != "start" && verb != "restart" {
		return nil, false
	}
	if m := fpmServices.FindStringSubmatch(name); m != nil {
		return []string{"php-fpm" + m[1], "-F"}, true
	}
	switch name {
	case "nginx":
		return []string{"nginx", "-g", "daemon off;"}, true
	case "apache2":
		return []string{"apache2ctl", "-D", "FOREGROUND"}, true
	case "cron":
		return []string{"cron", "-f"}, true
	}
	return nil, true // only its start script knows how
}
