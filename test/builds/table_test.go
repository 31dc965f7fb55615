package builds

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// row is what was measured of one build, in bytes; a size is 0 where the image
// was not built or does not work.
type row struct {
	name                          string
	original, fixed, staged, best int64
	fixedOff, stagedOff           float64 // how far the predicted size is off, in per cent
	broken                        []string
}

const (
	header = "| build | original | after `tare fix` | off | with `multi-stage` | off | by hand | smoke |\n|---|--:|--:|--:|--:|--:|--:|---|\n"
	total  = "| **all** |"
)

// line writes a row of the table. Sizes are in MB; beside them stands the share of
// the saving by hand.
func (r row) line() string {
	smoke := "passed"
	if r.broken != nil {
		smoke = "**broken: " + strings.Join(r.broken, ", ") + "**"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s | %s |\n", r.name, megabytes(r.original),
		r.share(r.fixed), off(r.fixed, r.fixedOff), r.share(r.staged), off(r.staged, r.stagedOff), megabytes(r.best), smoke)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1e6) }

func (r row) share(after int64) string {
	if after == 0 {
		return "–"
	}
	return fmt.Sprintf("%s (%.0f %%)", megabytes(after), 100*float64(r.original-after)/float64(r.original-r.best))
}

func off(after int64, percent float64) string {
	if after == 0 {
		return "–"
	}
	return fmt.Sprintf("%+.1f %%", percent)
}

// writeRow puts a row into the page's table in place of the build's last one, and
// sums the table up anew.
func writeRow(page string, r row) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), header)
	if !ok {
		return fmt.Errorf("%s: it has no table that begins with\n%s", page, header)
	}
	end := 0
	lines := []string{r.line()}
	for l := range strings.Lines(rest) {
		if !strings.HasPrefix(l, "|") {
			break
		}
		end += len(l)
		if !strings.HasPrefix(l, "| "+r.name+" |") && !strings.HasPrefix(l, total) {
			lines = append(lines, l)
		}
	}
	slices.Sort(lines)
	return os.WriteFile(page, []byte(before+header+strings.Join(lines, "")+sum(lines)+rest[end:]), 0o644)
}

// sum is the last row: all builds together. What does not work saves nothing.
func sum(lines []string) string {
	var all row
	for _, l := range lines {
		cells := strings.Split(l, "|")
		size := func(i int) int64 {
			number, _, _ := strings.Cut(strings.TrimSpace(cells[i]), " ")
			mb, err := strconv.ParseFloat(number, 64)
			if err != nil {
				mb, _ = strconv.ParseFloat(strings.TrimSpace(cells[2]), 64)
			}
			return int64(mb * 1e6)
		}
		all.original += size(2)
		all.fixed += size(3)
		all.staged += size(5)
		all.best += size(7)
	}
	return fmt.Sprintf("%s %s | %s | | %s | | %s | |\n", total, megabytes(all.original), all.share(all.fixed), all.share(all.staged), megabytes(all.best))
}

// TestTable: a build's row takes the place of its last one, and the sum counts
// what is broken as no saving.
func TestTable(t *testing.T) {
	page := t.TempDir() + "/page.md"
	if err := os.WriteFile(page, []byte("before\n\n"+header+"| b | 1.0 | x |\n\nafter\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, r := range []row{
		{name: "b", original: 300e6, fixed: 200e6, fixedOff: -0.5, best: 100e6, broken: []string{"multi-stage"}},
		{name: "a", original: 200e6, fixed: 150e6, staged: 110e6, stagedOff: 1.25, best: 100e6},
	} {
		if err := writeRow(page, r); err != nil {
			t.Fatal(err)
		}
	}
	want := "before\n\n" + header +
		"| a | 200.0 | 150.0 (50 %) | +0.0 % | 110.0 (90 %) | +1.2 % | 100.0 | passed |\n" +
		"| b | 300.0 | 200.0 (50 %) | -0.5 % | – | – | 100.0 | **broken: multi-stage** |\n" +
		"| **all** | 500.0 | 350.0 (50 %) | | 410.0 (30 %) | | 200.0 | |\n\nafter\n"
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("the page is\n%s\nwant\n%s", got, want)
	}
}
