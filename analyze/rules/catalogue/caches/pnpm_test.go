package caches_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestPnpmStoreThatIsLinkedTo: with a global virtual store, node_modules points into the store's links,
// which stay; https://pnpm.io/settings#enableglobalvirtualstore.
func TestPnpmStoreThatIsLinkedTo(t *testing.T) {
	for _, test := range []struct{ name, links, removes string }{
		{"files that were copied", "", "/root/.local/share/pnpm/store"},
		{"links to them", "\n+ root/.local/share/pnpm/store/v11/links/express/5.0.0/index.js\n+ app/node_modules/express -> /root/.local/share/pnpm/store/v11/links/express/5.0.0", "/root/.local/share/pnpm/store/v11/files"},
	} {
		found := rulestest.Parse(t, `
			COPY app /
			+ app/package.json
			RUN pnpm i
			+ root/.local/share/pnpm/store/v11/files/00/a`+test.links+`
			config {"Cmd": ["node", "/app"]}`).Findings(t, "pnpm-cache")
		if len(found) != 1 || found[0].Fix == nil || found[0].Fix.After == nil {
			t.Fatalf("%s: found %+v", test.name, found)
		}
		if want := "RUN pnpm i \\\n    && rm -rf " + test.removes; *found[0].Fix.After != want {
			t.Errorf("%s: it becomes %q, want %q", test.name, *found[0].Fix.After, want)
		}
	}
}
