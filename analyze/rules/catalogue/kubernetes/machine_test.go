package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestObservedInImages tries the rules that look at files and packages: want is a part of
// what is said, "" for nothing.
func TestObservedInImages(t *testing.T) {
	const app = "+ usr/bin/app\n"
	for _, test := range []struct{ name, rule, image, want string }{
		{"two installs", "machine-in-image", `RUN apt-get update && apt-get install -y openssh-server
			+ usr/bin/app
			+ opt/openssh-server
			+ dpkg openssh-server manual
			RUN apt-get install -y cron vim
			+ opt/cron
			+ opt/vim
			+ dpkg openssh-server manual
			+ dpkg cron manual
			+ dpkg vim manual
			config {"Cmd": ["app"]}`, "Leave out an SSH server (openssh-server), cron (cron) and editors (vim): nothing in the image starts them, and their packages hold 3 kB. They come from step 1 and step 2."},
		{"one part that comes along", "machine-in-image", "RUN apt-get install -y cron\n" + app + "+ opt/cron\n+ dpkg cron manual\n" + `config {"Cmd": ["app"]}`, ""},
		{"two parts that come along", "machine-in-image", "RUN apt-get install -y cron sudo\n" + app + "+ opt/cron\n+ opt/sudo\n+ dpkg cron manual\n+ dpkg sudo manual\n" + `config {"Cmd": ["app"]}`, ""},
		{"a mail server", "machine-in-image", "RUN apt-get install -y postfix\n" + app + "+ opt/postfix\n+ dpkg postfix manual\n" + `config {"Cmd": ["app"]}`, "a mail server (postfix)"},
		{"a script starts it", "machine-in-image", "COPY . /\n+ start.sh text #!/bin/sh|service ssh start|/usr/sbin/sshd|exec app|\n+ bin/sh\n" + app + "+ opt/openssh-server\n+ dpkg openssh-server manual\n" + `config {"Entrypoint": ["/start.sh"]}`, ""},
		{"a hook calls it", "machine-in-image", "COPY . /\n+ docker-entrypoint.d/mail.sh text postfix start|\n" + app + "+ opt/postfix\n+ dpkg postfix manual\n" + `config {"Cmd": ["app"]}`, ""},
		{"a supervisor starts what it likes", "machine-in-image", "RUN apt-get install -y openssh-server supervisor\n+ usr/bin/supervisord\n+ opt/openssh-server\n+ dpkg openssh-server manual\n" + `config {"Cmd": ["supervisord", "-n"]}`, ""},
		{"a shell is all that starts", "machine-in-image", "RUN apt-get install -y openssh-server\n+ bin/bash\n+ opt/openssh-server\n+ dpkg openssh-server manual\n" + `config {"Cmd": ["bash"]}`, ""},
		{"of the sake of another", "machine-in-image", "RUN apt-get install -y app\n" + app + "+ opt/postfix\n+ opt/app\n+ dpkg app manual Depends: postfix\n+ dpkg postfix auto\n" + `config {"Cmd": ["app"]}`, ""},

		{"another environment", "baked-in-environment", "COPY app /\n" + app + "ENV RAILS_ENV=staging\n" + `config {"Cmd": ["app"], "Env": ["RAILS_ENV=staging"]}`, "Take RAILS_ENV=staging out of the image"},
		{"two environments", "baked-in-environment", "COPY config /srv/\n+ srv/config/production.yaml\n+ srv/config/staging.yaml\n" + app + `config {"Cmd": ["app"]}`, "such as /srv/config/production.yaml and /srv/config/staging.yaml"},
		{"environments of .NET", "baked-in-environment", "COPY app /srv/\n+ srv/appsettings.Production.json\n+ srv/appsettings.Staging.json\n" + app + `config {"Cmd": ["app"]}`, "such as /srv/appsettings.Production.json and /srv/appsettings.Staging.json"},
		{"production alone", "baked-in-environment", "COPY config /srv/\n+ srv/config/production.yaml\n+ srv/config/development.yaml\n" + app + `config {"Cmd": ["app"]}`, ""},
		{"a module's environments", "baked-in-environment", "COPY config /srv/\n+ srv/node_modules/x/production.json\n+ srv/node_modules/x/staging.json\n" + app + `config {"Cmd": ["app"]}`, ""},
		{"code of an environment", "baked-in-environment", "COPY config /srv/\n+ srv/config/environments/production.rb\n+ srv/config/environments/staging.rb\n" + app + `config {"Cmd": ["app"]}`, ""},
		{"a variable that nothing sets", "baked-in-environment", "COPY app /\n" + app + `config {"Cmd": ["app"], "Env": ["APP_ENV=test"]}`, ""},
		{"port 80", "low-port", "RUN make\n" + app + `config {"Cmd": ["app"], "User": "app", "ExposedPorts": {"80/tcp": {}, "443/tcp": {}}}`, "such as 8443, and EXPOSE that instead of 443 and 80"},
		{"root", "low-port", "RUN make\n" + app + `config {"Cmd": ["app"], "ExposedPorts": {"80/tcp": {}}}`, ""},
		{"root by number", "low-port", "RUN make\n" + app + `config {"Cmd": ["app"], "User": "0:0", "ExposedPorts": {"80/tcp": {}}}`, ""},
		{"root by another name", "low-port", "RUN make\n+ etc/passwd text toor:x:0:0::/:/bin/sh|\n" + app + `config {"Cmd": ["app"], "User": "toor", "ExposedPorts": {"80/tcp": {}}}`, ""},
		{"a high one too", "low-port", "RUN make\n" + app + `config {"Cmd": ["app"], "User": "1", "ExposedPorts": {"80/tcp": {}, "8080/tcp": {}}}`, ""},
		{"a capability", "low-port", "RUN setcap cap_net_bind_service=+ep /usr/bin/app\n" + app + `config {"Cmd": ["app"], "User": "1", "ExposedPorts": {"80/tcp": {}}}`, ""},

		{"a log beside the program", "unwritable-workdir", "COPY . /srv\n+ srv/ mode 0755\n+ srv/app\nCMD [\"/bin/sh\" \"-c\" \"exec ./app > out.log\"]\n" + `config {"Cmd": ["/bin/sh", "-c", "exec ./app > out.log"], "User": "7", "WorkingDir": "/srv"}`, "Let user 7 own what it writes: the container writes /srv/out.log, and /srv belongs to another user."},
		{"a file of root's", "unwritable-workdir", "COPY . /srv\n+ srv/ mode 0777\n+ srv/out.log mode 0644\n" + `config {"Cmd": ["/bin/sh", "-c", "touch out.log; exec ./app"], "User": "7", "WorkingDir": "/srv"}`, "/srv/out.log belongs to another user"},
		{"as root", "unwritable-workdir", "COPY . /srv\n+ srv/ mode 0755\n" + `config {"Cmd": ["/bin/sh", "-c", "touch x; exec ./app"], "WorkingDir": "/srv"}`, ""},
		{"in a volume", "unwritable-workdir", "COPY . /srv\n+ srv/ mode 0755\n" + `config {"Cmd": ["/bin/sh", "-c", "touch data/x; exec ./app"], "User": "7", "WorkingDir": "/srv", "Volumes": {"/srv/data": {}}}`, ""},
		{"in /tmp", "unwritable-workdir", "COPY . /srv\n+ srv/ mode 0755\n" + `config {"Cmd": ["/bin/sh", "-c", "touch /tmp/x; exec ./app"], "User": "7", "WorkingDir": "/srv"}`, ""},
		{"only perhaps", "unwritable-workdir", "COPY . /srv\n+ srv/ mode 0755\n" + `config {"Cmd": ["/bin/sh", "-c", "[ -d x ] || mkdir x; exec ./app"], "User": "7", "WorkingDir": "/srv"}`, ""},
		{"elsewhere after cd", "unwritable-workdir", "COPY . /srv\n+ srv/ mode 0755\n" + `config {"Cmd": ["/bin/sh", "-c", "cd /data; touch x; exec ./app"], "User": "7", "WorkingDir": "/srv"}`, ""},
		{"a directory that is there", "unwritable-workdir", "COPY . /srv\n+ srv/ mode 0755\n+ srv/data/ mode 0755\n" + `config {"Cmd": ["/bin/sh", "-c", "mkdir -p data; exec ./app"], "User": "7", "WorkingDir": "/srv"}`, ""},
		{"nobody knows the user", "unwritable-workdir", "COPY . /srv\n+ srv/ mode 0755\n" + `config {"Cmd": ["/bin/sh", "-c", "touch x; exec ./app"], "User": "who", "WorkingDir": "/srv"}`, ""},

		{"several", "world-writable", "RUN chmod -R 777 /srv\n+ srv/a.py mode 0777\n+ srv/b.sh mode 0777\n" + `config {"Cmd": ["/srv/b.sh"]}`, "/srv/a.py and 1 more: let only the owner"},
		{"a setting", "world-writable", "RUN chmod 666 /etc/passwd\n+ etc/passwd mode 0666\n" + `config {"Cmd": ["/app"]}`, "Let only the owner write"},
		{"data", "world-writable", "RUN chmod -R 777 /data\n+ data/ mode 0777\n+ data/sample.yaml mode 0777\n" + `config {"Cmd": ["/app"]}`, ""},
		{"in /tmp", "world-writable", "RUN make\n+ tmp/a.py mode 0777\n" + `config {"Cmd": ["/app"]}`, ""},
		{"the group's", "world-writable", "RUN chmod -R g=u /srv\n+ srv/a.py mode 0775\n" + `config {"Cmd": ["/app"]}`, ""},

		{"a sandbox", "setuid-program", "COPY . /\n+ opt/chrome/chrome-sandbox mode 4755\n" + `config {"Cmd": ["/app"]}`, ""},
		{"the system's", "setuid-program", "COPY rootfs /\n+ usr/bin/su mode 4755\n" + `config {"Cmd": ["/app"]}`, ""},
		{"not a program", "setuid-program", "COPY . /\n+ opt/data mode 4644\n" + `config {"Cmd": ["/app"]}`, ""},

		{"nginx's own user", "runs-as-root", "RUN make\n+ etc/nginx/nginx.conf text user www-data;|\n" + `config {"Cmd": ["nginx", "-g", "daemon off;"]}`, ""},
		{"nginx as root", "runs-as-root", "RUN make\n+ etc/nginx/nginx.conf text user root;|\n" + `config {"Cmd": ["nginx", "-g", "daemon off;"]}`, "Add USER"},
		{"nginx without a word", "runs-as-root", "RUN make\n+ etc/nginx/nginx.conf text worker_processes 1;|\n" + `config {"Cmd": ["nginx", "-g", "daemon off;"]}`, "Add USER"},
		{"Apache", "runs-as-root", "RUN make\n" + `config {"Cmd": ["apache2ctl", "-D", "FOREGROUND"]}`, ""},
		{"a name for root", "runs-as-root", "RUN make\n+ etc/passwd text toor:x:0:0::/:/bin/sh|\n" + `config {"Cmd": ["app"], "User": "toor"}`, "Add USER"},
		{"any command", "no-healthcheck", "COPY . /\n+ e.sh text #!/bin/sh|exec \"$@\"|\n" + `config {"Entrypoint": ["/e.sh"], "Cmd": ["app"], "ExposedPorts": {"80/tcp": {}}}`, ""},
		{"one program behind a script", "no-healthcheck", "COPY . /\n+ e.sh text #!/bin/sh|exec app \"$@\"|\n" + `config {"Entrypoint": ["/e.sh"], "ExposedPorts": {"80/tcp": {}}}`, "port 80"},
	} {
		t.Run(test.rule+"/"+test.name, func(t *testing.T) {
			t.Parallel()
			said := ""
			for _, f := range rulestest.Parse(t, test.image).Findings(t, test.rule) {
				said += f.Fix.Summary
			}
			if (said == "") != (test.want == "") || !strings.Contains(said, test.want) {
				t.Errorf("%q, want %q", said, test.want)
			}
		})
	}
}
