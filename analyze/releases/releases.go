// Package releases puts images of one thing in a row and works out what each of them made
// those pull who had the one before.
//
//	series := releases.New(version)
//	for _, r := range reports { // the oldest first
//		series.Add([]string{"app:1.0"}, r)
//	}
//	table := series.Finish()
//
// What it needs stands in manifests and configs ([analyze.Handle.Describe]); reports whose
// contents were compared (analyze.Options.Contents) also tell what was pulled for nothing. A
// Series keeps one report at a time, so a row can be as long as one likes. It is for one
// goroutine.
package releases

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
)

// Series is a row of releases in the making.
type Series struct {
	out      *model.Releases
	last     *model.Report  // of the newest release that could be read
	sizes    sizes          // what manifests say of layers
	unknown  int            // releases of which nobody knows what a registry sends
	vague    map[int]bool   // lines with a layer of which nobody knows that
	lines    map[string]int // by digest of a layer: its line
	lineOf   []int          // by layer of last: its line
	own      [][]bool       // by line and release: it changed by itself
	weights  [][]int64      // by line and release: what a registry sends of its layer
	anything bool           // an image was read
}

// New begins a row, of a program of some version.
func New(version string) *Series {
	return &Series{vague: make(map[int]bool), lines: make(map[string]int), out: &model.Releases{
		SchemaVersion: model.ReleasesVersion, Tool: model.Tool{Name: "tare", Version: version}, Notes: []string{}, Releases: []model.Release{}, Lines: []model.ReleasedLine{},
	}}
}

// AddFailed puts an image into the row that nothing is known of, and why.
func (s *Series) AddFailed(references []string, reason string) {
	s.out.Releases = append(s.out.Releases, model.Release{References: references, Error: reason})
	s.widen()
}

// Add puts the next release into the row. The report belongs to the row until the next call.
func (s *Series) Add(references []string, r *model.Report) {
	release := model.Release{
		References: references, Digest: r.Image.Digest, Created: r.Image.Created, Platform: r.Image.Platform, Layers: len(r.Layers), CompressedSize: r.Image.CompressedSize,
	}
	s.out.Releases = append(s.out.Releases, release)
	s.sizes.note(s.newest(), r)
	s.widen()
	if r.Image.CompressedSize == nil {
		s.unknown++
	}
	if s.last == nil {
		s.begin(r)
	} else {
		s.follow(r)
	}
	s.last = r
}

// unlisted reports whether nobody knows which layers an image has: engines and standard input list them only
// when they are read.
func unlisted(r *model.Report) bool { return len(r.Layers) == 0 && r.Image.CompressedSize == nil }

// widen gives every line a place for the newest release.
func (s *Series) widen() {
	for i := range s.out.Lines {
		s.out.Lines[i].Pulls = append(s.out.Lines[i].Pulls, 0)
		s.own[i], s.weights[i] = append(s.own[i], false), append(s.weights[i], 0)
	}
}

func (s *Series) newest() int { return len(s.out.Releases) - 1 }

// newLine makes the line of a layer.
func (s *Series) newLine() int {
	n := len(s.out.Releases)
	s.out.Lines = append(s.out.Lines, model.ReleasedLine{Pulls: make([]int64, n)})
	s.own, s.weights = append(s.own, make([]bool, n)), append(s.weights, make([]int64, n))
	return len(s.out.Lines) - 1
}

// begin takes the first release: everybody pulls all of it.
func (s *Series) begin(r *model.Report) {
	at := s.newest()
	s.lineOf = make([]int, len(r.Layers))
	steps := compare.StepsOfLayers(r)
	for layer := range r.Layers {
		line := s.newLine()
		s.lineOf[layer] = line
		s.note(line, steps[layer], &r.Layers[layer])
		s.out.Lines[line].Pulls[at] = s.weights[line][at]
	}
	s.out.Releases[at].PullBytes = r.Image.CompressedSize
}

// note writes down what the newest release says of a line: its step, and what a registry
// sends of its layer.
func (s *Series) note(line int, step model.Step, layer *model.Layer) {
	at := s.newest()
	l := &s.out.Lines[line]
	l.Step, l.Release = step, at
	if layer.CompressedSize != nil {
		s.weights[line][at] = *layer.CompressedSize
	}
	if layer.Digest != nil {
		s.lines[*layer.Digest] = line
	}
}

