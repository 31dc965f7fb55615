// Package workspace is where the interface acts on files: the Dockerfile on disk from which the image
// was built, an editor, and a builder.
//
// A [Workspace] knows the file as it was when the image was read, and the changes that were written
// into it since, and so what should be on disk now. Each further change is computed from the original
// file together with the changes written before, so changes may be written in any order. If somebody
// else has changed the file in the meantime, nothing is written ([ErrChanged]).
//
// All methods do I/O. They may be called from any goroutine, but no method twice at the same time.
package workspace

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/act"
)

// Options say what is at hand.
type Options struct {
	// Dockerfile is the file that the user named, "" for none. Then the one in the
	// image's provenance counts, if it lies in the working directory as it is.
	Dockerfile string
	// Command is the command line that built the image, "" where nobody knows it.
	Command string
	// Getenv looks a variable of the environment up.
	Getenv func(string) string
	// Built is told which image a build made: a reference that can be opened.
	Built func(reference string)
	// Lacks is what to say where there is no file.
	Lacks string
}

// Workspace implements what the interface acts through.
type Workspace struct {
	opt Options

	mu     sync.Mutex
	report *model.Report
	result *analyze.Result
	file   string // path of the Dockerfile, "" where there is none to write to
	lacks  string
	edited bool   // the file is not the one that the image was built with
	text   []byte // as the image was read with it
	ignore analyze.IgnoreFile
	made   []state // what was written since, the newest last
	// earlier is what was written before the image was read, the newest last: as long as nobody else
	// has changed the files, it can be undone after a build, too.
	earlier [][]Rewrite
	lost    string // why what was written before that cannot be undone, "" where nothing was
}

// state is what one writing left.
type state struct {
	changes  []string // all that are in the file
	rewrites []Rewrite
	result   *fix.Result
}

// New makes a workspace without an image.
func New(opt Options) *Workspace { return &Workspace{opt: opt, lacks: opt.Lacks} }

// Show takes over an image that was analysed, with the Dockerfile that is on the disk
// now. What was written before is part of that, or was never there.
func (w *Workspace) Show(ctx context.Context, img *source.Image, result *analyze.Result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.file
	if len(w.made) > 0 && isSame(w.report, result.Report) {
		w.earlier, w.lost = nil, readAgain(before) // it was not built with what was written
	} else {
		for i := range w.made {
			w.earlier = append(w.earlier, w.made[i].rewrites)
		}
	}
	if (len(w.earlier) > 0 || len(w.made) > 0) && !w.onDisk() {
		w.earlier, w.lost = nil, wasEdited(before)
	}
	w.report, w.result, w.made = result.Report, result, nil
	w.file, w.text, w.lacks, w.edited = "", nil, w.opt.Lacks, false
	switch {
	case w.opt.Dockerfile != "":
		w.read(w.opt.Dockerfile)
		if d := w.report.Dockerfile; w.file != "" && (d == nil || d.How != model.FromDockerfile) {
			w.edited = true
			w.lacks = fmt.Sprintf("%s was edited since this image was built, so changes cannot be written into it; build the image again with it first", w.file)
		}
	default:
		w.readEmbedded(ctx, img)
	}
	if len(w.earlier) > 0 && w.file != before {
		w.earlier, w.lost = nil, readAgain(before)
	}
}

// isSame reports whether two reports are of one image.
func isSame(a, b *model.Report) bool {
	return a != nil && a.Image.ID != nil && b.Image.ID != nil && *a.Image.ID == *b.Image.ID
}

func readAgain(name string) string {
	return fmt.Sprintf("cannot undo: the image was read again after tare wrote %s", name)
}

func wasEdited(name string) string {
	return fmt.Sprintf("cannot undo: %s was edited after tare wrote it", name)
}

