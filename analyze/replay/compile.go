package replay

import (
	"path"
	"regexp"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

func makeTool(c *call) int {
	flags, rest := options(c.args[1:], "-C", "-f", "-j", "-l", "--directory", "-k")
	dir := c.dir
	if d := flags["-C"] + flags["--directory"]; d != "" {
		dir = abs(c.dir, d)
	}
	if !c.tree.isDir(dir) {
		c.problem("make: there is no directory %s", dir)
	}
	if c.dpkg != nil && c.dpkg.installed["gcc"] != nil && !c.dpkg.has("libc6-dev") {
		c.problem("make: there are no headers of the C library")
	}
	name := path.Base(dir)
	if name == "build" || name == "src" {
		name = path.Base(path.Dir(dir))
	}
	name = lazyregexp.New(`-[v0-9].*$`).ReplaceAllString(strings.ToLower(name), "")
	if name == "" || name == "." || name == "/" {
		name = "app"
	}
	for _, target := range append(rest, "") {
		switch {
		case target == "install":
			prefix := "/usr/local"
			for _, a := range append(rest, c.plan.text) {
				if m := regexp.MustCompile(`(?:PREFIX|prefix|DESTDIR)=(/[^\s"';]+)`).FindStringSubmatch(a); m != nil {
					prefix = m[1]
				}
			}
			c.built(prefix+"/bin/"+name, 4<<20)
			c.write(prefix+"/lib/lib"+name+".so.1", library("lib"+name+".so.1", name, 2<<20, c.linked()))
			c.fill(prefix+"/lib/lib"+name+".a", 3<<20)
			c.fill(prefix+"/include/"+name+"/api.h", 60<<10)
		case target == "clean" || target == "distclean":
			c.tree.remove(dir + "/" + name + ".o")
			c.tree.remove(dir + "/" + name)
			return 0
		}
	}
	if !c.tree.exists(dir + "/" + name + ".o") { // else it is up to date
		c.fill(dir+"/"+name+".o", 6<<20)
	}
	if !c.tree.isDir(dir + "/" + name) {
		c.built(dir+"/"+name, 4<<20)
	}
	return 0
}

func cmake(c *call) int {
	flags, rest := options(c.args[1:], "-B", "-S", "-G", "--build", "--install", "--prefix")
	switch {
	case has(flags, "--build"):
		s := *c
		s.args = append([]string{"make", "-C", flags["--build"]}, rest...)
		if flags["--build"] == "" {
			return 0
		}
		if strings.Contains(strings.Join(c.args, " "), "--target install") {
			s.args = append(s.args, "install")
		}
		return makeTool(&s)
	case has(flags, "--install"):
		s := *c
		s.args = []string{"make", "-C", flags["--install"], "install"}
		return makeTool(&s)
	}
	if path.Base(c.args[0]) == "cmake" && absent(c.as("make"), "make") && !c.dpkg.has("ninja-build") {
		c.problem("cmake: there is no make")
	}
	dir := flags["-B"]
	if dir == "" {
		dir = "."
	}
	c.fill(dir+"/CMakeCache.txt", 60<<10)
	c.fill(dir+"/CMakeFiles/CMakeOutput.log", 90<<10)
	return 0
}

func configure(c *call) int {
	c.fill("config.log", 120<<10)
	c.fill("config.status", 60<<10)
	return 0
}

func compile(c *call) int {
	if c.dpkg != nil && path.Base(c.args[0]) != "javac" && !c.dpkg.has("libc6-dev") {
		c.problem("%s: there are no headers of the C library", c.args[0])
	}
	flags, rest := options(c.args[1:], "-o", "-I", "-L", "-l", "-d")
	for _, r := range rest {
		if _, n := c.tree.get(abs(c.dir, r), true); n == nil && strings.HasPrefix(path.Ext(r), ".c") {
			c.problem("%s: there is no %s", c.args[0], abs(c.dir, r))
		}
	}
	out := flags["-o"]
	if out == "" {
		out = "a.out"
	}
	if len(rest) > 0 || flags["-o"] != "" {
		c.built(out, 200<<10)
	}
	return 0
}
