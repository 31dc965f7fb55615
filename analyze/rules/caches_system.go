package rules

import (
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// The caches of the distributions' package managers other than apt. Nothing that
// runs reads them; each tool fetches them again when it needs them.

// apkCache: apk(8), "--no-cache" and "FILES".
var apkCache = cache{
	Rule: Rule{
		ID:    "apk-cache",
		Title: "apk package index and cache",
		Why: "apk downloads the index of every package of each repository, a few megabytes, before it installs one, and keeps it in /var/cache/apk; with /etc/apk/cache set up it keeps " +
			"the packages too. Nothing reads either while the container runs, and the next apk add fetches a fresh index. With --no-cache apk holds the index in memory only, " +
			"which also makes a separate apk update unnecessary.",
		Confidence: model.Certain,
		Paths:      []string{"var/cache/apk/**", "etc/apk/cache/**"},
		Mounts:     []string{"/var/cache/apk"},
		Lesson: Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /var/cache/apk",
			Before:  "RUN apk update && apk add curl",
			After:   "RUN apk add --no-cache curl",
			WhenNot: "In a build stage that is thrown away, or under RUN --mount=type=cache,target=/var/cache/apk: there the cache is wanted, and --no-cache would defeat it.",
			Sources: []string{"apk(8), --no-cache", "https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper"},
		},
	},
	what: "apk's cache", flag: "--no-cache", behind: behindAPKAdd, keep: true,
	users: []string{"apk"},
}.rule()

// behindAPKAdd finds the place in every command that fetches the index: apk
// update with the flag fetches it for nothing, and apk add for itself.
func behindAPKAdd(c rewrite.Command) int {
	return behindSubcommand(c, []string{"apk"}, []string{"add", "upgrade", "update"}, "--no-cache")
}

// dnfCache: dnf(8), dnf5-clean(8), yum(8), microdnf(8).
var dnfCache = cache{
	Rule: Rule{
		ID:    "dnf-cache",
		Title: "dnf and yum caches",
		Why: "dnf, its successor dnf5, yum and microdnf download the metadata of every repository (often more than 100 MB unpacked) and the packages before they install anything. " +
			"The metadata stays in /var/cache after the command ends, so that the next one need not fetch it; in an image there is no next one. The layer is sealed when its RUN ends, " +
			"so dnf clean all helps only in the RUN that installed.",
		Confidence: model.Certain,
		Paths:      []string{"var/cache/libdnf5/**", "var/cache/dnf/**", "var/cache/yum/**", "var/cache/PackageKit/**"},
		Mounts:     []string{"/var/cache/libdnf5", "/var/cache/dnf", "/var/cache/yum"},
		Lesson: Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /var/cache/dnf /var/cache/libdnf5 /var/cache/yum",
			Before:  "RUN dnf install -y nginx\nRUN dnf clean all",
			After:   "RUN dnf install -y nginx \\\n    && dnf clean all && rm -rf /var/cache/dnf",
			WhenNot: "In a build stage that is thrown away, or where a cache mount holds the folder. yum clean all passes over repositories that are disabled by then; rm -rf /var/cache/yum does not.",
			Sources: []string{"dnf(8), Clean Command", "dnf5-clean(8)", "https://docs.docker.com/build/building/best-practices/"},
		},
	},
	what: "dnf's cache", clean: "clean all", cleaners: []string{"dnf", "dnf5", "yum", "microdnf"},
}.rule()

// zypperCache: zypper(8), "clean".
var zypperCache = cache{
	Rule: Rule{
		ID:    "zypper-cache",
		Title: "zypper package cache",
		Why: "zypper keeps the metadata of every repository, a solver file made of it, and the packages it downloaded under /var/cache/zypp. A refresh brings all of it back, so nothing is lost with it, " +
			"and no program but zypper ever opens it. An image carries tens to hundreds of megabytes for a command that will not run again, unless the RUN that installs also cleans up.",
		Confidence: model.Certain,
		Paths:      []string{"var/cache/zypp/**"},
		Mounts:     []string{"/var/cache/zypp"},
		Lesson: Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /var/cache/zypp",
			Before:  "RUN zypper --non-interactive install nginx",
			After:   "RUN zypper --non-interactive install nginx \\\n    && zypper clean -a && rm -rf /var/cache/zypp",
			WhenNot: "In a build stage that is thrown away, or where a cache mount holds the folder. zypper clean -a does the same but for the solver files.",
			Sources: []string{"zypper(8), clean"},
		},
	},
	what: "zypper's cache", clean: "clean -a", cleaners: []string{"zypper"},
}.rule()

// pacmanCache: pacman(8), "--clean" and "FILES".
var pacmanCache = cache{
	Rule: Rule{
		ID:    "pacman-cache",
		Title: "pacman packages and databases",
		Why: "pacman never removes a package it downloaded: /var/cache/pacman/pkg keeps every version, compressed, beside the files unpacked from it, and /var/lib/pacman/sync " +
			"keeps the list of all packages of each repository. Neither is read while the container runs. pacman -Sy fetches the lists again, and the packages are installed already.",
		Confidence: model.Certain,
		Paths:      []string{"var/cache/pacman/pkg/**", "var/lib/pacman/sync/**"},
		Mounts:     []string{"/var/cache/pacman/pkg"},
		Lesson: Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /var/cache/pacman/pkg /var/lib/pacman/sync",
			Before:  "RUN pacman -Syu --noconfirm nginx",
			After:   "RUN pacman -Syu --noconfirm nginx \\\n    && rm -rf /var/cache/pacman/pkg/* /var/lib/pacman/sync/*",
			WhenNot: "In a build stage that is thrown away, or where later instructions install from the same lists without -y.",
			Sources: []string{"pacman(8), Sync Options, --clean", "https://wiki.archlinux.org/title/Pacman#Cleaning_the_package_cache"},
		},
	},
	what: "pacman's cache", keep: true, users: []string{"pacman"},
}.rule()
