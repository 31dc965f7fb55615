package rewrite_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// TestScriptCalls: what a script has others run counts as what it runs.
func TestScriptCalls(t *testing.T) {
	for _, test := range []struct {
		script string
		want   string // "" where npm is only a word
	}{
		{"npm start", "npm start"},
		{"su ghost -c 'cd /app && npm start'", "npm start"},
		{"su - ghost --command=\"npm start\"", "npm start"},
		{"su ghost -c \"cd $DIR && npm start\"", "npm start"},
		{"su ghost << EOF\ncd /app\nNODE_ENV=x npm start\nEOF", "npm start"},
		{"sudo -u ghost bash <<'EOF'\nnpm start\nEOF", "npm start"},
		{"cat <<EOF | sh\nnpm start\nEOF", "npm start"},
		{"bash -lc \"exec npm start\"", "npm start"},
		{"exec gosu app npm start", "npm start"},
		{"runuser -u app -- npm start", "npm start"},
		{"exec su-exec app:app tini -- npm start", "npm start"},
		{"setpriv --reuid 5 npm start", "npm start"},
		{"timeout -s KILL 5 npm start", "npm start"},
		{"echo npm start", ""},
		{"cat > /etc/x <<EOF\nnpm start\nEOF", ""},
		{"su ghost", ""},
	} {
		found := slices.ContainsFunc(rewrite.ScriptCalls(test.script), func(c rewrite.Command) bool { return strings.HasPrefix(c.Source(), "npm start") })
		if found != (test.want != "") {
			t.Errorf("%q: found %v", test.script, found)
		}
	}
}
