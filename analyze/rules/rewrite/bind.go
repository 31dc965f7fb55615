package rewrite

import "strings"

// AddBind gives a RUN the mount of one file or directory of the build context, in
// front of its other flags. It reports false where the text is no RUN, or has a mount
// that the target touches.
func AddBind(run, source, target string) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || r.mounted(target) {
		return "", false
	}
	at := strings.Index(run, r.in.keyword) + len(r.in.keyword)
	edited := run[:at] + " --mount=type=bind,source=" + source + ",target=" + target + run[at:]
	after, err := ParseRun(edited)
	return edited, err == nil && equalCommands(after.Commands, r.Commands)
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
