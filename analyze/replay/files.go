package replay

import (
	"archive/tar"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// each calls f with every file under the operands, with flag -R, or with the
// operands themselves.
func (c *call) each(operands []string, recursive bool, f func(p string)) {
	for _, o := range operands {
		at, n := c.tree.get(abs(c.dir, o), false)
		if n == nil {
			c.missing(o)
			continue
		}
		f(at)
		if recursive {
			for _, p := range c.tree.under(at) {
				f(p)
			}
		}
	}
}

// missing notes an operand that is not there. A file that was there would fail the real
// build, and any where the context is given, so that all files are known; one in a
// directory whose content is invented is only unknown.
func (c *call) missing(operand string) {
	p := abs(c.dir, operand)
	if c.plan.given != nil || c.tree.gone(p) || c.tree.gone(path.Dir(p)) || !c.tree.isDir(path.Dir(p)) && !strings.Contains(c.plan.text, "git clone") {
		c.problem("%s: there is no %s", path.Base(c.args[0]), p)
		return
	}
	c.notes.unmodelled["(what makes "+p+")"] = true
}

func rm(c *call) int {
	flags, operands := options(c.args[1:])
	for _, o := range operands {
		p := abs(c.dir, o)
		if _, n := c.tree.get(p, false); n == nil && !has(flags, "-f", "--force") && !strings.ContainsAny(o, "*?[") {
			c.missing(o)
		}
		if c.tree.isDir(p) && !c.isLink(p) && !c.removesDirectory(p, flags) {
			return 1
		}
		if p != "/" {
			c.tree.remove(p)
		}
	}
	return 0
}

// isLink reports whether the last part of a path is a symbolic link.
func (c *call) isLink(p string) bool {
	_, n := c.tree.get(p, false)
	return n != nil && n.kind == tar.TypeSymlink
}

// removesDirectory reports whether rm or rmdir would take a directory away, and notes a
// problem where not.
func (c *call) removesDirectory(p string, flags map[string]string) bool {
	name := path.Base(c.args[0])
	empty := len(c.tree.children(p)) == 0
	switch {
	case name == "rm" && has(flags, "-r", "-R", "--recursive"), empty && (name == "rmdir" || has(flags, "-d", "--dir")):
		return true
	case name == "rmdir":
		c.problem("rmdir: %s is not empty", p)
	default:
		c.problem("rm: %s is a directory, and -r is missing", p)
	}
	return false
}

func mkdir(c *call) int {
	flags, operands := options(c.args[1:], "-m", "--mode")
	for _, o := range operands {
		p := abs(c.dir, o)
		if !has(flags, "-p", "--parents") {
			if !c.tree.isDir(path.Dir(p)) {
				c.problem("mkdir: there is no directory for %s", p)
			} else if c.tree.exists(p) {
				c.problem("mkdir: there already is %s", p)
			}
		}
		c.tree.mkdir(p, c.uid, c.gid)
	}
	return 0
}

func chown(c *call) int {
	flags, operands := options(c.args[1:], "--from")
	if len(operands) == 0 || has(flags, "--reference") {
		return 0
	}
	uid, gid, ok := c.owner(operands[0])
	if !ok {
		c.problem("chown: there is no user %s", operands[0])
		uid, gid = 1000, 1000
	}
	both := strings.ContainsAny(operands[0], ":.")
	user := !strings.HasPrefix(operands[0], ":")
	c.each(operands[1:], has(flags, "-R", "--recursive"), func(p string) {
		c.tree.change(p, func(n *node) {
			if user {
				n.uid = uid
			}
			if both {
				n.gid = gid
			}
		})
	})
	return 0
}

func chgrp(c *call) int {
	flags, operands := options(c.args[1:])
	if len(operands) == 0 {
		return 0
	}
	gid, ok := c.group(operands[0])
	if !ok {
		c.problem("chgrp: there is no group %s", operands[0])
		return 1
	}
	c.each(operands[1:], has(flags, "-R", "--recursive"), func(p string) { c.tree.change(p, func(n *node) { n.gid = gid }) })
	return 0
}

// setcap writes an attribute of a program: a layer holds the whole file again.
func setcap(c *call) int {
	_, operands := options(c.args[1:])
	for i, o := range operands {
		if i%2 == 1 {
			c.each([]string{o}, false, func(p string) { c.tree.change(p, func(*node) {}) })
		}
	}
	return 0
}

func chmod(c *call) int {
	recursive := false
	var operands []string
	for _, a := range c.args[1:] {
		switch {
		case strings.HasPrefix(a, "--") || strings.Trim(a, "-Rvfc") == "" && a != "-":
			recursive = recursive || strings.Contains(a, "R") || a == "--recursive"
		default:
			operands = append(operands, a)
		}
	}
	if len(operands) < 2 {
		return 0
	}
	c.each(operands[1:], recursive, func(p string) {
		c.tree.change(p, func(n *node) {
			if n.kind != tar.TypeSymlink {
				n.mode = newMode(n.mode, operands[0], n.kind == tar.TypeDir)
			}
		})
	})
	return 0
}

// newMode applies a mode of chmod.
func newMode(mode int64, spec string, dir bool) int64 {
	if octal, err := strconv.ParseInt(spec, 8, 64); err == nil {
		return octal
	}
	for clause := range strings.SplitSeq(spec, ",") {
		at := strings.IndexAny(clause, "+-=")
		if at < 0 {
			continue
		}
		var bits int64
		for _, r := range clause[at+1:] {
			switch {
			case r == 'r':
				bits |= 4
			case r == 'w':
				bits |= 2
			case r == 'x' || r == 'X' && (dir || mode&0o111 != 0):
				bits |= 1
			}
		}
		mode = applied(mode, clause[:at], clause[at], bits)
	}
	return mode
}

func applied(mode int64, who string, op byte, bits int64) int64 {
	if who == "" {
		who = "a"
	}
	for i, shift := range []int{6, 3, 0} {
		if !strings.ContainsAny(who, "a"+"ugo"[i:i+1]) {
			continue
		}
		switch op {
		case '+':
			mode |= bits << shift
		case '-':
			mode &^= bits << shift
		default:
			mode = mode&^(7<<shift) | bits<<shift
		}
	}
	return mode
}

// copyTo copies what lies at a path, also a directory with all in it.
func (c *call) copyTo(from, to string, keep bool) {
	at, n := c.tree.get(from, false)
	if n == nil {
		c.missing(from)
		if !c.tree.gone(from) {
			c.bin(to, 4<<20)
		}
		return
	}
	one := func(n *node, to string) {
		cp := *n
		if !keep {
			cp.uid, cp.gid = c.uid, c.gid
		}
		if cp.kind == tar.TypeDir {
			c.tree.mkdir(to, cp.uid, cp.gid)
			return
		}
		c.tree.put(to, &cp)
	}
	one(n, to)
	for _, p := range c.tree.under(at) {
		one(c.tree.nodes[p], path.Join(to, strings.TrimPrefix(p, at+"/")))
	}
}

// targets are the sources of cp, mv and ln, and where each goes.
func (c *call) targets(flags map[string]string, operands []string) (from, to []string) {
	last, ok := flags["-t"]
	if !ok {
		if len(operands) < 2 {
			return nil, nil
		}
		last = operands[len(operands)-1]
		operands = operands[:len(operands)-1]
	}
	into := c.tree.isDir(abs(c.dir, last)) && !has(flags, "-T") || strings.HasSuffix(last, "/") || len(operands) > 1
	for _, o := range operands {
		p := abs(c.dir, o)
		from = append(from, p)
		switch {
		case into && (o == "." || strings.HasSuffix(o, "/.")):
			to = append(to, abs(c.dir, last))
		case into:
			to = append(to, path.Join(abs(c.dir, last), path.Base(p)))
		default:
			to = append(to, abs(c.dir, last))
		}
	}
	return from, to
}

func cp(c *call) int {
	flags, operands := options(c.args[1:], "-t", "--exclude")
	from, to := c.targets(flags, operands)
	for i := range from {
		if c.tree.isDir(from[i]) && !has(flags, "-r", "-R", "-a", "--recursive", "--archive") && path.Base(c.args[0]) == "cp" {
			c.problem("cp: %s is a directory, and -r is missing", from[i])
			return 1
		}
		c.copyTo(from[i], to[i], has(flags, "-p", "-a", "--preserve", "--archive"))
	}
	return 0
}

func mv(c *call) int {
	flags, operands := options(c.args[1:], "-t")
	from, to := c.targets(flags, operands)
	for i := range from {
		if from[i] == to[i] {
			continue
		}
		c.copyTo(from[i], to[i], true)
		c.tree.remove(from[i])
	}
	return 0
}

func install(c *call) int {
	flags, operands := options(c.args[1:], "-m", "-o", "-g", "-t")
	settle := func(name string) { // also a directory that is there
		at, n := c.tree.get(name, true)
		if n == nil {
			return
		}
		c.tree.change(at, func(n *node) {
			n.mode = newMode(0o755, flags["-m"], false)
			if uid, _, ok := c.owner(flags["-o"]); ok && flags["-o"] != "" {
				n.uid = uid
			}
			if gid, ok := c.group(flags["-g"]); ok && flags["-g"] != "" {
				n.gid = gid
			}
		})
	}
	if has(flags, "-d", "--directory") {
		for _, o := range operands {
			c.tree.mkdir(abs(c.dir, o), c.uid, c.gid)
			settle(abs(c.dir, o))
		}
		return 0
	}
	from, to := c.targets(flags, operands)
	for i := range from {
		c.copyTo(from[i], to[i], false)
		settle(to[i])
	}
	return 0
}

func ln(c *call) int {
	flags, operands := options(c.args[1:])
	if len(operands) == 1 {
		operands = append(operands, ".")
	}
	_, to := c.targets(flags, operands)
	for i := range to {
		if !has(flags, "-s", "--symbolic") {
			c.copyTo(abs(c.dir, operands[i]), to[i], true)
			continue
		}
		if c.tree.exists(to[i]) && !has(flags, "-f", "--force", "-n") {
			c.problem("ln: %s is there already", to[i])
			return 1
		}
		c.tree.remove(to[i])
		c.tree.put(to[i], &node{kind: tar.TypeSymlink, mode: 0o777, target: operands[i], uid: c.uid, gid: c.gid})
	}
	return 0
}

func touch(c *call) int {
	_, operands := options(c.args[1:], "-t", "-d", "-r", "--reference")
	for _, o := range operands {
		p := abs(c.dir, o)
		if at, n := c.tree.get(p, true); n != nil {
			c.tree.change(at, func(*node) {})
			continue
		}
		n := text("")
		n.uid, n.gid = c.uid, c.gid
		c.tree.put(p, n)
	}
	return 0
}

// write stores a new file of the user.
func (c *call) write(p string, n *node) {
	n.uid, n.gid = c.uid, c.gid
	c.tree.put(abs(c.dir, p), n)
}

// fill stores filler whose content depends on the path.
func (c *call) fill(p string, size int64) {
	c.write(p, filler(fmt.Sprint(p, size), size))
}

// cache fills a part of a cache that the same tool writes once: what it has already, it leaves.
func (c *call) cache(p string, size int64) {
	if !c.tree.exists(p) {
		c.fill(p, size)
	}
}

// bin stores a program.
func (c *call) bin(p string, size int64) {
	n := program(fmt.Sprint(p, size), size)
	if size >= smallestProgram && c.apk != nil {
		n.head = elfHead(muslLoader, "", []string{musl})
	}
	c.write(p, n)
}

// built stores a program that was compiled here, with the libraries it is linked with.
func (c *call) built(p string, size int64) {
	c.write(p, script(elfHead(c.loader(), "", c.linked()), fmt.Sprint(p, size), size))
}
