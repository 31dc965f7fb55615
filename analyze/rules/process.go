package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
)

// Process is what a container of the image runs in the end, as far as the config and the
// scripts that it starts tell: process 1 starts as the entry point, and each script that hands
// over with exec makes way for the next program.
type Process struct {
	// Words are those of the program, the name first; where only the shell knows a word, its
	// source. Nil where it cannot be told.
	Words []string
	// Init is the small init in front that passes signals on, such as tini; "" for none.
	Init string
	// Holders are the scripts that stay behind, process 1 first: each started the next program
	// without exec.
	Holders []Holder
	// Script is the last script that the words went through, without leading slash.
	Script string
	// Anything reports whether a script runs whatever command the container is given.
	Anything bool
	// Background are the programs that process 1 started with & before, and Minds reports
	// whether it looks after its children itself.
	Background []rewrite.Command
	Minds      bool
	// Keyword is the instruction that names the program, CMD or ENTRYPOINT, and At where in its
	// words; "" where a script does. With InText it is the text of a shell there that does.
	Keyword string
	At      int
	InText  bool
	// Texts are those of the shells and scripts that the words went through, in their order.
	Texts []string
	// Changed reports whether a wrapper, such as env, sets variables or changes the directory in
	// front of the program, or a shell there reads a profile, which may do so.
	Changed bool
}

// Holder is a shell that stays while the program runs.
type Holder struct {
	Script   string           // its path without leading slash, "" where the config has the text
	Shell    string           // the word that starts it, without its directory
	Text     string           // the script
	HandOver rewrite.HandOver // how it ends
}

// maxHandOvers is how many scripts are followed that start each other.
const maxHandOvers = 8

// Process reads what the image runs. Of an image as a pod runs it the answer is kept, since every
// rule asks and nothing changes it.
func (b *Build) Process() Process {
	if b == nil || len(b.Entrypoint)+len(b.Cmd) == 0 {
		return Process{}
	}
	if b.Pod == nil {
		return b.readProcess()
	}
	if b.process == nil {
		p := b.readProcess()
		b.process = &p
	}
	return *b.process
}

func (b *Build) readProcess() Process {
	var p Process
	all := slices.Concat(b.Entrypoint, b.Cmd)
	words, told := all, true // told: they are the last words of the config
	for range maxHandOvers {
		words = p.strip(words)
		if told {
			p.Keyword, p.At = b.wordAt(len(all) - len(words))
		}
		if len(words) == 0 {
			return p
		}
		script, text, args, ok := b.startsScript(words)
		if !ok {
			p.Words = words
			return p
		}
		p.Texts = append(p.Texts, text)
		p.Changed = p.Changed || startable.IsLoginShell(words) || script != "" && startable.IsLoginShell(shellLine(text))
		if script != "" {
			p.Script = script
			if p.Init == "" {
				p.Init = initOf(text)
			}
		}
		h, ok := rewrite.ReadHandOver(text)
		if !ok {
			return p
		}
		p.Minds = p.Minds || h.Minds
		p.Background = append(p.Background, h.Background...)
		if !h.Exec && h.Words != nil {
			p.Holders = append(p.Holders, Holder{Script: script, Shell: path.Base(words[0]), Text: text, HandOver: h})
		}
		switch {
		case h.Words == nil || !h.Arguments && runsArguments(h.Words):
			return p
		case script == "" && !runsArguments(h.Words):
			p.InText = told
		}
		words = resolve(h.Words, args)
		if told = told && slices.Equal(p.strip(words), args); told && script != "" {
			p.Anything = true
		} else if !told && !p.InText {
			p.Keyword, p.At = "", 0
		}
	}
	return Process{}
}

// wordAt returns the instruction that has a word of the entry point and the command behind
// it, and where in it.
func (b *Build) wordAt(i int) (keyword string, at int) {
	if i < len(b.Entrypoint) {
		return "ENTRYPOINT", i
	}
	return "CMD", i - len(b.Entrypoint)
}

