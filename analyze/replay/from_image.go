package replay

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// buildpack are packages that the images of languages have that come from
// Docker's buildpack-deps.
var buildpack = []string{"ca-certificates", "curl", "gnupg", "netbase", "wget", "git", "mercurial", "openssh-client", "subversion", "procps", "autoconf", "automake", "bzip2", "dpkg-dev", "file", "g++", "gcc", "imagemagick", "libbz2-dev", "libc6-dev", "libcurl4-openssl-dev", "libdb-dev", "libevent-dev", "libffi-dev", "libgdbm-dev", "libglib2.0-dev", "libgmp-dev", "libjpeg-dev", "libkrb5-dev", "liblzma-dev", "libmagickcore-dev", "libmagickwand-dev", "libncurses5-dev", "libpng-dev", "libpq-dev", "libreadline-dev", "libsqlite3-dev", "libssl-dev", "libtool", "libwebp-dev", "libxml2-dev", "libxslt1-dev", "libyaml-dev", "make", "patch", "unzip", "xz-utils", "zlib1g-dev"}

// phpizeDeps are what Docker's images of PHP have to compile extensions with.
var phpizeDeps = []string{"autoconf", "dpkg-dev", "file", "g++", "gcc", "libc6-dev", "make", "pkg-config", "re2c", "ca-certificates", "curl", "xz-utils"}

// extras are the packages of an image that is not made from buildpack-deps.
func extras(repo string) []string {
	switch {
	case contains(repo, "php", "wordpress", "drupal", "nextcloud"):
		return phpizeDeps
	case contains(repo, "python", "ruby", "openjdk", "temurin", "java", "jdk", "jre"):
		return []string{"ca-certificates", "netbase", "tzdata"}
	case contains(repo, "nginx"):
		return []string{"ca-certificates", "curl", "gettext-base"}
	}
	return nil
}

// basePackages are the packages of debian:bookworm-slim, and baseAuto those among them that apt
// counts as installed for others.
var (
	basePackages = strings.Fields(`adduser apt base-files base-passwd bash bsdutils coreutils dash debconf debian-archive-keyring debianutils diffutils dpkg e2fsprogs findutils gcc-12-base gpgv grep gzip hostname init-system-helpers libacl1 libapt-pkg6.0 libattr1 libaudit-common libaudit1 libblkid1 libbz2-1.0 libc-bin libc6 libcap-ng0 libcap2 libcom-err2 libcrypt1 libdb5.3 libdebconfclient0 libext2fs2 libffi8 libgcc-s1 libgcrypt20 libgmp10 libgnutls30 libgpg-error0 libhogweed6 libidn2-0 liblz4-1 liblzma5 libmd0 libmount1 libnettle8 libp11-kit0 libpam-modules libpam-modules-bin libpam-runtime libpam0g libpcre2-8-0 libseccomp2 libselinux1 libsemanage-common libsemanage2 libsepol2 libsmartcols1 libss2 libstdc++6 libsystemd0 libtasn1-6 libtinfo6 libudev1 libunistring2 libuuid1 libxxhash0 libzstd1 login logsave mawk mount ncurses-base ncurses-bin passwd perl-base sed sysvinit-utils tar tzdata usr-is-merged util-linux util-linux-extra zlib1g`)
	baseAuto     = strings.Fields(`libext2fs2 libffi8 libnettle8 libunistring2 libidn2-0 libtasn1-6 libp11-kit0 libapt-pkg6.0 libsepol2 debian-archive-keyring libcom-err2 gpgv libsemanage2 adduser libxxhash0 libsemanage-common libseccomp2 libhogweed6 libgnutls30 logsave libss2 libstdc++6`)
)

// oldRelease matches images of before Ubuntu 18.04 or Debian 12.
var oldRelease = lazyregexp.New(`^ubuntu:(?:1[0-7]\.|precise|trusty|xenial)|^debian:(?:[0-9]\b|1[01]\b)|jessie|stretch|buster|bullseye`)

