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
