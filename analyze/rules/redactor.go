package rules

import (
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/model"
)

// redactor masks the texts of findings. An image may have thousands of findings
// that quote the same instructions, so what those become is kept.
type redactor struct {
	mask  redact.Mask
	known map[string]string
}

// text returns a text with its secrets masked.
func (r *redactor) text(text string) string {
	masked, ok := r.known[text]
	if !ok {
		masked = r.mask.Text(text)
		r.known[text] = masked
	}
	return masked
}

// fix returns a fix with the secrets in its texts masked.
func (r *redactor) fix(f *model.Fix) *model.Fix {
	if f == nil {
		return nil
	}
	masked := *f
	masked.Summary = r.text(f.Summary)
	if f.Before != nil {
		masked.Before = model.Ptr(r.text(*f.Before))
	}
	if f.After != nil {
		masked.After = model.Ptr(r.text(*f.After))
	}
	return &masked
}
