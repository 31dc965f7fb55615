package draw

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestOnePalette: what is live and what is wasted have the same colours here as on the HTML
// page, dark and light. On a light page a bar may be paler than a word can be.
func TestOnePalette(t *testing.T) {
	text, err := os.ReadFile("../../report/webpage/base.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(text), "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("the page has no dark colours")
	}
	for _, row := range []struct {
		sheet, name string
		want        any
	}{
		{dark, "bar-own", darkPalette.live}, {dark, "bar-waste", darkPalette.waste}, {light, "bar-own", lightPalette.live}, {light, "link", lightPalette.accent},
	} {
		found := regexp.MustCompile(`--` + row.name + `: (#[0-9a-f]{6})`).FindStringSubmatch(row.sheet)
		if found == nil || rgb(found[1]) != row.want {
			t.Errorf("--%s of the page is %q, the interface has %v", row.name, found, row.want)
		}
	}
}
