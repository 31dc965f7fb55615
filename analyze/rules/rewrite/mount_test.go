package rewrite

import (
	"slices"
	"strings"
	"testing"
)

func TestAddMount(t *testing.T) {
	for run, want := range map[string]string{
		"RUN a":                              "RUN --mount=type=cache,target=/c,sharing=locked a",
		"RUN \t      a":                      "RUN --mount=type=cache,target=/c,sharing=locked a",
		"RUN\ta":                             "RUN\t--mount=type=cache,target=/c,sharing=locked a",
		"run \\\n  a && b":                   "run --mount=type=cache,target=/c,sharing=locked \\\n  a && b",
		`RUN ["a", "b"]`:                     `RUN --mount=type=cache,target=/c,sharing=locked ["a", "b"]`,
		"RUN --network=none a":               "RUN --mount=type=cache,target=/c,sharing=locked --network=none a",
		"RUN --mount=type=cache,target=/a b": "RUN --mount=type=cache,target=/a --mount=type=cache,target=/c,sharing=locked b",
		"RUN --mount=type=cache,target=/d,sharing=locked a":                                   "RUN --mount=type=cache,target=/c,sharing=locked --mount=type=cache,target=/d,sharing=locked a",
		"RUN --mount=type=cache,target=/a,id=x --mount=type=cache,target=/b --network=none a": "RUN --mount=type=cache,target=/a,id=x --mount=type=cache,target=/b --mount=type=cache,target=/c,sharing=locked --network=none a",
		"RUN --mount=type=cache,target=/a \\\n    b":                                          "RUN --mount=type=cache,target=/a --mount=type=cache,target=/c,sharing=locked \\\n    b",
		"RUN --mount=type=tmpfs,target=/a b":                                                  "RUN --mount=type=cache,target=/c,sharing=locked --mount=type=tmpfs,target=/a b",
		"RUN --mount=type=cache,target=/c a":                                                  "",
		"RUN --mount=type=cache,target=/c/d a":                                                "",
		"COPY a b":                                                                            "",
		"RUN if":                                                                              "",
	} {
		got, ok := AddMount(run, "/c", ",sharing=locked")
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v, want %q", run, got, ok, want)
		}
		if ok {
			dockerfile(t, got)
		}
	}
}

func TestMountLines(t *testing.T) {
	const one, two = "--mount=type=cache,target=/c", "--mount=type=cache,target=/d,sharing=locked"
	wide := strings.Repeat("b", 90)
	for _, test := range []struct{ name, run, want string }{
		{"short", "RUN " + one + " a", "RUN " + one + " a"},
		{"none", "RUN a " + wide + wide, "RUN a " + wide + wide},
		{"wide", "RUN " + one + " a " + wide, "RUN " + one + " \\\n    a " + wide},
		{"wide below", "RUN " + one + " a && \\\n  b " + wide + wide, "RUN " + one + " a && \\\n  b " + wide + wide},
		{"its author's indentation", "RUN " + one + " a " + wide + " && \\\n# a comment\n  b", "RUN " + one + " \\\n  a " + wide + " && \\\n# a comment\n  b"},
		{"two", "RUN " + one + " " + two + " a", "RUN " + one + " \\\n    " + two + " \\\n    a"},
		{"the second behind a line's end", "RUN " + one + " \\\n  " + two + " a", "RUN " + one + " \\\n  " + two + " \\\n  a"},
		{"the command below", "RUN " + one + " " + two + " \\\n  a && b", "RUN " + one + " \\\n  " + two + " \\\n  a && b"},
		{"tabs", "RUN\t" + one + " a\t&& \\\n\tb", "RUN\t" + one + " \\\n\ta\t&& \\\n\tb"},
		{"a here-document", "RUN " + one + " " + two + " <<EOF\na\nEOF", "RUN " + one + " " + two + " <<EOF\na\nEOF"},
		{"another flag", "RUN " + one + " " + two + " --network=none a", "RUN " + one + " \\\n    " + two + " \\\n    --network=none a"},
		{"no RUN", "COPY a b", "COPY a b"},
	} {
		got := MountLines(test.run)
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if again := MountLines(got); again != got {
			t.Errorf("%s: the second time it is %q", test.name, again)
		}
		dockerfile(t, got)
	}
}

func FuzzMountLines(f *testing.F) {
	for _, run := range []string{"RUN --mount=type=cache,target=/c --mount=type=cache,target=/d a", "RUN\t--mount=type=cache,target=/c a && \\\n# b\n\tc", "RUN --mount=type=cache,target=/c --mount=type=cache,target=/d \\\n a <<EOF\nb\nEOF"} {
		f.Add(run)
	}
	f.Fuzz(func(t *testing.T, run string) {
		got := MountLines(run)
		if again := MountLines(got); again != got {
			t.Fatalf("%q is %q, and the second time %q", run, got, again)
		}
		if got == run {
			return
		}
		if !slices.Equal(Comments(run), Comments(got)) {
			t.Errorf("%q has other comments than %q", got, run)
		}
		before, wasOne := Several(run)
		after, isOne := Several(got)
		if wasOne && (!isOne || len(before) != len(after)) {
			t.Errorf("%q is %d instructions, and %q is %d", run, len(before), got, len(after))
		}
	})
}
