package toolchain_test

import (
	"slices"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/toolchain"
	"github.com/tare-oci/tare/model"
)

// TestFind tells the tools of an image with a compiler and a server. cpp and isl
// came with gcc, libssl with its headers; the server runs perl.
func TestFind(t *testing.T) {
	names := []string{"gcc", "cpp", "isl", "libssl-dev", "libssl", "server", "perl", "binutils", "base-files", "libgomp1"}
	reasons := []string{"manual", "dependency", "dependency", "manual", "dependency", "manual", "dependency", "dependency", "essential", "dependency"}
	needs := [][]int32{{1, 2, 7, 9}, {}, {}, {4}, {}, {6, 7}} // of the first six
	packages := make([]model.Package, len(names))
	for i := range names {
		packages[i] = model.Package{Manager: "dpkg", Name: names[i], Reason: reasons[i]}
	}
	set := toolchain.Find(packages, needs)
	var tools []string
	for i, name := range names {
		if set.Tool(i) {
			tools = append(tools, name)
		}
	}
	// binutils is a tool by name, but the server needs it; libgomp1 is what gcc links in.
	if want := []string{"gcc", "cpp", "isl", "libssl-dev"}; !slices.Equal(tools, want) {
		t.Errorf("tools %q, want %q", tools, want)
	}
	if set.Kind(0) != toolchain.Program || set.Kind(3) != toolchain.Headers || set.Kind(2) != toolchain.None {
		t.Error("kinds go by name alone")
	}
	if got := set.Closure([]bool{false, false, false, true, false, true, false, false, false, false}); !slices.Equal(got, []bool{false, false, false, true, true, true, true, true, false, false}) {
		t.Errorf("what libssl-dev and the server need: %v", got)
	}
	if len(set.NeedsOf(9)) != 0 || len(set.NeedsOf(5)) != 2 {
		t.Error("NeedsOf")
	}
	if toolchain.Find(packages, nil).Tool(2) {
		t.Error("without dependencies names alone decide")
	}
}

// TestRuntime knows what a program may need while it runs.
func TestRuntime(t *testing.T) {
	for name, want := range map[string]bool{"libstdc++6": true, "python3.13": true, "libc6": true, "gcc-14": false, "gcc-14-base": true, "make": false} {
		if got := toolchain.Runtime(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
