package toolchain

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/language"
	"github.com/tare-oci/tare/model"
)

// loaded are the libraries, by patterns of the names of their Debian packages, that packages of PyPI load by
// their names when a program imports them (ctypes.util.find_library, cffi's dlopen): no file of theirs is
// linked with one, so that nothing else tells. Each package's documentation names what it needs.
var loaded = map[string]string{
	"python-magic": "libmagic1*",
	"filemagic":    "libmagic1*",
	"pyzbar":       "libzbar0*",
	"pylibdmtx":    "libdmtx0*",
	"pyenchant":    "libenchant-*",
	"cairocffi":    "libcairo2",
	"cairosvg":     "libcairo2",
	"weasyprint":   "libpango-1.0-0 libpangoft2-1.0-0 libpangocairo-1.0-0 libharfbuzz-subset0 libgdk-pixbuf-2.0-0 libgdk-pixbuf2.0-0",
	"xcffib":       "libxcb1",
	"rtree":        "libspatialindex-c*",
	"pymediainfo":  "libmediainfo0*",
	"python-vlc":   "libvlc5",
	"python-mpv":   "libmpv[0-9]*",
	"mpv":          "libmpv[0-9]*",
	"soundfile":    "libsndfile1",
	"sounddevice":  "libportaudio2",
	"pyfluidsynth": "libfluidsynth[0-9]*",
	"opuslib":      "libopus0",
	"discord.py":   "libopus0",
	"pyusb":        "libusb-1.0-0 libusb-0.1-4",
	"pyftdi":       "libusb-1.0-0",
	"wand":         "libmagickwand-6.q16-[0-9]* libmagickwand-7.q16-[0-9]*",
	"pyvips":       "libvips[0-9]*",
	"pyopengl":     "libgl1* libglu1-mesa freeglut3 libglut3.12 libosmesa6",
	"pyglet":       "libgl1* libglu1-mesa",
	"pysdl2":       "libsdl2-2.0-0 libsdl2-image-2.0-0 libsdl2-mixer-2.0-0 libsdl2-ttf-2.0-0",
	"gmsh":         "libgl1* libglu1-mesa libxcursor1 libxft2 libxinerama1",
	"psycopg":      "libpq5",
	"ghostscript":  "libgs9 libgs10",
	"camelot-py":   "libgs9 libgs10 ghostscript",
}

// Loaded returns a function that returns which of the installed packages of PyPI loads the library of a package
// of the system by its name, "" for none.
func Loaded(installed []model.Package) func(library string) string {
	type loader struct {
		name     string
		patterns []string
	}
	var loaders []loader
	for i := range installed {
		p := &installed[i]
		if p.Manager != language.Pip {
			continue
		}
		if patterns := loaded[strings.ToLower(strings.ReplaceAll(p.Name, "_", "-"))]; patterns != "" {
			loaders = append(loaders, loader{p.Name, strings.Fields(patterns)})
		}
	}
	return func(library string) string {
		for _, l := range loaders {
			if slices.ContainsFunc(l.patterns, func(pattern string) bool { ok, _ := path.Match(pattern, library); return ok }) {
				return l.name
			}
		}
		return ""
	}
}

// terminals are libraries by which a program opens a terminal for somebody, who runs there what they like: the
// documentation of each says so.
var terminals = []string{"node-pty", "node-pty-prebuilt", "node-pty-prebuilt-multiarch", "@lydell/node-pty", "@homebridge/node-pty-prebuilt-multiarch", "pty.js", "terminado"}

// OpensTerminals returns which of the installed packages opens terminals, "" for none.
func OpensTerminals(installed []model.Package) string {
	for i := range installed {
		if p := &installed[i]; p.Manager != "dpkg" && slices.Contains(terminals, strings.ToLower(p.Name)) {
			return p.Name
		}
	}
	return ""
}
