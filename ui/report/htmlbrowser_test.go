package report_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report"
)

// windows are the sizes and schemes a page has to look well in.
var windows = []struct {
	name          string
	width, height int
	scheme        string
}{
	{"wide-light", 1280, 900, "light"},
	{"wide-dark", 1280, 900, "dark"},
	{"phone-light", 375, 812, "light"},
	{"phone-dark", 375, 812, "dark"},
	{"narrow", 320, 640, "light"},
	{"tablet", 768, 1024, "dark"},
}

// hostileNames are what a stranger would call a file to get a script run.
var hostileNames = []string{
	`<img src=x onerror=document.title='pwned'>`, `<script>document.title='pwned'<` + `/script>`,
	`"><svg onload=document.title='pwned'>`, `javascript:document.title='pwned'`, `' autofocus onfocus='document.title="pwned"`,
	"{{.Script}}", "${document.title='pwned'}", "</title><script>document.title='pwned'</script>", "</style>", "<!--", "]]>", "&lt;b&gt;",
	"\u202egpj.exe", "\x1b[2Jclear", "line\nbreak", "nul-like\x01", "\xff\xfe", "日本語のとても長い名前", strings.Repeat("long", 60), "a b  c",
}

// hostileImage is an image that has them wherever an image can name something.
func hostileImage() imagetest.Image {
	evil := hostileNames[0] + hostileNames[1]
	var files, shadows []imagetest.File
	for i, name := range hostileNames {
		name = strings.ReplaceAll(name, "/", "\u2215")
		files = append(files, imagetest.Fill("srv/"+name+"/"+name, int64(1+i)<<14))
		if i%2 == 0 {
			shadows = append(shadows, imagetest.Whiteout("srv/"+name+"/"+name))
		}
	}
	status := "Package: evil" + "<img/src=x/onerror=document.title='pwned'>" + "\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
	files = append(files, imagetest.Text("var/lib/dpkg/status", status), imagetest.Text("var/lib/dpkg/info/evil.list", "/srv\n"))
	return imagetest.Image{Layers: []imagetest.Layer{
		{CreatedBy: "RUN echo " + evil + " # buildkit", Files: files},
		{CreatedBy: "RUN rm " + strings.Join(hostileNames, " ") + " # buildkit", Files: shadows},
	}}
}

// failedGate is one that failed, so that its part of the page is looked at, too.
var failedGate = &model.Check{
	Scope: model.ScopeOwn,
	Thresholds: []model.Threshold{
		{Name: "min-efficiency", Figure: "52.4 %", Limit: "90 %", Reason: "RUN apt-get install on line 5 wastes 72 MB; install without recommended packages", Findings: []int{0}},
		{Name: "max-size", Passed: true, Figure: "197 MB", Limit: "500 MB"},
		{Name: "deny", Rule: "baked-in-secret", Passed: true, Figure: "0 findings", Limit: "none"},
	},
	Ignored: []model.Ignored{{Where: ".tare.yaml:7", What: "rule runs-as-root", Reason: "the init container needs it", Expires: "2027-01-31", Findings: []int{1}}},
	Notes:   []string{"min-efficiency 0.9 is the default; give a threshold to replace it."},
}

// page writes the report of an image to a file and returns its path.
func page(t *testing.T, name, reference string, opt analyze.Options, check *model.Check) string {
	t.Helper()
	r, err := analyze.Image(context.Background(), reference, opt)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), name+".html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (report.HTML{Check: check}).Write(f, r); err != nil {
		t.Fatal(err)
	}
	return file
}

func hostilePage(t *testing.T) string {
	archive := filepath.Join(t.TempDir(), "hostile.tar")
	if err := os.WriteFile(archive, hostileImage().OCI().Tar(), 0o644); err != nil {
		t.Fatal(err)
	}
	return page(t, "hostile", "oci-archive:"+archive, analyze.Options{}, nil)
}

