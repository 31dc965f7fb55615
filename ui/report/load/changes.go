package load

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
)

// checkChanges holds changes, risks and plan to the findings that they speak of: no
// finding is in two changes, and no change saves more than its findings hold.
func checkChanges(r *model.Report) error {
	bytes := make(map[string]int64, len(r.Findings))
	for i := range r.Findings {
		bytes[r.Findings[i].ID] += r.Findings[i].Bytes
	}
	settled := make(map[string]bool)
	avoidable, surely := int64(0), int64(0)
	wasted := model.WastedByID(r.Findings)
	for i := range r.Changes {
		c := &r.Changes[i]
		what := fmt.Sprintf("change %d", i)
		if err := checkChange(r, c, what); err != nil {
			return err
		}
		held := int64(0)
		for _, id := range c.Findings {
			if _, known := bytes[id]; !known || settled[id] {
				return unsound("%s names the finding %q, which is not there or in another change", what, brief(id))
			}
			settled[id] = true
			held += bytes[id]
		}
		if c.Bytes > held {
			return unsound("%s saves %d bytes, and its findings hold %d", what, c.Bytes, held)
		}
		avoidable += c.Avoidable(wasted)
		if c.Confidence != model.Possible { // what reports said before 29 November 2026
			surely += c.Bytes
		}
	}
	for _, id := range r.Risks {
		if _, known := bytes[id]; !known {
			return unsound("a risk names the finding %q, which is not there", brief(id))
		}
	}
	s := &r.Summary
	switch {
	case s.AvoidableBytes+s.UnavoidableBytes != s.WastedBytes:
		return unsound("avoidable and unavoidable are %d bytes, wasted %d", s.AvoidableBytes+s.UnavoidableBytes, s.WastedBytes)
	case s.AvoidableBytes != min(avoidable, s.WastedBytes) && s.AvoidableBytes != surely:
		return unsound("the changes save %d wasted bytes, the summary says %d", avoidable, s.AvoidableBytes)
	case r.Plan.SizeAfter > r.Image.Size || r.Plan.Changes > len(r.Changes):
		return unsound("the plan makes the image larger, or has more changes than there are")
	}
	return nil
}

func checkChange(r *model.Report, c *model.Change, what string) error {
	if err := checkWord(what+"'s kind", string(c.Kind), string(model.EditChange), string(model.DecisionChange)); err != nil {
		return err
	}
	if err := checkWord(what+"'s confidence", string(c.Confidence), string(model.Certain), string(model.Likely), string(model.Possible)); err != nil {
		return err
	}
	if err := checkBytes(what, &c.Bytes, c.CompressedBytes); err != nil {
		return err
	}
	for _, at := range c.Instructions {
		if err := checkIndex(what+"'s instruction", &at, len(r.Instructions)); err != nil {
			return err
		}
	}
	if !isFlags(c) {
		return unsound("%s has the flags %q, which do not write it", what, brief(*c.Flags))
	}
	if at := c.Location; at != nil && (at.Line < 1 || at.EndLine < at.Line) {
		return fmt.Errorf("%s stands on lines %d to %d", what, at.Line, at.EndLine)
	}
	return nil
}

// isFlags reports whether the flags of a change are some that tare writes into reports. They are
// printed in commands to type, and a report may come from anywhere.
func isFlags(c *model.Change) bool {
	if c.Flags == nil || *c.Flags == "" || *c.Flags == "--strategy multi-stage" {
		return true
	}
	rule, found := strings.CutPrefix(*c.Flags, "--rule ")
	return found && strings.Trim(rule, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
