package engine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestSnapshot: with a snapshot of what an engine sent once, the image is known the
// next time without its stream, and is the same.
func TestSnapshot(t *testing.T) {
	fake := &fakeEngine{api: "1.41", images: map[string]imagetest.Image{"app": sourcetest.Sample()}}
	t.Setenv("DOCKER_HOST", fake.listen(t))
	sent := mustOpen(t, "docker:app", source.Options{})
	key := sent.SnapshotKey()
	if _, err := sourcetest.ReadStream(sent); err != nil {
		t.Fatal(err)
	}
	snapshot := sent.Snapshot()
	if key == "" || !sent.AsInspected() || snapshot == nil {
		t.Fatalf("key %q, as inspected %v, snapshot %s", key, sent.AsInspected(), snapshot)
	}
	again := mustOpen(t, "docker:app", source.Options{})
	if again.SnapshotKey() != key {
		t.Errorf("the key was %s, and is %s", key, again.SnapshotKey())
	}
	if !again.Restore(snapshot) || again.Stream != nil {
		t.Fatal("the snapshot is not enough")
	}
	if diff := cmp.Diff(sent.Config, again.Config); diff != "" {
		t.Errorf("the config: %s", diff)
	}
	for n, l := range again.Layers {
		if s := sent.Layers[n]; l.DiffID != s.DiffID || l.Digest != s.Digest || l.Size != s.Size || l.Blob != s.Blob || l.Open != nil {
			t.Errorf("layer %d is %+v, was %+v", n, l, s)
		}
	}
	if again.ID != sent.ID || again.Source != sent.Source || len(again.Layers) != len(sent.Layers) {
		t.Errorf("ID %s, source %s, %d layers", again.ID, again.Source, len(again.Layers))
	}
}

// TestSnapshotOfAnotherImage: a snapshot that is damaged, or another image's, is
// not taken.
func TestSnapshotOfAnotherImage(t *testing.T) {
	fake := &fakeEngine{api: "1.41", images: map[string]imagetest.Image{"app": sourcetest.Sample(), "other": sourcetest.Other()}}
	t.Setenv("DOCKER_HOST", fake.listen(t))
	other := mustOpen(t, "docker:other", source.Options{})
	if _, err := sourcetest.ReadStream(other); err != nil {
		t.Fatal(err)
	}
	for _, snapshot := range [][]byte{nil, []byte("{"), []byte("{}"), other.Snapshot()} {
		img := mustOpen(t, "docker:app", source.Options{})
		if img.Restore(snapshot) || img.Stream == nil {
			t.Errorf("an image is restored from %.40s", snapshot)
		}
	}
}

// TestTagMoves: where a tag moves between the question and the answer, what was sent
// is not what was inspected; asked again, the engine names it.
func TestTagMoves(t *testing.T) {
	fake := &fakeEngine{api: "1.41", images: map[string]imagetest.Image{"app": sourcetest.Sample()}}
	t.Setenv("DOCKER_HOST", fake.listen(t))
	img := mustOpen(t, "docker:app", source.Options{})
	before := img.SnapshotKey()
	fake.images["app"] = sourcetest.Other()
	if _, err := sourcetest.ReadStream(img); err != nil {
		t.Fatal(err)
	}
	if img.AsInspected() || img.Snapshot() != nil {
		t.Fatal("the image that was sent is taken for the one that was inspected")
	}
	now := img.InspectAgain(t.Context())
	if now == nil {
		t.Fatal("the engine does not name what it sent")
	}
	now.Close()
	if !img.AsInspected() || img.SnapshotKey() == before || img.Snapshot() == nil {
		t.Errorf("the key was %s, and is %s", before, img.SnapshotKey())
	}
}
