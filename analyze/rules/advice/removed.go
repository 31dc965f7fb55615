package advice

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// Removed returns the fix for files that a later instruction removes: to let them go
// in the instruction that made them, or never to bring them in.
func Removed(f *model.Finding, b *rules.Build) *model.Fix {
	if f.Inherited {
		return Inherited("files that it removes again")
	}
	fix := removed(f, b)
	if secret := SecretIn(f, b); secret != "" {
		made, known := Maker(f, b)
		from, copied := -1, false
		if known {
			from = made
			if at, ok := Origin(f, b, made); ok {
				from, copied = at, true // what the RUN stored again is in the COPY's layer, too
			}
		}
		if copied || fix.Strategy == model.Manual {
			return Hint(model.Manual, KeepOut(b, from, secret))
		}
		source := " at its source"
		if known && b.Parsed().Keyword(made) == "RUN" {
			if again, ok := generatedKey(b, made, secret); ok {
				source = " with a new one (" + again + ")"
			}
		}
		fix.Summary = strings.TrimSuffix(fix.Summary, ".") + "; also replace the secret in /" + secret + source + ", since every copy of this image holds it."
	}
	return fix
}

// removed is Removed without regard to secrets.
func removed(f *model.Finding, b *rules.Build) *model.Fix {
	made, ok := Maker(f, b)
	hid, hidden := Hider(f, b)
	switch {
	case !ok && hidden:
		return Hint(model.ChangeBase, "Removing "+Files(f)+" saves nothing, since the base image still holds "+Pronoun(f)+"; start from a base image without "+Pronoun(f)+".")
	case !ok:
		return Hint(model.Manual, "Remove "+Files(f)+" in the instruction that makes "+Pronoun(f)+".")
	case b.Parsed().Keyword(made) == "COPY" || b.Parsed().Keyword(made) == "ADD":
		if e, ok := MountCopy(b, made, hid); ok && hidden {
			return e.Fix(model.SameRunCleanup, "Mount "+Files(f)+" for the RUN that uses "+Pronoun(f)+", instead of a COPY that stores "+Pronoun(f)+" in the image.")
		}
		return removedCopy(f, b, made, hid, hidden)
	case b.Parsed().Keyword(made) != "RUN" || !hidden || b.Parsed().Keyword(hid) != "RUN":
		return Hint(model.Manual, "Remove "+Files(f)+" in the instruction that makes "+Pronoun(f)+", not in a later one.")
	}
	// A RUN that only stored the files once more, as chown -R does, is the wrong one to
	// remove them in: the first one would still hold them.
	if first, again := StoredFirst(f, b, made); again && b.Parsed().Keyword(first) == "RUN" {
		if e, ok := Join(b, first, hid, ""); ok {
			return e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that %s never reaches a layer.", b.Parsed().CountRuns(first, hid), Largest(f)))
		}
		if e, ok := removeEarlier(f, b, first, hid); ok {
			return e.Fix(model.SameRunCleanup, "Remove "+Files(f)+" at the end of the RUN that makes "+Pronoun(f)+".")
		}
	}
	if !OneStep(b, made, hid) {
		if e, ok := removeEarlier(f, b, made, hid); ok {
			return e.Fix(model.SameRunCleanup, "Remove "+Files(f)+" at the end of the RUN that makes "+Pronoun(f)+".")
		}
	}
	if e, ok := Join(b, made, hid, ""); ok {
		gain := "never reaches a layer"
		if _, copied := Origin(f, b, made); copied {
			gain = "is not stored again"
		}
		return e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that %s %s.", b.Parsed().CountRuns(made, hid), Largest(f), gain))
	}
	if e, ok := removeEarlier(f, b, made, hid); ok {
		return e.Fix(model.SameRunCleanup, "Remove "+Files(f)+" at the end of the RUN that makes "+Pronoun(f)+".")
	}
	return Hint(model.Manual, "Remove "+Files(f)+" in the same RUN that makes and uses "+Pronoun(f)+", or make "+Pronoun(f)+" in a build stage.")
}

