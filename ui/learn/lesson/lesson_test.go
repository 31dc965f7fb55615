package lesson

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tare-oci/tare/analyze/imagetest/quick"
)

// small is a lesson that is true; edits of it break one thing each.
func small() map[string]string {
	return map[string]string{
		"text.md":               "The image weighs {size}; line 2 stores {line 2}.\n",
		"start/Dockerfile":      "FROM debian:bookworm-slim\nCOPY big.bin /srv/\nRUN rm /srv/big.bin\n",
		"solution/Dockerfile":   "FROM debian:bookworm-slim\n",
		"wrong/same/Dockerfile": "FROM debian:bookworm-slim\nCOPY big.bin /srv/\nRUN rm -f /srv/big.bin /srv/none\n",
		"context/app.py":        "print(1)\n",
		"lesson.yaml": `title: A small lesson
minutes: 2
context: {big.bin: 20MB}
look:
  - ask: Which line stores the file?
    answer: line 2
    hints: [Look., Count., The second.]
    because: It copies it.
    else: Look again.
checks:
  - id: gone
    wasted: 1MB
    else: The file is still in a layer.
hints: [One., Two., Three.]
wrong:
  - name: same
    fails: gone
`,
	}
}

func dir(files map[string]string) fstest.MapFS {
	fs := fstest.MapFS{}
	for name, text := range files {
		fs[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fs
}

// TestBrokenLessons: whatever is wrong with a lesson is one line that names the file
// and, where there is one, the line.
func TestBrokenLessons(t *testing.T) {
	yaml := func(old, with string) func(map[string]string) {
		return func(f map[string]string) { f["lesson.yaml"] = strings.Replace(f["lesson.yaml"], old, with, 1) }
	}
	for _, c := range []struct {
		name string
		edit func(map[string]string)
		want string
	}{
		{"nothing wrong", func(map[string]string) {}, ""},
		{"no text", func(f map[string]string) { delete(f, "text.md") }, "text.md: the lesson has no such file"},
		{"no start", func(f map[string]string) { delete(f, "start/Dockerfile") }, "start: the lesson has no such directory"},
		{"no image", func(f map[string]string) { f["start/Dockerfile"] = "RUN true\n" }, "start/Dockerfile: it would not build"},
		{"an image that nobody knows", func(f map[string]string) { f["start/Dockerfile"] = "FROM nosuch:image\nCOPY big.bin /srv/\n" }, "start/Dockerfile: it would not build: Lessons do not know what FROM nosuch:image leaves"},
		{"a hint too few", yaml("One., Two., Three.", "One., Two."), "lesson.yaml:14: hints are 3 or more, each telling more than the one before; there are 2"},
		{"a hint on a question too few", yaml(", The second.", ""), "lesson.yaml:7: hints are 3 or more"},
		{"a figure typed in a hint on a question", yaml("Count.", "Count 20 MB."), "lesson.yaml:7: the figure 20 MB is typed"},
		{"no checks", yaml("wasted: 1MB", "vasted: 1MB"), `lesson.yaml:12: a check has no "vasted"`},
		{"a check that asks nothing", yaml("    wasted: 1MB\n", ""), `lesson.yaml:11: check "gone" asks nothing`},
		{"a check twice", yaml("hints: [One", "  - id: gone\n    size: 1MB\n    else: x\nhints: [One"), `lesson.yaml:14: there are two checks "gone"`},
		{"no YAML", yaml("title:", "title: ["), "lesson.yaml:"},
		{"no size", yaml("20MB", "much"), `lesson.yaml:3: "much" is no size such as 20MB`},
		{"out of the context", yaml("big.bin", "../big.bin"), `lesson.yaml:3: "../big.bin" is no path of a file in the build context`},
		{"an answer that means nothing", yaml("answer: line 2", "answer: two"), "lesson.yaml:6: an answer is"},
		{"an answer that is not there", yaml("answer: line 2", "answer: line 9"), "lesson.yaml:5: the image of the start has no line 9"},
		{"solved before it begins", func(f map[string]string) { f["start/Dockerfile"] = "FROM debian:bookworm-slim\nRUN true\n" }, "start/Dockerfile: the lesson is solved before it begins"},
		{"a solution that is none", func(f map[string]string) { f["solution/Dockerfile"] = f["start/Dockerfile"] }, "solution/Dockerfile: it does not solve the lesson; check gone"},
		{"a wrong solution that is right", func(f map[string]string) { f["wrong/same/Dockerfile"] = f["solution/Dockerfile"] }, "lesson.yaml:16: it solves the lesson"},
		{"a wrong solution without files", func(f map[string]string) { delete(f, "wrong/same/Dockerfile") }, "wrong/same: the lesson has no such directory"},
		{"a wrong solution of no check", yaml("fails: gone", "fails: other"), `lesson.yaml:17: there is no check "other" above`},
		{"a figure that is typed", func(f map[string]string) { f["text.md"] += "It stores 20 MB.\n" }, "text.md:2: the figure 20 MB is typed"},
		{"a figure typed in a hint", yaml("Two.", "It is 3kB."), "lesson.yaml:14: the figure 3kB is typed"},
		{"a figure that there is not", func(f map[string]string) { f["text.md"] += "{line 7}\n" }, "text.md:2: {line 7}: no instruction begins at that line"},
		{"a program nobody knows", func(f map[string]string) { f["solution/Dockerfile"] += "RUN frobnicate\n" }, "solution/Dockerfile: it does not solve the lesson; check builds: Lessons do not know what frobnicate leaves"},
		{"a file that is not there", func(f map[string]string) { f["solution/Dockerfile"] += "COPY none /\n" }, "check builds: This would not build. Line 2: COPY: the build context has no none."},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := small()
			c.edit(files)
			var said []string
			l, err := Read(dir(files), "small")
			if err == nil {
				wrong, failed := Prove(t.Context(), l)
				if failed != nil {
					t.Fatal(failed)
				}
				for _, w := range wrong {
					said = append(said, w.Error())
				}
			} else {
				said = append(said, err.Error())
			}
			got := strings.Join(said, "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if len(said) > 1 {
				t.Errorf("said %d lines of one fault: %q", len(said), said)
			}
		})
	}
}

