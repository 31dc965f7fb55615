package fix

import "testing"

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
