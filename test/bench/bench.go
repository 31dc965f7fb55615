// Package bench makes images, runs tare and other programs (dive, pigz, zstd) on them in turn, and prints
// the table of docs/performance.md. It needs Go, and leaves out rows whose program is not on PATH.
//
//	go run ./.ci/bench [-n RUNS] [-only ROW] [-against COMMIT [-of COMMIT] [-slower PERCENT]]
//
// With -against REF it compares tare, as it is or as of another commit, with tare as it was at that commit,
// and needs only git and tar. The two take turns. With -slower 3 it fails if a row takes over 3 % more processor time than before.
package bench

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// row compares two whole commands.
type row struct {
	name  string
	need  string                  // program that must be on PATH
	image func(file string) error // makes it
	ours  func(image string) *exec.Cmd
	other func(image string) *exec.Cmd
	// once runs the other command a single time: it takes minutes.
	once bool
	// screens measures interfaces instead of commands, warm the cache.
	screens, warm bool
}

// Main measures the rows that the command line asks for and prints the table. It
// ends the process when something fails.
func Main() {
	log.SetFlags(0)
	runs := flag.Int("n", 5, "runs of each command")
	only := flag.String("only", "", "only the row whose name contains this")
	before := flag.String("against", "", "compare with tare at this `commit` instead of other programs")
	of := flag.String("of", "", "with -against, measure tare of this `commit` instead of the working tree")
	most := flag.Float64("slower", 0, "with -against, fail if a row takes this many `percent` more processor time; 0 for no limit")
	make := flag.String("make", "", "make the image of this row in the directory that follows, and nothing else")
	flag.Parse()
	if *make != "" {
		if err := makeImage(*make, flag.Arg(0)); err != nil {
			log.Fatal(err)
		}
		return
	}
	dir, err := os.MkdirTemp("", "tare-bench-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	tare, old := filepath.Join(dir, "tare"), ""
	now := "the working tree on " + commitOf("HEAD")
	if *of != "" {
		now = commitOf(*of)
		err = buildAt(*of, tare)
	} else if out, failed := exec.Command("go", "build", "-o", tare, "github.com/tare-oci/tare").CombinedOutput(); failed != nil {
		err = fmt.Errorf("go build: %w\n%s", failed, out)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s/%s, %d processors, %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor())
	if *before != "" {
		old = filepath.Join(dir, "tare-before")
		if err := buildAt(*before, old); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("Before: %s. Now: %s.\n\n%s\n", commitOf(*before), now, againstHead)
	} else {
		fmt.Println("| image | tare | peak | other | peak | ratio of times (median, range) |")
		fmt.Println("|---|--:|--:|--:|--:|--:|")
	}
	ratios := map[string]float64{}
	for _, r := range rows(tare) {
		if strings.Contains(r.name, *only) && (old == "" || !r.screens) {
			r.measureIn(dir, tare, old, *runs, ratios)
		}
	}
	if names := slower(ratios, *most); *most > 0 && len(names) > 0 {
		os.RemoveAll(dir)
		log.Fatalf("slower than before by more than %g %%: %s", *most, strings.Join(names, ", "))
	}
}

// measureIn makes a row's image in a directory, and measures: tare beside the other
// program, or beside an old tare where there is one, whose ratio goes into ratios.
func (r row) measureIn(dir, tare, old string, runs int, ratios map[string]float64) {
	if _, err := exec.LookPath(r.need); err != nil && old == "" {
		log.Printf("no %s on PATH: %s is left out", r.need, r.name)
		return
	}
	// Images are made in a process of their own: on Linux the peak of a child
	// counts what its parent held when it was forked.
	image := filepath.Join(dir, "image.tar")
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	if out, err := exec.Command(self, "-make", r.name, image).CombinedOutput(); err != nil {
		log.Fatalf("%s: %v\n%s", r.name, err, out)
	}
	run := r.run
	switch {
	case old != "":
		run = func(image string, runs int) (err error) {
			ratios[r.name], err = r.against(tare, old, image, runs)
			return err
		}
	case r.screens:
		run = func(image string, runs int) error { return screens(tare, image, runs) }
	case r.warm:
		run = func(image string, runs int) error { return warmAndCold(tare, image, runs) }
	}
	if err := run(image, runs); err != nil {
		log.Fatalf("%s: %v", r.name, err)
	}
	os.RemoveAll(image)
	os.RemoveAll(image + ".layers")
}

func makeImage(name, file string) error {
	for _, r := range rows("") {
		if r.name == name {
			return r.image(file)
		}
	}
	return fmt.Errorf("no row %q", name)
}

// figure is what one run of a command took.
type figure struct {
	wall, worked time.Duration // worked is what the processors did
	peak         int64         // bytes
}

// run runs the two commands alternately, after one run that warms the page cache.
func (r row) run(image string, runs int) error {
	if _, err := measure(r.ours(image)); err != nil {
		return err
	}
	var ours, others []figure
	var ratios []float64
	for i := range runs {
		a, err := measure(r.ours(image))
		if err != nil {
			return err
		}
		ours = append(ours, a)
		if !r.once || i == 0 {
			b, err := measure(r.other(image))
			if err != nil {
				return err
			}
			others = append(others, b)
		}
		ratios = append(ratios, others[len(others)-1].wall.Seconds()/a.wall.Seconds())
	}
	slices.Sort(ratios)
	a, b := median(ours), median(others)
	fmt.Printf("| %s | %.2f s | %d MB | %s %.2f s | %d MB | %.2f (%.2f–%.2f) |\n", r.name, a.wall.Seconds(), a.peak>>20,
		r.need, b.wall.Seconds(), b.peak>>20, ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1])
	return nil
}

func measure(cmd *exec.Cmd) (figure, error) {
	cmd.Stdout = io.Discard
	var complaint strings.Builder
	cmd.Stderr = &complaint
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return figure{}, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, complaint.String())
	}
	wall := time.Since(start)
	return figure{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak(cmd.ProcessState)}, nil
}

func median(f []figure) figure {
	f = slices.Clone(f)
	slices.SortFunc(f, func(a, b figure) int { return int(a.wall - b.wall) })
	return f[len(f)/2]
}

// processor names the machine's processor where the system tells.
func processor() string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(b)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "processor unknown"
}
