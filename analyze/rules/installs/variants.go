package installs

import (
	"cmp"
	"strings"
)

// variant is a package whose smaller relative does what a container needs of it.
type variant struct {
	manager, from string // pattern of a package that an install names
	to            string // what to name in its place; * stands for what from leaves open, & for the name
	// brought are patterns of the packages through which the smaller one is in the image
	// already: what they need stays. Where there is none, the variant is not proposed.
	brought string
	why     string
	// full returns why the image needs the full package, "" where nothing shows that.
	full   func(*facts) string
	source string
}

const (
	servesClients = "the image uses only its client programs"
	noWindows     = "a container has no screen for windows"
	runtimeOnly   = "nothing here compiles Java, and running it takes only the runtime"
)

// variants follow Debian 12, Ubuntu 24.04, Fedora and Alpine, and the pages that each
// names.
var variants = []variant{
	{"dpkg", "default-jdk", "default-jre-headless", "default-jre-headless", runtimeOnly, javaCompiler, "https://packages.debian.org/bookworm/default-jre-headless"},
	{"dpkg", "default-jdk-headless", "default-jre-headless", "default-jre-headless", runtimeOnly, javaCompiler, "https://packages.debian.org/bookworm/default-jre-headless"},
	{"dpkg", "openjdk-*-jdk", "openjdk-*-jre-headless", "openjdk-*-jre-headless", runtimeOnly, javaCompiler, "https://packages.debian.org/bookworm/openjdk-17-jre-headless"},
	{"dpkg", "openjdk-*-jdk-headless", "openjdk-*-jre-headless", "openjdk-*-jre-headless", runtimeOnly, javaCompiler, "https://packages.debian.org/bookworm/openjdk-17-jre-headless"},
	{"rpm", "java-*-openjdk-devel", "java-*-openjdk-headless", "java-*-openjdk-headless", runtimeOnly, javaCompiler, "https://packages.fedoraproject.org/pkgs/java-21-openjdk/java-21-openjdk-headless/"},
	{"apk", "openjdk*-jdk", "openjdk*-jre-headless", "openjdk*-jre-headless", runtimeOnly, javaCompiler, "https://pkgs.alpinelinux.org/package/edge/community/x86_64/openjdk21-jre-headless"},
	{"apk", "openjdk[0-9][0-9]", "openjdk*-jre-headless", "openjdk*-jre-headless", runtimeOnly, javaCompiler, "https://pkgs.alpinelinux.org/package/edge/community/x86_64/openjdk21-jre-headless"},
	{"apk", "openjdk[0-9]", "openjdk*-jre-headless", "openjdk*-jre-headless", runtimeOnly, javaCompiler, "https://pkgs.alpinelinux.org/package/edge/community/x86_64/openjdk21-jre-headless"},
	{"dpkg", "openjdk-*-jre", "openjdk-*-jre-headless", "openjdk-*-jre-headless", noWindows, windows, "https://packages.debian.org/bookworm/openjdk-17-jre-headless"},
	{"dpkg", "openjdk-*-jdk", "openjdk-*-jdk-headless", "openjdk-*-jdk-headless", noWindows, windows, "https://packages.debian.org/bookworm/openjdk-17-jdk-headless"},
	{"dpkg", "default-jre", "default-jre-headless", "default-jre-headless", noWindows, windows, "https://packages.debian.org/bookworm/default-jre-headless"},
	{"dpkg", "default-jdk", "default-jdk-headless", "default-jdk-headless", noWindows, windows, "https://packages.debian.org/bookworm/default-jdk-headless"},
	{"rpm", "java-*-openjdk", "java-*-openjdk-headless", "java-*-openjdk-headless", noWindows, windows, "https://packages.fedoraproject.org/pkgs/java-21-openjdk/java-21-openjdk-headless/"},
	{"apk", "openjdk*-jre", "openjdk*-jre-headless", "openjdk*-jre-headless", noWindows, windows, "https://pkgs.alpinelinux.org/package/edge/community/x86_64/openjdk21-jre-headless"},
	{"dpkg", "ansible", "ansible-core", "ansible-core", "the full package's collections take 300 MB, and ansible-galaxy installs the ones that playbooks use", collections, "https://docs.ansible.com/ansible/latest/installation_guide/installation_distros.html"},
	{"apk", "ansible", "ansible-core", "ansible-core", "the full package's collections take 300 MB, and ansible-galaxy installs the ones that playbooks use", collections, "https://docs.ansible.com/ansible/latest/installation_guide/installation_distros.html"},
	{"dpkg", "docker.io", "docker-cli", "docker-cli", "the image only calls docker and never starts an engine", engine, "https://packages.debian.org/trixie/docker-cli"},
	{"dpkg", "docker-ce", "docker-ce-cli", "docker-ce-cli", "the image only calls docker and never starts an engine", engine, "https://docs.docker.com/engine/install/debian/"},
	{"apk", "docker", "docker-cli", "docker-cli", "the image only calls docker and never starts an engine", engine, "https://pkgs.alpinelinux.org/package/edge/community/x86_64/docker-cli"},
	{"dpkg", "php", "php-cli", "php*-cli", "PHP runs without Apache here", webServer, "https://packages.debian.org/bookworm/php-cli"},
	{"dpkg", "php[5-9].[0-9]", "&-cli", "&-cli", "PHP runs without Apache here", webServer, "https://packages.debian.org/bookworm/php8.2"},
	{"dpkg", "postgresql-[1-9]*", "postgresql-client-*", "postgresql-client-*", servesClients, postgres, "https://packages.debian.org/bookworm/postgresql-client-15"},
	{"dpkg", "default-mysql-server", "default-mysql-client", "mariadb-client", servesClients, mariadb, "https://packages.debian.org/bookworm/default-mysql-client"},
	{"dpkg", "mysql-server", "mysql-client", "mysql-client-[0-9]*", servesClients, mariadb, "https://packages.ubuntu.com/noble/mysql-client"},
	{"dpkg", "git-all", "git", "git", "the image uses only git itself, not its GUI or servers", gitAll, "https://packages.debian.org/bookworm/git-all"},
	{"rpm", "git", "git-core", "git-core", "git itself does not need Perl", gitPerl, "https://packages.fedoraproject.org/pkgs/git/git-core/"},
	{"dpkg", "apache2", "apache2-utils", "apache2-utils", "the image uses only its tools", apache, "https://packages.debian.org/bookworm/apache2-utils"},
	{"dpkg", "ssh", "openssh-client", "openssh-client", servesClients, sshServer, "https://packages.debian.org/bookworm/ssh"},
	{"dpkg", "postgresql", "postgresql-client", "postgresql-client-[0-9]*", servesClients, postgres, "https://packages.debian.org/bookworm/postgresql-client"},
	{"dpkg", "mariadb-server", "mariadb-client", "mariadb-client", servesClients, mariadb, "https://packages.debian.org/bookworm/mariadb-client"},
	{"dpkg", "redis-server", "redis-tools", "redis-tools", servesClients, redis, "https://packages.debian.org/bookworm/redis-tools"},
	{"dpkg", "gnupg", "gpg", "gpg", "gpg only converts and checks public keys here", secretKeys, "https://packages.debian.org/bookworm/gpg"},
	{"dpkg", "ruby-full", "ruby", "ruby", "no gem here was compiled, so none needs the headers", gemHeaders, "https://packages.debian.org/bookworm/ruby-full"},
}

