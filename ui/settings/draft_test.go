package settings

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest/quick"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/gate"
)

// image is a report of an image of two layers, the lower one its base, with so
// many bytes in each of which so many are wasted.
func image(base, baseWaste, own, ownWaste int64) *model.Report {
	r := &model.Report{
		Image:  model.Image{Reference: "app:1", Layers: 2, Size: base + own, Base: model.Base{Layers: 1, How: model.BaseByHistory}},
		Layers: []model.Layer{{Index: 0, Size: base, Inherited: true}, {Index: 1, Size: own}},
	}
	r.Summary.Own.Size = own
	for layer, bytes := range []int64{baseWaste, ownWaste} {
		if bytes > 0 {
			id := fmt.Sprint("logs", layer)
			r.Findings = append(r.Findings, model.Finding{ID: id, Rule: "logs", Confidence: model.Certain, Bytes: bytes, Layer: &layer, Inherited: layer == 0})
			if layer > 0 {
				r.Changes = append(r.Changes, model.Change{ID: id, Confidence: model.Certain, Bytes: bytes, Findings: []string{id}})
			}
		}
	}
	return r
}

// readBack reads a draft, and says what the gate says of the image by it.
func readBack(t *testing.T, text []byte, r *model.Report) (*Settings, *model.Check) {
	t.Helper()
	s, err := Parse(Name, text, rules)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	c, err := gate.Judge(r, gate.Options{Scope: s.Scope, Limits: s.Limits, Ignores: s.Ignores})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

// TestDraftPasses holds that the image passes what is drafted for it, whatever
// its figures, and that one that wastes more than the room it has does not.
func TestDraftPasses(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	amount := func() int64 { return random.Int64N(1 << random.IntN(45)) }
	images := []*model.Report{
		image(0, 0, 0, 0), image(0, 0, 1, 1), image(0, 0, 1, 0), image(5, 5, 0, 0), image(0, 0, 8_200_000, 8_200_000), image(1, 0, 4_100_000_000, 4_100_000_000),
		image(0, 0, 999_000, 999_000), image(0, 0, 999_001, 999_001), image(0, 0, 1000, 1000), image(0, 0, 1<<55, 1<<54),
	}
	for range quick.Rounds(300, 300, 3000) {
		own := amount()
		images = append(images, image(amount(), 0, own, random.Int64N(own+1)))
	}
	for _, r := range images {
		text := Draft(r, Settings{})
		s, c := readBack(t, text, r)
		if !c.Passed || len(c.Thresholds) < 3 || s.Scope != model.ScopeOwn {
			t.Fatalf("%+v: %+v\n%s", r.Image, c, text)
		}
		counted, size, _ := gate.Counted(r, model.ScopeOwn)
		much := max((counted+mostWasteRoom)*5/4, size/50)
		if _, c := readBack(t, text, image(0, 0, size+much, much)); c.Passed {
			t.Fatalf("%d bytes that can be avoided pass where it was %d\n%s", much, counted, text)
		}
	}
}

// TestDraftHoldsWhatIsNotThere: what the image keeps today it has to keep, and what it does
// not is written down for the day that it does.
func TestDraftHoldsWhatIsNotThere(t *testing.T) {
	good, bad := image(0, 0, 50_000_000, 0), image(0, 0, 50_000_000, 20_000_000)
	bad.Findings = append(bad.Findings, model.Finding{ID: "secret", Rule: "baked-in-secret", Confidence: model.Certain})
	bad.Risks = []string{"secret"}
	for _, c := range []struct {
		r    *model.Report
		want []string
	}{
		{good, []string{"\nmax-wasted: 2MB\n", "\nfail-on: certain\n", "\ndeny: [risks]\n", "\nmax-size: 100MB\n"}},
		{bad, []string{"\nmax-wasted: 22MB\n", "\n# fail-on: certain\n", "\ndeny: [new-risks]\n", "There is a risk today"}},
	} {
		text := string(Draft(c.r, Settings{}))
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in\n%s", want, text)
			}
		}
	}
}

