package kubernetes

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/probes"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// fault is why a word of a command cannot be started.
type fault struct {
	word       string // as the command has it
	what       string // "is not in the image"
	next       string // what to do, as the end of a sentence; "" where the file is to be copied or named
	by         string // the script that starts it, "" where the command does
	file       string // without leading slash, where the fault is in a file; "" else
	layer      *int   // that holds the file
	confidence model.Confidence
}

// observation says a fault, at the instruction that has the word.
func (f *fault) observation(b *rules.Build, words []string, i int) rules.Observation {
	keyword := "ENTRYPOINT"
	if i >= len(b.Entrypoint) {
		keyword = "CMD"
	}
	subject := keyword
	if overridden(b, keyword) {
		subject = "The pod's command"
	}
	if f.by != "" {
		subject = f.by
	}
	next := f.next
	if next == "" {
		next = "copy it there, or name the path that it has"
		if at := elsewhere(b, f.word); at != "" {
			next = "name " + at + ", which is there"
		}
	}
	shown := f.word
	if rules.IsShellText(words[i:]) && f.word == words[i] && i == 0 && f.next == "" {
		subject += " in shell form"
		next = "write it with brackets, or install a shell"
	}
	o := At(b, keyword, fmt.Sprintf("%s starts %s, which %s, so the container cannot start: %s.", subject, shown, f.what, next))
	o.Confidence = f.confidence
	if f.layer != nil && o.Manifest == nil {
		o.Instruction, o.Layer, o.Paths = nil, f.layer, []string{f.file}
	}
	return o
}

// faultOf says why the kernel cannot start a word of the command, nil where it can or nobody
// knows. direct reports whether the engine starts it, and not another program.
func faultOf(b *rules.Build, word string, direct bool) *fault {
	if !strings.Contains(word, "/") && unknownPath(b) || unknowable(word) {
		return nil
	}
	if probes.Lacks(b, word) {
		if !knowsNames(b, word) || isShellOfBuild(b, word) {
			return nil
		}
		return &fault{word: word, what: "is not in the image", confidence: confidenceOf(b, word)}
	}
	file, known := b.FindProgram(word)
	if !known || file == "" {
		return nil
	}
	id, _, ok := visibleAt(b, "/"+file)
	if !ok || inVolume(b, file) {
		return nil
	}
	r := &b.Tree.Records[b.Tree.Content(id)]
	layer := model.Ptr(int(b.Tree.Records[id].Layer))
	f := &fault{word: word, file: file, layer: layer, confidence: model.Certain}
	switch mode := b.Tree.Attributes(r).Mode; {
	case r.Kind == model.Directory, r.Kind == model.Implied:
		f.what, f.layer = "is a directory", nil
		f.next = "name the program in it"
	case r.Kind != model.File:
		return nil
	case mode&0o111 == 0 && b.Executables[b.Tree.Content(id)] == nil:
		return nil // tare does not know that it is a program
	case mode&0o111 == 0:
		f.what = fmt.Sprintf("nobody may run (mode %04o)", mode)
		f.next = fmt.Sprintf("mark it executable, with COPY --chmod=755 or RUN chmod +x /%s", file)
	default:
		return f.ofText(b, direct) // or nil
	}
	return f
}

// ofText completes a fault of a script that the kernel cannot run for its first line; nil for
// another file.
func (f *fault) ofText(b *rules.Build, direct bool) *fault {
	if what, next := f.refused(b); what != "" {
		f.what, f.next = what, next
		return f
	}
	text, known := b.Captured[f.file]
	line, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case !known:
		return nil
	case bytes.HasPrefix(line, []byte("#!")) && bytes.HasSuffix(line, []byte("\r")):
		f.what = fmt.Sprintf("has lines that end as on Windows (the kernel looks for %s)", quoted(strings.TrimSpace(string(line[2:]))+`\r`))
		f.next = "save it with the line ends of Unix, and say so in .gitattributes: *.sh text eol=lf"
		return f
	case direct && isPlainScript(text):
		f.what = "does not say who runs it"
		f.next = "let its first line be #!/bin/sh"
		return f
	}
	return nil
}