// The page in a real browser: at the size of a desk and of a phone, light and
// dark, nothing is asked for, nothing complained of, nothing sticks out, and
// every text can be read.
func TestHTMLInABrowser(t *testing.T) {
	b := startChromium(t)
	sample, err := demo.Lookup("naive-apt")
	if err != nil {
		t.Fatal(err)
	}
	dockerfile := filepath.Join(t.TempDir(), "Dockerfile")
	if err := os.WriteFile(dockerfile, []byte(sample.Dockerfile), 0o644); err != nil {
		t.Fatal(err)
	}
	pages := []struct{ name, file string }{
		{"naive-apt", page(t, "naive-apt", "demo:naive-apt", analyze.Options{Dockerfile: dockerfile}, failedGate)},
		{"node-app", page(t, "node-app", "demo:node-app", analyze.Options{}, nil)},
		{"multi-stage", page(t, "multi-stage", "demo:multi-stage", analyze.Options{}, &model.Check{Passed: true, Scope: model.ScopeAll, Thresholds: failedGate.Thresholds[1:]})},
		{"hostile", hostilePage(t)},
	}
	for _, p := range pages {
		for _, w := range windows {
			t.Run(p.name+"/"+w.name, func(t *testing.T) {
				b.t = t
				b.window(p.file, w.width, w.height, w.scheme, true)
				if n := b.number("document.documentElement.scrollWidth"); n > w.width {
					t.Errorf("the page is %d pixels wide in a window of %d; too wide: %s", n, w.width, b.text(tooWide))
				}
				if cut := b.text(cutOff); cut != "" {
					t.Errorf("texts that are cut without an ellipsis:\n%s", cut)
				}
				if faint := b.text(unreadable); faint != "" {
					t.Errorf("texts with a contrast below 4.5:\n%s", faint)
				}
				if title := b.text("document.title"); strings.HasPrefix(title, "pwned") || !strings.Contains(title, ": ") {
					t.Errorf("the title is %q", title)
				}
				if n := b.number("document.querySelectorAll('script').length + document.images.length + document.querySelectorAll('[onload],[onerror],[onfocus],[autofocus],iframe,object,embed,link').length"); n != 1 {
					t.Errorf("%d elements that load or run something; only the page's own script should", n)
				}
				b.shoot(p.name + "-" + w.name)
				b.eval("document.querySelectorAll('details').forEach(d => d.open = true)", nil)
				if n := b.number("document.documentElement.scrollWidth"); n > w.width {
					t.Errorf("unfolded, the page is %d pixels wide in a window of %d; too wide: %s", n, w.width, b.text(tooWide))
				}
				if faint := b.text(unreadable); faint != "" {
					t.Errorf("unfolded: texts with a contrast below 4.5:\n%s", faint)
				}
				for _, m := range []string{"mp", "mf"} {
					b.eval(fmt.Sprintf("document.getElementById('%s-on')?.click()", m), nil)
					if cut := b.text(cutOff); cut != "" {
						t.Errorf("map %s: texts that are cut without an ellipsis:\n%s", m, cut)
					}
					if n := b.number(fmt.Sprintf("document.getElementById('%s-on') ? document.getElementById('%s').offsetHeight : 1", m, m)); n == 0 {
						t.Errorf("map %s does not come when it is chosen", m)
					}
					b.shoot(p.name + "-" + w.name + "-" + m)
				}
				for _, c := range b.complaints(p.file) {
					t.Error(c)
				}
			})
		}
	}
}

// Everything is there without JavaScript, and the maps can be switched.
func TestHTMLWithoutScripts(t *testing.T) {
	b := startChromium(t)
	file := page(t, "naive-apt", "demo:naive-apt", analyze.Options{}, nil)
	b.window(file, 1280, 900, "light", false)
	if n := b.number("document.querySelectorAll('#mi a[tabindex]').length"); n != 0 {
		t.Fatalf("the script ran: %d boxes have a tabindex", n)
	}
	for _, m := range []string{"mi", "mp", "mf"} {
		b.eval(fmt.Sprintf("document.getElementById('%s-on').checked = true", m), nil)
		if n := b.number(fmt.Sprintf("document.getElementById('%s').offsetHeight", m)); n < 100 {
			t.Errorf("map %s is %d pixels high", m, n)
		}
	}
	b.shoot("no-scripts")
	b.do("Emulation.setEmulatedMedia", with{"media": "print"}, nil)
	if n := b.number("document.querySelector('nav').offsetHeight + document.querySelector('.switch').offsetHeight"); n != 0 {
		t.Error("what can only be clicked is printed")
	}
	b.shoot("print")
	for _, c := range b.complaints(file) {
		t.Error(c)
	}
}

