package fix

import (
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestChildStages: what a stage that goes on from this one needs stays, however it says
// so.
func TestChildStages(t *testing.T) {
	git := leftover("vcs-metadata", 5e6, 1, "app/.git/pack")
	temp := leftover("temp-files", 5e6, 1, "tmp/tool-1.2/x")
	lists := leftover("apt-lists", 5e6, 1, "var/lib/apt/lists/a")
	cache := leftover("npm-cache", 5e6, 1, "root/.npm/x")
	for _, test := range []struct {
		name, make, child string
		finding           model.Finding
		edited            bool
	}{
		{"git in the child", "RUN git clone x /app", "WORKDIR /app\nRUN git describe > v", git, false},
		{"a build in the child", "RUN git clone x /app", "RUN cd /app && go build", git, false},
		{"nothing in the child", "RUN git clone x /app", "RUN apt-get install -y x", git, true},
		{"a build elsewhere", "RUN git clone x /app", "WORKDIR /web\nRUN npm ci", git, true},
		{"a glob", "RUN tar -xf x -C /tmp tool-1.2", "RUN cd /tmp/tool-* && make", temp, false},
		{"a variable of the stage", "RUN tar -xf x -C /tmp tool-1.2", "ENV D=/tmp/tool-1.2\nRUN make -C $D", temp, false},
		{"a variable that nobody knows", "RUN tar -xf x -C /tmp tool-1.2", "ARG D\nRUN make -C $D", temp, false},
		{"another folder", "RUN tar -xf x -C /tmp tool-1.2", "RUN make -C /opt", temp, true},
		{"an install", "RUN apt-get update", "RUN apt-get install -y x", lists, false},
		{"an install of its own", "RUN apt-get update", "RUN apt-get update && apt-get install -y x", lists, true},
		{"an install that sudo calls", "RUN apt-get update", "RUN sudo apt-get install -y x", lists, false},
		{"an install without network", "RUN npm ci", "RUN npm ci --offline", cache, false},
		{"an install with network", "RUN npm ci", "RUN npm ci", cache, true},
		{"a script that nobody knows", "RUN apt-get update", "RUN ./install", lists, false},
	} {
		dockerfile := "FROM debian AS base\n" + test.make + "\nFROM base AS test\n" + test.child + "\nFROM base\nCMD [\"/usr/bin/run\"]\n"
		result, err := Plan(reportOf(t, dockerfile, test.finding), []byte(dockerfile), Options{})
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if result.Changed() != test.edited {
			t.Errorf("%s: edited %v, want %v; left: %+v", test.name, result.Changed(), test.edited, result.Left)
		}
	}
}
