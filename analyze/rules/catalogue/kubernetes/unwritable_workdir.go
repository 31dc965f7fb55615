package kubernetes

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// UnwritableWorkdir finds a start that writes where the image's user may not.
var UnwritableWorkdir = rules.Rule{
	ID:    "unwritable-workdir",
	Group: rules.Kubernetes,
	Title: "a file that the user cannot write",
	Why: "WORKDIR makes its directory as root, and COPY stores files as root, whatever USER says. A program that runs as another user and writes there fails with \"permission denied\", often not at once but when it first writes. " +
		"tare reports this only if two things are plain: the script or the command that starts the program writes a file there, and the directory's owner and mode do not let the image's user do so. Give the user a directory of its own, or mount a volume there; the program itself is safer if it cannot change its code.",
	Confidence: model.Possible,
	Observe:    observeUnwritable,
	InPod:      byWrites,
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint sh IMAGE -c 'id; ls -ld . && touch ./x'",
		Before:  "WORKDIR /app\nCOPY . .\nUSER 10001\nCMD mkdir -p data && exec ./app",
		After:   "WORKDIR /app\nCOPY . .\nRUN install -d -o 10001 -g 10001 /app/data\nUSER 10001\nCMD [\"./app\"]",
		WhenNot: "Where a volume is mounted there that the user may write, or the pod sets fsGroup or another user.",
		Sources: []string{"https://docs.docker.com/reference/dockerfile/#workdir", "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY . /srv
			+ srv/ mode 0755
			+ srv/start.sh text #!/bin/sh|mkdir -p data|exec ./app|
			USER 10001
			config {"Entrypoint": ["/srv/start.sh"], "User": "10001", "WorkingDir": "/srv"}`,
		Miss: `
			COPY . /srv
			+ srv/ mode 0777
			+ srv/start.sh text #!/bin/sh|mkdir -p data|exec ./app|
			USER 10001
			config {"Entrypoint": ["/srv/start.sh"], "User": "10001", "WorkingDir": "/srv"}`,
	},
}

func observeUnwritable(b *rules.Build, _ *model.Tree) []rules.Observation {
	user, ok := userOf(b)
	if !ok || user.uid == 0 || !b.RunsService() {
		return nil
	}
	p := b.Process()
	var texts []string
	for _, words := range [][]string{b.Entrypoint, b.Cmd} {
		if rules.IsShellText(words) {
			texts = append(texts, words[2])
		} else if len(words) > 0 {
			if _, text := b.ScriptOf(words[0]); text != "" {
				texts = append(texts, text)
			}
		}
	}
	for _, text := range texts {
		for _, file := range writes(text, b.WorkingDir) {
			if dir, denied := user.denied(b, file); denied && !below(b.Volumes, file) && !below(MountedDirs(b), file) {
				o := AtProgram(b, fmt.Sprintf("Let user %d own what it writes: the container writes %s, and /%s belongs to another user.", user.uid, file, dir))
				if p.Script != "" {
					o.Paths = []string{p.Script}
				}
				return []rules.Observation{o}
			}
		}
	}
	return nil
}

// below reports whether a path is in one of some directories.
func below(dirs []string, name string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool { return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/") })
}

// writes are the absolute paths that a script always writes, at its top and without variables,
// but for those that everybody may write. A script that is root, or becomes so, has none.
func writes(script, dir string) []string {
	files, root := written(script, dir)
	if root {
		return nil
	}
	return slices.DeleteFunc(files, func(name string) bool {
		return below([]string{"/dev", "/proc", "/tmp", "/run", "/var/run", "/var/tmp"}, name)
	})
}

// written are the absolute paths that a script always writes, wherever they are, and reports
// whether it looks as if root runs it.
func written(script, dir string) (files []string, root bool) {
	f, ok := rewrite.ParseShell(script)
	if !ok || !path.IsAbs(dir) {
		return nil, false
	}
	for _, s := range f.Stmts {
		for _, r := range s.Redirs {
			if r.Op == syntax.RdrOut || r.Op == syntax.AppOut {
				if text := r.Word.Lit(); text != "" {
					files = append(files, text)
				}
			}
		}
	}
	for _, c := range rewrite.Script(script) {
		if c.Conditional || c.Subshell || !c.DirKnown || c.Dir != "" {
			continue
		}
		switch c.Name() {
		case "mkdir", "touch", "tee":
			for _, w := range c.Args() {
				if w.Literal && !w.Glob && w.Text != "" && w.Text[0] != '-' {
					files = append(files, w.Text)
				}
			}
		case "gosu", "su-exec", "chown", "setpriv":
			root = true
		}
	}
	for i, name := range files {
		if !path.IsAbs(name) {
			files[i] = path.Join(dir, name)
		}
	}
	return files, root
}

// unixUser is the user that a container runs as.
type unixUser struct {
	uid, gid int64
	groups   bool // it is a member of further groups
}

// userOf returns the image's user by number, and reports whether it is known.
func userOf(b *rules.Build) (u unixUser, ok bool) {
	name, group, hasGroup := strings.Cut(b.User, ":")
	if uid, err := strconv.ParseInt(name, 10, 64); err == nil {
		u, ok = unixUser{uid: uid, groups: true}, true // of another name it may be
	} else if a, known := b.Account(name); known {
		u, ok = unixUser{uid: a.UID, gid: a.GID, groups: b.HasOtherGroups(name)}, true
	}
	if hasGroup && ok {
		u.gid, ok = b.GroupID(group)
	}
	return u, ok
}

// denied reports whether the user may not write a file, and which directory says so: the
// lowest that exists.
func (u unixUser) denied(b *rules.Build, file string) (dir string, denied bool) {
	if b.Tree == nil {
		return "", false
	}
	name := strings.TrimPrefix(path.Clean(file), "/")
	if r, there := b.Visible(name); there {
		if r.Kind == model.Directory || r.Kind == model.Implied {
			return "", false // mkdir -p is content with it
		}
		a := b.Tree.Attributes(r)
		return name, r.Kind == model.File && a.UID >= 0 && !u.may(a)
	}
	for dir = path.Dir(name); ; dir = path.Dir(dir) {
		if dir == "." || dir == "/" {
			return "", false // the root directory: a layer may not tell whose it is
		}
		r, there := b.Visible(dir)
		if !there {
			continue
		}
		a := b.Tree.Attributes(r)
		return dir, r.Kind == model.Directory && a.UID >= 0 && !u.may(a)
	}
}

// may reports whether the user may write what has these attributes, or perhaps may.
func (u unixUser) may(a model.Attributes) bool {
	switch {
	case a.UID == u.uid:
		return a.Mode&0o200 != 0
	case a.GID == u.gid || u.groups && a.GID != 0:
		return a.Mode&0o020 != 0
	}
	return a.Mode&0o002 != 0
}