// TestBombs: a few lines that would make gigabytes, or take for ever, are refused.
func TestBombs(t *testing.T) {
	l, err := Read(dir(small()), "small")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"variables that double":   {"FROM scratch\nENV a=aaaaaaaaaa\n" + strings.Repeat("ENV a=$a$a\n", 40), "a value is longer than"},
		"arguments that double":   {"ARG a=aaaaaaaaaa\n" + strings.Repeat("ARG a=$a$a\n", 40) + "FROM scratch\n", "a value is longer than"},
		"a script that doubles":   {"FROM debian\nRUN x=aaaaaaaaaa; " + strings.Repeat("x=$x$x; ", 60), "does not end"},
		"copies of everything":    {"FROM debian\n" + strings.Repeat("RUN cp -r /usr /a && cp -r /a /b && cp -r /b /c && rm -rf /a /b /c && cp -r / /x$RANDOM\n", 300), ""},
		"a thousand large copies": {"FROM scratch\n" + strings.Repeat("COPY big.bin /\n", 5) + strings.Repeat("COPY . /a/\nCOPY . /b/\n", 600), "larger than"},
		"a loop without an end":   {"FROM debian\n" + "RUN while true; do :; done\n", "does not end"},
	} {
		if name == "copies of everything" && quick.Rounds(0, 0, 1) == 0 {
			continue // it copies until the limit, which takes longer than all the others
		}
		t.Run(name, func(t *testing.T) {
			v, err := Judge(t.Context(), l, Files{"Dockerfile": c.text})
			if err != nil {
				t.Fatal(err)
			}
			if v.Passed() || !strings.Contains(v.Say(), c.want) {
				t.Errorf("said %q, want %q", v.Say(), c.want)
			}
		})
	}
}

