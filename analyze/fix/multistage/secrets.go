package multistage

import (
	"fmt"

	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/model"
)

// checkSecrets refuses a stage that would copy a secret: a key that was in the build for
// a moment, and that a later instruction removes, would be in the runtime stage again,
// in a layer of its own.
func (d *draft) checkSecrets() error {
	secret := advice.SecretFiles(d.in.Build, d.tree)
	for i := range d.tree.Records {
		r := &d.tree.Records[i]
		if r.Kind != model.File || r.Size.Bytes() == 0 || int(r.Layer) < d.ownLayer || !d.holdsSecret(model.RecordID(i), !secret.Node(r.Node).IsEmpty()) {
			continue
		}
		if at, there := d.tree.At(r.Node, d.lastLayer); !there || d.tree.Content(at) != d.tree.Content(model.RecordID(i)) {
			continue // COPY --from cannot take what the stage has removed
		}
		name := "/" + d.tree.Path(r.Node)
		for _, c := range d.copied {
			if source := "/" + d.tree.Path(c.node); name == source || c.directory && instructions.Under(name, source) {
				return fmt.Errorf("it would copy a secret, %s; keep that out of the build first (RUN --mount=type=secret)", name)
			}
		}
	}
	return nil
}

// holdsSecret reports whether a version of a file holds a secret. A name that says so is believed
// only as far as the report believes it: an .npmrc that the scan read, and that has no login in it,
// is none.
func (d *draft) holdsSecret(id model.RecordID, byName bool) bool {
	if d.in.Build == nil {
		return byName
	}
	if d.in.Build.Secrets[id].Kind != "" {
		return true
	}
	_, holds := advice.SecretAt(d.in.Build, d.tree, id, -1, byName)
	return holds
}