// TestDraftExplains holds that a draft names every key, with the examples that
// are comments being right ones.
func TestDraftExplains(t *testing.T) {
	r := image(100, 0, 1000, 10)
	r.Image.CompressedSize = model.Ptr[int64](700)
	text := string(Draft(r, Settings{}))
	for _, key := range slices.Concat(Keys, ignoreKeys, allowanceKeys) {
		if !strings.Contains(text, key+":") && key != "package" {
			t.Errorf("%s is not in it", key)
		}
	}
	var all []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if bare, ok := strings.CutPrefix(line, "# "); ok && isSetting(bare) {
			line = bare
		}
		all = append(all, line)
		if len(line) > 80 {
			t.Errorf("a line is longer than a terminal: %q", line)
		}
	}
	s, err := Parse(Name, []byte(strings.Join(all, "\n")), rules)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Limits) != 19 || len(s.Allowed) != 1 || len(s.Severity) != 5 || s.Floor == nil || len(s.Ignores) != 2 || s.Base == "" || s.Platform == "" || s.Dockerfile == "" {
		t.Errorf("the examples say %+v", s)
	}
	if strings.Contains(text, "http") {
		t.Error("it names an address")
	}
}

// isSetting reports whether a line of a comment is settings.
func isSetting(line string) bool {
	key, _, ok := strings.Cut(strings.TrimLeft(line, " -"), ":")
	return ok && (strings.HasPrefix(line, "  ") || !strings.Contains(key, " ")) && !strings.HasPrefix(key, "#") && !strings.HasPrefix(key, "For") && key != "certain, likely or possible."
}

// FuzzDraft holds that whatever an image is called, and whatever flags said of
// how to read it, comes back as it was, and that the image passes.
func FuzzDraft(f *testing.F) {
	f.Add("app:1", "debian:12", "linux/amd64", "Dockerfile", int64(8_200_000), int64(100))
	f.Add("x\nmax-size: 0\u2028max-layers: 0\x00\xff", "3", "a: b # c", "- [x", int64(1), int64(1))
	f.Add("-", "~", "true", "'\"\\", int64(0), int64(5))
	f.Add("*", "0x3", "linux/amd64\nscope: all", "a\r\nb: c", int64(1<<40), int64(1<<50))
	f.Fuzz(func(t *testing.T, reference, base, platform, dockerfile string, own, wasted int64) {
		own, wasted = own&(1<<50-1), wasted&(1<<50-1)
		r := image(own, 0, own, min(own, wasted))
		r.Image.Reference = reference
		how := Settings{Base: base, Platform: platform, Dockerfile: dockerfile}
		text := Draft(r, how)
		if !utf8.Valid(text) || strings.ContainsFunc(string(text), func(r rune) bool { return r != '\n' && !display.Printable(r) }) && plain(base, platform, dockerfile) {
			t.Fatalf("not a text: %q", text)
		}
		if !usableBase(base) || !plain(base, platform, dockerfile) {
			return
		}
		s, c := readBack(t, text, r)
		if !c.Passed {
			t.Fatalf("%+v\n%s", c, text)
		}
		got := []string{s.Base, s.Platform, s.Dockerfile}
		want := []string{strings.TrimSpace(base), strings.TrimSpace(platform), strings.TrimSpace(dockerfile)}
		if want[2] != "" { // beside the settings, which lie in the current directory
			got[2], want[2] = filepath.Clean(got[2]), filepath.Clean(want[2])
		}
		if strings.HasPrefix(want[0], ".") {
			got[0], want[0] = filepath.Clean(got[0]), filepath.Clean(want[0])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s\n%s", diff, text)
		}
	})
}

// plain says that texts are some that a person could type: YAML has no place for
// others.
func plain(texts ...string) bool {
	return !slices.ContainsFunc(texts, func(s string) bool {
		return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !display.Printable(r) })
	})
}

// usableBase says that --base would not have refused it.
func usableBase(base string) bool {
	_, err := Parse(Name, []byte("base: '"+strings.ReplaceAll(base, "'", "''")+"'"), nil)
	return base == "" || err == nil
}
