package rules

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// removedLater finds files that a later layer deletes. It claims nothing by
// path: the engine gives it what was shadowed with the cause "deleted".
var removedLater = Rule{
	ID:    "removed-later",
	Group: Structure,
	Title: "files removed by a later instruction",
	Why: "Each instruction adds a layer on top of the ones before, and a layer cannot take bytes out of another. When a later instruction removes a file, " +
		"its layer only notes that the file is gone; the file itself stays in the earlier layer and is pulled and stored with the image for ever. " +
		"Whoever has the image can still read it there, so removing a secret this way does not remove it either. " +
		"The file has to go in the instruction that made it, or must never come in.",
	Confidence: model.Certain,
	Fix:        fixRemovedLater,
	Lesson: Lesson{
		See:     "docker history IMAGE   # the RUN that removes has a size of nearly nothing, the one before keeps its own",
		Before:  "COPY . /src\nRUN make -C /src install\nRUN rm -rf /src",
		After:   "RUN --mount=type=bind,target=/src make -C /src install",
		WhenNot: "Where the file belongs to the base image, and another base is not to be had: removing it hides it, but saves nothing.",
		Sources: []string{"https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts", "https://docs.docker.com/build/building/multi-stage/"},
	},
}

// fixRemovedLater lets files go in the instruction that made them.
func fixRemovedLater(f *model.Finding, b *Build) *model.Fix {
	if f.Inherited {
		return inherited("files that it removes again")
	}
	fix := b.fixRemoved(f)
	if secret := b.secretIn(f); secret != "" {
		made, ok := b.maker(f)
		if ok {
			_, ok = b.broughtBy(f, made)
		}
		if ok || fix.Strategy == model.Manual {
			return hint(model.Manual, keepOut(secret)) // what the RUN stored again is in the COPY's layer, too
		}
		fix.Summary = strings.TrimSuffix(fix.Summary, ".") + "; and change the secret in /" + secret + " at its source, since every copy of this image holds it."
	}
	return fix
}

func (b *Build) fixRemoved(f *model.Finding) *model.Fix {
	made, ok := b.maker(f)
	hid, hidden := b.hider(f)
	switch {
	case !ok && hidden:
		return hint(model.ChangeBase, "Removing "+files(f)+" cannot shrink what the base image brings; start from a base image without them.")
	case !ok:
		return hint(model.Manual, "Remove "+files(f)+" in the instruction that makes them.")
	case b.keyword(made) == "COPY" || b.keyword(made) == "ADD":
		return b.fixRemovedCopy(f, made, hid, hidden)
	case b.keyword(made) != "RUN" || !hidden || b.keyword(hid) != "RUN":
		return hint(model.Manual, "Remove "+files(f)+" in the instruction that makes them, not in a later one.")
	}
	if e, ok := b.join(made, hid, ""); ok {
		gain := "never reaches a layer"
		if _, brought := b.broughtBy(f, made); brought {
			gain = "is not stored once more"
		}
		return e.fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that %s %s.", b.runs(made, hid), largest(f), gain))
	}
	if e, ok := b.removeEarlier(f, made, hid); ok {
		return e.fix(model.SameRunCleanup, "Remove "+files(f)+" at the end of the RUN that makes them.")
	}
	return hint(model.Manual, "Remove "+files(f)+" in the same RUN that makes and uses them, or make them in a build stage.")
}

// removeEarlier appends the later RUN's rm to the RUN that made the files, and
// leaves the later RUN as it is. That holds only where nothing in between needs
// the files, and where the later rm does not mind that they are gone.
func (b *Build) removeEarlier(f *model.Finding, made, hid int) (edit, bool) {
	if f.FileCount > len(f.Paths) || len(f.Paths) == 0 || !toleratesAbsence(b, hid, f) {
		return edit{}, false
	}
	for i := made + 1; i < hid; i++ {
		if b.keyword(i) == "RUN" || b.text(i) == "" {
			return edit{}, false
		}
	}
	run, err := rewrite.ParseRun(b.text(hid))
	if err != nil {
		return edit{}, false
	}
	var targets []string
	for _, c := range run.Commands {
		gone, ok := c.Removal(b.workdir(hid))
		if !ok && !indifferent(c) {
			return edit{}, false
		}
		for _, target := range gone.Targets {
			one := rewrite.Removal{Targets: []string{target}}
			if gone.Whole && slices.ContainsFunc(f.Paths, func(p string) bool { return one.Covers("/" + p) }) {
				targets = append(targets, target)
			}
		}
	}
	if len(targets) == 0 || slices.ContainsFunc(targets, func(t string) bool { return !plainPath.MatchString(t) }) {
		return edit{}, false
	}
	all := rewrite.Removal{Targets: targets}
	if slices.ContainsFunc(f.Paths, func(p string) bool { return !all.Covers("/" + p) }) {
		return edit{}, false
	}
	return b.join(made, made, "rm -rf "+strings.Join(slices.Compact(targets), " "))
}

// plainPath is a path that needs no quoting in shell; * and ? are wanted.
var plainPath = regexp.MustCompile(`^/[A-Za-z0-9._+@%,:/*?-]*[A-Za-z0-9*]$`)

// indifferent names commands that do not look at files they are not given.
func indifferent(c rewrite.Command) bool {
	if sub, _, ok := c.Apt(); ok {
		return sub == "clean" || sub == "autoclean" || sub == "autoremove"
	}
	switch c.Name() {
	case "rm", "rmdir", "true", ":", "set", "echo", "useradd", "groupadd", "adduser", "addgroup", "ldconfig":
		return true
	}
	return false
}

