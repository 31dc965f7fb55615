package rules

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/analyze/workloads"
)

// Container is a container of the image, or of the pod that the image is seen in, as far as that
// decides whether a command starts.
func (b *Build) Container() *startable.Container {
	c := b.lookup()
	if b == nil {
		return c
	}
	c.Executables, c.Captured = b.Executables, b.Captured
	c.ShellReads = b.Getenv("BASH_ENV") != ""
	c.Partial = b.Model || b.isWindows()
	c.Installs = func() bool { return startable.Installs(b.Program().Commands) }
	for _, dir := range slices.Concat(b.Volumes, b.Pod.MountPaths()) {
		c.Volumes = append(c.Volumes, path.Clean(dir))
	}
	if user, known := b.RunsAs(); known && user.UID != 0 && !b.RunsAsRoot() {
		c.User = &user
	}
	if b.Pod != nil {
		c.PathFromElsewhere = slices.ContainsFunc(b.Pod.Container.Env, func(e workloads.Env) bool { return e.Name == "PATH" && e.Value == "" })
	}
	return c
}

// lookup is what of a container decides where a program is looked for, and no more.
func (b *Build) lookup() *startable.Container {
	if b == nil {
		return &startable.Container{}
	}
	return &startable.Container{Tree: b.Tree, Path: b.Getenv("PATH"), WorkingDir: b.WorkingDir}
}

// SearchPath is where the image looks for programs.
func (b *Build) SearchPath() []string { return b.lookup().SearchPath() }

// FindProgram looks for the program that a container starts by a word: the path of the
// file without leading slash, links followed, "" where the image has none. known is
// false where the layers do not tell.
func (b *Build) FindProgram(word string) (file string, known bool) { return b.lookup().Find(word) }

// RunsAs returns the image's user by number, and reports whether it is known.
func (b *Build) RunsAs() (u startable.User, known bool) {
	name, group, hasGroup := strings.Cut(b.User, ":")
	if uid, err := strconv.ParseInt(name, 10, 64); err == nil {
		u, known = startable.User{UID: uid, Groups: true}, true // of another name it may be
	} else if a, ok := b.Account(name); ok {
		u, known = startable.User{UID: a.UID, GID: a.GID, Groups: b.HasOtherGroups(name)}, true
	}
	if hasGroup && known {
		u.GID, known = b.GroupID(group)
	}
	return u, known
}

// MountPaths are the directories of the container at which the pod mounts a volume.
func (p *Pod) MountPaths() (dirs []string) {
	if p == nil {
		return nil
	}
	for _, mount := range p.Container.Mounts {
		dirs = append(dirs, mount.Path)
	}
	return dirs
}

// isWindows reports whether the image is one of Windows, whose paths are different.
func (b *Build) isWindows() bool {
	for _, name := range []string{"Files", "Windows", "UtilityVM"} {
		if _, there := b.VisibleAt(name); there {
			return true
		}
	}
	return false
}
