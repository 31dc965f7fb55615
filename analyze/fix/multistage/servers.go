package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// servers are programs that hand out files below directories that their configuration
// names.
var servers = []string{"nginx", "httpd", "apache2", "apache2ctl", "apachectl", "lighttpd"}

// unclear matches what in the configuration of a server hands out files that it does not
// tell: from a directory that a variable names, or one that counts from another.
var unclear = lazyregexp.New(`(?mi)^\s*(?:root|alias|DocumentRoot)\s+["']?(?:[^/"'\s]|\$)`)

// included matches the absolute paths of further configuration.
var included = lazyregexp.New(`(?mi)^\s*Include(?:Optional)?\s+["']?(/[^\s;"']+)`)

// isClear reports whether a server's configuration tells all directories, in itself and in
// files that the scan keeps.
func isClear(config []byte) bool {
	return !unclear.Match(config) && !slices.ContainsFunc(included.FindAllSubmatch(config, -1), func(m [][]byte) bool {
		name := strings.TrimPrefix(string(m[1]), "/")
		return !rules.IsServerConfig(name) && !isBelow(name, []string{"usr/share", "usr/lib"})
	})
}

// knowsConfig reports whether the scan kept a server's configuration, and whether that
// tells all directories that the server hands out.
func (d *draft) knowsConfig() bool {
	known := false
	for name, content := range d.in.Build.Captured {
		if !rules.IsServerConfig(name) {
			continue
		}
		known = true
		if d.isAuthors(name) && !isClear(content) {
			return false
		}
	}
	return known
}

// isAuthors reports whether the image has a file that no package owns at a path.
func (d *draft) isAuthors(name string) bool {
	id, _, ok := d.final.Resolve(name)
	return ok && d.ownerOf(id) < 0
}

// interpreters are packages by which a server runs programs in itself. Such a program may read
// whatever it likes.
var interpreters = []string{"libapache2-mod-php*", "libapache2-mod-wsgi*", "libapache2-mod-perl*", "libapache2-mod-python*", "libapache2-mod-passenger", "libapache2-mod-fcgid", "libapache2-mod-uwsgi", "libapache2-mod-mono", "libapache2-mod-r-base",
	"libnginx-mod-http-lua", "libnginx-mod-http-perl", "libnginx-mod-http-js", "libnginx-mod-js", "libnginx-mod-http-passenger", "lighttpd-mod-magnet"}

// callsCode matches what in the configuration of a server has it run programs.
var callsCode = lazyregexp.New(`(?mi)^\s*(?:AddHandler|SetHandler|Action|ScriptAlias\w*|WSGI\w+|Options\s.*\bExecCGI|Passenger\w+|js_import|js_include|perl_\w+|\w+_by_lua\w*|cgi\.assign|fastcgi\.server)\b`)

// serverRunsCode reports whether a server may run programs beside handing out files.
func (d *draft) serverRunsCode() bool {
	if slices.ContainsFunc(d.in.Report.SystemPackages(), func(p model.Package) bool {
		return slices.ContainsFunc(interpreters, func(pattern string) bool { ok, err := path.Match(pattern, p.Name); return ok && err == nil })
	}) {
		return true
	}
	for name, content := range d.in.Build.Captured {
		if rules.IsServerConfig(name) && d.isAuthors(name) && callsCode.Match(content) {
			return true
		}
	}
	return false
}
