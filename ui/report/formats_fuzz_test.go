package report

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// hostileWords are what somebody would put into an image to be obeyed.
var hostileWords = []string{
	"", " ", "\n", "\r\n", "%", "%0A::error::x", "::set-output name=x::y", "##[error]x", ",", ":", "`", "``", "```", "~~~", "|", `\`, `\|`, "<", ">", "&", "<script>alert(1)</script>",
	"]]>", "<!--", "-->", "</details>", "<img src=x onerror=y>", "@octocat", "#1", "[a](http://b)", "![a](b)", "](", "https://a.example", "GH-1", "0123456789abcdef", "*a*", "_b_", ":x:",
	"\x00", "\x1b[2J", "\x9b", "\xff\xfe", "\u202e", "\u2028", "\ufffe", "\uffff", "\U0010ffff", "日本", "a\u0301", "../..", "/etc/passwd", `C:\x`, "{0}", "$x$", "***", "a b", strings.Repeat("x", 400),
}

// scramble puts words into every text that an image, a Dockerfile or settings
// can set, and other figures into the rest.
func scramble(r *model.Report, c *model.Check, random *rand.Rand, given string) {
	text := func() string {
		var b strings.Builder
		for range random.IntN(5) {
			switch random.IntN(4) {
			case 0:
				b.WriteString(given)
			default:
				b.WriteString(hostileWords[random.IntN(len(hostileWords))])
			}
		}
		return b.String()
	}
	maybe := func(set func()) {
		if random.IntN(2) == 0 {
			set()
		}
	}
	index := func() *int {
		if random.IntN(4) == 0 {
			return nil
		}
		return model.Ptr(random.IntN(8) - 1)
	}
	maybe(func() {
		r.Image.Reference, r.Image.Platform, r.Tool.Name, r.Tool.Version = text(), text(), text(), text()
	})
	maybe(func() { r.Image.Base.Reference = model.Ptr(text()) })
	maybe(func() { r.Dockerfile.File, r.Dockerfile.Lines = text(), []string{text(), text()} })
	maybe(func() { r.Notes, c.Notes = []string{text(), text()}, []string{text()} })
	for i := range r.Instructions {
		in := &r.Instructions[i]
		maybe(func() { in.Text, in.Keyword = text(), text() })
		maybe(func() {
			in.Location = &model.Location{File: text(), Line: random.IntN(9) - 1, EndLine: random.IntN(9) - 1}
		})
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		maybe(func() { f.ID, f.Rule, f.Title, f.Confidence = text(), text(), text(), model.Confidence(text()) })
		maybe(func() { f.Paths, f.Packages, f.FileCount = []string{text(), text()}, []string{text()}, random.IntN(3) })
		maybe(func() { f.Layer, f.Instruction, f.HiddenBy = index(), index(), index() })
		maybe(func() {
			f.Bytes, f.CompressedBytes, f.Cause = random.Int64N(1e12), model.Ptr(random.Int64N(1e12)), model.Ptr(text())
		})
		maybe(func() {
			f.Fix = &model.Fix{Strategy: model.Strategy(text()), Summary: text(), Before: model.Ptr(text()), After: model.Ptr(text())}
		})
	}
	for i := range c.Thresholds {
		t := &c.Thresholds[i]
		maybe(func() {
			t.Name, t.Rule, t.Figure, t.Limit, t.Reason, t.Passed = text(), text(), text(), text(), text(), random.IntN(2) == 0
		})
		maybe(func() { t.Findings = []int{random.IntN(9) - 1, random.IntN(9) - 1} })
	}
	for i := range c.Ignored {
		entry := &c.Ignored[i]
		maybe(func() { entry.Where, entry.What, entry.Reason, entry.Expires = text(), text(), text(), text() })
		maybe(func() { entry.Findings = []int{random.IntN(9) - 1} })
	}
}

// FuzzFormats writes reports full of hostile texts: every format stays what it
// is, fits its limits, follows its schema, and says the same thing twice.
func FuzzFormats(f *testing.F) {
	for i, word := range hostileWords {
		f.Add(uint64(i), word)
	}
	sarif, junit := published(f), antSchema(f)
	f.Fuzz(func(t *testing.T, seed uint64, given string) {
		random := rand.New(rand.NewPCG(seed, 1))
		r, c := located(), judged()
		scramble(r, c, random, given)
		for name, w := range machines(c) {
			var out, again bytes.Buffer
			if err := w.Write(&out, r); err != nil {
				t.Fatal(err)
			}
			if err := w.Write(&again, r); err != nil {
				t.Fatal(err)
			}
			text := out.String()
			if text != again.String() {
				t.Errorf("%s: the same report gives other bytes", name)
			}
			wellFormed(t, name, text)
			var err error
			switch name {
			case "sarif":
				err = validate(sarif, text)
			case "junit":
				err = junit.validate(text)
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if t.Failed() {
				t.Fatalf("%s wrote\n%s", name, text)
			}
		}
	})
}
