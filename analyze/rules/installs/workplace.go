package installs

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// handTools are the packages by whose programs people work in a container: a pager, manuals,
// other machines.
const handTools = "less man-db openssh-client bash-completion procps bzip2 xz-utils"

// deskTools are packages that somebody asks for who works in a container.
const deskTools = `vim vim-nox vim-tiny vim.tiny neovim nano emacs emacs-nox emacs-* micro joe zsh fish tmux screen byobu man man-db less htop bash-completion command-not-found
	ssh-askpass tig ranger mc fzf xterm ubuntu-desktop-minimal`

// workshop is what a Dockerfile says that makes a place for people: the accounts that they
// log in to, the containers of editors, the shells' dressing.
var workshop = lazyregexp.New(`(?i)\bsudoers\b|(?:^|[\s="])/workspaces/|NOPASSWD|\bchpasswd\b|\bchsh\b|\bdev-?container|\bvscode\b|oh-my-zsh|ohmyzsh|oh-my-bash|\bdotfiles\b|\.(?:zshrc|vimrc|tmux\.conf)\b|--shell[ =]/(?:usr/)?bin/(?:ba|z|fi)sh\b`)

// atWork says why people work in a container of the image by hand, "" where nothing shows
// that they do: it starts what they work in, or it starts nothing and has what they ask for.
func (f *facts) atWork() string {
	for _, c := range f.Program().Commands {
		for _, w := range c.Words {
			if base := path.Base(w.Text); rules.IsWorkplace(base) || matchesAny("zsh fish", base) {
				return peopleWork + " with " + base
			}
		}
	}
	if f.people() == "" {
		return ""
	}
	names := f.deskTools()
	if at := slices.IndexFunc(names, func(name string) bool { return name != "sudo" }); at >= 0 {
		return peopleWork + ", since it has " + names[at]
	}
	in := f.Parsed()
	for i := range in.All {
		if in.All[i].Inherited {
			continue
		}
		if said := workshop.FindString(in.Text(i)); said != "" {
			return peopleWork + ", since it has " + strings.TrimSpace(said)
		}
	}
	return ""
}

// desk says which package the image has that only a person uses at a terminal, though it
// may run a service; "" for none.
func (f *facts) desk() string {
	names := f.deskTools()
	if at := slices.IndexFunc(names, func(name string) bool { return name != "sudo" }); at >= 0 {
		return peopleLook + names[at]
	}
	return ""
}

// desks is desk for an image with several such packages, sudo among them.
func (f *facts) desks() string {
	if len(f.deskTools()) < 2 {
		return ""
	}
	return f.desk()
}

