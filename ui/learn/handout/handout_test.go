package handout

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	_ "github.com/tare-oci/tare/analyze/imagetest/quick"
	"github.com/tare-oci/tare/ui/learn/course"
)

// TestHandout: every lesson is on paper with its picture, its questions and, behind all
// of them, its answers; no figure is left open, and nothing is fetched.
func TestHandout(t *testing.T) {
	var b bytes.Buffer
	if err := Write(t.Context(), &b, course.Lessons()); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	answers := strings.Index(page, "<h2>Answers</h2>")
	for _, l := range course.Lessons() {
		title := strings.ReplaceAll(l.Title, "'", "&#39;")
		if n := strings.Count(page, title); n < 3 {
			t.Errorf("%q stands there %d times", l.Title, n)
		}
		for _, q := range l.Look {
			plain, _, counted := strings.Cut(q.Because, "{")
			if counted {
				continue
			}
			if at := strings.Index(page, strings.TrimSpace(xmlText(plain))); at < answers {
				t.Errorf("the answer %q stands before the answers", q.Because)
			}
		}
	}
	for _, bad := range []string{"{size}", "{line", ` src="`, "href=", "<script"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, want := range []string{"<li><b>3</b><span>RUN wget", "Your version (par is 141 MB)", `<div class="file">.dockerignore</div>`, "283 MB then, as before."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
	if strings.Count(page, `fill="url(#wasted)"`) < len(course.Lessons()) {
		t.Error("a lesson has no picture")
	}
}

func xmlText(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer never fails
	return b.String()
}

func TestMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"a **b** `c<d`\nmore\n":                   "<p>a <strong>b</strong> <code>c&lt;d</code> more</p>\n",
		"- one\n  two\n- three\n\nafter\n":        "<ul>\n<li>one two</li>\n<li>three</li>\n</ul>\n<p>after</p>\n",
		"```dockerfile\nFROM a\n\nRUN <b>\n```\n": "<pre>FROM a\n\nRUN &lt;b&gt;</pre>\n",
		"**a `b` c** d":                           "<p><strong>a <code>b</code> c</strong> d</p>\n",
		"```\nopen":                               "<pre>open</pre>\n",
	} {
		if got := string(toHTML(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
