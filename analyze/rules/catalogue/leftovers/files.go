package leftovers

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// What builds leave lying about: logs, version control, backups, core dumps.

// Logs follows FHS 3.0, section 5.10, /var/log.
var Logs = withoutLoginLogs(advice.Leftover(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "logs",
		Title: "log files from the build",
		Why: "Package managers, installers and services that start during a build write logs, mostly to /var/log. They are about the build, not the container, and anyone who wants them has the build's own " +
			"output. A special case is useradd with a huge user ID: it extends the empty logs lastlog and faillog up to that ID. They are sparse on disk, but a tar stores every zero in them.",
		Confidence: model.Likely,
		Paths:      []string{"var/log/**", "**/npm-debug.log", "**/yarn-error.log", "**/yarn-debug.log", "~/.pnpm-debug.log"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint find IMAGE /var/log -type f -size +0",
			Before:  "RUN apt-get update && apt-get install -y nginx",
			After:   "RUN apt-get update && apt-get install -y nginx \\\n    && rm -rf /var/log/dpkg.log /var/log/apt/*",
			WhenNot: "Where a program refuses to start without its log file. Remove the files and keep the directories: many services do not create their own.",
			Sources: []string{"https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s10.html", "useradd(8), --no-log-init"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN useradd -u 2000000000 a
				+ var/log/lastlog
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN useradd --no-log-init -u 2000000000 a",
			Miss: `
				COPY app /
				+ app
				RUN useradd a
				+ srv/var/log/a
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "log files", Exact: true,
}))

// withoutLoginLogs gives useradd the flag that keeps it from writing lastlog, where
// nothing but the login logs was found.
func withoutLoginLogs(r rules.Rule) rules.Rule {
	general := r.Fix
	r.Fix = func(f *model.Finding, b *rules.Build) *model.Fix {
		sparse := len(f.Paths) > 0 && !slices.ContainsFunc(f.Paths, func(p string) bool { return p != "var/log/lastlog" && p != "var/log/faillog" })
		if made, ok := advice.Maker(f, b); ok && sparse && b.Parsed().Keyword(made) == "RUN" && b.Parsed().PosixShell(made) {
			if after, ok := rewrite.AddFlag(b.Parsed().Text(made), "--no-log-init", afterUseradd); ok {
				return advice.Edit{Before: b.Parsed().Text(made), After: after}.Fix(model.Flag, "Pass --no-log-init to useradd, so that it does not extend the login logs up to the new user ID.")
			}
		}
		return general(f, b)
	}
	return r
}

// afterUseradd finds the place for the flag, unless the command has it.
func afterUseradd(c rewrite.Command) int {
	if c.Name() != "useradd" || slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Text == "-l" || w.Text == "--no-log-init" }) {
		return -1
	}
	return 0
}

// VCSMetadata follows gitrepository-layout(5); the working copies of Mercurial,
// Subversion and Bazaar.
var VCSMetadata = advice.Leftover(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "vcs-metadata",
		Title: "version control history",
		Why: "A .git directory holds every version of every file the project ever had, usually far more than the project itself. COPY . . copies it in unless .dockerignore says otherwise, and git clone makes one. " +
			"The program never looks at its own history, but anyone who pulls the image can, and will find every secret that was ever committed, even if it was removed again.",
		Confidence: model.Likely,
		Paths:      []string{"**/.git/**", "**/.hg/**", "**/.svn/**", "**/.bzr/**"},
		Tools:      []string{"git", "hg", "svn", "gitea", "gitlab-runner"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint find IMAGE / -xdev -type d -name .git",
			Before:  "RUN git clone https://github.com/org/app /app",
			After:   "RUN git clone --depth 1 https://github.com/org/app /app \\\n    && rm -rf /app/.git",
			WhenNot: "Where a later step or the program asks git for its version (setuptools-scm, git describe), or the container works with the repository.",
			Sources: []string{"https://docs.docker.com/build/concepts/context/#dockerignore-files", "gitrepository-layout(5)"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN git clone x /src
				+ src/.git/objects/a
				+ src/.git/HEAD
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN git clone x /src \\\n    && rm -rf /src/.git",
			Miss: `
				COPY app /
				+ app
				RUN make
				+ src/.gitignore
				+ src/.github/x
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "version control directories", Searched: true, Users: []string{"git", "hg", "svn", "bzr"},
})

// BackupFiles follows dpkg(1), "conffiles"; passwd(5) and shadow(3), the copies with a
// hyphen; ucf(1); rpm(8), .rpmsave; GNU Emacs manual, "Backup Files".
var BackupFiles = advice.Leftover(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "backup-files",
		Title: "backup copies of files",
		Why: "Programs that change a file often keep the previous version beside it: dpkg writes status-old, useradd passwd- and shadow-, editors names ending in ~, package managers .dpkg-old, .dpkg-dist, .rpmsave or .rpmnew. " +
			"In an image the previous state is already in an earlier layer, or in a line of the Dockerfile. The copies are small, but each run of the tool makes them again, and a copy of shadow holds password hashes.",
		Confidence: model.Likely,
		Paths: []string{"var/lib/dpkg/*-old", "var/cache/debconf/*-old", "var/backups/**", "etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-", "etc/subgid-",
			"**/*~", "**/*.dpkg-old", "**/*.dpkg-dist", "**/*.dpkg-new", "**/*.dpkg-tmp", "**/*.dpkg-bak", "**/*.ucf-old",
			"**/*.ucf-dist", "**/*.rpmsave", "**/*.rpmorig", "**/*.rpmnew"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint sh IMAGE -c 'ls -l /var/lib/dpkg/*-old /var/cache/debconf/*-old /etc/*-'",
			Before:  "RUN useradd app",
			After:   "RUN useradd app \\\n    && rm -rf /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow-",
			WhenNot: "Where a name ends in ~ or - for some other reason. tare leaves other names ending in -old alone.",
			Sources: []string{"dpkg(1)", "useradd(8)", "rpm(8)"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN useradd a
				+ etc/passwd-
				+ etc/shadow-
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN useradd a \\\n    && rm -rf /etc/passwd- /etc/shadow-",
			Miss: `
				COPY app /
				+ app
				RUN useradd a
				+ etc/passwd
				+ usr/bin/x-old
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "backup copies", Exact: true,
})

// CoreDumps follows core(5), "Naming of core dump files"; coredump.conf(5); java(1),
// -XX:ErrorFile.
var CoreDumps = advice.Leftover(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "core-dumps",
		Title: "core dumps and crash reports",
		Why: "When a program crashes during a build, the system or the runtime writes its memory to a file: core, core.1234, hs_err_pid1234.log, or something in /var/crash. Such a file can take gigabytes, and it holds whatever " +
			"the program had in memory, secrets included. It shows that something failed and was retried; the image has no use for it.",
		Confidence: model.Likely,
		Paths: []string{"core", "~/core", "core.#", "**/core.#", "**/vgcore.#", "var/crash/**", "var/lib/systemd/coredump/**", "var/lib/apport/coredump/**",
			"**/hs_err_pid*.log", "**/*.hprof"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint find IMAGE / -xdev -type f '(' -name 'core.[0-9]*' -o -name 'hs_err_pid*' ')'",
			Before:  "RUN make test || make test",
			After:   "RUN ulimit -c 0 && (make test || make test)",
			WhenNot: "In an image made to investigate that very crash.",
			Sources: []string{"core(5)", "coredump.conf(5)"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN make test
				+ src/core.1234
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN make test \\\n    && rm -rf /src/core.1234",
			Miss: `
				COPY app /
				+ app
				RUN make test
				+ src/core.js
				+ src/core.2.js
				+ src/core
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "core dumps", Exact: true,
})
