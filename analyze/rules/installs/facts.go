package installs

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// facts are what the table of pairs asks about an image.
type facts struct {
	*image
	*calls
	evidence
}

// The methods below return a reason for a sentence, "" where there is none.

// installsWith returns where a package manager of a language installs: one of the
// programs with one of the words.
func (f *facts) installsWith(programs, words string) string {
	for i := range f.list {
		c := &f.list[i]
		name := c.Name()
		if name == "" || !matchesAny(programs, name) {
			continue
		}
		for _, w := range c.Args() {
			if slices.Contains(strings.Fields(words), w.Text) || !w.Literal {
				return name + " is called " + f.where(c.at)
			}
		}
		if len(c.Args()) == 0 && (name == "yarn" || name == "bundle") {
			return name + " is called " + f.where(c.at)
		}
	}
	return ""
}

// gitDependencies asks what npm noted of the packages that it installed.
func (f *facts) gitDependencies() string {
	installs := f.installsWith("npm", "install ci i add update")
	if installs == "" {
		return f.people()
	}
	for name, content := range f.Captured {
		if strings.HasSuffix(name, "node_modules/.package-lock.json") {
			if strings.Contains(string(content), "git+") || strings.Contains(string(content), "git@") {
				return installs + " for packages in git"
			}
			return ""
		}
	}
	if f.says("install -g", "--global", "i -g") != "" && f.installsWith("npm", "ci") == "" && f.says("git+", "github:", "git@") == "" {
		return ""
	}
	return installs + " and may fetch packages from git"
}

func (f *facts) tls() string {
	return cmp.Or(f.called(strings.Fields(tlsClients)...), f.says("https://"), f.runs(), f.atWorkWith(clients), f.namesAny("curl wget git aria2 lynx w3m rclone awscli s3cmd restic duplicity lftp yt-dlp youtube-dl certbot libcurl3 libcurl4 libcurl3-gnutls libcurl3-nss libcurl4t64 libcurl3t64-gnutls"),
		f.namesAny("php* python* ruby* perl* nodejs openjdk-* default-j* r-base* libapache2-mod-* uwsgi* gunicorn*"), f.namedBehind("curl wget git aria2 php*-curl python*-pycurl python3-requests ruby-curb"))
}

// namedBehind returns that a later install names one of the packages, which this one recommends something
// for.
func (f *facts) namedBehind(names string) string {
	for i := range f.Packages {
		if p := &f.Packages[i]; p.Manager == "dpkg" && p.Reason == "manual" && p.Layer >= f.layer && !slices.Contains(f.asked, p.Name) && matchesAny(names, p.Name) {
			return p.Name + forRunTime
		}
	}
	return ""
}

// tlsClients are programs that ask servers for something, or run what does.
const tlsClients = `curl wget git pip* npm npx yarn pnpm gem bundle composer go cargo mvn gradle update-ca-certificates openssl aws gh svn hg python*
	node ruby perl php* java R Rscript dotnet conda uv poetry add-apt-repository`

// clients are packages of programs by which people fetch something, or that run what does.
const clients = "curl wget git git-core subversion mercurial aria2 lynx w3m links elinks firefox* chromium* python* ruby* perl php* nodejs npm openjdk-* default-j* r-base* golang* cargo rustc cmake ansible*"

// namesAny returns that one of the packages is named in the install.
func (f *facts) namesAny(names string) string {
	for _, name := range f.asked {
		if matchesAny(names, name) {
			return name + forRunTime
		}
	}
	return ""
}

func (f *facts) zones() string {
	return cmp.Or(f.says("/usr/share/zoneinfo", "TZ=", "TZ ", "tzdata"), f.runs(), f.anything(), f.people(), f.called("python*", "java", "php*", "ruby", "node", "perl", "R", "Rscript", "postgres"))
}

