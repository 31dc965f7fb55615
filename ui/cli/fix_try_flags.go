package cli

import (
	"fmt"
	"slices"
	"strings"
)

// check refuses flags of the builder and of its run command that would work against
// what --try does itself.
func (own *tryFlags) check() error {
	if flag := named(own.build, "qD", "-f", "--file"); flag != "" {
		return fmt.Errorf("--try: leave %s out of the builder's flags: the Dockerfile is the one of tare's -f, before the --", flag)
	}
	if flag := named(own.build, "qD", "-t", "--tag", "--push", "-o", "--output", "--iidfile", "--metadata-file", "--manifest"); flag != "" {
		return fmt.Errorf("--try: leave %s out of the builder's flags: the images are only tried and removed", flag)
	}
	if flag := named(own.run, "itPq", "-d", "--detach", "--name", "--rm"); flag != "" {
		return fmt.Errorf("--run-flag: leave %s out: tare names its containers and removes them itself", flag)
	}
	return nil
}

// named returns the first of some flags that stands among arguments, "" where none
// does: "-t x", "-tx", "-qtx", "--tag x", "--tag=x". bare are the one-letter flags that
// take no value, after which others may follow in the same argument.
func named(args []string, bare string, flags ...string) string {
	for _, arg := range args {
		flag, _, _ := strings.Cut(arg, "=")
		if letters, ok := strings.CutPrefix(arg, "-"); ok && !strings.HasPrefix(letters, "-") {
			if letters = strings.TrimLeft(letters, bare); letters == "" {
				continue
			}
			flag = "-" + letters[:1]
		}
		if slices.Contains(flags, flag) {
			return flag
		}
	}
	return ""
}
