package replay

import (
	"archive/tar"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Compare lists what a container of one image has that one of the other has not, and
// what differs between them: packages, files by directory, owners, modes, what ENTRYPOINT
// and CMD name. It is for reading, not for programs.
func (img *Image) Compare(other *Image) []string {
	var found []string
	lost := slices.DeleteFunc(slices.Sorted(maps.Keys(img.packages)), func(p string) bool { return other.packages[p] })
	if len(lost) > 0 {
		found = append(found, "packages lost: "+strings.Join(lost, " "))
	}
	gone, owners, modes, contents := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for p, n := range img.final.nodes {
		o := other.final.nodes[p]
		dir := group(p)
		switch {
		case img.owned(p, lost) || strings.HasPrefix(p, "var/lib/dpkg/info/"):
		case o == nil && n.kind != tar.TypeDir:
			gone[dir]++
		case o == nil || n.kind != o.kind:
		case n.uid != o.uid || n.gid != o.gid:
			owners[fmt.Sprintf("%s (%d:%d, now %d:%d)", dir, n.uid, n.gid, o.uid, o.gid)]++
		case n.mode != o.mode:
			modes[fmt.Sprintf("%s (%o, now %o)", dir, n.mode, o.mode)]++
		case n.length() != o.length() && !strings.HasPrefix(p, "var/"):
			contents[dir]++
		}
	}
	for _, d := range []struct {
		what string
		at   map[string]int
	}{{"files lost", gone}, {"other owner", owners}, {"other mode", modes}, {"other size", contents}} {
		if len(d.at) > 0 {
			found = append(found, d.what+": "+counted(d.at))
		}
	}
	for _, word := range slices.Concat(img.Config.Entrypoint, img.Config.Cmd, []string{img.Config.WorkingDir}) {
		for _, w := range strings.Fields(word) {
			if img.runs(w) && !other.runs(w) {
				found = append(found, "NEW PROBLEM: the container does not find "+w)
			}
		}
	}
	if img.Config.User != other.Config.User || !slices.Equal(img.Config.Cmd, other.Config.Cmd) || !slices.Equal(img.Config.Entrypoint, other.Config.Entrypoint) || img.Config.WorkingDir != other.Config.WorkingDir || !slices.Equal(img.Config.Env, other.Config.Env) {
		found = append(found, fmt.Sprintf("NEW PROBLEM: another config: %s %q %q %s %q", other.Config.User, other.Config.Entrypoint, other.Config.Cmd, other.Config.WorkingDir, other.Config.Env))
	}
	return found
}

// owned reports whether a path belongs to one of the packages.
func (img *Image) owned(p string, packages []string) bool {
	return slices.ContainsFunc(packages, func(name string) bool { return slices.Contains(img.files[name], p) })
}

// runs reports whether a word of a command line is a program or file in the image.
func (img *Image) runs(word string) bool {
	if path.IsAbs(word) {
		return img.final.exists(word)
	}
	if img.final.exists(path.Join("/", img.Config.WorkingDir, word)) && word != "" && word != "." {
		return true
	}
	for _, e := range img.Config.Env {
		if list, ok := strings.CutPrefix(e, "PATH="); ok {
			for dir := range strings.SplitSeq(list, ":") {
				if word != "" && img.final.exists(path.Join("/", dir, word)) {
					return true
				}
			}
		}
	}
	return false
}

// group is the directory that a path counts for.
func group(p string) string {
	parts := strings.Split(p, "/")
	return "/" + strings.Join(parts[:min(len(parts), 4)], "/")
}

func counted(at map[string]int) string {
	var list []string
	for i, k := range slices.Sorted(maps.Keys(at)) {
		if i == 12 {
			list = append(list, fmt.Sprintf("and %d more", len(at)-i))
			break
		}
		list = append(list, fmt.Sprintf("%s ×%d", k, at[k]))
	}
	return strings.Join(list, ", ")
}
