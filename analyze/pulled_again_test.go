package analyze_test

import (
	stdtar "archive/tar"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// comparedContents compares two images as tare compare does.
func comparedContents(t *testing.T, from, to imagetest.Image) *model.Comparison {
	t.Helper()
	report := func(img imagetest.Image) *model.Report {
		r, err := analyze.Image(t.Context(), saved(t, img), analyze.Options{Contents: true})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	return compare.Reports(report(from), report(to))
}

func twoLayers(c imagetest.Compression, files ...imagetest.File) imagetest.Image {
	return imagetest.Image{Layers: layers{
		{Files: tar{imagetest.Fill("usr/bin/sh", 5000)}, CreatedBy: "FROM base", Compression: c},
		{Files: files, CreatedBy: "RUN make install", Compression: c},
	}}
}

// python is a module with its bytecode, or without its source.
func python(source, code string) []imagetest.File {
	all := []imagetest.File{imagetest.Text("app/__pycache__/m.cpython-311.pyc", code)}
	if source != "" {
		all = append(all, imagetest.Text("app/m.py", source))
	}
	return all
}

// numbered are n files of a text.
func numbered(n int, text string) (all []imagetest.File) {
	for i := range n {
		all = append(all, imagetest.Text(fmt.Sprint("app/", i, ".js"), text))
	}
	return all
}

// TestPulledAgain plants one cause after the other in the second of two images.
func TestPulledAgain(t *testing.T) {
	t.Parallel()
	big, small := imagetest.Fill("opt/big", 40_000), imagetest.Fill("opt/small", 1800)
	later := func(f imagetest.File) imagetest.File { f.ModTime = time.Unix(1_800_000_000, 0); return f }
	named := func(f imagetest.File) imagetest.File {
		f.Uname = "somebody"
		return f
	}
	for name, row := range map[string]struct {
		old, new imagetest.Image
		want     string // kind and causes; "" for nothing that is pulled again
	}{
		"the same":       {twoLayers(imagetest.Gzip, big, small), twoLayers(imagetest.Gzip, big, small), ""},
		"other times":    {twoLayers(imagetest.Gzip, big, small), twoLayers(imagetest.Gzip, big, later(small)), "same times"},
		"another order":  {twoLayers(imagetest.Gzip, big, small), twoLayers(imagetest.Gzip, small, big), "same order"},
		"other names":    {twoLayers(imagetest.Gzip, big, small), twoLayers(imagetest.Gzip, big, named(small)), "same owner-names"},
		"both":           {twoLayers(imagetest.Gzip, big, small), twoLayers(imagetest.Gzip, later(small), big), "same times order"},
		"another format": {twoLayers(imagetest.Gzip, big), twoLayers(imagetest.Gzip, func() imagetest.File { f := big; f.Format = stdtar.FormatGNU; return f }()), "same tar-format"},
		"a stamped file": {twoLayers(imagetest.Gzip, big, imagetest.Text("var/log/dpkg.log", "Monday")), twoLayers(imagetest.Gzip, big, imagetest.Text("var/log/dpkg.log", "Tuesday")), "stamped stamped-files"},
		"a file and an attribute": {twoLayers(imagetest.Gzip, big, small, imagetest.Text("var/log/dpkg.log", "Monday")), twoLayers(imagetest.Gzip, big, func() imagetest.File {
			f := small
			f.PAX = map[string]string{"SCHILY.xattr.security.capability": "x"}
			return f
		}(), imagetest.Text("var/log/dpkg.log", "Tuesday")), "mostly changed-files"},
		"a log and a deletion": {twoLayers(imagetest.Gzip, big, imagetest.Text("var/log/dpkg.log", "Monday")), twoLayers(imagetest.Gzip, big, imagetest.Text("usr/bin/.wh.sh", ""), imagetest.Text("var/log/dpkg.log", "Tuesday")), "mostly changed-files"},
		"a log's mode":         {twoLayers(imagetest.Gzip, big, imagetest.Text("var/log/dpkg.log", "Monday")), twoLayers(imagetest.Gzip, big, imagetest.Text("var/log/dpkg.log", "Monday").Chmod(0o600)), "mostly changed-files"},
		"a log is a link":      {twoLayers(imagetest.Gzip, big, imagetest.Text("var/log/x.log", "Monday")), twoLayers(imagetest.Gzip, big, imagetest.Symlink("var/log/x.log", "/dev/stdout")), "mostly changed-files"},
		"a key":                {twoLayers(imagetest.Gzip, big, imagetest.Text("etc/ssh/ssh_host_rsa_key", "1")), twoLayers(imagetest.Gzip, big, imagetest.Text("etc/ssh/ssh_host_rsa_key", "2")), "mostly changed-files"},
		"a password":           {twoLayers(imagetest.Gzip, big, imagetest.Text("etc/shadow", "root:*:1::::::")), twoLayers(imagetest.Gzip, big, imagetest.Text("etc/shadow", "root:*:2::::::")), "mostly changed-files"},
		"a jar":                {twoLayers(imagetest.Gzip, big, imagetest.Text("app/a.jar", "PK1")), twoLayers(imagetest.Gzip, big, imagetest.Text("app/a.jar", "PK2")), "mostly changed-files"},
		"package lists":        {twoLayers(imagetest.Gzip, big, imagetest.Text("var/lib/apt/lists/a_Packages", "1")), twoLayers(imagetest.Gzip, big, imagetest.Text("var/lib/apt/lists/a_Packages", "2")), "mostly changed-files"},
		"bytecode":             {twoLayers(imagetest.Gzip, append(python("x = 1", "Monday"), big)...), twoLayers(imagetest.Gzip, append(python("x = 1", "Tuesday"), big)...), "stamped stamped-files"},
		"bytecode of a change": {twoLayers(imagetest.Gzip, append(python("x = 1", "Monday"), big)...), twoLayers(imagetest.Gzip, append(python("x = 2", "Tuesday"), big)...), "mostly changed-files"},
		"bytecode alone":       {twoLayers(imagetest.Gzip, append(python("", "Monday"), big)...), twoLayers(imagetest.Gzip, append(python("", "Tuesday"), big)...), "mostly changed-files"},
		"a changed file":       {twoLayers(imagetest.Gzip, big, imagetest.Text("app/main.js", "1")), twoLayers(imagetest.Gzip, big, imagetest.Text("app/main.js", "2")), "mostly changed-files"},
		"another mode":         {twoLayers(imagetest.Gzip, big, small), twoLayers(imagetest.Gzip, big, small.Chmod(0o700)), "mostly changed-files"},
		"all changed":          {twoLayers(imagetest.Gzip, big), twoLayers(imagetest.Gzip, imagetest.Same("opt/big", "other", 40_000)), ""},
		"ten small files":      {twoLayers(imagetest.Gzip, append(numbered(10, "1"), big)...), twoLayers(imagetest.Gzip, append(numbered(10, "2"), big)...), "mostly changed-files"},
		"eleven small files":   {twoLayers(imagetest.Gzip, append(numbered(11, "1"), big)...), twoLayers(imagetest.Gzip, append(numbered(11, "2"), big)...), ""},
		"in place":             {twoLayers(imagetest.None, big, small), twoLayers(imagetest.None, later(big), small), "same times"},
		"an attribute": {twoLayers(imagetest.Gzip, big), twoLayers(imagetest.Gzip, func() imagetest.File {
			f := big
			f.PAX = map[string]string{"SCHILY.xattr.security.capability": "x"}
			return f
		}()), ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := comparedContents(t, row.old, row.new)
			got := ""
			for i := range c.PulledAgain {
				p := &c.PulledAgain[i]
				words := []string{string(p.Kind)}
				for _, cause := range p.Causes {
					words = append(words, string(cause))
				}
				got += strings.Join(words, " ")
				if p.New != 1 || p.Old != 1 {
					t.Errorf("layers %d and %d", p.Old, p.New)
				}
				blob := int64(len(row.new.Layers[1].Stored()))
				if p.Kind == model.AllSame && (*p.CompressedBytes != blob || *c.Totals.PulledAgainBytes != blob || *c.Totals.PullBytes != blob) {
					t.Errorf("%d, %d and %d bytes, the blob has %d", *p.CompressedBytes, *c.Totals.PulledAgainBytes, *c.Totals.PullBytes, blob)
				}
				if p.Kind != model.AllSame && *p.CompressedBytes > blob {
					t.Errorf("%d bytes of %d are the same", *p.CompressedBytes, blob)
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPulledAgainByCompression: one tar, compressed in two ways.
func TestPulledAgainByCompression(t *testing.T) {
	file := imagetest.Fill("opt/big", 40_000)
	c := comparedContents(t, twoLayers(imagetest.Gzip, file), twoLayers(imagetest.Zstd, file))
	if len(c.PulledAgain) != 2 || !slices.Equal(c.PulledAgain[0].Causes, []model.PullCause{model.ByCompression}) {
		t.Errorf("%+v", c.PulledAgain)
	}
}

// TestBytecodeAlone: a layer that holds nothing but bytecode of sources in another layer is known for what it is, and counts
// nothing. Where a source or the length changed, it is another layer.
func TestBytecodeAlone(t *testing.T) {
	t.Parallel()
	image := func(source, code string) imagetest.Image {
		return imagetest.Image{Layers: layers{
			{Files: tar{imagetest.Fill("usr/bin/sh", 5000)}, CreatedBy: "FROM base"},
			{Files: tar{imagetest.Text("app/m.py", source)}, CreatedBy: "COPY app /app"},
			{Files: tar{imagetest.Text("app/__pycache__/m.cpython-311.pyc", code)}, CreatedBy: "RUN python3 -m compileall -q app"},
		}}
	}
	for name, row := range map[string]struct {
		to    imagetest.Image
		known bool
	}{
		"another time": {image("print(1)", "time 2 code"), true}, "another source": {image("print(2)", "time 2 code"), false}, "another length": {image("print(1)", "time 2 more code"), false},
	} {
		c := comparedContents(t, image("print(1)", "time 1 code"), row.to)
		if !row.known {
			if len(c.PulledAgain) != 0 {
				t.Errorf("%s: %+v", name, c.PulledAgain)
			}
			continue
		}
		if len(c.PulledAgain) != 1 || c.PulledAgain[0].Kind != model.SameButStamped || c.PulledAgain[0].Bytes != 0 || c.PulledAgain[0].Files[0].Advice == "" {
			t.Errorf("%s: %+v", name, c.PulledAgain)
		}
	}
}
