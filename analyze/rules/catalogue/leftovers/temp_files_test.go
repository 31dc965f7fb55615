package leftovers_test

import (
	"fmt"
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/leftovers"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestTempFilesExemptWhatRuns tries what an image can run from a temporary directory.
func TestTempFilesExemptWhatRuns(t *testing.T) {
	for _, test := range []struct {
		name  string
		build *rules.Build
		path  string
		want  bool
	}{
		{"entry point", &rules.Build{Entrypoint: []string{"/tmp/server"}}, "tmp/server", true},
		{"beside the entry point", &rules.Build{Entrypoint: []string{"/tmp/app/server"}}, "tmp/app/lib/x.so", true},
		{"not beside it", &rules.Build{Entrypoint: []string{"/tmp/server"}}, "tmp/other", false},
		{"inside a shell's text", &rules.Build{Cmd: []string{"/bin/sh", "-c", "exec /var/tmp/run --x"}}, "var/tmp/run", true},
		{"value of an option", &rules.Build{Cmd: []string{"java", "-Dx=/tmp/a.jar"}}, "tmp/a.jar", true},
		{"PATH", &rules.Build{Env: []string{"PATH=/usr/bin:/tmp/bin"}}, "tmp/bin/x", true},
		{"working folder", &rules.Build{WorkingDir: "/tmp/app"}, "tmp/app/x", true},
		{"relative to the working folder", &rules.Build{WorkingDir: "/tmp", Cmd: []string{"python3", "app.py"}}, "tmp/app.py", true},
		{"working folder is /tmp itself", &rules.Build{WorkingDir: "/tmp", Cmd: []string{"python3"}}, "tmp/x", false},
		{"elsewhere", &rules.Build{Entrypoint: []string{"/usr/bin/server"}}, "tmp/server", false},
		{"nothing known", nil, "tmp/x", false},
	} {
		if got := leftovers.TempFiles.Exempts(test.build, test.path); got != test.want {
			t.Errorf("%s: Exempts(%s) = %v, want %v", test.name, test.path, got, test.want)
		}
	}
}

// TestTempFilesThatAreLinkedTo: what a link leads to is no temporary file.
func TestTempFilesThatAreLinkedTo(t *testing.T) {
	for _, test := range []struct {
		name, link string
		want       bool // it is found
	}{
		{"a folder", "app/node_modules -> /tmp/node_modules", false},
		{"relative", "app/node_modules -> ../tmp/node_modules", false},
		{"something else", "app/node_modules -> /tmp/other", true},
		{"from a temporary file", "tmp/x -> /tmp/node_modules", true},
	} {
		found := rulestest.Parse(t, `
			COPY app /
			+ app/main.js
			RUN cd /tmp && npm install
			+ tmp/node_modules/a.js
			RUN ln -s x y
			+ `+test.link+`
			config {"Cmd": ["node", "/app/main.js"]}`).Findings(t, "temp-files")
		if got := len(found) > 0; got != test.want {
			t.Errorf("%s: found %v, want %v", test.name, got, test.want)
		}
	}
}

// TestTempFilesTargets: what an rm names, and where nothing can be named.
func TestTempFilesTargets(t *testing.T) {
	const app = "COPY app /\n+ app\n"
	many := ""
	for i := range 30 {
		many += fmt.Sprintf("+ tmp/thing-1.2/file%d\n", i)
	}
	for _, test := range []struct{ name, steps, want string }{
		{"by a pattern of the RUN", "RUN wget -O /tmp/x.tgz http://x\n+ tmp/x.tgz\nRUN cd /tmp && tar xzf x.tgz && cd thing-* && make install\n+ tmp/thing-1.2/a",
			"RUN cd /tmp && tar xzf x.tgz && cd thing-* && make install \\\n    && rm -rf /tmp/thing-*"},
		{"more files than are listed", "RUN cd /tmp && tar xzf /x.tgz && cd thing-1.2 && make install\n" + many,
			"RUN cd /tmp && tar xzf /x.tgz && cd thing-1.2 && make install \\\n    && rm -rf /tmp/thing-1.2"},
		{"hidden ones too", "RUN git clone http://x /tmp/ && mv /tmp/a/* /srv\n+ tmp/.git/HEAD\n+ tmp/a/b\n+ tmp/c",
			"RUN git clone http://x /tmp/ && mv /tmp/a/* /srv \\\n    && rm -rf /tmp/* /tmp/.git"},
		{"an older one fits the pattern", "RUN make -C / x\n+ tmp/thing-0/a\nRUN cd /tmp && tar xzf /x.tgz && cd thing-* && make install\n+ tmp/thing-1.2/a", ""},
		{"a pattern for anything", "RUN make -C / x\n+ tmp/old/a\nRUN cd /tmp && tar xzf /x.tgz && cd * && make install\n+ tmp/thing-1.2/a", ""},
		{"a pattern of another directory", "RUN make -C / x\n+ tmp/old/a\nRUN cd /srv && tar xzf /x.tgz -C /tmp && cd thing-* && make install\n+ tmp/thing-1.2/a", ""},
	} {
		found := rulestest.Parse(t, app+test.steps+"\nconfig {\"Cmd\": [\"/app\"]}").Findings(t, "temp-files")
		if len(found) == 0 {
			t.Fatalf("%s: nothing found", test.name)
		}
		f := found[0]
		for _, other := range found {
			if *other.Instruction > *f.Instruction {
				f = other
			}
		}
		if got := rulestest.Text(f.Fix.After); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s\n(%s)", test.name, got, test.want, f.Fix.Summary)
		}
	}
}

