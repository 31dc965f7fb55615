package rewrite

import (
	"path"
	"strings"
)

// mount is a RUN --mount flag. Dockerfile reference, "RUN --mount".
type mount struct {
	kind, target string
	from, source string // "" is the build context, and its root
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
		case "from":
			m.from = value
		case "source", "src":
			m.source = value
		case "rw", "readwrite":
			m.writable = !has || value != "false"
		case "ro", "readonly":
			m.writable = has && value == "false"
		}
	}
	return m
}

// ContextMounts are the files and directories of the build context that the RUN
// mounts, as written; "" is all of it.
func (r *Run) ContextMounts() (sources []string) {
	for _, flag := range r.Flags {
		if value, ok := strings.CutPrefix(flag, "--mount="); ok {
			if m := mountOf(value); m.kind == "bind" && m.from == "" {
				sources = append(sources, m.source)
			}
		}
	}
	return sources
}

// mounted reports whether a path touches one of the RUN's mounts: lies in it, or
// is a directory above it.
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

// within reports whether a path is a directory or lies below it.
func within(name, dir string) bool {
	return name == dir || dir == "/" || strings.HasPrefix(name, dir+"/")
}

// NeedsBuildKit reports whether an instruction uses syntax that only BuildKit
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
