package terminal

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestRealImages looks at an image that a real engine built, as the engine has it
// and as the registry does, in every size and locale.
func TestRealImages(t *testing.T) {
	needTerminal(t)
	if os.Getenv("TARE_REAL") != "1" {
		t.Skip("needs a real engine and registry: eval \"$(.ci/real-up)\" and set TARE_REAL=1")
	}
	const image = "127.0.0.1:5057/tare-terminal:1"
	build := exec.Command("docker", "build", "-q", "--network", "host", "-t", image, "-")
	build.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	build.Stdin = strings.NewReader("FROM 127.0.0.1:5057/debian:slim\nRUN head -c 3000000 /dev/urandom >/opt/junk\nRUN rm /opt/junk\nUSER 10001\n")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("docker build: %v\n%s", err, out)
	}
	if out, err := exec.Command("docker", "push", "-q", image).CombinedOutput(); err != nil {
		t.Fatalf("docker push: %v\n%s", err, out)
	}
	for _, from := range []string{"docker:", "registry:"} {
		for _, s := range []setting{{columns: 120, rows: 36}, {columns: 80, rows: 24}, {columns: 40, rows: 10}, {columns: 120, rows: 36, locale: "C"}, {columns: 40, rows: 10, locale: "C"}} {
			t.Run(from+" "+s.name(), func(t *testing.T) {
				s.args = []string{from + image}
				s.env = []string{"DOCKER_HOST=" + os.Getenv("DOCKER_HOST")}
				term := open(t, s)
				term.wait("wasted", "? help")
				term.whole()
				for _, view := range []struct{ key, text string }{{"2", "junk"}, {"3", "base"}, {"4", "rebuilt from"}, {"5", "user"}, {"1", "removed"}} {
					if view.key == "2" {
						term.command("layer 2")
						term.command("goto /opt/junk")
						term.wait(view.text)
						term.whole()
						continue
					}
					term.press(view.key)
					if s.columns > 40 {
						term.wait(view.text)
					}
					term.whole()
				}
				term.press("q")
				term.left(0)
			})
		}
	}
}

func (s setting) name() string {
	name := map[int]string{120: "120x36", 80: "80x24", 40: "40x10"}[s.columns]
	if s.locale != "" {
		name += " " + s.locale
	}
	return name
}
