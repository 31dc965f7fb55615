package demo

import (
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/tare-oci/tare/analyze/replay"
)

// replayed is a sample whose image is what a replay of its Dockerfile leaves.
func replayed(s Sample, context map[string]replay.File) Sample {
	s.image = sync.OnceValue(func() *replay.Image {
		img, err := replay.Replay([]byte(s.Dockerfile), replay.Options{Context: context})
		if err == nil && len(img.Problems)+len(img.Unmodelled) > 0 {
			err = fmt.Errorf("%q %q", img.Problems, img.Unmodelled)
		}
		if err != nil {
			panic(fmt.Sprintf("demo: %s does not build: %v", s.Name, err)) // a test opens every sample
		}
		return img
	})
	s.steps = func() []step { return stepsOf(s.image()) }
	return s
}

// stepsOf are the steps of a replayed image.
func stepsOf(img *replay.Image) []step {
	var steps []step
	for i, l := range img.Layers {
		made := step{createdBy: l.CreatedBy, comment: "buildkit.dockerfile.v0"}
		if i < img.BaseLayers {
			made.comment = ""
		}
		if !l.Empty {
			made.layer = newLayer(stepTime(i))
			for _, e := range l.Entries {
				made.layer.replayed(e)
			}
		}
		steps = append(steps, made)
	}
	return steps
}

// replayed writes an entry: its header and its beginning as they are, the rest out of
// ready-made units.
func (l *layer) replayed(e replay.Entry) {
	l.write(e.Header())
	if e.Size() == 0 {
		return
	}
	l.content(kindAt(e.Path), e.Beginning(), e.Size())
}

// kindAt is what sort of content a file has by its name.
func kindAt(name string) kind {
	switch ext := path.Ext(name); {
	case ext == ".gz" || ext == ".zip" || ext == ".png" || ext == ".mp4" || ext == ".bin" || ext == ".pack" || ext == ".whl" || ext == ".jar":
		return packed
	case strings.Contains(name, "/bin/") || strings.Contains(name, ".so") || ext == ".a" || ext == ".o":
		return program
	}
	return source
}
