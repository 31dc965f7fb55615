package kubernetes

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// MachineInImage finds what a machine has and a container does not start: a login service, a
// scheduler, a logger, an init.
var MachineInImage = rules.Rule{
	ID:    "machine-in-image",
	Group: rules.Kubernetes,
	Title: "software that only a whole machine needs",
	Do:    "leave out what a machine needs and a container does not",
	Why: "An SSH server, cron, a system logger, a mail server, sudo, an init and editors belong to a machine that people log in to. A container starts one program, and everything around it comes from the cluster: kubectl exec instead of SSH, CronJobs instead of cron, the cluster's logs instead of syslog. " +
		"What nothing starts still has to be pulled and patched, and setuid programs and listening servers are what an intruder looks for first. tare reports all of it in one finding; the bytes of individual packages may be in other findings.",
	Confidence: model.Possible,
	Observe:    observeMachine,
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint dpkg-query IMAGE -W -f '${Installed-Size}\\t${Package}\\n' openssh-server cron rsyslog sudo systemd vim",
		Before:  "RUN apt-get update && apt-get install -y --no-install-recommends openssh-server cron rsyslog sudo vim nginx && rm -rf /var/lib/apt/lists/*",
		After:   "RUN apt-get update && apt-get install -y --no-install-recommends nginx && rm -rf /var/lib/apt/lists/*",
		WhenNot: "In images that people work in, such as a jump host or a development container, and in those that stand in for a machine in tests.",
		Sources: []string{"https://docs.docker.com/build/building/best-practices/#dont-install-unnecessary-packages", "https://kubernetes.io/docs/tasks/debug/debug-application/get-shell-running-container/", "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN apt-get update && apt-get install -y openssh-server cron app
			+ usr/bin/app
			+ opt/openssh-server
			+ opt/cron
			+ dpkg app manual
			+ dpkg openssh-server manual
			+ dpkg cron manual
			config {"Cmd": ["app"]}`,
		Miss: `
			RUN apt-get update && apt-get install -y openssh-server app
			+ usr/sbin/sshd
			+ opt/openssh-server
			+ dpkg app manual
			+ dpkg openssh-server manual
			config {"Cmd": ["/usr/sbin/sshd", "-D"]}`,
	},
}

// part is a thing that a machine has: its packages, and the programs by which one sees that
// somebody uses it.
type part struct {
	name, packages, programs string
	alone                    bool // it is worth telling without any other
}

// parts are the parts of a machine. Packages are those of Debian, Alpine and Fedora.
var parts = []part{
	{"an SSH server", "openssh-server dropbear dropbear-bin tinyssh openssh-server-pam", "sshd dropbear tinysshd", true},
	{"cron", "cron cronie anacron fcron dcron cronie-anacron busybox-openrc at", "cron crond crontab anacron fcron run-parts atd", false},
	{"a system logger", "rsyslog syslog-ng syslog-ng-core inetutils-syslogd busybox-syslogd logrotate", "rsyslogd syslog-ng syslogd logrotate logger", false},
	{"a mail server", "postfix exim4 exim4-base exim4-daemon-light sendmail sendmail-bin opensmtpd nullmailer", "postfix exim4 exim sendmail mail mailx smtpd newaliases postconf nullmailer-send", true},
	{"sudo", "sudo doas opendoas", "sudo doas visudo", false},
	{"an init", "systemd systemd-sysv sysvinit-core openrc runit upstart", "systemd systemctl rc-service openrc runsvdir service runit journalctl", false},
	{"editors", "vim vim-tiny vim-nox nano emacs emacs-nox neovim joe", "vi vim nano emacs nvim joe visudo", false},
	{"a firewall", "ufw firewalld fail2ban iptables-persistent", "ufw firewall-cmd firewalld fail2ban fail2ban-server", true},
	{"an FTP or Telnet server", "vsftpd proftpd proftpd-basic pure-ftpd telnetd inetutils-telnetd xinetd", "vsftpd proftpd pure-ftpd telnetd in.telnetd xinetd", true},
}

// partOf says which part of a machine a package is, by its name.
var partOf = sync.OnceValue(func() map[string]int {
	index := make(map[string]int)
	for i := range parts {
		for name := range strings.FieldsSeq(parts[i].packages) {
			index[name] = i
		}
	}
	return index
})

// minParts is how many parts make a machine where none of them is one that nobody brings
// by accident.
const minParts = 3

// foundPart is a part of a machine in an image.
type foundPart struct {
	part
	packages []*model.Package
}

func observeMachine(b *rules.Build, _ *model.Tree) []rules.Observation {
	if len(b.Packages) == 0 || !b.KnowsProgram() || advice.BuildsThings(b) || hasInit(b) {
		return nil
	}
	byPart := make([][]*model.Package, len(parts))
	for j := range b.Packages {
		p := &b.Packages[j]
		if i, ok := partOf()[p.Name]; ok && isOwn(b, p) && wasAskedFor(p) {
			byPart[i] = append(byPart[i], p)
		}
	}
	var found []foundPart
	alone := false
	for i, packages := range byPart {
		if f := (foundPart{parts[i], packages}); len(packages) > 0 && !isUsed(b, &f) {
			found = append(found, f)
			alone = alone || f.alone
		}
	}
	if len(found) == 0 || !alone && len(found) < minParts {
		return nil
	}
	return []rules.Observation{tellMachine(b, found)}
}

// hasInit reports whether the image starts an init or a supervisor, which starts the rest.
func hasInit(b *rules.Build) bool {
	return len(observeInit(b, nil)) > 0 || b.Program().StartsOthers()
}

// isOwn reports whether the image itself installed a package, not its base.
func isOwn(b *rules.Build, p *model.Package) bool {
	return p.Layer >= 0 && p.Layer < len(b.Layers) && !b.Layers[p.Layer].Inherited
}

// wasAskedFor reports whether a package is not there for another's sake alone.
func wasAskedFor(p *model.Package) bool { return p.Reason != "dependency" && p.Reason != "essential" }

// isUsed reports whether something in the image calls one of a part's programs: what the
// container runs, a script in it, or an instruction behind the install.
func isUsed(b *rules.Build, f *foundPart) bool {
	programs := strings.Fields(f.programs)
	for _, c := range b.Program().Commands {
		for _, w := range c.Words {
			if slices.Contains(programs, path.Base(w.Text)) {
				return true
			}
		}
	}
	for name, script := range b.Captured {
		if strings.HasPrefix(name, "etc/sudoers.d/") && name != "etc/sudoers.d/README" && slices.Contains(programs, "sudo") {
			return true // somebody is to call it
		}
		if !rules.IsScript(name) {
			continue
		}
		for line := range strings.Lines(string(script)) {
			line, _, _ = strings.Cut(line, "# ")
			for word := range strings.FieldsSeq(line) {
				if slices.Contains(programs, path.Base(strings.Trim(word, `"'();&|`+"`"))) {
					return true
				}
			}
		}
	}
	return false
}

// tellMachine is the one finding about all parts.
func tellMachine(b *rules.Build, found []foundPart) rules.Observation {
	var names, steps []string
	var bytes int64
	largest := found[0].packages[0]
	for i := range found {
		f := &found[i]
		packages := make([]string, len(f.packages))
		for j, p := range f.packages {
			packages[j] = p.Name
			bytes += p.Bytes
			if p.Bytes > largest.Bytes {
				largest = p
			}
			if step := b.Step(&p.Layer); step != nil {
				if text := fmt.Sprintf("step %d", model.StepNumber(b.Instructions, step.Index)); !slices.Contains(steps, text) {
					steps = append(steps, text)
				}
			}
		}
		names = append(names, fmt.Sprintf("%s (%s)", f.name, strings.Join(packages, ", ")))
	}
	where := ""
	if len(steps) > 1 {
		where = " They come from " + JoinNames(steps) + "."
	}
	o := rules.Observation{Fix: advice.Hint(model.Manual, fmt.Sprintf("Leave out %s: nothing in the image starts them, and their packages hold %s.%s", JoinNames(names), megabytes(bytes), where))}
	if step := b.Step(&largest.Layer); step != nil {
		o.Instruction = model.Ptr(step.Index)
	}
	return o
}

// megabytes is a number of bytes for a sentence.
func megabytes(n int64) string {
	switch {
	case n >= 10_000_000:
		return fmt.Sprintf("%d MB", (n+500_000)/1_000_000)
	case n >= 100_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1_000_000)
	}
	return fmt.Sprintf("%d kB", (n+500)/1000)
}