func windows(f *facts) string {
	return cmp.Or(f.says("java.awt", "javax.swing", "awt", "swing", "javafx", "openjfx", "DISPLAY", "xvfb", "Xvfb", "headless=false", "vnc", "libxtst", "libxrender", "libxi6", "x11", "jconsole", "jvisualvm"),
		f.called("xvfb-run", "Xvfb", "jconsole", "jvisualvm", "appletviewer"), f.namesAny("xvfb libx* x11* *vnc* libgtk* openjfx *javafx* xorg* xserver*"))
}

// javaCompiler asks for what a JDK has and a runtime has not.
func javaCompiler(f *facts) string {
	return cmp.Or(windows(f), f.called("javac", "jar", "javadoc", "jlink", "jpackage", "jdeps", "jps", "jcmd", "jstack", "jmap", "jstat", "jshell", "jdb", "jarsigner", "mvn*", "gradle*", "sbt*", "ant", "lein", "clj*", "clojure", "kotlin*", "scala*", "amm", "mill", "bazel*", "buck*", "javah", "native-image", "sdkmanager", "cordova", "ionic", "flutter", "R", "jenkins*"),
		f.says("javac", "tools.jar", "jdk.compiler", "-javaagent", "JAVAC", "ToolProvider", "jmods", "include/jni", "jni.h"), f.runs(), f.anything(), f.people(), missing(f.called("java"), "nothing calls java"), f.namesAny("maven gradle ant sbt leiningen scala* kotlin* clojure* *-dev r-cran-rjava jython groovy* android-sdk* jenkins tomcat* libtcnative*"))
}

func gitAll(f *facts) string {
	return cmp.Or(f.called("gitk", "git-gui", "git-cvsserver", "git-daemon*"), f.says("git svn", "git gui", "git send-email", "git cvs", "git daemon", "gitweb"), f.runs(), f.anything(), f.people(), missing(f.called("git"), "nothing calls git"))
}

