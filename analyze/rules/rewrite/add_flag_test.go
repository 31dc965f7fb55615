package rewrite

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// behindInstall is the word install of tool.
func behindInstall(c Command) int {
	if c.Name() != "tool" || slices.ContainsFunc(c.Words, func(w Word) bool { return w.Text == "--flag" }) {
		return -1
	}
	return slices.IndexFunc(c.Words, func(w Word) bool { return w.Text == "install" })
}

var flagCases = map[string]string{
	"RUN tool install a":                                                "RUN tool install --flag a",
	"RUN x && sudo tool -q install 'a b' && y":                          "RUN x && sudo tool -q install --flag 'a b' && y",
	"RUN tool install \\\n    # why\n    a \\\n    && tool  install  b": "RUN tool install --flag \\\n    # why\n    a \\\n    && tool  install --flag  b",
	"RUN if a; then tool install b; fi":                                 "RUN if a; then tool install --flag b; fi",
	"RUN tool install --flag a && tool install b":                       "RUN tool install --flag a && tool install --flag b",
	"RUN tool install --flag a":                                         "",
	"RUN other install a":                                               "",
	`RUN ["tool", "install"]`:                                           "",
	"RUN sh -c 'tool install a'":                                        "",
	"RUN <<EOF\ntool install a\nEOF":                                    "",
	"COPY a b":                                                          "",
}

func TestAddFlag(t *testing.T) {
	for run, want := range flagCases {
		got, ok := AddFlag(run, "--flag", behindInstall)
		if ok != (want != "") || cmp.Diff(want, got) != "" && ok {
			t.Errorf("%q becomes %q (%v), want %q", run, got, ok, want)
		}
	}
}

func FuzzAddFlag(f *testing.F) {
	for run := range flagCases {
		f.Add(run)
	}
	f.Fuzz(func(t *testing.T, run string) {
		got, ok := AddFlag(run, "--flag", behindInstall)
		if !ok || !valid(run) {
			return
		}
		dockerfile(t, got)
		if _, again := AddFlag(got, "--flag", behindInstall); again {
			t.Fatalf("%q takes the flag again", got)
		}
	})
}

var execCases = map[string]string{
	"CMD node server.js":             `CMD ["node", "server.js"]`,
	"ENTRYPOINT  /app --a='b c' <&-": "ENTRYPOINT  exec /app --a='b c' <&-",
	`CMD python -c 'print("<&>")'`:   `CMD ["python", "-c", "print(\"<&>\")"]`,
	"CMD java $OPTS -jar app.jar":    "CMD exec java $OPTS -jar app.jar",
	"CMD exec app":                   "",
	"CMD a && b":                     "",
	"CMD a &":                        "",
	"CMD A=b app":                    "",
	"CMD cd /app":                    "",
	`CMD ["app"]`:                    "",
	"RUN app":                        "",
	"CMD":                            "",
}

func TestExecForm(t *testing.T) {
	for text, want := range execCases {
		got, ok := ExecForm(text)
		if ok != (want != "") || got != want {
			t.Errorf("%q becomes %q (%v), want %q", text, got, ok, want)
		}
	}
}

func FuzzExecForm(f *testing.F) {
	for text := range execCases {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := ExecForm(text)
		if !ok || !valid(text) {
			return
		}
		dockerfile(t, got)
		if _, again := ExecForm(got); again {
			t.Fatalf("%q is changed again", got)
		}
	})
}

func TestScript(t *testing.T) {
	got := Script("#!/bin/sh\nset -e\nif [ \"$1\" = x ]; then gosu app \"$@\"; fi\nexec /app/run \"$@\"\n")
	var names []string
	for _, c := range got {
		names = append(names, c.Name())
	}
	if diff := cmp.Diff([]string{"set", "[", "gosu", "run"}, names); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	if Script("if (") != nil {
		t.Error("what is no shell text has no commands")
	}
}
