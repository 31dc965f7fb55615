package fix

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// item is what one COPY --from of the new stage takes along.
type item struct {
	node   model.NodeID
	path   string // without leading slash
	folder bool
}

// maxItems is how many COPY instructions a person would want to read.
const maxItems = 24

// ignored are paths that no container needs from a build: what engines and
// package managers put there comes by itself.
var ignored = []string{"dev", "proc", "sys", "run", ".dockerenv", "etc/hosts", "etc/hostname", "etc/resolv.conf", "etc/mtab", "etc/ld.so.cache", "var/cache/ldconfig", "var/cache/apt", "var/cache/debconf", "var/lib/apt", "var/log", "root/.cache", "root/.wget-hsts", "root/.npm/_logs", "root/.bash_history", "root/.python_history"}

// accountFiles are the files of the user database.
var accountFiles = []string{"etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", "etc/subuid", "etc/subgid", "etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-", "etc/subgid-"}

// copyable are the paths that COPY takes as they are.
var copyable = regexp.MustCompile(`^[A-Za-z0-9._/@+,=~:%-]+$`)

func below(name string, folders []string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		return name == folder || strings.HasPrefix(name, folder+"/")
	})
}

// sum is what lies at and below a node when the build stage ends.
type sum struct {
	made    int   // files and links that the build stage makes
	folders int   // and new folders
	foreign int   // what else is there
	owned   bool  // a package owns some of that
	bytes   int64 // of what else is there
}

func (a *sum) add(b sum) {
	a.made, a.folders, a.foreign, a.bytes = a.made+b.made, a.folders+b.folders, a.foreign+b.foreign, a.bytes+b.bytes
	a.owned = a.owned || b.owned
}

// collect finds the files that the build stage makes and the smallest set of
// folders that holds them.
func (s *stage) collect() string {
	if why := s.checkLayers(); why != "" {
		return why
	}
	sums := make(map[model.NodeID]sum)
	s.sum(model.Root, "", sums)
	if why := s.pick(model.Root, sums); why != "" {
		return why
	}
	if len(s.items) == 0 {
		return "none of the files that are there afterwards comes from a build"
	}
	slices.SortFunc(s.items, func(a, b item) int { return strings.Compare(a.path, b.path) })
	return ""
}

// checkLayers looks for what a layer of the build stage does that copying files
// cannot repeat.
func (s *stage) checkLayers() string {
	for layer := s.ownLayer; layer <= s.lastLayer; layer++ {
		step := &s.steps[s.maker[layer]]
		for _, r := range s.tree.Layer(layer) {
			name := s.tree.Path(r.Node)
			if below(name, ignored) {
				continue
			}
			switch {
			case r.Kind == model.Whiteout || r.Kind == model.Opaque:
				if step.kind != installs && s.inBase(r.Node) && !below(name, []string{"tmp", "var/tmp"}) {
					return fmt.Sprintf("line %d removes /%s, which the base image brings", step.Line, name)
				}
			case step.kind != works && step.kind != brings:
			case name == "var/lib/dpkg/status" || strings.HasPrefix(name, "var/lib/dpkg/status.d/"):
				return fmt.Sprintf("line %d changes the package database", step.Line)
			case slices.Contains(accountFiles, name) && r.Kind == model.File && s.installsAny():
				return fmt.Sprintf("line %d changes /%s, and so do packages", step.Line, name)
			case r.Kind == model.CharDevice || r.Kind == model.BlockDevice || r.Kind == model.Fifo:
				return fmt.Sprintf("line %d makes the device /%s", step.Line, name)
			}
		}
	}
	return ""
}

// installsAny says whether the new stage installs packages.
func (s *stage) installsAny() bool {
	return len(s.words) > 0 || slices.ContainsFunc(s.steps[:s.last+1], func(step stageStep) bool {
		return slices.ContainsFunc(step.packages, func(in aptInstall) bool { return len(in.words) > 0 })
	})
}

// inBase says whether the base image has something at a path.
func (s *stage) inBase(n model.NodeID) bool {
	_, ok := s.tree.At(n, s.ownLayer-1)
	return ok
}

// sum adds up what is at and below a node. It goes down as deep as a tree may be,
// which the scan bounds.
func (s *stage) sum(n model.NodeID, name string, sums map[model.NodeID]sum) (total sum) {
	if n != model.Root {
		id, ok := s.tree.At(n, s.lastLayer)
		if !ok {
			return total
		}
		r := &s.tree.Records[id]
		switch r.Kind {
		case model.Directory, model.Implied:
			if s.makes(id, name) && !s.inBase(n) {
				total.folders++
			}
		default:
			content := &s.tree.Records[s.tree.Content(id)]
			if s.makes(id, name) {
				total.made++
			} else {
				total.foreign++
				total.bytes += content.Size.Bytes()
				total.owned = s.owner(id) >= 0
				if s.harmless(id) {
					total.foreign-- // waste that goes along
				}
			}
		}
	}
	for c := range s.tree.Children(n) {
		child := s.tree.Name(c)
		if name != "" {
			child = name + "/" + child
		}
		total.add(s.sum(c, child, sums))
	}
	if total.made > 0 || total.folders > 0 {
		sums[n] = total
	}
	return total
}

