package leftovers

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

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
