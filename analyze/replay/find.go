package replay

import (
	"archive/tar"
	"path"
	"slices"
	"strconv"
	"strings"
)

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

func (c *call) found(dirs, tests []string) []string {
	type group struct {
		name, path, kind string
		size             string
		empty, fold      bool
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
			g.name, g.fold = value, tests[i] == "-iname"
		case "-size":
			g.size = value
		case "-empty":
			g.empty = true
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
				base := path.Base(p)
				if g.fold {
					g.name, base = strings.ToLower(g.name), strings.ToLower(base)
				}
				name, _ := path.Match(g.name, base)
				if g.empty && !c.isEmpty(p, n) || g.size != "" && !hasSize(n, g.size) {
					return false
				}
				in := g.path == "" || strings.Contains("/"+p, strings.Trim(g.path, "*"))
				return (g.name == "" || name) && in && (g.kind == "" || strings.Contains(g.kind, kind[n.kind]))
			}) {
				found = append(found, p)
			}
		}
	}
	return found
}

// isEmpty reports whether a file or directory holds nothing.
func (c *call) isEmpty(p string, n *node) bool {
	if n.kind == tar.TypeDir {
		return len(c.tree.children(p)) == 0
	}
	return n.kind == tar.TypeReg && n.length() == 0
}

// hasSize is the test -size of find: more than, less than or just so many units, sizes
// being rounded up to units.
func hasSize(n *node, spec string) bool {
	sign := ""
	if strings.ContainsAny(spec[:1], "+-") {
		sign, spec = spec[:1], spec[1:]
	}
	count, unit := spec, int64(512)
	if last := len(spec) - 1; last >= 0 {
		if u, ok := map[byte]int64{'c': 1, 'w': 2, 'b': 512, 'k': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}[spec[last]]; ok {
			count, unit = spec[:last], u
		}
	}
	want, err := strconv.ParseInt(count, 10, 64)
	if err != nil || n.kind != tar.TypeReg {
		return false
	}
	has := (n.length() + unit - 1) / unit
	switch sign {
	case "+":
		return has > want
	case "-":
		return has < want
	}
	return has == want
}