// looksAddressesUp asks for who looks up where an address is: the programs of geoip-bin find nothing without their
// database. Headers bring them, too, and nobody calls them for that.
func looksAddressesUp(f *facts) string {
	if f.namesAny("geoip-bin") != "" {
		return "geoip-bin is installed: it finds nothing without its database"
	}
	return f.called("geoiplookup", "geoiplookup6")
}

// reconfigures returns where dpkg-reconfigure asks a package's questions again, "" where it does not.
func (f *facts) reconfigures(name string) string {
	for i := range f.list {
		if c := &f.list[i]; c.Name() == "dpkg-reconfigure" && slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Text == name }) {
			return "dpkg-reconfigure " + name + " is called " + f.where(c.at)
		}
	}
	return ""
}

func (f *facts) locale() string {
	return cmp.Or(f.called("locale-gen", "localedef", "update-locale"), f.reconfigures("locales"), f.says("/etc/locale.gen", "en_US", "de_DE", "LC_ALL"))
}

// ssh asks whether git or a like program speaks SSH. A program that only the build runs does
// not: that takes a key, and the Dockerfile would say so. Where nothing calls git it is there
// for people, or for what runs later.
func (f *facts) ssh() string {
	if why := cmp.Or(f.logsIn(), f.says("ssh://", "git+ssh", "type=ssh", "id_rsa", "id_ed25519", "/.ssh", "GIT_SSH", "insteadOf ssh:", "insteadOf git@", "url.ssh:", "url.git@", `url."ssh:`, `url."git@`), f.called("ssh", "scp", "sftp", "ssh-keyscan", "ssh-keygen", "ssh-agent", "ssh-add"), f.says("git-repo-downloads/repo", "repo init", "repo sync"), f.atWork()); why != "" {
		return why
	}
	if why := f.namesAny("expect sshpass fabric pdsh mosh sshuttle autossh *-pexpect *-plumbum *-paramiko *-fabric *-asyncssh"); why != "" {
		name, _, _ := strings.Cut(why, " ")
		return name + " is installed, by which scripts log in elsewhere"
	}
	switch {
	case f.called("git", "rsync") != "":
		return f.buildsForOthers()
	case f.called("npm", "pip*", "go", "cargo", "composer", "bundle") != "":
		return cmp.Or(f.namedDesk(), f.connects(), f.startsOthers())
	}
	if why := f.waits(); why != "" {
		return why
	}
	if f.namesAny(compileWith) != "" {
		return "" // git fetches the sources of what is compiled
	}
	return cmp.Or(f.people(), f.connects(), f.namedForLater())
}

// buildAgent matches the program of a machine that builds what others ask it to.
var buildAgent = lazyregexp.New(`(?i)agent|runner|jenkins|jnlp|slave|worker`)

// buildsForOthers is connects for the programs of machines that build for others.
func (f *facts) buildsForOthers() string {
	if why := f.connects(); buildAgent.MatchString(why) {
		return why
	}
	return ""
}

// namedForLater says that an install names git or its like, which nothing calls, beside a
// program that is no web server.
func (f *facts) namedForLater() string {
	if slices.ContainsFunc(f.Program().Commands, func(c rewrite.Command) bool { return matchesAny(webServers, c.Name()) }) {
		return ""
	}
	return f.namesAny("git git-core rsync mercurial")
}

// webServers answer, and do not log in to other machines.
const webServers = "php-fpm* apache2* httpd nginx caddy gunicorn uvicorn hypercorn daphne uwsgi puma unicorn"

// connects returns a program of the container that may log in to other machines, "" where
// none does. A program that only the build runs cannot: that takes a key, and the
// Dockerfile would say where it is from.
func (f *facts) connects() string {
	for _, u := range f.unknown {
		if u.at == container && !matchesAny(webServers, path.Base(u.what)) {
			return cannotTell + u.what + " calls when the container runs"
		}
	}
	return ""
}

// startsOthers says which program of the container starts others that its configuration
// names, "" where none does.
func (f *facts) startsOthers() string {
	if !f.Program().StartsOthers() {
		return ""
	}
	return startsOthers
}

