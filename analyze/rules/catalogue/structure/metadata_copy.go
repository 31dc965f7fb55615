package structure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// MetadataCopy finds files that a later layer holds again with the same
// content. It claims nothing by path: the engine gives it what was shadowed with
// the cause "copied".
var MetadataCopy = rules.Rule{
	ID:    "metadata-copy",
	Group: rules.Structure,
	Title: "files stored again with the same content",
	Do:    "set owner and mode where the files are added",
	Why: "The smallest thing a layer can hold is a whole file. A chown, chmod or touch of a file from an earlier layer therefore copies all its bytes into the new layer, " +
		"just to record another owner, mode or time; chown -R on an application's directory doubles its size. A second COPY of the same files and a hard link to one of them do the same. Files that get their owner and mode in the instruction that makes them " +
		"are stored once: use COPY --chown, or chown at the end of the RUN that wrote them.",
	Confidence: model.Certain,
	Cause:      model.Copied,
	Fix:        fixMetadataCopy,
	TitleOf:    copiedBy,
	Lesson: rules.Lesson{
		See:     "docker history IMAGE   # a RUN chown as large as the COPY before it",
		Before:  "COPY . /app\nRUN chown -R app:app /app",
		After:   "COPY --chown=app:app . /app",
		WhenNot: "Where only a few small files change owner, and a separate instruction is easier to read.",
		Sources: []string{"https://docs.docker.com/reference/dockerfile/#copy---chown---chmod", "https://github.com/opencontainers/image-spec/blob/main/layer.md#change-types"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ src/a=
			RUN chown 1 /src/a
			+ src/a=`,
		Fixed: "RUN make \\\n    && chown 1 /src/a",
		Miss: `
			RUN make
			+ src/a=
			RUN chown 1 /src/b
			+ src/b`,
	},
}

// fixMetadataCopy gives files their owner and mode where they are made.
func fixMetadataCopy(f *model.Finding, b *rules.Build) *model.Fix {
	if f.Inherited {
		return advice.Inherited("files that it stores twice")
	}
	made, own := advice.Maker(f, b)
	hid, hidden := advice.Hider(f, b)
	program := changer(b, hid, hidden)
	by := ""
	if hidden {
		by = b.Parsed().Keyword(hid)
	}
	switch {
	case !own && hidden && (by == "COPY" || by == "ADD"):
		return advice.Hint(model.Manual, fmt.Sprintf("Copy only what the image does not have yet: the %s brings files that the base image already has, such as %s.", by, advice.Largest(f)))
	case !own && hidden:
		return advice.Hint(model.Manual, fmt.Sprintf("Limit the %s to the files that need it: every file of the base image that it touches, such as %s, is stored again.", program, advice.Largest(f)))
	case !own || !hidden:
		return advice.Hint(model.Manual, "Set owner, mode and time of "+advice.Files(f)+" in the instruction that makes "+advice.Pronoun(f)+".")
	}
	if fix := ownersMoved(b, made, hid); fix != nil {
		return fix
	}
	switch b.Parsed().Keyword(made) {
	case "COPY":
		if b.Parsed().Keyword(hid) == "RUN" {
			e, flag, why := moveIntoCopy(b, f, made, hid)
			switch why {
			case "":
				if b.Tree != nil {
					return copyHint(b, f, program) // ownersMoved knows more, and makes no edit
				}
				return e.Fix(model.CopyChown, "Let COPY set the "+flag+" instead of a later RUN, which stores every file again.")
			case otherwise:
				return copyHint(b, f, program)
			}
			return advice.Hint(model.Manual, fmt.Sprintf("Leave the %s as it is, or copy %s with its owner by hand: %s.", program, advice.Largest(f), why))
		}
	case "RUN":
		if b.Parsed().Keyword(hid) == "RUN" {
			if e, ok := advice.MoveUp(b, made, hid); ok {
				return e.Fix(model.SameRunCleanup, fmt.Sprintf("Move the %s into the RUN that makes %s.", program, advice.Files(f)))
			}
			if e, ok := advice.Join(b, made, hid, ""); ok {
				gain := fmt.Sprintf("the %s happens before %s is stored", program, advice.Largest(f))
				if program == anyChange {
					gain = advice.Largest(f) + " is stored once"
				}
				return e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that %s.", b.Parsed().CountRuns(made, hid), gain))
			}
		}
		if b.Parsed().Keyword(hid) == "RUN" {
			if program == anyChange {
				return advice.Hint(model.Manual, "Write "+advice.Files(f)+" once: a later RUN stores the same content again.")
			}
			return advice.Hint(model.Manual, fmt.Sprintf("Move the %s into the RUN that makes %s.", program, advice.Files(f)))
		}
	}
	if by := b.Parsed().Keyword(hid); by != "RUN" {
		if dir, ok := advice.ContextDir(f, b, hid); ok && b.Parsed().Keyword(made) == "RUN" {
			return advice.Hint(model.Dockerignore, fmt.Sprintf("Add %s to .dockerignore: a RUN has already made it in the image, and the later %s stores the same content again.", dir, by))
		}
		return advice.Hint(model.Manual, fmt.Sprintf("Copy %s only once: the later %s stores the same content again.", advice.Files(f), by))
	}
	return copyHint(b, f, program)
}

// ownersMoved moves the change of owner or mode in a RUN to the instructions that
// brought the files, this one among them; nil where that cannot be done, or where a
// join of two RUNs does the same.
func ownersMoved(b *rules.Build, made, hid int) *model.Fix {
	if b.Parsed().Keyword(hid) != "RUN" || b.Tree == nil {
		return nil
	}
	m, ok := moveOwners(b, hid)
	if !ok || m.texts[made] == "" {
		return nil
	}
	if len(m.flags) == 0 {
		if e, joins := advice.Join(b, made, hid, ""); joins && rewrite.Subshells(e.After) <= rewrite.Subshells(e.Before) {
			return nil
		}
	}
	return m.edit().Fix(model.CopyChown, m.how())
}

// copiedBy blames the instruction that stored the files once more.
func copiedBy(f *model.Finding, b *rules.Build) string {
	hid, hidden := advice.Hider(f, b)
	if !hidden || f.Inherited || f.Instruction == nil {
		return ""
	}
	what := "files"
	if b.Instructions[*f.Instruction].Inherited {
		what = "files of the base image"
	}
	by := b.Parsed().Keyword(hid)
	if by == "RUN" {
		if program := changer(b, hid, hidden); !strings.Contains(program, " ") {
			by = program
		}
	}
	return fmt.Sprintf("%s stored again by %s in step %d", what, by, model.StepNumber(b.Instructions, hid))
}

// changer names the program in a RUN that changes owner, mode or time.
func changer(b *rules.Build, hid int, hidden bool) string {
	if hidden && b.Parsed().Keyword(hid) == "RUN" {
		if run, err := rewrite.ParseRun(b.Parsed().Text(hid)); err == nil {
			for _, c := range run.Commands {
				if change, ok := c.Change(); ok {
					return change.Program
				}
			}
		}
	}
	return anyChange
}

// anyChange stands for what nobody can see of a RUN.
const anyChange = "change of owner, mode or time"

func copyHint(b *rules.Build, f *model.Finding, program string) *model.Fix {
	if stage := copiedFrom(f, b); stage != "" && program == "chmod" {
		return advice.Hint(model.Manual, fmt.Sprintf("Set the mode of %s in %s, before COPY --from takes it, or give that COPY --chmod.", advice.Files(f), stage))
	}
	switch program {
	case "chmod":
		return advice.Hint(model.Manual, fmt.Sprintf("Set the mode of %s before copying (git keeps the executable bit), or limit the chmod to the files that need it.", advice.Files(f)))
	case "chown", "chgrp":
		return advice.Hint(model.Manual, fmt.Sprintf("Create the user before the COPY, use COPY --chown, and limit the %s to files that a RUN makes, so that %s is stored once.", program, advice.Largest(f)))
	}
	return advice.Hint(model.Manual, fmt.Sprintf("Leave owner, mode and time of %s as COPY sets them: changing them later stores the content again.", advice.Files(f)))
}

// copiedFrom is the stage or image that a COPY took a finding's files from, "" for the
// build context.
func copiedFrom(f *model.Finding, b *rules.Build) string {
	made, ok := advice.Maker(f, b)
	if !ok {
		return ""
	}
	in, ok := rewrite.ParseCopy(b.Parsed().Text(made))
	if !ok {
		return ""
	}
	stage, _ := in.Flag("--from")
	return stage
}

// otherwise is why moveIntoCopy makes no edit where nothing more can be said.
const otherwise = "the instructions do not allow it"

// moveIntoCopy edits every COPY below the directory that a RUN chowns. why says why
// it does not.
func moveIntoCopy(b *rules.Build, f *model.Finding, made, hid int) (e advice.Edit, flag, why string) {
	in := rewrite.Setting{WorkDir: b.Parsed().WorkDir(hid), Declared: b.Parsed().Declares(made, hid), BuildKit: b.NeedsBuildKit()}
	in.File = f.FileCount == 1 && len(f.Paths) == 1
	target, ok := in.Covers(b.Parsed().Text(made), b.Parsed().Text(hid))
	if !ok || !b.Parsed().PosixShell(hid) {
		return advice.Edit{}, "", otherwise
	}
	in.File = in.File && f.Paths[0] == target[1:]
	in.KeepDir = b.Parsed().MayExist(target, hid)
	at, ok := b.Parsed().CopiesInto(target, hid)
	if !ok || !slices.Contains(at, made) {
		return advice.Edit{}, "", otherwise
	}
	// What the text cannot tell the layers do: a package may have filled the directory.
	if changed := b.Needs().ChangedBy(hid, at, target); changed.Known {
		if changed.Other != "" {
			return advice.Edit{}, "", fmt.Sprintf("it also changes %s, which did not come from a COPY", changed.Other)
		}
		if changed.Above != "" {
			return advice.Edit{}, "", fmt.Sprintf("BuildKit would give that owner to %s as well, which the COPY creates", changed.Above)
		}
		in.KeepDir = changed.KeepDir
	}
	copies := make([]string, len(at))
	for i, index := range at {
		copies[i] = b.Parsed().Text(index)
	}
	edited, run, ok := rewrite.CopyChown(copies, b.Parsed().Text(hid), in)
	if !ok {
		return advice.Edit{}, "", otherwise
	}
	if why := noOwner(b, at, copies, edited, hid); why != "" {
		return advice.Edit{}, "", why
	}
	texts := b.Parsed().Texts(at[0], hid)
	for i, index := range at {
		texts[index-at[0]] = edited[i]
	}
	if texts[len(texts)-1] = run; run == "" {
		texts = texts[:len(texts)-1]
	}
	flag = ownerFlags(edited[0])
	return advice.Edit{Before: strings.Join(b.Parsed().Texts(at[0], hid), "\n"), After: strings.Join(texts, "\n")}, flag, ""
}

// noOwner says why the builder could not look up the owner that COPYs were given, ""
// where it can.
func noOwner(b *rules.Build, at []int, copies, edited []string, hid int) string {
	owner := ownerOf(edited[0])
	if owner == "" || numericOwner.MatchString(owner) {
		return ""
	}
	// A COPY --link has no image beneath it in which names could be looked up.
	if slices.ContainsFunc(copies, func(text string) bool { return slices.Contains(strings.Fields(text), "--link") }) {
		return "COPY --link accepts only numeric user IDs"
	}
	if b.Tree == nil {
		if b.Parsed().CreatesUsersBetween(at[0], hid) {
			return otherwise
		}
		return ""
	}
	for _, i := range at {
		if why := b.Needs().NoOwner(i, owner); why != "" {
			return why
		}
	}
	return ""
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

var numericOwner = lazyregexp.New(`^[0-9]+:[0-9]+$`)
