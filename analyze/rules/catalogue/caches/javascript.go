package caches

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// The caches of the JavaScript package managers.

// NpmCache follows npm-cache(1), "A note about the cache's design".
var NpmCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "npm-cache",
		Title: "npm cache and logs",
		Why: "npm keeps a second copy of every package it downloads, still archived, in ~/.npm/_cacache, and writes a log of each run to ~/.npm/_logs; node-gyp keeps the Node.js headers that native " +
			"modules are compiled against. node_modules holds everything the program needs, so the cache often doubles what npm ci adds.",
		Confidence: model.Certain,
		Paths: []string{"~/.npm/_cacache/**", "~/.npm/_logs/**", "~/.npm/_update-notifier-last-checked", "~/.cache/node-gyp/**",
			"$NPM_CONFIG_CACHE/_cacache/**", "$NPM_CONFIG_CACHE/_logs/**", "$npm_config_cache/_cacache/**", "$npm_config_cache/_logs/**"},
		Tools:   []string{"npx", "npm exec", "npm ci", "npm install", "npm i"},
		Mounts:  []string{"/root/.npm"},
		Empties: []string{"npm cache clean", "npm cache clear", "npm cache rm"},
		Refills: rules.Refill{Tools: []string{"npm"}, Subcommands: []string{"update", "upgrade", "up", "audit"}},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.npm",
			Before:  "RUN npm ci --omit=dev",
			After:   "RUN npm ci --omit=dev \\\n    && rm -rf /root/.npm",
			WhenNot: "Under RUN --mount=type=cache,target=/root/.npm. npm cache clean --force does the same as the rm, but then writes a log to ~/.npm/_logs.",
			Sources: []string{"https://docs.npmjs.com/cli/commands/npm-cache", "https://docs.npmjs.com/cli/commands/npm-ci"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN npm ci
				+ root/.npm/_cacache/a
				+ root/.npm/_logs/b.log
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN npm ci \\\n    && rm -rf /root/.npm",
			Miss: `
				COPY app /
				+ app
				RUN npm ci
				+ root/.npm/_npx/a
				+ app/node_modules/a.js
				config {"Cmd": ["/app"]}`,
		},
	},
	What:  "npm's cache",
	Whole: []string{"~/.npm"},
})

// YarnCache follows Yarn Classic's "yarn cache"; Yarn's "enableGlobalCache" and "Plug'n'Play".
var YarnCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "yarn-cache",
		Title: "Yarn cache",
		Why: "Yarn keeps an archive of each package it downloads, in addition to the unpacked copy in node_modules: Yarn 1 in /usr/local/share/.cache/yarn for root and ~/.cache/yarn for other users, later " +
			"versions in ~/.yarn/berry/cache. Once node_modules is in place, nothing reads them. With Plug'n'Play there is no node_modules, and the archives are the program: tare sees the .pnp file and leaves them alone.",
		Confidence: model.Certain,
		Paths:      []string{"usr/local/share/.cache/yarn/**", "~/.cache/yarn/**", "~/.yarn/berry/cache/**", "~/.yarn/berry/metadata/**", "$YARN_CACHE_FOLDER/**"},
		Mounts:     []string{"/usr/local/share/.cache/yarn"},
		Empties:    []string{"yarn cache clean"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /usr/local/share/.cache/yarn /root/.yarn/berry/cache",
			Before:  "RUN yarn install --frozen-lockfile --production",
			After:   "RUN yarn install --frozen-lockfile --production \\\n    && rm -rf /usr/local/share/.cache/yarn",
			WhenNot: "With Plug'n'Play (a .pnp.cjs file), which runs packages straight from their archives; or under a cache mount.",
			Sources: []string{"https://classic.yarnpkg.com/en/docs/cli/cache/", "https://yarnpkg.com/features/pnp"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN yarn install
				+ usr/local/share/.cache/yarn/v6/a
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN yarn install \\\n    && rm -rf /usr/local/share/.cache/yarn",
			Miss: `
				COPY app /
				+ app
				RUN yarn install
				+ app/.yarn/cache/a.zip
				config {"Cmd": ["/app"]}`,
		},
		Unless: func(b *rules.Build) bool { return holdsName(b, ".pnp.cjs") || holdsName(b, ".pnp.js") },
	},
	What: "Yarn's cache",
})

