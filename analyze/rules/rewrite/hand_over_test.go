package rewrite_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// TestHandOver reads how scripts end: want is the last command, in front of it "exec" where
// the shell becomes it; "" where the script ends in another way.
func TestHandOver(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"plain", "#!/bin/sh\nset -e\nmigrate\nnode server.js\n", "node server.js"},
		{"exec", "#!/bin/sh\nmigrate\nexec node server.js\n", "exec node server.js"},
		{"arguments", "#!/bin/sh\nmigrate\n\"$@\"\n", `"$@"`},
		{"exec of arguments", "exec \"$@\"", `exec "$@"`},
		{"a list", "cd /app && migrate && node server.js", "node server.js"},
		{"an alternative", "node server.js || exit 1", ""},
		{"its status", "node server.js\nexit $?\n", "node server.js"},
		{"a loop", "while true; do\n\tjob\n\tsleep 60\ndone\n", ""},
		{"a loop before", "until nc -z db 5432; do sleep 1; done\nnode server.js\n", "node server.js"},
		{"a pipe", "node server.js | tee log", ""},
		{"in the background", "node server.js &\n", ""},
		{"waited for", "node server.js &\nwait $!\n", ""},
		{"an echo", "setup\necho ready\n", ""},
		{"a test", "nginx\n[ -f x ]\n", ""},
		{"a function", "main() {\n\tmigrate\n\texec node \"$1\"\n}\nmain \"$@\"\n", `exec node "$1"`},
		{"a function without", "run() {\n\tnode server.js\n}\nrun\n", "node server.js"},
		{"itself", "f() { f; }\nf\n", ""},
		{"sourced or not", "_main() {\n\texec \"$@\"\n}\nif ! _is_sourced; then\n\t_main \"$@\"\nfi\n", `exec "$@"`},
		{"both branches", "if [ \"$D\" ]; then\n\tnode --inspect a.js\nelse\n\tnode a.js\nfi\n", "node --inspect a.js"},
		{"one branch execs", "if [ \"$1\" = serve ]; then\n\tnode a.js\nelse\n\texec \"$@\"\nfi\n", ""},
		{"a choice", "case \"$1\" in\nserve) node a.js;;\n*) exec \"$@\";;\nesac\n", ""},
		{"a variable", "$CMD", ""},
		{"a program at a variable's place", "\"$JAVA_HOME\"/bin/java -jar a.jar", `"$JAVA_HOME"/bin/java -jar a.jar`},
		{"env", "exec env A=b nice -n 5 node a.js", "exec node a.js"},
		{"redirections only", "exec 2>&1\nexec node a.js\n", "exec node a.js"},
		{"a redirection at the end", "node a.js\nexec 2>&1\n", ""},
		{"another script", ". ./other.sh", ""},
		{"a subshell", "(node a.js)", ""},
		{"nothing", "# empty\n", ""},
	} {
		h, ok := rewrite.ReadHandOver(test.script)
		var got []string
		if h.Exec {
			got = append(got, "exec")
		}
		for _, w := range h.Words {
			got = append(got, w.Text)
		}
		if text := strings.Join(got, " "); !ok || text != test.want {
			t.Errorf("%s: %q, want %q", test.name, text, test.want)
		}
	}
	if _, ok := rewrite.ReadHandOver("if ("); ok {
		t.Error("it reads what is no script")
	}
}

// TestHandOverFacts: what a script does besides its last command.
func TestHandOverFacts(t *testing.T) {
	h, _ := rewrite.ReadHandOver("#!/bin/sh\nnginx -g 'daemon off;' &\nmake && worker &\nnode a.js\n")
	if len(h.Background) != 2 || h.Background[0].Name() != "nginx" || h.Background[1].Name() != "worker" || h.Minds || h.Line != 4 || h.Alone {
		t.Errorf("%+v", h)
	}
	for script, want := range map[string]bool{"trap 'kill $p' TERM\na & p=$!\nwait $p\n": true, "a &\nb\n": false, "f() { wait; }\na\n": true} {
		if h, _ := rewrite.ReadHandOver(script); h.Minds != want {
			t.Errorf("%q: minds its children: %v", script, h.Minds)
		}
	}
	for script, want := range map[string]bool{"set -eu\n# the server\nnode a.js\n": true, "migrate\nnode a.js\n": false, "A=b node a.js": false, "exec node a.js": false, "node a.js > log": false, "if a; then node b.js; fi": false} {
		if h, _ := rewrite.ReadHandOver(script); h.Alone != want {
			t.Errorf("%q: alone: %v", script, h.Alone)
		}
	}
	for script, want := range map[string]bool{"set -- node \"$@\"\nexec \"$@\"": false, "shift\nexec \"$@\"": false, "if a; then set -- b; fi\nexec \"$@\"": true, "set -e\nexec \"$@\"": true} {
		if h, _ := rewrite.ReadHandOver(script); h.Arguments != want {
			t.Errorf("%q: its own arguments: %v", script, h.Arguments)
		}
	}
}

// TestExecLast puts exec in front of the last command, or leaves the script alone.
func TestExecLast(t *testing.T) {
	for script, want := range map[string]string{
		"a && b":                                 "a && exec b",
		"cd /app && migrate ; node 'a b.js' $X":  "cd /app && migrate ; exec node 'a b.js' $X",
		"a > log 2>&1":                           "exec a > log 2>&1",
		"a || b":                                 "",
		"exec a":                                 "",
		"A=b a":                                  "",
		"a & b":                                  "",
		"trap 'echo bye' EXIT; b":                "",
		"if x; then a; else b; fi":               "",
		"f() { a; }; f":                          "",
		"a | b":                                  "",
		"while :; do a; done":                    "",
		"migrate && echo done":                   "",
		"a; exit":                                "exec a; exit",
		"service nginx start && node server.js ": "service nginx start && exec node server.js ",
	} {
		if got, ok := rewrite.ExecLast(script); got != want && (ok || want != "") || ok != (want != "") {
			t.Errorf("%q: %q, want %q", script, got, want)
		}
	}
}

// TestStartWords writes other words into what a container starts with.
func TestStartWords(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"CMD npm start", `CMD ["node", "a.js"]`},
		{`CMD ["npm", "start"]`, `CMD ["node", "a.js"]`},
		{`entrypoint   ["npm", \` + "\n    \"start\"]", `entrypoint   ["node", "a.js"]`},
		{"CMD npm \\\n# why\n start", ""},
		{"RUN npm start", ""},
	} {
		if got, ok := rewrite.WithStartWords(test.text, []string{"node", "a.js"}); got != test.want && ok || ok != (test.want != "") {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
	for _, test := range []struct{ text, want string }{
		{"USER app", "USER 10001:10001"}, {"user   app", "user   10001:10001"}, {"USER other", ""}, {"USER $APP", ""}, {"RUN app", ""},
	} {
		if got, ok := rewrite.WithUser(test.text, "app", "10001:10001"); got != test.want && ok || ok != (test.want != "") {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}
