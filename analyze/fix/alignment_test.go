package fix

import (
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestAUserMovesInFront: where an edit takes the RUN that makes a user in front of others, its
// comment comes along, and what later edits do to the others is done to those.
func TestAUserMovesInFront(t *testing.T) {
	for _, test := range []struct{ name, file, before, after, want string }{
		{"a RUN of its own", "# the packages\nRUN npm ci\n# for the service\nRUN useradd app\nCOPY x /x\n# theirs\nRUN chown -R app /app\n",
			"RUN npm ci\nRUN useradd app\nCOPY x /x\nRUN chown -R app /app", "RUN useradd app\nRUN npm ci \\\n    && chown -R app /app\nCOPY x /x",
			"# for the service\nRUN useradd app\n\n# the packages\nRUN npm ci \\\n# theirs\n    && chown -R app /app \\\n    && rm -rf /root/.npm/_cacache\nCOPY x /x\n"},
		{"a part of the last RUN", "RUN npm ci\n# a user\nRUN useradd app && chown -R app /app\n",
			"RUN npm ci\nRUN useradd app && chown -R app /app", "RUN useradd app\nRUN npm ci \\\n    && chown -R app /app",
			"# a user\nRUN useradd app\nRUN npm ci \\\n    && chown -R app /app \\\n    && rm -rf /root/.npm/_cacache\n"},
	} {
		text := "FROM debian\n" + test.file
		move := edited(50e6, 1, model.CopyChown, test.before, test.after)
		r := reportOf(t, text, move, leftover("npm-cache", 20e6, 1, "root/.npm/_cacache/x"))
		r.Findings[0].Rule, r.Findings[0].Fix = "no-such-rule", move.Fix
		result, err := Plan(r, []byte(text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if string(result.New) != "FROM debian\n"+test.want {
			t.Errorf("%s:\n%s", test.name, result.New)
		}
	}
}
