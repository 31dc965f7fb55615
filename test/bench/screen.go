package bench

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// screenRow is the row of interfaces: how long until one can be used, and what
// it takes by then.
const screenRow = "20 layers of 10,000 files, until the screen can be used"

// manyLayers is an archive of twenty layers of ten thousand files each.
func manyLayers(file string) error {
	var img imagetest.Image
	for l := range 20 {
		layer := imagetest.Layer{Compression: imagetest.None, CreatedBy: fmt.Sprintf("RUN step %d # buildkit", l)}
		for f := range 10_000 {
			path := fmt.Sprintf("srv/%d/%03d/file-%d", l, f%200, f)
			layer.Files = append(layer.Files, imagetest.Text(path, path))
		}
		img.Layers = append(img.Layers, layer)
	}
	return save(file, img.Legacy())
}

// screens compares two interfaces on a terminal of 120 by 36, in tmux.
func screens(tare, image string, runs int) error {
	var ours, others []figure
	var ratios []float64
	for range runs {
		a, err := screen(fmt.Sprintf("%s --no-cache '%s'", tare, image), "q quit", "reading")
		if err != nil {
			return fmt.Errorf("tare: %w", err)
		}
		b, err := screen(fmt.Sprintf("dive --source docker-archive '%s'", image), "Layer Details", "")
		if err != nil {
			return fmt.Errorf("dive: %w", err)
		}
		ours, others = append(ours, a), append(others, b)
		ratios = append(ratios, b.wall.Seconds()/a.wall.Seconds())
	}
	slices.Sort(ratios)
	a, b := median(ours), median(others)
	fmt.Printf("| %s | %.2f s | %d MB | dive %.2f s | %d MB | %.1f (%.1f–%.1f) |\n", screenRow, a.wall.Seconds(), a.peak>>20,
		b.wall.Seconds(), b.peak>>20, ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1])
	return nil
}

// screen runs a command in a terminal until the screen holds one text and not
// another.
func screen(command, ready, busy string) (figure, error) {
	session := fmt.Sprintf("tare-bench-%d", time.Now().UnixNano()) // a server of its own
	tmux := func(args ...string) (string, error) {
		out, err := exec.Command("tmux", append([]string{"-L", session, "-f", "/dev/null"}, args...)...).CombinedOutput()
		return string(out), err
	}
	defer func() { _, _ = tmux("kill-server") }()
	start := time.Now()
	if out, err := tmux("new-session", "-d", "-x", "120", "-y", "36", "exec env TERM=xterm-256color "+command); err != nil {
		return figure{}, fmt.Errorf("tmux: %w, %s", err, out)
	}
	pid := ""
	for time.Since(start) < 5*time.Minute {
		shown, err := tmux("capture-pane", "-p")
		if err != nil {
			return figure{}, fmt.Errorf("it ended: %s", shown)
		}
		if pid == "" {
			pid, _ = tmux("display-message", "-p", "#{pane_pid}")
			pid = strings.TrimSpace(pid)
		}
		if strings.Contains(shown, ready) && (busy == "" || !strings.Contains(shown, busy)) {
			return figure{wall: time.Since(start), peak: peakOf(pid)}, nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	return figure{}, fmt.Errorf("its screen never shows %q", ready)
}

// peakOf is the most memory that a process had, in bytes; Linux tells.
func peakOf(pid string) int64 {
	status, _ := os.ReadFile("/proc/" + pid + "/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kb << 10
		}
	}
	return 0
}
