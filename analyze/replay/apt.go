package replay

import (
	"archive/tar"
	"fmt"
	"path"
	"slices"
	"strings"
)

const lists = "var/lib/apt/lists/"

// apt is apt-get, apt and aptitude.
func apt(c *call) int {
	if c.dpkg == nil {
		c.problem("%s: there is no apt in this image", c.args[0])
		return 127
	}
	if c.uid != 0 {
		c.problem("%s: not as user %d", c.args[0], c.uid)
		return 100
	}
	flags, rest := options(c.args[1:], "-o", "-t", "-c", "--option", "--target-release", "--config-file")
	if len(rest) == 0 {
		return 0
	}
	names := rest[1:]
	switch rest[0] {
	case "update":
		c.aptUpdate()
	case "install", "reinstall", "build-dep", "satisfy":
		return c.aptInstall(names, !has(flags, "--no-install-recommends", "-R", "--without-recommends") && c.recommends(flags))
	case "upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade":
		if !c.tree.exists(lists + "main_Packages") {
			return 0
		}
		c.aptUpgrade()
	case "remove", "purge", "autoremove", "autopurge":
		if !c.tree.exists(lists+"main_Packages") && slices.ContainsFunc(names, func(name string) bool {
			name, _, _ = strings.Cut(name, ":")
			return !strings.ContainsAny(name, "*+-") && c.dpkg.installed[name] == nil
		}) {
			return 100 // apt knows the name from its lists alone
		}
		c.aptRemove(names, rest[0] == "autoremove" || rest[0] == "autopurge" || has(flags, "--auto-remove", "--autoremove", "--purge") && has(flags, "--auto-remove", "--autoremove"))
	case "clean", "autoclean", "dist-clean", "distclean":
		if strings.HasPrefix(rest[0], "dist") {
			for _, name := range c.tree.children(lists) {
				c.tree.remove(lists + name)
			}
		}
		for _, p := range c.tree.under("var/cache/apt") {
			if !c.tree.isDir(p) {
				c.tree.remove(p)
			}
		}
		// apt locks the directory that it empties, and leaves the lock.
		c.tree.put("var/cache/apt/archives/lock", text(""))
	}
	return 0
}

// recommends reports whether apt's settings ask for recommended packages.
func (c *call) recommends(flags map[string]string) bool {
	settings := flags["-o"]
	for _, p := range c.tree.under("etc/apt/apt.conf.d") {
		settings += "\n" + c.read(p)
	}
	settings = strings.NewReplacer(" ", "", `"`, "", "=", "").Replace(strings.ToLower(settings + "\n" + c.read("etc/apt/apt.conf")))
	return !strings.Contains(settings, "install-recommendsfalse") && !strings.Contains(settings, "install-recommends0") && !strings.Contains(settings, "install-recommendsno")
}

func (c *call) aptUpdate() {
	for _, l := range []struct {
		name string
		size int64
	}{{"main_Packages", 18900 << 10}, {"main_InRelease", 150 << 10}, {"security_Packages", 383 << 10}, {"security_InRelease", 35 << 10}, {"updates_Packages", 7 << 10}, {"updates_InRelease", 55 << 10}} {
		c.fetchList(l.name, l.size)
	}
	for _, p := range c.tree.children("etc/apt/sources.list.d") {
		c.fetchList(p+"_Packages", 120<<10)
	}
	c.tree.put(lists+"lock", &node{kind: tar.TypeReg, mode: 0o640, body: []byte{}})
}

// fetchList writes one of the package lists. apt writes an index only if it is another than before, and
// the signed list of them each time.
func (c *call) fetchList(name string, size int64) {
	if strings.HasSuffix(name, "_Packages") && c.tree.exists(lists+name) {
		return
	}
	c.tree.put(lists+name, filler(name, size))
}

// installPackages is what Bitnami's and Google's bases of Debian have for an install that leaves no lists.
// github.com/bitnami/minideb; github.com/kubernetes/release, images/build/debian-base.
func installPackages(c *call) int {
	if c.dpkg == nil {
		return 127
	}
	c.aptUpdate()
	status := c.aptInstall(c.args[1:], false)
	for _, name := range c.tree.children(lists) {
		c.tree.remove(lists + name)
	}
	return status
}

