package replay

import (
	"slices"
	"strings"
)

// file is a node at a path.
type file struct {
	path string
	node *node
}

// commands are the programs of packages whose names do not say them.
var commands = map[string][]string{
	"gcc": {"gcc", "cc"}, "g++": {"g++", "c++"}, "gcc-12": {"gcc-12", "x86_64-linux-gnu-gcc-12"}, "g++-12": {"g++-12"}, "binutils-x86-64-linux-gnu": {"ld", "as", "ar", "strip", "objdump"},
	"build-essential": {}, "make": {"make", "gmake"}, "python3-minimal": {"python3"}, "python3": {"pydoc3"}, "python3.11-minimal": {"python3.11"}, "python3.11": {"pdb3.11"}, "python3-pip": {"pip3", "pip"}, "python3-venv": {},
	"python3-virtualenv": {"virtualenv"}, "pipx": {"pipx"}, "nodejs": {"node", "nodejs"}, "npm": {"npm", "npx"}, "yarnpkg": {"yarnpkg"}, "ca-certificates": {"update-ca-certificates"},
	"openssh-client": {"ssh", "scp", "ssh-keygen", "ssh-keyscan"}, "openssh-server": {"sshd"}, "postgresql-client-15": {"psql", "pg_dump"}, "postgresql-15": {"postgres"}, "default-mysql-client": {},
	"mariadb-client-core": {"mariadb", "mysql"}, "imagemagick-6.q16": {"convert", "identify"}, "gnupg": {}, "gpg": {"gpg"}, "gpg-agent": {"gpg-agent"}, "dirmngr": {"dirmngr"}, "xz-utils": {"xz", "unxz"}, "bzip2": {"bzip2", "bunzip2"},
	"iproute2": {"ip", "ss"}, "iputils-ping": {"ping"}, "net-tools": {"netstat", "ifconfig"}, "dnsutils": {}, "bind9-dnsutils": {"dig", "nslookup"}, "procps": {"ps", "free", "top"}, "vim": {"vim.basic"}, "vim-tiny": {"vim.tiny"},
	"subversion": {"svn"}, "mercurial": {"hg"}, "golang-1.19-go": {"go-1.19"}, "golang-go": {"go", "gofmt"}, "rustc": {"rustc"}, "cargo": {"cargo"}, "r-base-core": {"R", "Rscript"}, "r-base": {}, "ruby3.1": {"ruby3.1"}, "ruby": {"ruby", "gem", "irb"},
	"php8.2-cli": {"php8.2", "php"}, "php8.2-fpm": {"php-fpm8.2"}, "composer": {"composer"}, "maven": {"mvn"}, "openjdk-17-jdk-headless": {"javac", "jar", "jlink"}, "openjdk-17-jre-headless": {"java", "keytool"}, "apache2": {"apache2ctl", "a2enmod"}, "apache2-bin": {"apache2"},
	"lsb-release": {"lsb_release"}, "software-properties-common": {"add-apt-repository"}, "apt-transport-https": {}, "netcat-openbsd": {"nc"}, "texlive-latex-base": {"latex"}, "texlive-binaries": {"tex", "pdftex", "pdflatex", "xetex"}, "libreoffice-core": {"soffice"},
	"supervisor": {"supervisord", "supervisorctl"}, "redis-server": {"redis-check-rdb"}, "redis-tools": {"redis-cli", "redis-server"}, "cmake": {"cmake", "ctest"}, "ninja-build": {"ninja"}, "pkgconf": {"pkg-config", "pkgconf"}, "pkg-config": {}, "libxml2-utils": {"xmllint"},
	"locales": {"locale-gen"}, "tzdata": {}, "gosu": {"gosu"}, "dumb-init": {"dumb-init"}, "ansible-core": {"ansible", "ansible-playbook", "ansible-galaxy"}, "ansible": {}, "docker.io": {"docker", "dockerd"}, "docker-cli": {"docker"}, "ffmpeg": {"ffmpeg", "ffprobe"}, "fontconfig": {"fc-cache"},
}

