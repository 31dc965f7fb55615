package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// metadataCopy finds files that a later layer holds again with the same
// content. It claims nothing by path: the engine gives it what was shadowed with
// the cause "copied".
var metadataCopy = Rule{
	ID:    "metadata-copy",
	Group: Structure,
	Title: "files stored again with the same content",
	Why: "The smallest thing a layer can hold is a whole file. A chown, chmod or touch of a file from an earlier layer therefore copies all its bytes into the new layer, " +
		"just to note another owner, mode or time; chown -R over an application's folder doubles the folder. A second COPY of the same files and a hard link to one of them do the same. Files that get owner and mode in the instruction that makes them " +
		"are stored once: COPY --chown, or chown at the end of the RUN that wrote them.",
	Confidence: model.Certain,
	Fix:        fixMetadataCopy,
	Lesson: Lesson{
		See:     "docker history IMAGE   # a RUN chown as large as the COPY before it",
		Before:  "COPY . /app\nRUN chown -R app:app /app",
		After:   "COPY --chown=app:app . /app",
		WhenNot: "Where only a few small files change their owner, and an instruction of its own reads better.",
		Sources: []string{"https://docs.docker.com/reference/dockerfile/#copy---chown---chmod", "https://github.com/opencontainers/image-spec/blob/main/layer.md#change-types"},
	},
}

// fixMetadataCopy gives files their owner and mode where they are made.
func fixMetadataCopy(f *model.Finding, b *Build) *model.Fix {
	if f.Inherited {
		return inherited("files that it stores twice")
	}
	made, own := b.maker(f)
	hid, hidden := b.hider(f)
	program := b.changer(hid, hidden)
	switch {
	case !own && hidden:
		return hint(model.Manual, fmt.Sprintf("Limit the %s to the files that need it: every file of the base image that it touches, %s for one, is stored again.", program, largest(f)))
	case !own || !hidden:
		return hint(model.Manual, "Give "+files(f)+" owner, mode and time in the instruction that makes them.")
	}
	switch b.keyword(made) {
	case "COPY":
		if b.keyword(hid) == "RUN" {
			if e, flag, ok := b.moveIntoCopy(f, made, hid); ok {
				return e.fix(model.CopyChown, "Let COPY set the "+flag+" instead of a later RUN, which stores every file again.")
			}
			return b.copyHint(f, program)
		}
	case "RUN":
		if b.keyword(hid) == "RUN" {
			if e, ok := b.join(made, hid, ""); ok {
				return e.fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that the %s happens before %s is stored.", b.runs(made, hid), program, largest(f)))
			}
		}
		if b.keyword(hid) == "RUN" {
			return hint(model.Manual, fmt.Sprintf("Move the %s into the RUN that makes %s.", program, files(f)))
		}
	}
	if by := b.keyword(hid); by != "RUN" {
		if folder, ok := b.contextFolder(f, hid); ok && b.keyword(made) == "RUN" {
			return hint(model.Dockerignore, fmt.Sprintf("Add %s to .dockerignore: a RUN has made it here already, and the later %s stores the same content again.", folder, by))
		}
		return hint(model.Manual, fmt.Sprintf("Bring %s in once: the later %s stores the same content again.", files(f), by))
	}
	return b.copyHint(f, program)
}

// changer names the program in a RUN that changes owner, mode or time.
func (b *Build) changer(hid int, hidden bool) string {
	if hidden && b.keyword(hid) == "RUN" {
		if run, err := rewrite.ParseRun(b.text(hid)); err == nil {
			for _, c := range run.Commands {
				if change, ok := c.Change(); ok {
					return change.Program
				}
			}
		}
	}
	return "change of owner, mode or time"
}

func (b *Build) copyHint(f *model.Finding, program string) *model.Fix {
	switch program {
	case "chmod":
		return hint(model.Manual, fmt.Sprintf("Set the mode of %s before it is copied (git keeps the executable bit), or limit the chmod to the files that need it.", files(f)))
	case "chown", "chgrp":
		return hint(model.Manual, fmt.Sprintf("Create the user before the COPY, give the COPY --chown, and limit the %s to what the image itself makes, so that %s is stored once.", program, largest(f)))
	}
	return hint(model.Manual, fmt.Sprintf("Leave owner, mode and time of %s as COPY sets them: changing them later stores the file again.", files(f)))
}

