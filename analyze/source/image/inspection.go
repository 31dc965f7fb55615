package image

import "context"

// Inspection is what an engine said of an image before it sent the image. What
// is sent may be another image: a tag can move between the question and the
// answer.
type Inspection interface {
	// Key names the engine and the image that it says it will send.
	Key() string
	// ID is the engine's own of the image: a digest of its config, manifest or index.
	ID() string
	// Matches reports whether an image that was sent is the one inspected.
	Matches(img *Image) bool
	// Again asks the engine again for the name, and opens what it means now.
	Again(ctx context.Context) (*Image, error)
	// Snapshot is what restore needs; nil where the engine does not tell enough.
	Snapshot(img *Image) []byte
	// Restore completes an image without its stream, and reports whether it could.
	Restore(img *Image, snapshot []byte) bool
}

// Inspected takes what an engine said of the image. It is for the source that
// opens the image.
func (i *Image) Inspected(said Inspection) { i.inspection = said }

// SnapshotKey names the image that an engine says it will send; "" elsewhere. It
// is known before the stream begins.
func (i *Image) SnapshotKey() string {
	if i.inspection == nil {
		return ""
	}
	return i.inspection.Key()
}

// EngineID is the ID that an engine has for the image, a digest of its config, manifest or index; "" elsewhere. It is
// known before the stream begins.
func (i *Image) EngineID() string {
	if i.inspection == nil {
		return ""
	}
	return i.inspection.ID()
}

// AsInspected reports whether what an engine has sent is the image that it named
// beforehand, be it by the image's ID or by all that it said of the image; true
// elsewhere. Ask when the stream has ended.
func (i *Image) AsInspected() bool { return i.inspection == nil || i.inspection.Matches(i) }

// InspectAgain asks the engine again for the image's name, and returns the image
// as the engine names it now, to be looked at and closed; nil where what was sent
// is not that one either. From now on SnapshotKey is that image's, or "".
func (i *Image) InspectAgain(ctx context.Context) *Image {
	if i.inspection == nil {
		return nil
	}
	now, err := i.inspection.Again(ctx)
	if err == nil && now.inspection.Matches(i) {
		i.inspection = now.inspection
		return now
	}
	if err == nil {
		now.Close()
	}
	i.inspection = nil
	return nil
}

// Snapshot is what Restore needs to do without the stream: what the engine does
// not tell in a small answer. nil where the engine does not tell enough beforehand.
// Nothing of it is a secret: variables and commands are asked for each time. Call
// it when the stream has ended.
func (i *Image) Snapshot() []byte {
	if i.inspection == nil {
		return nil
	}
	return i.inspection.Snapshot(i)
}

// Restore completes the image from a snapshot of it, without its stream, and
// reports whether it could. The layers cannot be read then.
func (i *Image) Restore(snapshot []byte) bool {
	return i.inspection != nil && i.inspection.Restore(i, snapshot)
}
