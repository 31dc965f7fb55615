package replay

import (
	"slices"
	"strings"
)

// options tells flags from operands. The flags in valued take the next word as
// their value; a flag is kept with its dashes, and what stands behind = is its value.
func options(args []string, valued ...string) (flags map[string]string, operands []string) {
	flags = map[string]string{}
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			return flags, append(operands, args[i+1:]...)
		case len(a) < 2 || a[0] != '-':
			operands = append(operands, a)
		case slices.Contains(valued, a) && i+1 < len(args):
			i++
			flags[a] = args[i]
		case strings.HasPrefix(a, "--") || len(a) == 2:
			k, v, _ := strings.Cut(a, "=")
			flags[k] = v
		default:
			short := shortFlags(a, valued, flags)
			if short && i+1 < len(args) {
				i++
				flags["-"+a[len(a)-1:]] = args[i]
			}
		}
	}
	return flags, operands
}

// shortFlags reads joined flags such as -xzf; true where the last one takes the next
// word.
func shortFlags(a string, valued []string, flags map[string]string) bool {
	for i := 1; i < len(a); i++ {
		f := "-" + a[i:i+1]
		if slices.Contains(valued, f) {
			if i == len(a)-1 {
				return true
			}
			flags[f] = strings.TrimPrefix(a[i+1:], "=")
			return false
		}
		flags[f] = ""
	}
	flags[a] = ""
	return false
}

// has reports whether one of the flags is there.
func has(flags map[string]string, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { _, ok := flags[n]; return ok })
}
