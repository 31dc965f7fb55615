package terminal

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestRebuiltSmaller: from an opened image to one that was rebuilt smaller, without
// leaving the interface and with fewer than ten keys. The image from before keeps its name.
// Opened again with the edited file, it is shown all the same, and says so.
func TestRebuiltSmaller(t *testing.T) {
	needTerminal(t)
	if os.Getenv("TARE_REAL") != "1" {
		t.Skip("needs a real engine and registry: eval \"$(.ci/real-up)\" and set TARE_REAL=1")
	}
	const from = "FROM 127.0.0.1:5057/debian:slim\n"
	for name, dockerfile := range map[string]string{
		"lists":      "RUN apt-get update\nRUN apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\nCMD curl --version\n",
		"recommends": "RUN apt-get update && apt-get install -y ruby && rm -rf /var/lib/apt/lists/*\nUSER 10001\nCMD [\"ruby\", \"--version\"]\n",
		"layers":     "RUN mkdir /srv/data && head -c 8000000 /dev/urandom >/srv/data/a\nRUN chown -R www-data /srv/data\nRUN rm /srv/data/a\n",
	} {
		t.Run(name, func(t *testing.T) {
			image := "tare-rebuilt-" + name
			defer func() { _ = exec.Command("docker", "image", "rm", image+":1", image+":1-tare").Run() }()
			term := open(t, setting{
				args:  []string{"build", "--network", "host", "-t", image + ":1", "."},
				env:   []string{"DOCKER_HOST=" + os.Getenv("DOCKER_HOST"), "DOCKER_BUILDKIT=1"},
				files: map[string]string{"Dockerfile": from + dockerfile},
			})
			before := term.until("image", func(s string) bool { return strings.Contains(s, "% wasted") && strings.Contains(s, "? help") })
			term.see("W", "write it")
			term.see("Enter", "wrote Dockerfile")
			term.see("b", image+":1-tare", "Enter runs it")
			term.see("Enter", "predicted", "is still the image from before")
			term.whole() // with four keys
			_, goal, _ := strings.Cut(strings.SplitN(before, "\n", 2)[0], " → ")
			term.press("Escape")
			if now := term.gone("before predicted"); goal == "" || strings.Contains(now, " → "+goal) {
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
