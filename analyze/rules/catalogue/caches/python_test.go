package caches_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules/catalogue/caches"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestFlagThatAnOldPipLacks: a pip from before 6.0 ends at --no-cache-dir.
func TestFlagThatAnOldPipLacks(t *testing.T) {
	for version, strategy := range map[string]model.Strategy{
		"1.5.4-1ubuntu4": model.SameRunCleanup, "8.1.1-2": model.Flag, "23.0.1+dfsg-1": model.Flag,
	} {
		found := rulestest.Parse(t, `
			COPY app /
			+ app
			RUN apt-get install -y python-pip
			+ var/lib/dpkg/status text Package: python-pip|Status: install ok installed|Version: `+version+`|Architecture: all||
			RUN pip install a
			+ root/.cache/pip/http/a
			config {"Cmd": ["/app"]}`).Findings(t, "pip-cache")
		if len(found) != 1 || found[0].Fix.Strategy != strategy {
			t.Errorf("%q: %+v", version, found[0].Fix)
		}
	}
}

// TestOldPipByRelease: where no package tells the version, the name of the base image does.
func TestOldPipByRelease(t *testing.T) {
	const own = "RUN apt-get update && apt-get install -y python-pip"
	for _, test := range []struct {
		base, install string
		want          model.Strategy
	}{
		{"ubuntu:14.04", own, model.SameRunCleanup},
		{"docker.io/library/ubuntu:trusty-20190515", own, model.SameRunCleanup},
		{"debian:jessie", own, model.SameRunCleanup},
		{"debian:8-slim", own, model.SameRunCleanup},
		{"registry.example/google/debian8:latest", own, model.SameRunCleanup},
		{"buildpack-deps:wheezy", own, model.SameRunCleanup},

		{"ubuntu:16.04", own, model.Flag},
		{"ubuntu:140.04", own, model.Flag},
		{"debian:stretch", own, model.Flag},
		{"debian:12", own, model.Flag},
		{"debian", own, model.Flag},
		{"", own, model.Flag},
		{"example.org/jessie:1", own, model.Flag},
		{"python:2.7-jessie", "RUN apt-get update && apt-get install -y curl", model.Flag}, // it has its own
	} {
		b := rulestest.Build(test.install, "RUN pip install a")
		if test.base != "" {
			b.Base.Reference = &test.base
		}
		if fix := caches.PipCache.Fix(rulestest.Leftover(1, "root/.cache/pip/http/a"), b); fix.Strategy != test.want {
			t.Errorf("%s: %s (%s)", test.base, fix.Strategy, fix.Summary)
		}
	}
}

// TestFlagBeforeAStrictRemoval: a cache that is never written cannot be removed by an rm that
// complains of what is not there.
func TestFlagBeforeAStrictRemoval(t *testing.T) {
	for run, flag := range map[string]bool{
		"RUN pip install a && rm -r /root/.cache":                        false,
		"RUN pip install a && rm -r ~/.cache/pip && pip install b":       false,
		"RUN pip install a && rm -rf /root/.cache && pip install b":      true,
		"RUN pip install a && rm -r /tmp/build":                          true,
		"RUN pip install a && rm --recursive --force /root/.cache/pip/*": true,
	} {
		fix := caches.PipCache.Fix(rulestest.Leftover(0, "root/.cache/pip/http/a"), rulestest.Build(run))
		if got := fix.Strategy == model.Flag; got != flag {
			t.Errorf("%s: %s (%s)", run, fix.Strategy, fix.Summary)
		}
	}
}

// TestDirectoryThatTheCacheMakes: no flag where a later command needs the directory that only the cache
// brought, or names the cache: pip's is there until then, and its directory stays.
func TestDirectoryThatTheCacheMakes(t *testing.T) {
	for _, test := range []struct {
		run, later string
		flag       bool
	}{
		{"pip install a", "true", true},
		{"pip install a", "mkdir ~/.cache/matplotlib", false},
		{"pip install a", "mkdir -p ~/.cache/matplotlib", true},
		{"pip install a", "touch /root/.cache/x", false},
		{"pip install a", "ln -s /data/hf /root/.cache/huggingface", false},
		{"pip install a", "cp /x /root/.cache/model.bin", false},
		{"pip install a", "cp /x /root/cached", true},
		{"pip install a", "rm -rf ~/.cache/other", true},
		{"pip install a && mkdir /root/.cache/nltk", "true", false},
		{"pip install a && sh /check.sh", "true", false},
		{"pip install a && sh /other.sh", "true", true},
	} {
		found := rulestest.Parse(t, `
			COPY . /
			+ app
			+ check.sh text #!/bin/sh|set -e|du -sh /root/.cache/pip
			+ other.sh text #!/bin/sh|set -e|du -sh /root/.local
			RUN `+test.run+`
			+ root/.cache/pip/http/a
			RUN `+test.later+`
			+ x
			config {"Cmd": ["/app"]}`).Findings(t, "pip-cache")
		if len(found) != 1 || (found[0].Fix.Strategy == model.Flag) != test.flag {
			t.Errorf("%s, then %s: %+v", test.run, test.later, found[0].Fix)
		}
	}
}
