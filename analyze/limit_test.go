package analyze_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
)

// stalling is a registry that sends nothing of one blob.
type stalling struct {
	inner http.Handler
	blob  string
}

func (s *stalling) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, s.blob) && s.blob != "" {
		<-r.Context().Done()
		return
	}
	s.inner.ServeHTTP(w, r)
}

// TestLimitsStopTheOtherLayers: where one layer passes a limit, whoever finds it
// out, nobody waits for a layer that does not come.
func TestLimitsStopTheOtherLayers(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(strings.Repeat("d", 200)+"/", 200)
	for says, files := range map[string]tar{
		// the scan of the layer
		"the depth of a path": {imagetest.Text(strings.Repeat("a/", 5000)+"a", "")},
		// the stacking, by links
		"the way through the layer's symbolic links": append(tar{imagetest.Symlink("l", strings.Repeat("./", 2000)+"d"), imagetest.Dir("d")}, repeat(5000, func(i int) imagetest.File {
			return imagetest.Text(fmt.Sprintf("l/%d/x", i), "")
		})...),
		// the stacking, by what the whole image may cost
		"the length of the image's paths": append(tar{imagetest.Dir(long), imagetest.Symlink("l", long)}, repeat(15_000, func(i int) imagetest.File {
			return imagetest.Text(fmt.Sprint("l/", i), "")
		})...),
	} {
		t.Run(says, func(t *testing.T) {
			s := &stalling{inner: registry.New(registry.Logger(log.New(io.Discard, "", 0)))}
			server := httptest.NewServer(s)
			defer server.Close()
			img := imagetest.Image{Layers: append(one(files), imagetest.Layer{Files: tar{imagetest.Text("last", "x")}, Compression: imagetest.Gzip})}
			m := &meter{host: strings.TrimPrefix(server.URL, "http://")}
			reference := m.push(t, img)
			s.blob = imagetest.Digest(img.Layers[1].Stored()).String()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // the stalled layer is given up later
			defer cancel()
			_, err := analyze.Image(ctx, reference, analyze.Options{Options: source.Options{StallTimeout: time.Hour}})
			if !errors.As(err, new(*budget.Error)) || !strings.Contains(err.Error(), says) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestBudgetOfAnImage: what one layer may do, many may not together, and no source
// makes a difference.
func TestBudgetOfAnImage(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(strings.Repeat("d", 200)+"/", 200)
	all := stacked(10, func(i int) tar {
		return append(tar{imagetest.Dir(long), imagetest.Symlink("l", long)}, repeat(1500, func(j int) imagetest.File {
			return imagetest.Text(fmt.Sprint("l/", j), "")
		})...)
	})
	if s := spend(t, imagetest.Image{Layers: all[:2]}); s.refused != nil {
		t.Errorf("two layers: %v", s.refused)
	}
	img := imagetest.Image{Layers: all}
	file := saved(t, img)
	for name, open := range map[string]func() (string, io.Reader){
		"a file":         func() (string, io.Reader) { return file, nil },
		"standard input": func() (string, io.Reader) { return "-", strings.NewReader(string(img.OCI().Tar())) },
		"a registry":     func() (string, io.Reader) { return newMeter(t).push(t, img), nil },
	} {
		reference, in := open()
		_, err := analyze.Image(t.Context(), reference, analyze.Options{Options: source.Options{Stdin: in}})
		if !errors.As(err, new(*budget.Error)) || !strings.Contains(err.Error(), "512 MiB and 8 bytes") {
			t.Errorf("ten layers from %s: %v", name, err)
		}
	}
}
