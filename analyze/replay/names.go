package replay

import (
	"path"
	"strconv"
	"strings"
)

func mktemp(c *call) int {
	flags, operands := options(c.args[1:], "-p")
	name := "/tmp/tmp.Xy12" + strconv.Itoa(c.line)
	if len(operands) > 0 {
		name = abs(c.dir, strings.ReplaceAll(operands[0], "X", "a"))
	}
	if has(flags, "-d", "--directory") {
		c.tree.mkdir(name, c.uid, c.gid)
	} else {
		c.tree.put(name, text(""))
	}
	c.say("%s\n", name)
	return 0
}

func ls(c *call) int {
	_, operands := options(c.args[1:])
	if len(operands) == 0 {
		operands = []string{"."}
	}
	for _, o := range operands {
		if !c.tree.isDir(abs(c.dir, o)) {
			c.say("%s\n", o)
			continue
		}
		for _, name := range c.tree.children(abs(c.dir, o)) {
			c.say("%s\n", name)
		}
	}
	return 0
}

func which(c *call) int {
	status := 0
	for _, name := range c.args[1:] {
		at := ""
		for dir := range strings.SplitSeq(c.get("PATH"), ":") {
			if p := path.Join(dir, name); at == "" && c.tree.exists(p) {
				at = p
			}
		}
		if at == "" && (models[name] != nil && !absent(c, name)) {
			at = "/usr/bin/" + name
		}
		if at == "" {
			status = 1
			continue
		}
		c.say("%s\n", at)
	}
	return status
}

func pwd(c *call) int {
	c.say("%s\n", c.dir)
	return 0
}

func readlink(c *call) int {
	_, operands := options(c.args[1:])
	for _, o := range operands {
		at, _ := c.tree.resolve(abs(c.dir, o), true)
		c.say("/%s\n", at)
	}
	return 0
}

func basename(c *call) int {
	if len(c.args) < 2 {
		return 1
	}
	if c.args[0] == "dirname" {
		c.say("%s\n", path.Dir(c.args[1]))
		return 0
	}
	name := path.Base(c.args[1])
	if len(c.args) > 2 {
		name = strings.TrimSuffix(name, c.args[2])
	}
	c.say("%s\n", name)
	return 0
}
