package image

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// TestClose: what was opened last is closed first, everything is closed whatever
// fails, and closing again does nothing.
func TestClose(t *testing.T) {
	var closed []int
	img := &Image{}
	first := errors.New("the later one")
	for n, err := range []error{errors.New("the earlier one"), first, nil} {
		img.OnClose(func() error { closed = append(closed, n); return err })
	}
	if err := img.Close(); !errors.Is(err, first) {
		t.Errorf("the error is %v", err)
	}
	if !slices.Equal(closed, []int{2, 1, 0}) {
		t.Errorf("closed in the order %v", closed)
	}
	if err := img.Close(); err != nil || len(closed) != 3 {
		t.Errorf("closing again: %v, %d closed", err, len(closed))
	}
}

// TestUnchanged: one change is enough, and none is none.
func TestUnchanged(t *testing.T) {
	img := &Image{}
	changed := errors.New("changed")
	var now error
	img.OnVerify(func() error { return nil })
	img.OnVerify(func() error { return now })
	if err := img.Unchanged(); err != nil {
		t.Error(err)
	}
	if now = changed; !errors.Is(img.Unchanged(), changed) {
		t.Error("the change is not told")
	}
}

func TestNotesAreSaidOnce(t *testing.T) {
	img := &Image{}
	for _, text := range []string{"one", "", "two", "one"} {
		img.Note(text)
	}
	if !slices.Equal(img.Notes, []string{"one", "two"}) {
		t.Errorf("the notes are %q", img.Notes)
	}
}

// said is an inspection of the image with an ID.
type said struct {
	id   string
	next func() (*Image, error)
}

func (s *said) ID() string                               { return s.id }
func (s *said) Key() string                              { return "key of " + s.id }
func (s *said) Matches(img *Image) bool                  { return img.ID == s.id }
func (s *said) Again(context.Context) (*Image, error)    { return s.next() }
func (s *said) Snapshot(img *Image) []byte               { return []byte(img.ID) }
func (s *said) Restore(img *Image, snapshot []byte) bool { img.ID = string(snapshot); return true }

// TestInspection: an image without an inspection has no key and is what it is.
func TestInspection(t *testing.T) {
	none := &Image{}
	if none.SnapshotKey() != "" || !none.AsInspected() || none.Snapshot() != nil || none.Restore(nil) || none.InspectAgain(t.Context()) != nil {
		t.Error("an image that no engine holds has an inspection")
	}
	img := &Image{ID: "a"}
	img.Inspected(&said{id: "a"})
	if img.SnapshotKey() != "key of a" || !img.AsInspected() || string(img.Snapshot()) != "a" {
		t.Errorf("key %q, snapshot %q", img.SnapshotKey(), img.Snapshot())
	}
	if !img.Restore([]byte("b")) || img.ID != "b" || img.AsInspected() {
		t.Errorf("restored as %q", img.ID)
	}
}

// TestInspectAgain: where the tag has moved to what was sent, the image has the new
// inspection; where it has moved elsewhere, or nothing answers, it has none.
func TestInspectAgain(t *testing.T) {
	for name, c := range map[string]struct {
		now  string
		err  error
		same bool
	}{
		"moved to what was sent": {"b", nil, true},
		"moved on":               {"c", nil, false},
		"gone":                   {"", errors.New("gone"), false},
	} {
		closed := false
		img := &Image{ID: "b"}
		img.Inspected(&said{id: "a", next: func() (*Image, error) {
			now := &Image{}
			now.OnClose(func() error { closed = true; return nil })
			now.Inspected(&said{id: c.now})
			return now, c.err
		}})
		now := img.InspectAgain(t.Context())
		if (now != nil) != c.same || (img.SnapshotKey() == "key of b") != c.same || !c.same && img.SnapshotKey() != "" {
			t.Errorf("%s: %v, key %q", name, now, img.SnapshotKey())
		}
		if closed == (c.same || c.err != nil) {
			t.Errorf("%s: closed is %v", name, closed)
		}
	}
}
