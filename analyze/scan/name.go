package scan

import "bytes"

// cleanName brings a tar entry's name into the form the tree uses: no leading
// or trailing slash, no empty, "." or ".." component. Like container engines it
// takes ".." as it is spelled, before any link is looked at, and the root is its
// own parent: "a/../q" and "../q" are "q". depth counts the components. The
// result is name itself where it was clean, else it lies in scratch, which grows
// as needed.
func cleanName(name []byte, scratch *[]byte) (clean []byte, depth int) {
	name = bytes.Trim(name, "/")
	for bytes.HasPrefix(name, []byte("./")) {
		name = bytes.TrimLeft(name[2:], "/")
	}
	depth = 1
	tidy := true
	start := 0
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '/' {
			continue
		}
		switch part := name[start:i]; {
		case len(part) == 0, len(part) == 1 && part[0] == '.', len(part) == 2 && part[0] == '.' && part[1] == '.':
			tidy = false
		}
		if i < len(name) {
			depth++
		}
		start = i + 1
	}
	if tidy {
		return name, depth
	}
	out := (*scratch)[:0]
	depth = 0
	for part := range bytes.SplitSeq(name, []byte("/")) {
		switch string(part) {
		case "", ".":
		case "..":
			out = out[:max(bytes.LastIndexByte(out, '/'), 0)]
			depth = max(depth-1, 0)
		default:
			if len(out) > 0 {
				out = append(out, '/')
			}
			out = append(out, part...)
			depth++
		}
	}
	*scratch = out
	return out, depth
}

// splitName parts a clean name into its directory and its last component.
func splitName(name []byte) (dir, base []byte) {
	if i := bytes.LastIndexByte(name, '/'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return nil, name
}
