// Package demo holds the built-in sample images: short stories of how images grow, for
// newcomers, for workshops without a network, and for tests.
//
//	at, size, err := demo.Archive("naive-apt") // an OCI archive, as an io.ReaderAt
//
// A sample is an OCI archive that exists only in memory. It has the paths, the package
// database and the sizes of a real image, but the contents of its files are made of a few
// prepared blocks, compressed once and repeated. So an archive of a hundred megabytes takes
// milliseconds to make and a few megabytes to hold. Each sample comes with its Dockerfile.
//
// Samples are deterministic: one release of tare makes the same bytes on every machine. So
// the digests of the layers are known beforehand and stored in digests.json. A test compares
// them with what is built; go test -update writes them again.
package demo

import (
	"fmt"
	"io"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/nearest"
	"github.com/tare-oci/tare/analyze/replay"
)

// Sample is one built-in image.
type Sample struct {
	Name       string // what the user types
	Title      string // a few words
	Lesson     string // one sentence: what there is to learn
	Dockerfile string // the whole text

	config v1.Config
	steps  func() []step        // the history, base included
	image  func() *replay.Image // where the sample is a replay of its Dockerfile; nil elsewhere
}

// step is one item of a sample's history.
type step struct {
	createdBy string
	comment   string
	layer     *layer // nil: an item without a layer
}

// built is when every sample was "built".
var built = time.Date(2025, 3, 14, 9, 26, 53, 0, time.UTC)

// Samples returns the samples; the first is the one to show to somebody who asks
// for none by name. The slice is the caller's.
func Samples() []Sample {
	return []Sample{naiveApt(), chownCopy(), deletedLater(), nodeApp(), multiStage(), secret(), services(), compiler(), order()}
}

// Names returns the samples' names in the same order.
func Names() []string {
	var names []string
	for _, s := range Samples() {
		names = append(names, s.Name)
	}
	return names
}

// Lookup returns the sample of a name. The error for an unknown name says which
// there are and which of them was probably meant.
func Lookup(name string) (Sample, error) {
	for _, s := range Samples() {
		if s.Name == name {
			return s, nil
		}
	}
	hint := ""
	if near := nearest.Loosely(name, Names()); near != "" {
		hint = fmt.Sprintf(" (did you mean %s?)", near)
	}
	return Sample{}, fmt.Errorf("open sample image %q: no such sample%s; there are %s", name, hint, strings.Join(Names(), ", "))
}

// Archive returns a sample as an uncompressed OCI archive and its size in bytes.
// The reader is safe for concurrent use and needs no closing.
func Archive(name string) (io.ReaderAt, int64, error) {
	s, err := Lookup(name)
	if err != nil {
		return nil, 0, err
	}
	r, err := s.archive(false)
	if err != nil {
		return nil, 0, fmt.Errorf("open sample image %q: %w", name, err)
	}
	return r, r.Size(), nil
}

// Formats are how a sample can be saved.
var Formats = []string{"docker-archive", "oci-archive"}

// Save writes a sample as an archive that an engine loads, in one of Formats. Errors are
// those of w and of an unknown name.
func Save(w io.Writer, name, format string) error {
	s, err := Lookup(name)
	if err != nil {
		return err
	}
	r, err := s.archive(format == "docker-archive")
	if err != nil {
		return fmt.Errorf("save sample image %q: %w", name, err)
	}
	_, err = io.Copy(w, io.NewSectionReader(r, 0, r.Size()))
	return err
}