// toleratesAbsence reports whether the RUN that removes a finding's files still
// works when they are gone before: every rm of them has -f.
func toleratesAbsence(b *Build, hid int, f *model.Finding) bool {
	run, err := rewrite.ParseRun(b.text(hid))
	if err != nil {
		return false
	}
	for _, c := range run.Commands {
		gone, ok := c.Removal(b.workdir(hid))
		if !ok || c.Name() == "find" {
			continue
		}
		forced := slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
			return w.Text == "--force" || strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "--") && strings.Contains(w.Text, "f")
		})
		touches := !gone.Whole || slices.ContainsFunc(f.Paths, func(p string) bool { return gone.Covers("/" + p) })
		if touches && !forced {
			return false
		}
	}
	return true
}

// fixRemovedCopy answers for files that a COPY or ADD brought.
func (b *Build) fixRemovedCopy(f *model.Finding, made, hid int, hidden bool) *model.Fix {
	name := largest(f)
	in, ok := rewrite.ParseCopy(b.text(made))
	if !ok || name == "" {
		return hint(model.Manual, "Do not bring "+files(f)+" into the image: a later instruction cannot take them out again.")
	}
	if stage, ok := in.Flag("--from"); ok {
		return hint(model.Manual, fmt.Sprintf("Remove %s in the stage %s before COPY --from takes it, or copy only what the image needs.", files(f), stage))
	}
	source := in.Sources[0]
	if strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") || strings.HasPrefix(source, "ftp://") {
		return hint(model.Manual, fmt.Sprintf("Replace ADD %s by a RUN that downloads and unpacks in one step (curl -fsSL … | tar -x), so that %s is never stored.", source, name))
	}
	if hashed.MatchString(source) {
		// The classic builder records a digest in place of what was copied: one
		// file may have been an archive that ADD unpacked, or needed by a RUN.
		return hint(model.Manual, fmt.Sprintf("Keep %s out of this %s: leave it out of the build context if nothing needs it, else unpack and use it in a build stage and COPY --from the result.", files(f), in.Keyword))
	}
	if hidden && b.keyword(hid) == "RUN" && b.onlyRemoves(hid) && b.unusedBetween(made, hid) && b.fromFolder(in, made, f) {
		return hint(model.Dockerignore, fmt.Sprintf("Add %s to .dockerignore, so that %s does not bring %s in; the rm has nothing left to do then.", b.ignoreLine(in, made, f), in.Keyword, files(f)))
	}
	if folder, ok := b.contextFolder(f, made); ok && path.Base(folder) == "node_modules" && b.makesModules() {
		return hint(model.Dockerignore, fmt.Sprintf("Add %s to .dockerignore, so that %s does not bring it in: a RUN installs it here, and what is removed later was stored already.", folder, in.Keyword))
	}
	return hint(model.Manual, fmt.Sprintf("Use %s without storing it: unpack it in a build stage and COPY --from the result, or mount it with RUN --mount=type=bind.", name))
}

// hashed is what the classic builder puts in place of a COPY's or ADD's source.
var hashed = regexp.MustCompile(`^(\$\{[^}]*\}|file|dir|multi):[0-9a-f]{6,64}`)

// unusedBetween reports whether no instruction between two others could have used
// files that the first brings: none runs anything or copies from the context.
func (b *Build) unusedBetween(made, hid int) bool {
	for i := made + 1; i < hid; i++ {
		switch b.keyword(i) {
		case "RUN", "COPY", "ADD", "":
			return false
		}
	}
	return true
}

// fromFolder reports whether a COPY or ADD takes a directory of the context that the
// finding's files lie in. A file that is copied by its own name is wanted, and
// one out of an archive cannot be left out.
func (b *Build) fromFolder(in *rewrite.Copy, made int, f *model.Finding) bool {
	dest, ok := in.Target(b.workdir(made))
	if !ok || len(in.Sources) != 1 || f.FileCount > len(f.Paths) {
		return false
	}
	source := path.Clean(in.Sources[0])
	for _, p := range f.Paths {
		if !under("/"+p, dest) || "/"+p == path.Join(dest, path.Base(source)) {
			return false
		}
	}
	return source == "." || source == "/" || path.Ext(source) == ""
}

// onlyRemoves reports whether a RUN does nothing with files but to remove them.
func (b *Build) onlyRemoves(at int) bool {
	run, err := rewrite.ParseRun(b.text(at))
	return err == nil && !slices.ContainsFunc(run.Commands, func(c rewrite.Command) bool {
		_, removes := c.Removal("")
		return !removes && !indifferent(c)
	})
}

// ignoreLine is what .dockerignore has to say to keep a finding's largest file
// out of a COPY: its path in the build context where the COPY tells, else its
// name anywhere.
func (b *Build) ignoreLine(in *rewrite.Copy, made int, f *model.Finding) string {
	name := largest(f)
	dest, ok := in.Target(b.workdir(made))
	if ok && in.Known && len(in.Sources) == 1 && !strings.ContainsAny(in.Sources[0], "*?[$") {
		source := path.Clean("/" + in.Sources[0])
		if name == dest || name == path.Join(dest, path.Base(source)) {
			return source[1:]
		}
		if rest, inside := strings.CutPrefix(name, strings.TrimSuffix(dest, "/")+"/"); inside {
			return strings.TrimPrefix(path.Join(source, rest), "/")
		}
	}
	return "**/" + path.Base(name)
}
