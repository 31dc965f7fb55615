package terminal

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// timeout is how long a test waits for what it expects: far longer than it
// takes, as the machine may have other things to do.
const timeout = 30 * time.Second

// setting is a terminal to be opened, and what runs in it.
type setting struct {
	columns, rows int
	locale        string   // "" is C.UTF-8
	env           []string // more of the environment, NAME=value
	tare          string   // the program; "" is the one under test
	command       string   // the shell's words; "" runs tare with args
	args          []string
	style         string            // tmux's window-style: what the terminal says its colours are
	files         map[string]string // that lie in the working directory, by name
}

// terminal is a shell in a tmux server of its own, with the program running in
// it as a job.
type terminal struct {
	t             *testing.T
	dir           string // working directory and home
	socket        string
	columns, rows int
}

// open starts a terminal and what is to run in it. The shell notes the
// terminal's modes before and after in the files before and after, and says
// "[left with CODE]" when the program has ended or stopped.
func open(t *testing.T, s setting) *terminal {
	t.Helper()
	if s.columns == 0 {
		s.columns, s.rows = 120, 36
	}
	if s.locale == "" {
		s.locale = "C.UTF-8"
	}
	if s.tare == "" {
		s.tare = tare
	}
	// A socket's path has to be short, shorter than t.TempDir's.
	dir, err := os.MkdirTemp("", "tmux")
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, dir: dir, socket: filepath.Join(dir, "socket"), columns: s.columns, rows: s.rows}
	t.Cleanup(func() {
		_ = term.client("kill-server").Run() // gone already, if the shell is
		os.RemoveAll(dir)
	})

	if s.command == "" {
		s.command = quote(append([]string{s.tare}, s.args...)...)
	}
	script := "stty -a >before\n" +
		"sh -c 'echo $$ >pid; exec " + strings.ReplaceAll(s.command, "'", `'\''`) + "'\n" +
		"code=$?; stty -a >after; echo \"[left with $code]\"\n"
	term.write("run", script)
	for name, text := range s.files {
		term.write(name, text)
	}

	start := term.client(
		"start-server", ";", "set", "-g", "status", "off", ";", "set", "-g", "default-terminal", "tmux-256color", ";",
		"set", "-s", "set-clipboard", "on", ";", "set", "-s", "escape-time", "0", ";", "set", "-g", "window-style", s.style+"default", ";",
		"new-session", "-d", "-x", strconv.Itoa(s.columns), "-y", strconv.Itoa(s.rows), "env", "PS1=ready> ", "sh", "-i")
	// No engine, no settings and no credentials of whoever runs the tests, and
	// nothing that says there is no person here.
	start.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "SHELL=/bin/sh", "TERM=tmux-256color", "LC_ALL=" + s.locale,
		"XDG_CACHE_HOME=" + filepath.Join(shared(), "cache"),
		"DOCKER_CONFIG=" + dir, "DOCKER_HOST=unix://" + dir + "/no.sock", "CONTAINER_HOST=unix://" + dir + "/no.sock",
	}, s.env...)
	start.Dir = dir
	if out, err := start.CombinedOutput(); err != nil {
		t.Fatalf("starting tmux: %v\n%s", err, out)
	}
	term.tmux("pipe-pane", "-O", "cat >raw")
	term.wait("ready>")
	term.line(". ./run")
	return term
}

// sample opens a terminal with a demo image in it and waits until it is read.
func sample(t *testing.T, s setting, args ...string) *terminal {
	t.Helper()
	s.args = append([]string{"demo"}, args...)
	term := open(t, s)
	term.wait("wasted", "? help")
	return term
}

// quote quotes words for a shell.
func quote(words ...string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}

func (term *terminal) client(args ...string) *exec.Cmd {
	c := exec.Command("tmux", append([]string{"-u", "-S", term.socket, "-f", "/dev/null"}, args...)...)
	c.Dir = term.dir
	return c
}

// tmux gives the server a command and returns its answer.
func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	out, err := term.client(args...).CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// press presses keys, named as tmux names them.
func (term *terminal) press(keys ...string) {
	term.t.Helper()
	term.tmux(append([]string{"send-keys"}, keys...)...)
}

