package kubernetes

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/model"
)

// Writes are the absolute paths that the program, or the script that starts it, writes
// for certain when it starts or serves.
func Writes(b *rules.Build) (files []string) {
	for _, words := range [][]string{b.Entrypoint, b.Cmd} {
		text := ""
		if startable.IsShellText(words) {
			text = words[2]
		} else if len(words) > 0 {
			_, text = b.ScriptOf(words[0])
		}
		found, _ := written(text, path.Join("/", b.WorkingDir))
		files = append(append(files, found...), sedInPlace(text)...)
	}
	p := b.Process()
	name := p.Name()
	switch name {
	case "nginx", "openresty":
		files = append(files, nginxWrites(b, p.Words)...)
	case "apache2", "apache2-foreground", "httpd", "httpd-foreground", "apachectl", "apache2ctl":
		files = append(files, apacheWrites(b)...)
	case "postgres":
		files = append(files, "/run/postgresql")
	case "mysqld", "mariadbd":
		files = append(files, "/run/mysqld", "/tmp")
	case "catalina.sh":
		if home := b.Getenv("CATALINA_HOME"); path.IsAbs(home) {
			files = append(files, path.Join(home, "logs"), path.Join(home, "temp"), path.Join(home, "work"))
		}
	case "gunicorn":
		if !slices.ContainsFunc(p.Words, func(w string) bool { return strings.HasPrefix(w, "--worker-tmp-dir") }) && b.Getenv("TMPDIR") == "" && b.Getenv("GUNICORN_CMD_ARGS") == "" {
			files = append(files, "/tmp")
		}
	case "supervisord":
		text, _ := supervisorConfig(b, p.Words)
		for _, m := range supervisorFiles.FindAllStringSubmatch(text, -1) {
			files = append(files, m[1])
		}
	}
	for _, w := range p.Words {
		if option, file, ok := strings.Cut(w, "="); ok && isLogName(strings.TrimLeft(option, "-")) && isLogFile(file) {
			files = append(files, file)
		}
	}
	return slices.DeleteFunc(files, func(file string) bool { return strings.ContainsAny(file, "$`*") })
}

var (
	supervisorFiles = lazyregexp.New(`(?m)^\s*(?:logfile|pidfile|stdout_logfile|stderr_logfile)\s*=\s*(/[^\s;]+)`)
	nginxPid        = lazyregexp.New(`(?m)^[^#\n]*?\bpid\s+([^\s;]+)\s*;`)
	nginxTemp       = lazyregexp.New(`(?m)^[^#\n]*?\b(?:client_body|proxy|fastcgi|uwsgi|scgi)_temp_path\s+([^\s;]+)`)
	nginxLog        = lazyregexp.New(`(?m)^[^#\n]*?\b(?:access|error)_log\s+([^\s;]+)`)
)

// NginxConfig is what is known of nginx's configuration, with the words that start it; ok is
// false where the pod mounts something over it.
func NginxConfig(b *rules.Build, words []string) (text string, ok bool) {
	for _, dir := range b.Pod.MountPaths() {
		if startable.Below([]string{"/etc/nginx"}, dir) || startable.Below([]string{dir}, "/etc/nginx") {
			return "", false
		}
	}
	main, known := b.Captured["etc/nginx/nginx.conf"]
	if !known || slices.Contains(words, "-c") {
		return "", false
	}
	text = string(main) + "\n" + strings.Join(words, " ")
	for _, file := range SortedCaptured(b, "etc/nginx/") {
		if dir := path.Base(path.Dir(file)); dir == "conf.d" || dir == "sites-enabled" || dir == "http.d" {
			text += "\n" + string(b.Captured[file])
		}
	}
	linked, known := enabledSites(b)
	return text + linked, known
}

// enabledSites are the configurations that Debian's links in sites-enabled lead to; known is
// false where one of them has not been read.
func enabledSites(b *rules.Build) (text string, known bool) {
	if b.Tree == nil {
		return "", true
	}
	dir, there := b.Tree.Lookup("etc/nginx/sites-enabled")
	if !there {
		return "", true
	}
	for child := range b.Tree.Children(dir) {
		name := b.Tree.Path(child)
		if r, there := b.Visible(name); !there || r.Kind != model.Symlink {
			continue
		}
		to, _ := b.Resolve("/" + name)
		content, read := b.Captured[strings.TrimPrefix(to, "/")]
		if !read {
			return "", false
		}
		text += "\n" + string(content)
	}
	return text, true
}

// nginxWrites is where nginx writes: the file with its process ID, bodies and answers that do
// not fit its memory, and logs that are files.
func nginxWrites(b *rules.Build, words []string) (files []string) {
	text, ok := NginxConfig(b, words)
	if !ok {
		return nil
	}
	pid := "/run/nginx.pid"
	if m := nginxPid.FindStringSubmatch(text); m != nil {
		pid = m[1]
	}
	files = append(files, pid)
	temps := nginxTemp.FindAllStringSubmatch(text, -1)
	for _, m := range temps {
		files = append(files, path.Dir(m[1]))
	}
	for _, dir := range []string{"var/cache/nginx", "var/lib/nginx"} { // nginx.org's packages, and Debian's and Alpine's
		if _, there := b.Visible(dir); there && len(temps) == 0 {
			files = append(files, "/"+dir)
			break
		}
	}
	for _, m := range nginxLog.FindAllStringSubmatch(text, -1) {
		if r, there := b.Visible(strings.TrimPrefix(m[1], "/")); path.IsAbs(m[1]) && (!there || r.Kind == model.File) {
			files = append(files, path.Dir(m[1]))
		}
	}
	return slices.DeleteFunc(files, func(file string) bool { return !path.IsAbs(file) || startable.Below([]string{"/dev"}, file) })
}

// apacheWrites is where Apache writes as its packages set it up.
func apacheWrites(b *rules.Build) []string {
	logged := func(file string) bool { // a link leads to standard output
		r, there := b.Visible(file)
		return there && r.Kind != model.File
	}
	switch {
	case has(b, "etc/apache2/apache2.conf"): // Debian, Ubuntu
		files := []string{"/run/apache2", "/run/lock/apache2"}
		if !logged("var/log/apache2/access.log") {
			files = append(files, "/var/log/apache2")
		}
		return files
	case has(b, "usr/local/apache2/conf/httpd.conf"): // the official image
		return []string{"/usr/local/apache2/logs"}
	case has(b, "etc/httpd/conf/httpd.conf"): // Fedora, RHEL
		files := []string{"/run/httpd"}
		if !logged("var/log/httpd/access_log") {
			files = append(files, "/var/log/httpd")
		}
		return files
	}
	return nil
}

func has(b *rules.Build, file string) bool {
	_, there := b.Visible(file)
	return there
}

// SortedCaptured are the files below a directory whose contents are known.
func SortedCaptured(b *rules.Build, dir string) (files []string) {
	for file := range b.Captured {
		if strings.HasPrefix(file, dir) {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	return files
}

// sedInPlace are the files that a script edits in place.
func sedInPlace(script string) (files []string) {
	for _, c := range rewrite.Script(script) {
		if c.Conditional || c.Subshell || c.Name() != "sed" || !c.DirKnown || c.Dir != "" {
			continue
		}
		args := c.Args()
		inPlace := slices.ContainsFunc(args, func(w rewrite.Word) bool {
			return strings.HasPrefix(w.Text, "-i") || strings.HasPrefix(w.Text, "--in-place")
		})
		if last := args[len(args)-1]; inPlace && last.Literal && !last.Glob && path.IsAbs(last.Text) {
			files = append(files, last.Text)
		}
	}
	return files
}
