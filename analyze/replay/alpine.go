package replay

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// apk is what is installed on Alpine.
type apk struct {
	world     map[string][]string // what was asked for, and what a virtual package holds
	installed map[string]bool
}

func newAPK() *apk {
	a := &apk{world: map[string][]string{"alpine-base": nil}, installed: map[string]bool{}}
	for _, name := range []string{"alpine-base", "musl", "busybox", "apk-tools", "zlib", "libcrypto3", "libssl3"} {
		a.installed[name] = true
	}
	return a
}

func (a *apk) clone() *apk {
	return &apk{world: maps.Clone(a.world), installed: maps.Clone(a.installed)}
}

// apkNeeds are dependencies of Alpine's packages.
var apkNeeds = map[string][]string{
	"build-base": {"binutils", "file", "gcc", "g++", "make", "libc-dev", "fortify-headers", "patch"}, "gcc": {"binutils", "libgcc", "libstdc++"}, "g++": {"gcc", "libc-dev"}, "libc-dev": {"musl-dev"}, "alpine-sdk": {"build-base", "git", "abuild"},
	"python3-dev": {"python3"}, "py3-pip": {"python3", "py3-setuptools"}, "nodejs": {"libuv", "icu-libs"}, "npm": {"nodejs"}, "yarn": {"nodejs"}, "git": {"libcurl", "libexpat", "pcre2"}, "curl": {"libcurl", "ca-certificates"}, "openjdk8": {"openjdk8-jre"}, "openjdk11": {"openjdk11-jre"},
	"postgresql-dev": {"libpq", "openssl-dev"}, "openssl-dev": {"libssl3"}, "ruby-dev": {"ruby"}, "go": {"gcc", "binutils", "musl-dev"}, "bash": {"readline", "ncurses-libs"}, "linux-headers": nil, "mariadb-dev": {"mariadb-connector-c"}, "mysql-client": {"mariadb-client"},
}

// apkSizes are sizes in KiB of packages that are not of usual size.
var apkSizes = map[string]int64{
	"gcc": 118000, "g++": 42000, "binutils": 9800, "musl-dev": 10400, "make": 240, "git": 11000, "python3": 44000, "python3-dev": 4800, "nodejs": 49000, "npm": 9000, "yarn": 5400, "go": 380000, "icu-libs": 2900, "openssl-dev": 1500, "perl": 38000, "ca-certificates": 700, "bash": 1300, "curl": 240,
	"openjdk8-jre": 80000, "openjdk8": 40000, "openjdk11-jre": 130000, "openjdk11": 200000, "ruby": 9000, "php": 5000, "chromium": 240000, "ffmpeg": 1200, "build-base": 1, "linux-headers": 6200, "tzdata": 1600, "py3-pip": 5800, "libgcc": 130, "libstdc++": 2200, "rust": 180000, "cargo": 25000, "cmake": 20000, "postgresql-client": 4000, "nginx": 1300,
}

func (a *apk) needed(name string, into map[string]bool) {
	if into[name] {
		return
	}
	into[name] = true
	for _, n := range apkNeeds[name] {
		a.needed(n, into)
	}
}

func apkFiles(name string) []string {
	switch {
	case strings.HasSuffix(name, "-dev"):
		return []string{"usr/include/" + strings.TrimSuffix(name, "-dev") + ".h", "usr/lib/" + strings.TrimSuffix(name, "-dev") + ".a"}
	case strings.HasPrefix(name, "lib") || strings.HasSuffix(name, "-libs"):
		return []string{"usr/lib/" + name + ".so.1"}
	}
	return []string{"usr/bin/" + map[string]string{"nodejs": "node", "py3-pip": "pip3", "ca-certificates": "update-ca-certificates"}[name] + map[bool]string{true: name}[!slices.Contains([]string{"nodejs", "py3-pip", "ca-certificates"}, name)]}
}

func apkKiB(name string) int64 {
	if k := apkSizes[name]; k > 0 {
		return k
	}
	return 300 + int64(hash(name)%900)
}