// text types characters as they are.
func (term *terminal) text(text string) {
	term.t.Helper()
	term.tmux("send-keys", "-l", text)
}

// line types a line for the shell.
func (term *terminal) line(text string) {
	term.t.Helper()
	term.tmux("send-keys", "-l", text, ";", "send-keys", "Enter")
}

// screen is what is to be seen now, without trailing blanks.
func (term *terminal) screen() string {
	term.t.Helper()
	return term.tmux("capture-pane", "-p")
}

// coloured is the screen with its colours, as escape codes.
func (term *terminal) coloured() string {
	term.t.Helper()
	return term.tmux("capture-pane", "-p", "-e")
}

// until waits for a screen as the test wants it, and returns it.
func (term *terminal) until(what string, good func(screen string) bool) string {
	term.t.Helper()
	for deadline := time.Now().Add(timeout); ; time.Sleep(10 * time.Millisecond) {
		s := term.screen()
		if good(s) {
			return s
		}
		if time.Now().After(deadline) {
			term.t.Fatalf("no %s on the screen:\n%s", what, picture(s))
		}
	}
}

// wait waits until all of the texts are on the screen.
func (term *terminal) wait(texts ...string) string {
	term.t.Helper()
	return term.until(strings.Join(quotedEach(texts), ", "), func(s string) bool {
		for _, text := range texts {
			if !strings.Contains(s, text) {
				return false
			}
		}
		return true
	})
}

// gone waits until a text is no longer on the screen.
func (term *terminal) gone(text string) string {
	term.t.Helper()
	return term.until("screen without "+strconv.Quote(text), func(s string) bool { return !strings.Contains(s, text) })
}

// see presses keys and waits for texts.
func (term *terminal) see(keys string, texts ...string) string {
	term.t.Helper()
	term.press(strings.Fields(keys)...)
	return term.wait(texts...)
}

func quotedEach(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = strconv.Quote(text)
	}
	return out
}

// picture frames a screen for a failure.
func picture(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString("  | " + line)
	}
	return b.String()
}

// raw is every byte that programs have sent to the terminal.
func (term *terminal) raw() string {
	term.t.Helper()
	return term.read("raw")
}

func (term *terminal) path(name string) string { return filepath.Join(term.dir, name) }

func (term *terminal) write(name, text string) {
	term.t.Helper()
	if err := os.WriteFile(term.path(name), []byte(text), 0o600); err != nil {
		term.t.Fatal(err)
	}
}

func (term *terminal) read(name string) string {
	term.t.Helper()
	text, err := os.ReadFile(term.path(name))
	if err != nil {
		term.t.Fatal(err)
	}
	return string(text)
}

// pid is the program's process.
func (term *terminal) pid() int {
	term.t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(term.read("pid")))
	if err != nil {
		term.t.Fatal(err)
	}
	return n
}

// left waits until the program has left with a code, and looks whether the
// terminal is as it was before.
func (term *terminal) left(code int) string {
	term.t.Helper()
	s := term.wait("[left with " + strconv.Itoa(code) + "]")
	term.untouched("after")
	return s
}

// untouched looks whether the terminal is as it was before, by what the shell
// noted in a file and by what tmux says of the pane.
func (term *terminal) untouched(noted string) {
	term.t.Helper()
	if before, after := term.read("before"), term.read(noted); before != after {
		term.t.Errorf("stty -a before:\n%safter:\n%s", before, after)
	}
	modes := term.tmux("display", "-p",
		"alternate #{alternate_on} cursor #{cursor_flag} mouse #{mouse_any_flag}#{mouse_sgr_flag} keypad #{keypad_flag}#{keypad_cursor_flag} insert #{insert_flag} wrap #{wrap_flag}")
	if want := "alternate 0 cursor 1 mouse 00 keypad 00 insert 0 wrap 1\n"; modes != want {
		term.t.Errorf("the terminal is left with %swant                      %s\n%s", modes, want, picture(term.screen()))
	}
	// tmux writes the file when it comes to it.
	term.until("end of bracketed paste", func(string) bool {
		raw := term.raw()
		return strings.LastIndex(raw, "\x1b[?2004h") <= strings.LastIndex(raw, "\x1b[?2004l")
	})
}
