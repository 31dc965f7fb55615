package multistage

import (
	"fmt"
	"slices"
	"strings"
)

// maxInstall is how many bytes the RUN that installs packages may have.
const maxInstall = 1 << 16

// writeInstall writes the RUN of the runtime stage, and decides behind which
// instruction it stands: the last install of the build stage that still names packages.
// The RUN updates the package lists once, repeats those installs, removes the lists,
// repeats the account commands of the installs, and makes directories that COPY would
// make with another owner or mode.
func (d *draft) writeInstall() error {
	commands, flags, accounts := d.repeatInstalls()
	if len(commands) > 0 {
		commands = append([]string{"apt-get update"}, commands...)
		if !slices.ContainsFunc(flags, func(flag string) bool { return strings.Contains(flag, "mount") }) {
			commands = append(commands, "rm -rf /var/lib/apt/lists/*")
		}
	}
	commands = append(commands, accounts...)
	if len(commands) > 0 {
		commands[0] = strings.Join(append(quoteFlags(flags), commands[0]), " ")
	}
	commands = append(commands, d.directoryCommands()...)
	if len(commands) > 0 {
		d.install = "RUN " + strings.Join(commands, d.joint())
	}
	if len(d.install) > maxInstall {
		return fmt.Errorf("the new stage would install %d more packages", len(d.requested))
	}
	return nil
}

// repeatInstalls returns the installs of the build stage without build tools and with
// the requested packages, the flags of their RUNs, and the account commands in any RUN
// that installs. It sets insertAt.
func (d *draft) repeatInstalls() (installs, flags, accounts []string) {
	extensible := false // the last install may name other packages, too
	d.insertAt = -1
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if !in.isInstall() {
			continue
		}
		accounts = append(accounts, in.accounts...)
		for _, install := range in.packages {
			if len(install.words) == 0 {
				continue
			}
			d.insertAt = i
			installs = append(installs, "apt-get install "+strings.Join(append(slices.Clone(install.options), install.words...), " "))
			extensible = install.isUsual()
			for _, flag := range in.run.Flags {
				if !slices.Contains(flags, flag) {
					flags = append(flags, flag)
				}
			}
		}
		if d.insertAt < 0 && len(in.accounts) > 0 {
			d.insertAt = i
		}
	}
	switch words := strings.Join(d.requested, " "); {
	case words == "":
	case extensible:
		installs[len(installs)-1] += " " + words
	default:
		installs = append(installs, "apt-get install -y --no-install-recommends "+words)
	}
	if d.insertAt < 0 {
		d.insertAt = d.insertionWithoutInstall()
	}
	return installs, flags, accounts
}

// isInstall reports whether an instruction is a RUN that installs packages.
func (in *instruction) isInstall() bool { return in.role == installs || in.role == mixed }

// usualOptions of apt-get install mean the same for whatever is installed.
var usualOptions = []string{"-y", "--yes", "--assume-yes", "-q", "-qq", "-yq", "-yqq", "-qy", "-qqy", "--quiet", "--no-install-recommends", "--no-install-suggests"}

// isUsual reports whether an install takes no recommended packages and has no option
// but usual ones, so that other packages may join it.
func (in *aptInstall) isUsual() bool {
	return slices.Contains(in.options, "--no-install-recommends") && !slices.ContainsFunc(in.options, func(o string) bool { return !slices.Contains(usualOptions, o) })
}

// quoteFlags writes flags of a RUN as the Dockerfile takes them.
func quoteFlags(flags []string) []string {
	out := slices.Clone(flags)
	for i, flag := range out {
		if strings.ContainsAny(flag, " \t") {
			out[i] = `"` + flag + `"`
		}
	}
	return out
}

// insertionWithoutInstall returns the instruction behind which the runtime stage copies
// where it installs nothing: the one in front of the first USER (-1 where USER comes
// first), so that root copies, else the boundary.
func (d *draft) insertionWithoutInstall() int {
	for i := range d.buildStage() {
		if d.instructions[i].Keyword == "USER" {
			return i - 1
		}
	}
	return d.boundary
}

// joint stands between the commands of a RUN that has one command a line.
func (d *draft) joint() string {
	return " " + string(d.file.Escape) + d.lineEnd() + "    && "
}

// lineEnd is the line end of the file.
func (d *draft) lineEnd() string {
	if strings.HasSuffix(d.instructions[d.boundary].source, "\r\n") || strings.HasSuffix(d.file.Stages[0].From.Text, "\r") {
		return "\r\n"
	}
	return "\n"
}

// directoryCommands make the copied directories as the build made them, where COPY
// would make them root's with mode 755.
func (d *draft) directoryCommands() (commands []string) {
	for _, source := range d.copied {
		if !source.directory {
			continue
		}
		id, _ := d.tree.At(source.node, d.lastLayer)
		a := d.tree.Attributes(&d.tree.Records[id])
		if d.isInBase(source.node) || a.Mode == 0o755 && a.UID <= 0 && a.GID <= 0 || a.UID < 0 {
			continue
		}
		commands = append(commands, fmt.Sprintf("install -d -m %o -o %d -g %d /%s", a.Mode, a.UID, a.GID, source.path))
	}
	return commands
}
