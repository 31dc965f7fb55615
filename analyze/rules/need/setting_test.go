package need

import (
	"fmt"
	"strings"
	"testing"
)

// TestExpandIsBounded: variables of which each names the one before twice do not fill the memory, and
// what becomes so long counts as unknown.
func TestExpandIsBounded(t *testing.T) {
	now := start("/").next("ENV", "ENV V0="+strings.Repeat("x", 100))
	for i := range 40 {
		now = now.next("ENV", fmt.Sprintf("ENV V%d=$V%d$V%d", i+1, i, i))
	}
	if got := now.expand("/srv/$V3"); got != "/srv/"+strings.Repeat("x", 800) {
		t.Errorf("a short one has %d bytes", len(got))
	}
	if got := now.expand("$V40"); len(got) > maxExpanded {
		t.Errorf("a long one has %d bytes", len(got))
	}
	if got := now.expand(strings.Repeat("$V9", 1000)); got != unknown {
		t.Errorf("many of them have %d bytes", len(got))
	}
}
