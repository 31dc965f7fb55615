package caches_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestKeptCache: a cache that yum was told to keep stays.
func TestKeptCache(t *testing.T) {
	const packages = "\n+ var/cache/yum/a.rpm\n"
	for run, edited := range map[string]bool{
		"RUN sed -i 's:keepcache=0:keepcache=1:' /etc/yum.conf && yum install -y a": false,
		"RUN echo keepcache=True >> /etc/dnf/dnf.conf && dnf install -y a":          false,
		"RUN yum --setopt=keepcache=1 install -y a":                                 false,
		"RUN sed -i 's:keepcache=1:keepcache=0:' /etc/yum.conf && yum install -y a": false, // tare does not read which it becomes
		"RUN echo keepcache=0 >> /etc/yum.conf && yum install -y a":                 true,
		"RUN yum install -y a": true,
	} {
		for _, f := range rulestest.Parse(t, run+packages+`config {"Cmd": ["/app"]}`).Findings(t, "dnf-cache") {
			if got := f.Fix.After != nil; got != edited {
				t.Errorf("%s: edited %v, want %v: %s", run, got, edited, f.Fix.Summary)
			}
		}
	}
}
