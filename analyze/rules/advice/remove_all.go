package advice

import (
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/instructions"
)

// RemoveAptLists is the command that removes apt's package lists.
const RemoveAptLists = "rm -rf /var/lib/apt/lists/*"

// maxTargets is how many files and directories one rm may name and still be read.
const maxTargets = 8

// plainTarget is a path that needs no quoting in shell, with * in its last name
// alone; [instructions.StandardDirectory] keeps RemoveAll from others.
var plainTarget = lazyregexp.New(`^(/[A-Za-z0-9._+@%:,~-]+)*/[A-Za-z0-9._+@%:,~*-]+$`)

// RemoveAll returns the rm that takes directories and files given without leading
// slash, or, with inside, all that is in the directories. It reports false where they
// are too many, cannot be written without quotes, or are directories that every image
// needs.
func RemoveAll(targets []string, inside bool) (string, bool) {
	if len(targets) == 0 || len(targets) > maxTargets {
		return "", false
	}
	command := "rm -rf"
	for _, target := range targets {
		if !plainTarget.MatchString("/"+target) || instructions.StandardDirectory("/"+target) {
			return "", false
		}
		command += " /" + target
		if inside && !strings.Contains(target, "*") {
			command += "/*"
		}
	}
	return command, true
}
