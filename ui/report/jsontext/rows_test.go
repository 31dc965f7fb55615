package jsontext

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/ui/report/reporttest"
)

func TestRowsOfATree(t *testing.T) {
	var got struct {
		Files   []map[string]any `json:"files"`
		Entries []map[string]any `json:"entries"`
	}
	r := reporttest.Sample()
	var out bytes.Buffer
	o := OpenObject(&out)
	Rows(o, "files", FileRows(r))
	Rows(o, "entries", EntryRows(r))
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	row := func(kv ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i].(string)] = kv[i+1]
		}
		return m
	}
	odd := "app/\\xff\\\\n\n\x1b\u202e日本<&>"
	wantFiles := []map[string]any{
		row("path", "app/also", "links", []any{"app/run"}, "layer", 0.0, "size", 500.0, "compressedSize", 100.0, "verdict", "live", "cause", nil, "hiddenBy", nil, "mode", "4755", "uid", 10.0, "gid", 20.0, "package", nil),
		row("path", "app/config", "links", []any{}, "layer", 1.0, "size", 70.0, "compressedSize", nil, "verdict", "shadowed", "cause", "replaced", "hiddenBy", 2.0, "mode", "755", "uid", 0.0, "gid", 0.0, "package", nil),
		row("path", "app/config", "links", []any{}, "layer", 2.0, "size", 71.0, "compressedSize", 0.0, "verdict", "leftover", "cause", "apt-recommends", "hiddenBy", nil, "mode", "755", "uid", 0.0, "gid", 0.0, "package", nil),
	}
	wantEntries := []map[string]any{
		row("path", "app", "type", "directory", "target", nil, "layer", 0.0, "mode", nil, "uid", nil, "gid", nil),
		row("path", "app/zz", "type", "symlink", "target", `../\x9b\\`, "layer", 2.0, "mode", "755", "uid", 0.0, "gid", 0.0),
		row("path", odd, "type", "symlink", "target", `../\x9b\\`, "layer", 1.0, "mode", "755", "uid", 0.0, "gid", 0.0),
	}
	if diff := cmp.Diff(wantFiles, got.Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantEntries, got.Entries); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}
