package demo

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const nodeDockerfile = `# A built-in sample of tare: nobody runs this image.
# node_modules is copied over itself, and pruned one step too late.
FROM node:22-alpine
WORKDIR /srv/app
COPY package.json package-lock.json ./
RUN npm install
COPY . .
RUN npm run build
RUN npm prune --omit=dev
USER node
CMD ["node", "dist/server.js"]
`

func nodeApp() Sample {
	return Sample{
		Name:       "node-app",
		Title:      "node_modules twice",
		Lesson:     "without a .dockerignore, COPY . . stores node_modules again; what npm prunes later was stored already",
		Dockerfile: nodeDockerfile,
		config: v1.Config{
			Env:        []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "NODE_VERSION=22.14.0"},
			User:       "node",
			WorkingDir: "/srv/app",
			Entrypoint: []string{"docker-entrypoint.sh"},
			Cmd:        []string{"node", "dist/server.js"},
		},
		steps: nodeSteps,
	}
}

// nodeModule is a package of npm.
type nodeModule struct {
	name  string
	dev   bool
	files map[string]int64 // what it has besides package.json, README.md and LICENSE
}

var nodeModules = func() []nodeModule {
	var all []nodeModule
	for name := range strings.FieldsSeq(`accepts array-flatten body-parser bytes call-bind content-disposition content-type cookie
		cookie-signature debug depd destroy ee-first encodeurl escape-html etag express finalhandler forwarded fresh
		function-bind get-intrinsic gopd has-symbols hasown http-errors iconv-lite inherits ipaddr.js media-typer
		merge-descriptors methods mime mime-db mime-types ms negotiator object-inspect on-finished parseurl
		path-to-regexp proxy-addr qs range-parser raw-body safe-buffer safer-buffer send serve-static setprototypeof
		side-channel statuses toidentifier type-is unpipe utils-merge vary zod`) {
		all = append(all, nodeModule{name: name, files: map[string]int64{"index.js": 1_900 + 731*int64(len(name))}})
	}
	return append(all,
		nodeModule{name: "pg", files: map[string]int64{"lib/client.js": 17_802, "lib/query.js": 7_015, "lib/utils.js": 6_010}},
		nodeModule{name: "lodash", files: map[string]int64{"lodash.js": 544_098, "lodash.min.js": 73_015, "core.js": 115_909}},
		nodeModule{name: "typescript", dev: true, files: map[string]int64{"lib/typescript.js": 9_059_471, "lib/_tsc.js": 6_207_811, "lib/lib.dom.d.ts": 1_264_013}},
		nodeModule{name: "esbuild", dev: true, files: map[string]int64{"lib/main.js": 87_903, "bin/esbuild": 10_227_864}},
		nodeModule{name: "vitest", dev: true, files: map[string]int64{"dist/cli.js": 398_414, "dist/index.js": 301_776, "dist/worker.js": 97_120}},
		nodeModule{name: "eslint", dev: true, files: map[string]int64{"lib/api.js": 31_944, "lib/linter.js": 88_310, "lib/rules.js": 2_201_660}},
	)
}()

// entries lists a module's files in a fixed order.
func (m nodeModule) entries() []entry {
	home := "srv/app/node_modules/" + m.name + "/"
	n := int64(len(m.name))
	files := []entry{
		{path: home + "LICENSE", size: 1_070 + n, kind: source},
		{path: home + "README.md", size: 3_207 + 419*n, kind: source},
		{path: home + "package.json", size: 1_211 + 53*n, kind: source},
	}
	for _, name := range slices.Sorted(maps.Keys(m.files)) {
		files = append(files, entry{path: home + name, size: m.files[name], kind: kindOf(name)})
	}
	return files
}