// fromImage is the machine of an image that FROM names.
func (b *build) fromImage(ref string) *machine {
	m := &machine{tree: newTree(), args: map[string]string{}, took: map[string]bool{}, shell: []string{"/bin/sh", "-c"}, notes: b.notes, plan: b.plan}
	name, _, _ := strings.Cut(ref, "@")
	repo, tag, _ := strings.Cut(path.Base(name), ":")
	repo = strings.ToLower(repo)
	if repo == "scratch" {
		return m
	}
	m.config.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	m.config.Cmd = []string{"/bin/bash"}
	before := newTree()
	known := true
	switch {
	case strings.Contains(name, "alpine") || repo == "busybox":
		m.apk = newAPK()
		m.alpine()
	case strings.Contains(name, "distroless"):
		m.skeleton(false)
		m.passwd("nonroot:x:65532:65532::/home/nonroot:/sbin/nologin\n", "nonroot:x:65532:\n")
	case isRPM(name, repo, strings.ToLower(tag)):
		m.rpm = newRPM(strings.ToLower(name))
		m.skeleton(true)
		m.tree.put("var/lib/rpm/Packages", filler("rpmdb", 8<<20))
		m.tree.put("usr/lib64/libc.so.6", filler("rpm libc", 90<<20))
	default:
		full := repo != "debian" && repo != "ubuntu" && !strings.Contains(tag, "slim") && contains(repo, "python", "node", "golang", "ruby", "rust", "buildpack-deps", "openjdk", "gcc", "perl", "haskell", "elixir", "erlang", "sdk", "maven", "julia")
		more := extras(repo)
		if full {
			more = buildpack
		}
		known = len(more) > 0 || contains(repo, "debian", "ubuntu")
		m.debianOnce(b.archive, more, repo == "ubuntu" || strings.Contains(tag, "slim"))
		m.old = oldRelease.MatchString(repo + ":" + strings.ToLower(tag))
		m.foreign = strings.Contains(name, "/") && repo != "debian" && repo != "ubuntu" && b.plan.given == nil
		if strings.Contains(name, "/") && b.plan.given == nil && b.plan.installsFirst() {
			(&call{machine: m, args: []string{"apt-get"}}).aptUpdate()
		}
	}
	m.commit(before, "/bin/sh -c #(nop) ADD file:0a1b2c3d4e5f in / ")
	m.step(`/bin/sh -c #(nop)  CMD ["bash"]`)
	before = m.tree.clone()
	if m.language(repo, tag, name) {
		known = true
		m.commit(before, "RUN /bin/sh -c set -eux; install "+repo+" # buildkit")
	}
	if !known && b.plan.given != nil { // Debian is a guess, which a lesson does not make
		b.notes.unmodelled["FROM "+ref] = true
	}
	m.base = len(m.layers)
	return m
}

// firstApt matches the first thing that a Dockerfile has apt do.
var firstApt = lazyregexp.New(`(?m)^[^#\n]*?\bapt(?:-get|itude)?\s+(?:-\S+\s+)*(install|update)\b`)

// installsFirst reports whether the Dockerfile installs before it updates: its base, which
// is somebody's own, must have brought the lists.
func (p *plan) installsFirst() bool {
	m := firstApt.FindStringSubmatch(p.text)
	return m != nil && m[1] == "install"
}

