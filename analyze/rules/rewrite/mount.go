package rewrite

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// Mount is a RUN --mount flag. Dockerfile reference, "RUN --mount".
type Mount struct {
	Kind, Target string // as the flag says; Target is "" where it says none
	From, Source string // as written; "" is the build context, and its root
	writable     bool
}

// Mounts are the mounts among the flags of a RUN, in their order.
func Mounts(flags []string) (mounts []Mount) {
	for _, flag := range flags {
		if value, ok := strings.CutPrefix(flag, "--mount="); ok {
			mounts = append(mounts, mountOf(value))
		}
	}
	return mounts
}

func mountOf(value string) Mount {
	m := Mount{Kind: "bind"}
	for field := range strings.SplitSeq(value, ",") {
		name, value, has := strings.Cut(strings.TrimSpace(field), "=")
		switch strings.ToLower(name) {
		case "type":
			m.Kind = value
		case "target", "dst", "destination":
			m.Target = path.Clean(value)
		case "from":
			m.From = value
		case "source", "src":
			m.Source = value
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
	for _, m := range Mounts(r.Flags) {
		if m.Kind == "bind" && m.From == "" {
			sources = append(sources, m.Source)
		}
	}
	return sources
}

// mounted reports whether a path touches one of the RUN's mounts: lies in it, or
// is a directory above it.
func (r *Run) mounted(abs string) bool {
	for _, m := range Mounts(r.Flags) {
		if m.Target == "" && (m.Kind == "secret" || m.Kind == "ssh") {
			continue // stands in /run
		}
		if !path.IsAbs(m.Target) || within(abs, m.Target) || within(m.Target, abs) {
			return true
		}
	}
	return false
}

// MountHolds reports whether an absolute path lies in one of the RUN's mounts, or is where one
// stands.
func (r *Run) MountHolds(abs string) bool {
	return slices.ContainsFunc(Mounts(r.Flags), func(m Mount) bool { return path.IsAbs(m.Target) && within(abs, m.Target) })
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

// AddMount gives a RUN the mount of a cache. Mounts of caches that it begins with stay in the
// order of their targets, whichever of them was added first, and all stand in front of its
// other flags. It reports false where the text is no RUN, or has a mount that the target
// touches.
func AddMount(run, target, options string) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || r.mounted(target) {
		return "", false
	}
	at := strings.Index(run, r.in.keyword) + len(r.in.keyword)
	for {
		flag := cacheMount.FindStringSubmatch(run[at:])
		if flag == nil || flag[1] > target {
			break
		}
		at += len(flag[0])
	}
	return r.withFlagAt(run, at, cacheMountFlag+target+options)
}

// cacheMountFlag is how the flag of a cache's mount begins, cacheMount the whole of it with its
// target.
const cacheMountFlag = "--mount=type=cache,target="

var cacheMount = lazyregexp.New(`^(?:[ \t]|\\\n)+` + cacheMountFlag + `([^, \t\n"]+)[^ \t\n"]*`)

// MountLines gives each mount of a cache that a RUN begins with a line of its own, as Docker's
// reference writes them, where there are several, where their line would be wider than
// MaxColumns, or where tabs line up what stands behind the keyword.
func MountLines(run string) string {
	r, err := ParseRun(run)
	if err != nil {
		return run
	}
	at := strings.Index(run, r.in.keyword) + len(r.in.keyword)
	tab := strings.HasPrefix(run[at:], "\t")
	out := run[:at]
	var mounts []string
	for flag := cacheMount.FindString(run[at:]); flag != ""; flag = cacheMount.FindString(run[at:]) {
		mounts = append(mounts, strings.TrimLeft(flag, " \t\\\n"))
		at += len(flag)
	}
	first, _, _ := strings.Cut(run, "\n")
	command := strings.TrimLeft(run[at:], " \t")
	if len(mounts) == 0 || command == "" || strings.HasPrefix(command, "<<") || len(mounts) == 1 && !tab && utf8.RuneCountInString(first) <= MaxColumns {
		return run
	}
	indent := continuationIndent(run)
	out += run[len(out):len(out)+1] + strings.Join(mounts, " \\\n"+indent) + " \\\n"
	if below, ok := strings.CutPrefix(command, "\\\n"); ok {
		out += below // the command has its own line already
	} else {
		out += indent + command
	}
	if after, err := ParseRun(out); err != nil || !equalCommands(after.Commands, r.Commands) {
		return run
	}
	return out
}

// continuationIndent returns the blanks with which an instruction's continued lines begin, four
// where it has none.
func continuationIndent(text string) string {
	for i, line := range strings.Split(text, "\n") {
		bare := strings.TrimLeft(line, " \t")
		if i > 0 && bare != "" && bare[0] != '#' && len(bare) < len(line) {
			return line[:len(line)-len(bare)]
		}
	}
	return "    "
}

// withFlag puts a flag in front of a RUN's others, with one blank behind it however many
// its author lined the command up with.
func (r *Run) withFlag(run, flag string) (string, bool) {
	return r.withFlagAt(run, strings.Index(run, r.in.keyword)+len(r.in.keyword), flag)
}

// withFlagAt puts a flag where the keyword or a flag of a RUN ends.
func (r *Run) withFlagAt(run string, at int, flag string) (string, bool) {
	gap := " "
	if strings.HasPrefix(run[at:], "\t") {
		gap = "\t" // what its author lines the instructions up with
	}
	edited := run[:at] + gap + flag + " " + strings.TrimLeft(run[at:], " \t")
	after, err := ParseRun(edited)
	return edited, err == nil && equalCommands(after.Commands, r.Commands)
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
