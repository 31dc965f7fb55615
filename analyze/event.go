package analyze

import "github.com/tare-oci/tare/model"

// Phase is what an analysis is busy with.
type Phase string

const (
	Opening Phase = "opening" // finding the image, reading manifest and config
	Waiting Phase = "waiting for a program that writes into the pipe"
	Packing Phase = "the engine is packing"
	Reading Phase = "reading" // layers are being read
	Judging Phase = "judging" // everything is read; comparing content, applying rules
)

// Event tells how an analysis gets on. Events of one analysis arrive one at a
// time, in order, on a goroutine of the analysis: a receiver that is slow slows
// the analysis down.
type Event struct {
	Phase Phase
	// Done and Total are bytes of the image's blobs. Total is 0 when unknown.
	Done, Total int64
	// Report is what is known so far, or nil where nothing new is: sent once the
	// manifest and config are there (Partial, all layers listed, their sizes
	// still 0), and again after each layer is read. Each is a value of its own
	// that nobody changes afterwards. It has no Tree.
	Report *model.Report
	// LayersRead counts the layers read so far.
	LayersRead int
}
