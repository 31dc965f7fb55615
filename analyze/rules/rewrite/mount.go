package rewrite

import (
	"path"
	"strings"
)

// mount is a RUN --mount flag. Dockerfile reference, "RUN --mount".
type mount struct {
	kind, target string
	writable     bool
}

func mountOf(value string) mount {
	m := mount{kind: "bind"}
	for field := range strings.SplitSeq(value, ",") {
		name, value, has := strings.Cut(strings.TrimSpace(field), "=")
		switch strings.ToLower(name) {
		case "type":
			m.kind = value
		case "target", "dst", "destination":
			m.target = path.Clean(value)
		case "rw", "readwrite":
			m.writable = !has || value != "false"
		case "ro", "readonly":
			m.writable = has && value == "false"
		}
	}
	return m
}

// mounted says whether a path touches one of the RUN's mounts: lies in it, or
// is a folder above it.
func (r *Run) mounted(abs string) bool {
	for _, flag := range r.Flags {
		value, ok := strings.CutPrefix(flag, "--mount=")
		if !ok {
			continue
		}
		m := mountOf(value)
		if m.target == "" && (m.kind == "secret" || m.kind == "ssh") {
			continue // stands in /run
		}
		if !path.IsAbs(m.target) || within(abs, m.target) || within(m.target, abs) {
			return true
		}
	}
	return false
}

// within says whether a path is a folder or lies below it.
func within(name, folder string) bool {
	return name == folder || folder == "/" || strings.HasPrefix(name, folder+"/")
}

// NeedsBuildKit says whether an instruction uses syntax that only BuildKit
// understands: RUN --mount and the like, COPY --chmod and --link, here-documents.
func NeedsBuildKit(text string) bool {
	in, err := split(text)
	if err != nil {
		return false
	}
	if strings.TrimSpace(in.rest) != "" {
		return true
	}
	for _, flag := range in.flags {
		name, _, _ := strings.Cut(flag, "=")
		switch name {
		case "--mount", "--network", "--security", "--device", "--chmod", "--link", "--parents", "--exclude", "--checksum", "--keep-git-dir", "--unpack":
			return true
		}
	}
	return false
}
