package html_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// pwn is what a script does that must not run: the test looks for it.
const pwn = "document.title='pwned'"

// hostileNames are what a stranger would call a file to get a script run, or to
// have something else shown than is there. A tar has no name with a NUL in it;
// hostileReport has one where there can be one.
var hostileNames = []string{
	`<img src=x onerror=` + pwn + `>`, `<script>` + pwn + `</script>`, `<script>alert(1)</script>`, `<iframe srcdoc="<script>top.` + pwn + `</script>">`,
	`"><svg onload=` + pwn + `>`, `javascript:` + pwn, `' autofocus onfocus='` + pwn, "`${" + pwn + "}`", `url(https://evil.example/x.png)`, `@import 'https://evil.example'`,
	"{{.Script}}", "${" + pwn + "}", "</title><script>" + pwn + "</script>", "</style>", "</style><style>body{display:none}", "<!--", "-->", "]]>", "<![CDATA[", "&lt;b&gt;", "&#60;b&#62;",
	"\u202egpj.exe", "\u2066ab\u2069", "\u200bempty", "\x1b[2Jclear", "line\nbreak", "tab\tbed", "bell\x07", "\xff\xfe", "\xed\xa0\x80", "\ufeffmark", "\u2028", "日本語のとても長い名前", "a b  c", " x ",
	strings.Repeat("long", 60), strings.Repeat("<b>&\"'", 682) + "4096",
}

// hostileReport is what tare finds in an image that has hostile names wherever
// an image or a Dockerfile can name something.
func hostileReport(t *testing.T) *model.Report {
	t.Helper()
	evil := hostileNames[0] + hostileNames[1] + "</style>\u202e"
	var files, shadows []imagetest.File
	for i, name := range hostileNames {
		name = fileName(name)
		files = append(files, imagetest.Fill("srv/"+name+"/"+name, int64(30+i)<<14))
		if i%2 == 0 {
			shadows = append(shadows, imagetest.Whiteout("srv/"+name+"/"+name))
		}
	}
	status := "Package: evil<img/src=x/onerror=" + pwn + ">\x00\u202e\nStatus: install ok installed\nVersion: <script>" + pwn + "</script>\nArchitecture: \"amd64\n\n"
	files = append(files, imagetest.Text("var/lib/dpkg/status", status), imagetest.Text("var/lib/dpkg/info/evil.list", "/srv\n"))
	image := imagetest.Image{
		Config: v1.Config{
			Env: []string{"PATH=" + evil, evil + "=" + evil, "TOKEN_" + evil + "=\x00"}, Labels: map[string]string{evil: evil + "\x00"}, Cmd: []string{evil + "\x00"},
			User: evil, WorkingDir: "/" + evil, StopSignal: evil, Volumes: map[string]struct{}{evil: {}}, ExposedPorts: map[string]struct{}{evil: {}},
		},
		Layers: []imagetest.Layer{
			{CreatedBy: "RUN /bin/sh -c echo " + evil + " # buildkit", Files: files},
			{CreatedBy: "RUN /bin/sh -c rm '" + evil + "' # buildkit", Files: shadows},
			{CreatedBy: "LABEL " + evil + "=x", Empty: true},
		},
	}
	dir := t.TempDir()
	archive, dockerfile := filepath.Join(dir, "hostile.tar"), filepath.Join(dir, "Dockerfile")
	if err := os.WriteFile(archive, image.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := []string{"# " + strings.Join(hostileNames[:20], " "), "# \u202e\x1b[2J\xff\u2028" + evil, "FROM scratch", "RUN echo " + evil, "RUN rm '" + evil + "'", "LABEL " + evil + "=x", ""}
	if err := os.WriteFile(dockerfile, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := analyze.Image(t.Context(), "oci-archive:"+archive, analyze.Options{Dockerfile: dockerfile})
	if err != nil {
		t.Fatal(err)
	}
	r.Image.Reference = "<script>" + pwn + "</script>\x00\u202e"
	r.Notes = append(r.Notes, evil+"\x00")
	return r
}

// fileName is a name that a path can hold.
func fileName(name string) string { return strings.ReplaceAll(name, "/", "\u2215") }

// No script of a hostile image runs and nothing is loaded, whatever is opened,
// and what the browser shows is the names as they are escaped, letter by letter.
func TestHTMLOfAHostileImage(t *testing.T) {
	b := startChromium(t)
	r := hostileReport(t)
	file := written(t, "hostile", r, nil)
	b.window(file, 1280, 900, "light", true)
	b.eval("document.querySelectorAll('details').forEach(d => d.open = true)", nil)
	for _, m := range []string{"mi", "mp", "mf"} {
		b.eval("document.getElementById('"+m+"-on').click(); document.querySelectorAll('#"+m+" a').forEach(a => { a.focus(); a.click(); })", nil)
	}
	b.eval("document.querySelectorAll('main a, button').forEach(e => { e.focus(); e.click(); })", nil)
	if title := b.text("document.title"); title != display.OneLine(r.Image.Reference)+": "+b.text("document.querySelector('.verdict').textContent") {
		t.Errorf("the title is %q", title)
	}
	if n := b.number("document.querySelectorAll('script').length * 100 + document.querySelectorAll('style').length * 10 + document.querySelectorAll('img, iframe, object, embed, link, base, form, b b, [onload], [onerror], [onfocus], [autofocus], [style*=url]').length"); n != 110 {
		t.Errorf("scripts, styles and what loads or runs something: %d, want 110", n)
	}
	if got := b.text("location.href.split('#')[0]"); got != "file://"+file {
		t.Errorf("the page became %s", got)
	}
	for _, c := range b.complaints(file) {
		t.Error(c)
	}

	texts := func(selector string) (found []string) {
		b.eval("[...document.querySelectorAll("+"`"+selector+"`"+")].map(e => e.textContent)", &found)
		return found
	}
	shown := func(selector string, want ...string) {
		t.Helper()
		got := texts(selector)
		for _, text := range want {
			if !slices.Contains(got, text) {
				t.Errorf("%s does not show %q, but %q", selector, text, got)
			}
		}
	}
	shown("h1", display.OneLine(r.Image.Reference))
	shown("#notes li", display.OneLine(r.Notes[len(r.Notes)-1]))
	shown(".packages bdi", display.OneLine(r.Packages[0].Name), display.OneLine(r.Packages[0].Version+" "+r.Packages[0].Arch))
	for _, name := range hostileNames {
		shown("#mf-view tbody th", "/"+display.TruncatePath(display.Escape("srv/"+fileName(name)), 96))
	}
	for _, f := range r.Findings {
		for _, path := range f.Paths {
			shown(".paths li", display.TruncatePath(display.Escape("/"+path), 160))
		}
	}
	code := texts("#dockerfile .source .line code")
	for i, line := range r.Dockerfile.Lines {
		if want := display.Truncate(display.Lines(line)[0], 1000); i >= len(code) || code[i] != want {
			t.Errorf("line %d of the Dockerfile is %q, want %q", i+1, code[min(i, len(code)-1)], want)
		}
	}
}
