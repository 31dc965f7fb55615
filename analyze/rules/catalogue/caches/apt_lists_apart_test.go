package caches_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestListsOfRunsApart: RUNs that a COPY keeps apart fetch and remove lists of their
// own, where it is sure that they fetch the same.
func TestListsOfRunsApart(t *testing.T) {
	const first = `
		RUN apt-get -qq update && apt-get install -y a
		+ var/lib/apt/lists/x_Packages
		+ usr/bin/a
		`
	const cleaned = "RUN apt-get -qq update && apt-get install -y a \\\n    && rm -rf /var/lib/apt/lists/*\n"
	for _, test := range []struct{ name, image, want string }{
		{"a COPY", first + `COPY x /x
			+ x
			RUN apt-get install -y b
			+ usr/bin/b`,
			cleaned + "COPY x /x\nRUN apt-get -qq update \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"an ENV, and a RUN that needs none", first + `ENV A=b
			RUN make
			+ out
			RUN set -e; apt-get install -y b; make
			+ usr/bin/b`,
			cleaned + "ENV A=b\nRUN make\nRUN set -e; apt-get -qq update; apt-get install -y b; make; \\\n    rm -rf /var/lib/apt/lists/*"},
		{"removed at the end", first + `COPY x /x
			+ x
			RUN apt-get install -y b && rm -rf /var/lib/apt/lists/*
			+ usr/bin/b
			+ !var/lib/apt/lists/x_Packages`,
			cleaned + "COPY x /x\nRUN apt-get -qq update \\\n    && apt-get install -y b && rm -rf /var/lib/apt/lists/*"},

		{"another source in between", first + `COPY more.list /etc/apt/sources.list.d/
			+ etc/apt/sources.list.d/more.list
			RUN apt-get install -y b
			+ usr/bin/b`, ""},
		{"a source that is named", first + `COPY x /x
			+ x
			RUN rm /etc/apt/sources.list.d/a.list && apt-get install -y b
			+ usr/bin/b`, ""},
		{"a key that a package brings", first + `ENV A=b
			RUN apt-get install -y b
			+ etc/apt/trusted.gpg.d/b.gpg`, ""},
		{"another user", first + `USER app
			RUN sudo apt-get install -y b
			+ usr/bin/b`, ""},
		{"behind sudo", first + `COPY x /x
			+ x
			RUN sudo apt-get install -y b
			+ usr/bin/b`, ""},
		{"a script that may install", first + `COPY x.sh /x
			+ x
			RUN sh /x && apt-get install -y b
			+ usr/bin/b`, ""},
		{"a script behind it that may install", first + `COPY x.sh /x
			+ x
			RUN apt-get install -y b
			+ usr/bin/b
			RUN sh /x
			+ y`, ""},
		{"from a list", first + `COPY x /x
			+ x
			RUN xargs apt-get install -y < /x
			+ usr/bin/b`, ""},
		{"perhaps", first + `COPY x /x
			+ x
			RUN if test -f /x; then apt-get install -y b; fi
			+ usr/bin/b`, ""},
		{"an update that depends", `
			RUN apt-get update $OPTIONS && apt-get install -y a
			+ var/lib/apt/lists/x_Packages
			COPY x /x
			+ x
			RUN apt-get install -y b
			+ usr/bin/b`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, f := range rulestest.Parse(t, test.image+"\nconfig {\"Cmd\": [\"/app\"]}").Findings(t, "apt-lists") {
				if f.Fix.After != nil {
					got = *f.Fix.After
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