// follow takes a release that others have gone before.
func (s *Series) follow(r *model.Report) {
	at := s.newest()
	pulls := compare.PullsOf(s.last, r)
	release := &s.out.Releases[at]
	if !unlisted(s.last) && !unlisted(r) {
		release.PullBytes, release.PulledAgainBytes = pulls.Bytes, pulls.AgainBytes
	}
	s.anything = s.anything || pulls.Known
	lineOf, steps := make([]int, len(r.Layers)), compare.StepsOfLayers(r)
	above := false // a line above changed
	for layer := range r.Layers {
		var line int
		if old := pulls.Partner[layer]; old >= 0 {
			line = s.lineOf[old]
		} else {
			line = s.newLine()
		}
		lineOf[layer] = line
		s.note(line, steps[layer], &r.Layers[layer])
		if !pulls.Missing[layer] {
			continue
		}
		if r.Layers[layer].CompressedSize == nil || unlisted(s.last) {
			s.vague[line] = true
		}
		l := &s.out.Lines[line]
		l.Pulls[at] = s.weights[line][at]
		l.Changes++
		again, known := pulls.Again[layer]
		if known {
			if l.Again == nil {
				l.Again = []int64{}
			}
			for len(l.Again) < at {
				l.Again = append(l.Again, 0)
			}
			l.Again = append(l.Again, again)
			if by := pulls.RebuiltBy[layer]; by != nil {
				l.RebuiltBy = by
			}
		}
		if pulls.Known && !known || !pulls.Known && !above {
			l.Own++
			s.own[line][at] = true
		}
		above = true
	}
	s.lineOf = lineOf
}

// Finish ends the row.
func (s *Series) Finish() *model.Releases {
	out := s.out
	out.Read = s.anything
	for i := range out.Lines {
		l := &out.Lines[i]
		if s.anything {
			for len(l.Again) < len(out.Releases) {
				l.Again = append(l.Again, 0)
			}
			l.AgainBytes = new(int64)
		}
		if !s.vague[i] {
			l.Bytes = new(int64)
		}
		for at := range l.Pulls {
			if !s.isFirst(at) && l.Bytes != nil {
				*l.Bytes += l.Pulls[at]
			}
			if s.anything {
				*l.AgainBytes += l.Again[at]
			}
		}
	}
	if s.unknown > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("what a registry sends is not known of %d of the images, as engines do not keep it; name them as registry:NAME to know", s.unknown))
	}
	for _, digest := range s.sizes.settle(out) {
		if line, ok := s.lines[digest]; ok {
			out.Lines[line].Bytes = nil
		}
	}
	s.addUp()
	s.order()
	if out.Order != nil && !s.last.Image.Base.IsTold() {
		out.Notes = append(out.Notes, unsureBase)
	}
	s.sortLines()
	return out
}

// unsureBase is said of an order of which the first lines may be those of the base.
const unsureBase = "the images do not name their base, so that the better order may begin with its lines; --base IMAGE tells tare where your own begin"

// isFirst reports whether a release is the first that could be read.
func (s *Series) isFirst(at int) bool {
	for i := range at {
		if s.out.Releases[i].Error == "" {
			return false
		}
	}
	return true
}

func (s *Series) addUp() {
	pull, again := new(int64), new(int64)
	for at := range s.out.Releases {
		r := &s.out.Releases[at]
		if r.Error != "" || s.isFirst(at) {
			continue
		}
		pull, again = plus(pull, r.PullBytes), plus(again, r.PulledAgainBytes)
	}
	s.out.Totals.PullBytes = pull
	if s.anything {
		s.out.Totals.PulledAgainBytes = again
	}
}

// plus adds figures; one that is not known makes the sum unknown.
func plus(a, b *int64) *int64 {
	if a == nil || b == nil {
		return nil
	}
	return model.Ptr(*a + *b)
}

// sortLines puts the lines into the order of the newest release, and those that went last.
func (s *Series) sortLines() {
	rank := make(map[int]int)
	for layer, line := range s.lineOf {
		rank[line] = layer
	}
	order := make([]int, len(s.out.Lines))
	for i := range order {
		order[i] = i
		if _, there := rank[i]; !there {
			rank[i] = len(s.lineOf) + i
		}
	}
	slices.SortFunc(order, func(a, b int) int { return rank[a] - rank[b] })
	lines, place := make([]model.ReleasedLine, len(order)), make([]int, len(order))
	for to, from := range order {
		lines[to], place[from] = s.out.Lines[from], to
	}
	s.out.Lines = lines
	for i := range s.out.Order {
		s.out.Order[i] = place[s.out.Order[i]]
	}
}
