package replay

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// stage is a stage of the build, or another image.
func (b *build) stage(name string) *machine {
	if m := b.stages[strings.ToLower(name)]; m != nil {
		return m
	}
	return b.fromImage(name)
}

// copy is COPY and ADD.
func (b *build) copy(n *parser.Node, keyword string) {
	m := b.now
	before := m.tree.clone()
	words := b.words(n)
	if len(words) < 1 {
		return
	}
	flags := map[string]string{}
	for _, f := range n.Flags {
		k, v, _ := strings.Cut(f, "=")
		flags[k] = b.expand(v)
	}
	uid, gid, ok := m.owner(flags["--chown"])
	if !ok {
		m.problem("%s: there is no user %s", keyword, flags["--chown"])
	}
	last := words[len(words)-1]
	dest := abs(m.workdir(), last)
	into := strings.HasSuffix(last, "/") || last == "." || len(words) > 2 || m.tree.isDir(dest)
	for _, h := range n.Heredocs {
		body := text(h.Content)
		body.uid, body.gid = uid, gid
		m.tree.put(place(dest, h.Name, into), body)
	}
	for _, src := range words[:len(words)-1] {
		if strings.HasPrefix(src, "<<") {
			continue
		}
		switch from := flags["--from"]; {
		case from != "":
			b.copyStage(b.stage(from), src, place(dest, path.Base(src), into && !b.stage(from).tree.isDir(src)), uid, gid)
		case keyword == "ADD" && strings.Contains(src, "://"):
			body := *download(src)
			body.uid, body.gid, body.mode = uid, gid, 0o600
			if strings.HasSuffix(src, ".git") {
				(&call{machine: m, args: []string{"git"}, dir: "/", uid: uid, gid: gid}).sources(dest, src)
				continue
			}
			m.tree.put(place(dest, fileName(src), into), &body)
		default:
			b.copyContext(keyword, src, dest, into, uid, gid)
		}
	}
	if mode := flags["--chmod"]; mode != "" {
		for p, made := range m.tree.nodes {
			if before.nodes[p] != made && made.kind == '0' {
				m.tree.change(p, func(n *node) { n.mode = newMode(n.mode, mode, false) })
			}
		}
	}
	text := keyword + " "
	for _, f := range n.Flags {
		text += f + " "
	}
	m.commit(before, text+strings.Join(words, " ")+" # buildkit")
}

func place(dest, name string, into bool) string {
	if into {
		return path.Join(dest, name)
	}
	return dest
}

func (b *build) copyContext(keyword, src, dest string, into bool, uid, gid int) {
	m := b.now
	found, one := b.plan.sources(src)
	if b.plan.given != nil && len(found) == 0 && strings.Trim(path.Clean("/"+src), "/") != "" {
		m.problem("%s: the build context has no %s", keyword, src)
		return
	}
	m.copied(src, found, one)
	if keyword == "ADD" && one && archiveEnd.MatchString(src) {
		m.tree.mkdir(dest, uid, gid)
		(&call{machine: m, args: []string{"tar"}, dir: "/", uid: uid, gid: gid}).extract(dest, "/"+src, 20<<20, 0)
		return
	}
	if len(found) == 0 {
		m.tree.mkdir(dest, uid, gid)
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		body := *found[name]
		body.uid, body.gid = uid, gid
		if one {
			m.tree.put(place(dest, name, into), &body)
		} else {
			m.tree.put(path.Join(dest, name), &body)
		}
	}
}

// copyStage copies from another stage. What is not there, no model of a command has
// left: it is invented, in that stage, too.
func (b *build) copyStage(from *machine, src, dest string, uid, gid int) {
	maps.Copy(b.now.took, from.took)
	if strings.ContainsAny(src, "*?") {
		var matched []string
		for p := range from.tree.nodes {
			if ok, _ := path.Match(strings.Trim(src, "/"), p); ok {
				matched = append(matched, p)
			}
		}
		for _, p := range matched {
			b.copyPath(from, "/"+p, path.Join(dest, "..", path.Base(p)), uid, gid)
		}
		if len(matched) > 0 {
			return
		}
		src = strings.NewReplacer("*", "x", "?", "x").Replace(src)
	}
	b.copyPath(from, src, dest, uid, gid)
}

// copyPath is copyStage for one path, which may have a * in its name.
func (b *build) copyPath(from *machine, src, dest string, uid, gid int) {
	src = abs(from.workdir(), src)
	if src == "/" {
		src = ""
	} else if !from.tree.exists(src) && b.plan.given != nil {
		b.now.problem("COPY: the stage has no %s", src)
		return
	} else if !from.tree.exists(src) {
		b.notes.unmodelled["(what makes "+src+")"] = true
		if base := path.Base(src); strings.Contains(base, ".") || strings.Contains(src, "/bin/") {
			from.tree.put(src, program(src, 8<<20))
		} else {
			from.tree.put(src+"/data", filler(src, 2<<20))
		}
	}
	at, n := from.tree.get(src, true)
	if n == nil {
		return
	}
	one := func(n *node, to string) {
		c := *n
		c.uid, c.gid = uid, gid
		if c.kind == '5' {
			b.now.tree.mkdir(to, uid, gid)
			return
		}
		b.now.tree.put(to, &c)
	}
	one(n, dest)
	for _, p := range from.tree.under(at) {
		one(from.tree.nodes[p], path.Join(dest, strings.TrimPrefix(strings.TrimPrefix(p, at), "/")))
	}
}
