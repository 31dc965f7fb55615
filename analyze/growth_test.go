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
	env  func(n int) []string // variables of the config; nil for none
}{
	{name: "the same entry", unit: 3000, make: func(n int) layers {
		return one(repeat(n, func(int) imagetest.File { return imagetest.Text("a", "") }))
	}},
	{name: "an owner for each entry", unit: 3000, make: func(n int) layers {
		return one(repeat(n, func(i int) imagetest.File { return imagetest.Text("a", "").Chown(i, i) }))
	}},
	{name: "a layer named again and again", unit: 20, make: func(n int) layers {
		l := imagetest.Layer{Files: repeat(300, func(i int) imagetest.File { return imagetest.Fill(fmt.Sprint("d/f", i), 10) })}
		all := make(layers, n)
		for i := range all {
			all[i] = l
		}
		return all
	}},
	{name: "files in status.d", unit: 300, make: func(n int) layers {
		return one(repeat(n, func(i int) imagetest.File {
			return imagetest.Text(fmt.Sprint("var/lib/dpkg/status.d/p", i), paragraph(fmt.Sprint("p", i)))
		}))
	}},
	{name: "a statement of apt.conf that does not end", unit: 20, make: func(n int) layers {
		return one(append(repeat(n, func(i int) imagetest.File {
			return imagetest.Text(fmt.Sprint("etc/apt/apt.conf.d/x", i), strings.Repeat("a\n", 32_000))
		}), dpkg(paragraph("a"))))
	}},
	{name: "options of apt.conf", unit: 500, make: func(n int) layers {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "A::b%d \"c\";\n", i)
		}
		return one(tar{imagetest.Text("etc/apt/apt.conf", text.String()), dpkg(paragraph("a"))})
	}},
	{name: "patterns of apt.conf", unit: 20, make: func(n int) layers {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "APT::NeverAutoRemove:: \"%s%d\";\n", strings.Repeat("(a?){1000}", 500), i)
		}
		return one(tar{imagetest.Text("etc/apt/apt.conf", text.String()), dpkg(paragraph("a"))})
	}},
	{name: "names for a pattern", unit: 10, make: func(n int) layers {
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
	{name: "packages of a finding", unit: 500, make: func(n int) layers {
		var status strings.Builder
		files := tar{}
		for i := range n {
			status.WriteString(paragraph(fmt.Sprint("p", i)))
			files = append(files, imagetest.Text(fmt.Sprintf("var/lib/dpkg/info/p%d.list", i), fmt.Sprintf("/u/f%d\n", i)), imagetest.Text(fmt.Sprint("u/f", i), "x"))
		}
		return append(one(append(files, dpkg(status.String()))), imagetest.Layer{Files: tar{imagetest.Whiteout("u")}})
	}},
	{name: "a database in every layer", unit: 20, make: func(n int) layers {
		var status strings.Builder
		for i := range 300 {
			status.WriteString(paragraph(fmt.Sprint("p", i)) + "Depends: p1, p2, p3\n\n")
		}
		return stacked(n, func(i int) tar { return tar{dpkg(status.String() + paragraph(fmt.Sprint("new", i)))} })
	}},
	{name: "captured files and layers", unit: 20, make: func(n int) layers {
		all := stacked(n, func(i int) tar { return tar{imagetest.Text(fmt.Sprint("f", i), "")} })
		all[0].Files = repeat(5000, func(i int) imagetest.File {
			return imagetest.Text(fmt.Sprintf("var/lib/dpkg/info/p%d.list", i), "/a\n")
		})
		return all
	}},
	{name: "findings of layers", unit: 20, make: func(n int) layers {
		return stacked(n, func(i int) tar {
			return tar{imagetest.Fill(fmt.Sprint("d/f", i), 10), imagetest.Whiteout(fmt.Sprint("d/f", i-1))}
		})
	}},
	{name: "findings of pairs of layers", unit: 150, make: func(n int) layers {
		const all = 12
		return stacked(all, func(i int) tar {
			var files tar
			for j := range n / all {
				files = append(files, imagetest.Fill(fmt.Sprintf("d/%d/%d", j%all, j/all*all+i), 10))
			}
			return append(files, imagetest.Opaque(fmt.Sprint("d/", i)))
		})
	}},
	{name: "paths through links", unit: 300, make: func(n int) layers {
		long := strings.Repeat(strings.Repeat("d", 200)+"/", 20)
		return one(append(tar{imagetest.Dir(long), imagetest.Symlink("l", long)}, repeat(n, func(i int) imagetest.File {
			return imagetest.Same(fmt.Sprint("l/f", i), "same", 4096)
		})...))
	}},
	{name: "names of a file with duplicates", unit: 500, make: func(n int) layers {
		files := tar{imagetest.Same("a", "same", 4096)}
		for i := range n {
			files = append(files, imagetest.HardLink(fmt.Sprint("l/", i), "a"), imagetest.Same(fmt.Sprint("m/", i), "same", 4096))
		}
		return one(files)
	}},
	{name: "whiteouts of nothing", unit: 20, make: func(n int) layers {
		return stacked(n, func(int) tar {
			return repeat(100, func(i int) imagetest.File { return imagetest.Whiteout(fmt.Sprint("d/", i)) })
		})
	}},
	{name: "a directory that comes and goes", unit: 1000, make: func(n int) layers {
		files := repeat(100, func(i int) imagetest.File { return imagetest.Text(fmt.Sprint("d/", i), "") })
		for i := range n {
			files = append(files, imagetest.Symlink("l", "d"), imagetest.Text("l", ""), imagetest.Text(fmt.Sprint("d/", i), ""))
		}
		return one(files)
	}},
	{name: "packages of Python", unit: 200, make: func(n int) layers {
		var files tar
		for i := range n {
			dir := fmt.Sprintf("site/p%d-1.dist-info/", i)
			files = append(files, imagetest.Text(dir+"METADATA", fmt.Sprintf("Name: p%d\nVersion: 1\nRequires-Dist: p0\n", i)), imagetest.Text(dir+"RECORD", fmt.Sprintf("p0.py,,\np%d.py,,\n", i)))
		}
		return one(files)
	}},
	{name: "names of one RECORD", unit: 20, make: func(n int) layers {
		var record strings.Builder
		for i := range 5000 {
			fmt.Fprintf(&record, "d/f%d.py,,\n", i)
		}
		files := tar{imagetest.Text("site/a-1.dist-info/RECORD", record.String())}
		for i := range n {
			dir := fmt.Sprintf("site%d/p-1.dist-info/", i)
			files = append(files, imagetest.Text(dir+"METADATA", "Name: p\nVersion: 1\n"), imagetest.HardLink(dir+"RECORD", "site/a-1.dist-info/RECORD"))
		}
		return one(files)
	}},
	{name: "projects that share modules", unit: 100, make: func(n int) layers {
		var files tar
		for i := range n {
			files = append(files, imagetest.Text(fmt.Sprintf("a/p%d/package.json", i), `{"dependencies":{"m0":"1"},"devDependencies":{"m1":"1"}}`),
				imagetest.Text(fmt.Sprintf("a/node_modules/m%d/package.json", i), fmt.Sprintf(`{"name":"m%d","dependencies":{"m%d":"1"}}`, i, i+1)))
		}
		return one(files)
	}},
	{name: "what deep modules need", unit: 4, make: func(n int) layers {
		var needs strings.Builder
		for i := range 400 {
			fmt.Fprintf(&needs, `"m%d":"1",`, i)
		}
		deep := strings.Repeat("d/", 1500)
		return one(repeat(n, func(i int) imagetest.File {
			return imagetest.Text(fmt.Sprintf("%snode_modules/x%d/package.json", deep, i), `{"name":"x","dependencies":{`+needs.String()+`"z":"1"}}`)
		}))
	}},
	{name: "gems and lock files", unit: 100, make: func(n int) layers {
		var files tar
		for i := range n {
			files = append(files, imagetest.Text(fmt.Sprintf("p%d/Gemfile.lock", i), fmt.Sprintf("GEM\n  specs:\n    g%d (1)\n", i)),
				imagetest.Text(fmt.Sprintf("g/specifications/g%d-1.gemspec", i), fmt.Sprintf("# stub: g%d 1 ruby lib\nadd_dependency(%%q<g0>)\n", i)))
		}
		return one(files)
	}},
	{name: "lists of Go's modules", unit: 20, make: func(n int) layers {
		program := imagetest.GoProgram("path\tm.org/a\n" + strings.Repeat("dep\tm.org/a/long/name\tv1.0.0\th1:a=\n", 200))
		return one(repeat(n, func(i int) imagetest.File { return imagetest.Text(fmt.Sprint("bin/p", i), string(program)) }))
	}},
	{name: "keys without an end", unit: 4, make: func(n int) layers {
		return one(repeat(n, func(i int) imagetest.File {
			return imagetest.Text(fmt.Sprintf("srv/%d.pem", i), strings.Repeat("-----BEGIN PRIVATE KEY-----", 2000))
		}))
	}},
	{name: "secret variables and instructions", unit: 150, make: func(n int) layers {
		return instructions(n, func(int) string { return "ENV X=" + strings.Repeat("y", 1000) })
	}, env: func(n int) []string { return secrets(20 * n) }},
	{name: "secret arguments and instructions", unit: 150, make: func(n int) layers {
		all := instructions(n, func(i int) string { return fmt.Sprintf("ARG TOKEN_%d", i) })
		run := fmt.Sprintf("RUN |%d %s /bin/sh -c x", n, strings.Join(secrets(n), " "))
		return append(all, imagetest.Layer{CreatedBy: run, Empty: true})
	}},
}

// instructions are the items of a history that make no layer.
func instructions(n int, text func(i int) string) layers {
	all := one(tar{imagetest.Text("f", "")})
	for i := range n {
		all = append(all, imagetest.Layer{CreatedBy: text(i), Empty: true})
	}
	return all
}

// secrets are n variables that hold secrets by their names.
func secrets(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("TOKEN_%d=s3cr3t%dvalue", i, i))
	}
	return all
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
func spend(t *testing.T, img imagetest.Image) spent {
	t.Helper()
	file := saved(t, img)
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
	part := imagetest.Rounds(3, 3, 1)
	if factor > 1 {
		part = 1
	}
	for i, kind := range growing {
		if i%part > 0 {
			continue
		}
		t.Run(kind.name, func(t *testing.T) {
			n := kind.unit * factor
			if factor == 1 {
				n /= 4 // enough to tell the square from the line
			}
			image := func(n int) imagetest.Image {
				img := imagetest.Image{Layers: kind.make(n)}
				if kind.env != nil {
					img.Config.Env = kind.env(n)
				}
				return img
			}
			spend(t, image(n)) // what is made once
			small, large := spend(t, image(n)), spend(t, image(4*n))
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
