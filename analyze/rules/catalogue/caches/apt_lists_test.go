package caches_test

import (
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestListsThatAreInstalledFrom: where a container or a build on top of the image
// installs from the lists, nothing is said of them.
func TestListsThatAreInstalledFrom(t *testing.T) {
	install := "RUN apt-get update && apt-get install -y curl"
	for _, test := range []struct {
		name  string
		build *rules.Build
		claim bool
	}{
		{"plain", rulestest.Build(install), true},
		{"the entry point installs", &rules.Build{Entrypoint: []string{"sh", "-c", "apt-get install -y $PKG && exec app"}}, false},
		{"the entry point updates, too", &rules.Build{Entrypoint: []string{"sh", "-c", "apt-get update && apt-get install -y $PKG"}}, true},
		{"the entry point updates on request only", &rules.Build{Entrypoint: []string{"sh", "-c", "if [ -n \"$A\" ]; then apt-get update && apt-get install -y $A; fi; apt-get install -y b"}}, false},
		{"the entry point does both on request", &rules.Build{Entrypoint: []string{"sh", "-c", "if [ -n \"$A\" ]; then apt-get update && apt-get install -y $A; fi; exec app"}}, true},
		{"the entry point has rosdep install", &rules.Build{Entrypoint: []string{"sh", "-c", "rosdep install -iry --from-paths /ws"}}, false},
		{"another Dockerfile of the project installs from them", &rules.Build{Neighbours: []rules.Neighbour{{Name: "js/Dockerfile", Installs: true}}}, false},
		{"another Dockerfile of the project copies a file", &rules.Build{Neighbours: []rules.Neighbour{{Name: "js/Dockerfile", Copies: []string{"/x"}}}}, true},
		{"a script of the entry point's script installs", &rules.Build{Entrypoint: []string{"/entry.sh"}, Captured: map[string][]byte{"entry.sh": []byte("#!/bin/sh\n/opt/scripts/prepare.sh\nexec \"$@\"\n"), "opt/scripts/prepare.sh": []byte("apt-get install -y $EXTRA\n")}}, false},
		{"the next build installs", rulestest.Build(install, "ONBUILD RUN apt-get install -y vim"), false},
		{"a package that nobody installs", rulestest.Build(install, "COPY pkg/*.deb /opt/"), false},
		{"a package beside dpkg that does something else", rulestest.Build(install, "COPY pkg/a.deb /opt/", "RUN dpkg-query -W > /list"), false},
		{"a package that dpkg installs", rulestest.Build(install, "COPY pkg/a.deb /opt/", "RUN cd /opt && dpkg -i ./*"), true},
		{"a package that a RUN installs", rulestest.Build(install, "COPY pkg/*.deb /opt/", "RUN apt-get install -y /opt/*.deb"), true},
		{"a package in a directory of which a RUN installs all", rulestest.Build(install, "COPY a.deb /opt/", "RUN /opt/setup"), true},
		{"the next build updates, too", rulestest.Build(install, "ONBUILD RUN apt-get update && apt-get install -y vim"), true},
	} {
		if test.build.Layers == nil {
			with := rulestest.Build(install)
			with.Entrypoint, with.Neighbours, with.Captured = test.build.Entrypoint, test.build.Neighbours, test.build.Captured
			test.build = with
		}
		s := rulestest.NewTree()
		s.Add("var/lib/apt/lists/deb_Packages", model.Record{Kind: model.File, Size: model.SizeOf(100)})
		found := rules.Claim(s.Tree, test.build, catalogue.Rules).Findings(nil)
		got := false
		for _, f := range found {
			got = got || f.Rule == "apt-lists"
		}
		if got != test.claim {
			t.Errorf("%s: claimed %v", test.name, got)
		}
	}
}

// TestCommentsInstallNothing: a later RUN that fetches lists of its own needs no others, though one
// of its lines of comments speaks of apt.
func TestCommentsInstallNothing(t *testing.T) {
	const install = "RUN apt-get update && apt-get install -y a"
	for _, test := range []struct{ later, want string }{
		{"RUN wget x && \\\n    # apt-get install nothing && \\\n    apt-get update && apt-get install -y b", install + " \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"RUN wget x && \\\n    timeout 9 sh -c 'eval apt-get install c' && \\\n    apt-get update && apt-get install -y b", ""},
	} {
		steps := []rulestest.Step{rulestest.Does(t, install, "var/lib/apt/lists/x_Packages"), rulestest.Does(t, "COPY x /x", "x"), rulestest.Does(t, test.later, "usr/bin/b")}
		found := rulestest.Image{Config: v1.Config{Cmd: []string{"/x"}}, Steps: steps}.Findings(t, "apt-lists")
		if len(found) != 1 || rulestest.Text(found[0].Fix.After) != test.want {
			t.Errorf("%s: %+v, want %s", test.later, found, test.want)
		}
	}
}

// TestListsForPeople: a RUN that only fetches lists goes where nothing needs them, but not from an
// image in which people work, and not where it is the only instruction.
func TestListsForPeople(t *testing.T) {
	const update = "RUN apt-get update"
	lists := rulestest.Does(t, update, "var/lib/apt/lists/x_Packages")
	for _, test := range []struct {
		name  string
		cmd   []string
		later []rulestest.Step
		leave bool
	}{
		{"a shell", []string{"bash"}, []rulestest.Step{rulestest.Does(t, "COPY x /x", "x")}, true},
		{"the only instruction", []string{"/x"}, nil, true},
		{"a program", []string{"/x"}, []rulestest.Step{rulestest.Does(t, "COPY x /x", "x")}, false},
		{"an install behind it that fetches its own", []string{"bash"}, []rulestest.Step{rulestest.Does(t, "RUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*", "usr/bin/b")}, false},
	} {
		found := rulestest.Image{Config: v1.Config{Cmd: test.cmd}, Steps: append([]rulestest.Step{lists}, test.later...)}.Findings(t, "apt-lists")
		if len(found) != 1 || found[0].Fix.Leave != test.leave || !test.leave && rulestest.Text(found[0].Fix.Before) != update {
			t.Errorf("%s: %+v", test.name, found)
		}
	}
}

// TestListsFetchedAgain: lists that a RUN fetches behind its last install stay in an image in
// which people work.
func TestListsFetchedAgain(t *testing.T) {
	const install = "RUN apt-get update && apt-get install -y a && add-apt-repository -y ppa:x/y"
	for _, test := range []struct {
		run   string
		cmd   []string
		leave bool
	}{
		{install + " && apt-get update", []string{"bash"}, true},
		{install + " && apt-get update", []string{"/x"}, false},
		{install + " && apt-get update && apt-get install -y b", []string{"bash"}, false},
		{install + " && apt-get update && rm -rf /tmp/*", []string{"bash"}, false},
		{install, []string{"bash"}, false},
	} {
		steps := []rulestest.Step{rulestest.Does(t, test.run, "var/lib/apt/lists/x_Packages", "usr/bin/a"), rulestest.Does(t, "COPY x /x", "x")}
		found := rulestest.Image{Config: v1.Config{Cmd: test.cmd}, Steps: steps}.Findings(t, "apt-lists")
		if len(found) != 1 || found[0].Fix.Leave != test.leave || !test.leave && found[0].Fix.Before == nil {
			t.Errorf("%s, %q: %+v", test.run, test.cmd, found)
		}
	}
}