// standardLibrary asks whether somebody may run Python that is more than its core.
func (f *facts) standardLibrary() string {
	return cmp.Or(f.called("python*"), f.runs(), f.anything(), f.people(), f.startsOthers())
}

// dockerScript asks for the installer of Docker, which leaves recommended packages out.
func (f *facts) dockerScript() string { return f.says("get.docker.com", "test.docker.com") }

// patches asks whether something patches sources: what a build runs that cannot be read, or
// people, where the image has a compiler for them.
func (f *facts) patches() string {
	why := f.called("patch", "quilt")
	switch {
	case why != "" || !f.namesCompiler():
		return why
	case f.anything() != "" && !f.onlyInstallsTools() && !f.isConfigured():
		return f.anything()
	}
	return f.people()
}

func (f *facts) keyServer() string {
	return f.says("--recv", "--keyserver", "--search-key", "--refresh-keys", "--locate-key", "--auto-key", "ppa:")
}

// keys asks for gpg's agent, which public keys do not need.
func (f *facts) keys() string {
	if why := cmp.Or(f.called("apt-key", "add-apt-repository"), f.keyServer()); why != "" {
		return why
	}
	for i := range f.list {
		c := &f.list[i]
		if name := c.Name(); name != "gpg" && name != "gpg2" {
			continue
		}
		if !slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
			return slices.Contains([]string{"--dearmor", "--verify", "--export", "--list-keys", "--enarmor"}, w.Text)
		}) {
			return "gpg is called " + f.where(c.at)
		}
	}
	switch {
	case f.called("gpg", "gpg2") != "":
		return ""
	case f.checksKeys():
		return cmp.Or(f.anything(), f.atWork())
	}
	return f.atWork()
}

// agentKeys is keys where gpg is there for its own sake.
func agentKeys(f *facts) string {
	switch {
	case slices.Contains(f.asked, "gpg"):
		return cmp.Or(f.keys(), f.people())
	case f.called("gpg", "gpg2") != "":
		return f.keys()
	}
	return ""
}

// handlesKeys asks for what calls gpg by itself.
func handlesKeys(f *facts) string {
	return f.called("apt-key", "add-apt-repository", "debsign", "dpkg-sig")
}

// clusters asks for programs whose start scripts look for processes by ps.
func clusters(f *facts) string {
	return f.says("hadoop", "hdfs", "spark", "hbase", "nextflow", "Hadoop", "Spark", "Nextflow")
}

// serviceUsers are what looks up services and protocols by their names, or has its text do so.
var serviceUsers = []string{"getservby", "getprotoby", "eventlet", "snort", "asterisk"}

// LooksUpServices reports whether a text is of what looks up services and protocols by name, which
// Debian's netbase has: services(5), protocols(5).
func LooksUpServices(text string) bool {
	return slices.ContainsFunc(serviceUsers, func(part string) bool { return strings.Contains(text, part) })
}

// services asks for what looks up services and protocols by name, as the alerts of Snort do. Perl's sockets know TCP and
// UDP, and those of programs that connect to a port.
func services(f *facts) string {
	return cmp.Or(f.says(serviceUsers...), f.saysFile("/etc/services", "/etc/protocols"))
}

// saysFile returns where a text names one of some files, "" where none does: /etc/services.d is
// another than /etc/services.
func (c *calls) saysFile(files ...string) string {
	for _, t := range c.texts {
		for word := range words(t.text) {
			if slices.Contains(files, word) {
				return word + " stands " + c.where(t.at)
			}
		}
	}
	return ""
}

// browsers asks for the browsers that Playwright fetches without the packages that they need.
func browsers(f *facts) string {
	if f.says("playwright install-deps", "--with-deps") != "" {
		return ""
	}
	return f.says("playwright install", "puppeteer browsers install")
}

func (f *facts) xz() string {
	return cmp.Or(f.says(".xz", ".txz", ".lzma", "--xz"), f.tarFlag("J"), f.called("xz", "unxz", "xzcat", "lzma"))
}

