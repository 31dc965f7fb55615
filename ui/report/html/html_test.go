package html_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/html"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// sampleCheck is what a gate says of sample.
func sampleCheck() *model.Check {
	return &model.Check{
		Scope: model.ScopeOwn,
		Thresholds: []model.Threshold{
			{Name: "min-efficiency", Figure: "27.1 %", Limit: "90 %", Reason: "RUN apt-get on line 4 wastes 392 MB", Findings: []int{0, 2}},
			{Name: "deny", Rule: "baked-in-secret", Passed: true, Figure: "0 findings", Limit: "none"},
		},
		Ignored: []model.Ignored{{Where: ".tare.yaml:7", What: "rule logs", Reason: "kept for audits", Expires: "2027-01-31"}},
		Notes:   []string{"min-efficiency 0.9 is the default."},
	}
}

// sampleDockerfile is sample as -f has located it.
func sampleDockerfile() *model.Report {
	r := reporttest.Sample()
	r.Dockerfile = &model.Dockerfile{File: "Dockerfile", How: model.FromDockerfile, Lines: []string{
		"# the shop", "FROM debian:bookworm-slim", "ARG KEY", "RUN apt-get update \\", "  && apt-get install -y python3-pip git", "",
		"COPY app /app", "RUN chown -R app /app \\", "\t&& rm -rf /var/lib/apt/lists/*", `CMD ["python3","/app/api.py"]`,
	}}
	for i, lines := range [][2]int{0: {2, 2}, 1: {2, 2}, 2: {4, 5}, 3: {7, 7}, 4: {8, 9}, 5: {99, 99}} {
		r.Instructions[i].Location = &model.Location{File: "Dockerfile", Line: lines[0], EndLine: lines[1]}
	}
	return r
}

var reports = map[string]struct {
	html   html.Page
	report func() *model.Report
}{
	"sample":     {html.Page{Check: sampleCheck()}, reporttest.Sample},
	"dockerfile": {html.Page{}, sampleDockerfile},
	"clean":      {html.Page{}, reporttest.Clean},
	"hostile":    {html.Page{}, reporttest.Hostile},
	"nothing":    {html.Page{}, func() *model.Report { return &model.Report{} }},
	"loaded":     {html.Page{}, func() *model.Report { r := reporttest.Sample(); r.Tree = nil; return r }},
}

// Each part of the page, as it stands in the file.
func TestHTMLParts(t *testing.T) {
	parts := func(t *testing.T, page string, ids ...string) {
		for _, id := range ids {
			t.Run(id, func(t *testing.T) {
				_, part, ok := strings.Cut(page, `<section id="`+id+`"`)
				if id == "header" {
					_, part, ok = strings.Cut(page, "<header>")
				}
				if !ok {
					t.Fatalf("the page has no %s", id)
				}
				part, _, _ = strings.Cut(part, "</section>")
				part, _, _ = strings.Cut(part, "</header>")
				golden.RequireEqual(t, part)
			})
		}
	}
	t.Run("sample", func(t *testing.T) {
		parts(t, reporttest.Render(t, html.Page{Check: sampleCheck()}, reporttest.Sample()), "header", "gate", "map", "findings", "dockerfile", "packages")
	})
	t.Run("dockerfile", func(t *testing.T) { parts(t, reporttest.Render(t, html.Page{}, sampleDockerfile()), "dockerfile") })
	t.Run("clean", func(t *testing.T) {
		parts(t, reporttest.Render(t, html.Page{}, reporttest.Clean()), "header", "map", "findings", "packages")
	})
	t.Run("hostile", func(t *testing.T) {
		parts(t, reporttest.Render(t, html.Page{}, reporttest.Hostile()), "findings", "notes")
	})
	t.Run("loaded", func(t *testing.T) {
		r := reporttest.Sample()
		r.Tree = nil
		parts(t, reporttest.Render(t, html.Page{}, r), "map")
	})
}

// element is one start tag of a page.
type element struct {
	name string
	attr map[string]string
}