func contains(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

// skeleton is what every base image has.
func (m *machine) skeleton(usrMerged bool) {
	for _, dir := range []string{"etc", "usr/bin", "usr/sbin", "usr/lib", "usr/local/bin", "usr/local/lib", "usr/local/sbin", "usr/local/share", "usr/local/etc", "usr/local/include", "usr/local/src", "usr/share", "usr/src", "var/log", "var/cache", "var/lib", "var/tmp", "var/www", "var/spool", "var/opt", "tmp", "root", "home", "opt", "srv", "mnt", "media", "run", "proc", "sys", "dev", "usr/include", "etc/init.d", "etc/profile.d", "var/spool/cron", "etc/cron.d", "etc/default", "etc/security"} {
		m.tree.mkdir(dir, 0, 0)
	}
	if usrMerged {
		for _, dir := range []string{"bin", "sbin", "lib", "lib64"} {
			m.tree.mkdir("usr/"+dir, 0, 0)
			m.tree.put(dir, link("usr/"+dir))
		}
	}
	m.tree.put("var/run", link("/run"))
	m.tree.put("etc/profile", filler("profile", 700))
	m.tree.put("etc/hosts", text(""))
	m.tree.put("etc/resolv.conf", text(""))
	m.tree.put("root/.bashrc", filler("root.bashrc", 571))
	m.tree.put("etc/bash.bashrc", filler("bash.bashrc", 1994))
	m.tree.put("root/.profile", filler("root.profile", 161))
	m.passwd("", "")
}

// secret is a file that root and a group alone read.
func secret(body string) *node {
	n := text(body)
	n.mode = 0o640
	return n
}

func (m *machine) passwd(users, groups string) {
	m.tree.put("etc/passwd", text("root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nbin:x:2:2:bin:/bin:/usr/sbin/nologin\ngames:x:5:60:games:/usr/games:/usr/sbin/nologin\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"+users))
	m.tree.put("etc/group", text("root:x:0:\ndaemon:x:1:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\nwheel:x:10:\nsudo:x:27:\nwww-data:x:33:\nstaff:x:50:\nusers:x:100:\nnogroup:x:65534:\n"+groups))
	m.tree.put("etc/shadow", secret("root:*:19700:0:99999:7:::\n"))
	m.tree.put("etc/gshadow", secret("root:*::\n"))
	m.tree.put("etc/subuid", text(""))
	m.tree.put("etc/subgid", text(""))
}

func (m *machine) alpine() {
	m.skeleton(false)
	m.tree.put("lib/ld-musl-x86_64.so.1", program("musl", 600<<10))
	m.tree.put("bin/busybox", program("busybox", 820<<10))
	m.tree.put("bin/sh", link("/bin/busybox"))
	m.tree.put("etc/alpine-release", text("3.19.1\n"))
	m.tree.put("etc/os-release", text("ID=alpine\nVERSION_ID=3.19.1\n"))
	m.tree.put("etc/apk/repositories", text("https://dl-cdn.example.org/alpine/v3.19/main\n"))
	m.tree.mkdir("var/cache/apk", 0, 0)
	m.apkRecord()
	m.config.Cmd = []string{"/bin/sh"}
}

// debian is a base image of Debian or Ubuntu, with more packages.
func (m *machine) debian(a *Archive, more []string, slim bool) {
	m.skeleton(true)
	m.dpkg = newDpkg(a)
	m.dpkg.slim = slim
	m.tree.put("etc/os-release", text("ID=debian\nVERSION_CODENAME=bookworm\nVERSION_ID=\"12\"\n"))
	m.tree.put("etc/debian_version", text("12.5\n"))
	m.tree.put("etc/apt/sources.list.d/debian.sources", text("Types: deb\nSuites: bookworm\nComponents: main\n"))
	m.tree.put("etc/apt/sources.list", text("# deb https://deb.example.org/debian bookworm main\n"))
	m.tree.put("etc/apt/apt.conf.d/docker-clean", text("DPkg::Post-Invoke { \"rm -f /var/cache/apt/archives/*.deb || true\"; };\nDir::Cache::pkgcache \"\";\n"))
	m.tree.put("etc/apt/apt.conf.d/docker-gzip-indexes", text("Acquire::GzipIndexes \"true\";\n"))
	for _, dir := range []string{"etc/dpkg/dpkg.cfg.d", "etc/ld.so.conf.d", "var/lib/apt/lists/partial"} {
		m.tree.mkdir(dir, 0, 0)
	}
	m.tree.mkdir("var/cache/apt/archives/partial", 0, 0)
	m.tree.put("var/cache/debconf/templates.dat", filler("templates.dat", 750<<10))
	m.tree.put("var/cache/debconf/templates.dat-old", filler("templates.dat-old", 450<<10))
	m.tree.put("var/cache/debconf/config.dat", filler("config.dat", 4400))
	m.tree.put("var/cache/debconf/config.dat-old", filler("config.dat-old", 3400))
	m.tree.put("bin/sh", link("dash"))
	m.tree.put("usr/sbin/service", program("service", 9<<10))
	for _, f := range []string{"var/log/dpkg.log", "var/log/alternatives.log", "var/log/apt/term.log", "var/log/apt/history.log", "var/log/lastlog", "var/log/faillog", "var/log/wtmp", "var/log/btmp"} {
		m.tree.put(f, text(""))
	}
	var list []*Package
	for _, name := range basePackages {
		if p := a.packages[name]; p != nil {
			m.dpkg.installed[name] = p
			list = append(list, p)
		}
	}
	for _, name := range baseAuto {
		m.dpkg.auto[name] = true
	}
	for _, name := range more {
		if a.knows(name) {
			m.dpkg.want(&list, name, false, false)
		}
	}
	c := &call{machine: m, args: []string{"apt-get"}}
	for _, p := range list {
		m.dpkg.unpack(m.tree, p)
		c.postinst(p)
	}
	m.dpkg.record(m.tree, false)
	m.tree.put("var/lib/dpkg/status-old", m.tree.nodes["var/lib/dpkg/status"])
	m.tree.put("var/cache/ldconfig/aux-cache", filler("aux base", 3000))
	m.tree.put("etc/ld.so.cache", filler("ld base", 4700))
}

// language adds what an image of a language or a service has besides; false where
// there is nothing to add.
func (m *machine) language(repo, tag, name string) bool {
	put := func(p string, size int64) {
		n := program(name+p, size)
		if m.apk != nil && size >= smallestProgram { // a program, and no script
			n = script(elfHead(muslLoader, "", []string{musl}), name+p, size)
		}
		m.tree.put(p, n)
	}
	switch {
	case contains(repo, "python", "fastapi", "uvicorn", "jupyter", "notebook") || contains(name, "jupyter/"):
		put("usr/local/bin/python3.11", 14<<10)
		put("usr/local/lib/libpython3.11.so.1.0", 20<<20)
		m.tree.put("usr/local/bin/python3", link("python3.11"))
		m.tree.put("usr/local/bin/python", link("python3"))
		put("usr/local/bin/pip", 240)
		put("usr/local/bin/pip3", 240)
		put("usr/local/lib/python3.11/os.py", 30<<20)
		put("usr/local/lib/python3.11/site-packages/pip/__init__.py", 9<<20)
		if contains(name, "jupyter") {
			m.passwd("jovyan:x:1000:100::/home/jovyan:/bin/bash\n", "")
			m.tree.mkdir("home/jovyan", 1000, 100)
			m.config.User, m.config.WorkingDir = "jovyan", "/home/jovyan"
			m.config.Env = append(m.config.Env, "HOME=/home/jovyan") // for root, too
			put("opt/conda/bin/conda", 1000)
			put("opt/conda/bin/python", 12<<20)
		}
	case contains(repo, "node", "cypress", "playwright"):
		put("usr/local/bin/node", 92<<20)
		put("usr/local/lib/node_modules/npm/bin/npm-cli.js", 12<<20)
		m.tree.put("usr/local/bin/npm", link("../lib/node_modules/npm/bin/npm-cli.js"))
		m.tree.put("usr/local/bin/npx", link("../lib/node_modules/npm/bin/npm-cli.js"))
		put("opt/yarn/bin/yarn", 5<<20)
		m.tree.put("usr/local/bin/yarn", link("/opt/yarn/bin/yarn"))
		m.passwd("node:x:1000:1000::/home/node:/bin/bash\n", "node:x:1000:\n")
		m.tree.mkdir("home/node", 1000, 1000)
		m.config.Cmd = []string{"node"}
	case contains(repo, "golang"):
		put("usr/local/go/bin/go", 13<<20)
		put("usr/local/go/pkg/tool/linux_amd64/compile", 140<<20)
		m.tree.mkdir("go/bin", 0, 0)
		m.tree.mkdir("go/src", 0, 0)
		m.setEnv("GOPATH", "/go")
		m.setEnv("PATH", "/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
		m.config.WorkingDir = "/go"
	case contains(repo, "rust"):
		put("usr/local/cargo/bin/cargo", 20<<20)
		put("usr/local/rustup/toolchains/stable/lib/librustc_driver.so", 500<<20)
		m.setEnv("CARGO_HOME", "/usr/local/cargo")
		m.setEnv("RUSTUP_HOME", "/usr/local/rustup")
		m.setEnv("PATH", "/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	case contains(repo, "openjdk", "temurin", "maven", "gradle", "java", "jdk", "jre", "corretto", "tomcat", "zulu", "jenkins", "jetty", "wildfly", "sbt"):
		put("usr/local/openjdk-17/lib/modules", 120<<20)
		put("usr/local/openjdk-17/bin/java", 12000)
		m.setEnv("JAVA_HOME", "/usr/local/openjdk-17")
		m.setEnv("PATH", "/usr/local/openjdk-17/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
		if contains(repo, "maven") {
			put("usr/share/maven/bin/mvn", 10<<20)
			m.tree.put("usr/bin/mvn", link("/usr/share/maven/bin/mvn"))
		}
		m.tree.mkdir("usr/local/tomcat/webapps", 0, 0)
		if contains(repo, "jenkins") {
			m.passwd("jenkins:x:1000:1000::/var/jenkins_home:/bin/bash\n", "jenkins:x:1000:\n")
			m.tree.mkdir("usr/share/jenkins/ref", 1000, 1000)
			m.config.User = "jenkins"
		}
	case contains(repo, "php", "wordpress", "drupal", "nextcloud"):
		put("usr/local/bin/php", 18<<20)
		put("usr/local/bin/docker-php-ext-install", 3000)
		put("usr/local/bin/pecl", 900)
		put("usr/local/lib/php/build/x", 4<<20)
		m.tree.put("usr/src/php.tar.xz", filler("php.tar.xz", 12<<20))
		m.tree.mkdir("usr/local/etc/php/conf.d", 0, 0)
		m.tree.mkdir("var/www/html", 33, 33)
		if strings.Contains(tag, "apache") {
			m.tree.put("etc/apache2/apache2.conf", filler("apache2.conf", 7000))
			m.tree.put("etc/apache2/sites-available/000-default.conf", filler("000-default", 1300))
		}
		m.config.WorkingDir = "/var/www/html"
	case contains(repo, "ruby", "rails"):
		put("usr/local/bin/ruby", 14<<10)
		put("usr/local/lib/libruby.so", 16<<20)
		put("usr/local/bin/gem", 600)
		put("usr/local/bin/bundle", 600)
		m.tree.mkdir("usr/local/bundle", 0, 0)
		m.setEnv("GEM_HOME", "/usr/local/bundle")
	case contains(repo, "r-base", "r-ver", "rstudio", "tidyverse", "shiny"):
		put("usr/local/lib/R/bin/exec/R", 80<<20)
		put("usr/local/bin/R", 9000)
		put("usr/local/bin/Rscript", 9000)
		put("usr/local/bin/install2.r", 3000)
	case contains(repo, "nginx"):
		put("usr/sbin/nginx", 1500<<10)
		m.tree.put("etc/nginx/nginx.conf", nginxConf("nginx", 600))
		m.tree.put("etc/nginx/conf.d/default.conf", filler("default.conf", 1100))
		m.tree.put("usr/share/nginx/html/index.html", filler("index", 615))
		m.passwd("nginx:x:101:101::/nonexistent:/bin/false\n", "nginx:x:101:\n")
		m.tree.put("var/log/nginx/access.log", link("/dev/stdout"))
		m.config.Cmd = []string{"nginx", "-g", "daemon off;"}
	case contains(repo, "dotnet", "aspnet", "sdk", "runtime"):
		put("usr/share/dotnet/dotnet", 70<<20)
		if contains(repo, "sdk") {
			put("usr/share/dotnet/sdk/8.0.100/dotnet.dll", 300<<20)
		}
	case contains(repo, "conda", "mambaforge", "miniforge", "mamba"):
		(&call{machine: m, args: []string{"conda"}, dir: "/"}).condaBase("/opt/conda")
		m.setEnv("PATH", "/opt/conda/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	case contains(repo, "composer"):
		put("usr/bin/composer", 3<<20)
	case contains(repo, "postgres", "mysql", "mariadb", "redis", "mongo", "elasticsearch", "httpd", "haproxy", "rabbitmq", "grafana", "kibana", "logstash", "kafka", "zookeeper", "cassandra", "solr"):
		put("usr/local/bin/"+repo, 60<<20)
		m.passwd(repo+":x:999:999::/var/lib/"+repo+":/bin/sh\n", repo+":x:999:\n")
		m.tree.mkdir("docker-entrypoint-initdb.d", 0, 0)
		m.tree.mkdir("usr/local/apache2/htdocs", 0, 0)
		m.tree.mkdir("etc/"+repo, 0, 0)
		m.tree.mkdir("usr/share/"+repo, 0, 0)
	case contains(name, "cuda", "tensorflow", "pytorch"):
		put("usr/local/cuda/lib64/libcudart.so", 300<<20)
		put("usr/bin/python3.10", 6<<20)
		m.tree.put("usr/bin/python3", link("python3.10"))
		m.tree.put("usr/bin/python", link("python3"))
		put("usr/local/bin/pip", 240)
		put("usr/local/bin/pip3", 240)
	default:
		return false
	}
	return true
}
