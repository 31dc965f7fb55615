package rules_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestKnowsProgram: it is known what runs where the image says so itself and nothing
// else says what that starts.
func TestKnowsProgram(t *testing.T) {
	for _, test := range []struct {
		name            string
		history         []string // up to "--": the base image's
		entrypoint, cmd []string
		chooses, knows  bool
	}{
		{"of its own", []string{"RUN x", "CMD app"}, nil, []string{"/app"}, true, true},
		{"an entry point of its own, a command of the base", []string{"CMD x", "--", "ENTRYPOINT app"}, []string{"/app"}, []string{"x"}, true, true},
		{"in a shell", []string{"CMD java -jar /app.jar"}, nil, []string{"/bin/sh", "-c", "exec java -jar /app.jar"}, true, true},
		{"no history", nil, nil, []string{"/app"}, true, true},
		{"the base's", []string{"CMD app", "--", "RUN x"}, nil, []string{"/app"}, false, false},
		{"none", []string{"RUN x"}, nil, nil, false, false},
		{"a shell", []string{"CMD bash"}, nil, []string{"bash"}, true, false},
		{"a prompt", []string{"CMD node"}, nil, []string{"node"}, true, false},
		{"a script that was not read", []string{"CMD sh /run.sh"}, nil, []string{"sh", "/run.sh"}, true, false},
		{"a variable", []string{"CMD $PROGRAM"}, nil, []string{"/bin/sh", "-c", "$PROGRAM --serve"}, true, false},
		{"what others are started by", []string{"CMD supervisord"}, nil, []string{"supervisord", "-n"}, true, false},
	} {
		b := rulestest.Build(test.history...)
		b.Entrypoint, b.Cmd = test.entrypoint, test.cmd
		if chooses, knows := b.ChoosesProgram(), b.KnowsProgram(); chooses != test.chooses || knows != test.knows {
			t.Errorf("%s: chooses %v, knows %v", test.name, chooses, knows)
		}
	}
	var none *rules.Build
	if none.ChoosesProgram() || none.KnowsProgram() {
		t.Error("nothing says what runs")
	}
}

// TestKnowsWhatAScriptRuns: a script that runs its arguments runs what the image gives it.
func TestKnowsWhatAScriptRuns(t *testing.T) {
	for _, test := range []struct {
		name, script    string
		entrypoint, cmd []string
		knows           bool
	}{
		{"no arguments", "#!/bin/sh\nexec \"$@\"", nil, []string{"/bin/sh", "-c", "/run.sh"}, false},
		{"no arguments for the entry point", "#!/bin/sh\nset -e\nexec gosu app \"$@\"", []string{"/run.sh"}, nil, false},
		{"arguments", "#!/bin/sh\nexec \"$@\"", []string{"/run.sh"}, []string{"node", "a.js"}, true},
		{"arguments in a shell's text", "#!/bin/sh\nexec \"$@\"", nil, []string{"/bin/sh", "-c", "/run.sh node a.js"}, true},
		{"a program of the script's own", "#!/bin/sh\nexec node /app/a.js \"$@\"", []string{"/run.sh"}, nil, true},
	} {
		b := rulestest.Build("CMD x")
		b.Entrypoint, b.Cmd = test.entrypoint, test.cmd
		b.Captured = map[string][]byte{"run.sh": []byte(test.script)}
		if knows := b.KnowsProgram(); knows != test.knows {
			t.Errorf("%s: knows %v", test.name, knows)
		}
	}
}
