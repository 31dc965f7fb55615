package installs

import "strings"

// tool is a kind of package that people add to an image for themselves, or for the build.
type tool struct {
	packages string // patterns of Debian's packages
	programs string // patterns of the programs in them that somebody calls
	// callers are programs that call those by themselves while an image is built: npm calls
	// git. What fetches for the container is not told from what runs there.
	callers string
	// texts are parts of texts by which the image asks for them: EDITOR=vim.
	texts []string
	// fetches: a build calls them as a rule, so that a part of it that nobody can read may.
	fetches bool
}

// tools follow Debian 12 and Ubuntu 24.04. What containers call as a rule, and no text says
// so, is not among them: procps, sudo, openssh-client, ca-certificates, tzdata.
var tools = []tool{
	{packages: "vim vim-tiny vim-nox vim-gtk3 vim-athena neovim vim-runtime", programs: "vi vim view ex vimdiff nvim rview rvim vim.*", callers: "visudo crontab sudoedit", texts: []string{"EDITOR=vi", "VISUAL=vi", "EDITOR vi", "EDITOR=nvim"}},
	{packages: "nano", programs: "nano pico rnano", callers: "visudo crontab sudoedit", texts: []string{"EDITOR=nano", "VISUAL=nano", "EDITOR nano"}},
	{packages: "emacs emacs-nox emacs-gtk joe micro ne mg jed", programs: "emacs* joe micro ne mg jed", texts: []string{"EDITOR=", "EDITOR "}},
	{packages: "less most", programs: "less most lessecho", callers: "man psql mysql mariadb aws git systemctl journalctl", texts: []string{"PAGER"}},
	{packages: "htop btop atop iotop iftop nmon glances nethogs dstat", programs: "htop btop atop iotop iftop nmon glances nethogs dstat"},
	{packages: "tmux screen byobu", programs: "tmux screen byobu*"},
	{packages: "mc ranger ncdu tree", programs: "mc mcedit ranger ncdu tree"},
	{packages: "man-db manpages manpages-dev", programs: "man apropos whatis mandb"},
	{packages: "gdb gdb-multiarch lldb strace ltrace valgrind", programs: "gdb* lldb* strace ltrace valgrind*", texts: []string{"ptrace", "core_pattern"}},
	{packages: "nmap tcpdump tshark traceroute mtr mtr-tiny whois telnet inetutils-telnet", programs: "nmap tcpdump tshark traceroute* mtr whois telnet*"},
	{packages: "bash-completion fish figlet cowsay fortune-mod neofetch", programs: "fish figlet cowsay fortune neofetch", texts: []string{"/bin/fish", "bash_completion"}},

	{packages: "curl", programs: "curl", callers: "rustup* nvm sdk ghcup flutter cabal stack opam R Rscript julia", fetches: true},
	{packages: "wget", programs: "wget", callers: "sdk flutter cabal stack opam R Rscript", fetches: true},
	{packages: "aria2 axel lynx w3m", programs: "aria2c axel lynx w3m", fetches: true},
	{packages: "git git-core", programs: "git git-* gitk", callers: "npm npx yarn pnpm bun pip* python* pypy* poetry uv pdm pipenv go cargo composer bundle bundler gem rake R Rscript flutter mix rebar3 stack cabal swift dart nim* deno west conan vcpkg brew pre-commit julia lein mvn gradle* sbt dotnet node php ruby perl",
		texts: []string{"git+", "git@", "github:", ".git#"}, fetches: true},
	{packages: "subversion mercurial bzr cvs", programs: "svn* hg bzr cvs", callers: "pip* go", texts: []string{"svn+", "hg+"}, fetches: true},
	{packages: "gnupg gnupg2 gpg dirmngr gnupg-agent gpg-agent", programs: "gpg* apt-key add-apt-repository dirmngr", texts: []string{"gpg", "GNUPG"}, fetches: true},
	{packages: "unzip", programs: "unzip zipinfo unzipsfx funzip", callers: "composer bun sdk flutter php", fetches: true},
	{packages: "p7zip-full p7zip 7zip", programs: "7z* p7zip", fetches: true},
	{packages: "lsb-release", programs: "lsb_release", fetches: true},
	{packages: "software-properties-common", programs: "add-apt-repository apt-add-repository", fetches: true},
}

// packageManagers fetch what programs of a language are made of, and run scripts for them.
var packageManagers = []tool{
	{packages: "npm yarnpkg", programs: "npm npx yarn yarnpkg", callers: "node-gyp pnpm corepack pm2 serve ng gulp grunt lerna nx turbo concurrently make", texts: []string{"npm ", "npx ", "yarn "}, fetches: true},
	{packages: "composer", programs: "composer", callers: "php artisan drush", texts: []string{"composer "}, fetches: true},
}

// users are modules of languages that call a program: no text of the image shows it. By the
// tool's first package.
var users = map[string]string{
	"git":   "GitPython-* gitpython-* simple-git nodegit setuptools_scm-* pre_commit-* git-*",
	"gnupg": "python_gnupg-* gpg-*",
}

// toolOf returns the tool that a package of dpkg is, nil where it is none.
func toolOf(name string) *tool { return find(tools, name) }

// managerOf returns the package manager of a language that a package of dpkg is, nil
// where it is none.
func managerOf(name string) *tool { return find(packageManagers, name) }

func find(list []tool, name string) *tool {
	for i := range list {
		if matchesAny(list[i].packages, name) {
			return &list[i]
		}
	}
	return nil
}

// first is the package that stands for the kind.
func (t *tool) first() string {
	name, _, _ := strings.Cut(t.packages, " ")
	return name
}
