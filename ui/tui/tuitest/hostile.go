package tuitest

import (
	"strings"

	"github.com/tare-oci/tare/model"
)

// Hostile is an image made to break screens.
func Hostile() *model.Report {
	evil := "\x1b[2J\x1b]0;owned\x07\u202egpj.exe\u0085\n\r\t\x00\xff\u200b日本👩‍👩‍👧‍👦e\u0301" + strings.Repeat("\u0301", 300)
	r := Report()
	b := NewTree()
	for layer := range 4 {
		b.Layer()
		if layer != 1 {
			continue
		}
		deep := "d"
		for range 4000 {
			deep += "/d"
		}
		b.File(deep+"/end", 7, model.Live, 0)
		b.File(evil, 1<<40, model.Shadowed, 1)
		b.File(strings.Repeat("n", 4096), 1<<30, model.Leftover, 2)
		b.File(strings.Repeat("日", 30_000), 1<<62, model.Live, 0)
		b.Put("link", model.Record{Kind: model.Symlink, Ref: b.AddText(evil)})
	}
	r.Tree = b.Done()
	r.Image.Reference, r.Image.Platform, r.Image.Source = evil, evil, evil
	r.Image.Base.Reference, r.Image.ID, r.Image.Digest = &evil, &evil, &evil
	r.Notes = []string{evil}
	for i := range r.Instructions {
		r.Instructions[i].Keyword, r.Instructions[i].Text = evil, evil+strings.Repeat(evil, i*i*i*10)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Title, f.Rule, f.Paths, f.Packages = evil, evil, []string{evil, strings.Repeat("p/", 30_000)}, []string{evil}
		f.Bytes, f.HiddenBy = 1<<63-1, f.Layer
		if f.Fix != nil {
			f.Fix.Summary, f.Fix.Before, f.Fix.After = evil, &evil, &evil
		}
	}
	for i := range r.Layers {
		r.Layers[i].Digest = &evil
	}
	return r
}
