package fix

import (
	"bytes"
	"context"
	"fmt"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/source"
)

// Embedded returns the Dockerfile in an image's provenance, to the byte, and its name there.
// BuildKit attests the Dockerfile with mode=max. Where an image carries none, the error says
// what to do instead.
func Embedded(ctx context.Context, img *source.Image) (name string, dockerfile []byte, err error) {
	missing := fmt.Errorf("%s does not include its Dockerfile (provenance with mode=max); pass the one that built it with -f", img.Reference)
	if img.Provenance == nil {
		return "", nil, missing
	}
	document, err := img.Provenance(ctx)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", img.Reference, err)
	}
	if document == nil {
		return "", nil, missing
	}
	p, err := history.ParseProvenance(document)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w; pass the Dockerfile with -f", img.Reference, err)
	}
	if p.Dockerfile == nil {
		return "", nil, missing
	}
	return p.Dockerfile.File, bytes.Clone(p.Dockerfile.Bytes()), nil
}
