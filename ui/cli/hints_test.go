package cli_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/ui/cli"
	"github.com/tare-oci/tare/ui/report"
)

// typed runs a command in this process and returns what it prints.
func typed(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, err strings.Builder
	code = cli.Run(context.Background(), args, cli.Streams{
		In: strings.NewReader(""), Out: &out, Err: &err,
		Getenv: func(name string) (string, bool) {
			if name == "TARE_CACHE_DIR" {
				return os.LookupEnv(name)
			}
			return "C.UTF-8", name == "LANG"
		},
	})
	return out.String(), err.String(), code
}

// proposed are the commands in a text that tell a person what to type. Group 1 is the
// command, group 2 what promises that it writes edits.
var proposed = regexp.MustCompile("(?m)(?:^next: |Write the edit: |More: |^|`|, )(tare (?:fix|explain|compare|demo|check)[^`\n\",<]*?|tare [^`\n \"]+)( writes the edits.*|` shows.*| says? .*|[`\",<].*)?$")

// commands are the commands that a text proposes, and whether each is only said to explain.
func commands(text string) (list []string, explains map[string]bool) {
	text = strings.NewReplacer("%0A", "\n", `\n`, "\n", "%2C", ",", "&#39;", "'").Replace(text)
	explains = make(map[string]bool)
	for _, m := range proposed.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
		explains[m[1]] = strings.HasPrefix(m[2], " says")
	}
	return list, explains
}

// split parts a command into words as a shell does, with single quotes alone.
func split(command string) (words []string) {
	for i, part := range strings.Split(command, "'") {
		if i%2 == 1 {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words
}

// TestHintsCanBeTyped types each command that any face of a report proposes: it has to
// work as it is printed, and tare fix has to print edits.
func TestHintsCanBeTyped(t *testing.T) {
	t.Setenv("TARE_CACHE_DIR", t.TempDir())
	many := imagetest.Rounds(0, 0, 1) > 0
	for _, sample := range demo.Samples() {
		if !many && !slices.Contains([]string{"chown-copy", "secret", "services", "compiler"}, sample.Name) {
			continue // these have an edit, a risk, small edits, and a stage that cannot be worked out
		}
		t.Run(sample.Name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if many || sample.Name == "secret" { // without a Dockerfile it is much the same for all
				typeHints(t, "demo:"+sample.Name)
			}
			if !many && sample.Name == "secret" {
				return
			}
			name := filepath.Join("the build", "Dockerfile")
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(sample.Dockerfile), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err, code := typed(t, "demo", sample.Name, "-o", "oci-archive=app.tar"); code != 0 {
				t.Fatal(err)
			}
			typeHints(t, "app.tar", "-f", name)
		})
	}
}

func typeHints(t *testing.T, image string, flags ...string) {
	t.Helper()
	tried := map[string]bool{}
	for command, formats := range map[string][]string{
		"": report.Names(), "check": report.Names(), "comment": {"text", "markdown"}, "check --fail-on possible --min-efficiency 1 --floor 0 --deny risks": {"text", "sarif"},
	} {
		args := append(strings.Fields(command), image)
		for _, format := range formats {
			args = append(args, "-o", format+"=face."+format)
		}
		if _, err, code := typed(t, append(args, flags...)...); code > 1 {
			t.Fatalf("tare %s: %s", command, err)
		}
		for _, format := range formats {
			face, err := os.ReadFile("face." + format)
			if err != nil {
				t.Fatal(err)
			}
			proposals, explains := commands(string(face))
			for _, next := range proposals {
				if format == "html" || format == "json" || tried[next] {
					continue
				}
				tried[next] = true
				out, err, code := typed(t, split(next)[1:]...)
				switch {
				case code > 1:
					t.Errorf("tare %s %s -o %s proposes %q, which ends with %d: %s", command, image, format, next, code, err)
				case out == "" && (!explains[next] || !strings.Contains(err, "left alone:")):
					t.Errorf("tare %s %s -o %s proposes %q, which prints nothing: %s", command, image, format, next, err)
				}
			}
		}
	}
	if len(tried) < 1 {
		t.Errorf("%s: the faces propose %d commands", image, len(tried))
	}
	t.Log(slices.Sorted(maps.Keys(tried)))
}