// TestHostileLessons: a stranger's lesson cannot steer a terminal.
func TestHostileLessons(t *testing.T) {
	for name, edit := range map[string]func(map[string]string){
		"an escape in the text": func(f map[string]string) { f["text.md"] += "\x1b]0;x\x07\n" },
		"a direction in a file": func(f map[string]string) { f["start/Dockerfile"] += "# \u202e\n" },
		"an escape in the title": func(f map[string]string) {
			f["lesson.yaml"] = strings.Replace(f["lesson.yaml"], "A small lesson", `"\x1b[31m"`, 1)
		},
		"a line break in a title": func(f map[string]string) {
			f["lesson.yaml"] = strings.Replace(f["lesson.yaml"], "A small lesson", `"a\nb"`, 1)
		},
	} {
		files := small()
		edit(files)
		if _, err := Read(dir(files), "small"); err == nil || !strings.Contains(err.Error(), "control character") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFilled: figures are those of the images.
func TestFilled(t *testing.T) {
	l, err := Read(dir(small()), "small")
	if err != nil {
		t.Fatal(err)
	}
	l.Text = "line 2 stores {line 2}, the solution has {solution layers} layer"
	figures, err := Story(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	got, err := figures.Fill(l.Text)
	if want := "line 2 stores 20 MB, the solution has 1 layer"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

// TestAgain: what a change of a file costs is what stands below the line that copies
// it.
func TestAgain(t *testing.T) {
	files := small()
	files["lesson.yaml"] = strings.Replace(files["lesson.yaml"], "wasted: 1MB", "again: {file: app.py, most: 1MB}", 1)
	files["start/Dockerfile"] = "FROM debian:bookworm-slim\nCOPY . /srv/\nRUN apt-get update && apt-get install -y jq\n"
	files["solution/Dockerfile"] = "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y jq\nCOPY app.py /srv/\n"
	l, err := Read(dir(files), "small")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		files  Files
		passed bool
	}{"copied first": {l.Start, false}, "copied last": {l.Solution, true}, "not copied": {Files{"Dockerfile": "FROM debian:bookworm-slim\n"}, false}} {
		v, err := Judge(t.Context(), l, c.files)
		if err != nil {
			t.Fatal(err)
		}
		if v.Passed() != c.passed {
			t.Errorf("%s: passed is %v", name, v.Passed())
		}
	}
}

// TestHalfTyped: whatever a learner has typed so far is a verdict, and no failure of
// tare.
func TestHalfTyped(t *testing.T) {
	l, err := Read(dir(small()), "small")
	if err != nil {
		t.Fatal(err)
	}
	whole := "FROM debian:bookworm-slim\nCOPY big.bin app.py /srv/\nRUN rm /srv/big.bin && echo \"a b\" > /srv/x\nENV A=b\nUSER 10001:10001\nCMD [\"/srv/app.py\", \"-x\"]X\n"
	for i := 0; i < len(whole); i += quick.Rounds(11, 11, 1) {
		if _, err := Judge(t.Context(), l, Files{"Dockerfile": whole[:i]}); err != nil {
			t.Errorf("%q: %v", whole[:i], err)
		}
	}
	for _, text := range []string{"FROM", "FROM scratch AS", "FROM a\nCOPY", "FROM a\nCOPY --from=9 / /", "FROM a\nRUN <<EOF\n", "FROM a\nUSER", "FROM a\nENV A", "FROM a\nHEALTHCHECK", "FROM a\nSTOPSIGNAL", "FROM a\nSHELL []\nRUN x", "ARG A\nFROM $A", "FROM a AS a\nFROM a\nCOPY --from=a /x /y\n", "FROM a\nWORKDIR", "FROM a\nEXPOSE", "FROM a\nVOLUME []", "FROM a\nLABEL a", "FROM a\nONBUILD", "\x00FROM a", "FROM a\nRUN " + strings.Repeat("(", 3000)} {
		if _, err := Judge(t.Context(), l, Files{"Dockerfile": text}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
