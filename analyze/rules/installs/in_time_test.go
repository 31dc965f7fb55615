package installs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/installs"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestComesInTime: an install need not name what a later one brings before anything needs it.
func TestComesInTime(t *testing.T) {
	const (
		certificates = "*tool; Recommends: ca-certificates\nca-certificates"
		clients      = "*git; Recommends: ca-certificates, less\nca-certificates\nless"
		autoconf     = "*autoconf; Recommends: automake, docs\n*automake\ndocs; Files: usr/share/doc/x"
		withLess     = "*tool; Recommends: less, docs\n*less\ndocs; Files: usr/share/doc/x"
		curl         = "*curl; Recommends: ca-certificates, less"
	)
	// again is a later install of packages that are new there.
	again := func(by, packages, before string) rulestest.Step {
		s := install(by, before+"\n"+packages)
		s.Files = slices.DeleteFunc(s.Files, func(f imagetest.File) bool {
			return strings.HasPrefix(f.Path, "usr/bin/") && strings.Contains("\n"+before, strings.TrimPrefix(f.Path, "usr/bin/"))
		})
		return s
	}
	fetches := does("RUN curl https://x.example/y")
	for _, c := range []struct {
		name, install, packages, program string
		more                             []rulestest.Step
		want                             string
	}{
		{"certificates that come with a new client", "tool", certificates, "bash", []rulestest.Step{again("RUN apt-get install -y curl", curl, certificates), fetches}, ""},
		{"behind what fetches", "tool", certificates, "bash", []rulestest.Step{fetches, again("RUN apt-get install -y curl", curl, certificates)}, "ca-certificates"},
		{"with a client that leaves them out", "tool", certificates, "bash", []rulestest.Step{again("RUN apt-get install -y --no-install-recommends curl", curl, certificates), fetches}, "ca-certificates"},
		{"with a client that was there", "git", clients, "bash", []rulestest.Step{does("RUN apt-get install -y git"), does("RUN git clone https://x.example/y")}, "ca-certificates"},
		{"behind a script that fetches", "tool", certificates, "bash", []rulestest.Step{does("COPY get.sh /opt/", imagetest.Text("opt/get.sh", "#!/bin/sh\nwget https://x.example/y\n")), does("RUN sh /opt/get.sh"), again("RUN apt-get install -y curl", curl, certificates)}, "ca-certificates"},

		{"what the container calls comes with a new client", "tool", strings.Replace(withLess, "*less", "less", 1), "less", []rulestest.Step{again("RUN apt-get install -y curl", curl, strings.Replace(withLess, "*less", "less", 1))}, ""},
		{"what the container calls came with a package that was there", "tool", strings.Replace(withLess, "*less", "less", 1), "less", []rulestest.Step{does("RUN apt-get install -y tool")}, "less"},
		{"what the container calls is named", "tool", withLess, "less", []rulestest.Step{does("RUN touch /x && apt-get install -y less")}, ""},
		{"it is named in the same RUN, behind work", "tool && touch /x && apt-get install -y less", withLess, "less", nil, ""},
		{"it is called in the same RUN before that", "tool && less /x && apt-get install -y less", withLess, "less", nil, "less"},
		{"it is called before it is named", "tool", withLess, "bash", []rulestest.Step{does("RUN less /x"), does("RUN apt-get install -y less")}, "less"},

		{"automake that is named", "autoconf", autoconf, "tool", []rulestest.Step{does("RUN make"), does("RUN apt-get install -y automake && autoreconf -i")}, ""},
		{"automake that is named under a condition", "autoconf", autoconf, "tool", []rulestest.Step{does("RUN make"), does("RUN test -e /x || apt-get install -y automake"), does("RUN autoreconf -i")}, "automake"},
		{"automake behind what nobody can read", "autoconf", autoconf, "tool", []rulestest.Step{does("RUN <<EOF\n#!/usr/bin/python3\nprint()\nEOF"), does("RUN apt-get install -y automake && autoreconf -i")}, "automake"},
		{"automake behind a tool of a virtual environment", "autoconf", autoconf, "tool", []rulestest.Step{does(`RUN "$VENV/bin/pip" install x`), does("RUN apt-get install -y automake && autoreconf -i")}, ""},
		{"a script that calls it comes before", "autoconf", autoconf, "tool", []rulestest.Step{does("COPY x.sh /opt/", imagetest.Text("opt/x.sh", "#!/bin/sh\nautomake\n")), does("RUN sh /opt/x.sh"), does("RUN apt-get install -y automake")}, "automake"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := build(t, c.program, append([]rulestest.Step{install(update+c.install, c.packages)}, c.more...)...)
			commands, _ := b.Parsed().Commands(2)
			var got []string
			for _, k := range installs.Needed(b, 2, 1, commands).Kept {
				got = append(got, k.Name)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%q is kept, want %q", got, c.want)
			}
		})
	}
}
