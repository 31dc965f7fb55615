package history

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/model"
)

// located runs Locate on a history and says for each instruction where it is.
func located(t testing.TB, config *v1.ConfigFile, layers []string, s Sources) ([]string, *Origin, []string, error) {
	t.Helper()
	steps, layerStep, _ := Instructions(config, len(layers))
	origin, notes, err := Locate(config, layers, steps, layerStep, s)
	var got []string
	for _, step := range steps {
		where := "-"
		if l := step.Location; l != nil {
			where = fmt.Sprintf("%s:%d-%d %s", l.File, l.Line, l.EndLine, step.How)
		}
		got = append(got, where)
	}
	return got, origin, notes, err
}

func dockerfile(t testing.TB, text string) *Dockerfile {
	t.Helper()
	d, err := ParseDockerfile("D", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// historyOf makes BuildKit's history of its items; "!" marks those without a layer.
func historyOf(items ...string) *v1.ConfigFile {
	config := &v1.ConfigFile{}
	for _, text := range items {
		text, empty := strings.CutPrefix(text, "!")
		config.History = append(config.History, v1.History{CreatedBy: text, Comment: "buildkit.dockerfile.v0", EmptyLayer: empty})
	}
	return config
}

func layersOf(config *v1.ConfigFile) []string {
	var layers []string
	for i, h := range config.History {
		if !h.EmptyLayer {
			layers = append(layers, fmt.Sprintf("sha256:%d", i))
		}
	}
	return layers
}

// digits are those of a content's digest.
const digits = "ec8a65573a15b3665c90b6efc48acc794f0d188417ebe06775944b8f2762cf2e"

func TestLocateByOrder(t *testing.T) {
	base := []string{"ADD file:1234567890ab in / ", "!CMD [\"bash\"]"}
	tests := []struct {
		name, text string
		items      []string // above the base's
		want       string   // lines of the items above the base; "" is none
		layers     int      // of the base
		err        string
	}{
		{"simple", "FROM a\nENV A=1\nRUN x\nCMD y", []string{"!ENV A=1", "RUN /bin/sh -c x # buildkit", `!CMD ["/bin/sh" "-c" "y"]`}, "2 3 4", 1, ""},
		{"nothing but FROM", "FROM a", nil, "", 1, ""},
		{"the last stage only", "FROM a AS b\nRUN b\nFROM a\nCOPY --from=b /x /y", []string{"COPY /x /y # buildkit"}, "4", 1, ""},
		{"a stage continued", "FROM a AS b\nRUN b\nFROM z\nRUN z\nFROM b\nRUN c", []string{"RUN /bin/sh -c b # buildkit", "RUN /bin/sh -c c # buildkit"}, "2 6", 1, ""},
		{"triggers of a stage", "FROM a AS b\nONBUILD COPY x /\nRUN b\nFROM b\nRUN c",
			[]string{"RUN /bin/sh -c b # buildkit", "COPY x / # buildkit", "RUN /bin/sh -c c # buildkit"}, "3 2 5", 1, ""},
		{"triggers of the base", "FROM a\nRUN c", []string{"RUN /bin/sh -c trigger # buildkit", "RUN /bin/sh -c c # buildkit"}, "1 2", 2, ""},
		{"another stage", "FROM a AS b\nRUN b\nFROM b\nRUN c", []string{"RUN /bin/sh -c b # buildkit"}, "2", 1, ""},
		{"variables", "FROM a\nARG V=1\nCOPY --chown=$U app-${V:-x}.tgz $D/\nWORKDIR ${D}/sub\nLABEL v=$V",
			[]string{"!ARG V=7", "COPY --chown=1 app-7.tgz /opt/ # buildkit", "WORKDIR /opt/sub", "!LABEL v=7"}, "2 3 4 5", 1, ""},
		{"a path with empty variables", "FROM a\nWORKDIR /home/$U\nWORKDIR /srv/${U}/x\nWORKDIR /$U/y\nWORKDIR /$U",
			[]string{"WORKDIR /home", "WORKDIR /srv/x", "WORKDIR /y", "WORKDIR /"}, "2 3 4 5", 1, ""},
		{"another path with an empty variable", "FROM a\nWORKDIR /home/$U", []string{"WORKDIR /srv"}, "", 0, `does not match the image, which has "WORKDIR /srv"`},
		{"downloads of the classic builder", "FROM a\nADD https://x/a /opt/a\nADD --chown=1:1 https://x/b /opt/\nADD https://x/c https://x/d /opt/\nWORKDIR /w\nADD https://x/e .\nRUN y",
			[]string{"/bin/sh -c #(nop) ADD " + digits + " in /opt/a ", "/bin/sh -c #(nop) ADD --chown=1:1" + digits + " in /opt/ ", "/bin/sh -c #(nop) ADD multi:" + digits + " in /opt/ ",
				"/bin/sh -c #(nop) WORKDIR /w", "/bin/sh -c #(nop) ADD " + digits + " in /w/ ", "/bin/sh -c y"}, "2 3 4 5 6 7", 1, ""},
		{"a download to another place", "FROM a\nADD https://x/a /opt/b", []string{"/bin/sh -c #(nop) ADD " + digits + " in /opt/a "}, "", 0,
			`D:2: "ADD https://x/a /opt/b" does not match the image, which has "ADD ec8a65573a15 /opt/a" there`},
		{"arguments that left no trace, labels that have no line", "FROM a\nARG A\nRUN x\nARG B\nARG C\nCMD y",
			[]string{"!ARG A", "RUN |1 A= /bin/sh -c x # buildkit", "!ARG B", `!CMD ["/bin/sh" "-c" "y"]`, "!LABEL l=1", "!LABEL l=2"}, "2 3 4 6  ", 1, ""},
		{"the same twice", "FROM a\nRUN x\nRUN x\nRUN x", []string{"RUN /bin/sh -c x # buildkit", "RUN /bin/sh -c x # buildkit", "RUN /bin/sh -c x # buildkit"}, "2 3 4", 1, ""},
		{"a list that begins with the shell", "FROM a\nRUN [\"/bin/sh\", \"-c\", \"x && y\"]\nRUN [\"/app\", \"-c\"]", []string{"RUN /bin/sh -c x && y # buildkit", "RUN /app -c # buildkit"}, "2 3", 1, ""},
		{"another behind the shell", "FROM a\nRUN [\"/bin/sh\", \"-c\", \"x\"]", []string{"RUN /bin/sh -c z # buildkit"}, "", 0, `does not match the image`},
		{"another command", "FROM a\nRUN x\nRUN y", []string{"RUN /bin/sh -c x # buildkit", "RUN /bin/sh -c z # buildkit"}, "", 0,
			`D:3: "RUN y" does not match the image, which has "RUN z" there; name the Dockerfile that built the image`},
		{"a step more", "FROM a\nCOPY x /\nRUN y\nRUN z", []string{"RUN /bin/sh -c y # buildkit", "RUN /bin/sh -c z # buildkit"}, "", 0,
			`D:2: "COPY x /" does not match the image, which has "CMD [\"bash\"]" there`},
		{"a step less", "FROM a\nRUN y", []string{"RUN /bin/sh -c y # buildkit", "RUN /bin/sh -c z # buildkit"}, "", 0,
			`D:2: "RUN y" does not match the image, which has "RUN z" there`},
		{"many more steps", "FROM a\nRUN 1\nRUN 2\nRUN 3\nRUN 4" + strings.Repeat("\nRUN y", 9), slices.Repeat([]string{"RUN /bin/sh -c y # buildkit"}, 9), "", 0,
			`D:5: "RUN 4" does not match the image, which has "CMD [\"bash\"]" there`},
		{"scratch", "FROM scratch\nADD x /\nCMD sh\nRUN y", []string{"RUN /bin/sh -c y # buildkit"}, "", 0, `D:3: "CMD sh" does not match the image, which has "CMD [\"bash\"]" there`},
		{"scratch with something below", "FROM scratch\nRUN y", []string{"RUN /bin/sh -c y # buildkit"}, "", 0, "begins FROM scratch"},
		{"a build argument's value stays hidden", "FROM a\nARG T=pl4nted\nRUN x", []string{"!ARG T=pl4nted", "ENV A=pl4nted"}, "", 0, `which has "ENV A=${T}" there`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			config := historyOf(append(slices.Clone(base), tt.items...)...)
			d := dockerfile(t, tt.text)
			steps, layerStep, _ := Instructions(config, len(layersOf(config)))
			origin, notes, err := Locate(config, layersOf(config), steps, layerStep, Sources{Dockerfile: d})
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "pl4nted") {
					t.Errorf("error %v, want one with %s", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, s := range steps[len(base):] {
				line := ""
				if s.Location != nil {
					line = fmt.Sprint(s.Location.Line)
				}
				lines = append(lines, line)
			}
			if got := strings.Join(lines, " "); got != tt.want {
				t.Errorf("lines %q, want %q", got, tt.want)
			}
			if origin.Base.Layers != tt.layers || origin.Base.How != model.BaseByHistory {
				t.Errorf("base %+v, want %d layers", origin.Base, tt.layers)
			}
			if len(notes) == 0 || !strings.Contains(notes[len(notes)-1], "order") {
				t.Errorf("no note says that the order decided: %q", notes)
			}
		})
	}
}

// TestLocateRecorded gives real histories the Dockerfile they were built from.
func TestLocateRecorded(t *testing.T) {
	text, err := os.ReadFile("testdata/buildkit.Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	config, layers := readRecorded(t, "testdata/buildkit.json")
	d := dockerfile(t, string(text))
	steps, layerStep, _ := Instructions(config, layers)
	origin, _, err := Locate(config, make([]string, layers), steps, layerStep, Sources{Dockerfile: d})
	if err != nil {
		t.Fatal(err)
	}
	if origin.Base.How != model.BaseNone {
		t.Errorf("base %+v of an image FROM scratch", origin.Base)
	}
	last := 0
	for _, s := range steps {
		if s.Location == nil || s.How != model.FromDockerfile {
			t.Fatalf("not located: %s", s.Text)
		}
		if s.Location.Line <= last {
			t.Errorf("line %d comes after %d: %s", s.Location.Line, last, s.Text)
		}
		last = s.Location.Line
		written := strings.Join(d.Lines[s.Location.Line-1:s.Location.EndLine], "\n")
		if s.Keyword != "ARG" && s.Text != written {
			t.Errorf("line %d: text %q, want %q", last, s.Text, written)
		}
		if strings.Contains(s.Text, "pl4nted") {
			t.Errorf("a build argument's value shows: %s", s.Text)
		}
	}
	if want := len(d.Lines) - 1; last != want {
		t.Errorf("the last instruction is at line %d, want %d", last, want)
	}
}

func TestLocateWithoutHistory(t *testing.T) {
	_, _, _, err := located(t, &v1.ConfigFile{}, []string{"sha256:1"}, Sources{Dockerfile: dockerfile(t, "FROM a\nRUN b")})
	if err == nil || !strings.Contains(err.Error(), "no history") {
		t.Error(err)
	}
	if _, _, _, err := located(t, &v1.ConfigFile{}, []string{"sha256:1"}, Sources{}); err != nil {
		t.Error(err)
	}
}