func nodeBase() []step {
	user := newLayer(built.AddDate(0, 0, -20))
	user.add(
		entry{path: "usr/local/bin/node", size: 42_118_304, mode: 0o755, kind: program},
		entry{path: "usr/local/lib/node_modules/npm/bin/npm-cli.js", size: 1_154, mode: 0o755, kind: source},
		entry{path: "usr/local/lib/node_modules/npm/lib/npm.js", size: 12_877, kind: source},
		entry{path: "usr/local/lib/node_modules/npm/node_modules/@npmcli/arborist/lib/arborist/reify.js", size: 50_219, kind: source},
		entry{path: "usr/local/include/node/v8.h", size: 33_120, kind: source},
		entry{path: "usr/lib/libstdc++.so.6.0.32", size: 2_489_664, mode: 0o755, kind: program},
	)
	user.symlink("usr/local/bin/npm", "../lib/node_modules/npm/bin/npm-cli.js")
	user.symlink("usr/lib/libstdc++.so.6", "libstdc++.so.6.0.32")
	entrypoint := newLayer(built.AddDate(0, 0, -20))
	entrypoint.add(entry{path: "usr/local/bin/docker-entrypoint.sh", size: 388, mode: 0o755, kind: source})
	return append(alpine(),
		meta("ENV NODE_VERSION=22.14.0"),
		run("addgroup -g 1000 node && adduser -u 1000 -G node -s /bin/sh -D node && apk add --no-cache libstdc++ && tar -xJf node.tar.xz -C /usr/local", user),
		transfer("COPY docker-entrypoint.sh /usr/local/bin/", entrypoint),
		meta(`ENTRYPOINT ["docker-entrypoint.sh"]`),
		meta(`CMD ["node"]`),
	)
}

func nodeSteps() []step {
	here := newLayer(stepTime(1))
	here.dir("srv/app", 0o755, 0, 0)

	manifests := newLayer(stepTime(2))
	manifests.add(appManifests...)

	installed, again := newLayer(stepTime(3)), newLayer(stepTime(4))
	again.add(appManifests...)
	prune := newLayer(stepTime(6))
	for _, m := range nodeModules {
		files := m.entries()
		installed.add(files...)
		again.add(files...)
		if m.dev {
			prune.remove("srv/app/node_modules/" + m.name)
		}
		var size int64
		for _, f := range files {
			size += f.size
		}
		installed.add(entry{path: "root/.npm/_cacache/content-v2/sha512/" + hashPath(m.name, 2), size: size / 4, kind: packed})
		installed.add(entry{path: "root/.npm/_cacache/index-v5/" + hashPath("key of "+m.name, 2), size: 1_480, kind: source})
	}
	installed.add(entry{path: "root/.npm/_logs/2025-03-14T09_08_11_204Z-debug-0.log", size: 71_408, kind: source})

	again.add(
		entry{path: "srv/app/README.md", size: 2_204, kind: source},
		entry{path: "srv/app/tsconfig.json", size: 644, kind: source},
		entry{path: "srv/app/src/server.ts", size: 7_013, kind: source},
		entry{path: "srv/app/src/db.ts", size: 4_412, kind: source},
		entry{path: "srv/app/.git/HEAD", size: 21, kind: source},
		entry{path: "srv/app/.git/objects/pack/pack-1f0c8a4d.pack", size: 3_660_811, kind: packed},
	)
	for i := range 12 {
		again.add(entry{path: fmt.Sprintf("srv/app/src/routes/v%d.ts", i+1), size: 2_090 + 311*int64(i), kind: source})
	}

	dist := newLayer(stepTime(5))
	dist.add(
		entry{path: "srv/app/dist/server.js", size: 402_117, kind: source},
		entry{path: "srv/app/dist/server.js.map", size: 811_932, kind: source},
	)

	prune.add(
		entry{path: "srv/app/node_modules/.package-lock.json", size: 31_662, kind: source},
		entry{path: "root/.npm/_logs/2025-03-14T09_11_47_518Z-debug-0.log", size: 20_311, kind: source},
	)
	return append(nodeBase(),
		workdir("/srv/app", here),
		transfer("COPY package.json package-lock.json ./", manifests),
		run("npm install", installed),
		transfer("COPY . .", again),
		run("npm run build", dist),
		run("npm prune --omit=dev", prune),
		meta("USER node"),
		meta(`CMD ["node" "dist/server.js"]`),
	)
}

var appManifests = []entry{
	{path: "srv/app/package.json", size: 1_377, kind: source},
	{path: "srv/app/package-lock.json", size: 148_920, kind: source},
}