// refused says why the image's user may not run a file that others may; "" where it may, or
// perhaps.
func (f *fault) refused(b *rules.Build) (what, next string) {
	user, known := userOf(b)
	if !known || user.uid == 0 || IsRoot(b) {
		return "", ""
	}
	whose := "image's"
	if b.Pod != nil && b.Pod.RunAsUser() != nil {
		whose = "pod's"
	}
	for name, bits := f.file, uint16(0o011); name != "."; name = path.Dir(name) {
		r, there := b.Visible(name)
		if !there {
			return "", ""
		}
		a := b.Tree.Attributes(r)
		if a.UID >= 0 && a.UID != user.uid && a.Mode&bits == 0 {
			if name == f.file {
				return fmt.Sprintf("only user %d may run (mode %04o), and the %s user is %d", a.UID, a.Mode, whose, user.uid), fmt.Sprintf("let all run it, with COPY --chmod=755 or RUN chmod 755 /%s", name)
			}
			return fmt.Sprintf("user %d cannot reach: /%s is only for user %d (mode %04o)", user.uid, name, a.UID, a.Mode), "put the program into another directory"
		}
	}
	return "", ""
}

// isPlainScript reports whether a text is a script of a shell without a first line that names
// what runs it, which the kernel refuses.
func isPlainScript(text []byte) bool {
	if bytes.HasPrefix(text, []byte("#!")) || bytes.HasPrefix(text, []byte("\x7fELF")) || slices.Contains(text, 0) {
		return false
	}
	return slices.ContainsFunc(rewrite.Script(string(text)), func(c rewrite.Command) bool {
		return slices.Contains([]string{"exec", "set", "export", "echo", "cd"}, c.Name())
	})
}

// unknownPath reports whether nobody knows where names are looked for: PATH holds a variable, or
// the pod takes it from elsewhere.
func unknownPath(b *rules.Build) bool {
	if b.Pod != nil {
		for _, e := range b.Pod.Container.Env {
			if e.Name == "PATH" && e.Value == "" {
				return true
			}
		}
	}
	return strings.Contains(b.Getenv("PATH"), "$")
}

// unknowable reports whether nobody knows from the image what a word starts.
func unknowable(word string) bool {
	return word == "" || strings.ContainsAny(word, "${}`\\ ") || below([]string{"/proc", "/dev", "/sys"}, word)
}

// isShellOfBuild reports whether a shell must have been there, because instructions of the
// image ran in one.
func isShellOfBuild(b *rules.Build, word string) bool {
	if !isShellName(path.Base(word)) {
		return false
	}
	for i := range b.Instructions {
		if b.Parsed().Keyword(i) == "RUN" {
			return true
		}
	}
	return false
}

// confidenceOf is how sure it is that a program at a path is missing: where the image has
// nothing in its directory, it may be one that a volume is meant for.
func confidenceOf(b *rules.Build, word string) model.Confidence {
	if !strings.Contains(word, "/") {
		if b.Pod != nil && len(b.Pod.Container.EnvFrom) > 0 {
			return model.Possible // PATH may come from there
		}
		return model.Certain
	}
	dir := path.Dir(path.Join("/", b.WorkingDir, word))
	if path.IsAbs(word) {
		dir = path.Dir(path.Clean(word))
	}
	if elsewhere(b, word) != "" || dir == "/" {
		return model.Certain
	}
	_, node, there := visibleAt(b, dir)
	if !there {
		return model.Likely
	}
	for child := range b.Tree.Children(node) {
		if _, visible := b.Tree.Visible(child); visible {
			return model.Certain
		}
	}
	return model.Likely
}

// visibleAt returns the record and the node at the end of an absolute path, links followed.
func visibleAt(b *rules.Build, name string) (id model.RecordID, node model.NodeID, ok bool) {
	if to, led := b.Resolve(name); led {
		name = "/" + to
	}
	if node, ok = b.Tree.Lookup(strings.TrimPrefix(path.Clean(name), "/")); !ok {
		return 0, 0, false
	}
	id, ok = b.Tree.Visible(node)
	return id, node, ok
}

// inVolume reports whether a volume of the image or the pod may lie over a file.
func inVolume(b *rules.Build, file string) bool {
	return below(MountedDirs(b), "/"+file) || below(b.Volumes, "/"+file)
}
