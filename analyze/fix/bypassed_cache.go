package fix

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// isBypassed reports whether all installs of the RUN that an edit is for go past apk's cache,
// so that only an update in front of them fills it. The edit takes that update out; a mount
// would keep what nothing reads.
func isBypassed(e *edit, f *model.Finding) bool {
	at := *f.Instruction - e.from
	if f.Rule != "apk-cache" || at < 0 || at >= len(e.before) {
		return false
	}
	run, err := rewrite.ParseRun(e.before[at])
	if err != nil {
		return false
	}
	has := func(c rewrite.Command, words ...string) bool {
		return slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return slices.Contains(words, w.Text) })
	}
	bypassed := false
	for _, c := range run.Commands {
		if c.Name() == "apk" && has(c, "add", "upgrade", "fetch") {
			if !has(c, "--no-cache") {
				return false
			}
			bypassed = true
		}
	}
	return bypassed
}