func (c *call) aptInstall(names []string, recommends bool) int {
	var list []*Package
	for _, name := range names {
		if strings.HasSuffix(name, ".deb") {
			list = append(list, c.local(name))
			continue
		}
		for _, end := range []string{"=", "/", ":"} {
			name, _, _ = strings.Cut(name, end)
		}
		// A - or + at the end is an order, unless a package is called so, as g++ is.
		remove := false
		if c.dpkg.archive.packages[name] == nil && !strings.HasSuffix(name, "++") {
			if name, remove = strings.CutSuffix(name, "-"); !remove {
				name = strings.TrimSuffix(name, "+")
			}
		}
		switch {
		case strings.ContainsAny(name, "*^") || name == "":
		case remove:
			c.aptRemove([]string{name}, false)
		default:
			if c.dpkg.installed[name] == nil && !c.tree.exists(lists+"main_Packages") {
				c.problem("apt cannot locate %s: there are no package lists", name)
			}
			c.dpkg.want(&list, name, recommends, false)
		}
	}
	c.unpack(list)
	return 0
}

// local is the package of a .deb that lies in the tree.
func (c *call) local(at string) *Package {
	name, _, _ := strings.Cut(strings.TrimSuffix(path.Base(at), ".deb"), "_")
	size := int64(20 << 20)
	if _, n := c.tree.get(abs(c.dir, at), true); n != nil {
		size = 3 * n.length()
	} else {
		c.problem("%s: there is no such package", at)
	}
	p := &Package{Name: strings.ToLower(name), Version: "1.0", Section: "misc", Priority: "optional", KiB: size >> 10}
	c.dpkg.installed[p.Name] = p
	return p
}

// unpack installs packages and leaves the traces of apt and dpkg.
func (c *call) unpack(list []*Package) {
	if len(list) == 0 {
		c.dpkg.record(c.tree, true)
		return
	}
	sum := int64(0)
	for _, p := range list {
		c.dpkg.unpack(c.tree, p)
		c.postinst(p)
		sum += p.KiB << 10
		if !c.tree.exists("etc/apt/apt.conf.d/docker-clean") {
			c.tree.put("var/cache/apt/archives/"+p.Name+".deb", filler(p.Name+".deb", p.KiB<<10/4))
		}
	}
	c.traces(len(list))
}

// traces are the logs and databases that an act of apt writes.
func (c *call) traces(packages int) {
	c.dpkg.record(c.tree, true)
	n := int64(packages)
	c.grow("var/log/dpkg.log", 400*n)
	c.grow("var/log/alternatives.log", 60*n)
	c.grow("var/log/apt/history.log", 60*n+200)
	c.grow("var/log/apt/term.log", 300*n+200)
	c.grow("var/log/apt/eipp.log.xz", 4000)
	c.grow("var/cache/debconf/templates.dat", 200*n)
	c.grow("var/cache/debconf/config.dat", 20*n)
	c.tree.put("var/cache/debconf/templates.dat-old", filler(fmt.Sprint("templates", packages), 700<<10))
	c.tree.put("var/cache/debconf/config.dat-old", filler(fmt.Sprint("config", packages), 4<<10))
	c.tree.put("var/cache/ldconfig/aux-cache", filler(fmt.Sprint("aux", packages, c.line), 6000+100*n))
	c.tree.put("etc/ld.so.cache", filler(fmt.Sprint("ld", packages, c.line), 5000+60*n))
}

// grow makes a file larger, as a program does that appends to it.
func (c *call) grow(p string, by int64) {
	size := by
	if _, n := c.tree.get(p, true); n != nil {
		size += n.length()
	}
	n := filler(fmt.Sprint(p, size), size)
	n.uid, n.gid = c.uid, c.gid
	c.tree.put(p, n)
}

