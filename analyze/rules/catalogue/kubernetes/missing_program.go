package kubernetes

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/model"
)

// MissingProgram finds a command of an image or a pod that cannot be started, since its program
// is not there or may not be run.
var MissingProgram = rules.Rule{
	ID:    "missing-program",
	Group: rules.Kubernetes,
	Title: "the command cannot start",
	Why: "ENTRYPOINT and CMD name a program by its path, or by a name that is looked up in PATH. If the image has no such file, or the user may not run it, the container ends before it has begun: \"no such file or directory\", \"executable file not found in $PATH\", \"permission denied\" or \"exec format error\". Kubernetes tries again and again (CrashLoopBackOff). " +
		"The usual reasons are a COPY to another path than the command names, a shell form in an image without a shell, a whole command in one word of the list, a script that was not marked executable, and a script whose lines end as on Windows.",
	Confidence: model.Certain,
	Varies:     "certain, or likely where a volume may be meant to bring the program, or where a script or a line of several commands starts it; possible where a pod takes variables from elsewhere",
	Risk:       true,
	Observe:    observeStart,
	InPod:      func(b *rules.Build) rules.Setting { return startSetting(b) },
	Lesson: rules.Lesson{
		See:     "docker run --rm IMAGE\nkubectl describe pod POD   # Message: … no such file or directory",
		Before:  "COPY server /usr/local/bin/\nCMD [\"/app/server\"]",
		After:   "COPY server /usr/local/bin/\nCMD [\"/usr/local/bin/server\"]",
		WhenNot: "Where a volume that every container mounts brings the program, as in an image for development. tare says nothing where the path lies in a VOLUME or in a mount of the pod, and is less sure where the image has nothing in that directory.",
		Sources: []string{"https://docs.docker.com/reference/dockerfile/#entrypoint", "https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/", "https://man7.org/linux/man-pages/man2/execve.2.html"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY server /usr/local/bin/
			+ usr/local/bin/server elf
			CMD ["/app/server"]
			config {"Cmd": ["/app/server"]}`,
		Miss: `
			COPY server /app/
			+ app/server elf
			CMD ["/app/server"]
			config {"Cmd": ["/app/server"]}`,
	},
}

// startSetting is what of a pod decides whether its command starts.
func startSetting(b *rules.Build) rules.Setting {
	if s := b.Pod.Overrides(); s.Decides {
		return s
	}
	if uid := b.Pod.RunAsUser(); uid != nil {
		return ByUser(b)
	}
	for _, e := range b.Pod.Container.Env {
		if e.Name == "PATH" {
			return rules.Setting{Decides: true, Text: "env PATH", Line: e.Line}
		}
	}
	if len(b.Pod.Container.EnvFrom) > 0 {
		return rules.Setting{Decides: true}
	}
	if mounts := b.Pod.Container.Mounts; len(mounts) > 0 {
		return rules.Setting{Decides: true, Text: "volumeMounts", Line: mounts[0].Line}
	}
	return rules.Setting{}
}

func observeStart(b *rules.Build, _ *model.Tree) []rules.Observation {
	words := slices.Concat(b.Entrypoint, b.Cmd)
	in := containerOf(b)
	if b.Tree == nil || len(words) == 0 || in.Partial || !hasPrograms(b) {
		return nil
	}
	if o, ok := pseudoList(b); ok {
		return []rules.Observation{o}
	}
	if o, ok := oneWord(b, words); ok {
		return []rules.Observation{o}
	}
	a := in.Command(words)
	if fault := faultOf(b, words, &a); fault != nil {
		return []rules.Observation{fault.observation(b, words, a.Index)}
	}
	return startedBy(b, in, words)
}

// containerOf is a container of an image that may be no more than a few files to be mounted
// somewhere, and that had a shell if one ran its build.
func containerOf(b *rules.Build) *startable.Container {
	in := b.Container()
	in.Assumed = func(word string) bool { return !knowsNames(b, word) || isShellOfBuild(b, word) }
	return in
}

// startedBy looks at what a script starts that the command names, where nothing in it gives
// names another meaning.
func startedBy(b *rules.Build, in *startable.Container, words []string) []rules.Observation {
	w := startable.Unwrap(words)
	if len(w.Words) == 0 || w.Path || w.Dir && !path.IsAbs(w.Words[0]) {
		return nil // nobody knows where it is looked for
	}
	script, text := b.ScriptOf(w.Words[0])
	p := b.Process()
	if script == "" || script != p.Script || len(p.Words) == 0 || p.Changed || in.ShellReads || startable.IsLoginShell(w.Words) || !goesStraight(text) || in.Installs() {
		return nil
	}
	a := in.WordInShell(p.Words[0])
	if a.Why != startable.NotThere {
		return nil
	}
	fault := faultOf(b, words, &a)
	fault.by, fault.confidence = "/"+script, lesser(model.Likely, fault.confidence)
	return []rules.Observation{fault.observation(b, words, len(words)-len(w.Words))}
}

// isPlain reports whether a shell's text is one command of words that the shell takes as they are.
func isPlain(text string) bool { return !strings.ContainsAny(text, "$`*?[]{}~()<>|&;#\n\\\"'=") }

// lesser is the less sure of two.
func lesser(a, b model.Confidence) model.Confidence {
	if b == model.Possible {
		return b
	}
	return a
}

// goesStraight reports whether a script runs its commands one after the other, and does
// nothing that gives a name or its arguments another meaning.
func goesStraight(text string) bool {
	commands := rewrite.Script(text)
	for i, c := range commands {
		switch c.Name() {
		case "cd", "pushd", "set", "shift", ".", "source", "eval", "alias", "export", "getopts", "chroot", "unshare", "nsenter":
			if c.Name() != "set" || slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Text == "--" }) {
				return false
			}
		}
		if c.Conditional || i < len(commands)-1 && startable.Brings(c.Name()) {
			return false
		}
	}
	return !strings.Contains(text, "PATH") && !strings.Contains(text, "$1") && !strings.Contains(text, "${1")
}

// hasPrograms reports whether the image has a program that the kernel itself can run, as every
// image that starts has. One of which the scan knows none was read by a table of contents, or is
// only a set of files.
func hasPrograms(b *rules.Build) bool {
	for _, f := range b.Executables {
		if !f.IsScript() {
			return true
		}
	}
	return false
}

// knowsNames reports whether the image is one in which a name can be missing: it has other
// programs, or that one elsewhere. A few files alone tell nothing of where they will be.
func knowsNames(b *rules.Build, word string) bool {
	if strings.Contains(word, "/") {
		return true
	}
	if elsewhere(b, word) != "" {
		return true
	}
	for _, dir := range b.SearchPath() {
		if _, n, ok := b.Container().At(dir); ok {
			for child := range b.Tree.Children(n) {
				if _, visible := b.Tree.Visible(child); visible {
					return true
				}
			}
		}
	}
	return false
}

// elsewhere is where the image has a program of the same name: at its top or in the working
// directory; "" for nowhere.
func elsewhere(b *rules.Build, word string) string {
	name := path.Base(word)
	for _, dir := range []string{"/", b.WorkingDir, "/app", "/usr/local/bin", "/usr/bin", "/bin"} {
		at := path.Join("/", dir, name)
		if r, there := b.Visible(at[1:]); there && at != word && (r.Kind == model.File || r.Kind == model.Symlink) {
			return at
		}
	}
	return ""
}

// pseudoList finds a list that looks like JSON and is none, so that a shell gets it:
// CMD ['npm', 'start'].
func pseudoList(b *rules.Build) (o rules.Observation, ok bool) {
	keyword, words := "ENTRYPOINT", b.Entrypoint
	if len(words) == 0 {
		keyword, words = "CMD", b.Cmd
	}
	if !startable.IsShellText(words) || len(words) != 3 {
		return o, false
	}
	text := strings.TrimSpace(words[2])
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") || strings.HasPrefix(text, "[ ") || strings.HasPrefix(text, "[[") {
		return o, false
	}
	o = At(b, keyword, fmt.Sprintf("Write %s as JSON, with double quotes and commas: this is no JSON, so a shell looks for a program called %s.", keyword, quoted(firstWord(text))))
	o.Title = "a command that is no JSON"
	if i := LastOf(b, keyword); o.Manifest == nil && i >= 0 && !b.Instructions[i].Inherited && says(b, i, keyword) {
		if fixed, _, isList := rewrite.StartWords(keyword + " " + strings.ReplaceAll(text, "'", "\"")); isList && len(fixed) > 0 && !strings.Contains(text, "\"") {
			p := rules.Process{Keyword: keyword}
			if fix := StartWith(b, &p, fixed, o.Fix.Summary); fix != nil {
				o.Fix = fix
			}
		}
	}
	return o, true
}

func firstWord(text string) string { return strings.Fields(text)[0] }

// oneWord finds a whole command that stands in one word of a list: CMD ["/app/run --flag"]. The
// kernel looks for a file of that name, with the space in it.
func oneWord(b *rules.Build, words []string) (o rules.Observation, ok bool) {
	parts := strings.Fields(words[0])
	if len(parts) < 2 || strings.ContainsAny(words[0], "$`\\") {
		return o, false
	}
	if file, known := b.FindProgram(words[0]); !known || file != "" || b.Container().Word(words[0]).Why == startable.MayBeBrought {
		return o, false
	}
	keyword, have := "ENTRYPOINT", b.Entrypoint
	if len(have) == 0 {
		keyword, have = "CMD", b.Cmd
	}
	subject := keyword
	if overridden(b, keyword) {
		subject = "the pod's command"
	}
	o = At(b, keyword, fmt.Sprintf("Write each word of %s by itself: the whole command stands in one, so that a program called %s is looked for, and the container cannot start.", subject, quoted(words[0])))
	o.Title = "a whole command in one word"
	if program, known := b.FindProgram(parts[0]); known && program != "" && isPlain(words[0]) {
		p := rules.Process{Keyword: keyword}
		if fix := StartWith(b, &p, slices.Concat(parts, have[1:]), o.Fix.Summary); fix != nil {
			o.Fix = fix
		}
	}
	return o, true
}
