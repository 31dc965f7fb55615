package analyze_test

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestSoak analyses images again and again in one process, as the interface's
// reload does: from an archive, from a registry, by tables of contents, from the
// cache, and from a registry that breaks off. Neither memory nor goroutines grow.
// TARE_SOAK=1 makes it a thousand times; else it is some dozens.
func TestSoak(t *testing.T) {
	rounds := imagetest.Rounds(6, 6, 12)
	if os.Getenv("TARE_SOAK") == "1" {
		rounds = 200
	}
	m := newMeter(t)
	before, after := pair()
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, after.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	plain, lazily := m.push(t, before), m.push(t, lazy(imagetest.EStargz))
	kept := newCache(t)
	five := func() {
		for _, reference := range []string{file, plain, lazily} {
			if _, err := analyze.Image(t.Context(), reference, analyze.Options{}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := analyze.Image(t.Context(), plain, analyze.Options{Store: kept}); err != nil {
			t.Fatal(err)
		}
		garble := func(p []byte) { p[len(p)/3] ^= 1 }
		m.lie.Store(&garble)
		_, err := analyze.Image(t.Context(), lazily, analyze.Options{})
		m.lie.Store(nil)
		if err != nil {
			t.Fatal(err)
		}
	}
	live := func() (heap int64, goroutines int) {
		if transport, ok := http.DefaultTransport.(*http.Transport); ok {
			transport.CloseIdleConnections()
		}
		var s runtime.MemStats
		for range 20 { // connections take a moment to go
			before := runtime.NumGoroutine()
			runtime.GC()
			time.Sleep(10 * time.Millisecond)
			if runtime.NumGoroutine() == before {
				break
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&s)
		return int64(s.HeapAlloc), runtime.NumGoroutine()
	}
	early := max(rounds/10, 2)
	for range early {
		five()
	}
	heap, goroutines := live()
	for range rounds - early {
		five()
	}
	heapNow, goroutinesNow := live()
	t.Logf("after %d analyses %d kB of heap and %d goroutines, after %d %d kB and %d", early*5, heap>>10, goroutines, rounds*5, heapNow>>10, goroutinesNow)
	if heapNow > heap+heap/5+(1<<20) {
		t.Errorf("the heap grows from %d to %d bytes", heap, heapNow)
	}
	if goroutinesNow > goroutines+3 {
		t.Errorf("goroutines grow from %d to %d", goroutines, goroutinesNow)
		buf := make([]byte, 1<<16)
		t.Logf("%s", buf[:runtime.Stack(buf, true)])
	}
}
