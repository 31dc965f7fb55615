package forge_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/tare-oci/tare/ui/forge/forgetest"
)

// TestTwoAtOnce: however the requests of two runs mix, there is one comment in the
// end.
func TestTwoAtOnce(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		for range 20 {
			for _, c := range ours(api) {
				api.Remove(c.ID)
			}
			var wg sync.WaitGroup
			start := make(chan struct{})
			for n := range 3 {
				job := w.job(t)
				wg.Go(func() {
					<-start
					if _, err := job.Keep(t.Context(), "image", fmt.Sprint("of run ", n)); err != nil {
						t.Error(err)
					}
				})
			}
			close(start)
			wg.Wait()
			one(t, api, "of run ")
		}
	})
}

// TestTwoThatSawNothing: both look before either writes, so that both make one.
func TestTwoThatSawNothing(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		var looked sync.WaitGroup
		looked.Add(2)
		var mu sync.Mutex
		posts := 0
		api.SetFault(func(_ int, r *http.Request) http.HandlerFunc {
			if r.Method != http.MethodPost {
				return nil
			}
			mu.Lock()
			posts++
			mine := posts <= 2
			mu.Unlock()
			if mine {
				looked.Done()
				looked.Wait() // until the other wants to write, too
			}
			return nil
		})
		var wg sync.WaitGroup
		for n := range 2 {
			job := w.job(t)
			wg.Go(func() {
				if _, err := job.Keep(t.Context(), "image", fmt.Sprint("of run ", n)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if posts != 2 {
			t.Fatalf("%d comments were made; this test is about two", posts)
		}
		one(t, api, "of run ")
	})
}
