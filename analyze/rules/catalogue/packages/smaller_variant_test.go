package packages_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

const (
	jre       = "*openjdk-17-jre; Depends: openjdk-17-jre-headless, libgtk\nopenjdk-17-jre-headless\nlibgtk"
	ansible   = "*ansible; Depends: ansible-core\nansible-core"
	dockerIO  = "*docker.io; Depends: containerd; Recommends: docker-cli\ncontainerd\ndocker-cli"
	postgres  = "*postgresql; Depends: postgresql-15\npostgresql-15; Depends: postgresql-client-15\npostgresql-client-15"
	gnupg     = "*gnupg; Depends: gpg, dirmngr\n*curl\ngpg\ndirmngr"
	jdk       = "*openjdk-17-jdk; Depends: openjdk-17-jdk-headless, openjdk-17-jre\nopenjdk-17-jdk-headless; Depends: openjdk-17-jre-headless\nopenjdk-17-jre; Depends: openjdk-17-jre-headless, libgtk\nopenjdk-17-jre-headless\nlibgtk"
	mysql     = "*default-mysql-server; Depends: mariadb-server\nmariadb-server; Depends: mariadb-client\nmariadb-client"
	apache    = "*apache2; Depends: apache2-bin, apache2-utils\napache2-bin\napache2-utils"
	phpApache = "*php; Depends: php8.2\nphp8.2; Depends: libapache2-mod-php8.2\nlibapache2-mod-php8.2; Depends: php8.2-cli, apache2-bin\nphp8.2-cli\napache2-bin"
)

