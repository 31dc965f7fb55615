package fix

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestMountsThatAreTakenAway: a directory that something is mounted on is busy.
func TestMountsThatAreTakenAway(t *testing.T) {
	targets := []string{"/root/.cache/pip"}
	for text, want := range map[string]bool{
		"RUN pip install flask && rm -r ~/.cache/pip":              true,
		"RUN pip install flask && rm -rf $HOME/.cache":             true,
		"RUN pip install flask && rm -rf /root/.cache":             true,
		"RUN pip install flask && mv /root/.cache/pip /keep":       true,
		"RUN pip install flask && mv /root/.cache/pip/http /keep":  true,
		"RUN pip install flask && rm -rf /tmp/x && mv /a /root/b":  false,
		"RUN pip install flask && rm -rf /root/.cache/pip-tools/x": false,
		"RUN pip install flask && cp -r /root/.cache/pip /keep":    false,
	} {
		if got := takesMountAway(text, targets) != ""; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// TestFlagInPlaceOfMount: a cache that is little beside the image, or that other calls of the RUN turn off
// already, gets the flag; nobody wants to need BuildKit for that.
func TestFlagInPlaceOfMount(t *testing.T) {
	const one, two = "FROM python\nRUN pip install numpy\n", "FROM python\nRUN pip install --no-cache-dir flask && pip install numpy\n"
	for _, test := range []struct {
		name, dockerfile string
		image            int64
		want             string
	}{
		{"large", one, 500e6, "--mount=type=cache"},
		{"little beside the image", one, 1100e6, "--no-cache-dir"},
		{"turned off beside it", two, 500e6, "&& pip install --no-cache-dir numpy"},
	} {
		r := reportOf(t, test.dockerfile, leftover("pip-cache", 10e6, 1, "root/.cache/pip/http-v2/a"))
		r.Image.Size = test.image
		edit := rewritten(t, r, test.dockerfile)
		if !strings.Contains(edit, test.want) || strings.Contains(edit, "--mount") != strings.Contains(test.want, "--mount") {
			t.Errorf("%s: got\n%s", test.name, edit)
		}
	}
}

// rewritten is what cache mounts make of a Dockerfile.
func rewritten(t *testing.T, r *model.Report, dockerfile string) string {
	t.Helper()
	result, err := Plan(r, []byte(dockerfile), Options{CacheMount: true})
	if err != nil {
		t.Fatal(err)
	}
	if a := result.Applied[0]; strings.Contains(a.Summary, "too little for a mount") != (a.Strategy == model.Flag) {
		t.Errorf("it says %q", a.Summary)
	}
	return string(result.New)
}
