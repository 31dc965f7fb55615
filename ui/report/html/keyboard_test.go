package html_test

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
)

// The keyboard reaches everything: the skip link first, the switch between the
// maps, every box of a map in order, and what a box leads to.
func TestHTMLByKeyboard(t *testing.T) {
	b := startChromium(t)
	file := Page(t, "naive-apt", "demo:naive-apt", analyze.Options{}, nil)
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
		for _, kind := range []string{".i", ".w", ":not(:has(.w, .i))", ".rest"} {
			if b.text(fmt.Sprintf("(() => { const e = [...document.querySelectorAll('#%s .box')].find(e => e.matches('.rest') ? '%[2]s' === '.rest' : e.querySelector('%[2]s') || '%[2]s'[0] === ':' && e.matches('%[2]s')); e?.focus(); return e ? 'there' : ''; })()", m, kind)) == "" {
				continue
			}
			if got := ringed(b); got != "" {
				t.Errorf("map %s: the focus on a box %s: %s", m, kind, got)
			}
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
	if got, want := b.text("window.copied"), "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends python3-pip \\\n    && rm -rf /var/lib/apt/lists/*\n"; got != want {
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

// ringed looks at what has the focus: each of its edges has to be of the
// outline's colour, two pixels deep at least. It says which is not.
func ringed(b *chromium) string {
	var want color.RGBA
	b.eval(`(() => { const [r, g, b] = getComputedStyle(document.activeElement).outlineColor.match(/[0-9]+/g).map(Number); return {R: r, G: g, B: b, A: 255}; })()`, &want)
	img := b.see("document.activeElement")
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	for name, in := range map[string]func(depth int) image.Point{
		"top": func(d int) image.Point { return image.Pt(w/2, d) }, "bottom": func(d int) image.Point { return image.Pt(w/2, h-1-d) },
		"left": func(d int) image.Point { return image.Pt(d, h/2) }, "right": func(d int) image.Point { return image.Pt(w-1-d, h/2) },
	} {
		deep := 0
		for d := range 6 { // a place between two pixels is rounded
			if at := in(d); color.RGBAModel.Convert(img.At(at.X, at.Y)) == want {
				deep++
			}
		}
		if deep < 2 {
			return fmt.Sprintf("its %s edge is not outlined", name)
		}
	}
	return ""
}

// What is drawn with a name above it opens over the whole map, by the keyboard
// and by a click, the boxes within in proportion, and closes again step by step.
func TestHTMLDirectoriesOpen(t *testing.T) {
	b := startChromium(t)
	file := Page(t, "naive-apt", "demo:naive-apt", analyze.Options{}, nil)
	for _, w := range windows[1:3] {
		b.window(file, w.width, w.height, w.scheme, true)
		b.eval("document.getElementById('mf-on').click()", nil)
		before := b.text(places)
		state := func() string {
			return b.text(`document.activeElement.id + " " + [...document.querySelectorAll("#mf [aria-expanded=true]")].map(e => e.id).join() + " " + document.querySelector("#mf-view .out").hidden`)
		}
		// mf0 is usr/, mf1 is usr/lib/ within it.
		b.eval("document.getElementById('mf0').focus()", nil)
		b.press("Enter")
		if got := state(); got != "mf0 mf0 false" {
			t.Errorf("%s: Enter on a directory leaves %q", w.name, got)
		}
		if got := b.text(astray); got != "" {
			t.Errorf("%s: usr/ is open: %s", w.name, got)
		}
		b.press("ArrowRight")
		b.press("Enter")
		if got := state(); got != "mf1 mf1 false" {
			t.Errorf("%s: Enter on a directory in it leaves %q", w.name, got)
		}
		if got := b.text(astray); got != "" {
			t.Errorf("%s: usr/lib/ is open: %s", w.name, got)
		}
		if cut := b.text(cutOff); cut != "" {
			t.Errorf("%s: texts that are cut without an ellipsis:\n%s", w.name, cut)
		}
		b.press("End")
		if got := b.text("document.activeElement.checkVisibility() && document.activeElement.closest('#mf') ? 'seen' : 'unseen'"); got != "seen" {
			t.Errorf("%s: End leads to a box that is not drawn", w.name)
		}
		b.shoot("open-" + w.name)
		b.press("Escape")
		if got := state(); got != "mf1 mf0 false" {
			t.Errorf("%s: Escape leaves %q", w.name, got)
		}
		b.eval("document.querySelector('#mf-view .out').click()", nil)
		if got := state(); got != "mf0  true" {
			t.Errorf("%s: the button leaves %q", w.name, got)
		}
		b.eval("document.getElementById('mf1').click(); document.getElementById('mf1').click()", nil)
		if got := state(); got != "mf1 mf0 false" {
			t.Errorf("%s: a second click leaves %q", w.name, got)
		}
		b.press("Escape")
		b.eval("document.getElementById('mf0').focus()", nil)
		b.press("Escape")
		if after := b.text(places); after != before {
			t.Errorf("%s: the map is not what it was:\n%s\n%s", w.name, before, after)
		}
		for _, c := range b.complaints(file) {
			t.Error(c)
		}
	}
}

// places says where the boxes of the map by directory are.
const places = `[...document.querySelectorAll("#mf a")].map(e => [e.offsetLeft, e.offsetTop, e.offsetWidth, e.offsetHeight].join()).join(" ")`

// astray lists boxes of an open directory that are not within it, or whose area is
// not in proportion to their bytes, of those that lie in one directory.
const astray = `(() => {
	const found = [], map = document.getElementById("mf").getBoundingClientRect();
	const drawn = [...document.querySelectorAll("#mf a")].filter(e => !e.hidden), top = drawn[0].getBoundingClientRect();
	if (Math.abs(top.width - map.width) > 1 || Math.abs(top.height - map.height) > 1) found.push("it does not fill the map");
	let dir = null, density = 0;
	for (const e of drawn) {
		const r = e.getBoundingClientRect();
		if (r.left < map.left - 1 || r.right > map.right + 1 || r.top < map.top - 1 || r.bottom > map.bottom + 1) found.push(e.textContent + " sticks out");
		if (e.matches(".group")) { dir = null; continue; }
		if (e.matches(".rest") || r.width * r.height < 2000) continue;
		const d = r.width * r.height / e.dataset.bytes;
		if (dir === e.dataset.depth && Math.abs(d / density - 1) > 0.1) found.push(e.textContent + " is out of proportion");
		dir = e.dataset.depth;
		density = d;
	}
	if (drawn.length < 5) found.push(drawn.length + " boxes");
	return found.join("; ");
})()`
