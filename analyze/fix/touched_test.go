package fix

import (
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestEditsTellWhatTheyTouch: edits of the same instructions are told as one, others apart.
func TestEditsTellWhatTheyTouch(t *testing.T) {
	text := "FROM debian\nRUN apt-get update\nRUN apt-get install -y git && pip install numpy\nLABEL a=b\nRUN make -C /tmp/x\nWORKDIR /app\nCOPY . .\nRUN rm -rf data\n"
	r := reportOf(t, text,
		leftover("apt-lists", 20e6, 1, lists),
		leftover("pip-cache", 9e6, 2, "root/.cache/pip/http-v2/a"),
		leftover("temp-files", 5e6, 3, "tmp/x/y"),
		shadowed("package-db-churn", "replaced", 100e3, 1, 2, "var/lib/dpkg/status"),
		shadowed("removed-later", "deleted", 3e6, 4, 5, "app/data/big"),
	)
	result, err := Plan(r, []byte(text), Options{Ignore: []byte("x\n")})
	if err != nil {
		t.Fatal(err)
	}
	byRule := make(map[string]Applied)
	for _, a := range result.Applied {
		byRule[a.Rule] = a
	}
	linesOf := func(indexes []int) (lines []int) {
		for _, i := range indexes {
			lines = append(lines, r.Instructions[i].Location.Line)
		}
		return lines
	}
	pip, lists, temp, removed := byRule["pip-cache"], byRule["apt-lists"], byRule["temp-files"], byRule["removed-later"]
	for _, test := range []struct {
		of            Applied
		lines         []int
		before, after []string
	}{
		{pip, []int{3}, []string{"RUN apt-get update", "RUN apt-get install -y git && pip install numpy"}, lists.After},
		{lists, []int{2, 3}, []string{"RUN apt-get update", "RUN apt-get install -y git && pip install numpy"},
			[]string{"RUN apt-get update \\\n    && apt-get install -y git && pip install --no-cache-dir numpy \\\n    && rm -rf /var/lib/apt/lists/*"}},
		{temp, []int{5}, []string{"RUN make -C /tmp/x"}, []string{"RUN make -C /tmp/x \\\n    && rm -rf /tmp/x"}},
		{removed, []int{8}, []string{"RUN rm -rf data"}, nil},
	} {
		if got := linesOf(test.of.Instructions); !slices.Equal(got, test.lines) {
			t.Errorf("%s touches lines %v, want %v", test.of.Rule, got, test.lines)
		}
		if !slices.Equal(test.of.Before, test.before) || !slices.Equal(test.of.After, test.after) {
			t.Errorf("%s: %q became %q, want %q and %q", test.of.Rule, test.of.Before, test.of.After, test.before, test.after)
		}
	}
	if !slices.Contains(lists.Also, 3) || temp.Also != nil {
		t.Errorf("the joined RUNs also save findings %v, want 3; the other %v", lists.Also, temp.Also)
	}
	if want := (model.FileChange{Path: ".dockerignore", Before: model.Ptr("x\n"), After: "x\ndata\n"}); len(removed.Files) != 1 || removed.Files[0].Path != want.Path || *removed.Files[0].Before != *want.Before || removed.Files[0].After != want.After {
		t.Errorf(".dockerignore: %+v", removed.Files)
	}
}

// TestEditsHideSecrets: what an edit tells of its instructions is for reports.
func TestEditsHideSecrets(t *testing.T) {
	text := "FROM debian\nRUN curl -H 'Authorization: Bearer ghp_0123456789abcdefghijklmnopqrstuvwxyz' https://x && apt-get update && apt-get install -y git\n"
	r := reportOf(t, text, leftover("apt-lists", 20e6, 1, lists))
	result, err := Plan(r, []byte(text), Options{})
	if err != nil || len(result.Applied) != 1 {
		t.Fatal(err, result.Applied)
	}
	for _, told := range slices.Concat(result.Applied[0].Before, result.Applied[0].After) {
		if strings.Contains(told, "ghp_0123") {
			t.Errorf("a secret is told: %s", told)
		}
	}
}

// TestLinesKeepTheirBlanks: blanks at the end of a line that an edit leaves alone stay, so that the
// diff does not show the line as changed.
func TestLinesKeepTheirBlanks(t *testing.T) {
	text := "FROM debian\nRUN pip install numpy && \\\nrm -rf /var/lib/apt/lists/*   \nCMD [\"sh\"]\n"
	r := reportOf(t, text, leftover("pip-cache", 9e6, 1, "root/.cache/pip/http-v2/a"))
	result, err := Plan(r, []byte(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(text, "pip install numpy", "pip install --no-cache-dir numpy", 1)
	if got := string(result.New); got != want {
		t.Errorf("the file is now\n%q, want\n%q", got, want)
	}
}