// strip takes off what only starts the next program: an init, another user, env.
func (p *Process) strip(words []string) []string {
	w := startable.Unwrap(words)
	if w.Init != "" {
		p.Init = w.Init
	}
	p.Changed = p.Changed || w.Dir || w.Env || w.Path
	return w.Words
}

// startsScript reports whether words start a shell script whose text is known, and returns its
// path without leading slash, "" where the text is a word itself, and its arguments.
func (b *Build) startsScript(words []string) (script, text string, args []string, ok bool) {
	if startable.IsShellText(words) {
		return "", words[2], words[min(4, len(words)):], true
	}
	at := 0
	if startable.IsShell(words[0]) {
		for at = 1; at < len(words) && strings.HasPrefix(words[at], "-"); at++ {
			if strings.Contains(words[at], "c") {
				return "", "", nil, false
			}
		}
		if at == len(words) {
			return "", "", nil, false
		}
	}
	script, content, ok := b.scriptAt(words[at], at > 0)
	if !ok || at == 0 && !hasShellLine(content) {
		return "", "", nil, false
	}
	return script, content, words[at+1:], true
}

// scriptAt returns the text of the script that a word of the config starts; relative reports
// whether a word without slash is looked for in the working directory.
func (b *Build) scriptAt(word string, relative bool) (script, text string, ok bool) {
	var candidates []string
	switch {
	case path.IsAbs(word):
		candidates = []string{word}
	case strings.Contains(word, "/") || relative:
		candidates = []string{path.Join("/", b.WorkingDir, word)}
	default:
		for _, dir := range b.SearchPath() {
			candidates = append(candidates, path.Join(dir, word))
		}
	}
	for _, name := range candidates {
		at := strings.TrimPrefix(path.Clean(name), "/")
		if to, led := b.Resolve(name); led {
			at = to
		}
		if content, known := b.Captured[at]; known {
			return at, string(content), true
		}
		if _, there := b.Visible(at); there {
			return "", "", false
		}
	}
	return "", "", false
}

// ScriptOf returns the path, without leading slash, and the text of the script that a word
// starts; "" where it is no script, or one that the scan has not read.
func (b *Build) ScriptOf(word string) (script, text string) {
	script, text, ok := b.scriptAt(word, false)
	if !ok || !hasShellLine(text) {
		return "", ""
	}
	return script, text
}

// hasShellLine reports whether a script names a shell in its first line, or nothing at all.
func hasShellLine(text string) bool {
	line, _, _ := strings.Cut(text, "\n")
	if !strings.HasPrefix(line, "#!") {
		return !strings.HasPrefix(line, "\x7fELF") && !strings.Contains(line, "\x00")
	}
	return slices.ContainsFunc(strings.Fields(line[2:]), startable.IsShell)
}

// shellLine are the words of a script's first line, from the shell on.
func shellLine(text string) []string {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(strings.TrimPrefix(line, "#!"))
	if at := slices.IndexFunc(fields, startable.IsShell); at >= 0 {
		return fields[at:]
	}
	return nil
}

// initOf returns the init that a script's first line names, "" for none.
func initOf(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	for _, word := range strings.Fields(strings.TrimPrefix(line, "#!")) {
		if startable.IsSmallInit(path.Base(word)) {
			return path.Base(word)
		}
	}
	return ""
}

// runsArguments reports whether a command is, or has, all arguments of its script.
func runsArguments(words []rewrite.Word) bool {
	return slices.ContainsFunc(words, func(w rewrite.Word) bool { return isArguments(w.Text) })
}

func isArguments(text string) bool { return text == `"$@"` || text == "$@" || text == "$*" }

// resolve puts a script's arguments into the words of a command.
func resolve(words []rewrite.Word, args []string) (out []string) {
	for _, w := range words {
		if isArguments(w.Text) {
			out = append(out, args...)
			continue
		}
		out = append(out, w.Text)
	}
	return out
}

// Name is the program without its directory, "" where it is not known.
func (p Process) Name() string {
	if len(p.Words) == 0 || strings.Contains(p.Words[0], "$") && !strings.Contains(p.Words[0], "/") {
		return ""
	}
	return path.Base(p.Words[0])
}