// elements reads a page as XML, which it is but for the script: what is not
// closed, nested wrongly or not quoted is an error.
func elements(t *testing.T, page string) []element {
	t.Helper()
	start, end := strings.LastIndex(page, "<script>"), strings.LastIndex(page, "</script>")
	if start < 0 || end < start {
		t.Fatal("the page has no script")
	}
	d := xml.NewDecoder(strings.NewReader(page[:start+len("<script>")] + page[end:]))
	var all []element
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if tag, ok := token.(xml.StartElement); ok {
			e := element{tag.Name.Local, map[string]string{}}
			for _, a := range tag.Attr {
				if _, twice := e.attr[a.Name.Local]; twice {
					t.Errorf("<%s> has %s twice", e.name, a.Name.Local)
				}
				e.attr[a.Name.Local] = a.Value
			}
			all = append(all, e)
		}
	}
}

// The page is sound: ids are unique, every link leads somewhere on it, nothing
// is loaded, styled or run but by its own two blocks, and what can be operated
// has a name.
func TestHTMLStructure(t *testing.T) {
	allowed := strings.Fields("html head meta title style body a svg defs pattern rect circle div header p b h1 h2 h3 bdi ul ol li dl dt dd small nav main section " +
		"table thead tbody tr th td em fieldset legend input label span details summary button del ins code footer script")
	for name, c := range reports {
		t.Run(name, func(t *testing.T) {
			all := elements(t, reporttest.Render(t, c.html, c.report()))
			ids := map[string]bool{}
			count := map[string]int{}
			for _, e := range all {
				count[e.name]++
				if !slices.Contains(allowed, e.name) {
					t.Errorf("<%s> does not belong on the page", e.name)
				}
				if id, ok := e.attr["id"]; ok {
					if ids[id] || id == "" {
						t.Errorf("the id %q stands twice or is empty", id)
					}
					ids[id] = true
				}
				for attr := range e.attr {
					if attr == "style" || attr == "src" || attr == "srcset" || strings.HasPrefix(attr, "on") {
						t.Errorf("<%s %s> is not for this page", e.name, attr)
					}
				}
				if class := e.attr["class"]; e.name == "a" && (strings.HasPrefix(class, "box") || strings.HasPrefix(class, "group")) && e.attr["aria-label"] == "" {
					t.Errorf("a box has no label: %v", e.attr)
				}
			}
			for _, one := range []string{"h1", "main", "title", "style", "script"} {
				if count[one] != 1 {
					t.Errorf("%d times <%s>", count[one], one)
				}
			}
			if count["label"] != count["input"] {
				t.Errorf("%d labels for %d inputs", count["label"], count["input"])
			}
			for _, e := range all {
				if to, ok := e.attr["href"]; ok && (!strings.HasPrefix(to, "#") || !ids[to[1:]]) {
					t.Errorf("a link leads to %q", to)
				}
				for _, attr := range []string{"for", "aria-labelledby"} {
					if to, ok := e.attr[attr]; ok && !ids[to] {
						t.Errorf("%s=%q is nowhere", attr, to)
					}
				}
			}
		})
	}
}

// The policy names the two blocks as they are, and allows nothing else.
func TestHTMLPolicy(t *testing.T) {
	for name, c := range reports {
		page := reporttest.Render(t, c.html, c.report())
		block := func(tag string) string {
			_, rest, _ := strings.Cut(page, "<"+tag+">")
			text, _, _ := strings.Cut(rest, "</"+tag+">")
			return text
		}
		hash := func(text string) string {
			sum := sha256.Sum256([]byte(text))
			return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		}
		want := "default-src 'none'; style-src " + hash(block("style")) + "; script-src " + hash(block("script")) + "; base-uri 'none'; form-action 'none'"
		got := ""
		for _, e := range elements(t, page) {
			if e.attr["http-equiv"] == "Content-Security-Policy" {
				got = e.attr["content"]
			}
		}
		if got != want {
			t.Errorf("%s: the policy is\n%s\nwant\n%s", name, got, want)
		}
		style := block("style")
		for _, url := range regexp.MustCompile(`url\([^)]*\)|@import`).FindAllString(style, -1) {
			if !strings.HasPrefix(url, "url(#") {
				t.Errorf("%s: the style has %s", name, url)
			}
		}
		if strings.ContainsAny(style, "<&") {
			t.Errorf("%s: the style could end early", name)
		}
	}
}

func TestHTMLIsTheSameEachTime(t *testing.T) {
	for name, c := range reports {
		first, second := reporttest.Render(t, c.html, c.report()), reporttest.Render(t, c.html, c.report())
		if first != second {
			t.Errorf("%s: two runs give two pages", name)
		}
	}
}

