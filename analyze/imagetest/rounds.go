package imagetest

import "github.com/tare-oci/tare/analyze/imagetest/quick"

// Rounds is [quick.Rounds].
func Rounds(few, some, all int) int { return quick.Rounds(few, some, all) }
