package tui

import (
	"fmt"
	"testing"

	"github.com/tare-oci/tare/model"
)

func flatReport(n int) *model.Report {
	r := sampleReport()
	b := newTreeBuilder()
	for layer := range 4 {
		b.layer()
		if layer != 1 {
			continue
		}
		for i := range n {
			b.file(fmt.Sprintf("data/file-%06d.bin", i), int64(i%5000), model.Live, 0)
		}
	}
	r.Tree = b.done()
	return r
}

func TestFlatHeap(t *testing.T) {
	before := heap()
	r := flatReport(1_000_000)
	r.Packages = nil
	tree := heap()
	m := browsed(t, r)
	opened := heap()
	t.Log(len(m.files.current.entries), len(m.files.current.rows))
	typed(m, "/", "f", "i")
	found := heap()
	t.Log(tree-before, opened-before, found-before, len(m.files.current.rows))
}

func BenchmarkFlat(b *testing.B) {
	m := browsed(b, flatReport(1_000_000))
	for _, k := range [][]string{{"left", "right"}, {"down"}, {"G", "g"}} {
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				m.Update(keyNamed(k[i%len(k)]))
				m.View()
			}
		})
	}
	b.Run("filter", func(b *testing.B) {
		typed(m, "/", "f")
		for i := 0; b.Loop(); i++ {
			_, cmd := m.Update(keyNamed("/"))
			_ = cmd
			_, cmd = m.Update(keyNamed("i"))
			m.files.ask("fi" + fmt.Sprint(i))
			m.files.busy = false
			m.files.finds = nil
			m.files.ask("f")
			b.StopTimer()
			msg := foundMsg{m.files.asked, m.files.current, m.files.query.find(m.files.current.layerTree, m.report)}
			b.StartTimer()
			m.Update(msg)
		}
	})
}
