package html_test

import (
	"context"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/html"
	"github.com/tare-oci/tare/ui/report/view"
)

// windows are the sizes and schemes a page has to look well in.
var windows = []struct {
	name          string
	width, height int
	scheme        string
}{
	{"wide-light", 1280, 900, "light"},
	{"wide-dark", 1280, 900, "dark"},
	{"phone-light", 390, 844, "light"},
	{"phone-dark", 390, 844, "dark"},
	{"narrow", 320, 640, "light"},
	{"tablet", 768, 1024, "dark"},
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

// Page writes the report of an image to a file and returns its path.
func Page(t *testing.T, name, reference string, opt analyze.Options, check *model.Check) string {
	t.Helper()
	r, err := analyze.Image(context.Background(), reference, opt)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, name, r, check)
}

func written(t *testing.T, name string, r *model.Report, check *model.Check) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name+".html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	paths := view.Paths{Dir: t.TempDir(), Root: t.TempDir()}
	if r.Dockerfile != nil {
		paths.Dir = filepath.Dir(r.Dockerfile.File)
		paths.Root = paths.Dir
	}
	if err := (html.Page{Paths: paths, Check: check}).Write(f, r); err != nil {
		t.Fatal(err)
	}
	return file
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
		{"naive-apt", Page(t, "naive-apt", "demo:naive-apt", analyze.Options{Dockerfile: dockerfile}, failedGate)},
		{"node-app", Page(t, "node-app", "demo:node-app", analyze.Options{}, nil)},
		{"multi-stage", Page(t, "multi-stage", "demo:multi-stage", analyze.Options{}, &model.Check{Passed: true, Scope: model.ScopeAll, Thresholds: failedGate.Thresholds[1:]})},
		{"hostile", written(t, "hostile", hostileReport(t), nil)},
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
				if small := b.text(untouchable); w.width < 600 && small != "" {
					t.Errorf("too small for a finger:\n%s", small)
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
				if small := b.text(untouchable); w.width < 600 && small != "" {
					t.Errorf("unfolded: too small for a finger:\n%s", small)
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

// A box of the map is striped as far as it is waste and dotted as far as it is
// the base image's, in both schemes.
func TestHTMLBoxesAreDrawn(t *testing.T) {
	b := startChromium(t)
	file := Page(t, "naive-apt", "demo:naive-apt", analyze.Options{}, nil)
	for _, w := range windows[:4] {
		b.window(file, w.width, w.height, w.scheme, true)
		b.eval("document.getElementById('mf-on').click()", nil)
		for _, kind := range []string{"wasted", "inherited"} {
			for _, all := range []bool{true, false} {
				box := fmt.Sprintf("[...document.querySelectorAll('#mf .box')].find(e => e.offsetWidth > 40 && e.offsetHeight > 40 && (%t ? e.dataset.%[2]s === e.dataset.bytes && (e.dataset.wasted === '0' || '%[2]s' === 'wasted') : e.dataset.%[2]s === '0'))", all, kind)
				img := b.see(box)
				seen := 0.0
				for _, name := range map[string][]string{"wasted": {"--stripe", "--waste"}, "inherited": {"--dot", "--base"}}[kind] {
					var want color.RGBA
					b.eval(fmt.Sprintf("(() => { const n = parseInt(getComputedStyle(document.documentElement).getPropertyValue('%s').trim().slice(1), 16); return {R: n >> 16, G: n >> 8 & 255, B: n & 255, A: 255}; })()", name), &want)
					for x := range img.Bounds().Dx() {
						for y := range img.Bounds().Dy() {
							if color.RGBAModel.Convert(img.At(x, y)) == want {
								seen++
							}
						}
					}
				}
				if part := seen / float64(img.Bounds().Dx()*img.Bounds().Dy()); part > 0.4 != all {
					t.Errorf("%s: of a box that is all %s (%t) %.2f is drawn so: %s", w.name, kind, all, part, b.text(box+".getAttribute('aria-label')"))
				}
			}
		}
	}
}

// Everything is there without JavaScript, and the maps can be switched.
func TestHTMLWithoutScripts(t *testing.T) {
	b := startChromium(t)
	file := Page(t, "naive-apt", "demo:naive-apt", analyze.Options{}, nil)
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

// untouchable lists what is to be tapped and is less than 24 pixels high or wide
// (WCAG 2.2, 2.5.8), or less than 40 where it stands alone. Links in a sentence
// and the boxes of a map, which are also rows of a table, may be smaller.
const untouchable = `[...document.querySelectorAll("a, button, summary, label")].filter(e => {
	if (!e.checkVisibility() || e.matches(".skip, .map *, .aside *")) return false;
	const r = e.getBoundingClientRect(), alone = e.matches("nav a, button, summary, label");
	return r.height < (alone ? 40 : 24) || r.width < 24;
}).slice(0, 8).map(e => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().height) + ": " + e.textContent.slice(0, 40)).join("\n")`

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