// removeEarlier appends the later RUN's rm to the RUN that made the files, and
// leaves the later RUN as it is. That holds only where nothing in between needs
// the files, and where the later rm does not mind that they are gone.
func removeEarlier(f *model.Finding, b *rules.Build, made, hid int) (Edit, bool) {
	if f.FileCount > len(f.Paths) || len(f.Paths) == 0 || !ToleratesAbsence(f, b, hid) {
		return Edit{}, false
	}
	if needsBetween(f, b, made, hid) != "" {
		return Edit{}, false
	}
	run, err := rewrite.ParseRun(b.Parsed().Text(hid))
	if err != nil {
		return Edit{}, false
	}
	var targets []string
	for _, c := range run.Commands {
		gone, ok := c.Removal(b.Parsed().WorkDir(hid))
		if !ok && !indifferent(c) {
			return Edit{}, false
		}
		for _, target := range gone.Targets {
			one := rewrite.Removal{Targets: []string{target}}
			if gone.Whole && slices.ContainsFunc(f.Paths, func(p string) bool { return one.Covers("/" + p) }) {
				targets = append(targets, ofItsOwn(f, b, made, hid, target)...)
			}
		}
	}
	if len(targets) == 0 || len(targets) > maxTargets || slices.ContainsFunc(targets, func(t string) bool { return !plainPath.MatchString(t) }) {
		return Edit{}, false
	}
	all := rewrite.Removal{Targets: targets}
	if slices.ContainsFunc(f.Paths, func(p string) bool { return !all.Covers("/" + p) }) {
		return Edit{}, false
	}
	targets = slices.Compact(targets)
	for i := made + 1; i < hid; i++ {
		if slices.ContainsFunc(targets, func(target string) bool { return mayMean(b.Parsed().Text(i), target) }) {
			return Edit{}, false
		}
	}
	return Join(b, made, made, "rm -rf "+strings.Join(targets, " "))
}

// mayMean reports whether an instruction may mean a file or directory that an rm takes: a word holds its name,
// wherever options, variables or links lead, or find(1) looks for files in a directory around it.
func mayMean(text, target string) bool {
	if strings.ContainsAny(target, "*?") {
		return false // the directory stays, and what needs its files was asked for
	}
	name := path.Base(target)
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \t\n\"'=:;&|(){},<>/", r) }) {
		if word == name {
			return true
		}
	}
	_, found, finds := strings.Cut(text, "find ")
	words := strings.Fields(found)
	return finds && len(words) > 0 && path.IsAbs(words[0]) && instructions.Under(target, path.Clean(words[0]))
}

// ofItsOwn returns what a RUN removes of a later rm's target where earlier instructions have put files
// there, too, and something between may need those. It is the directories, or files, in which the
// finding's files lie and that hold nothing older.
func ofItsOwn(f *model.Finding, b *rules.Build, made, hid int, target string) (targets []string) {
	all := need.Thing{Meant: true, Searched: true, Until: hid, Paths: []string{target}}
	if b.Needs().Older(target, made) == "" || b.Needs().Later(made, all).Why == "" {
		return []string{target}
	}
	one := rewrite.Removal{Targets: []string{target}}
	for _, p := range f.Paths {
		if p = "/" + p; !one.Covers(p) {
			continue
		}
		own, rest := path.Dir(target), ""
		if !strings.ContainsAny(path.Base(target), "*?") {
			own = target
		}
		for rest = strings.TrimPrefix(p, own); rest != "" && b.Needs().Below(own, made, nil) != ""; {
			name, more, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
			own, rest = path.Join(own, name), more
		}
		if !slices.Contains(targets, own) {
			targets = append(targets, own)
		}
	}
	return targets
}

// needsBetween says what needs a finding's files between the instruction that makes
// them and the one that hides them, "" where nothing does.
func needsBetween(f *model.Finding, b *rules.Build, made, hid int) string {
	if f.FileCount > len(f.Paths) {
		return "there are more files than tare lists"
	}
	t := need.Thing{Meant: true, Searched: true, Until: hid}
	for _, p := range f.Paths {
		t.Paths = append(t.Paths, "/"+p)
	}
	return b.Needs().Later(made, t).Why
}

// plainPath is a path that needs no quoting in shell; * and ? are wanted.
var plainPath = lazyregexp.New(`^/[A-Za-z0-9._+@%,:/*?-]*[A-Za-z0-9*]$`)

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

