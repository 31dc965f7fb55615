// Package pulled puts into words why a layer is pulled again though whoever has the old
// image has nearly all of it, and how to keep it: the same in reports, the gate and the
// interface. Paths in its texts are as the image has them; escape them where they are shown.
package pulled

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// differs says what keeps two layers with the same content from being one.
var differs = map[model.PullCause]string{
	model.ByTimes: "the times of its files", model.ByOrder: "the order in the tar", model.ByOwnerNames: "the names of owners",
	model.ByTarFormat: "the form of the tar", model.ByCompression: "the compression",
}

// Why says why a layer is pulled again: first why it was built again, where a line above it is the reason.
func Why(p *model.PulledAgain) string {
	if p.RebuiltBy != nil {
		return Rebuilt(p.RebuiltBy) + "; " + unlike(p)
	}
	return unlike(p)
}

// Rebuilt says that a line has another value than before, for which alone the builder built again what is below.
func Rebuilt(by *model.Step) string {
	return lineOf(by) + " has another value, and what is below it was built again"
}

// Lower says how to keep a line from having what is below it built again.
func Lower(by *model.Step) string {
	text := "Move " + lineOf(by)
	if by.Keyword != "ARG" {
		text += ", together with any ARG it uses,"
	}
	return text + " below the lines that do not need it"
}

// maxLine is how many cells of an instruction a sentence has.
const maxLine = 60

// lineOf names an instruction in a sentence.
func lineOf(s *model.Step) string {
	text := display.Truncate(display.OneLine(s.Text), maxLine)
	if s.Location != nil {
		text += " (line " + strconv.Itoa(s.Location.Line) + ")"
	}
	return text
}

// unlike says what keeps a layer from being the one before.
func unlike(p *model.PulledAgain) string {
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
	text := "the same but for /" + p.Files[0].Path
	if what := p.Files[0].What; what != "" {
		text += " (" + what + ")"
	}
	if more := p.FileCount - 1; more > 0 {
		text += " and " + display.Plural(more, "more file")
	}
	return text
}

// pin is how a build gives all files the same time.
const pin = "Fix the times: SOURCE_DATE_EPOCH=0 docker buildx build --output type=image,rewrite-timestamp=true"

// Keep says how to keep a layer from being pulled again, "" where nothing is known.
func Keep(p *model.PulledAgain) string {
	keep := alike(p)
	switch {
	case p.RebuiltBy == nil:
		return keep
	case keep == "":
		return Lower(p.RebuiltBy) + "."
	case p.Kind == model.AllSame && slices.Contains(p.Causes, model.ByTimes):
		keep = pin
	}
	return Lower(p.RebuiltBy) + ". Where a layer has to be built again: " + strings.ToLower(keep[:1]) + keep[1:]
}

// alike says how to build a layer so that it is the one before.
func alike(p *model.PulledAgain) string {
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
	case model.MostlySame:
		if copies && p.Files[0].Advice == "" {
			return "Copy what changes often with a line of its own, below this one."
		}
		return p.Files[0].Advice
	}
	var all []string
	for i := range p.Files {
		if advice := p.Files[i].Advice; advice != "" && !slices.Contains(all, advice) {
			all = append(all, advice)
		}
	}
	if len(all) == 0 {
		return pin
	}
	if len(all) > 1 {
		all[0] = removal(p)
	}
	return strings.TrimSuffix(all[0], ".") + "; then " + strings.ToLower(pin[:1]) + pin[1:]
}

// removal says how to remove all files of a layer that every build stamps anew. The
// directories stay: a service may not start without its own in /var/log.
func removal(p *model.PulledAgain) string {
	var dirs, rest []string
	for i := range p.Files {
		f := &p.Files[i]
		switch dir := emptied(f.Path); {
		case dir == "" && !slices.Contains(rest, f.Advice):
			rest = append(rest, f.Advice)
		case dir != "" && !slices.Contains(dirs, dir):
			dirs = append(dirs, dir)
		}
	}
	if len(dirs) == 0 {
		return strings.Join(rest, " ")
	}
	slices.Sort(dirs)
	text := "Remove them at the end of the same RUN: find " + strings.Join(dirs, " ") + " -type f -delete"
	for _, advice := range rest {
		text += "; " + strings.ToLower(advice[:1]) + strings.TrimSuffix(advice[1:], ".")
	}
	return text
}

// emptied is the directory of a file, or one above it, in which a container needs none of
// the files; "" where a file is in none.
func emptied(path string) string {
	for _, dir := range []string{"var/log", "var/cache/ldconfig", "var/cache/fontconfig", "var/cache/man"} {
		if strings.HasPrefix(path, dir+"/") {
			return "/" + dir
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

// Line says what whoever has the old image pulls and what of that for nothing, in a
// sentence; "" where that is not known.
func Line(c *model.Comparison) string {
	t := &c.Totals
	if c.PulledAgain == nil {
		return ""
	}
	if t.PullBytes == nil || t.PulledAgainBytes == nil {
		bytes := Uncompressed(c)
		const unknown = "uncompressed: what a registry sends is not known"
		if bytes == 0 {
			return "These sizes are " + unknown + "."
		}
		return "Whoever has the old image pulls " + display.Bytes(bytes) + " again for nothing (" + unknown + ")."
	}
	pull := "Whoever has the old image pulls " + display.Bytes(*t.PullBytes)
	switch {
	case *t.PulledAgainBytes == 0:
		return pull + "."
	case *t.PulledAgainBytes*100 >= *t.PullBytes*99:
		return pull + ", nearly all of it for nothing."
	}
	return pull + ", " + display.Bytes(*t.PulledAgainBytes) + " of it for nothing."
}

// Short says the same in a few words that follow others: "74 MB of 96 MB are pulled again for
// nothing"; "" where nothing is.
func Short(c *model.Comparison) string {
	t := &c.Totals
	if t.PullBytes == nil || t.PulledAgainBytes == nil {
		if bytes := Uncompressed(c); bytes > 0 {
			return display.Bytes(bytes) + " (uncompressed) are pulled again for nothing"
		}
		return ""
	}
	if *t.PulledAgainBytes == 0 {
		return ""
	}
	again, all := display.BytesApart(*t.PulledAgainBytes, *t.PullBytes)
	if again == all {
		return "all " + all + " to pull are pulled again for nothing"
	}
	return again + " of " + all + " to pull are pulled again for nothing"
}

// Matters reports whether what is pulled again for nothing is worth a word in a verdict: a
// megabyte, or a tenth of what is pulled.
func Matters(c *model.Comparison) bool {
	t := &c.Totals
	if t.PullBytes == nil || t.PulledAgainBytes == nil {
		return Uncompressed(c) >= worthAWord
	}
	return *t.PulledAgainBytes >= worthAWord || *t.PulledAgainBytes > 0 && *t.PulledAgainBytes*10 >= *t.PullBytes
}

const worthAWord = 1_000_000

// Uncompressed is the size of the files that are pulled again for nothing, for where nobody
// knows what a registry sends.
func Uncompressed(c *model.Comparison) (bytes int64) {
	for i := range c.PulledAgain {
		if p := &c.PulledAgain[i]; p.Kind != model.MostlySame {
			bytes += p.Bytes
		}
	}
	return bytes
}