// The keyboard reaches everything: the skip link first, the switch between the
// maps, every box of a map in order, and what a box leads to.
func TestHTMLByKeyboard(t *testing.T) {
	b := startChromium(t)
	file := page(t, "naive-apt", "demo:naive-apt", analyze.Options{}, nil)
	b.window(file, 1280, 900, "light", true)
	at := func() string { return b.text("document.activeElement.id || document.activeElement.className") }

	b.press("Tab")
	if got := at(); got != "skip" {
		t.Errorf("the first Tab leads to %q, not to the skip link", got)
	}
	if x := b.number("Math.round(document.activeElement.getBoundingClientRect().left)"); x < 0 {
		t.Error("the skip link cannot be seen when it has the focus")
	}
	for range 50 {
		if b.press("Tab"); at() == "mi-on" {
			break
		}
	}
	if got := at(); got != "mi-on" {
		t.Fatalf("Tab does not reach the switch of the maps, but %q", got)
	}
	for _, want := range []string{"mp", "mf", "mi"} {
		b.press("ArrowRight")
		if got := at(); got != want+"-on" {
			t.Errorf("the arrow key chooses %q, want %q", got, want+"-on")
		}
		if n := b.number(fmt.Sprintf("document.getElementById('%s').offsetHeight", want)); n == 0 {
			t.Errorf("the map %s does not come", want)
		}
	}
	for _, m := range []string{"mi", "mp", "mf"} {
		b.eval(fmt.Sprintf("document.getElementById('%s-on').click(); document.getElementById('%s-on').focus()", m, m), nil)
		b.press("Tab")
		count := b.number(fmt.Sprintf("document.querySelectorAll('#%s a').length", m))
		if count < 3 {
			t.Fatalf("map %s has %d boxes", m, count)
		}
		for i := range count {
			if got, want := at(), fmt.Sprintf("%s%d", m, i); got != want {
				t.Fatalf("box %d of the map: the focus is on %q, want %q", i, got, want)
			}
			if label, said := b.text("document.activeElement.getAttribute('aria-label')"), b.text(fmt.Sprintf("document.querySelector('#%s-view .said').textContent", m)); label == "" || said != label {
				t.Errorf("box %d is labelled %q, and the line below says %q", i, label, said)
			}
			if w := b.text("getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"); w != "solid3px" {
				t.Errorf("box %d shows its focus by an outline of %q", i, w)
			}
			b.press("ArrowRight")
		}
		b.press("Home")
		if got := at(); got != m+"0" {
			t.Errorf("Home leads to %q", got)
		}
		b.press("ArrowDown")
		down := at()
		if down == m+"0" {
			t.Error("ArrowDown stays where it is")
		}
		if m != "mi" && b.number("Math.round(document.activeElement.getBoundingClientRect().top)") <= b.number(fmt.Sprintf("Math.round(document.getElementById('%s0').getBoundingClientRect().top)", m)) {
			t.Errorf("ArrowDown leads to %q, which is not below", down)
		}
		b.press("ArrowUp")
		if got := at(); got == down {
			t.Error("ArrowUp stays where it is")
		}
		b.press("End")
		if got, want := at(), fmt.Sprintf("%s%d", m, count-1); got != want {
			t.Errorf("End leads to %q, want %q", got, want)
		}
		b.shoot("focus-" + m)
		b.press("ArrowLeft")
		b.press("Tab")
		if strings.HasPrefix(at(), m) {
			t.Errorf("Tab does not leave the map %s: the focus is on %q", m, at())
		}
	}
	// A box leads to the row of its package, which is unfolded for it.
	b.eval("document.getElementById('mp-on').click(); document.getElementById('mp0').focus()", nil)
	b.press("Enter")
	to := b.text("location.hash.slice(1)")
	if to == "" || b.number(fmt.Sprintf("document.getElementById('%s').offsetHeight", to)) == 0 {
		t.Errorf("Enter on a box leads to %q, which is not to be seen", to)
	}
	// The button copies what the edit makes of the instruction, without its marks.
	b.eval("navigator.clipboard.writeText = async (text) => { window.copied = text; }; document.querySelector('.copy').focus()", nil)
	b.press("Enter")
	if got, want := b.text("window.copied"), "RUN apt-get install -y --no-install-recommends python3-pip\n"; got != want {
		t.Errorf("the button copies %q, want %q", got, want)
	}
	// A finding opens and closes.
	b.eval("document.querySelectorAll('.finding > summary')[0].focus()", nil)
	before := b.text("String(document.querySelector('.finding').open)")
	b.press("Enter")
	if after := b.text("String(document.querySelector('.finding').open)"); after == before {
		t.Error("Enter does not fold a finding")
	}
	for _, c := range b.complaints(file) {
		t.Error(c)
	}
}

// tooWide names elements that end beyond the window.
const tooWide = `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(e).position !== "absolute")
	.slice(0, 8).map(e => e.tagName + "." + e.className).join(", ")`

// cutOff lists texts that are wider than their element, which hides the rest
// and does not say so.
const cutOff = `[...document.querySelectorAll("body *")].filter(e => {
	const s = getComputedStyle(e);
	return e.checkVisibility() && s.overflowX !== "visible" && s.textOverflow !== "ellipsis" && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
		&& [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
}).slice(0, 8).map(e => e.tagName + "." + e.className + ": " + e.textContent.slice(0, 60)).join("\n")`

// unreadable lists texts whose colour is too near to what is behind them (WCAG
// 2.2, 1.4.3). What stripes are behind is for the palette's own test.
const unreadable = `(() => {
	const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
	const rgb = (c) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
	const light = (c) => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
	const found = [];
	for (const e of document.querySelectorAll("body *")) {
		if (!e.checkVisibility() || ![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
		let at = e, back = [0, 0, 0, 0];
		for (; at && back[3] < 255; at = at.parentElement) back = rgb(getComputedStyle(at).backgroundColor);
		const a = light(rgb(getComputedStyle(e).color)), b = light(back);
		const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (contrast < 4.5) found.push(contrast.toFixed(2) + " " + e.tagName + "." + e.className + ": " + e.textContent.slice(0, 40));
	}
	return found.slice(0, 8).join("\n");
})()`
