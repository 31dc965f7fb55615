package webpage_test

import (
	"html/template"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tare-oci/tare/ui/report/webpage"
)

// TestLoad: the head of a page has its title, its policy and its style, with nothing in front, and
// what the page itself says comes behind it.
func TestLoad(t *testing.T) {
	page := webpage.Load(fstest.MapFS{
		"page.html": {Data: []byte("{{define \"title\"}}of {{.Name}}{{end -}}\n{{template \"head\" .}}\n<p>body</p>\n")},
		"style.css": {Data: []byte("p{}")},
	}, "b{}")
	if page.Style != webpage.Base+"b{}p{}" || page.Script != "" {
		t.Errorf("style %q, script %q", page.Style, page.Script)
	}
	var out strings.Builder
	err := page.Template.Execute(&out, map[string]any{
		"Name": "a<b", "Policy": webpage.Policy(page.Style, page.Script), "Tool": "tare", "Style": template.CSS(page.Style),
	})
	got := out.String()
	if err != nil || !strings.HasPrefix(got, "<!DOCTYPE html>\n") || !strings.HasSuffix(got, "Skip to the report</a>\n<p>body</p>\n") {
		t.Fatalf("%v\n%s", err, got)
	}
	for _, want := range []string{"<title>of a&lt;b</title>", "default-src &#39;none&#39;", page.Style + "</style>"} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not hold %q", want)
		}
	}
	with := webpage.Load(fstest.MapFS{"page.html": {}, "style.css": {}, "script.js": {Data: []byte("x()")}}, "")
	if with.Script != "x()" {
		t.Errorf("script %q", with.Script)
	}
}
