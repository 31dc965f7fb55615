package leftovers

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// submodulesOf says how submodules came into a clone, "" where it has none. In each of them
// stands a file named .git that points into the .git of the clone. A program that asks for the
// version of its parts follows it, and fails where it leads to nothing.
func submodulesOf(b *rules.Build, clone string) string {
	in := b.Parsed()
	for i, c := range in.Calls() {
		if at, fetches := submodules(c, in.WorkDir(i)); fetches && (at == "" || at == clone || strings.HasPrefix(at, strings.TrimSuffix(clone, "/")+"/")) {
			return c.Source() + " fetches submodules"
		}
	}
	if name := pointer(b, clone); name != "" {
		return "/" + name + " points into it"
	}
	return ""
}

// submodules reports whether a command fetches submodules, and into which clone: "" where that
// cannot be told. dir is the directory in which the RUN begins.
func submodules(c rewrite.Command, dir string) (at string, fetches bool) {
	if c.Name() != "git" {
		return "", false
	}
	dir, args := gitDir(c, dir)
	if len(args) == 0 {
		return "", false
	}
	switch args[0].Text {
	case "submodule":
		fetches = slices.ContainsFunc(args[1:], func(w rewrite.Word) bool { return w.Text == "update" || w.Text == "add" || w.Text == "foreach" })
		return dir, fetches
	case "clone", "pull", "checkout", "fetch", "reset", "switch":
		if !slices.ContainsFunc(args, recurses) {
			return "", false
		}
		if args[0].Text == "clone" {
			return cloned(args[1:], dir), true
		}
		return dir, true
	}
	return "", false
}

// recurses reports whether an option of git takes submodules along.
func recurses(w rewrite.Word) bool {
	name, value, _ := strings.Cut(w.Text, "=")
	return (name == "--recursive" || name == "--recurse-submodules" || name == "--recurse") && value != "no"
}

// gitDir is where a call of git works, "" where that cannot be told, and the words from its
// subcommand on.
func gitDir(c rewrite.Command, dir string) (string, []rewrite.Word) {
	join := func(to string) {
		switch {
		case path.IsAbs(to):
			dir = path.Clean(to)
		case dir != "":
			dir = path.Join(dir, to)
		}
	}
	join(c.Dir)
	args := c.Args()
	for len(args) > 1 && strings.HasPrefix(args[0].Text, "-") {
		switch args[0].Text {
		case "-C":
			if join(args[1].Text); !args[1].Literal {
				dir = ""
			}
			args = args[2:]
		case "-c", "--git-dir", "--work-tree":
			args = args[2:]
		default:
			args = args[1:]
		}
	}
	if !path.IsAbs(dir) {
		dir = ""
	}
	return dir, args
}

// cloned is the directory that git clone makes, "" where that cannot be told. args are the words
// behind clone, dir is where git stands.
func cloned(args []rewrite.Word, dir string) string {
	to := args[len(args)-1]
	if !to.Literal {
		return ""
	}
	name := to.Text
	if need.IsRemote(name) {
		name = strings.TrimSuffix(path.Base(strings.TrimSuffix(name, "/")), ".git")
	}
	switch {
	case path.IsAbs(name):
		return path.Clean(name)
	case dir == "":
		return ""
	}
	return path.Join(dir, name)
}

// pointer is the path of a file in a clone that is named .git, as a submodule has it, "" for none.
// One that is known to point elsewhere does not count.
func pointer(b *rules.Build, clone string) string {
	if b.Tree == nil {
		return ""
	}
	top, ok := b.Tree.Lookup(strings.TrimPrefix(clone, "/"))
	if !ok {
		return ""
	}
	stack, left := []model.NodeID{top}, maxPointers
	for len(stack) > 0 && left > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for child := range b.Tree.Children(n) {
			left--
			id, ok := b.Tree.Visible(child)
			if !ok {
				continue
			}
			switch kind := b.Tree.Records[b.Tree.Content(id)].Kind; {
			case (kind == model.Directory || kind == model.Implied) && b.Tree.Name(child) != ".git":
				stack = append(stack, child)
			case kind == model.File && b.Tree.Name(child) == ".git" && n != top && pointsInto(b, id, clone):
				return b.Tree.Path(child)
			}
		}
	}
	return ""
}

// maxPointers is about how many files of a clone are looked at for one that points into its .git.
const maxPointers = 200_000

// pointsInto reports whether a file named .git may lead into the .git of a clone.
func pointsInto(b *rules.Build, id model.RecordID, clone string) bool {
	text, known := b.Contents[b.Tree.Content(id)]
	to, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir:")
	to = path.Clean(strings.TrimSpace(to))
	if !known || !ok || !path.IsAbs(to) {
		return true
	}
	return to == clone || strings.HasPrefix(to, strings.TrimSuffix(clone, "/")+"/")
}
