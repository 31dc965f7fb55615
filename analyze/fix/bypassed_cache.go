package fix

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// isIndexOnly reports whether apk left nothing but its index in the cache, which is all that it
// keeps there unless /etc/apk/cache is set up: then --no-cache is the idiom, and a mount would
// save the next build no download of a package.
func isIndexOnly(f *model.Finding) bool {
	return f.Rule == "apk-cache" && len(f.Paths) > 0 && len(f.Paths) == f.FileCount && !slices.ContainsFunc(f.Paths, func(p string) bool { return !strings.HasPrefix(path.Base(p), "APKINDEX.") })
}

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
