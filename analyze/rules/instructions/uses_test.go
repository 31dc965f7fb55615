package instructions

import (
	"testing"
)

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
