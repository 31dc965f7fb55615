package analyze_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/ui/report"
)

type (
	layers = []imagetest.Layer
	tar    = []imagetest.File
)

// growing are kinds of inputs that once took time or memory out of proportion to
// their size. Each makes an image that is n times as large as for 1.
var growing = []struct {
	name string
	unit int // n that takes some hundredth of a second
	make func(n int) layers
}{
	{"the same entry", 3000, func(n int) layers {
		return one(repeat(n, func(int) imagetest.File { return imagetest.Text("a", "") }))
	}},
	{"an owner for each entry", 3000, func(n int) layers {
		return one(repeat(n, func(i int) imagetest.File { return imagetest.Text("a", "").Chown(i, i) }))
	}},
	{"a layer named again and again", 20, func(n int) layers {
		l := imagetest.Layer{Files: repeat(300, func(i int) imagetest.File { return imagetest.Fill(fmt.Sprint("d/f", i), 10) })}
		all := make(layers, n)
		for i := range all {
			all[i] = l
		}
		return all
	}},
	{"files in status.d", 300, func(n int) layers {
		return one(repeat(n, func(i int) imagetest.File {
			return imagetest.Text(fmt.Sprint("var/lib/dpkg/status.d/p", i), paragraph(fmt.Sprint("p", i)))
		}))
	}},
	{"a statement of apt.conf that does not end", 20, func(n int) layers {
		return one(append(repeat(n, func(i int) imagetest.File {
			return imagetest.Text(fmt.Sprint("etc/apt/apt.conf.d/x", i), strings.Repeat("a\n", 32_000))
		}), dpkg(paragraph("a"))))
	}},
	{"options of apt.conf", 500, func(n int) layers {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "A::b%d \"c\";\n", i)
		}
		return one(tar{imagetest.Text("etc/apt/apt.conf", text.String()), dpkg(paragraph("a"))})
	}},
	{"patterns of apt.conf", 20, func(n int) layers {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "APT::NeverAutoRemove:: \"%s%d\";\n", strings.Repeat("(a?){1000}", 500), i)
		}
		return one(tar{imagetest.Text("etc/apt/apt.conf", text.String()), dpkg(paragraph("a"))})
	}},
	{"names for a pattern", 10, func(n int) layers {
		var status, states strings.Builder
		for i := range n {
			name := strings.Repeat("a", 240) + fmt.Sprint(i)
			status.WriteString(paragraph(name))
			fmt.Fprintf(&states, "Package: %s\nArchitecture: amd64\nAuto-Installed: 1\n\n", name)
		}
		return one(tar{
			imagetest.Text("etc/apt/apt.conf", "APT::NeverAutoRemove:: \"(a?){900}Z\";\n"),
			dpkg(status.String()), imagetest.Text("var/lib/apt/extended_states", states.String()),
		})
	}},
	{"packages of a finding", 500, func(n int) layers {
		var status strings.Builder
		files := tar{}
		for i := range n {
			status.WriteString(paragraph(fmt.Sprint("p", i)))
			files = append(files, imagetest.Text(fmt.Sprintf("var/lib/dpkg/info/p%d.list", i), fmt.Sprintf("/u/f%d\n", i)), imagetest.Text(fmt.Sprint("u/f", i), "x"))
		}
		return append(one(append(files, dpkg(status.String()))), imagetest.Layer{Files: tar{imagetest.Whiteout("u")}})
	}},
	{"a database in every layer", 20, func(n int) layers {
		var status strings.Builder
		for i := range 300 {
			status.WriteString(paragraph(fmt.Sprint("p", i)) + "Depends: p1, p2, p3\n\n")
		}
		return stacked(n, func(i int) tar { return tar{dpkg(status.String() + paragraph(fmt.Sprint("new", i)))} })
	}},
	{"captured files and layers", 20, func(n int) layers {
		all := stacked(n, func(i int) tar { return tar{imagetest.Text(fmt.Sprint("f", i), "")} })
		all[0].Files = repeat(5000, func(i int) imagetest.File {
			return imagetest.Text(fmt.Sprintf("var/lib/dpkg/info/p%d.list", i), "/a\n")
		})
		return all
	}},
	{"findings of layers", 20, func(n int) layers {
		return stacked(n, func(i int) tar {
			return tar{imagetest.Fill(fmt.Sprint("d/f", i), 10), imagetest.Whiteout(fmt.Sprint("d/f", i-1))}
		})
	}},
	{"findings of pairs of layers", 150, func(n int) layers {
		const all = 12
		return stacked(all, func(i int) tar {
			var files tar
			for j := range n / all {
				files = append(files, imagetest.Fill(fmt.Sprintf("d/%d/%d", j%all, j/all*all+i), 10))
			}
			return append(files, imagetest.Opaque(fmt.Sprint("d/", i)))
		})
	}},
	{"paths through links", 300, func(n int) layers {
		long := strings.Repeat(strings.Repeat("d", 200)+"/", 20)
		return one(append(tar{imagetest.Dir(long), imagetest.Symlink("l", long)}, repeat(n, func(i int) imagetest.File {
			return imagetest.Same(fmt.Sprint("l/f", i), "same", 4096)
		})...))
	}},
	{"names of a file with duplicates", 500, func(n int) layers {
		files := tar{imagetest.Same("a", "same", 4096)}
		for i := range n {
			files = append(files, imagetest.HardLink(fmt.Sprint("l/", i), "a"), imagetest.Same(fmt.Sprint("m/", i), "same", 4096))
		}
		return one(files)
	}},
	{"whiteouts of nothing", 20, func(n int) layers {
		return stacked(n, func(int) tar {
			return repeat(100, func(i int) imagetest.File { return imagetest.Whiteout(fmt.Sprint("d/", i)) })
		})
	}},
	{"a directory that comes and goes", 1000, func(n int) layers {
		files := repeat(100, func(i int) imagetest.File { return imagetest.Text(fmt.Sprint("d/", i), "") })
		for i := range n {
			files = append(files, imagetest.Symlink("l", "d"), imagetest.Text("l", ""), imagetest.Text(fmt.Sprint("d/", i), ""))
		}
		return one(files)
	}},
}

