package fix

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// edited is a finding of a rule that nobody can ask again, with its edit.
func edited(bytes int64, layer int, strategy model.Strategy, before, after string) model.Finding {
	f := leftover("temp-files", bytes, layer, "x")
	f.Fix = &model.Fix{Strategy: strategy, Summary: "Do it.", Before: &before, After: &after}
	return f
}

// TestTheLargerEditWins: of edits that exclude each other, those are made that save most.
func TestTheLargerEditWins(t *testing.T) {
	text := "FROM debian\nRUN a\nRUN b\nRUN c\n"
	for _, test := range []struct {
		name     string
		findings []model.Finding
		want     string
		saved    int64
	}{
		{"a flag for 3 kB before a join for 19 MB", []model.Finding{
			edited(3e3, 1, model.Flag, "RUN a", "RUN a --flag"), edited(19e6, 1, model.SameRunCleanup, "RUN a\nRUN b", "RUN a && b"),
		}, "FROM debian\nRUN a && b\nRUN c\n", 19e6},
		{"a flag for 19 MB before a join for 3 kB", []model.Finding{
			edited(19e6, 1, model.Flag, "RUN a", "RUN a --flag"), edited(3e3, 1, model.SameRunCleanup, "RUN a\nRUN b", "RUN a && b"),
		}, "FROM debian\nRUN a --flag\nRUN b\nRUN c\n", 19e6},
		{"one that excludes two that save more together", []model.Finding{
			edited(10e6, 1, model.SameRunCleanup, "RUN a\nRUN b\nRUN c", "RUN a && b && c"),
			edited(7e6, 1, model.SameRunCleanup, "RUN a", "RUN a && x"), edited(6e6, 3, model.SameRunCleanup, "RUN c", "RUN c && y"),
		}, "FROM debian\nRUN a && x\nRUN b\nRUN c && y\n", 13e6},
		{"both", []model.Finding{
			edited(3e3, 1, model.Flag, "RUN a", "RUN a --flag"), edited(19e6, 2, model.SameRunCleanup, "RUN b\nRUN c", "RUN b && c"),
		}, "FROM debian\nRUN a --flag\nRUN b && c\n", 19003000},
	} {
		r := reportOf(t, text, test.findings...)
		for i := range r.Findings {
			r.Findings[i].Rule, r.Findings[i].Fix = "no-such-rule", test.findings[i].Fix
		}
		result, err := Plan(r, []byte(text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if string(result.New) != test.want || result.SavedBytes != test.saved {
			t.Errorf("%s: saves %d with\n%s", test.name, result.SavedBytes, strings.TrimPrefix(string(result.New), "FROM debian\n"))
		}
	}
}

// TestFetchesTooOften: package lists stay where many more RUNs would fetch them to save little of the
// image.
func TestFetchesTooOften(t *testing.T) {
	const installs = 6
	before := "RUN apt-get update" + strings.Repeat("\nRUN apt-get install -y x\nENV A=a", installs)
	after := "ENV A=a" + strings.Repeat("\nRUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*\nENV A=a", installs)
	text := "FROM debian\n" + before + "\n"
	for own, want := range map[int64]string{100e6: "", 1000e6: "5 more RUNs would fetch the package lists for 20 MB"} {
		f := leftover("apt-lists", 20e6, 1, "var/lib/apt/lists/x")
		r := reportOf(t, text, f)
		r.Findings[0].Fix = &model.Fix{Strategy: model.SameRunCleanup, Summary: "Do it.", Before: &before, After: &after}
		r.Summary.Own.Size = own
		result, err := Plan(r, []byte(text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		why := ""
		for _, l := range result.Left {
			why = l.Why
		}
		if why != want || (want == "") != (result.SavedBytes > 0) {
			t.Errorf("of %d bytes %d are saved, and it says %q", own, result.SavedBytes, why)
		}
	}
}
