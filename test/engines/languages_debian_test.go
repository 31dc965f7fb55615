package engines

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestLanguagesOfDebian holds what Debian's packages bring of R and Java, which R and Maven built,
// and what R itself installed, against R and a reader of jars in a container: names, versions and
// bytes.
func TestLanguagesOfDebian(t *testing.T) {
	needEngine(t)
	if os.Getenv("TARE_MANY") == "" {
		t.Skip("installs R and needs Debian's packages; .ci/full sets TARE_MANY")
	}
	reference := registry + "/tare-engines/more-languages:1"
	command(t, nil, nil, "docker", "build", "-q", "--network", "host", "-t", reference, filepath.Join("testdata", "images", "more-languages"))
	d := analyze(t, nil, nil, "docker:"+reference)
	run := func(script string) string { return docker(t, "run", "--rm", reference, "sh", "-c", script) }
	var r, jars []string
	noted := make(map[string]bool) // jars in which Maven noted something
	for line := range strings.Lines(run("python3 /jars.py /usr /app")) {
		f := strings.Fields(line)
		noted[f[0][1:]] = true
		jars = append(jars, f[0]+" "+f[1]+" "+f[2])
	}
	var gotR, gotJars []string
	for i := range d.Packages {
		switch p := &d.Packages[i]; {
		case p.Manager == "cran":
			gotR = append(gotR, p.Name+" "+p.Version)
		case p.Manager == "maven" && noted[p.Location] && strings.Contains(p.Name, ":"):
			gotJars = append(gotJars, "/"+p.Location+" "+p.Name+" "+p.Version)
		}
	}
	r = columns(run(`Rscript -e 'p <- installed.packages(); cat(paste0(p[,"Package"], " ", p[,"Version"], "\n"), sep="")'`))
	t.Run("R", func(t *testing.T) { same(t, r, gotR) })
	t.Run("jars", func(t *testing.T) { same(t, jars, gotJars) })
	for _, c := range []struct{ name, dir, partOf string }{{"needy", "usr/local/lib/R/site-library/needy", ""}, {"rlang", "usr/lib/R/site-library/rlang", "r-cran-rlang"}} {
		var found *model.Package
		for i := range d.Packages {
			if p := &d.Packages[i]; p.Manager == "cran" && p.Name == c.name {
				found = p
			}
		}
		bytes, err := strconv.ParseInt(strings.TrimSpace(run(`find /`+c.dir+` -type f -printf '%s\n' | awk '{n+=$1} END {print n}'`)), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if c.partOf != "" {
			bytes = 0 // they are counted as the package's of the system
		}
		if found == nil || found.PartOf != c.partOf || found.Bytes != bytes || found.Location != c.dir {
			t.Errorf("%s has %d bytes in %s, part of %q: %+v", c.name, bytes, c.dir, c.partOf, found)
		}
	}
}
