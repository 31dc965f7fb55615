package report

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/jsontext"
	"github.com/tare-oci/tare/ui/report/reporttest"
	"github.com/tare-oci/tare/ui/report/view"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("../../docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestJSON(t *testing.T) {
	s := schema(t)
	for _, c := range []struct {
		name   string
		json   JSON
		report *model.Report
	}{
		{"sample", JSON{}, reporttest.Sample()},
		{"files", JSON{Files: true}, reporttest.Sample()},
		{"clean", JSON{Files: true}, reporttest.Clean()},
		{"hostile", JSON{Files: true}, reporttest.Hostile()},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := reporttest.Render(t, c.json, c.report)
			golden.RequireEqual(t, text)
			if err := reporttest.Validate(s, text); err != nil {
				t.Errorf("against the schema: %v", err)
			}
			for i, line := range strings.Split(text, "\n") {
				if line != display.Escape(line) {
					t.Errorf("line %d would be obeyed by a terminal: %q", i+1, line)
				}
			}
			if !utf8.ValidString(text) {
				t.Error("not UTF-8")
			}
		})
	}
}

// The schema is strict: a key more, a key less or a word it does not know fails.
func TestSchemaIsStrict(t *testing.T) {
	s := schema(t)
	good := reporttest.Render(t, JSON{Files: true}, reporttest.Sample())
	for _, c := range [][2]string{
		{`"partial": false,`, ``},
		{`"partial": false,`, `"partial": false, "more": 1,`},
		{`"notes": []`, `"notes": null`},
		{`"confidence": "likely"`, `"confidence": "sure"`},
		{`"size": 571000000`, `"size": 571000000.5`},
		{`"mode":"4755"`, `"mode":"rwsr-xr-x"`},
		{`"type":"symlink"`, `"type":"directory"`},
		{`"how": "history"`, `"how": "luck"`},
		{`2026-03-01T12:30:00Z`, `2026-03-01`},
		{`C:\\\\api`, `C:\\api`},
	} {
		if bad := strings.Replace(good, c[0], c[1], 1); bad == good {
			t.Errorf("the report has no %s", c[0])
		} else if reporttest.Validate(s, bad) == nil {
			t.Errorf("the schema takes %s for %s", c[1], c[0])
		}
	}
}

// The JSON holds what the report holds: read back, it is the same.
func TestJSONRoundTrip(t *testing.T) {
	want := reporttest.Sample()
	want.Instructions[2].Location.File = "Dockerfile"
	var got model.Report
	if err := json.Unmarshal([]byte(reporttest.Render(t, JSON{}, want)), &got); err != nil {
		t.Fatal(err)
	}
	want.Tree, want.Notes = nil, []string{}
	want.Image.Created = view.UTC(want.Image.Created)
	want.Instructions[0].Created = view.UTC(want.Instructions[0].Created)
	for i := range want.Findings {
		want.Findings[i].Paths, want.Findings[i].Packages = jsontext.NotNil(want.Findings[i].Paths), jsontext.NotNil(want.Findings[i].Packages)
	}
	if diff := cmp.Diff(want, &got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTimesThatRFC3339CannotWrite(t *testing.T) {
	r := reporttest.Sample()
	for offset, year := range map[int]int{-3600: 9999, 3600: 0} {
		month, day := time.December, 31
		hour := 23
		if year == 0 {
			month, day, hour = time.January, 1, 0
		}
		created := time.Date(year, month, day, hour, 30, 0, 0, time.FixedZone("", offset))
		r.Image.Created, r.Instructions[0].Created = &created, &created
		if text := reporttest.Render(t, JSON{}, r); strings.Count(text, `"created": null`) != 1+len(r.Instructions) {
			t.Errorf("created in year %d:\n%s", year, text)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	for _, w := range []Writer{JSON{}, JSON{Files: true}} {
		if err := w.Write(reporttest.Failing{}, reporttest.Sample()); err != io.ErrClosedPipe {
			t.Errorf("%T: error %v", w, err)
		}
	}
}
