package history

import (
	"slices"
	"testing"
)

// TestApart: headings, comments that keep layers apart for the builder's cache, and comments
// that say something else of caches, layers and changes.
func TestApart(t *testing.T) {
	for _, test := range []struct {
		file string
		want []int // lines
	}{
		{"FROM a\n# hardly ever changes\nRUN b\n# the tool\nRUN c\n", []int{5}},
		{"FROM a\nRUN b\n# changes every week\nRUN c\n", []int{4}},
		{"FROM a\nRUN b\n# this changes frequently, so it comes last\nRUN c\nRUN d\n", []int{4}},
		{"FROM a\nRUN b\n# less likely to change\nRUN c\nRUN d\n", []int{5}},
		{"FROM a\nRUN b\n# own layer, so that docker's cache holds\nRUN c\nRUN d\n", []int{4, 5}},
		{"FROM a\nRUN b\n# Keep this in a separate RUN\nRUN c\n", []int{4}},
		{"FROM a\nRUN b\n# do not merge with the step above\n\nRUN c\n", []int{5}},
		{"FROM a\nRUN b\n# Leverage Docker's layer caching: dependencies first\nRUN c\n", []int{4}},
		{"FROM a\nRUN b\nRUN c \\\n  # cached separately\n  && d\nRUN e\n", []int{3, 6}},
		{"FROM a\nRUN b\n# faster rebuilds\nRUN c\n", []int{4}},

		{"FROM a\nRUN b\n# Uncomment if you need a front end\nRUN c\n# a web interface, if you want one\nRUN d\n", []int{4, 6}},
		{"FROM a\nRUN b\n# this can be commented out; remove it if you build elsewhere\nRUN c\n", []int{4}},
		{"FROM a\nRUN b\n#run x\nRUN c\n", nil},

		{"FROM a\nRUN b\n########\n# Tools\n########\nRUN c\n", []int{6}},
		{"FROM a\nRUN b\n#\n# Tools\n#\nRUN c\n", []int{6}},
		{"FROM a\nRUN b\n\n###\n# Tools\n###\n\nRUN c\n", []int{8}},
		{"FROM a\nRUN b\n# --- Tools ---\nRUN c\n", []int{4}},
		{"FROM a\nRUN b\n## Tools\nRUN c\n", []int{4}},
		{"FROM a\nRUN b\n# bring in the list and read it\nRUN c\nCOPY d /\nRUN e\n", []int{4}},

		{"FROM a\nRUN b\n# tools - all of them\nRUN c\n", nil},
		{"FROM a\nRUN b\n#\nRUN c\n", nil},
		{"FROM a\nRUN b\n## RUN x\nRUN c\n", nil},
		{"FROM a\nRUN b\n# -y is needed\nRUN c\n", nil},
		{"FROM a\nRUN b\n# the list\nRUN c\n\nCOPY d /\n", nil},
		{"FROM a\nRUN b\n# clean apt cache\nRUN c\n", nil},
		{"FROM a\nRUN b\n# remove the pip cache to keep the image small\nRUN c\n", nil},
		{"FROM a\nRUN b\n# change the owner\nRUN c\n", nil},
		{"FROM a\n# one: the lists\nRUN b\n# two: the tool\nRUN c\n# three: the clean-up\nRUN d\n", nil},
		{"FROM a\nRUN b\n# reduce the number of layers\nRUN c\n", nil},
		{"FROM a\nRUN b\n# no cache\nRUN c\n", nil},
		{"FROM a\nRUN b\n# build the app\nRUN c\n", nil},
		{"FROM a\nRUN b\n# install build tools\nRUN c\n", nil},
		{"FROM a\nRUN <<EOF\n# changes every week\nEOF\nRUN c\n", nil},
		{"FROM a\nRUN b\n\nFROM c\n# changes every week\nRUN d\n", []int{6}},
	} {
		d, err := ParseDockerfile("Dockerfile", []byte(test.file))
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, stage := range d.Stages {
			for _, step := range stage.Steps {
				if step.Apart {
					got = append(got, step.Line)
				}
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("lines %v are kept apart, want %v\n%s", got, test.want, test.file)
		}
	}
}

// TestFills: comments that say of a cache that it is there for what comes later, and not for
// the builder.
func TestFills(t *testing.T) {
	for comment, want := range map[string]bool{
		"warm up npm cache":                              true,
		"Warm the pip cache for offline installs":        true,
		"pre-fill the Maven cache":                       true,
		"populate cache":                                 true,
		"the cache is primed here":                       true,
		"installed to avoid installing in every deploy":  true,
		"avoid installing what is not needed":            false,
		"populate the apt cache":                         false,
		"clean the npm cache":                            false,
		"no cache":                                       false,
		"warm the docker layer cache":                    false,
		"fill the build cache":                           false,
		"install what fills a page; then drop caches":    false,
		"cache dependencies":                             false,
		"the primary server; its packages are in caches": false,
	} {
		d, err := ParseDockerfile("Dockerfile", []byte("FROM a\n# "+comment+"\nRUN b\nRUN c\n"))
		if err != nil {
			t.Fatal(err)
		}
		if steps := d.Stages[0].Steps; steps[0].Fills != want || steps[1].Fills {
			t.Errorf("%q: fills a cache: %v, want %v", comment, steps[0].Fills, want)
		}
	}
}

// TestKeepsLists: comments that say of package lists that they stay.
func TestKeepsLists(t *testing.T) {
	for comment, want := range map[string]bool{
		"keep the lists: users install things":                                    true,
		"Leave apt's package lists for the scripts":                               true,
		"we need these lists at run time":                                         true,
		"let apt-get install work for further installations on top of this image": true,
		"install what later builds need":                                          false,
		"do not keep the lists":                                                   false,
		"no need to keep package lists":                                           false,
		"Keeping apt lists so that init can install without fetching them again":  true,
		"keep no lists": false,
		"the image must not keep the package lists": false,
		"clean the lists": false,
	} {
		d, err := ParseDockerfile("Dockerfile", []byte("FROM a\n# "+comment+"\nRUN b\nRUN c\n"))
		if err != nil {
			t.Fatal(err)
		}
		if steps := d.Stages[0].Steps; steps[0].KeepsLists != want || steps[1].KeepsLists {
			t.Errorf("%q: keeps lists: %v, want %v", comment, steps[0].KeepsLists, want)
		}
	}
}

// TestFillsBehindCopies: a comment above COPYs speaks of the RUN behind them, too.
func TestFillsBehindCopies(t *testing.T) {
	for _, test := range []struct {
		file string
		want []int // lines of RUNs
	}{
		{"FROM a\n# Warm the cache\nCOPY x .\nCOPY y .\nRUN b\nRUN c\n", []int{5}},
		{"FROM a\n# Pre-build dependencies including FFI\nCOPY x .\nRUN b\n", []int{4}},
		{"FROM a\n# predownload all modules\nRUN b\n", []int{3}},
		{"FROM a\nRUN b \\\n  # pre-fetch crates\n  && c\n", []int{2}},

		{"FROM a\n# warm up npm cache\nCOPY x .\n\nRUN b\n", nil},
		{"FROM a\n# warm up npm cache\nENV x=y\nRUN b\n", nil},
		{"FROM a\n# install dependencies\nCOPY x .\nRUN b\n", nil},
		{"FROM a\n# dependencies first, for docker's cache\nCOPY x .\nRUN b\n", nil},
		{"FROM a\n# build dependencies\nRUN b\n", nil},
		{"FROM a\nRUN b <<EOF\n# warm up npm cache\nEOF\nRUN c\n", nil},
	} {
		d, err := ParseDockerfile("Dockerfile", []byte(test.file))
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, step := range d.Stages[0].Steps {
			if step.Fills && step.Keyword == "RUN" {
				got = append(got, step.Line)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("lines %v fill a cache on purpose, want %v\n%s", got, test.want, test.file)
		}
	}
}
