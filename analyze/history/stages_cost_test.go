package history

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestStagesAndArguments: four times as many arguments before four times as many stages take four
// times the memory, and somewhat more.
func TestStagesAndArguments(t *testing.T) {
	allocated := func(n int) uint64 {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "ARG A%d=b\n", i)
		}
		text.WriteString(strings.Repeat("FROM x\nRUN true\n", n))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := ParseDockerfile("Dockerfile", []byte(text.String())); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	allocated(10)
	if one, four := allocated(250), allocated(1000); four > 8*one {
		t.Errorf("four times the file takes %.1f times the memory", float64(four)/float64(one))
	}
}
