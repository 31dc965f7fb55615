package docs

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/ui/cli"
)

var update = flag.Bool("update", false, "write anew what the program says: docs/commands.md and the console blocks")

// top is the directory of the repository, which these tests stand one below.
const top = ".."

// page is one text file of the repository; its name is a path from the top.
type page struct{ name, text string }

func readPage(t *testing.T, name string) page {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(top, name))
	if err != nil {
		t.Fatal(err)
	}
	return page{name, string(text)}
}

// block is a fenced block of a page and the line it starts at.
type block struct {
	text string
	line int
}

// blocks returns the fenced blocks that are marked with a word.
func (p page) blocks(mark string) []block {
	var all []block
	var b *block
	for n, line := range strings.SplitAfter(p.text, "\n") {
		switch fence := strings.TrimSpace(line); {
		case b == nil && fence == "```"+mark:
			b = &block{line: n + 2}
		case b != nil && fence == "```":
			all, b = append(all, *b), nil
		case b != nil:
			b.text += line
		}
	}
	return all
}

// tare runs the command line and returns what it writes to standard output. A
// gate may fail.
func tare(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr strings.Builder
	code := cli.Run(context.Background(), args, cli.Streams{
		In: strings.NewReader(""), Out: &stdout, Err: &stderr,
		Getenv: func(name string) (string, bool) {
			if name == "TARE_CACHE_DIR" {
				return cache, true // what one example reads of a sample, the next one knows
			}
			return "C.UTF-8", name == "LANG"
		},
	})
	if code != cli.ExitOK && code != cli.ExitGate {
		t.Fatalf("tare %s ends with %d: %s", strings.Join(args, " "), code, stderr.String())
	}
	return stdout.String()
}

// TestExamplesInPages runs the console blocks of the pages: what stands below
// `$ tare …` is what tare writes. `go test ./docs -run ExamplesInPages -update` writes
// them anew.
func TestExamplesInPages(t *testing.T) {
	ran := 0
	for _, name := range pages(t) {
		p := readPage(t, name)
		for _, b := range p.blocks("console") {
			command, want, _ := strings.Cut(b.text, "\n")
			args, ok := strings.CutPrefix(command, "$ tare ")
			if !ok {
				continue
			}
			ran++
			got := tare(t, strings.Fields(args)...)
			if *update && got != want {
				p.text = strings.Replace(p.text, b.text, command+"\n"+got, 1)
				if err := os.WriteFile(filepath.Join(top, name), []byte(p.text), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			for line := range strings.Lines(got) {
				if next, ok := strings.CutPrefix(strings.TrimSpace(line), "next: tare "); ok {
					t.Run(next, func(t *testing.T) { runNext(t, strings.Fields(next)) })
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s:%d: the page (-) does not show what %q writes (+):\n%s", name, b.line, command, diff)
			}
		}
	}
	if ran == 0 {
		t.Error("no page shows a command")
	}
}

// runNext runs a command that an example proposes.
func runNext(t *testing.T, args []string) {
	t.Chdir(t.TempDir())
	if tare(t, args...) == "" {
		t.Error("it writes nothing")
	}
}

// pages lists the Markdown files that users read.
func pages(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		found, err := fs.Glob(os.DirFS(top), pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	return names
}

// TestCommandsPage holds docs/commands.md to what the commands' own help says.
// `go test ./docs -run CommandsPage -update` writes it anew.
func TestCommandsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Commands\n\nMade from the program's own help by `go test ./docs -run CommandsPage -update`; do not edit.\n")
	var command func(path []string)
	command = func(path []string) {
		help := tare(t, append(path, "--help")...)
		fmt.Fprintf(&b, "\n## %s\n\n```text\n%s```\n", strings.Join(append([]string{"tare"}, path...), " "), withoutGlobalFlags(help))
		for _, name := range subcommands(help) {
			command(append(path[:len(path):len(path)], name))
		}
	}
	command(nil)
	name := filepath.Join("docs", "commands.md")
	if *update {
		if err := os.WriteFile(filepath.Join(top, name), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(readPage(t, name).text, b.String()); diff != "" {
		t.Errorf("%s (-) is not what the help says (+); run go test ./docs -run CommandsPage -update:\n%s", name, diff)
	}
}

// withoutGlobalFlags leaves out what the page says once, of the root command.
func withoutGlobalFlags(help string) string {
	before, after, found := strings.Cut(help, "\nGlobal Flags:\n")
	if !found {
		return help
	}
	_, after, _ = strings.Cut(after, "\n\n")
	if after != "" {
		after = "\n" + after
	}
	return before + after
}

var commandLine = regexp.MustCompile(`(?m)^  ([a-z]+) +\S`)

// subcommands reads the names below "Available Commands:".
func subcommands(help string) []string {
	_, list, _ := strings.Cut(help, "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	var names []string
	for _, m := range commandLine.FindAllStringSubmatch(list, -1) {
		if m[1] != "help" {
			names = append(names, m[1])
		}
	}
	return names
}

var link = regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)

// TestLinksInPages holds that every link of the pages leads to a file of the
// repository.
func TestLinksInPages(t *testing.T) {
	for _, name := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(readPage(t, name).text, -1) {
			target := m[1]
			if strings.HasPrefix(target, "https://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(top, filepath.Dir(name), filepath.FromSlash(target))); err != nil {
				t.Errorf("%s links to %s, which is not there", name, target)
			}
		}
	}
}