// moveIntoCopy edits every COPY below the directory that a RUN chowns.
func (b *Build) moveIntoCopy(f *model.Finding, made, hid int) (e edit, flag string, ok bool) {
	in := rewrite.Setting{WorkDir: b.workdir(hid), Declared: b.declares(made, hid), BuildKit: b.needsBuildKit()}
	in.File = f.FileCount == 1 && len(f.Paths) == 1
	target, ok := in.Covers(b.text(made), b.text(hid))
	if !ok || !b.usualShell(hid) {
		return edit{}, "", false
	}
	in.File = in.File && f.Paths[0] == target[1:]
	in.KeepFolder = b.mayExist(target, hid)
	at, ok := b.copiesInto(target, hid)
	if !ok || !slices.Contains(at, made) {
		return edit{}, "", false
	}
	copies := make([]string, len(at))
	for i, index := range at {
		copies[i] = b.text(index)
	}
	edited, run, ok := rewrite.CopyChown(copies, b.text(hid), in)
	// A COPY --link has no image beneath it in which names could be looked up.
	linked := slices.ContainsFunc(copies, func(text string) bool { return slices.Contains(strings.Fields(text), "--link") })
	if !ok || (linked || b.usersMadeBetween(at[0], hid)) && strings.Contains(edited[0], "--chown=") && !numericOwner.MatchString(edited[0]) {
		return edit{}, "", false
	}
	texts := b.texts(at[0], hid)
	for i, index := range at {
		texts[index-at[0]] = edited[i]
	}
	if texts[len(texts)-1] = run; run == "" {
		texts = texts[:len(texts)-1]
	}
	flag = ownerFlags(edited[0])
	return edit{strings.Join(b.texts(at[0], hid), "\n"), strings.Join(texts, "\n")}, flag, true
}

// ownerFlags says what a COPY sets: "owner (--chown=app)", "owner and mode
// (--chown=app --chmod=755)".
func ownerFlags(copy string) string {
	var what, flags []string
	for _, word := range strings.Fields(copy)[1:] {
		switch {
		case strings.HasPrefix(word, "--chown="):
			what, flags = append(what, "owner"), append(flags, word)
		case strings.HasPrefix(word, "--chmod="):
			what, flags = append(what, "mode"), append(flags, word)
		case !strings.HasPrefix(word, "--"):
			return strings.Join(what, " and ") + " (" + strings.Join(flags, " ") + ")"
		}
	}
	return strings.Join(what, " and ")
}

var numericOwner = regexp.MustCompile(`(?i)^\S+\s+--chown=[0-9]+:[0-9]+\s`)

// declares says which variables ARG and ENV set before one instruction and leave
// alone up to another.
func (b *Build) declares(made, hid int) func(string) bool {
	sets := func(i int, name string) bool {
		return (b.keyword(i) == "ARG" || b.keyword(i) == "ENV") && regexp.MustCompile(`\s`+name+`([=\s]|$)`).MatchString(b.text(i))
	}
	return func(name string) bool {
		before := false
		for i := range hid {
			if i > made && sets(i, name) {
				return false
			}
			before = before || !b.Instructions[i].Inherited && sets(i, name)
		}
		return before
	}
}

func (b *Build) needsBuildKit() bool {
	return slices.ContainsFunc(b.Instructions, func(in model.Instruction) bool {
		return !in.Inherited && b.known().isBuildKit(in.Text)
	})
}

// usersMadeBetween reports whether a RUN between a COPY and its chown makes users,
// which --chown could not name yet.
func (b *Build) usersMadeBetween(from, to int) bool {
	for i := from + 1; i < to; i++ {
		if commands, ok := b.commands(i); ok && slices.ContainsFunc(commands, rewrite.Command.CreatesUsers) {
			return true
		}
	}
	return false
}
