package rewrite

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// describe writes a command in one line: its directory, its words, its flags.
func describe(c Command) string {
	var b strings.Builder
	if c.Dir != "" || !c.DirKnown {
		fmt.Fprintf(&b, "[%s %v] ", c.Dir, c.DirKnown)
	}
	b.WriteString(c.Source())
	if c.Conditional {
		b.WriteString(" ?")
	}
	if c.Subshell {
		b.WriteString(" ()")
	}
	return b.String()
}

func TestCommands(t *testing.T) {
	for run, want := range map[string][]string{
		"RUN apt-get update && apt-get install -y 'a b' \"c\"":       {"apt-get update", "apt-get install -y a b c"},
		"RUN sudo -u root env A=1 -i exec nice -n 5 apt update":      {"apt update"},
		"RUN cd /tmp; rm x; cd sub && rm y":                          {"cd /tmp", "[/tmp true] rm x", "[/tmp true] cd sub", "[/tmp/sub true] rm y"},
		"RUN cd $X && rm y":                                          {"cd $X", "[ false] rm y"},
		"RUN (cd /a; rm x); rm y":                                    {"cd /a ()", "[/a true] rm x ()", "rm y"},
		"RUN if a; then cd /b; fi; c":                                {"a", "cd /b ?", "[ false] c"},
		"RUN if a; then b; elif c; then d; else e; fi":               {"a", "b ?", "c ?", "d ?", "e ?"},
		"RUN for i in $(ls); do rm $i; done":                         {"ls ()", "rm $i ?"},
		"RUN a || b && c":                                            {"a", "b ?", "c"},
		"RUN a | xargs b":                                            {"a ()", "xargs b ()"},
		"RUN bash -exc 'cd /a && rm b' && c":                         {"bash -exc cd /a && rm b", "cd /a ()", "[/a true] rm b ()", "c"},
		`RUN ["/bin/sh", "-c", "rm a && rm b"]`:                      {"/bin/sh -c rm a && rm b", "rm a ()", "rm b ()"},
		"RUN <<EOF\nset -e\nrm a\nEOF":                               {"set -e", "rm a"},
		"RUN A=$(b) C=d":                                             {"b ()"},
		"RUN while a; do b; done; case x in y) c;; esac; f() { d; }": {"a ?", "b ?", "c ?", "d ?"},
	} {
		r, err := ParseRun(run)
		if err != nil {
			t.Errorf("ParseRun(%q): %v", run, err)
			continue
		}
		var got []string
		for _, c := range r.Commands {
			got = append(got, describe(c))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("commands of %q (-want +got):\n%s", run, diff)
		}
	}
}

func first(t *testing.T, script string) Command {
	t.Helper()
	r, err := ParseRun("RUN " + script)
	if err != nil || len(r.Commands) == 0 {
		t.Fatalf("ParseRun(%q): %v", script, err)
	}
	return r.Commands[0]
}

func TestWords(t *testing.T) {
	for word, want := range map[string]Word{
		`a\ b`:      {"a b", true, false},
		`"a\"b"'c'`: {`a"bc`, true, false},
		`/tmp/*`:    {"/tmp/*", true, true},
		`'*'`:       {"*", true, false},
		`'*'*`:      {`'*'*`, false, true},
		`$A/b`:      {"$A/b", false, false},
		`"$A"`:      {`"$A"`, false, false},
		`~/x`:       {"~/x", false, false},
		`{a,b}`:     {"{a,b}", false, false},
		`{}`:        {"{}", true, false},
	} {
		if diff := cmp.Diff(want, first(t, "x "+word).Words[1]); diff != "" {
			t.Errorf("word %s (-want +got):\n%s", word, diff)
		}
	}
}

func TestApt(t *testing.T) {
	for script, want := range map[string]string{
		"apt-get -o A=b -qq update":                   "update []",
		"apt -y install --no-install-recommends curl": "install [curl] needs lists",
		"aptitude safe-upgrade":                       "safe-upgrade [] needs lists",
		"apt-get -t stable install a b":               "install [a b] needs lists",
		"/usr/bin/apt-get clean":                      "clean []",
	} {
		c := first(t, script)
		sub, operands, ok := c.Apt()
		got := fmt.Sprint(sub, " ", operands)
		if c.NeedsLists() {
			got += " needs lists"
		}
		if !ok || got != want {
			t.Errorf("%q reads as %q, want %q", script, got, want)
		}
	}
	if _, _, ok := first(t, "curl x").Apt(); ok {
		t.Error("curl is taken for apt")
	}
}