func (f *facts) bzip2() string {
	return cmp.Or(f.says(".bz2", ".tbz", "--bzip2"), f.tarFlag("j"), f.called("bzip2", "bunzip2", "bzcat"))
}

func (f *facts) unzips() string { return cmp.Or(f.says(".zip", ".jar "), f.called("unzip")) }

func (f *facts) zstd() string {
	return cmp.Or(f.says(".zst", "--zstd"), f.called("zstd", "unzstd", "zstdcat"))
}

// tarFlag returns where tar is given one of its letters.
func (f *facts) tarFlag(letter string) string {
	for i := range f.list {
		c := &f.list[i]
		if c.Name() == "tar" && len(c.Words) > 1 && !strings.HasPrefix(c.Words[1].Text, "--") && strings.Contains(c.Words[1].Text, letter) {
			return "tar is called with " + letter + " " + f.where(c.at)
		}
	}
	return ""
}

func (f *facts) sasl() string {
	return cmp.Or(f.says("sasl", "SASL"), f.namesAny("postfix* sendmail* exim4* slapd ldap-utils cyrus-* sasl2-bin mutt isync msmtp* memcached dovecot-*"))
}

// ldap asks whether anything speaks with a directory: the library's settings name the certificates that it
// trusts, and without them no connection by ldaps is made.
func (f *facts) ldap() string {
	return cmp.Or(f.namesAny("php*-ldap ldap-utils ldapscripts python3-ldap python-ldap python3-ldap3 ruby-ldap libnss-ldap* libpam-ldap* nslcd sssd* slapd libldap2-dev libldap-dev libnet-ldap-perl"), f.says("ldap", "LDAP"))
}

// composer asks whether Composer unpacks what it fetches, wherever it comes from: without
// PHP's own zip it calls unzip.
func (f *facts) composer() string {
	return cmp.Or(f.called("composer", "composer.phar"), f.says("composer.phar", "composer install", "composer require", "composer global", "composer create-project", "composer update"))
}

// instruments asks whether a compiler is told to link its run-time library.
func instruments(f *facts) string {
	return cmp.Or(f.says("-fsanitize", "-fprofile-instr", "-fcoverage"), f.anything(), f.people())
}

// hasServer asks whether the image has a database server that an extension is for.
func hasServer(f *facts) string {
	if f.namesAny("postgresql-[0-9]*-postgis-*") != "" {
		return ""
	}
	for i := range f.Packages {
		name := f.Packages[i].Name
		if matchesAny("postgresql postgresql-[0-9]*", name) && !strings.Contains(name, "-client") && !strings.Contains(name, "postgis") && f.stays[i] {
			return name + " is installed: this is the extension for it"
		}
	}
	return f.says("postgresql start", "pg_ctl", "initdb", "pg_createcluster", "docker-entrypoint-initdb.d")
}

// runsApache asks whether the web server runs, whose program other packages depend on without its
// configuration.
func runsApache(f *facts) string {
	return cmp.Or(f.called("apache2*", "apachectl", "a2*"), f.says("/etc/apache2", "APACHE_", "service apache2"))
}

// servesPages asks for what is installed to be reached through a web server. PHP recommends one, too, and is
// mostly used without.
func servesPages(f *facts) string {
	for i := range f.Packages {
		p := &f.Packages[i]
		if !f.gone[i] || !matchesAny("apache2 lighttpd nginx nginx-light", p.Name) {
			continue
		}
		for _, by := range p.RecommendedBy {
			if !matchesAny("php php[0-9]* php-cli php-cgi php-fpm php-common libapache2-* apache2* lighttpd* nginx* letsencrypt certbot python3-certbot*", by) {
				return by + " is reached through a web server"
			}
		}
	}
	return ""
}

func (f *facts) snakeOil() string { return f.says("snakeoil", "default-ssl", "make-ssl-cert") }
