package bases_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/bases"
)

func table() *model.Bases {
	p := model.Ptr[int64]
	variant := func(size, saves int64, tags ...string) model.Variant {
		return model.Variant{Tags: tags, Digest: model.Ptr("sha256:" + strings.Repeat("a", 64)), Platform: model.Ptr("linux/amd64"), CompressedSize: p(size), Layers: 1, Saves: p(saves)}
	}
	use := variant(398e6, 0, "3.13", "3.13-bookworm")
	use.Saves = nil
	return &model.Bases{
		SchemaVersion: model.BasesVersion, Tool: model.Tool{Name: "tare", Version: "1.0"}, Notes: []string{"a note"}, Repository: "registry.example.org/python", InUse: use, More: 2,
		Variants: []model.Variant{
			variant(17e6, 381e6, "3.13-alpine", "3.13-alpine3.22"), variant(45e6, 353e6, "3.13-slim"), variant(398e6, 0, "3.13-trixie"), variant(500e6, -102e6, "3.13-full"),
			{Tags: []string{"3.13-old\x1b[31m"}, Error: "the registry has no such image"},
		},
	}
}

func written(t *testing.T, format string, o bases.Options, b *model.Bases) string {
	t.Helper()
	w, err := bases.New(format, o)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := w.Write(&text, b); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestFormats writes goldens, and holds JSON to its schema.
func TestFormats(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../../docs/bases.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range bases.Names() {
		t.Run(format, func(t *testing.T) {
			text := written(t, format, bases.Options{}, table())
			golden.RequireEqual(t, []byte(text))
			if strings.Contains(text, "\x1b") {
				t.Error("an escape sequence gets through")
			}
			if format != "json" {
				return
			}
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
			if err == nil {
				err = schema.Validate(doc)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	if _, err := bases.New("xml", bases.Options{}); err == nil {
		t.Error("there is a format xml")
	}
}

// TestWidths: no line is wider than the terminal, and one without variants says so.
func TestWidths(t *testing.T) {
	for _, width := range []int{40, 60, 120} {
		for line := range strings.Lines(written(t, "text", bases.Options{Width: width, ASCII: true}, table())) {
			if line = strings.TrimSuffix(line, "\n"); display.Width(line) > width {
				t.Errorf("%d cells at %d: %q", display.Width(line), width, line)
			}
		}
	}
	none := table()
	none.Variants, none.More = nil, 0
	if text := written(t, "text", bases.Options{}, none); !strings.Contains(text, "no tag that looks like another variant") {
		t.Error(text)
	}
}
