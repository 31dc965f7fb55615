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

// TestInstalledByDnfLater: metadata stays that a container installs from.
func TestInstalledByDnfLater(t *testing.T) {
	for command, stays := range map[string]bool{`"dnf", "builddep", "-y", "x.spec"`: true, `"/bin/sh", "-c", "yum install -y b && b"`: true, `"dnf", "repolist"`: false, `"/app"`: false} {
		found := rulestest.Parse(t, "RUN dnf install -y a\n+ var/cache/dnf/a.solv\n"+`config {"Cmd": [`+command+"]}").Findings(t, "dnf-cache")
		if edited := len(found) > 0 && found[0].Fix.After != nil; edited == stays {
			t.Errorf("%s: %+v", command, found)
		}
	}
}

// TestMakecacheAlone: a RUN that only downloads metadata goes, where its cache would be emptied.
func TestMakecacheAlone(t *testing.T) {
	const gone = "deleted"
	for _, test := range []struct{ run, later, want string }{
		{"RUN dnf makecache", "RUN dnf install -y a", gone},
		{"RUN yum -q -y makecache fast", "RUN yum install -y a", gone},
		{"RUN dnf makecache", "COPY x /x", gone},
		{"RUN dnf makecache && yum makecache", "COPY x /x", gone},

		{"RUN dnf makecache", "RUN dnf -C install -y a", "RUN dnf makecache \\\n    && dnf -C install -y a \\\n    && dnf clean all && rm -rf /var/cache/dnf"},
		{"RUN dnf makecache", "RUN dnf -qC repoquery a", "RUN dnf makecache \\\n    && dnf -qC repoquery a \\\n    && dnf clean all && rm -rf /var/cache/dnf"},
		{"RUN dnf makecache", "RUN dnf repoquery -C a", "RUN dnf makecache \\\n    && dnf repoquery -C a \\\n    && dnf clean all && rm -rf /var/cache/dnf"},
		{"RUN dnf makecache && echo cacheonly=1 >> /etc/dnf/dnf.conf", "RUN dnf install -y a", ""},
		{"RUN dnf makecache", "RUN curl -C - -O https://x.example/a", gone},
		{"RUN dnf makecache && dnf install -y a", "COPY x /x", "RUN dnf makecache && dnf install -y a \\\n    && dnf clean all && rm -rf /var/cache/dnf"},
		{"RUN dnf makecache && touch /y", "COPY x /x", "RUN dnf makecache && touch /y \\\n    && dnf clean all && rm -rf /var/cache/dnf"},
		{"RUN dnf makecache > /log", "COPY x /x", "RUN dnf makecache > /log \\\n    && dnf clean all && rm -rf /var/cache/dnf"},
		{"RUN dnf check-update", "COPY x /x", "RUN dnf check-update \\\n    && dnf clean all && rm -rf /var/cache/dnf"},
	} {
		found := rulestest.Parse(t, test.run+"\n+ var/cache/dnf/a.solv\n"+test.later+"\n+ x\n"+`config {"Cmd": ["/app"]}`).Findings(t, "dnf-cache")
		if len(found) != 1 {
			t.Errorf("%s: %d findings", test.run, len(found))
			continue
		}
		fix := found[0].Fix
		got := rulestest.Text(fix.After)
		if fix.After != nil && got == "" && rulestest.Text(fix.Before) == test.run {
			got = gone
		}
		if got != test.want {
			t.Errorf("%s becomes %q, want %q (%s)", test.run, got, test.want, fix.Summary)
		}
	}
}
