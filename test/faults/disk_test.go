//go:build unix

package faults

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// mount puts a file system of some kilobytes at a directory of the world.
func mount(t *testing.T, where, options string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root to mount a small disk")
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", where).CombinedOutput(); err != nil {
		t.Skipf("no small disk to be had here: %v, %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", where).Run() })
}

// TestDisks: a disk that is full or read-only costs the cache; a report that
// does not fit is an error, and no half of it is left.
func TestDisks(t *testing.T) {
	needFaults(t)
	_, reference := serve(t)
	right := healthy(t, reference)
	tests := []struct {
		name, how, dir, options string
		args                    []string
		code                    int
		says                    string
	}{
		{"the cache's disk is full", "4 kB for the cache", "cache", "size=4k,mode=700", nil, 0, ""},
		{"the cache's disk has no room for a directory", "no inodes left", "cache", "nr_inodes=1,mode=700", nil, 0, ""},
		{"the cache's disk is read-only", "mounted so", "cache", "ro,mode=700", nil, 0, ""},
		{"the report's disk is full", "4 kB for the report", "work", "size=4k", []string{"-o", "json=report.json", "--files"}, 2, "report.json"},
		{"the report's disk is read-only", "mounted so", "work", "ro", []string{"-o", "json=report.json"}, 2, "report.json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			mount(t, w.at(test.dir), test.options)
			args := append([]string{reference}, test.args...)
			if test.args == nil {
				args = append(args, "-o", "json")
			}
			const times = 2
			outcome := ""
			for range times {
				r := w.run(time.Minute, args...)
				outcome = r.holds(t, right, test.code)
				if !strings.Contains(outcome, test.says) {
					t.Errorf("it does not say %q: %s", test.says, outcome)
				}
				w.left()
			}
			table.add(t, test.name, test.how, times, outcome)
		})
	}
	t.Run("the cache is a file", func(t *testing.T) {
		w := newWorld(t)
		w.write("cache/tare", "a file")
		outcome := w.run(time.Minute, reference, "-o", "json")
		if outcome.code != 0 || outcome.out != right {
			t.Errorf("exit code %d: %s", outcome.code, outcome.complaint)
		}
		table.add(t, "a file in the cache's place", "a file", 1, "the right answer; "+strings.TrimSpace(outcome.complaint))
	})
	t.Run("the answer's reader goes away", func(t *testing.T) {
		w := newWorld(t)
		c := exec.Command("sh", "-c", tare+" "+reference+" --files -o json | head -c 10; exit 0")
		c.Env, c.Dir = w.env, w.at("work")
		var complaint strings.Builder
		c.Stderr = &complaint
		if err := c.Run(); err != nil || complaint.Len() > 0 {
			t.Errorf("%v: %s", err, complaint.String())
		}
		w.left()
		table.add(t, "the answer's reader goes away", "… | head -c 10", 1, "silence")
	})
}
