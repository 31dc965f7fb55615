package reporttest

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/imagetest/quick"
	"github.com/tare-oci/tare/model"
)

// HostileWords are what an attacker would put into an image to be obeyed.
var HostileWords = []string{
	"", " ", "\n", "\r\n", "%", "%0A::error::x", "::set-output name=x::y", "##[error]x", ",", ":", "`", "``", "```", "~~~", "|", `\`, `\|`, "<", ">", "&", "<script>alert(1)</script>",
	"]]>", "<!--", "-->", "</details>", "<img src=x onerror=y>", "@octocat", "#1", "[a](http://b)", "![a](b)", "](", "https://a.example", "GH-1", "0123456789abcdef", "*a*", "_b_", ":x:",
	"\x00", "\x1b[2J", "\x9b", "\xff\xfe", "\u202e", "\u2028", "\ufffe", "\uffff", "\U0010ffff", "日本", "a\u0301", "../..", "/etc/passwd", `C:\x`, "{0}", "$x$", "***", "a b", strings.Repeat("x", 400),
}

// Scramble puts words into every text that an image, a Dockerfile or settings
// can set, and other figures into the rest.
func Scramble(r *model.Report, c *model.Check, random *rand.Rand, given string) {
	text := func() string {
		var b strings.Builder
		for range random.IntN(5) {
			switch random.IntN(4) {
			case 0:
				b.WriteString(given)
			default:
				b.WriteString(HostileWords[random.IntN(len(HostileWords))])
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

// Monster has more of everything than a comment has room for. A test that spells thousands of
// texts out that are each longer than a comment takes a second, so that most are shorter unless
// all cases are tried.
func Monster() (*model.Report, *model.Check) {
	r, c := Located(), Judged()
	of := func(times int) string {
		return "`````" + strings.Repeat("a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308|`<b>@x[y](z) ", times)
	}
	long := of(2_200) // longer than a comment
	r.Image.Reference, r.Image.Platform, r.Image.Base.Reference = long, long, &long
	for i := range r.Instructions {
		r.Instructions[i].Text = "RUN " + strings.Repeat(long+" \\\n && ", 5)
	}
	after := "RUN " + strings.Repeat("``` && \\\n", 10_000)
	for i := range 5_000 {
		if i == quick.Rounds(10, 10, 5_000) {
			// Some of these there is room for, until there is none.
			long, after = of(200), "RUN "+strings.Repeat("``` && \\\n", 1_000)
		}
		r.Notes = append(r.Notes, long)
		f := r.Findings[0]
		f.Title, f.Rule, f.Confidence = long, long, model.Certain
		f.Paths, f.Packages = []string{long}, []string{long, long}
		f.Fix = &model.Fix{Summary: long, Before: model.Ptr("RUN x"), After: &after}
		r.Findings = append(r.Findings, f)
		possible := f
		possible.Confidence = model.Possible
		r.Findings = append(r.Findings, possible)
		change := r.Changes[0]
		change.Title, change.Summary, change.Risk, change.Keeps = long, long, long, []string{long, long}
		change.Before, change.After = f.Fix.Before, f.Fix.After
		r.Changes, r.Risks = append(r.Changes, change), append(r.Risks, strconv.Itoa(i))
		c.Thresholds = append(c.Thresholds, model.Threshold{Name: long, Rule: long, Figure: long, Limit: long, Reason: long, Findings: []int{1}})
		c.Ignored = append(c.Ignored, model.Ignored{What: long, Where: long, Reason: long, Expires: long})
		c.Notes = append(c.Notes, long)
	}
	r.Risks = append(r.Risks, long)
	return r, c
}
