package leftovers

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// othersCode is what others wrote and a package manager of a language brought.
var othersCode = []string{"!**/node_modules/**", "!**/site-packages/**", "!**/dist-packages/**", "!**/vendor/**", "!**/gems/**", "!usr/**", "!var/**", "!etc/**"}

// ContextFiles are what editors, test runners and the developer's own machine keep beside
// a project: the names are those that each tool documents.
var ContextFiles = advice.Context(advice.Cleanup{Rule: rules.Rule{
	ID:    "context-files",
	Title: "editor settings and caches of developer tools",
	Do:    "keep editor settings and tool caches out of the build context",
	Why: "COPY . . copies everything in the directory: editor settings, caches of linters and test runners, coverage reports, a virtual environment made for another machine. No container reads them, and " +
		"each build sends them to the builder again. Only files that an instruction copied from the build context count, and only in directories whose names nothing but these tools use.",
	Confidence: model.Likely,
	Paths: append([]string{"**/.idea/**", "**/.vscode/**", "**/.vs/**", "**/.fleet/**", "**/.history/**", "**/.DS_Store", "**/Thumbs.db", "**/.*.swp", "**/.github/**", "**/.circleci/**", "**/.husky/**",
		"**/.pytest_cache/**", "**/.mypy_cache/**", "**/.ruff_cache/**", "**/.tox/**", "**/.nox/**", "**/.hypothesis/**", "**/.eggs/**", "**/.ipynb_checkpoints/**", "**/.venv/**", "**/venv/**",
		"**/.nyc_output/**", "**/htmlcov/**", "**/coverage/lcov-report/**", "**/coverage/lcov.info", "**/coverage/clover.xml", "**/coverage/coverage-final.json", "**/.coverage",
		"**/.sass-cache/**", "**/.parcel-cache/**", "**/.eslintcache", "**/.stylelintcache", "**/.angular/cache/**", "**/.turbo/**", "**/.next/cache/**", "**/.vagrant/**", "**/cypress/videos/**", "**/cypress/screenshots/**"}, othersCode...),
	ProgramDirs: []string{"**/.venv/**", "**/venv/**"},
	Tools:       []string{"pipenv", "poetry", "uv", "pdm", "hatch", "tox", "nox", "jupyter"},
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint find IMAGE / -xdev -type d '(' -name .idea -o -name .venv -o -name htmlcov -o -name .pytest_cache ')'",
		Before:  "COPY . /app",
		After:   "# .dockerignore\n.idea\n.venv\nhtmlcov",
		WhenNot: "Where the program serves one of these directories, such as a coverage report, or runs from the copied virtual environment.",
		Sources: []string{"https://docs.docker.com/build/concepts/context/#dockerignore-files"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY . /app
			+ app/main
			+ app/.idea/workspace.xml
			config {"Cmd": ["/app/main"]}`,
		Miss: `
			COPY . /app
			+ app/main
			RUN make
			+ app/.idea/workspace.xml
			config {"Cmd": ["/app/main"]}`,
	},
}, What: "developer tools' files"})

// TestFiles are the folders in which projects keep their tests.
var TestFiles = advice.Context(advice.Cleanup{Rule: rules.Rule{
	ID:    "test-files",
	Title: "the project's tests",
	Do:    "keep tests out of the build context",
	Why: "COPY . . also copies tests, their fixtures and recordings, though no container runs them: they run earlier, in a separate stage or outside the image. Fixtures are often larger than the program. " +
		"Only directories that an instruction copied from the build context count, not those that a package manager installed.",
	Confidence: model.Possible,
	Paths:      append([]string{"**/tests/**", "**/test/**", "**/__tests__/**", "**/e2e/**", "**/cypress/**", "**/playwright/**", "**/__snapshots__/**"}, othersCode...),
	Tools:      []string{"pytest", "py.test", "nose2", "jest", "vitest", "mocha", "karma", "cypress", "playwright", "phpunit", "rspec", "ctest", "npm test", "yarn test", "pnpm test", "go test", "cargo test", "mix test", "rake", "make", "tox", "nox"},
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint find IMAGE / -xdev -type d '(' -name tests -o -name __tests__ ')' -not -path '*/node_modules/*'",
		Before:  "COPY . /app",
		After:   "# .dockerignore\ntests",
		WhenNot: "Where the same Dockerfile is built to run the tests (docker build --target test, or docker run IMAGE pytest), and where the program reads a directory of that name.",
		Sources: []string{"https://docs.docker.com/build/concepts/context/#dockerignore-files"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY . /app
			+ app/main
			+ app/tests/fixture.json
			config {"Cmd": ["/app/main"]}`,
		Miss: `
			COPY . /app
			+ app/main
			+ app/tests/fixture.json
			config {"Cmd": ["pytest"]}`,
	},
}, What: "tests"})
