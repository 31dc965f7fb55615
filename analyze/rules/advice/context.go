package advice

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// Context makes the rule of files that a COPY brings although no container needs them:
// only what comes out of the build context counts, and .dockerignore keeps it out.
func Context(c Cleanup) rules.Rule {
	r := c.Rule
	r.Group, r.VisibleOnly = rules.Leftovers, true
	r.Exempts = func(b *rules.Build, name string) bool { return !isFromContext(b, name) }
	r.Fix = func(f *model.Finding, b *rules.Build) *model.Fix {
		if f.Inherited {
			return Inherited(c.What)
		}
		made, ok := Maker(f, b)
		if !ok {
			return Hint(model.Manual, "Leave "+c.What+" out of what you copy into the image.")
		}
		if from, copied := Origin(f, b, made); copied {
			made = from
		} else if again, fromContext := storesOthersAgain(f, b, made); again && fromContext {
			return keepOutOfCopies(c.What)
		}
		return LeaveOut(f, b, made, &c.Rule, c.What)
	}
	return r
}

// keepOutOfCopies is what is to be done about files that several COPYs brought and a RUN stored once more.
func keepOutOfCopies(what string) *model.Fix {
	return Hint(model.Dockerignore, "Keep "+what+" out with .dockerignore: several COPYs bring them, and this RUN stores them once more.")
}

// isFromContext reports whether a COPY or ADD of the image's own brought the visible file
// at a path, without leading slash, from the build context. What a RUN only stored again
// counts.
func isFromContext(b *rules.Build, name string) bool {
	if b.Tree == nil {
		return false
	}
	node, ok := b.Tree.Lookup(name)
	if !ok {
		return false
	}
	id, ok := b.Tree.Visible(node)
	if !ok {
		return false
	}
	for {
		layer := int(b.Tree.Records[id].Layer)
		step := b.Step(&layer)
		if step == nil || step.Inherited {
			return false
		}
		if in, ok := b.Parsed().Copy(step.Index); ok {
			_, stage := in.Flag("--from")
			return !stage
		}
		below := b.Tree.Below(id)
		if below == model.NoRecord || b.Tree.Records[below].Kind != model.File || b.Tree.Records[below].Verdict != model.Shadowed || b.Tree.Records[below].Cause != model.Copied {
			return false
		}
		id = below
	}
}
