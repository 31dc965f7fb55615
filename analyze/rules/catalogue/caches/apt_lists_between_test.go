package caches

import (
	"slices"
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// TestOthersBetween: a sentence speaks of what stands between two RUNs, unless they are installs that
// use the lists as well.
func TestOthersBetween(t *testing.T) {
	const first, last = "RUN apt-get update && apt-get install -y a", "RUN apt-get install -y z"
	for _, test := range []struct {
		name    string
		between []string
		want    bool
	}{
		{"nothing", nil, false},
		{"another install", []string{"RUN apt-get install -y b"}, false},
		{"two installs", []string{"RUN apt-get install -y b", "RUN make && apt-get install -y c"}, false},
		{"a RUN that installs nothing", []string{"RUN make"}, true},
		{"it stands behind an install", []string{"RUN apt-get install -y b", "RUN make"}, true},
		{"it stands before an install", []string{"RUN make", "RUN apt-get install -y b"}, true},
		{"a COPY", []string{"COPY x /x"}, true},
		{"an ENV", []string{"ENV A=b"}, true},
		{"an install of the next build", []string{"ONBUILD RUN apt-get install -y b"}, true},
		{"a command that the container runs", []string{"CMD apt-get install -y b"}, true},
	} {
		b := &rules.Build{}
		for i, text := range slices.Concat([]string{"RUN make all", first}, test.between, []string{last, "RUN make install"}) {
			b.Instructions = append(b.Instructions, model.Instruction{Index: i, Keyword: rewrite.Keyword(text), Text: text})
		}
		if got := othersBetween(b, 1, 2+len(test.between)); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}
