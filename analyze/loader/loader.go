// Package loader finds the files in an image that a program needs to start: its dynamic
// loader, the shared libraries it is linked with, and the libraries that those need.
//
//	missing := loader.New(tree, layer, programs).Missing("usr/bin/app", env)
//
// A loader's search path is where it looks for a library: the directories that the program
// names (RPATH, RUNPATH), those in the variable LD_LIBRARY_PATH, those in the loader's own
// configuration, and the built-in ones (ld.so(8) for glibc; musl reads
// /etc/ld-musl-ARCH.path). Directories in glibc's configuration count only after ldconfig
// has written them to /etc/ld.so.cache.
//
// A View is the filesystem as it is after one layer. It reads only the tree and what the scan
// noted about programs. It remembers the libraries' names after the first question, and is
// not safe for concurrent use. Whole images test it, in loader_test.go of package analyze.
package loader

import (
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/executable"
	"github.com/tare-oci/tare/model"
)

// View is an image's filesystem after a layer.
type View struct {
	tree     *model.Tree
	layer    int
	programs map[model.RecordID]*executable.File
	byName   map[string][]model.NodeID // of what may be a shared library
}

// New returns a view of a tree after a layer. programs are what the scan noted.
func New(t *model.Tree, layer int, programs map[model.RecordID]*executable.File) *View {
	return &View{tree: t, layer: layer, programs: programs}
}

// maxLinks bounds the symbolic links of one path, as Linux does (path_resolution(7)),
// maxSteps how deep a path may be.
const maxLinks, maxSteps = 40, 256

// Resolve follows the symbolic links of an absolute path. It returns the record at its
// end and the path of that without leading slash, and reports whether there is one.
func (v *View) Resolve(name string) (id model.RecordID, at string, ok bool) {
	todo := strings.Split(strings.Trim(path.Clean("/"+name), "/"), "/")
	node, links := model.Root, 0
	id = model.NoRecord
	for len(todo) > 0 {
		if len(todo) > maxSteps {
			return id, "", false
		}
		child, found := v.child(node, todo[0])
		todo = todo[1:]
		if !found {
			return id, "", false
		}
		if id, found = v.tree.At(child, v.layer); !found {
			return id, "", false
		}
		content := &v.tree.Records[v.tree.Content(id)]
		if content.Kind != model.Symlink {
			node, at = child, path.Join(at, v.tree.Name(child))
			continue
		}
		if links++; links > maxLinks {
			return id, "", false
		}
		target := v.tree.LinkText(content)
		if !path.IsAbs(target) {
			target = path.Join("/", at, target)
		}
		if target = strings.Trim(path.Clean(target), "/"); target != "" {
			todo = append(strings.Split(target, "/"), todo...)
		}
		node, at = model.Root, ""
	}
	return id, at, id != model.NoRecord
}

// child finds the node of a name in a directory.
func (v *View) child(dir model.NodeID, name string) (model.NodeID, bool) {
	for c := range v.tree.Children(dir) {
		if string(v.tree.NameBytes(c)) == name {
			return c, true
		}
	}
	return 0, false
}

// Program returns what the scan noted of the file that a record leads to, nil where
// that is nothing.
func (v *View) Program(id model.RecordID) *executable.File {
	if id == model.NoRecord {
		return nil
	}
	return v.programs[v.tree.Content(id)]
}

// Place is where a file is.
type Place struct {
	Record model.RecordID // at the end of the links
	Path   string         // without leading slash, before links are followed
	Real   string         // behind them
}

// Named returns the files that have a library's name, anywhere in the image.
func (v *View) Named(library string) (places []Place) {
	if v.byName == nil {
		v.byName = make(map[string][]model.NodeID)
		for n := range v.tree.Nodes {
			if name := string(v.tree.NameBytes(model.NodeID(n))); strings.Contains(name, ".so") {
				v.byName[name] = append(v.byName[name], model.NodeID(n))
			}
		}
	}
	for _, n := range v.byName[library] {
		if _, ok := v.tree.At(n, v.layer); !ok {
			continue
		}
		name := v.tree.Path(n)
		if id, real, ok := v.Resolve(name); ok && v.tree.Records[v.tree.Content(id)].Kind == model.File {
			places = append(places, Place{id, name, real})
		}
	}
	return places
}

// IsMusl reports whether a loader is musl's.
func IsMusl(interpreter string) bool { return strings.Contains(path.Base(interpreter), "ld-musl") }

// muslNames begin the names of the libraries that musl's loader has built in, whatever
// the program is linked with (musl, ldso/dynlink.c, "reserved").
var muslNames = []string{"libc.", "libpthread.", "librt.", "libm.", "libdl.", "libutil.", "libxnet."}

// BuiltIn reports whether a library is a part of musl's loader.
func BuiltIn(library string) bool {
	for _, name := range muslNames {
		if strings.HasPrefix(library, name) {
			return true
		}
	}
	return false
}

// FromHost reports whether a library belongs to a driver, which the host puts into the
// container when it starts.
func FromHost(library string) bool {
	for _, name := range []string{"libcuda.", "libcudadebugger.", "libnvidia-", "libnvcuvid.", "libnvoptix.", "libGLX_nvidia.", "libEGL_nvidia.", "libGLESv1_CM_nvidia.", "libGLESv2_nvidia.", "libamdhip", "libhsa-runtime", "libdxcore.", "libd3d12.", "linux-vdso.", "linux-gate."} {
		if strings.HasPrefix(library, name) {
			return true
		}
	}
	return false
}
