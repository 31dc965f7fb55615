package scan

import "bytes"

// cleanName brings a tar entry's name into the form the tree uses: no leading
// or trailing slash, no empty and no "." component. It reports whether the name
// has a ".." component; such a name is kept out of the tree, whatever it may
// resolve to. The result is name itself where it was clean, else it lies in
// scratch, which grows as needed.
func cleanName(name []byte, scratch *[]byte) (clean []byte, depth int, dotdot bool) {
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
		case len(part) == 0, len(part) == 1 && part[0] == '.':
			tidy = false
		case len(part) == 2 && part[0] == '.' && part[1] == '.':
			dotdot = true
		}
		if i < len(name) {
			depth++
		}
		start = i + 1
	}
	if tidy {
		return name, depth, dotdot
	}
	out := (*scratch)[:0]
	depth = 0
	for part := range bytes.SplitSeq(name, []byte("/")) {
		if len(part) == 0 || string(part) == "." {
			continue
		}
		if len(out) > 0 {
			out = append(out, '/')
		}
		out = append(out, part...)
		depth++
	}
	*scratch = out
	return out, depth, dotdot
}

// splitName parts a clean name into its folder and its last component.
func splitName(name []byte) (dir, base []byte) {
	if i := bytes.LastIndexByte(name, '/'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return nil, name
}
