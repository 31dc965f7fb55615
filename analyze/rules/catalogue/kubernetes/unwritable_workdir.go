package kubernetes

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/model"
)

// UnwritableWorkdir finds a start that writes where the image's user may not.
var UnwritableWorkdir = rules.Rule{
	ID:    "unwritable-workdir",
	Group: rules.Kubernetes,
	Title: "a file that the user cannot write",
	Why: "WORKDIR makes its directory as root, and COPY stores files as root, whatever USER says. A program that runs as another user and writes there fails with \"permission denied\", often not at once but when it first writes. " +
		"tare reports this only if two things are clear: the script or the command that starts the program writes a file there, and the directory's owner and mode do not let the image's user do so. Give the user a directory of its own, or mount a volume there; the program itself is safer if it cannot change its code.",
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
	user, ok := b.RunsAs()
	if !ok || user.UID == 0 || !b.RunsService() {
		return nil
	}
	p := b.Process()
	var texts []string
	for _, words := range [][]string{b.Entrypoint, b.Cmd} {
		if startable.IsShellText(words) {
			texts = append(texts, words[2])
		} else if len(words) > 0 {
			if _, text := b.ScriptOf(words[0]); text != "" {
				texts = append(texts, text)
			}
		}
	}
	for _, text := range texts {
		for _, file := range writes(text, b.WorkingDir) {
			if dir, denied := denied(b, user, file); denied && !startable.Below(b.Volumes, file) && !startable.Below(b.Pod.MountPaths(), file) {
				o := AtProgram(b, fmt.Sprintf("Let user %d own what it writes: the container writes %s, and /%s belongs to another user.", user.UID, file, dir))
				if p.Script != "" {
					o.Paths = []string{p.Script}
				}
				return []rules.Observation{o}
			}
		}
	}
	return nil
}

// writes are the absolute paths that a script always writes, at its top and without variables,
// but for those that everybody may write. A script that is root, or becomes so, has none.
func writes(script, dir string) []string {
	files, root := written(script, dir)
	if root {
		return nil
	}
	return slices.DeleteFunc(files, func(name string) bool {
		return startable.Below([]string{"/dev", "/proc", "/tmp", "/run", "/var/run", "/var/tmp"}, name)
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

// denied reports whether the user may not write a file, and which directory says so: the
// lowest that exists.
func denied(b *rules.Build, u startable.User, file string) (dir string, denied bool) {
	if b.Tree == nil {
		return "", false
	}
	name := strings.TrimPrefix(path.Clean(file), "/")
	if r, there := b.Visible(name); there {
		if r.Kind == model.Directory || r.Kind == model.Implied {
			return "", false // mkdir -p is content with it
		}
		a := b.Tree.Attributes(r)
		return name, r.Kind == model.File && a.UID >= 0 && !mayWrite(u, a)
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
		return dir, r.Kind == model.Directory && a.UID >= 0 && !mayWrite(u, a)
	}
}

// mayWrite reports whether the user may write what has these attributes, or perhaps may.
func mayWrite(u startable.User, a model.Attributes) bool {
	switch {
	case a.UID == u.UID:
		return a.Mode&0o200 != 0
	case a.GID == u.GID || u.Groups && a.GID != 0:
		return a.Mode&0o020 != 0
	}
	return a.Mode&0o002 != 0
}
