package caches

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// ApkCache follows apk(8), "--no-cache" and "FILES".
var ApkCache = withoutUpdate(advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "apk-cache",
		Title: "apk package index and cache",
		Why: "Before it installs a package, apk downloads the index of each repository, a few megabytes, and keeps it in /var/cache/apk; with /etc/apk/cache set up it keeps " +
			"the packages too. Nothing reads either while the container runs, and the next apk add fetches a fresh index. With --no-cache apk holds the index only in memory, " +
			"which also makes a separate apk update unnecessary.",
		Confidence: model.Certain,
		Paths:      []string{"var/cache/apk/**", "etc/apk/cache/**"},
		Mounts:     []string{"/var/cache/apk"},
		Empties:    []string{"apk cache clean"},
		Locked:     true,
		Refills:    rules.Refill{Tools: []string{"apk"}, Subcommands: []string{"add", "update", "upgrade"}},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /var/cache/apk",
			Before:  "RUN apk update && apk add curl",
			After:   "RUN apk add --no-cache curl",
			WhenNot: "In a build stage that is thrown away, or under RUN --mount=type=cache,target=/var/cache/apk: there the cache is wanted, and --no-cache would defeat it.",
			Sources: []string{"apk(8), --no-cache", "https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN apk add curl
				+ var/cache/apk/APKINDEX.1.tar.gz
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN apk add --no-cache curl",
			Miss: `
				COPY app /
				+ app
				RUN apk add --no-cache curl
				+ usr/bin/curl
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "apk's cache", Flag: "--no-cache", After: behindAPKAdd, KeepDir: true,
	Users: []string{"apk"}, Reads: readsIndex, TooOld: hasOldApk,
}))

// withoutUpdate lets a rule whose edit gives apk the flag take out the update in front of
// an install, too, which then fetches the index by itself.
func withoutUpdate(rule rules.Rule) rules.Rule {
	fix := rule.Fix
	rule.Fix = func(f *model.Finding, b *rules.Build) *model.Fix {
		made := fix(f, b)
		if made == nil || made.Strategy != model.Flag || made.After == nil {
			return made
		}
		if text, ok := insteadOfUpdate(*made.Before); ok {
			made.After = &text
		}
		if text, ok := dropUpdates(*made.After); ok {
			made.After = &text
			made.Summary = "Add --no-cache, so that apk never writes its cache; apk then fetches the index by itself, so apk update is no longer needed."
		}
		return made
	}
	return rule
}

// insteadOfUpdate writes the flag in the place of the option that asks for a fresh index, which the
// flag brings anyway; false where an install has no such option.
func insteadOfUpdate(run string) (string, bool) {
	without, ok := rewrite.RemoveWords(run, func(c rewrite.Command, word int) bool {
		return behindAPKAdd(c) >= 0 && slices.Contains([]string{"--update", "--update-cache", "-U"}, c.Words[word].Text)
	})
	if !ok {
		return "", false
	}
	return rewrite.AddFlag(without, "--no-cache", behindAPKAdd)
}

// dropUpdates takes apk update out of a RUN in which an install with --no-cache stands
// behind each; false where there is none, or not alone in an && list or a statement.
func dropUpdates(run string) (string, bool) {
	parsed, err := rewrite.ParseRun(run)
	if err != nil {
		return "", false
	}
	last := -1 // update
	for i, c := range parsed.Commands {
		if isUpdate(c) {
			last = i
		}
	}
	if last < 0 || !slices.ContainsFunc(parsed.Commands[last+1:], installsAfresh) || slices.ContainsFunc(parsed.Commands, func(c rewrite.Command) bool {
		return c.Name() == "apk" && !isUpdate(c) && !installsAfresh(c) && !slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Text == "del" || w.Text == "cache" })
	}) {
		return "", false
	}
	text, ok := rewrite.RemoveCommand(run, isUpdate)
	if !ok {
		text, ok = rewrite.RemoveStatement(run, isUpdate)
	}
	return text, ok && text != ""
}

// isUpdate reports whether a command is apk update and nothing else.
func isUpdate(c rewrite.Command) bool {
	args := c.Args()
	return c.Name() == "apk" && len(args) > 0 && !c.Conditional && !slices.ContainsFunc(args, func(w rewrite.Word) bool {
		return w.Text != "update" && w.Text != "--no-cache" && w.Text != "-q" && w.Text != "--quiet" && w.Text != "-U"
	}) && slices.ContainsFunc(args, func(w rewrite.Word) bool { return w.Text == "update" })
}

// installsAfresh reports whether a command of apk installs by an index that it fetches
// itself.
func installsAfresh(c rewrite.Command) bool {
	has := func(word string) bool {
		return slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Text == word })
	}
	return c.Name() == "apk" && has("--no-cache") && (has("add") || has("upgrade"))
}

// readsIndex reports whether a call of apk looks a package up in an index that is
// there already.
func readsIndex(words []string) bool {
	fetches := slices.ContainsFunc(words, func(w string) bool {
		return w == "--no-cache" || w == "--update-cache" || w == "--update" || strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--") && strings.Contains(w, "U")
	})
	return !fetches && !slices.ContainsFunc(words, func(w string) bool { return w == "del" || w == "update" || w == "cache" })
}

// behindAPKAdd finds the place in every command that fetches the index: apk
// update with the flag fetches it for nothing, and apk add for itself.
func behindAPKAdd(c rewrite.Command) int {
	return advice.AfterSubcommand(c, []string{"apk"}, []string{"add", "upgrade", "update"}, "--no-cache")
}

// hasOldApk reports whether the image has an apk from before Alpine 3.3, which ends at --no-cache
// (https://alpinelinux.org/posts/Alpine-3.3.0-released.html).
func hasOldApk(b *rules.Build) bool {
	for i := range b.Packages {
		if p := &b.Packages[i]; p.Name == "apk-tools" && oldApk.MatchString(p.Version) {
			return true
		}
	}
	return b.Base.Reference != nil && oldAlpine.MatchString(*b.Base.Reference)
}

var (
	oldApk    = lazyregexp.New(`^2\.(?:[0-5]\.|6\.[0-4]\D)`)
	oldAlpine = lazyregexp.New(`(?:^|/)alpine:(?:2\.|3\.[0-2](?:\D|$))|-alpine3\.[0-2](?:\D|$)`)
)