// holdsName reports whether some directory of the finished image holds a file or directory
// of that name.
func holdsName(b *rules.Build, name string) bool {
	if b == nil || b.Tree == nil {
		return false
	}
	for n := range b.Tree.Nodes {
		if id := model.NodeID(n); string(b.Tree.NameBytes(id)) == name {
			if _, ok := b.Tree.Visible(id); ok {
				return true
			}
		}
	}
	return false
}

// PnpmCache follows pnpm's documentation, "store-dir". The store's directory links is the
// program itself where enableGlobalVirtualStore is set.
var PnpmCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "pnpm-cache",
		Title: "pnpm store",
		Why: "pnpm keeps every file of every package once in its store and links it into node_modules. A hard link takes no extra space, and tare counts such a file as the program's. But where the store and the project are on different " +
			"filesystems or in different layers, or the store was copied in, the files are copies, and the store takes as much space again as node_modules.",
		Confidence: model.Likely,
		Paths: []string{"~/.local/share/pnpm/store/*/files/**", "~/.local/share/pnpm/store/*/index/**", "~/.local/share/pnpm/store/*/tmp/**",
			"**/.pnpm-store/*/files/**", "**/.pnpm-store/*/index/**", "~/.cache/pnpm/**", "~/.pnpm/store/*/files/**", "~/.pnpm/store/*/index/**",
			"$PNPM_HOME/store/*/files/**", "$PNPM_HOME/store/*/index/**"},
		Tools:   []string{"pnpx", "pnpm dlx"},
		Mounts:  []string{"/root/.local/share/pnpm/store"},
		Empties: []string{"pnpm store prune"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.local/share/pnpm/store",
			Before:  "RUN pnpm install --frozen-lockfile --prod",
			After:   "RUN pnpm install --frozen-lockfile --prod \\\n    && rm -rf /root/.local/share/pnpm/store",
			WhenNot: "Where the store's files have more than one link (see stat), or with enableGlobalVirtualStore, where node_modules points into the store.",
			Sources: []string{"https://pnpm.io/docker", "https://pnpm.io/settings#storedir"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN pnpm i
				+ root/.local/share/pnpm/store/v10/files/00/a
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN pnpm i \\\n    && rm -rf /root/.local/share/pnpm/store",
			Miss: `
				COPY app /
				+ app
				RUN pnpm i
				+ root/.local/share/pnpm/store/v10/links/a
				config {"Cmd": ["/app"]}`,
		},
	},
	What:  "pnpm's store",
	Whole: []string{"~/.local/share/pnpm/store", "~/.pnpm/store", "$PNPM_HOME/store"},
})

// BunCache follows Bun's documentation, "Global cache" and "Auto-install".
var BunCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "bun-cache",
		Title: "Bun install cache",
		Why: "bun install unpacks packages into ~/.bun/install/cache and then links or copies them into node_modules. Hard-linked files take no extra space and are left alone; copies are stored twice, and the registry's manifests " +
			"are there as well. Once node_modules is filled, a program that Bun runs does not look into the cache.",
		Confidence: model.Likely,
		Paths:      []string{"~/.bun/install/cache/**", "$BUN_INSTALL_CACHE_DIR/**"},
		Tools:      []string{"bunx", "bun x"},
		Mounts:     []string{"/root/.bun/install/cache"},
		Empties:    []string{"bun pm cache"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.bun/install/cache",
			Before:  "RUN bun install --frozen-lockfile --production",
			After:   "RUN bun install --frozen-lockfile --production \\\n    && rm -rf /root/.bun/install/cache",
			WhenNot: "Where the project has no node_modules: Bun then installs on the fly and runs packages from the cache.",
			Sources: []string{"https://bun.com/docs/pm/global-cache", "https://bun.com/docs/runtime/auto-install"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN bun install
				+ root/.bun/install/cache/a
				+ app/node_modules/a.js
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN bun install \\\n    && rm -rf /root/.bun/install/cache",
			Miss: `
				COPY app /
				+ app
				RUN bun install
				+ root/.bun/bin/bun
				+ app/node_modules/a.js
				config {"Cmd": ["/app"]}`,
		},
		Unless: func(b *rules.Build) bool { return !holdsName(b, "node_modules") },
	},
	What: "Bun's cache",
})