// packageFiles are the files of a package, as large as it says together.
func packageFiles(p *Package) []file {
	seed := p.Name + " " + p.Version
	doc := "usr/share/doc/" + p.Name + "/"
	files := []file{
		{doc + "copyright", filler(seed+" copyright", 2500)},
		{doc + "changelog.Debian.gz", filler(seed+" changelog", 1200)},
	}
	rest := p.KiB*1024 - 8000
	names, listed := commands[p.Name]
	if rest <= 0 && !listed {
		return files
	}
	rest = max(rest, 400)
	lib := "usr/lib/x86_64-linux-gnu/"
	switch {
	case p.Name == "ca-certificates":
		files = append(files, file{"usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt", filler(seed, rest)})
	case p.Name == "tzdata":
		return append(files, file{"usr/share/zoneinfo/Europe/Berlin", filler(seed, rest/2)}, file{"usr/share/zoneinfo/Etc/UTC", filler(seed+"utc", rest/2)})
	case strings.HasSuffix(p.Name, "-dev"):
		return append(files, file{"usr/include/" + strings.TrimSuffix(p.Name, "-dev") + "/api.h", filler(seed+" h", rest/2)}, file{lib + strings.TrimSuffix(p.Name, "-dev") + ".a", filler(seed+" a", rest/2)})
	case strings.HasSuffix(p.Name, "-doc") || p.Name == "manpages" || p.Name == "manpages-dev":
		return append(files, file{doc + "html/index.html", filler(seed+" html", rest)})
	case strings.HasPrefix(p.Name, "fonts-"):
		return append(files, file{"usr/share/fonts/truetype/" + p.Name + "/Regular.ttf", filler(seed, rest)})
	case strings.HasPrefix(p.Name, "openjdk-17-jre-headless"):
		jvm := "usr/lib/jvm/java-17-openjdk-amd64/"
		return append(files, file{jvm + "lib/modules", filler(seed, rest*3/4)}, file{jvm + "lib/server/libjvm.so", filler(seed+"jvm", rest/4)}, file{jvm + "bin/java", program(seed+"java", 12000)}, file{"usr/bin/java", link("/" + jvm + "bin/java")})
	case strings.HasPrefix(p.Name, "python3-") && !listed:
		name := strings.ReplaceAll(strings.TrimPrefix(p.Name, "python3-"), "-", "_")
		return append(files, file{"usr/lib/python3/dist-packages/" + name + "/__init__.py", filler(seed, rest)})
	case strings.HasPrefix(p.Name, "lib") && !listed:
		names := sonames(p.Name)
		if len(names) == 0 {
			return append(files, file{"usr/lib/" + p.Name + "/data", filler(seed, rest)})
		}
		for _, soname := range names {
			files = append(files, file{lib + soname, library(soname, seed+soname, rest/int64(len(names)), p.dependsOn())})
		}
		if p.Name == "libc6" {
			files = append(files, file{"usr/lib64/ld-linux-x86-64.so.2", link("/" + lib + "ld-linux-x86-64.so.2")})
		}
		return files
	case p.Name == "sudo":
		files = append(files, file{"etc/sudoers", text("%sudo ALL=(ALL:ALL) ALL\n")}, file{"etc/sudoers.d/README", text("# sudo\n")})
	case p.Name == "zlib1g":
		return append(files, file{lib + "libz.so.1", library("libz.so.1", seed, rest, []string{glibc})})
	}
	if !listed {
		names = []string{p.Name}
	}
	if len(names) == 0 {
		return append(files, file{"usr/share/" + p.Name + "/data", filler(seed, rest)})
	}
	big := rest
	if rest > 4<<20 { // most of a large package is data
		big = rest / 4
		files = append(files, file{"usr/share/" + p.Name + "/data", filler(seed+" data", rest-big)})
	}
	bin := "usr/bin/"
	if isDaemon(names[0]) {
		bin = "usr/sbin/"
	}
	files = append(files, file{bin + names[0], script(elfHead(glibcLoader, "", p.dependsOn()), seed+" bin", big)}, file{"usr/share/man/man1/" + names[0] + ".1.gz", filler(seed+" man", 2000)})
	for _, name := range names[1:] {
		files = append(files, file{bin + name, link(names[0])})
	}
	return files
}

// isDaemon reports whether a program is one of those that Debian has in sbin.
func isDaemon(program string) bool {
	return slices.Contains(strings.Fields("sshd cron rsyslogd nginx apache2 apache2ctl a2enmod named squid squid3 vsftpd proftpd smbd nmbd winbindd slapd mysqld dhcpd ntpd chronyd xinetd exim4 postfix dovecot iptables locale-gen update-ca-certificates service"), program)
}
