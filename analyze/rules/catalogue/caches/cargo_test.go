package caches_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestCargoBuildsAgain: what Cargo built stays where somebody builds with it again.
func TestCargoBuildsAgain(t *testing.T) {
	for _, test := range []struct {
		name, run, cmd string
		stays          string
	}{
		{"a stand-in by echo", `echo "fn main() {}" > src/main.rs && cargo build --release && rm -rf src`, "/app", "stand-in sources"},
		{"a stand-in of a library", "mkdir src && touch src/lib.rs && cargo build --release", "/app", "stand-in sources"},
		{"a shell behind a build", "cargo build --release", "bash", "starts nothing by itself"},
		{"a shell behind a test", "cargo test --no-run", "bash", "starts nothing by itself"},

		{"a program", "cargo build --release", "/app", ""},
		{"a program that was installed, and a shell", "cargo install tool", "bash", ""},
		{"another file by echo", `echo "[net]" > .cargo/config && cargo build --release`, "/app", ""},
		{"sources that are named", "cp /x/src/main.rs /src/ && cargo build --release", "/app", ""},
	} {
		found := rulestest.Parse(t, `
			COPY app /
			+ app
			RUN `+test.run+`
			+ usr/local/cargo/registry/src/a.rs
			+ src/target/release/deps/a.rlib
			config {"Cmd": ["`+test.cmd+`"]}`).Findings(t, "cargo-cache")
		if len(found) != 1 || found[0].Fix == nil {
			t.Fatalf("%s: found %v", test.name, found)
		}
		fix := found[0].Fix
		if (fix.After == nil) != (test.stays != "") || !strings.Contains(fix.Summary, test.stays) {
			t.Errorf("%s: %v (%s)", test.name, fix.After, fix.Summary)
		}
	}
}
