package docs

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/imagetest/recipe"
	"github.com/tare-oci/tare/model"
)

// TestLedgerPage runs the worked examples of docs/ledger.md: each block marked
// `ledger` is a recipe of an image (see analyze/imagetest/recipe), a line `---`, and the
// ledger that was written down for it by hand.
func TestLedgerPage(t *testing.T) {
	t.Parallel()
	page := readPage(t, filepath.Join("docs", "ledger.md"))
	examples := page.blocks("ledger")
	if len(examples) < 15 {
		t.Fatalf("only %d examples are left in %s", len(examples), page.name)
	}
	for _, x := range examples {
		t.Run(fmt.Sprintf("line %d", x.line), func(t *testing.T) {
			text, written, ok := strings.Cut(x.text, "---\n")
			if !ok {
				t.Fatal("no line --- parts the image from its ledger")
			}
			images, err := recipe.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Split(strings.TrimSpace(written), "\n")
			for i := range want {
				want[i] = strings.Join(strings.Fields(want[i]), " ")
			}
			if diff := gocmp.Diff(want, ledger(analyzed(t, images[0]), want)); diff != "" {
				t.Errorf("%s:%d: the page (-) does not say what tare (+) counts:\n%s", page.name, x.line, diff)
			}
		})
	}
}

// analyzed is the report on an image, read from an OCI archive.
func analyzed(t *testing.T, img imagetest.Image) *model.Report {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(path, img.OCI().Tar(), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := analyze.Image(context.Background(), path, analyze.Options{Verify: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ledger writes a report's ledger in the words of the page: every file version,
// every finding, and those of the sums that the page gives.
func ledger(r *model.Report, given []string) []string {
	s := r.Summary
	sums := map[string]func() string{
		"size": func() string {
			return fmt.Sprintf("size %d = live %d + wasted %d", r.Image.Size, s.LiveBytes, s.WastedBytes)
		},
		"wasted": func() string {
			return fmt.Sprintf("wasted %d = shadowed %d + leftover %d", s.WastedBytes, s.ShadowedBytes, s.LeftoverBytes)
		},
		"duplicate":  func() string { return fmt.Sprintf("duplicate %d", s.DuplicateBytes) },
		"efficiency": func() string { return fmt.Sprintf("efficiency %.2f", s.Efficiency) },
		"own":        func() string { return fmt.Sprintf("own %d, wasted %d", s.Own.Size, s.Own.WastedBytes) },
		"inherited": func() string {
			return fmt.Sprintf("inherited %d, wasted %d", s.Inherited.Size, s.Inherited.WastedBytes)
		},
		"overhead": func() string { return fmt.Sprintf("overhead %d", *r.Image.OverheadBytes) },
		"pull": func() string {
			overhead := *r.Image.CompressedOverheadBytes
			return fmt.Sprintf("pull %d = files %d + overhead %d", *r.Image.CompressedSize, *r.Image.CompressedSize-overhead, overhead)
		},
	}
	var lines []string
	rows := versions(r)
	for _, line := range given {
		word, rest, _ := strings.Cut(line, " ")
		switch sum, ok := sums[word]; {
		case ok:
			lines = append(lines, sum())
		case word == "share":
			lines = append(lines, share(r, rest))
		case rows != nil:
			lines = append(lines, rows...)
			rows = nil
		}
	}
	return append(lines, rows...)
}

// versions lists every file version, by layer, and then every finding.
func versions(r *model.Report) []string {
	type row struct {
		layer int
		text  string
	}
	var rows []row
	for v := range r.Tree.Files() {
		record := r.Tree.Records[v.Record]
		text := fmt.Sprintf("%d %s %d %s", record.Layer, r.Tree.Path(v.Name), record.Size.Bytes(), record.Verdict)
		switch record.Verdict {
		case model.Shadowed:
			text += fmt.Sprintf(": %s by layer %d", record.Cause, record.HiddenBy)
		case model.Leftover:
			text += ": " + r.Findings[record.Finding()].Rule
		}
		for _, link := range v.Links {
			text += ", also " + r.Tree.Path(link)
		}
		rows = append(rows, row{int(record.Layer), text})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.layer, b.layer) })
	var lines []string
	for _, row := range rows {
		lines = append(lines, row.text)
	}
	for _, f := range r.Findings {
		lines = append(lines, fmt.Sprintf("finding %s %d %s", f.Rule, f.Bytes, f.Confidence))
	}
	return lines
}

// share reports whether a file's share of its compressed layer lies between the two
// bounds that the page gives: how well gzip does may differ from one Go release
// to the next.
func share(r *model.Report, given string) string {
	var path string
	var low, high int64
	if _, err := fmt.Sscanf(given, "%s %d..%d", &path, &low, &high); err != nil {
		return err.Error()
	}
	for v := range r.Tree.Files() {
		if r.Tree.Path(v.Name) != path {
			continue
		}
		if got := r.Tree.Records[v.Record].Compressed.Bytes(); got < low || got > high {
			return fmt.Sprintf("share %s %d", path, got)
		}
		return "share " + given
	}
	return "share of no file"
}
