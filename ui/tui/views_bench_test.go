package tui

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// BenchmarkViewKey is one key and the frame after it in views of very long lists.
func BenchmarkViewKey(b *testing.B) {
	r := tuitest.Described(tuitest.Report())
	for i := range 50_000 {
		r.Packages = append(r.Packages, model.Package{Manager: "dpkg", Name: fmt.Sprint("p", i), Layer: 1, Bytes: int64(i), Reason: "dependency", NeededBy: "git"})
		r.Dockerfile.Lines = append(r.Dockerfile.Lines, "# another line")
		r.Config.Env = append(r.Config.Env, model.Setting{Name: fmt.Sprint("V", i), Value: "x"})
	}
	for _, view := range []string{"3", "4", "5"} {
		b.Run(view, func(b *testing.B) {
			m := opened(b, 120, 36, Options{}, r)
			typed(m, view, "down", "down", "down", "enter")
			keys := []tea.KeyPressMsg{keyNamed("down"), keyNamed("pgdown"), keyNamed("G"), keyNamed("up"), keyNamed("g")}
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				m.Update(keys[i%len(keys)])
				m.View()
			}
		})
	}
}