func one(files tar) layers { return layers{{Files: files, Compression: imagetest.Gzip}} }

func repeat(n int, file func(i int) imagetest.File) (files tar) {
	for i := range n {
		files = append(files, file(i))
	}
	return files
}

func stacked(n int, files func(i int) tar) (all layers) {
	for i := range n {
		all = append(all, imagetest.Layer{Files: files(i), CreatedBy: fmt.Sprintf("RUN step %d", i), Compression: imagetest.Gzip})
	}
	return all
}

func dpkg(status string) imagetest.File { return imagetest.Text("var/lib/dpkg/status", status) }

func paragraph(name string) string {
	return "Package: " + name + "\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
}

// saved is an archive of an image.
func saved(t *testing.T, img imagetest.Image) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, img.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// spent is what an analysis of an image takes.
type spent struct {
	cpu, allocated int64
	refused        error
}

// spend analyses an image and writes its report.
func spend(t *testing.T, all layers) spent {
	t.Helper()
	file := saved(t, imagetest.Image{Layers: all})
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := cpuTime(t)
	r, err := analyze.Image(t.Context(), file, analyze.Options{})
	if err == nil {
		err = report.JSON{Files: true}.Write(io.Discard, r)
	}
	s := spent{cpu: cpuTime(t) - start, refused: err}
	runtime.ReadMemStats(&after)
	s.allocated = int64(after.TotalAlloc - before.TotalAlloc)
	if err != nil && !errors.As(err, new(*budget.Error)) {
		t.Fatal(err)
	}
	return s
}

// TestCostGrowsWithTheInput makes every kind of input four times as large: what
// it takes may grow as much, and somewhat more, as tables and sorting do, but not
// with the square. Inputs that are refused end at the limit.
func TestCostGrowsWithTheInput(t *testing.T) {
	factor := 1
	if os.Getenv("TARE_GROWTH") != "" {
		factor = 20
	}
	for _, kind := range growing {
		t.Run(kind.name, func(t *testing.T) {
			n := kind.unit * factor
			if testing.Short() {
				n /= 2
			}
			spend(t, kind.make(n)) // what is made once
			small, large := spend(t, kind.make(n)), spend(t, kind.make(4*n))
			t.Logf("%d: %d ms, %d kB; %d: %d ms, %d kB %v", n, small.cpu/1e6, small.allocated>>10, 4*n, large.cpu/1e6, large.allocated>>10, large.refused)
			if large.refused != nil {
				return
			}
			if large.allocated > 6*small.allocated {
				t.Errorf("four times the input takes %.1f times the memory", float64(large.allocated)/float64(small.allocated))
			}
			if large.cpu > 8*(small.cpu+30e6) {
				t.Errorf("four times the input takes %d instead of %d ms", large.cpu/1e6, small.cpu/1e6)
			}
		})
	}
}
