package workspace

import (
	"bytes"
	"os"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/act"
)

// HasWritten reports whether something was written since the image was read.
func (w *Workspace) HasWritten() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.made) > 0
}

// Unwritten returns the Dockerfile on the disk without what this workspace wrote into it, for an image
// that was read again and is the same as before. Comments and blank lines that somebody added since
// are in it. It is nil where nothing was written, the image is another one, or somebody changed an
// instruction.
func (w *Workspace) Unwritten(r *model.Report) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.made) == 0 || r.Image.ID == nil || w.report.Image.ID == nil || *r.Image.ID != *w.report.Image.ID {
		return nil
	}
	held, _ := w.held()
	now, err := os.ReadFile(w.file)
	if err != nil {
		return nil
	}
	return fix.Unwritten(w.text, held, now)
}

// Again takes over an image that was read again with the text of Unwritten as its Dockerfile, and
// keeps what was written. The same changes are worked out on that text; where they do not make the
// very files that are on the disk, Again reports false and changes nothing.
func (w *Workspace) Again(result *analyze.Result, text []byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if d := result.Report.Dockerfile; d == nil || d.How != model.FromDockerfile || len(w.made) == 0 {
		return false
	}
	again := &Workspace{opt: w.opt, report: result.Report, result: result, file: w.file, text: text, ignore: w.ignore}
	for _, state := range w.made {
		planned, err := again.plan(state.changes)
		if err != nil {
			return false
		}
		again.made = append(again.made, again.step(state.changes, planned))
	}
	if !again.onDisk() {
		return false
	}
	w.report, w.result, w.text, w.made, w.lost = again.report, again.result, again.text, again.made, ""
	return true
}

// onDisk reports whether the files are what the workspace takes them to be.
func (w *Workspace) onDisk() bool {
	text, ignore := w.held()
	now, err := os.ReadFile(w.file)
	if err != nil || !bytes.Equal(now, text) {
		return false
	}
	if w.ignore.Unknown || w.ignore.Name == "" {
		return true
	}
	beside, err := os.ReadFile(w.ignorePath())
	return bytes.Equal(beside, ignore) && (err == nil || ignore == nil)
}

// Written says what is in the file.
func (w *Workspace) Written() act.Written {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.made) == 0 {
		return act.Written{}
	}
	return w.told()
}
