//go:build unix

package faults

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hang answers as far as a stage, tells that it is there, and waits.
func hang(reached chan<- struct{}, part int) answer {
	return func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body[:len(body)*part/100])
		flush(w)
		select {
		case reached <- struct{}{}:
		default:
		}
		<-r.Context().Done()
		return true
	}
}

// TestSignals: Ctrl+C and SIGTERM end the program soon, at every stage, with
// their exit codes, and nothing is left.
func TestSignals(t *testing.T) {
	needFaults(t)
	stages := []struct {
		name, what string
		part       int
	}{
		{"before the manifest", "manifests", 0},
		{"in the manifest", "manifests", 50},
		{"before the config", "configs", 0},
		{"before a layer", "layers", 0},
		{"in a layer", "layers", 60},
		{"at a layer's end", "layers", 99},
	}
	for _, stage := range stages {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			name := fmt.Sprint(signal, " ", stage.name)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				times := 5
				if testing.Short() {
					times = 1
				}
				for range times {
					s, reference := serve(t)
					reached := make(chan struct{}, 1)
					s.fault = &fault{what: stage.what, do: hang(reached, stage.part)}
					w := newWorld(t)
					c, out, complaint := w.start(t.Context(), reference, "-o", "json=report.json", "-o", "json")
					<-reached
					interrupt(t, c, signal)
					if out.Len() > 0 || strings.Contains(complaint.String(), "goroutine ") {
						t.Errorf("it says %.200s%.500s", out, complaint)
					}
					w.left()
				}
				table.add(t, "a signal "+stage.name, signal.String(), times, "exit code "+fmt.Sprint(128+int(signal)))
			})
		}
	}
	t.Run("while writing", func(t *testing.T) {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			_, reference := serve(t)
			w := newWorld(t)
			// A pipe that nobody empties holds the report up.
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := write.Write(make([]byte, 64<<10)); err != nil {
				t.Fatal(err)
			}
			c := exec.Command(tare, reference, "--files", "-o", "json=report.json", "-o", "json")
			c.Dir, c.Env, c.Stdout = w.at("work"), w.env, write
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			write.Close()
			for range 200 { // the file is written first
				if _, err := os.Stat(w.at("work", "report.json")); err == nil {
					break
				}
				time.Sleep(50 * time.Millisecond)
			}
			interrupt(t, c, signal)
			read.Close()
			w.left("work/report.json")
			table.add(t, "a signal while writing", signal.String()+", standard output is full", 1, "exit code "+fmt.Sprint(128+int(signal)))
		}
	})
}

// interrupt sends a signal and waits for the program to end as it says.
func interrupt(t *testing.T, c *exec.Cmd, signal syscall.Signal) {
	t.Helper()
	if err := c.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) && !errors.Is(err, io.ErrClosedPipe) {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it did not end within ten seconds")
		_ = c.Process.Kill()
		<-ended
	}
	if code := c.ProcessState.ExitCode(); code != 128+int(signal) {
		t.Errorf("exit code %d after %v", code, signal)
	}
}
