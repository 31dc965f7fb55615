package fix

import (
	"path"
	"strings"

	"github.com/tare-oci/tare/model"
)

// outcome counts what the new image has of the file versions of the build
// stage's layers: what COPY takes along, the packages that stay, and of the books
// that package managers keep as much as those packages are of all.
func (s *stage) outcome() *staged {
	t := s.tree
	out := &staged{gone: make([]bool, len(t.Records)), only: make([]bool, len(s.p.report.Findings))}
	stays := make([]bool, len(t.Records))
	for _, it := range s.items {
		s.take(it.node, stays, make(map[model.RecordID]bool), out)
	}
	managed := s.installsAny()
	for id := t.Starts[s.ownLayer]; id < t.Starts[s.lastLayer+1]; id++ {
		r := &t.Records[id]
		if r.Kind != model.File || stays[id] {
			continue
		}
		if now, ok := t.At(r.Node, s.lastLayer); !ok || t.Content(now) != model.RecordID(id) {
			continue
		}
		switch s.steps[s.maker[r.Layer]].kind {
		case account:
			stays[id] = true
		case installs, mixed:
			if managed {
				stays[id] = s.stays(model.RecordID(id), out)
			}
		}
	}
	for id := t.Starts[s.ownLayer]; id < t.Starts[s.lastLayer+1]; id++ {
		out.gone[id] = t.Records[id].Kind == model.File && !stays[id]
	}
	return out
}

// take notes what a COPY takes along at and below a node. What another COPY took
// before, and what the base image holds, is there twice then.
func (s *stage) take(n model.NodeID, stays []bool, seen map[model.RecordID]bool, out *staged) {
	if id, ok := s.tree.At(n, s.lastLayer); ok {
		content := s.tree.Content(id)
		if r := &s.tree.Records[content]; r.Kind == model.File && !seen[content] {
			seen[content] = true
			if stays[content] || int(r.Layer) < s.ownLayer {
				out.extra += r.Size.Bytes()
			}
			stays[content] = true
		}
	}
	for c := range s.tree.Children(n) {
		s.take(c, stays, seen, out)
	}
}

// stays says whether the new stage's install writes a file, too, that a RUN which
// installs packages wrote.
func (s *stage) stays(id model.RecordID, out *staged) bool {
	r := &s.tree.Records[id]
	if at := s.owner(id); at >= 0 {
		return s.kept[at]
	}
	name := s.tree.Path(r.Node)
	dir, base := path.Split(name)
	switch {
	case !systemPath(name) || below(name, []string{"var/lib/apt/lists", "tmp", "var/tmp"}):
		return false
	case dir == "var/lib/dpkg/info/":
		of, _, _ := strings.Cut(strings.TrimSuffix(base, path.Ext(base)), ":")
		for i := range s.p.report.Packages {
			if s.p.report.Packages[i].Name == of {
				return s.kept[i]
			}
		}
	case path.Base(path.Dir(name)) == "__pycache__":
		module, _, _ := strings.Cut(base, ".")
		if source, ok := s.tree.Lookup(path.Join(path.Dir(path.Dir(name)), module+".py")); ok {
			if id, ok := s.tree.At(source, s.lastLayer); ok && s.owner(id) >= 0 {
				return s.kept[s.owner(id)]
			}
		}
	case below(name, []string{"var/lib/dpkg", "var/log", "var/lib/apt", "var/cache/debconf"}):
		base := int64(0)
		if before, ok := s.tree.At(r.Node, s.ownLayer-1); ok {
			base = s.tree.Records[before].Size.Bytes()
		}
		out.extra -= r.Size.Bytes() - base - s.share(r.Size.Bytes()-base)
	}
	return true
}

// share is as much of bytes as the packages that stay are of all that came.
func (s *stage) share(bytes int64) int64 {
	all, stay := int64(0), int64(0)
	for i := range s.p.report.Packages {
		if layer := s.p.report.Packages[i].Layer; layer >= s.ownLayer && layer <= s.lastLayer {
			all++
			if s.kept[i] {
				stay++
			}
		}
	}
	return share(bytes, stay, all)
}

// predictStaged adds to a prediction what a build stage saves: the file versions
// that the new image does without, each counted once, whoever else saves it.
func (out *Result) predictStaged(r *model.Report) {
	if out.staged == nil {
		return
	}
	var bytes, pull int64
	goneOf := make([]int64, len(r.Findings))
	for i, gone := range out.staged.gone {
		if !gone {
			continue
		}
		record := &r.Tree.Records[i]
		bytes += record.Size.Bytes()
		pull += max(record.Compressed.Bytes(), 0)
		if int(record.Finding()) < len(goneOf) {
			goneOf[record.Finding()] += record.Size.Bytes()
		}
	}
	bytes -= out.staged.extra
	for i := range r.Findings {
		f := &r.Findings[i]
		if !out.Saved[i] || out.staged.only[i] {
			continue
		}
		if rest := out.bytesOf(r, i) - goneOf[i]; rest > 0 {
			bytes += rest
			if f.CompressedBytes != nil {
				pull += share(*f.CompressedBytes, rest, f.Bytes)
			}
		}
	}
	out.SavedBytes, out.Size = bytes, r.Image.Size-bytes
	if whole := r.Image.CompressedSize; whole != nil {
		out.SavedPullBytes, out.PullSize = &pull, model.Ptr(*whole-pull)
	}
}