// postinst is what the scripts of some packages do.
func (c *call) postinst(p *Package) {
	users := map[string]string{"postgresql-common": "postgres", "mariadb-server-core": "mysql", "openssh-server": "sshd", "redis-server": "redis", "nginx-common": "nginx-unused", "rabbitmq-server": "rabbitmq", "systemd": "systemd-network", "dbus": "messagebus", "tor": "debian-tor", "mongodb": "mongodb", "openssh-client": "_ssh"}
	if name := users[p.Name]; name != "" && name != "nginx-unused" {
		c.addAccount(account{name: name, home: "/var/lib/" + name, system: true})
	}
	switch {
	case p.Name == "ca-certificates":
		c.tree.put("etc/ssl/certs/ca-certificates.crt", filler("certificates", 220<<10))
	case strings.HasPrefix(p.Name, "python3-") || strings.HasPrefix(p.Name, "python3."):
		for _, f := range c.dpkg.files[p.Name] {
			if dir, ok := strings.CutSuffix(f, "/__init__.py"); ok {
				c.tree.put(dir+"/__pycache__/__init__.cpython-311.pyc", filler(f+"c", p.KiB<<10/2))
			}
		}
	case p.Name == "vim":
		c.tree.put("usr/bin/vim", link("/etc/alternatives/vim"))
		c.tree.put("etc/alternatives/vim", link("/usr/bin/vim.basic"))
	case strings.HasPrefix(p.Name, "nginx") && p.KiB > 100:
		c.tree.put("etc/nginx/nginx.conf", nginxConf("www-data", 1400))
		c.tree.put("etc/nginx/sites-enabled/default", link("/etc/nginx/sites-available/default"))
		c.tree.put("etc/nginx/sites-available/default", filler("default", 2400))
		c.tree.mkdir("var/log/nginx", 0, 0)
	case p.Name == "apache2":
		c.tree.put("etc/apache2/apache2.conf", filler("apache2.conf", 7000))
		c.tree.put("etc/apache2/sites-available/000-default.conf", filler("000-default", 1300))
		c.tree.mkdir("var/www/html", 0, 0)
		c.tree.mkdir("var/log/apache2", 0, 0)
	case p.Name == "openssh-server":
		c.tree.put("etc/ssh/sshd_config", filler("sshd_config", 3200))
		c.tree.put("etc/ssh/ssh_host_rsa_key", &node{kind: tar.TypeReg, mode: 0o600, body: []byte("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")})
	}
}

func (c *call) aptUpgrade() {
	n := int64(0)
	for _, name := range []string{"libc6", "libssl3", "tzdata", "gpgv", "libsystemd0"} {
		if p := c.dpkg.installed[name]; p != nil {
			upgraded := *p
			upgraded.Version += "+u1"
			c.dpkg.installed[name] = &upgraded
			c.dpkg.unpack(c.tree, &upgraded)
			n++
		}
	}
	if n > 0 {
		c.traces(int(n))
	}
}

func (c *call) aptRemove(names []string, auto bool) {
	var gone []string
	for _, name := range names {
		name, _, _ = strings.Cut(name, ":")
		if star, ok := strings.CutSuffix(name, "*"); ok {
			for have := range c.dpkg.installed {
				if strings.HasPrefix(have, star) {
					gone = append(gone, have)
				}
			}
			continue
		}
		gone = append(gone, name)
	}
	gone = c.dpkg.dependents(gone)
	for _, name := range gone {
		c.dpkg.erase(c.tree, name)
	}
	if auto {
		orphans := c.dpkg.unneeded()
		for _, name := range orphans {
			c.dpkg.erase(c.tree, name)
		}
		gone = append(gone, orphans...)
	}
	if len(gone) > 0 {
		c.traces(len(gone))
	}
}

// aptMark is apt-mark.
func aptMark(c *call) int {
	_, rest := options(c.args[1:])
	if c.dpkg == nil || len(rest) == 0 {
		return 0
	}
	switch rest[0] {
	case "showmanual":
		for name := range c.dpkg.installed {
			if !c.dpkg.auto[name] {
				c.say("%s\n", name)
			}
		}
	case "auto", "manual":
		for _, name := range rest[1:] {
			for have := range c.dpkg.installed {
				if have == name || name == ".*" {
					if rest[0] == "auto" {
						c.dpkg.auto[have] = true
					} else {
						delete(c.dpkg.auto, have)
					}
				}
			}
		}
		c.dpkg.record(c.tree, false)
	}
	return 0
}

// dpkgTool is dpkg itself.
func dpkgTool(c *call) int {
	flags, rest := options(c.args[1:])
	switch {
	case has(flags, "--print-architecture"):
		c.say("amd64\n")
	case c.dpkg != nil && has(flags, "-i", "--install"):
		var list []*Package
		for _, at := range rest {
			list = append(list, c.local(at))
		}
		c.unpack(list)
	case c.dpkg != nil && has(flags, "-r", "-P", "--purge", "--remove"):
		c.aptRemove(rest, false)
	}
	return 0
}
