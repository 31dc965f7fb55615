package rules

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

const (
	passwd = "etc/passwd"
	groups = "etc/group"
)

// maxScript is the size in bytes up to which a file may be a script that rules
// look into.
const maxScript = 64 << 10

// Wants reports whether a file, by path without leading slash and size in bytes, is
// one whose content the rules look into: the users and groups, who may run what as
// root, the configuration of servers, what may be a script that the image or its build
// runs, and how pip got its packages. It goes by name alone, for a stream tells its
// config after its layers, and the answer must not depend on where an image
// comes from; Build.Wants is what is looked for among them.
func Wants(name string, size int64) bool {
	if wantsOfNpm(name, size) {
		return true
	}
	if size > maxScript {
		return false
	}
	return name == passwd || name == groups || name == "etc/sudoers" || strings.HasPrefix(name, "etc/sudoers.d/") ||
		IsScript(name) || isWheel(name) || IsServerConfig(name) || IsDaemonConfig(name)
}

// IsDaemonConfig reports whether a file's name, by path without leading slash, is that of a
// configuration which tells PHP-FPM or supervisord to stay in the foreground.
func IsDaemonConfig(name string) bool {
	return strings.HasSuffix(name, ".conf") && (strings.Contains(name, "fpm") || strings.Contains(name, "supervisor"))
}

// serverConfigs are the directories in which servers of files keep their configuration.
var serverConfigs = []string{"etc/nginx/", "etc/apache2/", "etc/httpd/", "etc/lighttpd/", "usr/local/apache2/conf/", "usr/local/nginx/conf/"}

// IsServerConfig reports whether a file's name, by path without leading slash, is that of
// the configuration of a server, which names the directories that it hands out.
func IsServerConfig(name string) bool {
	return slices.ContainsFunc(serverConfigs, func(dir string) bool { return strings.HasPrefix(name, dir) })
}

// isWheel reports whether a file's name, by path without leading slash, is that of
// what pip notes of how a Python package was built.
func isWheel(name string) bool { return strings.HasSuffix(name, ".dist-info/WHEEL") }

// IsScript reports whether a file's name, by path without leading slash, is that
// of a script which an image or its build may run.
func IsScript(name string) bool {
	dir, base := path.Split(name)
	switch base {
	case "start", "run", "init", "serve", "launch", "boot", "cmd", "install", "setup", "build", "bootstrap", "provision", "prepare", "configure", "compile", "deploy", "cleanup", "clean":
		return true
	default:
		if strings.IndexByte(base, '.') < 0 && scriptDirs[dir] {
			return true
		}
		return strings.HasSuffix(base, ".sh") || strings.HasSuffix(base, ".bash") || strings.Contains(base, "entrypoint") ||
			strings.HasPrefix(name, "usr/local/bin/") || strings.HasPrefix(name, "usr/local/sbin/")
	}
}

// scriptDirs are directories into which people copy what their build runs, also
// without an ending.
var scriptDirs = map[string]bool{"": true, "tmp/": true, "root/": true, "app/": true, "opt/": true, "build/": true, "src/": true, "srv/": true, "scripts/": true, "docker/": true, "workspace/": true, "code/": true,
	"usr/src/app/": true, "app/bin/": true, "app/scripts/": true, "opt/bin/": true, "opt/scripts/": true, "docker-entrypoint.d/": true, "docker-entrypoint-initdb.d/": true, "var/tmp/": true,
	"etc/cron.d/": true, "etc/cron.hourly/": true, "etc/cron.daily/": true, "etc/cron.weekly/": true, "etc/cron.monthly/": true, "var/spool/cron/": true, "var/spool/cron/crontabs/": true}

// Resembles reports whether a content may be one that the rules look into, by its
// first bytes and its size: it may have got the name that Wants knows from a hard
// link.
func Resembles(head []byte, size int64) bool {
	return size <= maxScript && (bytes.HasPrefix(head, []byte("#!")) || bytes.HasPrefix(head, []byte("root:")))
}

// Wants lists the files, by path without leading slash, whose contents tell the
// rules more if the scan keeps them: the user database and what may be scripts
// that the image runs, by its own word or as what a program is given. Most of the paths will not exist.
func (b *Build) Wants() []string {
	const maxWanted = 24 // words of a command line
	wants := []string{passwd}
	seen := map[string]bool{passwd: true}
	add := func(name string) {
		if name = strings.TrimPrefix(path.Clean(name), "/"); name != "" && name != "." && !seen[name] {
			seen[name] = true
			wants = append(wants, name)
		}
	}
	for _, words := range [][]string{b.Entrypoint, b.Cmd} {
		for i, word := range words {
			switch {
			case i >= maxWanted || word == "" || strings.ContainsAny(word, " \t\n") || strings.HasPrefix(word, "-"):
			case path.IsAbs(word):
				add(word)
			case strings.Contains(word, "/"):
				add(path.Join("/", b.WorkingDir, word))
			case i == 0:
				for _, dir := range b.SearchPath() {
					add(path.Join(dir, word))
				}
			case strings.HasSuffix(word, ".sh"):
				add(path.Join("/", b.WorkingDir, word))
			}
		}
	}
	return wants
}

// IsNodeSource reports whether a name is that of a file which Node.js runs.
func IsNodeSource(name string) bool {
	return slices.Contains([]string{".js", ".mjs", ".cjs"}, path.Ext(name))
}