// TestDownloadsForOthers: in an image that starts nothing, what a RUN downloads and none uses is what
// the image is for.
func TestDownloadsForOthers(t *testing.T) {
	const fetch = "RUN curl -O https://example.org/x.whl\n+ tmp/x.whl\n"
	for _, test := range []struct {
		steps, config string
		cleaned       bool
	}{
		{fetch + "RUN ls -l /tmp/*.whl", "", false},
		{fetch, "", false},
		{fetch, `{"Cmd": ["/app"]}`, true},
		{fetch + "RUN pip install /tmp/x.whl\n+ usr/lib/x.py", "", true},
		{fetch + "RUN pip install /tmp/*.whl\n+ usr/lib/x.py", "", true},
		{"RUN pip wheel -w /tmp/wheels a b\n+ tmp/wheels/a-1-py3-none-any.whl\n+ tmp/wheels/b-1-py3-none-any.whl\n", "", false},
		{"RUN pip wheel -w /tmp/wheels a b\n+ tmp/wheels/a-1-py3-none-any.whl\n+ tmp/wheels/b-1-py3-none-any.whl\n", `{"Cmd": ["/app"]}`, true},
		{"RUN pip wheel -w /tmp/wheels a && pip install /tmp/wheels/*.whl\n+ tmp/wheels/a-1-py3-none-any.whl\n+ usr/lib/a.py\n", "", true},
		{"RUN curl -O https://example.org/x.whl && pip install ./*\n+ tmp/x.whl\n+ usr/lib/x.py", "", true},
	} {
		image := "COPY app /\n+ app\nWORKDIR /tmp\n" + test.steps + "\nWORKDIR /\n"
		if test.config != "" {
			image += "config " + test.config
		}
		for _, f := range rulestest.Parse(t, image).Findings(t, "temp-files") {
			if got := f.Fix.After != nil; got != test.cleaned {
				t.Errorf("%s: it is removed: %v, want %v (%s)", test.steps, got, test.cleaned, f.Fix.Summary)
			}
		}
	}
}

// TestTempFilesOfAnArchive: what a RUN unpacks last, and of which it removes the archive alone, is
// there for somebody.
func TestTempFilesOfAnArchive(t *testing.T) {
	for run, cleaned := range map[string]bool{
		"curl -o dump.tar.bz2 x && tar xjf dump.tar.bz2 && rm dump.tar.bz2":                      false,
		"curl -o dump.tar.bz2 x && tar xjf dump.tar.bz2 && cp dump.sql /srv/ && rm dump.tar.bz2": true,
		"curl -o dump.tar.bz2 x && tar xjf dump.tar.bz2":                                         true,
	} {
		for _, f := range rulestest.Parse(t, "COPY app /\n+ app\nWORKDIR /tmp\nRUN "+run+"\n+ tmp/dump.sql\nWORKDIR /\nconfig {\"Cmd\": [\"/app\"]}").Findings(t, "temp-files") {
			if got := f.Fix.After != nil; got != cleaned {
				t.Errorf("%s: it is removed: %v, want %v (%s)", run, got, cleaned, f.Fix.Summary)
			}
		}
	}
}