// ToleratesAbsence reports whether the RUN that removes a finding's files still
// works when they are gone before: every rm of them has -f.
func ToleratesAbsence(f *model.Finding, b *rules.Build, hid int) bool {
	run, err := rewrite.ParseRun(b.Parsed().Text(hid))
	if err != nil {
		return false
	}
	for _, c := range run.Commands {
		gone, ok := c.Removal(b.Parsed().WorkDir(hid))
		if !ok || c.Name() == "find" {
			continue
		}
		touches := !gone.Whole || slices.ContainsFunc(f.Paths, func(p string) bool { return gone.Covers("/" + p) })
		if touches && !c.IsForced() {
			return false
		}
	}
	return true
}

// removedCopy returns the fix for files that a COPY or ADD brought.
func removedCopy(f *model.Finding, b *rules.Build, made, hid int, hidden bool) *model.Fix {
	name := Largest(f)
	in, ok := rewrite.ParseCopy(b.Parsed().Text(made))
	if !ok || name == "" {
		return Hint(model.Manual, "Keep "+Files(f)+" out of the image: a later instruction cannot take "+Pronoun(f)+" out again.")
	}
	if stage, ok := in.Flag("--from"); ok {
		return Hint(model.Manual, fmt.Sprintf("Remove %s in the stage %s before COPY --from takes it, or copy only what the image needs.", Files(f), stage))
	}
	source := in.Sources[0]
	if strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") || strings.HasPrefix(source, "ftp://") {
		return Hint(model.Manual, fmt.Sprintf("Replace ADD %s with a RUN that downloads and unpacks in one step (curl -fsSL … | tar -x), so that %s is never stored.", source, name))
	}
	if hashed.MatchString(source) {
		// The classic builder records a digest in place of what was copied: one
		// file may have been an archive that ADD unpacked, or needed by a RUN.
		return Hint(model.Manual, fmt.Sprintf("Keep %s out of this %s: add it to .dockerignore if nothing needs it; otherwise unpack and use it in a build stage and COPY --from the result.", Files(f), in.Keyword))
	}
	if hidden && b.Parsed().Keyword(hid) == "RUN" && onlyRemoves(b, hid) && needsBetween(f, b, made, hid) == "" && fromDir(f, b, in, made) {
		return Hint(model.Dockerignore, fmt.Sprintf("Add %s to .dockerignore, so that %s leaves %s out; the rm is then no longer needed.", ignoreLine(f, b, in, made), in.Keyword, Files(f)))
	}
	if dir, ok := ContextDir(f, b, made); ok && path.Base(dir) == "node_modules" && b.Parsed().InstallsNodeModules() {
		return Hint(model.Dockerignore, fmt.Sprintf("Add %s to .dockerignore, so that %s leaves it out: a RUN installs it anyway, and removing it later saves nothing.", dir, in.Keyword))
	}
	use := "use"
	if packed.MatchString(name) {
		use = "unpack"
	}
	return Hint(model.Manual, fmt.Sprintf("Use %s without storing it: %s it in a build stage and COPY --from the result, or mount it with RUN --mount=type=bind.", name, use))
}

// packed matches the names of what is unpacked or installed.
var packed = lazyregexp.New(`\.(?:tar|tgz|tbz2?|txz|zip|7z|gz|bz2|xz|zst|deb|rpm|whl|jar|war|run)$`)

// hashed is what the classic builder puts in place of a COPY's or ADD's source.
var hashed = lazyregexp.New(`^(\$\{[^}]*\}|file|dir|multi):[0-9a-f]{6,64}`)

// fromDir reports whether a COPY or ADD takes a directory of the context that the
// finding's files lie in. A file that is copied by its own name is wanted, and
// one out of an archive cannot be left out.
func fromDir(f *model.Finding, b *rules.Build, in *rewrite.Copy, made int) bool {
	dest, ok := in.Target(b.Parsed().WorkDir(made))
	if !ok || len(in.Sources) != 1 || f.FileCount > len(f.Paths) {
		return false
	}
	source := path.Clean(in.Sources[0])
	for _, p := range f.Paths {
		if !instructions.Under("/"+p, dest) || "/"+p == path.Join(dest, path.Base(source)) {
			return false
		}
	}
	return source == "." || source == "/" || path.Ext(source) == ""
}

// onlyRemoves reports whether a RUN does nothing with files but to remove them.
func onlyRemoves(b *rules.Build, at int) bool {
	run, err := rewrite.ParseRun(b.Parsed().Text(at))
	return err == nil && !slices.ContainsFunc(run.Commands, func(c rewrite.Command) bool {
		_, removes := c.Removal("")
		return !removes && !indifferent(c)
	})
}
