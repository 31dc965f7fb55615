package instructions

import (
	"slices"
	"strings"
	"testing"
)

// TestLastUseOfLists follows apt's lists from the first RUN on.
func TestLastUseOfLists(t *testing.T) {
	for _, test := range []struct {
		name        string
		later       []string
		used, fresh int
	}{
		{"nothing later", nil, 0, -1},
		{"an install", []string{"RUN apt-get install -y a", "RUN make"}, 1, -1},
		{"lists of its own", []string{"RUN apt-get install -y a", "RUN apt-get update && apt-get install -y b"}, 1, 2},
		{"perhaps lists of its own", []string{"RUN if test -f x; then apt-get update; fi; apt-get install -y b"}, 1, -1},
		{"behind xargs", []string{"COPY list /", "RUN xargs apt-get install -y < /list"}, 2, -1},
		{"in a text that cannot be read", []string{"RUN if apt-get"}, 1, -1},
		{"only a path", []string{"RUN ls /var/lib/apt"}, 0, -1},
	} {
		l := list(append([]string{"RUN apt-get update"}, test.later...)...)
		if used, fresh := l.LastUseOfLists(0); used != test.used || fresh != test.fresh {
			t.Errorf("%s: used by %d, fresh in %d, want %d and %d", test.name, used, fresh, test.used, test.fresh)
		}
	}
	many := list(slices.Repeat([]string{"RUN apt-get install -y a"}, MaxLater+5)...)
	if used, fresh := many.LastUseOfLists(0); used != MaxLater+1 || fresh != -1 {
		t.Errorf("looked as far as %d, want no further than %d", used, MaxLater+1)
	}
}

// TestNeededLater: whether what the first instruction leaves in /c is used again.
func TestNeededLater(t *testing.T) {
	for later, want := range map[string]bool{
		"RUN make":                       false,
		"RUN ls /c":                      true,
		"RUN ls /cc":                     false,
		"RUN ls /c/x":                    true,
		"RUN rm -rf /c":                  false,
		"RUN rm -rf /c && ls /c":         true,
		"RUN npm ci --offline":           true,
		"LABEL dir=/c":                   false,
		"ENV DIR=/c":                     true,
		"RUN if /c":                      true,
		"RUN if x":                       false,
		"COPY --from=x /c /d":            true,
		"VOLUME /c":                      false,
		"RUN pip install --no-index pkg": true,
	} {
		if got := list("RUN fill", later).NeededLater(0, []string{"/c/*"}); got != want {
			t.Errorf("%s: %v, want %v", later, got, want)
		}
	}
	if !list(slices.Repeat([]string{"RUN x"}, MaxLater+2)...).NeededLater(0, []string{"/c"}) {
		t.Error("more instructions than are looked at may need anything")
	}
}

// TestLastCall finds the last RUN that calls a program.
func TestLastCall(t *testing.T) {
	l := list("RUN go mod download", "COPY . .", "RUN make", "RUN go build", "RUN ls")
	for programs, want := range map[string]int{"": 0, "go": 3, "make": 2, "cargo": 0} {
		if got := l.LastCall(0, strings.Fields(programs)); got != want {
			t.Errorf("%q: %d, want %d", programs, got, want)
		}
	}
	if got := list("RUN go get", "RUN if").LastCall(0, []string{"go"}); got != 1 {
		t.Errorf("a RUN that cannot be read: %d, want 1", got)
	}
	if got := list(slices.Repeat([]string{"RUN go"}, MaxLater+5)...).LastCall(0, []string{"go"}); got != MaxLater+1 {
		t.Errorf("looked as far as %d, want no further than %d", got, MaxLater+1)
	}
}

// TestUnusedBetween looks at what stands between two instructions.
func TestUnusedBetween(t *testing.T) {
	l := list("COPY . .", "LABEL a=b", "RUN rm x", "RUN rm y")
	if !l.UnusedBetween(0, 2) || l.UnusedBetween(0, 3) {
		t.Error("a label uses nothing, a RUN may use all")
	}
}

// TestInstallsNodeModules knows the commands of four package managers.
func TestInstallsNodeModules(t *testing.T) {
	for run, want := range map[string]bool{
		"RUN npm ci": true, "RUN yarn": true, "RUN pnpm i": true, "RUN bun add x": true,
		"RUN npm": false, "RUN npm run build": false, "RUN make": false, "RUN if npm ci": false,
	} {
		if got := list(run).InstallsNodeModules(); got != want {
			t.Errorf("%s: %v, want %v", run, got, want)
		}
	}
}

// TestCallsApt tells calls from paths.
func TestCallsApt(t *testing.T) {
	l := list("ONBUILD RUN apt-get install x", "RUN ls /var/lib/apt", "RUN xargs apt install")
	if !l.CallsApt(0) || l.CallsApt(1) || !l.CallsApt(2) {
		t.Error("apt's calls are not told from its paths")
	}
}
