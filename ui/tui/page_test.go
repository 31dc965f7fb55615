package tui

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/tare-oci/tare/ui/tui/accessible"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/keys"
)

// TestInterfacePage holds the tables of docs/interface.md to the keymap, the
// commands, the themes and the words; -update writes them anew.
func TestInterfacePage(t *testing.T) {
	const name = "../../docs/interface.md"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	want := page
	table := func(actions []keys.Action) []string {
		rows := []string{"| action | keys | what they do |", "|---|---|---|"}
		for _, a := range actions {
			names := strings.Fields(a.Binding.Help().Key)
			rows = append(rows, "| `"+a.Name+"` | `"+strings.Join(names, "` `")+"` | "+a.Does+" |")
		}
		return rows
	}
	all, course := table(keys.New(false).Actions()), table(keys.NewCourse(false).Actions())
	said := []string{"| command | what it does |", "|---|---|"}
	for _, c := range commands() {
		said = append(said, "| `:"+c.name+"` | "+c.does+" |")
	}
	words := []string{"| word | answer |", "|---|---|"}
	for _, w := range accessible.Words() {
		words = append(words, "| `"+strings.TrimSpace(w.Name+" "+w.Takes)+"` | "+w.Does+" |")
	}
	themes := []string{"The themes are `" + strings.Join(draw.Themes, "`, `") + "`."}
	for mark, lines := range map[string][]string{"keys": all, "course": course, "commands": said, "themes": themes, "words": words} {
		before, rest, ok := strings.Cut(want, "<!-- "+mark+" -->\n")
		_, after, closed := strings.Cut(rest, "<!-- end of "+mark+" -->")
		if !ok || !closed {
			t.Fatalf("the page has no place for %s", mark)
		}
		want = before + "<!-- " + mark + " -->\n" + strings.Join(lines, "\n") + "\n<!-- end of " + mark + " -->" + after
	}
	if want == page {
		return
	}
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Error("docs/interface.md differs from what the program has; go test ./ui/tui -run InterfacePage -update writes it")
}
