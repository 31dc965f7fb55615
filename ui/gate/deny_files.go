package gate

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// DenyPaths is a pattern of paths (see Glob) that no layer may contain. Deleting a file in a
// later layer does not help: it is still pulled, and everyone who pulls the image can read it.
type DenyPaths string

// DenyPackages is a pattern of names of packages that must not be installed.
type DenyPackages string

// Name implements Bound.
func (DenyPaths) Name() string { return NameDenyPaths }

// Name implements Bound.
func (DenyPackages) Name() string { return NameDenyPackages }

// CheckPattern reports an error where a pattern of names cannot be read.
func CheckPattern(pattern string) error {
	if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
		return fmt.Errorf("it takes %s", Takes(NameDenyPackages))
	}
	return nil
}

// ofScope reports whether a limit of the scope looks at a layer.
func (s *scale) ofScope(layer int) bool {
	return s.scope == model.ScopeAll || layer < 0 || layer >= len(s.report.Layers) || !s.report.Layers[layer].Inherited
}

// blame finds or adds the contribution of a layer's instruction.
func (s *scale) blame(list []model.Contribution, layer int) ([]model.Contribution, *model.Contribution) {
	for i := range list {
		if *list[i].Layer == layer {
			return list, &list[i]
		}
	}
	c := model.Contribution{Layer: model.Ptr(layer)}
	if layer >= 0 && layer < len(s.report.Layers) {
		l := &s.report.Layers[layer]
		c.Instruction, c.Inherited = l.Instruction, l.Inherited
		if at := l.Instruction; at != nil && *at >= 0 && *at < len(s.report.Instructions) {
			c.Location = s.report.Instructions[*at].Location
		}
	}
	list = append(list, c)
	return list, &list[len(list)-1]
}

func (b DenyPaths) judge(s *scale) (model.Threshold, error) {
	glob, err := ParseGlob(string(b))
	if err != nil {
		return model.Threshold{}, err
	}
	tree := s.report.Tree
	if tree == nil {
		return model.Threshold{}, fmt.Errorf("looking for %s needs the image's files, which the saved report of %s lacks; save it with --files, or name the image", b, s.report.Image.Reference)
	}
	t := model.Threshold{Rule: string(b), Scope: s.scope, Limit: "none", Reason: "nothing is there", Figure: "none"}
	files, bytes, hidden := 0, int64(0), -1
	for id := range tree.Records {
		r := &tree.Records[id]
		if r.Kind == model.Implied || r.Kind == model.Whiteout || r.Kind == model.Opaque || !s.ofScope(int(r.Layer)) {
			continue
		}
		name := tree.Path(r.Node)
		if !glob.Match(name) {
			continue
		}
		var c *model.Contribution
		t.Contributions, c = s.blame(t.Contributions, int(r.Layer))
		c.Bytes += r.Size.Bytes()
		if len(c.Paths) < maxContributions {
			c.Paths = append(c.Paths, model.Part{Name: name, Bytes: r.Size.Bytes()})
		}
		files, bytes = files+1, bytes+r.Size.Bytes()
		if r.Kind == model.File && r.HiddenBy != model.StillThere && hidden < 0 {
			hidden = int(r.HiddenBy)
		}
	}
	t.Passed = files == 0
	if t.Passed {
		return t, nil
	}
	t.Contributions = most(t.Contributions)
	t.Figure = display.Plural(files, "path") + ", " + display.Bytes(bytes)
	t.Reason = s.contribution(&t.Contributions[0], false)
	if hidden >= 0 && hidden < len(s.report.Layers) {
		t.Reason += "; " + s.step(s.report.Layers[hidden].Instruction, &hidden) + " deletes it, but it is still pulled"
	}
	return t, nil
}

func (b DenyPackages) judge(s *scale) (model.Threshold, error) {
	t := model.Threshold{Rule: string(b), Scope: s.scope, Limit: "none", Reason: "none is installed", Figure: "none"}
	count, bytes := 0, int64(0)
	for i := range s.report.Packages {
		p := &s.report.Packages[i]
		if ok, err := path.Match(string(b), p.Name); err != nil || !ok || !s.ofScope(p.Layer) {
			continue
		}
		var c *model.Contribution
		t.Contributions, c = s.blame(t.Contributions, p.Layer)
		c.Bytes += p.Bytes
		c.Packages = append(c.Packages, model.Part{Name: p.Name, Bytes: p.Bytes})
		count, bytes = count+1, bytes+p.Bytes
	}
	t.Passed = count == 0
	if t.Passed {
		return t, nil
	}
	for i := range t.Contributions {
		c := &t.Contributions[i]
		slices.SortStableFunc(c.Packages, func(a, b model.Part) int { return cmp.Compare(b.Bytes, a.Bytes) })
		c.Packages = c.Packages[:min(len(c.Packages), 2*maxContributions)]
	}
	t.Contributions = most(t.Contributions)
	t.Figure = display.Plural(count, "package") + ", " + display.Bytes(bytes)
	t.Reason = s.contribution(&t.Contributions[0], false)
	return t, nil
}
