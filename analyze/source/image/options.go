package image

import (
	"io"
	"time"
)

// Options says how to open an image.
type Options struct {
	// Platform is "os/arch" or "os/arch/variant"; "" takes this machine's
	// architecture on Linux, or the only one there is.
	Platform string
	// Insecure names registries (host or host:port) that may be spoken to over
	// plain http or with an unverified certificate. Loopback needs no entry.
	Insecure []string
	// Offline forbids registries; engines on this machine may still be asked.
	Offline bool
	// RegistryFirst asks for a name without a transport at its registry before the engines, which do not know
	// what a pull costs.
	RegistryFirst bool
	// Stdin is what "-" reads.
	Stdin io.Reader
	// StallTimeout is how long a registry may send nothing before an answer or in the
	// middle of one, and how long a credential helper may take; 0 is half a minute.
	StallTimeout time.Duration
	// Waiting is told what the opening or the reading of a pipe waits for, once it
	// has waited for some seconds; nil for nobody. It may be called from any
	// goroutine.
	Waiting func(what string)
	// PassedOver is told in a line what of a registry's list is left out, since it cannot be
	// asked for; nil for nobody.
	PassedOver func(note string)
}