// evil is a text that would break out of every place a page has for one.
const evil = `</title></style></script><script>alert(1)</script><img src=x onerror=alert(1)>"' onload=alert(1) javascript:alert(1) {{.}} ${a} --><!-- ]]>` +
	"\x1b[2J\u202e\u2066\u200b\x00\xff\n\r\t\u2028日本"

// evilReport has it in every text, the gate's included.
func evilReport(text string) (*model.Report, *model.Check) {
	r := sampleDockerfile()
	s := model.Ptr[string]
	r.Tool.Version, r.Notes = text, []string{text}
	r.Image.Reference, r.Image.Source, r.Image.Platform, r.Image.Digest, r.Image.Base.Reference = text, text, text, s(text), s(text)
	for i := range r.Instructions {
		in := &r.Instructions[i]
		in.Text, in.Keyword, in.Location.File = text, text, text
	}
	r.Dockerfile.File = text
	r.Dockerfile.Lines[0], r.Dockerfile.Lines[4] = text, text
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Rule, f.Title, f.Confidence, f.Paths, f.Packages = text, text, model.Confidence(text), []string{text}, []string{text}
		f.Fix = &model.Fix{Strategy: model.Strategy(text), Summary: text, Before: s(text), After: s(text + " && " + text)}
	}
	p := &r.Packages[0]
	p.Manager, p.Name, p.Version, p.Arch, p.RecommendedBy, p.Via, p.NeededBy = text, text, text, text, []string{text}, text, text
	c := sampleCheck()
	c.Thresholds[0] = model.Threshold{Name: text, Rule: text, Figure: text, Limit: text, Reason: text, Findings: []int{0, 99, -1}}
	c.Ignored[0].Where, c.Ignored[0].What, c.Ignored[0].Reason, c.Ignored[0].Expires = text, text, text, text
	c.Notes = []string{text}
	t := model.NewTree()
	dir := t.AddNode(model.Root, text)
	for range 3 {
		file := t.AddNode(dir, text)
		t.Push(model.Record{Kind: model.File, Size: model.SizeOf(100), Node: file, Gone: model.StillThere, Ref: model.NoFinding})
	}
	t.Starts, t.Packages = []int{0, len(t.Records)}, []int32{0, -1, 99}
	r.Tree = t
	return r, c
}

// harmless checks that a page of texts holds the elements that a page of
// words does, and no character that is not to be seen.
func harmless(t *testing.T, page string, want map[string]int) {
	t.Helper()
	got := map[string]int{}
	for _, e := range elements(t, page) {
		got[e.name]++
	}
	for _, name := range []string{"script", "style", "img", "svg", "input", "title", "meta"} {
		if got[name] != want[name] {
			t.Errorf("%d times <%s>, want %d", got[name], name, want[name])
		}
	}
	for i, line := range strings.Split(page, "\n") {
		if line != display.Escape(line) {
			t.Fatalf("line %d has what is not to be seen: %q", i+1, line)
		}
	}
}

func countElements(t *testing.T, page string) map[string]int {
	count := map[string]int{}
	for _, e := range elements(t, page) {
		count[e.name]++
	}
	return count
}

func TestHTMLOfHostileNames(t *testing.T) {
	r, c := evilReport("word")
	want := countElements(t, reporttest.Render(t, html.Page{Check: c}, r))
	r, c = evilReport(evil)
	page := reporttest.Render(t, html.Page{Check: c}, r)
	harmless(t, page, want)
	for _, bad := range []string{"<script>alert", "<img", `href="javascript`, "{{", "ZgotmplZ"} {
		if strings.Contains(strings.ReplaceAll(page, "{{.}}", ""), bad) {
			t.Errorf("the page contains %s", bad)
		}
	}
}

func FuzzHTMLNames(f *testing.F) {
	for _, seed := range []string{evil, "", "a", "\xff", "</", "RUN a && b", "<<EOF\n</script>\nEOF", strings.Repeat("é\u0301", 300)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, c := evilReport(text)
		page := reporttest.Render(t, html.Page{Check: c}, r)
		count := countElements(t, page)
		if count["script"] != 1 || count["img"] != 0 || count["style"] != 1 {
			t.Errorf("%q adds elements: %v", text, count)
		}
		harmless(t, page, count)
	})
}
