package replay

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// machine is the state of a build stage after an instruction.
type machine struct {
	tree    *tree
	dpkg    *dpkg // of Debian and its kin; nil elsewhere
	apk     *apk  // of Alpine; nil elsewhere
	rpm     *rpm  // of Fedora and its kin; nil elsewhere
	foreign bool  // somebody's own base: it has more than the simulation gives it
	old     bool  // of before Ubuntu 18.04 or Debian 12
	layers  []Layer
	base    int   // layers of the base image
	stored  int64 // bytes of all layers
	config  v1.Config
	args    map[string]string // of ARG
	shell   []string

	took map[string]bool // files of the context that came so far, by path; commit gives them to the layer

	notes *notes
	plan  *plan
	line  int // of the instruction under way
}

// notes are what a build has to say; the stages share them.
type notes struct {
	unmodelled map[string]bool
	problems   []string
}

// plan is what the Dockerfile as a whole tells of the context and of what commands
// leave: paths that other stages copy.
type plan struct {
	archive *Archive
	text    string
	below   bool             // see Options.Below
	given   map[string]*node // the files of the context; nil where they are invented
	known   map[string]*node // those that need not be invented
	spent   time.Duration    // on all RUNs so far, where the context is given
}

func (m *machine) clone() *machine {
	c := *m
	c.tree = m.tree.clone()
	if m.dpkg != nil {
		c.dpkg = m.dpkg.clone()
	}
	if m.apk != nil {
		c.apk = m.apk.clone()
	}
	c.layers = slices.Clone(m.layers)
	c.args = map[string]string{}
	c.took = maps.Clone(m.took)
	c.config.Env = slices.Clone(m.config.Env)
	c.config.Labels = maps.Clone(m.config.Labels)
	c.config.ExposedPorts = maps.Clone(m.config.ExposedPorts)
	c.config.Volumes = maps.Clone(m.config.Volumes)
	return &c
}

// problem notes that a real build would have failed at the line.
func (m *machine) problem(format string, args ...any) {
	text := fmt.Sprintf("line %d: ", m.line) + fmt.Sprintf(format, args...)
	if !slices.Contains(m.notes.problems, text) {
		m.notes.problems = append(m.notes.problems, text)
	}
}

func (m *machine) setEnv(name, value string) {
	for i, e := range m.config.Env {
		if k, _, _ := strings.Cut(e, "="); k == name {
			m.config.Env[i] = name + "=" + value
			return
		}
	}
	m.config.Env = append(m.config.Env, name+"="+value)
}

// abs makes a path absolute from a directory.
func abs(dir, p string) string {
	if path.IsAbs(p) {
		return path.Clean(p)
	}
	return path.Join("/", dir, p)
}

// owner reads user[:group]; false where the image does not know the user.
func (m *machine) owner(spec string) (uid, gid int, ok bool) {
	user, group, both := strings.Cut(strings.ReplaceAll(spec, ".", ":"), ":")
	uid, gid, ok = m.user(user)
	if both && group != "" {
		g, known := m.group(group)
		gid, ok = g, ok && known
	}
	return uid, gid, ok
}

func (m *machine) user(name string) (uid, gid int, ok bool) {
	if name == "" || name == "root" {
		return 0, 0, true
	}
	if n, err := strconv.Atoi(name); err == nil {
		return n, n, true
	}
	if line := m.account("etc/passwd", name); len(line) > 3 {
		uid, _ = strconv.Atoi(line[2])
		gid, _ = strconv.Atoi(line[3])
		return uid, gid, true
	}
	return 0, 0, false
}

func (m *machine) group(name string) (int, bool) {
	if n, err := strconv.Atoi(name); err == nil {
		return n, true
	}
	if line := m.account("etc/group", name); len(line) > 2 {
		gid, _ := strconv.Atoi(line[2])
		return gid, true
	}
	return 0, name == "root"
}

// account is the line of a name in a file of accounts.
func (m *machine) account(at, name string) []string {
	for line := range strings.Lines(m.read(at)) {
		if fields := strings.Split(strings.TrimSpace(line), ":"); fields[0] == name {
			return fields
		}
	}
	return nil
}

// read is the text of a file, "" where it is filler or missing.
func (m *machine) read(p string) string {
	if _, n := m.tree.get(p, true); n != nil {
		return string(n.body)
	}
	return ""
}

// home is the directory of a user.
func (m *machine) home(user string) string {
	name, _, _ := strings.Cut(user, ":")
	if name == "" || name == "root" || name == "0" {
		return "/root"
	}
	if line := m.account("etc/passwd", name); len(line) > 5 {
		return line[5]
	}
	return "/"
}

// commit makes the layer of an instruction out of what changed since.
func (m *machine) commit(before *tree, createdBy string) {
	entries := difference(before, m.tree)
	for _, e := range entries {
		m.stored += e.Size()
	}
	m.layers = append(m.layers, Layer{CreatedBy: createdBy, Entries: entries, Line: m.line, Took: maps.Clone(m.took)})
}

func (m *machine) step(createdBy string) {
	m.layers = append(m.layers, Layer{CreatedBy: createdBy, Empty: true, Line: m.line})
}
