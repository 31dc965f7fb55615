package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
)

// TestProcess follows what a container starts. want is the program, then the instruction that
// names it and where, the init and the scripts that stay.
func TestProcess(t *testing.T) {
	const handsOver, keeps = "#!/bin/sh\nset -e\nmigrate\nexec \"$@\"\n", "#!/bin/sh\nmigrate\nnode a.js\n"
	for _, test := range []struct{ name, entrypoint, cmd, script, want string }{
		{"plain", "", "node a.js", "", "node a.js|CMD 0"},
		{"two instructions", "node", "a.js", "", "node a.js|ENTRYPOINT 0"},
		{"tini", "/sbin/tini -- node a.js", "", "", "node a.js|ENTRYPOINT 2|tini"},
		{"tini and a command", "/sbin/tini -g --", "npm start", "", "npm start|CMD 0|tini"},
		{"dumb-init with options", "dumb-init -r 15:3 node a.js", "", "", "node a.js|ENTRYPOINT 3|dumb-init"},
		{"another user", "su-exec app node a.js", "", "", "node a.js|ENTRYPOINT 2"},
		{"env", "", "env A=b node a.js", "", "node a.js|CMD 2"},
		{"a shell's text", "", "sh -c npm_start", "", "npm start|CMD 0 text||sh"},
		{"a shell's text with exec", "", "sh -c exec_npm_start", "", "npm start|CMD 0 text"},
		{"a script hands over", "/e.sh", "node a.js", handsOver, "node a.js|CMD 0"},
		{"a script hands over to a text", "/e.sh", "sh -c npm_start", handsOver, "npm start|CMD 0 text||sh"},
		{"a script keeps", "/e.sh", "", keeps, "node a.js|||e.sh"},
		{"a shell starts it", "sh /e.sh", "", keeps, "node a.js|||e.sh"},
		{"a shell starts it here", "", "bash e.sh", keeps, "node a.js|||e.sh"},
		{"behind tini", "tini -- /e.sh", "", keeps, "node a.js||tini|e.sh"},
		{"an init in the first line", "/e.sh", "", "#!/usr/bin/dumb-init /bin/sh\nnode a.js\n", "node a.js||dumb-init|e.sh"},
		{"as another user", "/e.sh", "redis-server", "#!/bin/sh\nexec gosu redis \"$@\"\n", "redis-server|CMD 0"},
		{"its own first word", "/e.sh", "--port 80", "#!/bin/sh\nexec node a.js \"$@\"\n", "node a.js --port 80|"},
		{"other arguments", "/e.sh", "a", "#!/bin/sh\nset -- node \"$@\"\nexec \"$@\"\n", "|ENTRYPOINT 0"},
		{"no shell script", "/e.sh", "", "#!/usr/bin/env python3\nimport os\n", "/e.sh|ENTRYPOINT 0"},
		{"itself for ever", "/e.sh", "", "#!/bin/sh\nexec /e.sh\n", "|"},
		{"nothing", "", "", "", "|"},
	} {
		b := &rules.Build{Entrypoint: words(test.entrypoint), Cmd: words(test.cmd), WorkingDir: "/", Captured: map[string][]byte{}}
		if test.script != "" {
			b.Captured["e.sh"] = []byte(test.script)
		}
		p := b.Process()
		got := strings.Join(p.Words, " ") + "|"
		if p.Keyword != "" {
			got += fmt.Sprint(p.Keyword, " ", p.At)
		}
		if p.InText {
			got += " text"
		}
		got += "|" + p.Init + "|"
		for _, h := range p.Holders {
			if h.Script != "" {
				got += h.Script
			} else {
				got += h.Shell
			}
		}
		if got, want := strings.TrimRight(got, "|"), strings.TrimRight(test.want, "|"); got != want {
			t.Errorf("%s: %q, want %q", test.name, got, want)
		}
	}
}

// words splits at blanks; _ is a blank inside a word.
func words(text string) []string {
	list := strings.Fields(text)
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], "_", " ")
	}
	return list
}