// apkTool is apk add, del, update and upgrade.
func apkTool(c *call) int {
	if c.apk == nil {
		c.problem("apk: not found")
		return 127
	}
	flags, rest := options(c.args[1:], "-t", "--virtual", "-X", "--repository", "-p", "--root")
	if len(rest) == 0 {
		return 0
	}
	cached := !has(flags, "--no-cache")
	index := func() {
		for _, name := range []string{"APKINDEX.066df28d.tar.gz", "APKINDEX.b53994b4.tar.gz"} {
			c.tree.put("var/cache/apk/"+name, filler(name, 1100<<10))
		}
	}
	switch rest[0] {
	case "update":
		if cached {
			index()
		}
	case "add", "upgrade":
		if cached && (has(flags, "-U", "--update", "--update-cache") || rest[0] == "upgrade") {
			index()
		}
		names := map[string]bool{}
		for _, name := range rest[1:] {
			for _, end := range []string{"=", "~", ">", "<", "@"} {
				name, _, _ = strings.Cut(name, end)
			}
			if name != "" {
				names[name] = true
			}
		}
		if v := flags["-t"] + flags["--virtual"]; v != "" {
			c.apk.world[v] = slices.Sorted(maps.Keys(names))
		} else {
			for name := range names {
				c.apk.world[name] = nil
			}
		}
		c.apkSettle()
	case "del":
		for _, name := range rest[1:] {
			delete(c.apk.world, name)
		}
		c.apkSettle()
	case "cache":
		for _, name := range c.tree.children("var/cache/apk") {
			c.tree.remove("var/cache/apk/" + name)
		}
	}
	return 0
}

// apkSettle installs and removes until what is there is what the world asks for.
func (c *call) apkSettle() {
	want := map[string]bool{"musl": true, "busybox": true, "apk-tools": true, "zlib": true, "libcrypto3": true, "libssl3": true}
	for name, held := range c.apk.world {
		if held == nil {
			c.apk.needed(name, want)
		}
		for _, h := range held {
			c.apk.needed(h, want)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !c.apk.installed[name] {
			for i, f := range apkFiles(name) {
				c.tree.put(f, program(fmt.Sprint(name, i), apkKiB(name)<<10/int64(len(apkFiles(name)))))
			}
			if name == "ca-certificates" {
				c.tree.put("etc/ssl/certs/ca-certificates.crt", filler("certificates", 210<<10))
			}
		}
	}
	for name := range c.apk.installed {
		if !want[name] {
			for _, f := range apkFiles(name) {
				c.tree.remove(f)
			}
		}
	}
	c.apk.installed = want
	c.apkRecord()
}

func (c *machine) apkRecord() {
	var db strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.apk.installed)) {
		fmt.Fprintf(&db, "C:Q1aaaaaaaaaaaaaaaaaaaaaaaaaaa=\nP:%s\nV:1.0-r0\nA:x86_64\nS:%d\nI:%d\nT:%s\nL:MIT\n", name, apkKiB(name)<<9, apkKiB(name)<<10, name)
		if d := apkNeeds[name]; len(d) > 0 {
			fmt.Fprintf(&db, "D:%s\n", strings.Join(d, " "))
		}
		for _, f := range apkFiles(name) {
			fmt.Fprintf(&db, "F:%s\nR:%s\na:0:0:755\n", path.Dir(f), path.Base(f))
		}
		db.WriteString("\n")
	}
	for _, v := range slices.Sorted(maps.Keys(c.apk.world)) {
		if held := c.apk.world[v]; held != nil {
			fmt.Fprintf(&db, "P:%s\nV:20240102.030405\nA:noarch\nS:0\nI:0\nT:virtual meta package\nD:%s\n\n", v, strings.Join(held, " "))
		}
	}
	c.tree.put("lib/apk/db/installed", text(db.String()))
	c.tree.put("lib/apk/db/scripts.tar", filler(db.String(), 20<<10))
	c.tree.put("etc/apk/world", text(strings.Join(slices.Sorted(maps.Keys(c.apk.world)), "\n")+"\n"))
}
