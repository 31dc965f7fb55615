package workspace

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
)

// again reads a sample again as the interface does, with the Dockerfile of Unwritten, and reports
// whether what was written is still known.
func again(t *testing.T, w *Workspace, sample string) (*model.Report, bool) {
	t.Helper()
	text := w.Unwritten(w.report)
	if text == nil {
		return nil, false
	}
	handle, err := analyze.Open(t.Context(), "demo:"+sample, analyze.Options{Store: layers, Dockerfile: "Dockerfile", DockerfileText: text, DockerfileMayDiffer: true, NeedBuild: true})
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	result, err := handle.Analyze(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result.Report, w.Again(result, text)
}

func put(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile("Dockerfile", []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

// TestCommentOfSomebodyElse: what was written stays known when somebody adds comments and blank lines,
// further changes are written beside them, and undoing takes out nothing else.
func TestCommentOfSomebodyElse(t *testing.T) {
	const sample = "naive-apt"
	w, r := opened(t, sample, nil)
	original, ids := held(t), planned(r)
	for i := range r.Changes {
		if c := &r.Changes[i]; c.Writable() && c.Instructions[0] != r.Changes[0].Instructions[0] && len(ids) == 1 {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) < 2 {
		t.Fatal("the sample has too few changes")
	}
	write(t, w, r, ids[0])
	put(t, "# mine\n\n"+held(t)+"\n# the end\n")
	if _, err := w.Propose(r, ids[1:]); err == nil {
		t.Error("written over what was not read")
	}
	r, ok := again(t, w, sample)
	if !ok || w.Lacks() != "" || !slices.Equal(w.Written().Changes, ids[:1]) {
		t.Fatalf("kept %v, lacks %q, written %v", ok, w.Lacks(), w.Written().Changes)
	}
	for i := range r.Changes {
		if at := r.Changes[i].Location; at != nil && at.Line <= 2 {
			t.Errorf("%s is at line %d, which is a comment", r.Changes[i].Title, at.Line)
		}
	}
	write(t, w, r, ids[1:]...)
	if text := held(t); !strings.HasPrefix(text, "# mine\n\n") || !strings.HasSuffix(text, "\n# the end\n") {
		t.Errorf("the comments are gone:\n%s", text)
	}
	for range 2 {
		if _, err := w.Undo(); err != nil {
			t.Error(err)
		}
	}
	if want := "# mine\n\n" + original + "\n# the end\n"; held(t) != want {
		t.Errorf("undone, the file is\n%s", held(t))
	}
}

// TestInstructionOfSomebodyElse: with an instruction that is not that of the image nothing is kept.
func TestInstructionOfSomebodyElse(t *testing.T) {
	for name, edit := range map[string]func(string) string{
		"another instruction": func(text string) string { return text + "RUN make\n" },
		"another word":        func(text string) string { return strings.Replace(text, "install -y", "install -y make", 1) },
		"ours taken out":      func(string) string { return "FROM scratch\n" },
	} {
		w, r := opened(t, "naive-apt", nil)
		write(t, w, r, planned(r)...)
		put(t, edit(held(t)))
		if _, ok := again(t, w, "naive-apt"); ok {
			t.Errorf("%s: kept", name)
		}
	}
	w, r := opened(t, "naive-apt", nil)
	write(t, w, r, planned(r)...)
	id := "sha256:another"
	if w.Unwritten(&model.Report{Image: model.Image{ID: &id}}) != nil || !w.HasWritten() {
		t.Error("another image is taken for the one that the file built")
	}
}
