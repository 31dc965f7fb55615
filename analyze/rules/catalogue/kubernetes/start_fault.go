package kubernetes

import (
	"fmt"
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
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
	if startable.IsShellText(words[i:]) && f.word == words[i] && i == 0 && f.next == "" {
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

// faultOf says why a command cannot be started, nil where it can or nobody knows. What a program
// lacks to run, an interpreter or a library, is for rule missing-library.
func faultOf(b *rules.Build, words []string, a *startable.Answer) *fault {
	f := &fault{word: a.Word, confidence: model.Certain, file: a.File}
	if a.File != "" {
		f.layer = model.Ptr(int(b.Tree.Records[a.Record].Layer))
	}
	switch a.Why {
	case startable.NotThere:
		f.what, f.confidence = "is not in the image", confidenceOf(b, a.Word)
		if a.InText && !isOneCommand(words[a.Index+2]) {
			f.confidence = lesser(model.Likely, f.confidence) // what else is in it may have brought it
		}
		if !a.InText && startable.IsShellWord(a.Word) && elsewhere(b, a.Word) == "" {
			f.next = "only a shell has that command, so give it to sh -c, or name a program"
		}
	case startable.IsDirectory:
		f.what, f.layer = "is a directory", nil
		f.next = "name the program in it"
	case startable.NotExecutable:
		f.what = fmt.Sprintf("nobody may run (mode %04o)", attributes(b, a.File).Mode)
		f.next = fmt.Sprintf("mark it executable, with COPY --chmod=755 or RUN chmod +x /%s", a.File)
	case startable.NotByUser:
		whose := "image's"
		if b.Pod != nil && b.Pod.RunAsUser() != nil {
			whose = "pod's"
		}
		user, _ := b.RunsAs()
		of := attributes(b, a.File)
		f.what = fmt.Sprintf("only user %d may run (mode %04o), and the %s user is %d", of.UID, of.Mode, whose, user.UID)
		f.next = fmt.Sprintf("let all run it, with COPY --chmod=755 or RUN chmod 755 /%s", a.File)
	case startable.NotReachable:
		user, _ := b.RunsAs()
		of := attributes(b, a.At)
		f.what = fmt.Sprintf("user %d cannot reach: /%s is only for user %d (mode %04o)", user.UID, a.At, of.UID, of.Mode)
		f.next = "put the program into another directory"
	case startable.WindowsLines:
		f.what = fmt.Sprintf("has lines that end as on Windows (the kernel looks for %s)", quoted(a.At+`\r`))
		f.next = "save it with the line ends of Unix, and say so in .gitattributes: *.sh text eol=lf"
	case startable.NoFirstLine:
		f.what = "does not say who runs it"
		f.next = "let its first line be #!/bin/sh"
	default:
		return nil
	}
	return f
}

// attributes are those of what is visible at a path without leading slash.
func attributes(b *rules.Build, name string) model.Attributes {
	r, there := b.Visible(name)
	if !there {
		return model.Attributes{}
	}
	return b.Tree.Attributes(r)
}

// isOneCommand reports whether a shell's text is one command, which the shell takes as it is.
func isOneCommand(text string) bool {
	text = strings.TrimPrefix(strings.TrimSpace(text), "exec ")
	return len(rewrite.Script(text)) == 1 && isPlain(text)
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
	_, node, there := b.Container().At(dir)
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
