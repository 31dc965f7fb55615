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

// AddBind gives a RUN the mount of one file or directory of the build context, in
// front of its other flags. It reports false where the text is no RUN, or has a mount
// that the target touches.
func AddBind(run, source, target string) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || r.mounted(target) {
		return "", false
	}
	return r.withFlag(run, "--mount=type=bind,source="+source+",target="+target)
}

// Unpacks returns the words that name the archives and packages which a command
// unpacks or installs; none for other commands.
func (c Command) Unpacks() (archives []Word) {
	args := c.Args()
	switch c.Name() {
	case "tar", "bsdtar":
		return tarArchive(args)
	case "unzip":
		for _, w := range args {
			if !strings.HasPrefix(w.Text, "-") {
				return []Word{w}
			}
		}
	case "7z", "7za", "7zr":
		if len(args) > 1 && args[0].Text == "x" {
			return args[1:2]
		}
	case "dpkg", "rpm":
		installs := false
		for _, w := range args {
			switch {
			case w.Text == "-i" || w.Text == "--install" || c.Name() == "rpm" && strings.HasPrefix(w.Text, "-") && strings.ContainsAny(w.Text, "iU"):
				installs = true
			case installs && !strings.HasPrefix(w.Text, "-"):
				archives = append(archives, w)
			}
		}
		return archives
	}
	if sub, _, ok := c.Apt(); ok && sub == "install" {
		for _, w := range args {
			if strings.HasSuffix(w.Text, ".deb") && strings.Contains(w.Text, "/") {
				archives = append(archives, w)
			}
		}
	}
	return archives
}

// tarArchive reads the options of tar(1) as far as extracting goes.
func tarArchive(args []Word) []Word {
	extracts, file := false, -1
	for i, w := range args {
		bundle := strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "--") || i == 0 && !strings.HasPrefix(w.Text, "-")
		switch {
		case w.Text == "--extract" || w.Text == "--get":
			extracts = true
		case strings.HasPrefix(w.Text, "--file=") && w.Literal:
			name := w
			name.Text = strings.TrimPrefix(w.Text, "--file=")
			if extracts {
				return []Word{name}
			}
		case w.Text == "--file":
			file = i + 1
		case bundle && w.Literal && !strings.ContainsAny(w.Text, "/."):
			extracts = extracts || strings.Contains(w.Text, "x")
			if strings.HasSuffix(w.Text, "f") || i == 0 && strings.Contains(w.Text, "f") && !strings.HasPrefix(w.Text, "-") {
				file = i + 1
			}
		}
	}
	if !extracts || file < 0 || file >= len(args) || args[file].Text == "-" {
		return nil
	}
	return args[file : file+1]
}
