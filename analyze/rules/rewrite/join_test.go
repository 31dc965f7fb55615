package rewrite

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var joinCases = []struct {
	name string
	runs []string
	want string // "" refuses
}{
	{"naive apt",
		[]string{"RUN apt-get update", "RUN apt-get install -y curl", "RUN rm -rf /var/lib/apt/lists/*"},
		"RUN apt-get update \\\n    && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*"},
	{"blanks of a history",
		[]string{"RUN apt-get update     && apt-get install -y     curl     git", "RUN true"},
		"RUN apt-get update \\\n    && apt-get install -y curl git \\\n    && true"},
	{"layout and comments stay",
		[]string{"RUN apt-get update \\\n  # tools\n  && apt-get install -y \\\n     curl \\\n     git", "RUN true"},
		"RUN apt-get update \\\n  # tools\n  && apt-get install -y \\\n     curl \\\n     git \\\n  && true"},
	{"cd stays in its step",
		[]string{"RUN cd /tmp && make", "RUN pwd"},
		"RUN ( cd /tmp && make ) \\\n    && pwd"},
	{"cd in the last step needs nothing",
		[]string{"RUN true", "RUN cd /tmp && make"},
		"RUN true \\\n    && cd /tmp && make"},
	{"variables", []string{"RUN A=1; export B=$A", "RUN echo $A"}, "RUN ( A=1; export B=$A ) \\\n    && echo $A"},
	{"a variable for one command", []string{"RUN A=1 env", "RUN true"}, "RUN A=1 env \\\n    && true"},
	{"semicolon", []string{"RUN a; b", "RUN c; d"}, "RUN a; b \\\n    && { c; d; }"},
	{"or", []string{"RUN a || true", "RUN b || c"}, "RUN a || true \\\n    && { b || c; }"},
	{"exit", []string{"RUN test -e /x || exit 0", "RUN b"}, "RUN ( test -e /x || exit 0 ) \\\n    && b"},
	{"pipe", []string{"RUN a | b", "RUN c"}, "RUN a | b \\\n    && c"},
	{"pipefail", []string{"RUN set -o pipefail && a | b", "RUN c"}, "RUN set -o pipefail && a | b \\\n    && c"},
	{"errexit, simple", []string{"RUN set -eux; a; b", "RUN c"}, "RUN set -eux; a; b; \\\n    c"},
	{"errexit, last", []string{"RUN c", "RUN set -ex; a; for i in 1 2; do b; done"}, "RUN c \\\n    && { set -ex; a; for i in 1 2; do b; done; }"},
	{"errexit around a loop", []string{"RUN set -e; for i in 1 2; do b; c; done", "RUN c"}, "RUN set -e; for i in 1 2; do b; c; done; \\\n    c"},
	{"errexit around a list", []string{"RUN set -e; a && b; c", "RUN d"}, "RUN set -e; a && b; c; \\\n    d"},
	{"errexit taken back", []string{"RUN set -e; a; set +e; b", "RUN c"}, ""},
	{"background", []string{"RUN daemon-of-mine & sleep 1", "RUN c"}, ""},
	{"background at the end", []string{"RUN a", "RUN b &"}, ""},
	{"daemon", []string{"RUN service mysql start && mysql -e x", "RUN c"}, ""},
	{"trap", []string{"RUN trap 'rm x' EXIT; a", "RUN b"}, ""},
	{"umask", []string{"RUN umask 077 && touch x", "RUN touch y"}, "RUN ( umask 077 && touch x ) \\\n    && touch y"},
	{"source", []string{"RUN . /etc/os-release && echo $ID", "RUN b"}, "RUN ( . /etc/os-release && echo $ID ) \\\n    && b"},
	{"loop variable", []string{"RUN for i in a; do echo $i; done", "RUN b"}, "RUN for i in a; do echo $i; done \\\n    && b"},
	{"loop variable that the next step has, too", []string{"RUN for i in a; do echo $i; done", "RUN echo $i"}, "RUN ( for i in a; do echo $i; done ) \\\n    && echo $i"},
	{"cd that the next step does not mind", []string{"RUN cd /tmp && make", "RUN rm -rf /tmp/x && apt-get clean"}, "RUN cd /tmp && make \\\n    && rm -rf /tmp/x && apt-get clean"},
	{"cd, then a relative path", []string{"RUN cd /tmp && make", "RUN rm -rf x"}, "RUN ( cd /tmp && make ) \\\n    && rm -rf x"},
	{"cd, then a glob", []string{"RUN cd /tmp && make", "RUN rm -rf *.c"}, "RUN ( cd /tmp && make ) \\\n    && rm -rf *.c"},
	{"a proxy for the rest", []string{"RUN http_proxy=x; a", "RUN b"}, "RUN ( http_proxy=x; a ) \\\n    && b"},
	{"or in the middle", []string{"RUN a", "RUN b || true", "RUN c"}, "RUN a \\\n    && { b || true; } \\\n    && c"},
	{"a negated step first", []string{"RUN a; ! b", "RUN c"}, "RUN { a; ! b; } \\\n    && c"},
	{"errexit as an && list", []string{"RUN set -ex && a && b", "RUN c && d"}, "RUN set -ex && a && b \\\n    && c && d"},
	{"more than one subshell", []string{"RUN A=1; make", "RUN cd /b && make", "RUN ls"}, ""},
	{"cd in front of another cd", []string{"RUN cd /a && make", "RUN cd /b && make", "RUN true"}, "RUN cd /a && make \\\n    && cd /b && make \\\n    && true"},
	{"cd in front of a cd that is relative", []string{"RUN cd /a && make", "RUN cd b && make"}, "RUN ( cd /a && make ) \\\n    && cd b && make"},
	{"cd in front of a cd that comes too late", []string{"RUN cd /a && make", "RUN ls && cd /b && make"}, "RUN ( cd /a && make ) \\\n    && ls && cd /b && make"},
	{"errexit as an && list, then a loop", []string{"RUN set -ex && a && b", "RUN for i in 1 2; do c; d; done"}, "RUN ( set -ex && a && b ) \\\n    && for i in 1 2; do c; d; done"},
	{"errexit, the same twice", []string{"RUN set -eux; \\\n\ta; \\\n\tb", "RUN set -eux; \\\n\tc; \\\n\td"}, "RUN set -eux; \\\n\ta; \\\n\tb; \\\n\tc; \\\n\td"},
	{"errexit, then a list", []string{"RUN set -eux; \\\n\ta; \\\n\tb", "RUN c && d"}, "RUN set -eux; \\\n\ta; \\\n\tb; \\\n\tc; \\\n\td"},
	{"errexit, a list at the end", []string{"RUN set -e; a; b && c", "RUN d"}, "RUN set -e; a; b; \\\n    c; \\\n    d"},
	{"errexit, then commands that may fail", []string{"RUN set -e; a; b", "RUN c; d"}, "RUN ( set -e && a && b ) \\\n    && { c; d; }"},
	{"nounset, then variables", []string{"RUN set -eu; a; b", "RUN c $D"}, "RUN ( set -eu && a && b ) \\\n    && c $D"},
	{"pipefail, then a pipe", []string{"RUN set -o pipefail && a", "RUN b | c"}, "RUN ( set -o pipefail && a ) \\\n    && b | c"},
	{"&& at the end of lines without indentation", []string{"RUN a && b && \\\nc", "RUN d"}, "RUN a && b && \\\nc && \\\nd"},
	{"no blank before the backslash", []string{"RUN a\\\n  && b", "RUN d"}, "RUN a\\\n  && b \\\n  && d"},
	{"; at the end of lines without indentation", []string{"RUN set -e; \\\na; \\\nb", "RUN d"}, "RUN set -e; \\\na; \\\nb; \\\nd"},
	{"&& at the end of lines", []string{"RUN a && \\\n  b", "RUN c"}, "RUN a && \\\n  b && \\\n  c"},
	{"&& at the start of lines, in a later RUN", []string{"RUN a", "RUN b \\\n  && c"}, "RUN a \\\n  && b \\\n  && c"},
	{"comment", []string{"RUN a # why", "RUN b"}, ""},
	{"exec form", []string{`RUN ["a"]`, "RUN b"}, ""},
	{"heredoc", []string{"RUN <<EOF\na\nEOF", "RUN b"}, ""},
	{"shells disagree", []string{"RUN a &> /log", "RUN b"}, ""},
	{"no shell", []string{"RUN if", "RUN b"}, ""},
	{"same cache mount", []string{"RUN --mount=type=cache,target=/c a", "RUN --mount=type=cache,target=/c b"}, "RUN --mount=type=cache,target=/c a \\\n    && b"},
	{"other mount", []string{"RUN --mount=type=cache,target=/c a", "RUN b"}, ""},
	{"tmpfs", []string{"RUN --mount=type=tmpfs,target=/c a", "RUN --mount=type=tmpfs,target=/c b"}, ""},
	{"the same cd", []string{"RUN cd b && ninja x", "RUN cd b && ninja y", "RUN cd b && ninja z"}, "RUN cd b && ninja x \\\n    && ninja y \\\n    && ninja z"},
	{"the same cd, in lines", []string{"RUN cd /tmp/$A && \\\n    make", "RUN cd /tmp/$A && \\\n    mv a /b && \\\n    rm -rf /tmp/$A"}, "RUN cd /tmp/$A && \\\n    make && \\\n    mv a /b && \\\n    rm -rf /tmp/$A"},
	{"the same cd, then something else", []string{"RUN cd /a && x", "RUN cd /a && y", "RUN ls"}, "RUN ( cd /a && x \\\n    && y ) \\\n    && ls"},
	{"the same cd after another", []string{"RUN cd b && cd c && x", "RUN cd b && y"}, "RUN ( cd b && cd c && x ) \\\n    && cd b && y"},
	{"the same cd of another variable", []string{"RUN cd $d && d=2 && x", "RUN cd $d && y"}, "RUN ( cd $d && d=2 && x ) \\\n    && cd $d && y"},
	{"the same cd, but only perhaps", []string{"RUN cd b || mkdir b; x", "RUN cd b && y"}, "RUN ( cd b || mkdir b; x ) \\\n    && cd b && y"},
	{"the same cd, alone", []string{"RUN cd /b", "RUN cd /b && y"}, "RUN cd /b \\\n    && cd /b && y"},
	{"another cd", []string{"RUN cd b && x", "RUN cd c && y"}, "RUN ( cd b && x ) \\\n    && cd c && y"},
	{"set -ex goes to the front", []string{"RUN a && b", "RUN set -ex && c"}, "RUN set -ex \\\n    && a && b \\\n    && c"},
	{"set -ex in front of what may fail", []string{"RUN a; b", "RUN set -ex && c"}, "RUN a; b \\\n    && set -ex && c"},
	{"set -eu stays", []string{"RUN a && b", "RUN set -eu && c"}, "RUN a && b \\\n    && set -eu && c"},
	{"set -ex twice", []string{"RUN set -ex \\\n    && a", "RUN set -ex \\\n    && b"}, "RUN set -ex \\\n    && a \\\n    && b"},
	{"echo at the end", []string{"RUN a && echo \"end\"", "RUN b && echo end"}, "RUN a \\\n    && b && echo end"},
	{"echo into a file", []string{"RUN a && echo end > /x", "RUN b"}, "RUN a && echo end > /x \\\n    && b"},
	{"echo of a command", []string{"RUN a && echo $(c)", "RUN b"}, "RUN a && echo $(c) \\\n    && b"},
	{"not a RUN", []string{"RUN a", "COPY a b"}, ""},
	{"alone", []string{"RUN a"}, ""},
}

