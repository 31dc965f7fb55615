package workloads

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzRead: no text makes the reader panic, run on, or say of a line that the text does
// not have, and an image stands in the manifest.
func FuzzRead(f *testing.F) {
	seeds, _ := filepath.Glob("testdata/shop/*.*")
	for _, seed := range seeds {
		if text, err := os.ReadFile(seed); err == nil {
			f.Add(string(text))
		}
	}
	f.Add("kind: Pod\nspec: &s {containers: [{image: app}], again: *s, <<: *s}\n")
	f.Add("items:\n- kind: Pod\n- x\nkind: List\n")
	f.Add("kind: Pod\nspec: {containers: [{image: {{ .Values.x }}}]}")
	f.Add("\xff\xfek\x00")
	f.Fuzz(func(t *testing.T, text string) {
		set, err := Read(t.Context(), strings.NewReader(text), Stdin)
		if err != nil {
			t.Fatal(err)
		}
		lines := 2 + strings.Count(text, "\n") + strings.Count(text, "\r") + strings.Count(text, "\u0085") + strings.Count(text, "\u2028") + strings.Count(text, "\u2029")
		if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") || !utf8.ValidString(text) {
			lines = 1 + len(text)
		}
		for _, p := range set.Problems {
			if p.Line < 0 || p.Line > lines || p.What == "" {
				t.Errorf("%d lines, and the problem %s", lines, p)
			}
		}
		for _, w := range set.Workloads {
			for _, c := range w.Containers {
				if c.ImageLine < 0 || c.ImageLine > lines || c.Line < 1 {
					t.Errorf("%d lines, and a container in %d, its image in %d", lines, c.Line, c.ImageLine)
				}
			}
			w.Team()
		}
		set.Images()
	})
}