// variantCases are images, and what becomes of the install in their first step; "" is
// that the rule finds nothing.
var variantCases = []struct {
	name  string
	steps func(*testing.T) []rulestest.Step
	cmd   string
	want  string // behind the -y
}{
	{"a server in Java", steps(update+"openjdk-17-jre", jre), "java", "openjdk-17-jre-headless"},
	{"of several", steps(update+"curl openjdk-17-jre vim", jre+"\n*curl\n*vim"), "java", "curl openjdk-17-jre-headless vim"},
	{"playbooks of the core", steps(update+"ansible", ansible, runs("RUN ansible-playbook site.yml")), "ansible-playbook", "ansible-core"},
	{"docker in a job", steps(update+"docker.io", dockerIO, runs("RUN docker version")), "/usr/bin/docker-cli", "docker-cli"},
	{"psql alone", steps(update+"postgresql", postgres, runs("RUN psql --version")), "/usr/bin/postgresql-client-15", "postgresql-client"},
	{"gpg --dearmor", steps("RUN apt-get update && apt-get install -y gnupg curl && curl https://x.example/key | gpg --dearmor -o /k", gnupg), "/usr/bin/curl", "gpg curl && curl https://x.example/key | gpg --dearmor -o /k"},
	{"php on the command line", steps(update+"php", phpApache, runs("RUN php -v")), "/usr/bin/php8.2-cli", "php-cli"},

	{"a JDK that compiles nothing", steps(update+"openjdk-17-jdk", jdk), "java -jar /app.jar", "openjdk-17-jre-headless"},
	{"a JDK that compiles", steps(update+"openjdk-17-jdk", jdk, runs("RUN javac X.java")), "java X", "openjdk-17-jdk-headless"},
	{"PHP of a version", steps(update+"php8.2", "*php8.2; Depends: libapache2-mod-php8.2\nlibapache2-mod-php8.2; Depends: php8.2-cli, apache2-bin\nphp8.2-cli\napache2-bin", runs("RUN php -v")), "/usr/bin/php8.2-cli", "php8.2-cli"},
	{"psql of a version", steps(update+"postgresql-15", strings.Replace(postgres, "\npostgresql-15;", "\n*postgresql-15;", 1)[len("*postgresql; Depends: postgresql-15\n"):], runs("RUN psql --version")), "/usr/bin/postgresql-client-15", "postgresql-client-15"},
	{"mysql alone", steps(update+"default-mysql-server", mysql, runs("RUN mysql --version")), "/usr/bin/mariadb-client", "default-mysql-client"},
	{"htpasswd", steps(update+"apache2", apache, runs("RUN htpasswd -bc /f u p")), "/usr/bin/env", "apache2-utils"},

	{"a JDK for Maven later", steps(update+"openjdk-17-jdk maven", jdk+"\n*maven", runs("RUN x")), "java -jar /app.jar", "openjdk-17-jdk-headless maven"},
	{"a JDK for a script that nobody can read", steps(update+"openjdk-17-jdk-headless", jdk[strings.Index(jdk, "\n")+1:], runs("RUN ./gradlew build")), "java -jar /app.jar", ""},
	{"a JDK that looks into what runs", steps(update+"openjdk-17-jdk-headless", jdk[strings.Index(jdk, "\n")+1:], runs("ENV JAVA_TOOL_OPTIONS=-javaagent:/x.jar")), "java -jar /app.jar", ""},
	{"a JDK that the container does not call", steps(update+"openjdk-17-jdk-headless", "*"+jdk[strings.Index(jdk, "\n")+1:]), "/usr/bin/openjdk-17-jre-headless", ""},
	{"a MySQL server", steps(update+"default-mysql-server", mysql, runs("RUN mysqld --initialize")), "/usr/bin/mariadb-client", ""},
	{"Apache", steps(update+"apache2", apache, runs("RUN htpasswd -bc /etc/apache2/f u p")), "/usr/bin/apache2-utils", ""},
	{"PHP behind FPM", steps(update+"php8.2", "*php8.2; Depends: php8.2-cli, php8.2-fpm\nphp8.2-cli\nphp8.2-fpm", runs("RUN php -v")), "php-fpm8.2", ""},
	{"Java with a screen", steps(update+"openjdk-17-jre xvfb", jre+"\n*xvfb"), "java", ""},
	{"Swing", steps(update+"openjdk-17-jre", jre, runs("ENV JAVA_OPTS=-Djava.awt.headless=false")), "java", ""},
	{"another needs it", steps(update+"openjdk-17-jre netbeans", jre+"\n*netbeans; Depends: openjdk-17-jre"), "java", ""},
	{"headless already", steps(update+"openjdk-17-jre-headless", "*openjdk-17-jre-headless; Depends: libgtk\nlibgtk"), "java", ""},
	{"a collection", steps(update+"ansible", ansible, runs("RUN ansible all -m community.general.ping")), "ansible-playbook", ""},
	{"an engine", steps(update+"docker.io", dockerIO, runs("RUN docker version")), "dockerd", ""},
	{"an engine that a script may start", steps(update+"docker.io", dockerIO, runs("RUN docker version")), "/app", ""},
	{"a server", steps(update+"postgresql", postgres, runs("RUN service postgresql start && psql -c x")), "/usr/bin/postgresql-client-15", ""},
	{"a server that people start", steps(update+"postgresql", postgres, runs("RUN psql --version")), "bash", ""},
	{"a key server", steps("RUN apt-get update && apt-get install -y gnupg curl && gpg --recv-keys 1", gnupg), "/usr/bin/curl", ""},
	{"secret keys", steps(update+"gnupg curl", gnupg, runs("RUN gpg --decrypt x")), "/usr/bin/curl", ""},
	{"php behind Apache", steps(update+"php", phpApache, runs("RUN php -v && a2enmod rewrite")), "apache2ctl", ""},
	{"a variable", steps(update+"$JAVA", jre), "java", ""},
}

func TestSmallerVariant(t *testing.T) {
	for _, test := range variantCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base := rulestest.Does(t, "ADD rootfs.tar /")
			r := image(strings.Fields(test.cmd), append([]rulestest.Step{base, rulestest.Does(t, `CMD ["bash"]`)}, test.steps(t)...)...).Report(t)
			got := ""
			for i := range r.Findings {
				if f := &r.Findings[i]; f.Rule == "smaller-variant" {
					got = rulestest.Text(f.Fix.After)
					if f.Verdict == nil || *f.Verdict != model.Live || f.Bytes == 0 || f.Fix.Risk == "" {
						t.Errorf("%+v", f)
					}
				}
			}
			if at := len(update); got != "" {
				got = got[at:]
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
