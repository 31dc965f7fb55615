package pane

import (
	"testing"

	"github.com/tare-oci/tare/ui/display"
)

func TestGistTellsInstructionsApart(t *testing.T) {
	for _, c := range []struct{ keyword, text, want string }{
		{"RUN", "apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*", "apt-get install nodejs npm"},
		{"RUN", "set -eux; apk add --no-cache curl; make", "apk add curl …"},
		{"RUN", "DEBIAN_FRONTEND=noninteractive apt-get install -y git", "apt-get install git"},
		{"RUN", "apt-get update", "apt-get update"},
		{"RUN", "x=$(head -c 200 /dev/urandom | base64; true) && echo \"$x\" >/x", "echo \"$x\" >/x"},
		{"RUN", "x=$(head -c 200 /dev/urandom)", "x=$(head -c 200 /dev/urandom)"},
		{"RUN", "A='b c' B=`id -u` make -j4", "make -j4"},
		{"RUN", "=a b", "=a b"},
		{"RUN", "# the tools\napt-get update\n# and more\napt-get install -y git", "apt-get install git"},
		{"RUN", "<<EOF\nset -e\npip install flask\nEOF", "pip install flask …"},
		{"RUN", "rm -rf /var/lib/apt/lists/*", "rm -rf /var/lib/apt/lists/*"},
		{"RUN", "cd /src && make install", "make install"},
		{"RUN", "echo 'a && b; c' > /x", "echo 'a && b; c' > /x"},
		{"RUN", "--mount=type=cache,target=/root/.cache pip install -r req.txt", "pip install req.txt"},
		{"RUN", `["make", "all"]`, `["make", "all"]`},
		{"RUN", "", ""},
		{"COPY", "--chown=app:app --from=build /out /app", "--from=build /out /app"},
		{"CMD", "run -x", "run -x"},
	} {
		if got := Gist(c.keyword, c.text, "…"); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.keyword, c.text, got, c.want)
		}
	}
}

// TestGistWithin gives up the options first, and the name of the package manager at last.
func TestGistWithin(t *testing.T) {
	const text = "apt-get install -y --no-install-recommends nodejs npm && npm ci"
	for _, c := range []struct {
		columns int
		want    string
	}{
		{80, text}, {30, "apt-get install nodejs npm …"}, {28, "apt-get install nodejs npm …"}, {27, "install nodejs npm …"}, {8, "install nodejs npm …"},
	} {
		if got := GistWithin("RUN", text, display.Unicode, c.columns); got != c.want {
			t.Errorf("%d columns: %q, want %q", c.columns, got, c.want)
		}
	}
	if got := GistWithin("RUN", "npm run build && true", display.Unicode, 8); got != "npm run build" {
		t.Errorf("of what is no install: %q", got)
	}
}