// read takes the file that the user named.
func (w *Workspace) read(name string) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		w.lacks = fmt.Sprintf("%s is no file that can be written; name a Dockerfile with -f", name)
		return
	}
	text, err := os.ReadFile(name)
	if err != nil {
		w.lacks = fmt.Sprintf("%s cannot be read: %v", name, bare(err))
		return
	}
	w.file, w.text = name, append([]byte{}, text...)
	w.ignore, err = analyze.ReadIgnoreFile(name, text, "")
	w.ignore.Unknown = w.ignore.Unknown || err != nil
}

// readEmbedded takes the file that the image's provenance names, if that very text is
// on the disk here.
func (w *Workspace) readEmbedded(ctx context.Context, img *source.Image) {
	if img == nil || img.Provenance == nil {
		return
	}
	name, text, err := fix.Embedded(ctx, img)
	if err != nil {
		return
	}
	name = filepath.FromSlash(name)
	if held, err := os.ReadFile(name); !filepath.IsLocal(name) || err != nil || !bytes.Equal(held, text) {
		w.lacks = fmt.Sprintf("the %s that the image's provenance has is not in this directory; name the file with -f", filepath.Base(name))
		return
	}
	w.read(name)
}

// Propose works out what the files will hold with some changes in them, beside those
// that were written before. It writes nothing.
func (w *Workspace) Propose(r *model.Report, ids []string) (*act.Proposal, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.ready(r); err != nil {
		return nil, err
	}
	all := slices.Clone(w.written())
	for _, id := range ids {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	result, err := w.plan(all)
	if err != nil {
		return nil, err
	}
	return w.proposal(all, ids, result)
}

// ready reports what stands in the way of writing.
func (w *Workspace) ready(r *model.Report) error {
	switch {
	case w.file == "" || w.edited:
		return errors.New(w.lacks)
	case r != w.report:
		return errors.New("the image is being read again; wait for it")
	}
	return nil
}

// Lacks says why nothing can be written.
func (w *Workspace) Lacks() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file != "" && !w.edited {
		return ""
	}
	return w.lacks
}

// Edited reports whether there is a file which is not that of the image any more.
func (w *Workspace) Edited() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.edited
}

// written are the ids of the changes in the file.
func (w *Workspace) written() []string {
	if len(w.made) == 0 {
		return nil
	}
	return w.made[len(w.made)-1].changes
}

// held are the texts that must be on the disk now.
func (w *Workspace) held() (text, ignore []byte) {
	if len(w.made) == 0 {
		return w.text, w.ignore.Data
	}
	last := w.made[len(w.made)-1].result
	return last.New, last.NewIgnore
}

// plan edits the file that the image was read with.
func (w *Workspace) plan(ids []string) (*fix.Result, error) {
	findings := []int{}
	for i := range w.report.Changes {
		c := &w.report.Changes[i]
		if !slices.Contains(ids, c.ID) {
			continue
		}
		for at := range w.report.Findings {
			if slices.Contains(c.Findings, w.report.Findings[at].ID) {
				findings = append(findings, at)
			}
		}
	}
	return fix.Plan(w.report, w.text, fix.Options{
		Findings: findings, Stage: fix.SureStage, Ignore: w.ignore.Data, IgnoreUnknown: w.ignore.Unknown, Build: w.result.Build,
	})
}

