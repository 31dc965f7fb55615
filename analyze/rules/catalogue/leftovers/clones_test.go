package leftovers_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/leftovers"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestClonesThatRun: the history of a clone stays where the program runs from the clone.
func TestClonesThatRun(t *testing.T) {
	for _, test := range []struct {
		name, clone, next, config string
		stays                     bool
	}{
		{"installed --editable", "git clone x /src/app", "pip install --editable /src/app", `"Cmd": ["/usr/bin/tool"]`, true},
		{"installed -e, from within", "git clone x /src/app", "cd /src/app && pip3 install -e .", `"Cmd": ["/usr/bin/tool"]`, true},
		{"installed -e with extras", "git clone x /src/app", "cd /src && python3 -m pip install -e ./app[test]", `"Cmd": ["/usr/bin/tool"]`, true},
		{"installed -e by a variable", "git clone x /src/app", "pip install -e $APP", `"Cmd": ["/usr/bin/tool"]`, true},
		{"set up to be developed", "git clone x /src/app", "cd /src/app && python setup.py develop", `"Cmd": ["/usr/bin/tool"]`, true},
		{"started in the clone", "git clone x /src/app", "true", `"Entrypoint": ["/src/app/bin/run.sh"]`, true},
		{"started in the clone, by a relative path", "git clone x /src/app", "true", `"Cmd": ["sh", "bin/run.sh"], "WorkingDir": "/src/app"`, true},

		{"started in the clone, which is not seen", "git clone x /src/app", "true", `"Entrypoint": ["/src/app/bin/start"]`, true},

		{"a shell starts in the clone", "git clone x /src/app", "true", `"Cmd": ["/bin/bash"], "WorkingDir": "/src/app"`, true},
		{"a shell starts below it", "git clone x /src/app", "true", `"Cmd": ["bash"], "WorkingDir": "/src/app/lib"`, true},
		{"a shell with the clone as a volume", "git clone x /src/app", "true", `"Cmd": ["bash"], "Volumes": {"/src/app": {}}`, true},
		{"a shell starts above the clone", "git clone x /src/app", "true", `"Cmd": ["bash"], "WorkingDir": "/src"`, false},

		{"a notebook that people work in", "git clone x /src/app", "true", `"Entrypoint": ["jupyter", "lab"]`, false},

		{"a tool that asks git for its version", "git clone https://github.com/flutter/flutter.git -b stable /src/app", "true", `"Cmd": ["tool"]`, true},
		{"a tool by a name like that", "git clone https://github.com/x/flutterish /src/app", "true", `"Cmd": ["tool"]`, false},
		{"a program that is told where it gets updates", "git clone x /src/app", "true", `"Cmd": ["/usr/bin/tool"], "Env": ["ALICE_CONFIG_aliceUpdateChannel=master"]`, true},
		{"a program that is told to update itself", "git clone x /src/app", "true", `"Cmd": ["/usr/bin/tool"], "Env": ["AUTO_UPDATE=1"]`, true},
		{"a date", "git clone x /src/app", "true", `"Cmd": ["/usr/bin/tool"], "Env": ["UPDATED_AT=2020", "CHANNEL=3"]`, false},
		{"installed as a copy", "git clone x /src/app", "pip install /src/app", `"Cmd": ["/usr/bin/tool"]`, false},
		{"another project is editable", "git clone x /src/app", "pip install -e /src/other", `"Cmd": ["/usr/bin/tool"]`, false},
		{"another project is editable, from within", "git clone x /src/app", "cd /src/other && pip install -e .", `"Cmd": ["/usr/bin/tool"]`, false},
		{"an expression", "git clone x /src/app", "grep -e /src/app /x", `"Cmd": ["/usr/bin/tool"]`, false},
		{"built there", "git clone x /src/app", "make -C /src/app install", `"Cmd": ["/usr/bin/tool"]`, false},
		{"a program beside the clone", "git clone x /src/app", "true", `"Cmd": ["/src/application"]`, false},
		{"the clone is only where it starts", "git clone x /src/app", "true", `"Cmd": ["tool"], "WorkingDir": "/src/app"`, false},
	} {
		found := rulestest.Parse(t, `
			COPY app /
			+ app
			RUN `+test.clone+`
			+ src/app/.git/objects/a
			+ src/app/.git/HEAD
			+ src/app/bin/run.sh
			RUN `+test.next+`
			+ usr/bin/tool
			config {`+test.config+`}`).Findings(t, "vcs-metadata")
		if len(found) != 1 || found[0].Fix == nil {
			t.Fatalf("%s: found %v", test.name, found)
		}
		fix := found[0].Fix
		stays := fix.Leave && strings.Contains(fix.Summary, "clone with --depth 1")
		if stays != test.stays {
			t.Errorf("%s: stays %v, want %v: %s", test.name, stays, test.stays, fix.Summary)
		}
		if forPeople := strings.Contains(test.config, `["bash"]`) || strings.Contains(test.config, "jupyter"); !test.stays && forPeople != (fix.Guess != "") {
			t.Errorf("%s: a guess: %q", test.name, fix.Guess)
		}
		if !test.stays && (fix.After == nil || !strings.Contains(*fix.After, "rm -rf /src/app/.git")) {
			t.Errorf("%s: the edit is %v (%s)", test.name, fix.After, fix.Summary)
		}
	}
}

