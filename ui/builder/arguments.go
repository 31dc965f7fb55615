package builder

import "strings"

// TagOf is the first name that a builder's arguments give the image, "" if none.
func TagOf(args []string) string { return ValueOf(args, "-t", "--tag") }

// ValueOf finds the first value of a flag: "-t x", "-tx", "--tag x", "--tag=x".
func ValueOf(args []string, short, long string) string {
	for i, arg := range args {
		if (arg == short || arg == long) && i+1 < len(args) {
			return args[i+1]
		}
		if value, ok := strings.CutPrefix(arg, long+"="); ok {
			return value
		}
		if value, ok := strings.CutPrefix(arg, short); ok && value != "" && !strings.HasPrefix(arg, "--") {
			return strings.TrimPrefix(value, "=")
		}
	}
	return ""
}