// proposal is the step from what is on the disk to a plan's result.
func (w *Workspace) proposal(all, ids []string, result *fix.Result) (*act.Proposal, error) {
	text, ignore := w.held()
	step := w.step(all, result)
	shown := *result
	shown.Old, shown.OldIgnore = text, ignore
	diff, err := shown.Diff(path.Clean(filepath.ToSlash(w.file)), filepath.ToSlash(w.ignorePath()))
	if err != nil {
		return nil, err
	}
	p := &act.Proposal{Changes: ids, Files: filesOf(step.rewrites), Diff: diff, Line: firstChange(text, result.New), Size: result.Size, PullSize: result.PullSize, Step: &step}
	for _, l := range result.Left {
		if l.Blocked {
			p.Left = append(p.Left, l.Why)
		}
	}
	for i := range step.rewrites {
		if err := step.rewrites[i].check(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// step is the state in which the changes all are in the file, with what has to be rewritten for it.
func (w *Workspace) step(all []string, result *fix.Result) state {
	text, ignore := w.held()
	step := state{changes: all, result: result}
	if !bytes.Equal(text, result.New) {
		step.rewrites = append(step.rewrites, Rewrite{Name: w.file, Old: text, New: result.New})
	}
	if result.NewIgnore != nil && !bytes.Equal(ignore, result.NewIgnore) {
		step.rewrites = append(step.rewrites, Rewrite{Name: w.ignorePath(), Old: ignore, New: result.NewIgnore})
	}
	return step
}

// filesOf are the paths of what a step writes; none where it changes nothing.
func filesOf(rewrites []Rewrite) (names []string) {
	for i := range rewrites {
		names = append(names, rewrites[i].Name)
	}
	return names
}

func (w *Workspace) ignorePath() string { return w.ignore.Path() }

// firstChange is the number of the first line that two texts do not share.
func firstChange(a, b []byte) int {
	line := 1
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return line
		}
		if a[i] == '\n' {
			line++
		}
	}
	return line
}

// Write writes what was proposed.
func (w *Workspace) Write(p *act.Proposal) (act.Written, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	step, ok := p.Step.(*state)
	if !ok || w.file == "" {
		return w.told(), errors.New("this proposal is of another image; look at the change again")
	}
	if err := Write(step.rewrites); err != nil {
		return w.told(), err
	}
	w.made = append(w.made, *step)
	told := w.told()
	told.Files = filesOf(step.rewrites)
	return told, nil
}

// Undo takes the last writing back. Where that was in front of a build, the file is not that of the
// image any more.
func (w *Workspace) Undo() (act.Written, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var last []Rewrite
	switch {
	case len(w.made) > 0:
		last = w.made[len(w.made)-1].rewrites
	case len(w.earlier) > 0:
		last = w.earlier[len(w.earlier)-1]
	default:
		return w.told(), errors.New(cmp.Or(w.lost, "nothing was written that could be taken back"))
	}
	var back []Rewrite
	for _, r := range last {
		back = append(back, Rewrite{Name: r.Name, Old: r.New, New: r.Old})
	}
	if err := Write(back); err != nil {
		return w.told(), err
	}
	if len(w.made) > 0 {
		w.made = w.made[:len(w.made)-1]
	} else {
		w.earlier = w.earlier[:len(w.earlier)-1]
		w.restored(back)
	}
	told := w.told()
	told.Files = filesOf(last)
	return told, nil
}

// restored takes over files that are as they were before the image was built.
func (w *Workspace) restored(files []Rewrite) {
	for _, r := range files {
		if r.Name == w.file {
			w.text = r.New
		} else {
			w.ignore.Data = r.New
		}
	}
	w.edited = true
	w.lacks = fmt.Sprintf("%s is as it was before this image was built; build the image again with it before you write changes", w.file)
}

// told says what is in the file now, and what the image will weigh.
func (w *Workspace) told() act.Written {
	out := act.Written{Changes: slices.Clone(w.written()), Saves: make(map[string]int64)}
	if len(w.made) == 0 {
		return out
	}
	result := w.made[len(w.made)-1].result
	out.Size, out.PullSize = result.Size, result.PullSize
	for i := range w.report.Findings {
		if n := result.BytesOf(w.report, i); n > 0 {
			out.Saves[w.report.Findings[i].ID] = n
		}
	}
	return out
}

// Reread reports whether the files on the disk are still those that the workspace
// knows. Where they are not, the image has to be read again with them.
func (w *Workspace) Reread() (changed bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == "" {
		return false, nil
	}
	text, _ := w.held()
	held, err := os.ReadFile(w.file)
	if err != nil {
		return false, fmt.Errorf("reading %s again: %w", w.file, bare(err))
	}
	return !bytes.Equal(held, text), nil
}
