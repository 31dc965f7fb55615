package compare

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/markdown"
)

// differs says what keeps two layers with the same content from being one.
var differs = map[model.PullCause]string{
	model.ByTimes: "the times of its files", model.ByOrder: "the order in the tar", model.ByOwnerNames: "the names of owners",
	model.ByTarFormat: "the form of the tar", model.ByCompression: "the compression",
}

// whyAgain says why a layer is pulled again. Paths in it are as the image has them.
func whyAgain(p *model.PulledAgain) string {
	switch p.Kind {
	case model.AllSame:
		var all []string
		for _, cause := range p.Causes {
			all = append(all, differs[cause])
		}
		if len(all) == 1 && !strings.HasPrefix(all[0], "the times") && !strings.HasPrefix(all[0], "the names") {
			return "the same content; only " + all[0] + " differs"
		}
		return "the same content; only " + listed(all) + " differ"
	case model.SameButStamped:
		var kinds []string
		for i := range p.Files {
			if what := p.Files[i].What; !slices.Contains(kinds, what) {
				kinds = append(kinds, what)
			}
		}
		const most = 3
		if len(kinds) > most {
			kinds = append(kinds[:most], "others")
		}
		return "the same but for " + listed(kinds)
	}
	return "the same but for " + display.Plural(p.FileCount, "file") + " such as /" + p.Files[0].Path
}

// keepAgain says how to keep a layer from being pulled again.
func keepAgain(p *model.PulledAgain) string {
	const pin = "Fix the times: SOURCE_DATE_EPOCH=0 docker buildx build --output type=image,rewrite-timestamp=true"
	copies := p.Step != nil && (p.Step.Keyword == "COPY" || p.Step.Keyword == "ADD")
	switch p.Kind {
	case model.AllSame:
		switch {
		case slices.Contains(p.Causes, model.ByTimes) && copies:
			return pin + ", and COPY --link keeps the layer when a line above it changes."
		case slices.Contains(p.Causes, model.ByTimes):
			return pin + ", or keep the layer from being built again: --cache-from with the old image."
		case slices.Contains(p.Causes, model.ByCompression):
			return "Push one build and give it its tags by digest, or compress with the same tool and level."
		}
		return "Build both with the same builder and version, or push one build under both names."
	case model.SameButStamped:
		for i := range p.Files {
			if p.Files[i].Advice != "" {
				return p.Files[i].Advice
			}
		}
	case model.MostlySame:
		if copies {
			return "Copy what changes often with a line of its own, below this one."
		}
	}
	return ""
}

// listed writes "a, b and c".
func listed(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}

// pulledAgain lists the layers that whoever has the old image pulls again, though
// they hold the same.
func (p *changes) pulledAgain() {
	all := p.c.PulledAgain
	if len(all) == 0 {
		return
	}
	p.heading("Pulled again")
	if line := pullLine(&p.c.Totals); line != "" {
		p.Say(p.Faint, line)
	}
	shown := p.shown(len(all))
	for i := range all[:shown] {
		again := &all[i]
		figure := p.None
		if again.CompressedBytes != nil {
			figure = display.Bytes(*again.CompressedBytes)
		}
		width := p.Width - growthIndent
		style := p.Bad
		if again.Kind == model.MostlySame {
			style = p.Faint
		}
		p.Add(style(display.PadLeft(figure, growthWidth)) + "  " + p.Truncate(p.step(again.Step, width), width))
		p.below(p.Faint, p.OneLine(p.Escape(whyAgain(again))))
		if p.Verbose {
			for _, f := range again.Files {
				p.below(p.Faint, p.TruncatePath(p.Escape("/"+f.Path), width))
			}
		}
		if advice := keepAgain(again); advice != "" && (i == 0 || p.Verbose || advice != keepAgain(&all[i-1])) {
			p.below(nil, advice)
		}
	}
	p.rest(len(all) - shown)
}

// pullLine says what is pulled and what of that for nothing, "" where that is not known.
func pullLine(t *model.Totals) string {
	switch {
	case t.PullBytes == nil || t.PulledAgainBytes == nil:
		return ""
	case *t.PulledAgainBytes == 0:
		return "Whoever has the old image pulls " + display.Bytes(*t.PullBytes) + "."
	}
	if 100**t.PulledAgainBytes >= 99**t.PullBytes {
		return "Whoever has the old image pulls " + display.Bytes(*t.PullBytes) + ", nearly all of it for nothing."
	}
	return "Whoever has the old image pulls " + display.Bytes(*t.PullBytes) + ", " + display.Bytes(*t.PulledAgainBytes) + " of it for nothing."
}

// pulledAgain writes a table of the layers that are pulled again for nothing, behind a
// line.
func (d *difference) pulledAgain() {
	all := d.c.PulledAgain
	if len(all) == 0 {
		return
	}
	title := display.Plural(len(all), "layer") + " pulled again with the same content"
	if line := pullLine(&d.c.Totals); line != "" {
		title = strings.TrimSuffix(line, ".")
	}
	head := markdown.Row("pulled again", "where", "why", "instead") + "|---:|---|---|---|\n"
	markdown.Fold(d.Comment, title, head, all, func(again model.PulledAgain) string {
		figure := display.Unicode.None
		if again.CompressedBytes != nil {
			figure = display.Bytes(*again.CompressedBytes)
		}
		return markdown.Row(figure, d.where(again.Step), markdown.Prose(whyAgain(&again)), markdown.Prose(keepAgain(&again)))
	})
}
