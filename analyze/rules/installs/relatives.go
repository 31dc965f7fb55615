package installs

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// families are kinds of packages that are modules of a language: application code
// imports one because a package of its own kind brought it.
var families = []string{"python3-*", "php*-*", "ruby-*", "r-cran-*", "r-bioc-*", "lib*-perl", "lua-*", "node-*", "golang-*-dev", "gstreamer1.0-*", "gir1.2-*", "octave-*", "elpa-*"}

// beside are packages of a family that no application needs: what comes with sources, what runs
// the tests of a module, and what makes another faster.
const beside = "*-dev *-doc *-dbg *-examples *-tests python3-pytest python3-pytest-* python3-nose python3-nose2 python3-mock python3-coverage python3-bottleneck python3-numexpr ruby-minitest ruby-rspec* ruby-test-unit libtest-*-perl"

// listed is how many modules of Python an install names whose author lists what is imported.
const listed = 3

// loaded are the modules that modules of Python load by themselves, for a format, a protocol or a
// parser that code asks for: nobody imports those by name. See "Optional dependencies" in the
// documentation of pandas, Flask, HTTPX, Uvicorn, NetworkX and xarray, and "Installing a parser" in
// that of Beautiful Soup.
var loaded = map[string]string{
	"python3-bs4":      "python3-lxml python3-html5lib python3-chardet",
	"python3-flask":    "python3-asgiref python3-dotenv python3-blinker",
	"python3-pandas":   "python3-lxml python3-openpyxl python3-odf python3-xlrd python3-xlwt python3-xlsxwriter python3-jinja2 python3-matplotlib python3-tables python3-bs4 python3-html5lib python3-scipy",
	"python3-markdown": "python3-pygments python3-yaml",
	"python3-httpx":    "python3-h2 python3-socksio python3-brotli",
	"python3-uvicorn":  "python3-httptools python3-uvloop python3-websockets python3-wsproto python3-dotenv python3-watchfiles",
	"python3-networkx": "python3-numpy python3-scipy",
	"python3-xarray":   "python3-netcdf4 python3-h5netcdf python3-scipy python3-zarr python3-dask",
}

// relatives keeps the modules of a language that modules named in the install recommend, where
// application code may import them.
func (k *keeper) relatives() {
	for i := range k.Packages {
		p := &k.Packages[i]
		if !k.gone[i] || p.NeededBy != "" || matchesAny(beside, p.Name) {
			continue
		}
		for _, by := range p.RecommendedBy {
			if !slices.Contains(k.typed, by) || by == "python3-pip" || by == "python-pip" {
				continue
			}
			if !slices.ContainsFunc(families, func(f string) bool { return matches(f, p.Name) && matches(f, by) }) {
				continue
			}
			if strings.HasPrefix(p.Name, "python3-") {
				k.keep(i, k.imported(i, by))
				continue
			}
			if strings.HasPrefix(p.Name, "gstreamer1.0-") {
				k.keep(i, k.elements(i))
				continue
			}
			k.keep(i, "code that imports "+by+" may import it")
		}
	}
}

// screens are packages of elements that draw on a screen. gstreamer1.0-x is none of them: it has the
// overlays of text, too.
const screens = "gstreamer1.0-gl gstreamer1.0-gtk3 gstreamer1.0-qt5 gstreamer1.0-qt6"

// elements says why a package of GStreamer's elements stays, "" where it does not: a pipeline names
// elements, and those that draw need a screen.
func (k *keeper) elements(i int) string {
	if matchesAny(screens, k.Packages[i].Name) {
		return cmp.Or(k.says("DISPLAY", "xvfb", "Xvfb", "imagesink", "autovideosink", "wayland", "weston"), k.people())
	}
	return "a pipeline may name its elements"
}

// imported says what imports a module of Python that another recommends, "" where nothing does
// as far as anybody can tell: a text that is at hand, or code of the image's own, which nobody
// has read. Who lists modules names those that are imported, but not what these load by
// themselves.
func (k *keeper) imported(i int, by string) string {
	if why := k.importing(k.modules(i)); why != "" {
		return why
	}
	typed := 0
	for _, name := range k.typed {
		if strings.HasPrefix(name, "python3-") && !matchesAny("python3-pip python3-venv python3-setuptools python3-wheel python3-dev", name) {
			typed++
		}
	}
	if !k.hasOwnPython() && !k.startsPython() && k.people() == "" {
		return ""
	}
	if typed >= listed {
		if matchesAny(loaded[by], k.Packages[i].Name) {
			return by + " loads it for some of what it does"
		}
		return ""
	}
	return "code that imports " + by + " may import it"
}

// importing returns where a text imports one of the modules, "" where none does.
func (f *facts) importing(modules []string) string {
	if len(modules) == 0 {
		return ""
	}
	for _, t := range f.texts {
		before := ""
		for word := range strings.FieldsFuncSeq(strings.ReplaceAll(t.text, ",", " import "), isBoundary) {
			name, _, _ := strings.Cut(word, ".")
			if (before == "import" || before == "from" || before == "-m") && slices.Contains(modules, name) {
				return name + " is imported " + f.where(t.at)
			}
			before = word
		}
	}
	return ""
}

// distPackages is where Debian's modules of Python lie.
const distPackages = "usr/lib/python3/dist-packages/"

// modules are the names by which programs import what a package brings.
func (k *keeper) modules(i int) (names []string) {
	if k.Tree == nil || k.Tree.Packages == nil {
		return nil
	}
	for id, record := range k.Tree.Layer(k.Packages[i].Layer) {
		if int(k.Tree.Packages[id]) != i || record.Kind != model.File {
			continue
		}
		rest, ok := strings.CutPrefix(k.Tree.Path(record.Node), distPackages)
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, "/")
		name, _, _ = strings.Cut(name, ".") // of six.py, x.cpython-311.so, x-1.0.egg-info
		if !strings.Contains(name, "-") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// startsPython reports whether the container starts Python, whose code a volume may bring.
func (k *keeper) startsPython() bool {
	return slices.ContainsFunc(k.list, func(c call) bool { return c.at == container && matchesAny("python*", c.Name()) })
}

// hasOwnPython reports whether the image's own instructions brought code of Python that nobody
// has read: sources and scripts that no package owns and no package manager brought.
func (k *keeper) hasOwnPython() bool {
	if k.Tree == nil {
		return true
	}
	for layer := range min(k.Tree.Layers(), len(k.Layers)) {
		if k.Layers[layer].Inherited {
			continue
		}
		for id, record := range k.Tree.Layer(layer) {
			if record.Kind != model.File || record.HiddenBy != model.StillThere || k.Tree.Packages != nil && k.Tree.Packages[id] >= 0 {
				continue
			}
			script := ""
			if f := k.Executables[id]; f != nil && f.IsScript() {
				script = f.Script
			}
			if !strings.HasSuffix(k.Tree.Name(record.Node), ".py") && !strings.Contains(script, "python") {
				continue
			}
			if name := "/" + k.Tree.Path(record.Node); !isForeign(name) && !strings.Contains(name, "/lib/python") && !isKnownTool(path.Base(name)) {
				return true
			}
		}
	}
	return false
}
