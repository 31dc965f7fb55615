package lesson

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/nearest"
	"github.com/tare-oci/tare/analyze/replay"
	"github.com/tare-oci/tare/model"
)

// Verdict is the result of a learner's files.
type Verdict struct {
	// Report is the report on the image; nil if no builder would read the Dockerfile.
	Report *model.Report
	// Unread says why no builder would read the Dockerfile; "" if builders would.
	Unread string
	// Problems are the reasons for which a build would fail, "line N: …". A lesson is not
	// solved while there is one.
	Problems []string
	// Unknown are programs in RUN that the replay has no model of. It does not guess which
	// files they would write, so a lesson is not solved while there is one either.
	Unknown []string
	// Failed are the checks that fail, in the lesson's order.
	Failed []Check

	Figures Figures
}

// Passed reports whether the lesson is solved.
func (v *Verdict) Passed() bool {
	return v.Unread == "" && len(v.Problems) == 0 && len(v.Unknown) == 0 && len(v.Failed) == 0
}

// First is the id of the first check that fails, "" where none does.
func (v *Verdict) First() string {
	switch {
	case v.Unread != "" || len(v.Problems) > 0 || len(v.Unknown) > 0:
		return BuildFails
	case len(v.Failed) > 0:
		return v.Failed[0].ID
	}
	return ""
}

// Say returns one sentence for a learner whose files do not solve the lesson yet: the first
// thing to fix. It returns "" if the lesson is solved.
func (v *Verdict) Say() string {
	switch {
	case v.Unread != "":
		return v.Unread
	case len(v.Problems) > 0:
		return "This would not build. " + upper(v.Problems[0]) + "."
	case len(v.Unknown) > 0:
		meant := ""
		if name := nearest.Name(v.Unknown[0], known); name != "" {
			meant = " Did you mean " + name + "?"
		}
		return fmt.Sprintf("Lessons do not know what %s leaves in an image.%s They know %s and their like.", v.Unknown[0], meant, strings.Join(known[:len(known)-1], ", ")+" and "+known[len(known)-1])
	case len(v.Failed) > 0:
		return v.Failed[0].Else
	}
	return ""
}

// known are the programs that people reach for first, of those that the replay has models of.
var known = []string{"apt-get", "pip", "npm", "gcc", "go", "curl", "tar", "cp", "rm", "chown", "useradd"}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// Judge replays a learner's files and holds the lesson's checks to what comes of it; that
// takes a twentieth of a second. The error is that of a cancelled context, or of tare
// itself.
func Judge(ctx context.Context, l *Lesson, files Files) (*Verdict, error) {
	v := &Verdict{}
	text := []byte(files[dockerfile])
	if len(bytes.TrimSpace(text)) == 0 {
		v.Unread = "The Dockerfile is empty."
		return v, nil
	}
	img, err := replay.Replay(text, replay.Options{Context: l.context(files)})
	if err != nil {
		v.Unread = "No builder reads this Dockerfile: " + err.Error() + "."
		return v, nil
	}
	v.Problems, v.Unknown = img.Problems, img.Unmodelled
	report, err := analyzed(ctx, l, img, text)
	if err != nil {
		return nil, err
	}
	v.Report = report
	m := &made{report: report, image: figuresOf(report), again: func(p string) (int64, bool) { return again(img, p) }}
	v.Figures = Figures{now: m.image}
	for _, c := range l.Checks {
		if !c.test(m) {
			v.Failed = append(v.Failed, c)
		}
	}
	return v, nil
}

// analyzed counts the image like any other.
func analyzed(ctx context.Context, l *Lesson, img *replay.Image, text []byte) (*model.Report, error) {
	archive, err := img.Archive()
	if err != nil {
		return nil, fmt.Errorf("lesson %s: %w", l.Name, err)
	}
	m := analyze.InMemory{Name: l.Name, Archive: archive, Size: archive.Size(), Dockerfile: text}
	report, err := count(ctx, m)
	if err != nil && ctx.Err() == nil {
		// A half-typed instruction may not be recognised in the history. Without the
		// file the image is counted all the same; only the lines are missing.
		m.Dockerfile = nil
		report, err = count(ctx, m)
	}
	if err != nil {
		return nil, fmt.Errorf("lesson %s: %w", l.Name, err)
	}
	return report, nil
}

// count analyses an image in memory.
func count(ctx context.Context, m analyze.InMemory) (*model.Report, error) {
	h, err := analyze.OpenInMemory(ctx, m, analyze.Options{})
	if err != nil {
		return nil, err
	}
	defer h.Close()
	result, err := h.Analyze(ctx)
	if err != nil {
		return nil, err
	}
	return result.Report, nil
}

// again returns how many bytes of layers are built and pulled again when a file of the context
// changes. It returns false if no instruction copies the file.
func again(img *replay.Image, p string) (bytes int64, copied bool) {
	for _, layer := range img.Layers {
		if layer.Took[p] {
			copied = true
			for _, e := range layer.Entries {
				bytes += e.Size()
			}
		}
	}
	return bytes, copied
}

// visible reports whether a container finds a file or directory at the path.
func (m *made) visible(p string) bool {
	tree := m.report.Tree
	node, ok := tree.Lookup(strings.Trim(p, "/"))
	if !ok {
		return false
	}
	_, ok = tree.Visible(node)
	return ok
}

// attributes are the owner and mode of what a container sees at the path.
func (m *made) attributes(p string) (model.Attributes, bool) {
	tree := m.report.Tree
	node, ok := tree.Lookup(strings.Trim(p, "/"))
	if !ok {
		return model.Attributes{}, false
	}
	id, ok := tree.Visible(node)
	if !ok {
		return model.Attributes{}, false
	}
	return tree.Attributes(&tree.Records[id]), true
}

// anywhere reports whether any layer contains the path, even if a later layer deletes it.
func (m *made) anywhere(p string) bool {
	_, ok := m.report.Tree.Lookup(strings.Trim(p, "/"))
	return ok
}

func (m *made) installed(name string) bool {
	return slices.ContainsFunc(m.report.Packages, func(p model.Package) bool { return p.Name == name })
}
