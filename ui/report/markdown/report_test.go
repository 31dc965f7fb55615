package markdown

import (
	"fmt"
	"os"
	"strings"
	"testing"

	_ "github.com/tare-oci/tare/analyze/imagetest/quick"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// A comment has room for what matters, whatever the image, and says what it
// leaves out.
func TestMarkdownFitsAComment(t *testing.T) {
	r, c := reporttest.Monster()
	for _, check := range []*model.Check{c, nil} {
		if check == nil && os.Getenv("TARE_MANY") == "" {
			continue // it takes a second, and is the other with less in it
		}
		text := reporttest.Render(t, Report{Check: check}, r)
		reporttest.CheckComment(t, text)
		if strings.Count(text, "<details>") != strings.Count(text, "</details>") {
			t.Error("a fold is left open")
		}
		if !strings.Contains(text, "A comment has no room for ") {
			t.Error("it does not say that it leaves something out")
		}
	}
	many := reporttest.Located()
	for i := range 1_000 {
		c := many.Changes[0]
		c.Title, c.Bytes = fmt.Sprintf("change %c", 'a'+i%26), int64(i)
		many.Changes = append(many.Changes, c)
	}
	text := reporttest.Render(t, Report{}, many)
	reporttest.CheckComment(t, text)
	if !strings.Contains(text, "<b>413 MB</b> <code>install without") || strings.Count(text, "```diff") < 50 {
		t.Errorf("there is room for more:\n%s", text)
	}
}

func TestProse(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Install without recommended packages.", "Install without recommended packages."},
		{"Add --no-install-recommends to apt-get install.", "Add `--no-install-recommends` to apt-get install."},
		{"tare fix --strategy multi-stage cannot do it", "`tare fix --strategy multi-stage` cannot do it"},
		{"rm -rf /var/lib (or less)", "`rm -rf /var/lib` (or less)"},
		{"out of the build (.dockerignore, RUN --mount=type=secret), and", "out of the build (`.dockerignore`, RUN `--mount=type=secret`), and"},
		{"see ld(8), (a_b) and (c/d.) or $(x)", "see `ld(8)`, `(a_b)` and `(c/d.)` or `$(x)`"},
		{"( ) () (. .) ((", "(` ) () (. .) ((`"},
		{"python3-pip, git", "`python3-pip`, git"},
		{"100 % of 12,345 files; 0.9!", "100 % of 12,345 files; 0.9!"},
		{"don't say “x”", "don't say `“x”`"},
		{"@octocat owner/repo#1 GH-12 #3 !4 deadbeef1", "`@octocat owner/repo#1 GH-12 #3 !4 deadbeef1`"},
		{"[a](javascript:b) <img src=x onerror=y>", "`[a](javascript:b) <img src=x onerror=y>`"},
		{"https://evil.example www.evil.example a@b.example", "`https://evil.example www.evil.example a@b.example`"},
		{"a ``b` c", "a ``` ``b` ``` c"},
		{":smile: **a** _b_ ~c~ $d$ &lt; \\", "`:smile: **a** _b_ ~c~ $d$ &lt; \\`"},
		{"a\nb\x1b[2J", "a `b\\x1b[2J`"},
		{"Größe 日本語", "Größe 日本語"},
		{"...", "`...`"},
		{"Add find /var/log -type f -delete to the RUN.", "Add `find /var/log -type f -delete` to the RUN."},
		{"Remove the package managers' logs.", "Remove the package managers' logs."},
		{"Fix the times: SOURCE_DATE_EPOCH=0 docker buildx build --output type=image,rewrite-timestamp=true", "Fix the times: `SOURCE_DATE_EPOCH=0 docker buildx build --output type=image,rewrite-timestamp=true`"},
		{"(npm ci --omit=dev, yarn --production, composer --no-dev, BUNDLE_WITHOUT=development:test), or", "(`npm ci --omit=dev`, `yarn --production`, `composer --no-dev`, `BUNDLE_WITHOUT=development:test`), or"},
		{"tare fix IMAGE -f Dockerfile writes the edits", "`tare fix IMAGE -f Dockerfile` writes the edits"},
		{"tare did not find /etc/x in the image", "tare did not find `/etc/x` in the image"},
		{"git and npm with --x", "git and npm with `--x`"},
		{"curl -f http://h and then /bin/y", "`curl -f http://h` and then `/bin/y`"},
		{"rm -rf <b>x</b> `id` @me", "`` rm -rf <b>x</b> `id` @me ``"},
		{"", ""},
	} {
		got := Prose(c.text)
		if got != c.want {
			t.Errorf("prose(%q) = %s, want %s", c.text, got, c.want)
		}
		reporttest.CheckEscaped(t, got)
	}
}

// TestReasonQuotesInstructions: an instruction is one span, whatever it holds.
func TestReasonQuotesInstructions(t *testing.T) {
	for text, want := range map[string]string{
		"waste 1 MB; line 2: RUN a && b (+1.5 MB): /var/x; it grew": "waste 1 MB; line 2: `RUN a && b` (+1.5 MB): `/var/x`; it grew",
		"step 3: RUN echo `id` @me [x](y) (+3 kB)":                  "step 3: `` RUN echo `id` @me [x](y) `` (+3 kB)",
		"line 2: RUN a (+1 MB) <b>hi</b> (+2 MB)":                   "line 2: `RUN a` (+1 MB) `<b>hi</b>` (+2 MB)",
		"the image has no label maintainer":                         "the image has no label maintainer",
	} {
		if got := Reason(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}
