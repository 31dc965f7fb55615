package caches

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// The caches of the distributions' package managers other than apt. Nothing that
// runs reads them; each tool fetches them again when it needs them.

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
	Users: []string{"apk"}, Reads: readsIndex,
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
		if text, ok := dropUpdates(*made.After); ok {
			made.After = &text
			made.Summary = "Add --no-cache, so that apk never writes its cache; apk then fetches the index by itself, so apk update is no longer needed."
		}
		return made
	}
	return rule
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

// DnfCache follows dnf(8), dnf5-clean(8), yum(8), microdnf(8).
var DnfCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "dnf-cache",
		Title: "dnf and yum caches",
		Why: "dnf, its successor dnf5, yum and microdnf download the metadata of every repository (often more than 100 MB unpacked) and the packages before they install anything. " +
			"The metadata stays in /var/cache for the next command; in an image there is no next command. The layer is sealed when its RUN ends, " +
			"so dnf clean all helps only in the RUN that installed.",
		Confidence: model.Certain,
		Paths:      []string{"var/cache/libdnf5/**", "var/cache/dnf/**", "var/cache/yum/**", "var/cache/PackageKit/**"},
		Mounts:     []string{"/var/cache/libdnf5", "/var/cache/dnf", "/var/cache/yum"},
		Empties:    []string{"dnf clean", "dnf5 clean", "yum clean", "microdnf clean"},
		Refills: rules.Refill{
			Tools:       []string{"dnf", "dnf5", "yum", "microdnf"},
			Subcommands: []string{"install", "update", "upgrade", "makecache", "groupinstall", "reinstall", "module", "builddep", "check-update", "distro-sync"},
		},
		Locked: true,
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /var/cache/dnf /var/cache/libdnf5 /var/cache/yum",
			Before:  "RUN dnf install -y nginx\nRUN dnf clean all",
			After:   "RUN dnf install -y nginx \\\n    && dnf clean all && rm -rf /var/cache/dnf",
			WhenNot: "In a build stage that is thrown away, or where the directory is a cache mount. yum clean all skips repositories that are disabled by then; rm -rf /var/cache/yum does not.",
			Sources: []string{"dnf(8), Clean Command", "dnf5-clean(8)", "https://docs.docker.com/build/building/best-practices/"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN dnf -y install a
				+ var/cache/dnf/a.solv
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN dnf -y install a \\\n    && dnf clean all && rm -rf /var/cache/dnf",
			Miss: `
				COPY app /
				+ app
				RUN dnf -y install a
				+ var/lib/dnf/history.sqlite
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "dnf's cache", Clean: "clean all", Cleaners: []string{"dnf", "dnf5", "yum", "microdnf"},
})

// ZypperCache follows zypper(8), "clean".
var ZypperCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "zypper-cache",
		Title: "zypper package cache",
		Why: "zypper keeps the metadata of every repository, a solver file made from it, and the packages it downloaded under /var/cache/zypp. A refresh brings all of it back, so removing it loses nothing, " +
			"and only zypper ever opens it. Unless the RUN that installs also cleans up, the image carries tens to hundreds of megabytes for a command that will not run again.",
		Confidence: model.Certain,
		Paths:      []string{"var/cache/zypp/**"},
		Mounts:     []string{"/var/cache/zypp"},
		Empties:    []string{"zypper clean", "zypper cc"},
		Refills:    rules.Refill{Tools: []string{"zypper"}, Subcommands: []string{"install", "in", "refresh", "ref", "update", "up", "dist-upgrade", "dup", "patch"}},
		Locked:     true,
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /var/cache/zypp",
			Before:  "RUN zypper --non-interactive install nginx",
			After:   "RUN zypper --non-interactive install nginx \\\n    && zypper clean -a && rm -rf /var/cache/zypp",
			WhenNot: "In a build stage that is thrown away, or where the directory is a cache mount. zypper clean -a does the same, except for the solver files.",
			Sources: []string{"zypper(8), clean"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN zypper -n in a
				+ var/cache/zypp/solv/a
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN zypper -n in a \\\n    && zypper clean -a && rm -rf /var/cache/zypp",
			Miss: `
				COPY app /
				+ app
				RUN zypper -n in a
				+ etc/zypp/zypp.conf
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "zypper's cache", Clean: "clean -a", Cleaners: []string{"zypper"},
})

// PacmanCache follows pacman(8), "--clean" and "FILES".
var PacmanCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "pacman-cache",
		Title: "pacman packages and databases",
		Why: "pacman never removes a package it downloaded: /var/cache/pacman/pkg keeps every version, compressed, beside the files unpacked from it, and /var/lib/pacman/sync " +
			"keeps the list of all packages of each repository. Neither is read while the container runs: the packages are already installed, and pacman -Sy fetches the lists again.",
		Confidence: model.Certain,
		Paths:      []string{"var/cache/pacman/pkg/**", "var/lib/pacman/sync/**"},
		Mounts:     []string{"/var/cache/pacman/pkg"},
		Empties:    []string{"pacman -Sc", "pacman -Scc"},
		Locked:     true,
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /var/cache/pacman/pkg /var/lib/pacman/sync",
			Before:  "RUN pacman -Syu --noconfirm nginx",
			After:   "RUN pacman -Syu --noconfirm nginx \\\n    && rm -rf /var/cache/pacman/pkg/* /var/lib/pacman/sync/*",
			WhenNot: "In a build stage that is thrown away, or where later instructions install from the same lists without -y.",
			Sources: []string{"pacman(8), Sync Options, --clean", "https://wiki.archlinux.org/title/Pacman#Cleaning_the_package_cache"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN pacman -Sy --noconfirm a
				+ var/cache/pacman/pkg/a.pkg.tar.zst
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN pacman -Sy --noconfirm a \\\n    && rm -rf /var/cache/pacman/pkg/*",
			Miss: `
				COPY app /
				+ app
				RUN pacman -Sy
				+ var/lib/pacman/local/a/desc
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "pacman's cache", KeepDir: true, Users: []string{"pacman"},
})
