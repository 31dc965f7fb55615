package leftovers_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestNpmDevDependencies prunes at the end of the last RUN that needs the packages, or
// finds that something may need them.
func TestNpmDevDependencies(t *testing.T) {
	const modules = `
		+ app/node_modules/@a/vite/x.js
		+ app/node_modules/express/x.js
		+ app/node_modules/express/node_modules/only/x.js
		+ app/node_modules/.package-lock.json {"packages": {"node_modules/@a/vite": {"dev": true, "bin": {"vite": "x.js"}}, "node_modules/express": {}, "node_modules/express/node_modules/only": {}, "node_modules/shared": {"devOptional": true}}}
		`
	const pkg = "+ app/package.json {\"scripts\": {\"start\": \"node x.js\", \"preview\": \"vite preview\", \"serve\": \"npm run preview\"}}\n"
	start := func(cmd string) string {
		return "config {\"Cmd\": [\"" + strings.Join(strings.Fields(cmd), `", "`) + "\"], \"WorkingDir\": \"/app\"}"
	}
	for _, test := range []struct{ name, image, want string }{
		{"installed alone", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("node x.js"), "RUN npm ci --omit=dev"},
		{"cleaned up behind", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm install --no-audit && npm cache clean --force && rm -rf /tmp/x" + modules + start("node x.js"), "RUN npm install --omit=dev --no-audit && npm cache clean --force && rm -rf /tmp/x"},
		{"a script of the install", "WORKDIR /app\nCOPY . .\n+ app/package.json {\"scripts\": {\"start\": \"node x.js\", \"prepare\": \"vite build\"}}\nRUN npm ci" + modules + start("node x.js"), "RUN npm ci \\\n    && npm prune --omit=dev"},
		{"what is to be included", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci --include=dev" + modules + start("node x.js"), "RUN npm ci --include=dev \\\n    && npm prune --omit=dev"},
		{"built in the same RUN", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm install --legacy-peer-deps && npm run build" + modules + start("npm start"), "RUN npm install --legacy-peer-deps && npm run build \\\n    && npm prune --omit=dev --legacy-peer-deps"},
		{"built in the next RUN", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + "RUN npm run build\n+ app/dist/x\nRUN chown 5 /app\n" + start("node dist/x"), "RUN npm ci \\\n    && npm run build \\\n    && npm prune --omit=dev"},
		{"given to another in the same RUN", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci && npm run build && chown -R app /app" + modules + start("node dist/x"), "RUN npm ci && npm run build && npm prune --omit=dev \\\n    && chown -R app /app"},
		{"given to another later", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + "RUN npm run build\n+ app/dist/x\nRUN chown -R 5 /app" + modules + start("node dist/x"), "RUN npm ci \\\n    && npm run build \\\n    && npm prune --omit=dev"},
		{"a directory that is linked in", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + strings.Replace(modules, `"node_modules/express": {}`, `"packages/x": {}, "y": {"dev": true}, "node_modules/express": {}`, 1) + start("node x.js"), "RUN npm ci --omit=dev"},
		{"a script that starts another", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("npm run start"), "RUN npm ci --omit=dev"},

		{"for production since a line below", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + "ENV NODE_ENV=production\n" + strings.Replace(start("node x.js"), "{", "{\"Env\": [\"NODE_ENV=production\"], ", 1), "RUN npm ci --omit=dev"},
		{"for production since a line above", "WORKDIR /app\nENV NODE_ENV=production\nCOPY . .\n" + pkg + "RUN npm ci" + modules + strings.Replace(start("node x.js"), "{", "{\"Env\": [\"NODE_ENV=production\"], ", 1), ""},
		{"for production by the base image", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + strings.Replace(start("node x.js"), "{", "{\"Env\": [\"NODE_ENV=production\"], ", 1), ""},

		{"built behind a COPY", "WORKDIR /app\nCOPY package.json .\n" + pkg + "RUN npm ci" + modules + "COPY . .\n+ app/x.js\nRUN npm run build\n+ app/dist/x\n" + start("node dist/x"), "multi-stage"},
		{"a build that ends elsewhere", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + "RUN npm run build && cd $HOME && tar cf /x.tar .npm\n+ app/dist/x\n" + start("node dist/x"), "multi-stage"},
		{"started through it", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("npm run preview"), ""},
		{"started through a script that calls it", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("npm run serve"), ""},
		{"started with it", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("node -r @a/vite/register x.js"), ""},
		{"started by a server of the sources that is no package for development", "WORKDIR /app\nCOPY . .\n+ app/package.json {\"scripts\": {\"start\": \"PORT=1 react-scripts start\"}}\nRUN npm ci" + modules + start("npm start"), ""},
		{"a server of the sources behind another program", "WORKDIR /app\nCOPY . .\n+ app/package.json {\"scripts\": {\"start\": \"cross-env A=b next dev -p 3\"}}\nRUN npm ci" + modules + start("npm start"), ""},
		{"a server of what was built", "WORKDIR /app\nCOPY . .\n+ app/package.json {\"scripts\": {\"start\": \"next start\"}}\nRUN npm ci" + modules + start("npm start"), "RUN npm ci --omit=dev"},
		{"a module that compiles", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("node -r ts-node/register x.ts"), ""},
		{"npm start without a script", "WORKDIR /app\nCOPY . .\n+ app/package.json {}\nRUN npm ci" + modules + start("npm start"), ""},
		{"npm start without a script, and a server.js", "WORKDIR /app\nCOPY . .\n+ app/package.json {}\n+ app/server.js\nRUN npm ci" + modules + start("npm start"), "RUN npm ci --omit=dev"},
		{"started by npx", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("npx serve"), ""},
		{"started by a name that is unknown", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("npm run other"), ""},
		{"a package that programs load stands among those for development", "WORKDIR /app\nCOPY . .\n+ app/package.json {\"devDependencies\": {\"dotenv\": \"16\", \"@a/vite\": \"1\"}}\nRUN npm ci" + strings.Replace(modules, "node_modules/express\": {}", "node_modules/dotenv\": {\"dev\": true}, \"node_modules/express\": {}", 1) + start("node x.js"), ""},
		{"one that only another for development wants", "WORKDIR /app\nCOPY . .\n+ app/package.json {\"dependencies\": {\"express\": \"4\"}, \"devDependencies\": {\"@a/vite\": \"1\"}}\nRUN npm ci" + strings.Replace(modules, "node_modules/express\": {}", "node_modules/dotenv\": {\"dev\": true}, \"node_modules/express\": {}", 1) + start("node x.js"), "RUN npm ci --omit=dev"},
		{"a server that loads none of them", "WORKDIR /app\nCOPY . .\n+ app/package.json {\"devDependencies\": {\"dotenv\": \"16\"}}\nRUN npm ci" + strings.Replace(modules, "node_modules/express\": {}", "node_modules/dotenv\": {\"dev\": true}, \"node_modules/express\": {}", 1) + "+ usr/sbin/nginx\n" + strings.Replace(start("nginx -g x"), "{", "{\"Env\": [\"PATH=/usr/sbin\"], ", 1), "RUN npm ci --omit=dev"},
		{"one that the program requires", "WORKDIR /app\nCOPY . .\n+ app/x.js text const v = require('@a/vite')\n+ app/package.json {\"dependencies\": {\"express\": \"4\"}, \"devDependencies\": {\"@a/vite\": \"1\"}}\nRUN npm ci" + modules + start("node x.js"), ""},
		{"one that a file of the program requires", "WORKDIR /app\nCOPY . .\n+ app/x.js text require('./lib/a')\n+ app/lib/a.js text const v = require('@a/vite')\n+ app/package.json {\"scripts\": {\"start\": \"node x\"}, \"dependencies\": {\"express\": \"4\"}, \"devDependencies\": {\"@a/vite\": \"1\"}}\nRUN npm ci" + modules + start("npm start"), ""},
		{"one that the settings of a tool require", "WORKDIR /app\nCOPY . .\n+ app/vite.config.js text const v = require('@a/vite')\n+ app/package.json {\"scripts\": {\"start\": \"node x\"}, \"dependencies\": {\"express\": \"4\"}, \"devDependencies\": {\"@a/vite\": \"1\"}}\nRUN npm ci" + modules + start("npm start"), "RUN npm ci --omit=dev"},
		{"one that the program does not require", "WORKDIR /app\nCOPY . .\n+ app/x.js text import e from 'express'\n+ app/package.json {\"dependencies\": {\"express\": \"4\"}, \"devDependencies\": {\"@a/vite\": \"1\"}}\nRUN npm ci" + modules + start("node x.js"), "RUN npm ci --omit=dev"},
		{"all are for development", "WORKDIR /app\nCOPY . .\n+ app/package.json {\"devDependencies\": {\"@a/vite\": \"1\"}}\nRUN npm ci" + modules + start("node x.js"), ""},
		{"package.json unknown", "WORKDIR /app\nRUN npm ci" + modules + start("node x.js"), ""},
		{"workspaces", "WORKDIR /app\nCOPY . .\n+ app/package.json {\"workspaces\": [\"a\"]}\nRUN npm ci" + modules + start("node x.js"), ""},
		{"left out already", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci --omit=dev" + modules + start("node x.js"), ""},
		{"installed elsewhere", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN cd web && npm ci" + modules + start("node x.js"), ""},
		{"copied from a stage", "WORKDIR /app\nCOPY --from=build /app ." + modules + pkg + start("node x.js"), ""},
		{"an image to build upon", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + "ONBUILD RUN npm run build\n" + start("node x.js"), ""},
		{"a tool of the build", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm install -g gulp-cli && npm ci && gulp build" + modules + start("node x.js"), "RUN npm install -g gulp-cli && npm ci && gulp build \\\n    && npm prune --omit=dev"},
		{"npm itself is renewed", "ENV NODE_VERSION=12.22.0\nWORKDIR /app\nCOPY . .\n" + pkg + "RUN npm install -g npm@8\nRUN npm ci" + modules + strings.Replace(start("node x.js"), "{", "{\"Env\": [\"NODE_VERSION=12.22.0\"], ", 1), "RUN npm ci --omit=dev"},

		{"node's prompt", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("node"), ""},
		{"a prompt of the base behind its entry point", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + "config {\"Entrypoint\": [\"docker-entrypoint.sh\"], \"Cmd\": [\"node\"], \"WorkingDir\": \"/app\"}", ""},
		{"a program of node_modules/.bin by its path", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("./node_modules/.bin/serve"), ""},
		{"a program of node_modules/.bin in PATH", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + "+ app/node_modules/.bin/live\n" + strings.Replace(start("live x"), "{", "{\"Env\": [\"PATH=/bin:/app/node_modules/.bin\"], ", 1), ""},
		{"a program that is not in the image", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("gulp live"), ""},
		{"tools for calling by hand", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm install -g gulp bower\nRUN npm ci" + modules + start("node x.js"), ""},
		{"a tool of another name", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm i --global @angular/cli@17\nRUN npm ci" + modules + start("node x.js"), ""},
		{"an npm of an archive that does not know the option", "RUN curl -sL https://deb.nodesource.com/setup_14.x | bash - && apt-get install -y nodejs\nWORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("node x.js"), ""},
		{"an npm of an archive", "RUN curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs\nWORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + start("node x.js"), "RUN npm ci --omit=dev"},
		{"an npm that does not know the option", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules + strings.Replace(start("node x.js"), "{", "{\"Env\": [\"NODE_VERSION=6.17.1\"], ", 1), ""},
		{"a shell", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci" + modules, ""},
		{"a list that cannot be read", "WORKDIR /app\nCOPY . .\n" + pkg + "RUN npm ci\n+ app/node_modules/a/x\n+ app/node_modules/.package-lock.json {\"packages\": [}\n" + start("node x.js"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, f := range rulestest.Parse(t, test.image).Findings(t, "npm-dev-dependencies") {
				if got = string(f.Fix.Strategy); f.Fix.After != nil {
					got = *f.Fix.After
				}
				if diff := cmp.Diff([]string{"app/node_modules/@a/vite/x.js"}, f.Paths); diff != "" {
					t.Errorf("the files (-want +got):\n%s", diff)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