func TestRemoval(t *testing.T) {
	for script, want := range map[string]Removal{
		"rm -rf /a/* b":                {[]string{"/a/*", "/w/b"}, true, true},
		"rm -f -- -x":                  {[]string{"/w/-x"}, false, true},
		"rm /a $B":                     {[]string{"/a"}, false, false},
		"find /a /b -name x -delete":   {[]string{"/a", "/b"}, true, false},
		"find . -type f -exec rm {} +": {[]string{"/w"}, true, false},
		"unlink /a":                    {[]string{"/a"}, false, true},
	} {
		got, ok := first(t, script).Removal("/w")
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%q (-want +got):\n%s", script, diff)
		}
	}
	for _, script := range []string{"find /a -name x", "ls /a"} {
		if got, ok := first(t, script).Removal("/w"); ok {
			t.Errorf("%q is taken to remove %v", script, got)
		}
	}
}

func TestCovers(t *testing.T) {
	r := Removal{Targets: []string{"/a/*", "/b", "/c/x?"}}
	for file, want := range map[string]bool{"/a/x": true, "/a/x/y": true, "/a/.x": false, "/a": false, "/b": true, "/b/c": true, "/bc": false, "/c/xy": true, "/c/x": false} {
		if got := r.Covers(file); got != want {
			t.Errorf("Covers(%s) = %v, want %v", file, got, want)
		}
	}
}

func TestChange(t *testing.T) {
	for script, want := range map[string]Change{
		"chown -R a:b /x":          {"chown", Word{"a:b", true, false}, true, true, []Word{{"/x", true, false}}},
		"chown --from=c -Rh a /x":  {"chown", Word{"a", true, false}, true, false, []Word{{"/x", true, false}}},
		"chmod -x /x /y":           {"chmod", Word{"-x", true, false}, false, true, []Word{{"/x", true, false}, {"/y", true, false}}},
		"chmod --recursive 755 /x": {"chmod", Word{"755", true, false}, true, true, []Word{{"/x", true, false}}},
		"touch /x":                 {"touch", Word{}, false, true, []Word{{"/x", true, false}}},
	} {
		got, ok := first(t, script).Change()
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%q (-want +got):\n%s", script, diff)
		}
	}
}

func TestPosixShell(t *testing.T) {
	for text, want := range map[string]bool{
		`SHELL ["/bin/bash", "-o", "pipefail", "-c"]`:  true,
		`SHELL ["/bin/sh", "-c"]`:                      true,
		`SHELL ["/bin/bash", "-eo", "pipefail", "-c"]`: false,
		`SHELL ["/bin/bash", "-o", "errexit", "-c"]`:   false,
		`SHELL ["powershell", "-Command"]`:             false,
		`SHELL ["python3", "-c"]`:                      false,
		`SHELL /bin/sh -c`:                             false,
	} {
		if got := PosixShell(text); got != want {
			t.Errorf("PosixShell(%s) = %v, want %v", text, got, want)
		}
	}
}

func FuzzParseRun(f *testing.F) {
	for _, text := range instructionTexts {
		f.Add(text)
	}
	f.Add("RUN bash -c \"bash -c 'bash -c x'\"")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRun(text)
		if err != nil {
			return
		}
		for _, c := range r.Commands {
			if len(c.Words) == 0 {
				t.Fatalf("a command without words in %q", text)
			}
			c.NeedsLists()
			c.Removal("/")
			c.Change()
		}
	})
}

// TestNestedSubstitutions: a script of nothing but substitutions within one
// another is not read, since that takes the square of their number.
func TestNestedSubstitutions(t *testing.T) {
	for n, readable := range map[int]bool{100: true, 20_000: false} {
		_, err := ParseRun("RUN echo " + strings.Repeat("$(", n) + "true" + strings.Repeat(")", n))
		if (err == nil) != readable {
			t.Errorf("%d within one another: %v", n, err)
		}
	}
}
