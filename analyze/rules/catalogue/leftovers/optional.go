package leftovers

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// What an image can perhaps do without. The bytes count as live: whether they
// are needed is for a person to say.

// DocsAndLocales follows FHS 3.0, section 4.11, /usr/share; dpkg.cfg.d(5), path-exclude.
var DocsAndLocales = advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "docs-and-locales",
		Title: "documentation and translations",
		Why: "Packages bring manuals, info pages, change logs, and their messages in dozens of languages. In a container nobody reads a manual page, and most run in one language. Package managers can be told not to unpack them " +
			"(path-exclude for dpkg, --nodocs for dnf, --no-docs for R), which saves them for every package from then on. Copyright notices have to stay where a licence asks for them.",
		Confidence: model.Possible,
		Paths: []string{"usr/share/doc/**", "!usr/share/doc/*/copyright", "usr/share/man/**", "usr/share/info/**", "usr/share/locale/**", "usr/share/help/**",
			"usr/share/gtk-doc/**", "usr/share/lintian/**", "usr/share/i18n/**", "usr/local/share/doc/**", "usr/local/share/man/**", "usr/local/man/**"},
		Tools: []string{"man"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /usr/share/doc /usr/share/man /usr/share/locale",
			Before:  "RUN dnf install -y nginx",
			After:   "RUN dnf install -y --nodocs nginx",
			WhenNot: "Where the program speaks to people in their language, and where licences demand their notice: keep /usr/share/doc/*/copyright.",
			Sources: []string{"dpkg(1), --path-exclude", "dnf(8), --nodocs", "https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch04s11.html"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN apt-get install a
				+ usr/share/man/man1/a.gz
				config {"Cmd": ["/app"]}`,
			Miss: `
				COPY app /
				+ app
				RUN apt-get install a
				+ usr/share/doc/a/copyright
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "documentation and translations",
}, "Keep the package manager from unpacking documentation and translations (path-exclude for dpkg, --nodocs for dnf), or remove them in the RUN that installs them.")

// PythonBytecode follows PEP 3147; python(1), PYTHONDONTWRITEBYTECODE.
var PythonBytecode = notByPip(advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "python-bytecode",
		Title: "compiled Python files",
		Why: "Python compiles each module when it is first imported or installed and keeps the result in __pycache__, about as large as the source. Without it a program starts somewhat slower, as it compiles again " +
			"in memory; with it the image is larger, and the files differ from build to build because they hold the time of the source. What counts more depends on how often containers start.",
		Confidence: model.Possible,
		Paths:      []string{"**/__pycache__/**", "**/*.pyc", "**/*.pyo"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint find IMAGE / -xdev -name '*.pyc' -size +0",
			Before:  "RUN pip install --no-cache-dir -r requirements.txt",
			After:   "RUN pip install --no-cache-dir --no-compile -r requirements.txt",
			WhenNot: "Where containers start often or must start fast, or run with a read-only filesystem; and where only .pyc files are there, without their source.",
			Sources: []string{"https://peps.python.org/pep-3147/", "https://docs.python.org/3/using/cmdline.html#envvar-PYTHONDONTWRITEBYTECODE"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN pip install a
				+ usr/lib/python3/__pycache__/a.cpython-313.pyc
				config {"Cmd": ["/app"]}`,
			Miss: `
				COPY app /
				+ app
				RUN pip install a
				+ usr/lib/python3/a.py
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "compiled Python files",
}, "Give pip install --no-compile and set PYTHONDONTWRITEBYTECODE=1 where size counts more than the first start."))

// StaticLibraries follows ar(1); the Debian Policy Manual, section 8.3.
var StaticLibraries = advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "static-libraries",
		Title: "static libraries",
		Why: "A file .a holds compiled code for the linker, which copies what a program needs of it into the program. A program that runs has its copy or uses the shared library .so; it never opens the .a. Static libraries " +
			"come with -dev packages and toolchains, and with CUDA they weigh gigabytes. In an image that compiles nothing they are of no use.",
		Confidence: model.Possible,
		Paths:      []string{"**/*.a", "**/*.la"},
		Unless:     advice.BuildsThings,
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint find IMAGE / -xdev -name '*.a' -size +100k",
			Before:  "RUN apt-get update && apt-get install -y libssl-dev",
			After:   "FROM debian:stable AS build\nRUN apt-get update && apt-get install -y libssl-dev\n…\nFROM debian:stable-slim\nCOPY --from=build /app /app",
			WhenNot: "In an image that links programs, such as the base of a build stage.",
			Sources: []string{"ar(1)", "https://www.debian.org/doc/debian-policy/ch-sharedlibs.html"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN apt-get install a
				+ usr/lib/liba.a
				config {"Cmd": ["/app"]}`,
			Miss: `
				COPY app /
				+ app
				RUN apt-get install a
				+ usr/lib/liba.so
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "static libraries",
}, "Link in a build stage and copy the program on; what runs needs shared libraries only.")

