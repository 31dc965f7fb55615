package display

import (
	"slices"
	"testing"
)

// TestLinesAreToldApart: what differs is seen where a line is too long, and the start of one that differs early stays.
func TestLinesAreToldApart(t *testing.T) {
	const install = "RUN apt-get update && apt-get install -y --no-install-recommends "
	texts := []string{install + "less && rm -rf /var/lib/apt/lists/*", install + "curl && rm -rf /var/lib/apt/lists/*", "COPY . /app", "", install + "curl && rm -rf /var/lib/apt/lists/*"}
	telling := TellApart(texts)
	if want := []int{8, 12, 0, 0, 12}; !slices.Equal(telling, want) {
		t.Errorf("%v, want %v", telling, want)
	}
	for _, row := range []struct {
		text  string
		word  int
		width int
		want  string
	}{
		{texts[0], 8, 40, "RUN … less && rm -rf /var/lib/apt/lists…"},
		{texts[0], 8, 200, texts[0]},
		{texts[0], 8, 80, "RUN apt-get update && apt-get install -y --no-install-recommends less && rm -rf…"},
		{texts[2], 0, 8, "COPY . …"},
		{"a b", 1, 2, "a…"},
		{"/a/very/long/program/indeed x y z", 3, 12, "… z"},
		{"", 0, 5, ""},
		{"one two", 9, 4, "one…"},
	} {
		if got := Unicode.TruncateFrom(row.text, row.word, row.width); got != row.want || Width(got) > row.width {
			t.Errorf("%q in %d: %q, want %q", row.text, row.width, got, row.want)
		}
	}
	if got := TellApart(nil); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
