package terminal

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// rebuilt are the Dockerfiles of TestRebuiltSmaller by their names: those in the
// directories that TARE_REBUILD lists, else three of its own.
func rebuilt(t *testing.T) map[string]string {
	t.Helper()
	list := os.Getenv("TARE_REBUILD")
	if list == "" {
		const from = "FROM 127.0.0.1:5057/debian:slim\n"
		return map[string]string{
			"lists":      from + "RUN apt-get update\nRUN apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\nCMD curl --version\n",
			"recommends": from + "RUN apt-get update && apt-get install -y ruby && rm -rf /var/lib/apt/lists/*\nUSER 10001\nCMD [\"ruby\", \"--version\"]\n",
			"layers":     from + "RUN mkdir /srv/data && head -c 8000000 /dev/urandom >/srv/data/a\nRUN chown -R www-data /srv/data\nRUN rm /srv/data/a\n",
		}
	}
	found := make(map[string]string)
	for _, dir := range filepath.SplitList(list) {
		text, err := os.ReadFile(filepath.Join(dir, "Dockerfile"))
		if err != nil {
			t.Fatal(err)
		}
		found[filepath.Base(dir)] = string(text)
	}
	return found
}

// TestRebuiltSmaller: from an opened image to one that was rebuilt smaller, without
// leaving the interface and with fewer than ten keys. The image from before keeps its name.
// Opened again with the edited file, it is shown all the same, and says so.
//
// TARE_REBUILD names directories with Dockerfiles to do it with, as PATH names its own.
func TestRebuiltSmaller(t *testing.T) {
	needTerminal(t)
	if os.Getenv("TARE_REAL") != "1" {
		t.Skip("needs a real engine and registry: eval \"$(.ci/real-up)\" and set TARE_REAL=1")
	}
	for name, dockerfile := range rebuilt(t) {
		t.Run(name, func(t *testing.T) {
			image := "tare-rebuilt-" + name
			defer func() { _ = exec.Command("docker", "image", "rm", image+":1", image+":1-tare").Run() }()
			term := open(t, setting{
				args:  []string{"build", "--network", "host", "-t", image + ":1", "."},
				env:   []string{"DOCKER_HOST=" + os.Getenv("DOCKER_HOST"), "DOCKER_BUILDKIT=1"},
				files: map[string]string{"Dockerfile": dockerfile},
			})
			before := term.until("image", func(s string) bool { return strings.Contains(s, "% wasted") && strings.Contains(s, "? help") })
			var keys []string
			press := func(key string, texts ...string) string {
				keys = append(keys, key)
				return term.see(key, texts...)
			}
			for page := press("W", "what would be written", "Enter "); !strings.Contains(page, "write it"); {
				page = press("G", "Enter ") // what is written was read to its end
			}
			press("Enter", "wrote Dockerfile")
			press("b", image+":1-tare", "Enter runs it")
			press("Enter", "predicted", "is still the image from before")
			term.whole()
			_, goal, _ := strings.Cut(strings.SplitN(before, "\n", 2)[0], " → ")
			sizes := strings.TrimSpace(strings.SplitN(term.screen(), "\n", 2)[0])
			if t.Logf("%d keys, %s: %s", len(keys), strings.Join(keys, " "), sizes); len(keys) >= 10 {
				t.Errorf("%d keys", len(keys))
			}
			term.press("Escape")
			if now := term.gone("1 Findings"); goal == "" || strings.Contains(now, " → "+goal) {
				t.Errorf("it went for %s, and is now\n%s", goal, picture(now))
			}
			term.press("q")
			term.left(0)
			for _, tag := range []string{":1", ":1-tare"} {
				if out, err := exec.Command("docker", "image", "inspect", image+tag).CombinedOutput(); err != nil {
					t.Errorf("%s is gone: %v\n%.200s", image+tag, err, out)
				}
			}
			term.line("clear; " + quote(tare, image+":1", "-f", "Dockerfile"))
			term.wait("% wasted", "was edited since this image was built")
			term.see("w", "was edited since this image was built")
			term.press("q")
			term.wait("ready>")
		})
	}
}
