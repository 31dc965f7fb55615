package fleet

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// CSV writes the images as a table for a spreadsheet (RFC 4180), a line each, in the order of
// their names. Figures are bytes; what is not known is empty. A text that a spreadsheet
// would take for a formula has an apostrophe in front.
type CSV struct{}

// Write implements Writer.
func (CSV) Write(w io.Writer, f *model.Fleet) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"image", "names", "digest", "platform", "created", "team", "base", "layers", "shared layers", "to pull", "own", "on disk", "wasted", "wasted of the pull", "avoidable", "error"})
	for i := range f.Images {
		img := &f.Images[i]
		shared, created := 0, ""
		for _, l := range img.Layers {
			if len(f.Layers[l].Images) > 1 {
				shared++
			}
		}
		if img.Created != nil {
			created = img.Created.UTC().Format("2006-01-02T15:04:05Z")
		}
		digest := ""
		if img.Digest != nil {
			digest = *img.Digest
		}
		_ = out.Write([]string{
			cell(img.References[0]), cell(strings.Join(img.References, " ")), cell(digest), cell(img.Platform), created, cell(strings.Join(img.Teams, " ")), cell(baseOf(f, i)),
			strconv.Itoa(len(img.Layers)), strconv.Itoa(shared), figure(img.CompressedSize), figure(img.OwnBytes), figure(img.Size), figure(img.WastedBytes), figure(img.WastedCompressedBytes), figure(img.AvoidableBytes), cell(img.Error),
		})
	}
	out.Flush()
	return out.Error()
}

// cell is a text of an image as a spreadsheet may show it.
func cell(text string) string {
	text = display.OneLine(text)
	if text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
		return "'" + text
	}
	return text
}

func figure(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
