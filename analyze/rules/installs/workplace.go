package installs

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// handTools are the packages by whose programs people work in a container: a pager, manuals,
// other machines.
const handTools = "less man-db openssh-client bash-completion procps bzip2 xz-utils"

// deskTools are packages that somebody asks for who works in a container.
const deskTools = `vim vim-nox vim-tiny vim.tiny neovim nano emacs emacs-nox emacs-* micro joe zsh fish tmux screen byobu man man-db less htop bash-completion command-not-found
	ssh-askpass tig ranger mc fzf xterm ubuntu-desktop-minimal`

// terminals are programs of which a person types commands.
const terminals = "sshd dropbear jupyter* ipython* code-server* openvscode-server ttyd gotty wetty tmux screen theia zsh fish"

// workshop is what a Dockerfile says that makes a place for people: the accounts that they
// log in to, the containers of editors, the shells' dressing.
var workshop = lazyregexp.New(`(?i)\bsudoers\b|(?:^|[\s="])/workspaces/|NOPASSWD|\bchpasswd\b|\bchsh\b|\bdev-?container|\bvscode\b|oh-my-zsh|ohmyzsh|oh-my-bash|\bdotfiles\b|\.(?:zshrc|vimrc|tmux\.conf)\b|--shell[ =]/(?:usr/)?bin/(?:ba|z|fi)sh\b`)

// atWork says why people work in a container of the image by hand, "" where nothing shows
// that they do: it starts what they work in, or it starts nothing and has what they ask for.
func (f *facts) atWork() string {
	for _, c := range f.Program().Commands {
		for _, w := range c.Words {
			if base := path.Base(w.Text); matchesAny(terminals, base) {
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