func gitPerl(f *facts) string {
	return cmp.Or(f.called("git-*", "perl"), f.says("git svn", "git send-email", "git add -p", "git add -i", "git instaweb", "git cvs", "git archimport", "filter-branch"), f.runs(), f.anything(), f.people(), missing(f.called("git", "npm", "pip*", "go", "composer", "bundle", "cargo"), "nothing calls git"))
}

func apache(f *facts) string {
	return cmp.Or(f.called("apache2*", "apachectl", "a2*", "httpd"), f.says("apache2ctl", "/etc/apache2", "/var/www", "APACHE_", "a2en", "service "), f.runs(), f.anything(), f.people(), missing(f.called("htpasswd", "ab", "htdigest", "rotatelogs", "logresolve"), "nothing calls its tools"), f.namesAny("libapache2-*"))
}

func sshServer(f *facts) string {
	return cmp.Or(f.called("sshd"), f.says("sshd", "/etc/ssh/sshd", "ssh start", "service ssh", "authorized_keys"), f.runs(), f.anything(), f.people(), missing(f.called("ssh", "scp", "sftp", "ssh-keyscan", "ssh-keygen", "git", "rsync"), "nothing calls ssh"))
}

func collections(f *facts) string {
	return f.says("community.", "amazon.aws", "kubernetes.core", "ansible.posix", "ansible.windows", "ansible.netcommon", "ansible.utils", "google.cloud", "azure.azcollection", "cisco.", "fortinet.", "containers.podman")
}

func engine(f *facts) string {
	return cmp.Or(f.called("dockerd", "dockerd-entrypoint.sh", "containerd", "start-docker.sh"), f.says("dockerd", "docker.service", "service docker", "/var/lib/docker", "daemon.json", "dind"), f.runs(), f.anything(), f.people(),
		missing(f.called("docker", "docker-compose"), "nothing calls docker"))
}

func webServer(f *facts) string {
	return cmp.Or(f.called("apache2*", "a2*", "php-fpm*", "httpd"), f.says("apache", "fpm", "/var/www", "service "), f.runs(), f.people(), missing(f.called("php*"), "nothing calls php"))
}

func postgres(f *facts) string {
	return cmp.Or(f.called("postgres", "pg_ctl", "pg_ctlcluster", "pg_createcluster", "initdb"), f.says("pg_ctl", "postgresql start", "service postgresql", "/var/lib/postgresql", "/etc/postgresql", "initdb", "su postgres", "su - postgres", "-u postgres", "USER postgres"),
		f.runs(), f.anything(), f.people(), missing(f.called("psql", "pg_dump", "pg_restore", "pg_isready"), "nothing calls psql"))
}

func mariadb(f *facts) string {
	return cmp.Or(f.called("mysqld*", "mariadbd*", "mysql_install_db", "mariadb-install-db"), f.says("mysqld", "mariadbd", "mysql start", "mariadb start", "service mysql", "service mariadb", "/var/lib/mysql", "USER mysql"),
		f.runs(), f.anything(), f.people(), missing(f.called("mysql", "mariadb", "mysqldump", "mariadb-dump", "mysqladmin"), "nothing calls mysql"))
}

func redis(f *facts) string {
	return cmp.Or(f.called("redis-server"), f.says("redis-server start", "service redis", "redis.conf"), f.runs(), f.anything(), f.people(), missing(f.called("redis-cli", "redis-benchmark"), "nothing calls redis-cli"))
}

// secretKeys asks for anything of gpg but what needs public keys alone.
func secretKeys(f *facts) string {
	return cmp.Or(f.keys(), f.keyServer(), f.says("GNUPGHOME", "--decrypt", "--sign", "gpg-agent", "gpgsm", "--import-ownertrust"), f.runs(), f.anything(), f.people(), missing(f.called("gpg"), "nothing calls gpg"))
}

func gemHeaders(f *facts) string {
	if f.ruby != ready {
		return "a gem may need its headers"
	}
	return f.people()
}

// missing returns a reason where there is nothing else.
func missing(there, why string) string {
	if there != "" {
		return ""
	}
	return why
}

// fill puts what a pattern leaves open of a name into another pattern for *, and the name
// itself for &.
func fill(pattern, name, to string) string {
	to = strings.ReplaceAll(to, "&", name)
	from := strings.IndexAny(pattern, "*[")
	if from < 0 || !strings.Contains(to, "*") {
		return to
	}
	open := strings.TrimSuffix(name[min(from, len(name)):], pattern[strings.LastIndexAny(pattern, "*]")+1:])
	return strings.Replace(to, "*", open, 1)
}