// TestClonesWithSubmodules: files in the submodules point into the .git of the clone, so it stays.
func TestClonesWithSubmodules(t *testing.T) {
	for _, test := range []struct {
		name, clone, next, files string
		stays                    bool
	}{
		{"--recursive", "git clone --recursive https://x.example/app /src/app", "true", "", true},
		{"--recursive behind the address", "git clone git://x.example/app.git --recursive /src/app", "true", "", true},
		{"--recurse-submodules", "git clone --recurse-submodules=lib --depth 1 https://x.example/app /src/app", "true", "", true},
		{"into the folder of its name", "cd /src && git clone --recursive https://x.example/app.git", "true", "", true},
		{"by ssh", "cd /src && git clone --recursive git@x.example:a/app.git", "true", "", true},
		{"updated", "git clone https://x.example/app /src/app && cd /src/app && git submodule update --init", "true", "", true},
		{"updated later", "git clone https://x.example/app /src/app", "git -C /src/app submodule update --init --recursive", "", true},
		{"pulled", "git clone https://x.example/app /src/app", "cd /src/app && git pull --recurse-submodules", "", true},
		{"in a folder that nobody knows", "git clone --recursive https://x.example/app $APP", "true", "", true},
		{"as the image shows", "fetch", "true", "+ src/app/lib/.git text gitdir: ../.git/modules/lib", true},
		{"as the image shows, of an absolute path", "fetch", "true", "+ src/app/lib/.git text gitdir: /src/app/.git/modules/lib", true},

		{"another clone", "git clone --recursive https://x.example/b /src/b && git clone https://x.example/app /src/app", "true", "", false},
		{"another clone by its name", "cd /src && git clone --recursive https://x.example/b && git clone https://x.example/app", "true", "", false},
		{"of another clone", "git clone https://x.example/app /src/app", "cd /src/b && git submodule update", "", false},
		{"no submodules", "git clone --no-recurse-submodules https://x.example/app /src/app", "true", "", false},
		{"the state of them", "git clone https://x.example/app /src/app && cd /src/app && git submodule status", "true", "", false},
		{"another tool's option", "git clone https://x.example/app /src/app", "cp --recursive /src/app/bin /opt", "", false},
		{"a file of a like name", "fetch", "true", "+ src/app/lib/.gitignore", false},
	} {
		found := rulestest.Parse(t, `
			COPY app /
			+ app
			RUN `+test.clone+`
			+ src/app/.git/objects/a
			+ src/app/.git/HEAD
			+ src/app/bin/run.sh
			`+test.files+`
			RUN `+test.next+`
			+ usr/bin/tool
			config {"Cmd": ["/usr/bin/tool"]}`).Findings(t, "vcs-metadata")
		if len(found) == 0 || found[0].Fix == nil {
			t.Fatalf("%s: found %v", test.name, found)
		}
		if fix := found[0].Fix; fix.Leave != test.stays || test.stays != strings.Contains(fix.Summary, "fails without /src/app/.git") {
			t.Errorf("%s: stays %v, want %v: %s", test.name, fix.Leave, test.stays, fix.Summary)
		}
	}
}

// TestClonesThatTheProjectRuns: the history of a clone stays where a script of the project runs
// something in it.
func TestClonesThatTheProjectRuns(t *testing.T) {
	for runs, stays := range map[string]bool{
		"--rm -w /src/app --entrypoint bash tool ./bin/update": true,
		"tool --workdir=/src/app/bin sh":                       true,
		"tool /src/app/bin/run.sh":                             true,
		"tool /src/application":                                false,
		"-v ./data:/src tool":                                  false,
	} {
		b := rulestest.Build("RUN git clone x /src/app")
		b.Cmd, b.Neighbours = []string{"/usr/bin/tool"}, []rules.Neighbour{{Name: "update.sh", Runs: []string{runs}}}
		fix := leftovers.VCSMetadata.Fix(rulestest.Leftover(0, "src/app/.git/HEAD"), b)
		if got := fix.Leave && strings.Contains(fix.Summary, "update.sh runs something in /src/app"); got != stays || !stays && fix.After == nil {
			t.Errorf("%s: stays %v: %+v", runs, got, fix)
		}
	}
}

// TestClonesThatTheImageUpdates: the history of a clone stays where a script of the image, or a table of
// cron, has git do something with one.
func TestClonesThatTheImageUpdates(t *testing.T) {
	for _, test := range []struct {
		name, file, next string
		stays            bool
	}{
		{"a script with a variable", "+ usr/local/bin/update.sh text #!/bin/sh|APP=/src|cd $APP/app && git pull", "true", true},
		{"a script of cron", "+ etc/cron.daily/up text cd /src/app && git fetch", "true", true},
		{"a table of cron", "+ app", "echo '0 3 * * * root cd /src/app && git pull' > /etc/cron.d/up", true},
		{"a version", "+ entry.sh text #!/bin/sh|git -C /src/app describe --tags", "true", true},
		{"a comment", "+ entry.sh text #!/bin/sh|# git pull does it|true", "true", false},
		{"a clone that a script makes", "+ entry.sh text #!/bin/sh|git clone x /y", "true", false},
		{"a script of a package", "+ usr/lib/git-core/x text #!/bin/sh|git status", "true", false},
		{"no script", "+ etc/motd text type git pull to update", "true", false},
	} {
		found := rulestest.Parse(t, `
			COPY app /
			`+test.file+`
			RUN git clone x /src/app
			+ src/app/.git/objects/a
			RUN `+test.next+`
			+ usr/bin/tool
			config {"Cmd": ["/usr/bin/tool"]}`).Findings(t, "vcs-metadata")
		if len(found) != 1 || found[0].Fix.Leave != test.stays || !test.stays && found[0].Fix.After == nil {
			t.Errorf("%s: %+v", test.name, found)
		}
	}
}
