package history

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// checkLocated holds what is true of every Dockerfile and image: lines lie in
// the file, and nothing but words of the file or the history is shown.
func checkLocated(t *testing.T, config *v1.ConfigFile, layers []string, s Sources) {
	t.Helper()
	steps, layerStep, _ := Instructions(config, len(layers))
	before := len(steps)
	origin, _, err := Locate(config, layers, steps, layerStep, s)
	if err != nil {
		if strings.ContainsAny(err.Error(), "\n\r") {
			t.Errorf("an error of several lines: %q", err)
		}
		return
	}
	if len(steps) != before {
		t.Fatal("the number of instructions changed")
	}
	for _, step := range steps {
		if l := step.Location; l != nil {
			if l.Line < 1 || l.EndLine < l.Line || l.EndLine > len(origin.Dockerfile.Lines) {
				t.Errorf("lines %d to %d of %d", l.Line, l.EndLine, len(origin.Dockerfile.Lines))
			}
		}
	}
	if b := origin.Base; b != nil && (b.Layers < 0 || b.Layers > len(layers)) {
		t.Errorf("a base of %d layers of %d", b.Layers, len(layers))
	}
}

func FuzzDockerfile(f *testing.F) {
	recorded, err := os.ReadFile("testdata/buildkit.Dockerfile")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(recorded), "RUN /bin/sh -c x # buildkit")
	for _, text := range []string{
		"FROM a\nRUN <<A <<B\nA\nB\n", "# escape=`\nFROM a\nRUN a`\n b", "FROM a AS a\nONBUILD ARG A=1\nFROM a\nARG", "ARG A\nFROM $A",
		"FROM a\nONBUILD\n", "FROM a\nCOPY\nADD x\nENV a\nLABEL\nHEALTHCHECK\nEXPOSE\nWORKDIR\nCMD []", "FROM a\nONBUILD ONBUILD RUN <<E\nx\nE", "FROM scratch\nWORKDIR ..\nCOPY ${a ${b} c} $",
	} {
		f.Add(text, "COPY /x /y # buildkit\nENV A=1\nWORKDIR /x\n/bin/sh -c #(nop) COPY file:0123456789ab in /x ")
	}
	f.Fuzz(func(t *testing.T, text, items string) {
		d, err := ParseDockerfile("D", []byte(text))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("an error of several lines: %q", err)
			}
			return
		}
		for _, stage := range d.Stages {
			for _, s := range stage.Steps {
				if s.Keyword == "ARG" && strings.Contains(s.Text, "=") {
					t.Errorf("a default shows: %s", s.Text)
				}
			}
		}
		config := historyOf(strings.Split(items, "\n")...)
		checkLocated(t, config, layersOf(config), Sources{Dockerfile: d})
	})
}

func FuzzProvenance(f *testing.F) {
	b := build{
		Dockerfile: "FROM a\nRUN b\nCOPY c d", Lines: map[string][]int{"step0": {1}, "step1": {2}, "step2": {3, 1 << 30, -1}},
		Layers:    map[string][][]string{"step0:0": {{"a"}}, "step1:0": {{"a", "b"}}, "step2:0": {{"c"}, {}}},
		Arguments: map[string]string{"TOKEN": "pl4nted"},
		Sources:   map[string]string{"step0": "docker-image://a@sha256:dd"}, Images: []object{debian},
	}
	for _, doc := range b.Statements() {
		f.Add(doc)
	}
	config := historyOf("ADD file:1234567890ab in / ", "RUN /bin/sh -c b # buildkit", "COPY c d # buildkit", "!CMD x")
	f.Fuzz(func(t *testing.T, doc []byte) {
		p, err := ParseProvenance(doc)
		if err != nil {
			return
		}
		checkLocated(t, config, []string{"a", "b", "c"}, Sources{Provenance: p})
		if p.Dockerfile != nil {
			checkLocated(t, config, []string{"a", "b", "c"}, Sources{Provenance: p, Dockerfile: p.Dockerfile})
		}
	})
}

// TestHostile gives documents that are made to take long.
func TestHostile(t *testing.T) {
	fill := func(piece string) string {
		return strings.Repeat(piece, MaxDockerfile/imagetest.Rounds(48, 48, 4)/len(piece))
	}
	texts := map[string]string{
		"stages":           "FROM a AS s\n" + fill("FROM s AS s\n"),
		"unnamed stages":   fill("FROM s\n"),
		"arguments":        "FROM a\n" + fill("ARG a\n"),
		"onbuild":          "FROM a\n" + fill("ONBUILD RUN x\n"),
		"triggers":         "FROM a AS b\n" + fill("ONBUILD RUN x\n") + "FROM b\n",
		"variables":        "FROM a\nENV a=" + fill("$a-$b\\\n") + "\n",
		"copies":           "FROM a\n" + fill("COPY $a b $c d /\n"),
		"continuations":    "FROM a\nRUN x" + fill(" \\\n y"),
		"open heredoc":     "FROM a\nRUN <<A " + strings.Repeat("<<B ", 10_000) + "\n",
		"many heredocs":    "FROM a\nRUN" + strings.Repeat(" <<B", 10_000) + "\n" + fill("B\n"),
		"braces":           "FROM a\nENV a=" + strings.Repeat("${", 30_000),
		"exec form":        "FROM a\nRUN [" + strings.Repeat(`"a",`, 15_000) + `"a"]`,
		"nested exec form": "FROM a\nRUN " + strings.Repeat("[", 60_000),
		"words":            "FROM a\nCOPY " + strings.Repeat("\"' ", 20_000),
	}
	items := []string{"!ENV a=b x=c"}
	for range 1000 {
		items = append(items, "!LABEL a=b", "!ARG b", "COPY a b c d / # buildkit")
	}
	config := historyOf(items...)
	for name, text := range texts {
		start := time.Now()
		d, err := ParseDockerfile("D", []byte(text))
		if err == nil {
			checkLocated(t, config, layersOf(config), Sources{Dockerfile: d})
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: %v", name, took)
		} else {
			t.Log(name, took, err)
		}
	}
}

// TestHostileProvenance repeats one layer and one chain without end.
func TestHostileProvenance(t *testing.T) {
	const many = 100_000
	layers := make([]string, 10_000)
	for i := range layers {
		layers[i] = "x"
	}
	one := strings.TrimSuffix(strings.Repeat(`[{"digest":"x"}],`, many), ",")
	deep := strings.TrimSuffix(strings.Repeat(`{"digest":"x"},`, many), ",")
	ranges := strings.TrimSuffix(strings.Repeat(`{"start":{"line":2}},`, many), ",")
	data, err := json.Marshal([]byte("FROM a\nRUN b"))
	if err != nil {
		t.Fatal(err)
	}
	doc := `{"predicateType":"https://slsa.dev/provenance/v1","predicate":{"runDetails":{"metadata":{"buildkit_metadata":{"source":{` +
		`"infos":[{"data":` + string(data) + `}],"locations":{"s":{"locations":[{"ranges":[` + ranges + `]}]}}},"layers":{"s:0":[` + one + `,[` + deep + `]]}}}}}}`
	start := time.Now()
	p, err := ParseProvenance([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	config := historyOf(make([]string, len(layers))...)
	checkLocated(t, config, layers, Sources{Provenance: p})
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}
