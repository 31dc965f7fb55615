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
		Why: "Packages bring manuals, info pages, changelogs, and their messages in dozens of languages. Nobody reads a manual page in a container, and most containers run in one language. Package managers can be told not to unpack them " +
			"(path-exclude for dpkg, --nodocs for dnf, --no-docs for R), which saves the space for every package from then on. Copyright notices have to stay where a licence requires them.",
		Confidence: model.Possible,
		Paths: []string{"usr/share/doc/**", "!usr/share/doc/*/copyright", "usr/share/man/**", "usr/share/info/**", "usr/share/locale/**", "usr/share/help/**",
			"usr/share/gtk-doc/**", "usr/share/lintian/**", "usr/share/i18n/**", "usr/local/share/doc/**", "usr/local/share/man/**", "usr/local/man/**"},
		Tools: []string{"man"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /usr/share/doc /usr/share/man /usr/share/locale",
			Before:  "RUN dnf install -y nginx",
			After:   "RUN dnf install -y --nodocs nginx",
			WhenNot: "Where the program shows messages in the user's language, and where licences require their notice: keep /usr/share/doc/*/copyright.",
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
		Why: "Python compiles each module when it is first imported or installed and keeps the result in __pycache__, about as large as the source. Without it a program starts somewhat slower, because it compiles again " +
			"in memory; with it the image is larger, and the files differ from build to build because they record the source's timestamp. Which matters more depends on how often containers start.",
		Confidence: model.Possible,
		Paths:      []string{"**/__pycache__/**", "**/*.pyc", "**/*.pyo"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint find IMAGE / -xdev -name '*.pyc' -size +0",
			Before:  "RUN pip install --no-cache-dir -r requirements.txt",
			After:   "RUN pip install --no-cache-dir --no-compile -r requirements.txt",
			WhenNot: "Where containers start often or must start fast, or run with a read-only filesystem; and where there are only .pyc files, without their source.",
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
}, "Pass --no-compile to pip install and set PYTHONDONTWRITEBYTECODE=1 where size matters more than the first start."))

// StaticLibraries follows ar(1); the Debian Policy Manual, section 8.3.
var StaticLibraries = advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "static-libraries",
		Title: "static libraries",
		Why: "A .a file holds compiled code for the linker, which copies the parts a program needs into the program. A running program has its own copy or uses the shared library (.so); it never opens the .a. Static libraries " +
			"come with -dev packages and toolchains, and CUDA's take gigabytes. An image that compiles nothing has no use for them.",
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
}, "Link in a build stage and copy the program into the final one; at run time only shared libraries are needed.")

// DebugSymbols follows GDB's manual, "Debugging Information in Separate Files".
var DebugSymbols = advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "debug-symbols",
		Title: "debug symbols",
		Why: "Debug symbols map machine code to source lines and variable names. They are often larger than the program, in separate files under /usr/lib/debug or beside it. Only a debugger " +
			"or a profiler loads them, and it can get them from a symbol server or a separate debug image instead.",
		Confidence: model.Possible,
		Paths:      []string{"usr/lib/debug/**", "usr/src/debug/**", "**/*.debug", "**/*.dbg", "**/*.dSYM/**", "**/*.pdb", "**/*.dwp"},
		Tools:      []string{"gdb", "lldb"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint sh IMAGE -c 'du -sh /usr/lib/debug; find / -xdev -name \"*.debug\"'",
			Before:  "RUN make install",
			After:   "RUN make install-strip",
			WhenNot: "Where crashes are debugged inside the container, or a profiler runs there. .NET reads .pdb files for the line numbers in stack traces.",
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
}, "Strip the program during the build, and keep its symbols on a symbol server or in a debug image.")

// DevDependencies follows npm-install(1), --omit; pip's requirements by purpose. The
// names are packages that only serve to build or to test.
var DevDependencies = withDevEdits(advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "dev-dependencies",
		Title: "packages for development only",
		Why: "Projects list compilers, bundlers, linters and test runners beside what the program itself imports, and a plain install brings them all: TypeScript, webpack and a test runner take more space than most services. " +
			"Tell the package manager to leave development packages out, or build in a separate stage, and they stay out of the image.",
		Confidence: model.Possible,
		Paths:      devPackages,
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint sh IMAGE -c 'du -sh node_modules/* | sort -h | tail'",
			Before:  "RUN npm ci && npm run build",
			After:   "RUN npm ci && npm run build && npm prune --omit=dev",
			WhenNot: "Where the program compiles or bundles when it starts, and where it imports one of these packages after all.",
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
}, "Install without development packages (npm ci --omit=dev, yarn --production, composer --no-dev, BUNDLE_WITHOUT=development:test), or build in a separate stage."))

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
