package tui

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
)

// imageSizes are the numbers of files that the interface is measured at.
var imageSizes = []int{1_000, 100_000, 1_000_000}

// browsed is the interface on the files of an image with n of them, all in one
// layer, in folders of 100.
func browsed(b testing.TB, r *model.Report) *root {
	b.Helper()
	m := opened(b, 120, 36, Options{}, r)
	typed(m, "2")
	return m
}

// openEverything opens all folders.
func openEverything(m *root) {
	for i := range m.files.current.opened {
		m.files.current.opened[i] = m.files.current.entries[i].count > 0
	}
	m.files.current.rows = m.files.current.appendBelow(nil, 0, 0)
	m.files.resize(len(m.files.current.rows), m.files.height)
}

// BenchmarkKey is one key and the frame after it, with all folders open.
func BenchmarkKey(b *testing.B) {
	for _, n := range imageSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m := browsed(b, bigReport(n))
			openEverything(m)
			for _, group := range []string{"down pgdown G up g", "left", "space", "s", "a", "1 2", "n N", "t", "y", "tab"} {
				keys := strings.Fields(group)
				b.Run(strings.ReplaceAll(group, " ", ","), func(b *testing.B) {
					for i := 0; b.Loop(); i++ {
						m.Update(keyNamed(keys[i%len(keys)]))
						m.View()
					}
				})
			}
		})
	}
}

// BenchmarkFilter is a letter typed into the filter, from the key to the frame
// with the answer.
func BenchmarkFilter(b *testing.B) {
	for _, n := range imageSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m := browsed(b, bigReport(n))
			typed(m, "/", "f", "i", "l", "e", "-")
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				key := keyNamed(string('0' + rune(i/2%10)))
				if i%2 == 1 {
					key = tea.KeyPressMsg{Code: tea.KeyBackspace}
				}
				send(m, key)
				m.View()
			}
		})
	}
}

// BenchmarkLayerTree is what choosing a large layer costs, away from the keys.
func BenchmarkLayerTree(b *testing.B) {
	for _, n := range imageSizes {
		tree := bigReport(n).Tree
		for by := range orders {
			b.Run(fmt.Sprint(n, "/", by), func(b *testing.B) {
				for b.Loop() {
					buildLayerTree(tree, layerSpan{1, 1, 1}, by)
				}
			})
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}
