package fix_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
)

// TestEditWithoutBytesBesideOthers: who names rules gets the edits of all of them, also one that
// saves nothing and stands below lines that the others have joined or changed.
func TestEditWithoutBytesBesideOthers(t *testing.T) {
	const dockerfile = "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends python3\nRUN rm -rf /var/lib/apt/lists/*\nCOPY app.py /app/\nENTRYPOINT python3 /app/app.py\n"
	for _, rules := range [][]string{{"shell-form-entrypoint"}, {"shell-form-entrypoint", "apt-lists"}, {"apt-lists", "shell-form-entrypoint"}} {
		edited, left := fixed(t, dockerfile, fix.Options{Rules: rules})
		if !strings.Contains(edited, `ENTRYPOINT ["python3", "/app/app.py"]`) {
			t.Errorf("%v: the entry point is not written:\n%s%s", rules, edited, left)
		}
		if cleans := strings.Contains(edited, "\nRUN rm"); len(rules) > 1 && cleans {
			t.Errorf("%v: the lists are not removed:\n%s%s", rules, edited, left)
		}
	}
}