// DebugSymbols follows GDB's manual, "Debugging Information in Separate Files".
var DebugSymbols = advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "debug-symbols",
		Title: "debug symbols",
		Why: "Debug symbols tie machine code to lines of source and names of variables. They are often larger than the program, in files of their own under /usr/lib/debug or beside it. Nothing loads them but a debugger " +
			"or a profiler, which can fetch them elsewhere, from a symbol server or from a second image that is made for the purpose.",
		Confidence: model.Possible,
		Paths:      []string{"usr/lib/debug/**", "usr/src/debug/**", "**/*.debug", "**/*.dbg", "**/*.dSYM/**", "**/*.pdb", "**/*.dwp"},
		Tools:      []string{"gdb", "lldb"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint sh IMAGE -c 'du -sh /usr/lib/debug; find / -xdev -name \"*.debug\"'",
			Before:  "RUN make install",
			After:   "RUN make install-strip",
			WhenNot: "Where crashes are examined inside the container, or a profiler runs there. .NET reads .pdb files for the line numbers of a stack trace.",
			Sources: []string{"https://sourceware.org/gdb/current/onlinedocs/gdb.html/Separate-Debug-Files.html", "strip(1)"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN make
				+ usr/lib/debug/.build-id/00/a.debug
				config {"Cmd": ["/app"]}`,
			Miss: `
				COPY app /
				+ app
				RUN make
				+ usr/bin/debug
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "debug symbols",
}, "Strip the program in the build, and keep its symbols on a symbol server or in an image for debugging.")

// DevDependencies follows npm-install(1), --omit; pip's requirements by purpose. The
// names are packages that only serve to build or to test.
var DevDependencies = withDevEdits(advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "dev-dependencies",
		Title: "packages for development only",
		Why: "Projects list compilers, bundlers, linters and test runners beside what the program itself imports, and a plain install brings them all: TypeScript, webpack and a test runner weigh more than most services. A " +
			"package manager that is told to leave development packages out, or a stage of its own for the build, keeps them out of the image.",
		Confidence: model.Possible,
		Paths:      devPackages,
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint sh IMAGE -c 'du -sh node_modules/* | sort -h | tail'",
			Before:  "RUN npm ci && npm run build",
			After:   "RUN npm ci && npm run build && npm prune --omit=dev",
			WhenNot: "Where the program compiles or bundles when it starts, and where a package of this list is imported after all.",
			Sources: []string{"https://docs.npmjs.com/cli/commands/npm-install", "https://docs.npmjs.com/cli/commands/npm-prune"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN npm ci
				+ app/node_modules/typescript/lib/tsc.js
				config {"Cmd": ["/app"]}`,
			Miss: `
				COPY app /
				+ app
				RUN npm ci
				+ app/node_modules/express/index.js
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "development packages",
}, "Install without development packages (npm ci --omit=dev, yarn --production, composer --no-dev, BUNDLE_WITHOUT=development:test), or build in a stage of its own."))

var devPackages = []string{
	"**/node_modules/typescript/**", "**/node_modules/webpack/**", "**/node_modules/webpack-cli/**", "**/node_modules/webpack-dev-server/**", "**/node_modules/esbuild/**",
	"**/node_modules/@esbuild/**", "**/node_modules/rollup/**", "**/node_modules/@rollup/**", "**/node_modules/parcel/**", "**/node_modules/vite/**", "**/node_modules/vitest/**",
	"**/node_modules/jest/**", "**/node_modules/mocha/**", "**/node_modules/cypress/**", "**/node_modules/eslint/**", "**/node_modules/prettier/**",
	"**/node_modules/nodemon/**", "**/node_modules/ts-node/**", "**/node_modules/@types/**", "**/node_modules/@babel/core/**", "**/node_modules/@swc/core/**",
	"**/node_modules/@angular/cli/**", "**/node_modules/storybook/**", "**/node_modules/karma/**", "**/node_modules/gulp/**", "**/node_modules/nyc/**",
	"**/site-packages/pytest/**", "**/site-packages/_pytest/**", "**/site-packages/mypy/**", "**/site-packages/pylint/**", "**/site-packages/black/**",
	"**/site-packages/flake8/**", "**/site-packages/ruff/**", "**/site-packages/coverage/**", "**/site-packages/tox/**",
	"**/vendor/phpunit/**", "**/vendor/phpstan/**", "**/vendor/squizlabs/**", "**/gems/rubocop-*/**", "**/gems/rspec-*/**",
}
