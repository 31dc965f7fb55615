package releases

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/pulled"
)

// Reasons name the lines that alone are the reason why others were built again and pulled for nothing, what they cost and where
// they should stand, those that cost most first. Texts of images in them are not escaped.
func Reasons(r *model.Releases) (all []string) {
	type reason struct {
		text  string
		bytes int64
	}
	var reasons []reason
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.RebuiltBy == nil || l.AgainBytes == nil {
			continue
		}
		text := pulled.Rebuilt(l.RebuiltBy) + ". " + pulled.Lower(l.RebuiltBy)
		at := slices.IndexFunc(reasons, func(r reason) bool { return r.text == text })
		if at < 0 {
			at = len(reasons)
			reasons = append(reasons, reason{text: text})
		}
		reasons[at].bytes += *l.AgainBytes
	}
	slices.SortStableFunc(reasons, func(a, b reason) int { return cmp.Compare(b.bytes, a.bytes) })
	for _, one := range reasons {
		all = append(all, one.text+": up to "+display.Bytes(one.bytes)+" less to pull.")
	}
	return all
}

// Because says how often a line's layer was another one, and which line above it alone was the reason to build it again.
func Because(r *model.Releases, l *model.ReleasedLine) string {
	if l.RebuiltBy == nil {
		return Often(r, l)
	}
	return Often(r, l) + "; " + pulled.Rebuilt(l.RebuiltBy)
}