// deskTools returns the desk tools, and sudo, that the installs of the image name.
func (f *facts) deskTools() (names []string) {
	in := f.Parsed()
	for i := range in.All {
		commands, ok := in.Commands(i)
		if !ok || in.Keyword(i) != "RUN" || in.All[i].Inherited {
			continue
		}
		all, _ := named(commands)
		for _, name := range all {
			if (name == "sudo" || matchesAny(deskTools, name)) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// inert are kinds of packages that nobody calls or loads by name, neither people nor programs:
// documentation, translations and icons, drivers of screens, and what a desktop or an init system is for.
const inert = `netbase *-doc *-docs manpages manpages-* *-examples *-locale* *-i18n *-l10n* *-icon-theme* shared-mime-info bash-completion publicsuffix iso-codes mailcap media-types dbus* at-spi2* gvfs* mesa-*
	va-driver* vdpau* javascript-common popularity-contest unattended-upgrades apparmor lsb-release default-mta exim4* postfix psmisc dmsetup ssl-cert *-dbg x11-* udev logrotate anacron cron rsyslog
	iptables`

// IsInert reports whether nobody calls or loads a package by name.
func IsInert(name string) bool { return matchesAny(inert, name) }

// unmissed are kinds of packages that people do not miss who work in a container: those that are inert,
// fonts and data, and the libraries and helpers of desktops.
const unmissed = inert + ` *-data *-common fonts-* hicolor-* xdg-user-dirs libdbus-* libglib2.0-* libgtk* librsvg2* libgdk-pixbuf* dconf-* libgl1-* libgl-* libegl* *-va-driver* libvdpau* libva* libc-devtools libalgorithm-*
	fakeroot libfakeroot libsasl2-modules* libnss-nis* libnss-systemd libpam-cap libgpm2 libatm1* libcap2-bin libxtables* *-perl libjs-* sensible-utils logsave python3-gi python3-dbus
	networkd-dispatcher policykit-1 polkitd pkexec uuid-runtime pinentry-* bsd-mailx libheif* libde265* libaom* libx265* libavif* libdav1d* libgd3 libnuma* gsfonts* netpbm libmail-* libhttp-*
	libwww-* libxml-* libhtml-* libdata-* libauthen-* libnet-* libencode-* perl-openssl-defaults gpg-wks-* libltdl-dev libmagickcore-*-extra sound-theme-* libcanberra* libpulse* libspeexdsp* alsa-*
	libasound2-plugins tzdata-legacy xfonts-* xserver-* zutty zenity* libreoffice-style-* systemd-* libxmu* lib*-java appstream binfmt-support enchant-2 isympy3 dctrl-tools
	bsdextrautils libaacs0 libbdplus0 packagekit* libpackagekit* libpam-systemd *-desktop-* libgraphite2-utils ncurses-term`

// runsJobs returns where the program of a machine is installed or started that builds what others ask it
// to; "" for none.
func (f *facts) runsJobs() string {
	return cmp.Or(f.says("actions/runner", "actions-runner", "gitlab-runner", "buildkite-agent", "vsts-agent", "jenkins-agent", "jenkins-slave", "jenkins/agent", "jenkins/inbound-agent",
		"swarm-client", "woodpecker-agent", "drone-runner", "bamboo-agent", "teamcity-agent"), f.buildsForOthers())
}

// missed returns one of the recommended packages that go which people may miss who work in a
// container, or build on the image; "" where nobody does, or all are unmissed.
func (k *keeper) missed() string {
	if k.people() == "" && !k.Waits() && k.facts.runsJobs() == "" && !isWorkplace(k.Build) && !k.servesLogins() {
		return ""
	}
	for i := range k.Packages {
		p := &k.Packages[i]
		if k.gone[i] && !k.stays[i] && p.Reason == "recommended" && p.Via == "" && !matchesAny(unmissed, p.Name) && !(p.Name == "gnupg" && ofSourcePackages(p.RecommendedBy)) {
			return p.Name
		}
	}
	return ""
}

// loginServers are packages by which people log in to a container, whatever starts them.
const loginServers = "openssh-server dropbear dropbear-bin telnetd xrdp tigervnc* tightvncserver x11vnc novnc"

// servesLogins reports whether an install of the image names a server for logins.
func (f *facts) servesLogins() bool {
	in := f.Parsed()
	for i := range in.All {
		commands, ok := in.Commands(i)
		if !ok || in.Keyword(i) != "RUN" || in.All[i].Inherited {
			continue
		}
		names, _ := named(commands)
		if slices.ContainsFunc(names, func(name string) bool { return matchesAny(loginServers, name) }) {
			return true
		}
	}
	return false
}

// ofSourcePackages reports whether a package is recommended only by what builds packages of Debian,
// which comes along with a compiler.
func ofSourcePackages(recommenders []string) bool {
	return len(recommenders) > 0 && !slices.ContainsFunc(recommenders, func(name string) bool { return !matchesAny("dpkg-dev libdpkg-perl", name) })
}

// atWorkWith is atWork where the image has one of some packages.
func (f *facts) atWorkWith(packages string) string {
	if !slices.ContainsFunc(f.Packages, func(p model.Package) bool { return matchesAny(packages, p.Name) }) {
		return ""
	}
	return f.atWork()
}

// namedDesk is desk for an install that names git or its like.
func (f *facts) namedDesk() string {
	if f.namesAny("git git-core rsync mercurial") == "" {
		return ""
	}
	return f.desk()
}

// debugs asks for people who debug in the container.
func debugs(f *facts) string {
	return cmp.Or(f.waits(), f.atWork(), f.people())
}

// waits says that a container does nothing but to wait for people who work in it, "" where it
// does more.
func (f *facts) waits() string {
	if !f.Waits() {
		return ""
	}
	return peopleWork + ", which does nothing by itself"
}
