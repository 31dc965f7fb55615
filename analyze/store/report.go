package store

import (
	"bytes"
	"encoding/json"

	"github.com/tare-oci/tare/model"
)

// storedReport is a finished report as the store holds it: the report as JSON has
// it, with what JSON leaves out, but without the tree.
type storedReport struct {
	Report *model.Report
	Blobs  []string // of the layers
	// Contents are those of the layers, as far as they are known. They are compared with
	// those of the same key alone.
	Contents []*model.LayerContent
	HashKey  string
	Needs    [][2]string // of the packages: Via and NeededBy
}

// Report returns the report of a key, without its tree; nil where none is kept.
// The report is the caller's.
func (s *Store) Report(key Key) *model.Report {
	var stored storedReport
	doc := s.document(key)
	if doc == nil || json.Unmarshal(doc, &stored) != nil {
		return nil
	}
	r := stored.Report
	if stored.HashKey != s.HashKey().ID() {
		return nil
	}
	if r == nil || r.SchemaVersion != model.SchemaVersion || len(r.Layers) != len(stored.Blobs) || len(r.Layers) != len(stored.Contents) || len(r.Packages) != len(stored.Needs) {
		return nil
	}
	for i := range r.Layers {
		r.Layers[i].Blob, r.Layers[i].Content = stored.Blobs[i], stored.Contents[i]
	}
	for i := range r.Packages {
		r.Packages[i].Via, r.Packages[i].NeededBy = stored.Needs[i][0], stored.Needs[i][1]
	}
	return r
}

// PutReport keeps a finished report, unless JSON cannot hold all of it: names
// need not be UTF-8.
func (s *Store) PutReport(key Key, r *model.Report) {
	if s == nil || key == "" {
		return
	}
	stored := storedReport{Report: r, Blobs: []string{}, Needs: [][2]string{}, HashKey: s.HashKey().ID()}
	for i := range r.Layers {
		stored.Blobs = append(stored.Blobs, r.Layers[i].Blob)
		stored.Contents = append(stored.Contents, r.Layers[i].Content)
	}
	for i := range r.Packages {
		stored.Needs = append(stored.Needs, [2]string{r.Packages[i].Via, r.Packages[i].NeededBy})
	}
	doc, err := json.Marshal(stored)
	if err != nil || bytes.Contains(doc, []byte(`\ufffd`)) {
		return
	}
	s.putDocument(key, doc)
}

// Snapshot returns what an engine said of an image, nil where nothing is kept.
func (s *Store) Snapshot(key Key) []byte { return s.document(key) }

// PutSnapshot keeps what an engine said of an image.
func (s *Store) PutSnapshot(key Key, doc []byte) { s.putDocument(key, doc) }
