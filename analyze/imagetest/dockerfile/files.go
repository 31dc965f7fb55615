package dockerfile

import (
	"archive/tar"
	"fmt"
	"path"
	"slices"
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
// build; one in a directory whose content is invented is only unknown.
func (c *call) missing(operand string) {
	p := abs(c.dir, operand)
	if c.tree.gone(p) || c.tree.gone(path.Dir(p)) || !c.tree.isDir(path.Dir(p)) && !strings.Contains(c.plan.text, "git clone") {
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
		if p != "/" {
			c.tree.remove(p)
		}
	}
	return 0
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
	if has(flags, "-d", "--directory") {
		for _, o := range operands {
			c.tree.mkdir(abs(c.dir, o), c.uid, c.gid)
		}
		return 0
	}
	from, to := c.targets(flags, operands)
	for i := range from {
		c.copyTo(from[i], to[i], false)
		if at, n := c.tree.get(to[i], true); n != nil {
			c.tree.change(at, func(n *node) { n.mode = newMode(0o755, flags["-m"], false) })
		}
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
		c.tree.remove(to[i])
		c.tree.put(to[i], &node{kind: tar.TypeSymlink, mode: 0o777, target: operands[i], uid: c.uid, gid: c.gid})
	}
	return 0
}

func touch(c *call) int {
	_, operands := options(c.args[1:], "-t", "-d", "-r", "-s", "--size", "--reference")
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

// dd writes its output file.
func dd(c *call) int {
	for _, a := range c.args[1:] {
		if of, ok := strings.CutPrefix(a, "of="); ok {
			c.tree.put(abs(c.dir, of), filler(of, 1<<20))
		}
	}
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

// find prints, deletes or hands on what it finds.
func find(c *call) int {
	var dirs []string
	rest := c.args[1:]
	for len(rest) > 0 && !strings.HasPrefix(rest[0], "-") && rest[0] != "(" && rest[0] != "!" {
		dirs = append(dirs, rest[0])
		rest = rest[1:]
	}
	found := c.found(dirs, rest)
	at := slices.IndexFunc(rest, func(a string) bool { return a == "-exec" || a == "-execdir" || a == "-delete" || a == "-ok" })
	switch {
	case at < 0:
		for _, p := range found {
			c.say("/%s\n", p)
		}
	case rest[at] == "-delete":
		for _, p := range slices.Backward(found) {
			c.tree.remove(p)
		}
	default:
		c.exec(rest[at+1:], found)
	}
	return 0
}

// exec runs the program behind -exec with each path.
func (c *call) exec(args, found []string) {
	end := slices.IndexFunc(args, func(a string) bool { return a == ";" || a == "+" })
	if end < 0 {
		end = len(args)
	}
	for i, p := range found {
		if i > 2000 {
			return
		}
		var words []string
		for _, a := range args[:end] {
			words = append(words, strings.ReplaceAll(a, "{}", "/"+p))
		}
		c.sub(words...)
	}
}

// found are the paths that the tests of find let through; it understands -name,
// -iname, -path, -type and -or, and -depth limits.
func (c *call) found(dirs, tests []string) []string {
	type group struct {
		name, path, kind string
	}
	groups := []group{{}}
	maxDepth, minDepth := 1<<20, 0
	for i := 0; i < len(tests); i++ {
		value := ""
		if i+1 < len(tests) {
			value = tests[i+1]
		}
		g := &groups[len(groups)-1]
		switch tests[i] {
		case "-name", "-iname":
			g.name = value
		case "-path", "-wholename":
			g.path = value
		case "-type":
			g.kind = value
		case "-maxdepth":
			maxDepth, _ = strconv.Atoi(value)
		case "-mindepth":
			minDepth, _ = strconv.Atoi(value)
		case "-o", "-or":
			groups = append(groups, group{})
		}
	}
	kind := map[byte]string{tar.TypeReg: "f", tar.TypeDir: "d", tar.TypeSymlink: "l"}
	var found []string
	for _, d := range dirs {
		at, n := c.tree.get(abs(c.dir, d), true)
		if n == nil {
			continue
		}
		for _, p := range append([]string{at}, c.tree.under(at)...) {
			depth := strings.Count(strings.TrimPrefix(p, at), "/")
			n := c.tree.nodes[p]
			if n == nil || depth > maxDepth || depth < minDepth {
				continue
			}
			if slices.ContainsFunc(groups, func(g group) bool {
				name, _ := path.Match(g.name, path.Base(p))
				in := g.path == "" || strings.Contains("/"+p, strings.Trim(g.path, "*"))
				return (g.name == "" || name) && in && (g.kind == "" || strings.Contains(g.kind, kind[n.kind]))
			}) {
				found = append(found, p)
			}
		}
	}
	return found
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

// write stores a new file of the user.
func (c *call) write(p string, n *node) {
	n.uid, n.gid = c.uid, c.gid
	c.tree.put(abs(c.dir, p), n)
}

// fill stores filler whose content depends on the path.
func (c *call) fill(p string, size int64) {
	c.write(p, filler(fmt.Sprint(p, size), size))
}

// bin stores a program.
func (c *call) bin(p string, size int64) {
	n := program(fmt.Sprint(p, size), size)
	if size >= 20<<10 && c.apk != nil {
		n.head = elfHead(muslLoader, "", []string{musl})
	}
	c.write(p, n)
}

// built stores a program that was compiled here, with the libraries it is linked with.
func (c *call) built(p string, size int64) {
	c.write(p, script(elfHead(c.loader(), "", c.linked()), fmt.Sprint(p, size), size))
}