func TestJoin(t *testing.T) {
	for _, test := range joinCases {
		t.Run(test.name, func(t *testing.T) {
			got, ok := Join(test.runs)
			if diff := cmp.Diff(test.want, got); diff != "" && (ok || test.want != "") {
				t.Fatalf("Join (-want +got):\n%s", diff)
			}
			if ok != (test.want != "") {
				t.Fatalf("Join reports %v, want %v", ok, test.want != "")
			}
			if ok {
				checkJoined(t, test.runs, got)
			}
		})
	}
}

// checkJoined holds for every join: BuildKit and the shell parser take it, and
// its commands are those of the parts.
func checkJoined(t testing.TB, runs []string, joined string) {
	t.Helper()
	node := dockerfile(t, joined)
	file, err := parseShell(node.Next.Value)
	if err != nil {
		t.Fatalf("the joined script is no shell: %v\n%s", err, joined)
	}
	var got []string
	for _, c := range commandsOf(file) {
		got = append(got, c.Source())
	}
	if len(runs) > 0 && len(got) > 0 && strings.HasPrefix(got[0], "set -") && !strings.Contains(runs[0], got[0]) {
		got = got[1:] // it came to the front
	}
	var want []string
	for i, text := range runs {
		r, err := ParseRun(text)
		if err != nil {
			t.Fatalf("ParseRun(%q): %v", text, err)
		}
		for k, c := range r.Commands {
			again := i > 0 && k == 0 && strings.HasPrefix(c.Source(), "set -") && c.Source() == want[0]
			if again && strings.Count(joined, c.Source()) < i+1 {
				continue // the same set once is enough
			}
			leftover := k == 0 && (c.Name() == "cd" || c.Name() == "set") || k == len(r.Commands)-1 && c.Name() == "echo"
			if leftover && len(r.Commands) > 1 && (len(want) >= len(got) || got[len(want)] != c.Source()) {
				continue
			}
			want = append(want, c.Source())
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("commands of the joined RUN (-parts +joined):\n%s\n%s", diff, joined)
	}
	if strings.Contains(joined, "\n\n") && !strings.Contains(strings.Join(runs, ";"), "\n\n") { // but for their author's own
		t.Errorf("an empty line in\n%s", joined)
	}
}

// setsWords matches a set that gives the shell words, and no options alone.
var setsWords = regexp.MustCompile(`\bset\s+[-+]\S*[\s\\]+[^\s\\&;|-]`)

func FuzzJoin(f *testing.F) {
	for _, test := range joinCases {
		if len(test.runs) > 1 {
			f.Add(test.runs[0], test.runs[1])
		}
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if setsWords.MatchString(a + "\n" + b) {
			return // the check below takes one set for another
		}
		if joined, ok := Join([]string{a, b}); ok && valid(a) && valid(b) {
			checkJoined(t, []string{a, b}, joined)
		}
	})
}
