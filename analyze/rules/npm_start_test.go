package rules_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
)

// TestNpmStart: npm is only a door to node where its script says so and nothing else.
func TestNpmStart(t *testing.T) {
	for _, test := range []struct{ cmd, pkg, want string }{
		{"npm start", `{"scripts": {"start": "node dist/server.js"}}`, "node dist/server.js"},
		{"npm run serve", `{"scripts": {"serve": "node --enable-source-maps app.js --port 80"}}`, "node --enable-source-maps app.js --port 80"},
		{"npm --silent run-script serve", `{"scripts": {"serve": "node ."}}`, "node ."},
		{"/bin/sh -c npm_start", `{"scripts": {"start": "node a.js"}}`, "node a.js"},

		{"node a.js", `{"scripts": {"start": "node a.js"}}`, ""},
		{"npm start", `{"scripts": {"start": "node a.js", "prestart": "node migrate.js"}}`, ""},
		{"npm start", `{"scripts": {"start": "NODE_ENV=production node a.js"}}`, ""},
		{"npm start", `{"scripts": {"start": "node a.js && node b.js"}}`, ""},
		{"npm start", `{"scripts": {"start": "node a.js > log"}}`, ""},
		{"npm start", `{"scripts": {"start": "node $MAIN"}}`, ""},
		{"npm start", `{"scripts": {"start": "node 'a b.js'"}}`, ""},
		{"npm start", `{"scripts": {"start": "next start"}}`, ""},
		{"npm start", `{"scripts": {"start": "node"}}`, ""},
		{"npm start", `{"scripts": {"start": "node a.js"}, "config": {"port": "80"}}`, ""},
		{"npm start", `{"scripts": {}}`, ""},
		{"npm start", `{`, ""},
		{"npm start -- --port 80", `{"scripts": {"start": "node a.js"}}`, ""},
		{"npm test", `{"scripts": {"test": "node a.js"}}`, ""},
	} {
		cmd := strings.Fields(test.cmd)
		for i := range cmd {
			cmd[i] = strings.ReplaceAll(cmd[i], "_", " ")
		}
		b := &rules.Build{Cmd: cmd, WorkingDir: "/app", Captured: map[string][]byte{"app/package.json": []byte(test.pkg)}}
		if got := strings.Join(b.NpmStart(), " "); got != test.want {
			t.Errorf("%s with %s: %q, want %q", test.cmd, test.pkg, got, test.want)
		}
		b.Entrypoint = []string{"docker-entrypoint.sh"}
		if got := b.NpmStart(); got != nil {
			t.Errorf("behind an entry point: %q", got)
		}
	}
}
