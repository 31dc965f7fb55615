package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// buildAt builds tare as it was at a commit, into a file. The commit's tree is unpacked
// into a directory of its own; the working tree stays as it is.
func buildAt(ref, to string) error {
	dir, err := os.MkdirTemp("", "tare-before-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tree, err := exec.Command("git", "archive", "--format=tar", ref).Output()
	if err != nil {
		return fmt.Errorf("git archive %s: %w", ref, err)
	}
	unpack := exec.Command("tar", "-xf", "-", "-C", dir)
	unpack.Stdin = bytes.NewReader(tree)
	if out, err := unpack.CombinedOutput(); err != nil {
		return fmt.Errorf("unpacking %s: %w\n%s", ref, err, out)
	}
	build := exec.Command("go", "build", "-buildvcs=false", "-o", to, ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", ref, err, out)
	}
	return nil
}

const againstHead = "| image | before | peak | now | peak | time (median, range) | processor time (median, range) |\n|---|--:|--:|--:|--:|--:|--:|"

// against runs tare as it is and as it was in turn, after a run of each that warms what
// there is to warm, and prints a row. Less than 1 means that tare got quicker. Where
// others use the machine, processor time is the figure to trust: against returns the median of
// its ratios.
func (r row) against(now, before, image string, runs int) (float64, error) {
	caches, err := os.MkdirTemp("", "tare-cache-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(caches)
	command := func(tare string) *exec.Cmd {
		if !r.warm {
			return exec.Command(tare, "--no-cache", "-o", "json", image)
		}
		cmd := exec.Command(tare, "-o", "text", image)
		cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(caches, filepath.Base(tare)))
		return cmd
	}
	var took [2][]figure
	for i := range runs + 1 {
		for j, tare := range []string{before, now} {
			f, err := measure(command(tare))
			if err != nil {
				return 0, err
			}
			if i > 0 {
				took[j] = append(took[j], f)
			}
		}
	}
	wall, worked := make([]float64, runs), make([]float64, runs)
	for i := range runs {
		b, n := took[0][i], took[1][i]
		wall[i], worked[i] = n.wall.Seconds()/b.wall.Seconds(), n.worked.Seconds()/b.worked.Seconds()
	}
	b, n := median(took[0]), median(took[1])
	fmt.Printf("| %s | %.2f s | %d MB | %.2f s | %d MB | %s | %s |\n", r.name, b.wall.Seconds(), b.peak>>20, n.wall.Seconds(), n.peak>>20, spread(wall), spread(worked))
	return worked[runs/2], nil // spread has sorted them
}

// slower names the rows that take more processor time than before, by more than some percent.
func slower(ratios map[string]float64, percent float64) []string {
	var names []string
	for name, ratio := range ratios {
		if ratio > 1+percent/100 {
			names = append(names, fmt.Sprintf("%s (%+.1f %%)", name, 100*(ratio-1)))
		}
	}
	slices.Sort(names)
	return names
}

// spread is the median of ratios, and their range.
func spread(ratios []float64) string {
	slices.Sort(ratios)
	return fmt.Sprintf("%.2f (%.2f–%.2f)", ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1])
}

// commitOf names a commit, in short.
func commitOf(ref string) string {
	out, err := exec.Command("git", "rev-parse", "--short", ref+"^{commit}").Output()
	if err != nil {
		return ref
	}
	return strings.TrimSpace(string(out))
}
