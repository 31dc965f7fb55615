package installs

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// handTools are the packages by whose programs people work in a container: a pager, manuals,
// keys, archives, patches, names of services.
const handTools = "less man-db gnupg gpg unzip zip patch xxd netbase openssh-client bash-completion file procps bzip2 xz-utils"

// deskTools are packages that somebody asks for who works in a container.
const deskTools = `sudo vim vim-nox vim-tiny vim.tiny neovim nano emacs emacs-nox emacs-* micro joe zsh fish tmux screen byobu man man-db less htop bash-completion command-not-found
	ssh-askpass tig ranger mc fzf xterm ubuntu-desktop-minimal`

// terminals are programs of which a person types commands.
const terminals = "sshd dropbear jupyter* ipython* code-server* openvscode-server ttyd gotty wetty tmux screen theia zsh fish"

// workshop is what a Dockerfile says that makes a place for people: the accounts that they
// log in to, the containers of editors, the shells' dressing.
var workshop = lazyregexp.New(`(?i)\bsudoers\b|NOPASSWD|\bchpasswd\b|\bchsh\b|\bdev-?container|\bvscode\b|oh-my-zsh|ohmyzsh|oh-my-bash|\bdotfiles\b|\.(?:zshrc|vimrc|tmux\.conf)\b|--shell[ =]/(?:usr/)?bin/(?:ba|z|fi)sh\b`)

// waits reports whether a container only waits for somebody to come in.
func waits(words []string) bool {
	text := strings.Join(words, " ")
	return idling.MatchString(text)
}

// idling matches a program that does nothing, however long.
var idling = lazyregexp.New(`(?:^|[ /;&])(?:tail\s+-[fF]\s+/dev/null|sleep\s+(?:inf(?:inity)?|[0-9]{6,}))\s*;?$`)

// atWork says why people work in a container of the image by hand, "" where nothing shows
// that they do: it starts what they work in, or it starts nothing and has what they ask for.
func (f *facts) atWork() string {
	for _, c := range f.Program().Commands {
		for _, w := range c.Words {
			if base := path.Base(w.Text); matchesAny(terminals, base) {
				return "people work in the container by " + base
			}
		}
	}
	if f.people() == "" {
		return ""
	}
	in := f.Parsed()
	for i := range in.All {
		if in.All[i].Inherited {
			continue
		}
		if commands, ok := in.Commands(i); ok && in.Keyword(i) == "RUN" {
			names, _ := named(commands)
			if at := slices.IndexFunc(names, func(name string) bool { return matchesAny(deskTools, name) }); at >= 0 {
				return "people work in the container, since it has " + names[at]
			}
		}
		if said := workshop.FindString(in.Text(i)); said != "" {
			return "people work in the container, since it has " + strings.TrimSpace(said)
		}
	}
	if user, _, _ := strings.Cut(f.User, ":"); user != "" && user != "root" && user != "0" {
		return "people work in the container as " + user
	}
	return ""
}