// owner is the package that a record's file belongs to, -1 for none.
func (s *stage) owner(id model.RecordID) int32 {
	if s.tree.Packages == nil {
		return -1
	}
	return s.tree.Packages[id]
}

// makes says whether a visible record is something that the build stage makes
// and no package brings.
func (s *stage) makes(id model.RecordID, name string) bool {
	r := &s.tree.Records[id]
	if int(r.Layer) < s.ownLayer || below(name, ignored) || s.wasted(id) {
		return false
	}
	switch s.steps[s.maker[r.Layer]].kind {
	case works, brings:
		return !strings.Contains(name, "__pycache__") || !systemPath(name)
	case mixed:
		return s.owner(id) < 0 && !systemPath(name) && (r.Kind != model.Directory && r.Kind != model.Implied || name != "usr/local" && !strings.HasPrefix(name, "usr/local/"))
	}
	return false
}

// wasted says whether a record is a file that a finding calls a leftover.
func (s *stage) wasted(id model.RecordID) bool {
	content := &s.tree.Records[s.tree.Content(id)]
	return content.Kind == model.File && content.Verdict == model.Leftover
}

// harmless says of a file that the build stage does not have to copy whether it
// may go along with its folder: other waste than a toolchain.
func (s *stage) harmless(id model.RecordID) bool {
	content := &s.tree.Records[s.tree.Content(id)]
	return s.wasted(id) && int(content.Layer) >= s.ownLayer && s.owner(id) < 0 &&
		int(content.Finding()) < len(s.p.report.Findings) && s.p.report.Findings[content.Finding()].Rule != "build-tools"
}

// pick chooses what to copy at and below a node that holds something made.
func (s *stage) pick(n model.NodeID, sums map[model.NodeID]sum) string {
	total := sums[n]
	name := s.tree.Path(n)
	id, ok := s.tree.At(n, s.lastLayer)
	if n == model.Root {
		ok = true
	} else if kind := s.tree.Records[id].Kind; kind != model.Directory && kind != model.Implied {
		switch {
		case kind == model.Symlink:
			return fmt.Sprintf("/%s is a symbolic link beside files of others, which COPY would follow", name)
		case !copyable.MatchString(name):
			return fmt.Sprintf("the name of %q is not one for COPY", "/"+name)
		}
		s.items = append(s.items, item{n, name, false})
		return s.tooMany()
	}
	if !ok {
		return ""
	}
	var children []model.NodeID
	direct := 0
	for c := range s.tree.Children(n) {
		if below := sums[c]; below.made > 0 || below.folders > 0 {
			children = append(children, c)
			if at, ok := s.tree.At(c, s.lastLayer); ok && s.tree.Records[at].Kind != model.Directory && s.tree.Records[at].Kind != model.Implied {
				direct++
			}
		}
	}
	deep := strings.Contains(name, "/")
	whole := n != model.Root && total.foreign == 0
	merged := deep && !total.owned && !systemPath(name) && len(children) > 6 // with the base image's own
	if whole && (!s.inBase(n) || deep && direct > 0) || merged {
		if !copyable.MatchString(name) {
			return fmt.Sprintf("the name of %q is not one for COPY", "/"+name)
		}
		s.items = append(s.items, item{n, name, true})
		return s.tooMany()
	}
	for _, c := range children {
		if why := s.pick(c, sums); why != "" {
			return why
		}
	}
	return ""
}

func (s *stage) tooMany() string {
	if len(s.items) > maxItems*8 || len(s.copies()) > maxItems {
		return fmt.Sprintf("the build writes to more than %d places", maxItems)
	}
	return ""
}

// folders are the commands that make folders as the build made them, where COPY
// would make them root's, with mode 755.
func (s *stage) folders() (commands []string) {
	for _, it := range s.items {
		if !it.folder {
			continue
		}
		id, _ := s.tree.At(it.node, s.lastLayer)
		a := s.tree.Attributes(&s.tree.Records[id])
		if s.inBase(it.node) || a.Mode == 0o755 && a.UID <= 0 && a.GID <= 0 || a.UID < 0 {
			continue
		}
		commands = append(commands, fmt.Sprintf("install -d -m %o -o %d -g %d /%s", a.Mode, a.UID, a.GID, it.path))
	}
	return commands
}

// copies are the COPY instructions: one a folder, and one for the files that go
// to the same folder.
func (s *stage) copies() (out []string) {
	from := "COPY --from=" + s.buildName() + " "
	for i := 0; i < len(s.items); i++ {
		it := &s.items[i]
		if it.folder {
			out = append(out, from+"/"+it.path+" /"+it.path)
			continue
		}
		dir := path.Dir(it.path)
		line := from + "/" + it.path
		for i+1 < len(s.items) && !s.items[i+1].folder && path.Dir(s.items[i+1].path) == dir {
			i++
			line += " /" + s.items[i].path
		}
		out = append(out, line+" "+path.Join("/", dir)+slash(dir))
	}
	return out
}

// slash ends a folder's name; the root has it already.
func slash(dir string) string {
	if dir == "." {
		return ""
	}
	return "/"
}
