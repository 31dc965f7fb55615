package terminal

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tare-oci/tare/test/program"
)

// kill sends the program a signal, by its name without SIG.
func (term *terminal) kill(signal string) {
	term.t.Helper()
	if out, err := exec.Command("kill", "-"+signal, strconv.Itoa(term.pid())).CombinedOutput(); err != nil {
		term.t.Fatalf("kill: %v\n%s", err, out)
	}
}

// TestTerminalIsWholeAgain leaves in every way there is, from
// every place.
func TestTerminalIsWholeAgain(t *testing.T) {
	needTerminal(t)
	ways := []struct {
		name string
		do   func(term *terminal)
		code int
	}{
		{"q", func(term *terminal) { term.press("q") }, 0},
		{"Ctrl+C", func(term *terminal) { term.press("C-c") }, 0},
		{"SIGTERM", func(term *terminal) { term.kill("TERM") }, 143},
		{"SIGINT", func(term *terminal) { term.kill("INT") }, 130},
		{"q at the help", func(term *terminal) { term.see("?", "Keys"); term.press("q"); term.gone("Keys"); term.press("q") }, 0},
		{"Ctrl+C in the filter", func(term *terminal) { term.press("/"); term.text("x"); term.press("C-c") }, 0},
		{"SIGTERM in a command", func(term *terminal) { term.see(":", ":"); term.kill("TERM") }, 143},
		{"q with the mouse off", func(term *terminal) { term.see("m", "selecting text"); term.press("q") }, 0},
	}
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			term := sample(t, setting{})
			w.do(term)
			s := term.left(w.code)
			if strings.Contains(s, "Steps") {
				t.Errorf("the interface is still to be seen:\n%s", picture(s))
			}
		})
	}
}

// TestSuspend suspends the program, twice, and brings it back.
func TestSuspend(t *testing.T) {
	needTerminal(t)
	ways := []struct {
		name string
		do   func(term *terminal)
	}{
		{"Ctrl+Z", func(term *terminal) { term.press("C-z") }},
		{"SIGTSTP", func(term *terminal) { term.kill("TSTP") }},
	}
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			term := sample(t, setting{})
			term.see("5", "Kubernetes")
			w.do(term)
			term.left(147)
			term.line("fg; stty -a >again; echo \"[again $?]\"")
			term.wait("Kubernetes", "? help")
			term.whole()
			term.see("2", "by size")
			w.do(term)
			term.wait("[again 0]") // of stty
			term.untouched("again")
			term.line("fg; stty -a >last; echo \"[last $?]\"")
			term.wait("by size", "? help")
			term.press("q")
			term.wait("[last 0]")
			term.untouched("last")
		})
	}
}

// TestPanicRestoresTerminal breaks the program in every place that could break. The
// program is built from the same files but for a few lines, which panic on keys
// that nothing else uses.
func TestPanicRestoresTerminal(t *testing.T) {
	needTerminal(t)
	broken := filepath.Join(t.TempDir(), "tare-broken")
	flags := overlay(t, map[string][2]string{
		"ui/tui/press.go": {"func (m *root) press(msg tea.KeyPressMsg) tea.Cmd {\n", `	switch msg.String() {
	case "f5":
		panic("injected into Update")
	case "f6":
		injected = true
		return nil
	case "f7":
		return func() tea.Msg { panic("injected into a command") }
	}
`},
		"ui/tui/view.go": {"func (m *root) View() tea.View {\n", `	if injected {
		panic("injected into View")
	}
`},
	}, map[string]string{
		"ui/tui/view.go": "\nvar injected bool\n",
	})
	if err := program.Build(broken, flags); err != nil {
		t.Fatalf("a tare that breaks: %v", err)
	}
	for key, said := range map[string]string{"F5": "injected into Update", "F6": "injected into View", "F7": "injected into a command"} {
		t.Run(said, func(t *testing.T) {
			t.Parallel()
			term := sample(t, setting{tare: broken})
			term.press(key)
			term.left(2)
			// A command panics in a goroutine of its own. Its trace may be mixed with what restores
			// the terminal, or come too late; what ends the program is always told.
			told := term.raw() + term.screen()
			if !strings.Contains(told, said) && (key != "F7" || !strings.Contains(told, "experienced a panic")) {
				t.Errorf("nothing tells of the panic:\n%s", picture(term.screen()))
			}
		})
	}
}

// overlay makes go build take some files with lines put behind a line of theirs,
// and with more at their end. The checkout stays as it is.
func overlay(t *testing.T, behind map[string][2]string, end map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	top, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	replace := map[string]string{}
	for file, put := range behind {
		from := filepath.Join(top, filepath.FromSlash(file))
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), put[0]) != 1 {
			t.Fatalf("%s has not, or not once, the line %s", file, put[0])
		}
		to := filepath.Join(dir, strings.ReplaceAll(file, "/", "-"))
		edited := strings.Replace(string(text), put[0], put[0]+put[1], 1) + end[file]
		if err := os.WriteFile(to, []byte(edited), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[from] = to
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return "-overlay=" + path
}
