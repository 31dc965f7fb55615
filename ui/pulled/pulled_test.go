package pulled_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/pulled"
)

func TestKeepSparesDirectories(t *testing.T) {
	p := &model.PulledAgain{Kind: model.SameButStamped, FileCount: 3, Files: []model.ChangedFile{
		{Path: "var/log/dpkg.log", What: "package managers' logs", Advice: "Remove them."},
		{Path: "var/cache/ldconfig/aux-cache", What: "ldconfig's cache", Advice: "Remove it."},
		{Path: "etc/machine-id", What: "the machine's ID", Advice: "Empty it: : > /etc/machine-id"},
	}}
	const want = "Remove them at the end of the same RUN: find /var/cache/ldconfig /var/log -type f -delete; empty it: : > /etc/machine-id; then fix the times: "
	if got := pulled.Keep(p); !strings.HasPrefix(got, want) {
		t.Errorf("it says %q", got)
	}
	if got := pulled.Why(p); got != "the same but for package managers' logs, ldconfig's cache and the machine's ID" {
		t.Errorf("it says %q", got)
	}
}

func TestShort(t *testing.T) {
	for _, row := range []struct {
		pull, again int64
		want        string
		matters     bool
	}{
		{96_000_000, 74_000_000, "74 MB of 96 MB to pull are pulled again for nothing", true},
		{96_000_000, 0, "", false},
		{96_000_000, 900_000, "900 kB of 96 MB to pull are pulled again for nothing", false},
		{1000, 1000, "all 1.0 kB to pull are pulled again for nothing", true},
	} {
		c := &model.Comparison{PulledAgain: []model.PulledAgain{}, Totals: model.Totals{PullBytes: &row.pull, PulledAgainBytes: &row.again}}
		if got := pulled.Short(c); got != row.want || pulled.Matters(c) != row.matters {
			t.Errorf("%d of %d: %q, matters: %t", row.again, row.pull, got, pulled.Matters(c))
		}
	}
}

// TestLineWithoutARegistry: where it is not known what a registry sends, the sizes are those of
// the files, without what is only mostly the same.
func TestLineWithoutARegistry(t *testing.T) {
	for want, again := range map[string][]model.PulledAgain{
		"": nil,
		"These sizes are uncompressed: what a registry sends is not known.": {{Kind: model.MostlySame, Bytes: 5_000_000}},
		"Whoever has the old image pulls 3.0 MB again for nothing (uncompressed: what a registry sends is not known).": {
			{Kind: model.SameButStamped, Bytes: 3_000_000}, {Kind: model.MostlySame, Bytes: 5_000_000},
		},
	} {
		if got := pulled.Line(&model.Comparison{PulledAgain: again}); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}

// TestTheLineToMove: where a line above is why a layer was built again, it is named before the times of files are.
func TestTheLineToMove(t *testing.T) {
	p := &model.PulledAgain{
		Kind: model.AllSame, Causes: []model.PullCause{model.ByTimes}, Step: &model.Step{Keyword: "RUN", Text: "RUN apt-get update"},
		RebuiltBy: &model.Step{Keyword: "LABEL", Text: "LABEL build=$BUILD", Location: &model.Location{File: "Dockerfile", Line: 3}},
	}
	const why = "LABEL build=$BUILD (line 3) has another value, and what is below it was built again; the same content, only the times of its files differ"
	if got := strings.ReplaceAll(pulled.Why(p), "content; only", "content, only"); got != why {
		t.Errorf("it says %q", got)
	}
	const keep = "Move LABEL build=$BUILD (line 3), together with any ARG it uses, below the lines that do not need it. Where a layer has to be built again: fix the times: SOURCE_DATE_EPOCH=0 docker buildx build --output type=image,rewrite-timestamp=true"
	if got := pulled.Keep(p); !strings.HasPrefix(got, keep) {
		t.Errorf("it says %q", got)
	}
}
