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
	Title: "what the developer's machine keeps beside the project",
	Do:    "leave what editors and test runners keep out of the build context",
	Why: "COPY . . brings in whatever lies in the folder: the settings of editors, caches of linters and test runners, reports of test coverage, a virtual environment that was made for another machine. No container reads them, and " +
		"each build sends them to the builder again. Only what an instruction copied from the build context counts, and only by names that tools alone give to their folders.",
	Confidence: model.Likely,
	Paths: append([]string{"**/.idea/**", "**/.vscode/**", "**/.vs/**", "**/.fleet/**", "**/.history/**", "**/.DS_Store", "**/Thumbs.db", "**/.*.swp", "**/.github/**", "**/.circleci/**", "**/.husky/**",
		"**/.pytest_cache/**", "**/.mypy_cache/**", "**/.ruff_cache/**", "**/.tox/**", "**/.nox/**", "**/.hypothesis/**", "**/.eggs/**", "**/.ipynb_checkpoints/**", "**/.venv/**", "**/venv/**",
		"**/.nyc_output/**", "**/htmlcov/**", "**/coverage/lcov-report/**", "**/coverage/lcov.info", "**/coverage/clover.xml", "**/coverage/coverage-final.json", "**/.coverage",
		"**/.sass-cache/**", "**/.parcel-cache/**", "**/.eslintcache", "**/.stylelintcache", "**/.angular/cache/**", "**/.turbo/**", "**/.next/cache/**", "**/.vagrant/**", "**/cypress/videos/**", "**/cypress/screenshots/**"}, othersCode...),
	ProgramDirs: []string{"**/.venv/**", "**/venv/**"},
	Tools:       []string{"pipenv", "poetry", "uv", "pdm", "hatch", "tox", "nox", "jupyter"},
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint find IMAGE / -xdev -type d ( -name .idea -o -name .venv -o -name htmlcov -o -name .pytest_cache )",
		Before:  "COPY . /app",
		After:   "# .dockerignore\n.idea\n.venv\nhtmlcov",
		WhenNot: "Where the program serves one of these folders, as a report of coverage, or starts from the virtual environment that was copied.",
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
}, What: "what tools keep for the developer"})

// TestFiles are the folders in which projects keep their tests.
var TestFiles = advice.Context(advice.Cleanup{Rule: rules.Rule{
	ID:    "test-files",
	Title: "tests of the project",
	Do:    "leave tests out of the build context",
	Why: "Tests, their fixtures and what they recorded come along with COPY . ., though no container runs them: they run before, in a stage of their own or outside of the image. Often the fixtures are larger than the program. " +
		"Only folders that an instruction copied from the build context count, and none of what package managers brought.",
	Confidence: model.Possible,
	Paths:      append([]string{"**/tests/**", "**/test/**", "**/__tests__/**", "**/e2e/**", "**/cypress/**", "**/playwright/**", "**/__snapshots__/**"}, othersCode...),
	Tools:      []string{"pytest", "py.test", "nose2", "jest", "vitest", "mocha", "karma", "cypress", "playwright", "phpunit", "rspec", "ctest", "npm test", "yarn test", "pnpm test", "go test", "cargo test", "mix test", "rake", "make", "tox", "nox"},
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint find IMAGE / -xdev -type d ( -name tests -o -name __tests__ ) -not -path '*/node_modules/*'",
		Before:  "COPY . /app",
		After:   "# .dockerignore\ntests",
		WhenNot: "Where the same file is built to run the tests (docker build --target test, or docker run IMAGE pytest), and where the program reads a folder of that name.",
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
