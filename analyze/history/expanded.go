package history

import (
	"math"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Expanded returns a function that writes a setting of the config as a person
// may see it: where ARG was expanded in it, ${NAME} stands in the place of the
// value. Key is the variable or label whose value the text is, "" for others. A
// nil config knows no arguments.
func Expanded(config *v1.ConfigFile) func(key, text string) string {
	if config == nil {
		return func(_, text string) string { return text }
	}
	a := collectArguments(parseHistory(config.History))
	// The settings are those at the end, so every argument may be in them.
	return func(key, text string) string { return a.redact(key, text, math.MaxInt) }
}
