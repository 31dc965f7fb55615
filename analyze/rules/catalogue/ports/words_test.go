package ports_test

import (
	"fmt"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/catalogue/ports"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestWordsThatAreNotKnown: a command is read only as far as each of its words is known. Want is
// where it listens; " []" for nothing known.
func TestWordsThatAreNotKnown(t *testing.T) {
	for _, test := range []struct{ cmd, more, want string }{
		{`"gunicorn", "-b0.0.0.0:8000", "app"`, "", "gunicorn [8000]"},
		{`"gunicorn", "-b127.0.0.1:8000", "app"`, "", "gunicorn [8000] 127.0.0.1 [gunicorn -b0.0.0.0:8000 app]"},
		{`"gunicorn", "-w4", "-kgthread", "app"`, "", "gunicorn [8000] 127.0.0.1 [gunicorn -w4 -kgthread app --bind 0.0.0.0:8000]"},
		{`"gunicorn", "-Rb", "0.0.0.0:80", "app"`, "", "gunicorn [80]"},
		{`"gunicorn", "--chdir", "/srv", "-b", "127.0.0.1:80", "app"`, "", "gunicorn [80] 127.0.0.1 [gunicorn --chdir /srv -b 0.0.0.0:80 app]"},
		{`"gunicorn", "-c/x.py", "app"`, "", " []"},
		{`"gunicorn", "--chdir", "/srv", "app"`, "", " []"},
		{`"gunicorn", "--paste", "prod.ini", "app"`, "", " []"},
		{`"gunicorn", "--version"`, "", " []"},
		{`"gunicorn", "--check-config", "app"`, "", " []"},
		{`"gunicorn", "--bin", "0.0.0.0:80", "app"`, "", " []"},
		{`"gunicorn"`, "", " []"},
		{`"gunicorn", "-b", "127.0.0.1:80,0.0.0.0:81", "app"`, "", " []"},
		{`"gunicorn", "-b", "127.0.0.1:0", "app"`, "", "gunicorn [] 127.0.0.1 [gunicorn -b 0.0.0.0:0 app]"},
		{`"gunicorn", "-b", "0.0.0.0:$PORT", "app"`, `, "Env": ["PORT=80"]`, " []"}, // no shell reads it
		{`"/bin/sh", "-c", "exec gunicorn $ARGS app"`, "", " []"},
		{`"/bin/sh", "-c", "exec gunicorn $ARGS app"`, `, "Env": ["ARGS=-b 0.0.0.0:80"]`, " []"},
		{`"/bin/sh", "-c", "PORT=81; gunicorn -b 0.0.0.0:$PORT app"`, `, "Env": ["PORT=80"]`, " []"},
		{`"/bin/sh", "-c", "export GUNICORN_CMD_ARGS='-b :80'; gunicorn app"`, "", " []"},
		{`"/bin/sh", "-c", "cd /srv && gunicorn app"`, "", " []"},
		{`"/bin/sh", "-c", ". /env && gunicorn app"`, "", " []"},
		{`"/bin/bash", "-lc", "gunicorn app"`, "", " []"},
		{`"env", "GUNICORN_CMD_ARGS=-b 0.0.0.0", "gunicorn", "app"`, "", " []"},
		{`"env", "-C", "/srv", "gunicorn", "app"`, "", " []"},
		{`"setpriv", "--reuid", "1000", "gunicorn", "-b", "0.0.0.0:80", "app"`, "", "gunicorn [80]"},
		{`"setpriv", "--other", "1000", "gunicorn", "-b", "0.0.0.0:80", "app"`, "", " []"},
		{`"uvicorn", "--help"`, "", " []"},
		{`"uvicorn", "main:app", "--other", "x"`, "", " []"},
		{`"uvicorn", "main:app", "--workers", "$W"`, "", " []"},
		{`"hypercorn", "--insecure-bind", "0.0.0.0:80", "app"`, "", " []"},
		{`"hypercorn", "--quic-bind", "0.0.0.0:80", "app"`, "", " []"},
		{`"flask", "-e", "/cfg/flask.env", "run"`, "", " []"},
		{`"flask", "db", "run"`, "", " []"},
		{`"flask", "--app", "run", "routes"`, "", " []"},
		{`"flask", "run", "-p8080", "-h0.0.0.0"`, "", "flask [8080]"},
		{`"flask", "--app", "run", "run"`, "", "flask [5000] 127.0.0.1 [flask --app run run --host=0.0.0.0]"},
		{`"vite", "build"`, "", " []"},
		{`"vite", "preview"`, "", " []"},
		{`"vite", "dev"`, "", "vite [] 127.0.0.1 [vite dev --host 0.0.0.0]"},
		{`"vite", "--host"`, "", "vite []"},
		{`"rails", "server", "-e", "production"`, "", " []"},
		{`"rails", "s", "-b0.0.0.0", "-p3000"`, "", "rails [3000]"},
		{`"rails", "db:migrate"`, "", " []"},
		{`"jekyll", "serve", "--livereload", "-H", "0.0.0.0"`, "", "jekyll [4000] more"},
		{`"jekyll", "build"`, "", " []"},
		{`"python", "manage.py", "runserver", "-6"`, "", " []"},
		{`"mysqld", "--port", "3307"`, "", "mysqld [3307] more"},
		{`"mysqld", "--port=0"`, "", "mysqld [] more"},
		{`"mysqld", "--skip-networking", "--port", "3307"`, "", " []"},
		{`"mongod", "--config", "/etc/mongod.conf", "--port", "1"`, "", " []"},
		{`"mongod", "--bind_ip", "127.0.0.1", "--port", "7"`, "", "mongod [7] 127.0.0.1 [mongod --bind_ip 0.0.0.0 --port 7]"},
		{`"redis-server", "--port", "0", "--tls-port", "6379"`, "", "redis-server [6379]"},
		{`"redis-server", "--tls-port", "6380"`, "", "redis-server [6380 6379]"},
		{`"redis-server", "--port", "0"`, "", "redis-server []"},
		{`"redis-server", "--bind", "127.0.0.1 10.0.0.1"`, "", "redis-server []"},
		{`"redis-server", "--bind", "127.0.0.1 -::1"`, "", "redis-server [] 127.0.0.1"},
		{`"redis-server", "/etc/redis.conf", "--port", "7"`, "", " []"},
		{`"redis-server", "--port", "7", "--cluster-enabled", "yes"`, "", " []"},
		{`"redis-server", "--version"`, "", " []"},
		{`"java", "-Dserver.port=0", "-jar", "a.jar"`, "", " []"},
		{`"java", "-jar", "a.jar", "-Dserver.port=9000"`, "", " []"},
		{`"java", "-Dserver.port=81", "-jar", "a.jar", "--server.port=82"`, "", "java [82]"},
		{`"java", "-Dserver.port=81", "-Dmanagement.server.port=82", "-jar", "a.jar"`, "", "java [81] also [82]"},
		{`"java", "-javaagent:/jmx.jar=9404:/c", "-Dserver.port=81", "-jar", "a.jar"`, "", "java [81] more"},
		{`"java", "-Dserver.port=81", "-jar", "a.jar"`, `, "Env": ["JAVA_TOOL_OPTIONS=-Dx=y"]`, " []"},
		{`"java", "@args", "-Dserver.port=81", "-jar", "a.jar"`, "", " []"},
		{`"java", "-Dserver.port=81", "Main"`, "", " []"},
		{`"java", "--server.port=81"`, "", " []"},
		{`"/bin/sh", "-c", "java $JAVA_OPTS -Dserver.port=81 -jar a.jar"`, "", " []"},
		{`"/app", "--server.port=81"`, "", " []"},
	} {
		l := ports.Listening(rulestest.Parse(t, "COPY rootfs /\n+ app\nconfig {\"Cmd\": ["+test.cmd+"]"+test.more+"}").Build(t))
		if got := told(&l); got != test.want {
			t.Errorf("%s%s\ngot  %s\nwant %s", test.cmd, test.more, got, test.want)
		}
	}
}

// told is a listener in a line.
func told(l *ports.Listener) string {
	got := fmt.Sprint(l.Who, " ", l.Ports)
	if len(l.Also) > 0 {
		got += fmt.Sprint(" also ", l.Also)
	}
	if l.More {
		got += " more"
	}
	if l.Local != "" {
		got += " " + l.Local
	}
	if l.Words != nil {
		got += fmt.Sprint(" ", l.Words)
	}
	return got
}

// TestConfigurations reads where nginx and Apache listen, with what they include.
func TestConfigurations(t *testing.T) {
	const nginx, apache = "+ usr/sbin/nginx\nconfig {\"Cmd\": [\"nginx\", \"-g\", \"daemon off;\"]}", "+ usr/sbin/apache2\nconfig {\"Cmd\": [\"apache2\", \"-DFOREGROUND\"], \"Env\": [\"PORT=8080\"]}"
	main := func(text string) string { return "+ etc/nginx/nginx.conf text " + text + "\n" }
	httpd := func(text string) string { return "+ etc/apache2/apache2.conf text " + text + "\n" }
	for _, test := range []struct{ files, server, want string }{
		{main("http {|server { listen 8080; }|}|"), nginx, "nginx [8080]"},
		{main("http {|server { listen 127.0.0.1; }|}|"), nginx, "nginx [80] 127.0.0.1"},
		{main("http {|server { listen 80; listen 81; }|}|"), nginx, "nginx [80 81]"},
		{main("http {|server { listen [::1]:80; listen 127.0.0.1:80 default_server; }|}|"), nginx, "nginx [80] [::1]"},
		{main("http {|server { listen unix:/run/x; }|server { server_name x; }|}|"), nginx, "nginx [80]"},
		{main("http {|server { listen 443 quic; listen 443 ssl; }|}|stream {|server { listen 53 udp; }|server { listen 54; }|}|"), nginx, "nginx [443 54]"},
		{main("http {|upstream x { server 10.0.0.1:9; }|# listen 5;|server { listen 80; return 200 'listen 7;'; }|}|"), nginx, "nginx [80]"},
		{main("http {|include conf.d/*.conf;|include mime.types;|}|") + "+ etc/nginx/conf.d/a.conf text server { listen 81; }|\n", nginx, "nginx [81]"},
		{main("http {|server { listen 80; }|}|") + "+ etc/nginx/conf.d/a.conf text server { listen 81; }|\n", nginx, "nginx [80]"},
		{main("http {|include /etc/nginx/sites-enabled/*;|}|") + "+ etc/nginx/sites-available/a text server { listen 81; }|\n+ etc/nginx/sites-enabled/a -> ../sites-available/a\n", nginx, "nginx [81]"},
		{main("http {|server { listen 80; include snippets/*.conf; }|}|") + "+ etc/nginx/snippets/a.conf text listen 81;|\n", nginx, "nginx [80 81]"},
		{main("http {|include /srv/*.conf;|server { listen 127.0.0.1:8090; }|}|") + "+ srv/a.conf text server { listen 80; }|\n", nginx, " []"},
		{main("http {|include /srv/a.conf;|server { listen 127.0.0.1:8090; }|}|"), nginx, " []"},
		{main("http {|server { listen ${PORT}; }|}|"), nginx, " []"},
		{main("http {|server { listen 80;|}|"), nginx, " []"},
		{main("http {|server { listen 80-90; }|}|"), nginx, " []"},
		{main("http {|server { listen 80; }|}|"), "+ usr/sbin/nginx\nconfig {\"Cmd\": [\"nginx\", \"-t\"]}", " []"},
		{main("http {|server { listen 80; }|}|"), "+ usr/sbin/nginx\nconfig {\"Cmd\": [\"/bin/sh\", \"-c\", \"sed -i s/80/81/ /etc/nginx/nginx.conf && nginx\"]}", " []"},
		{main("http {|server { listen 80; }|}|"), "+ usr/sbin/nginx\nconfig {\"Cmd\": [\"/bin/sh\", \"-c\", \"/configure; nginx\"]}", " []"},
		{httpd("Listen 80|"), apache, "Apache [80]"},
		{httpd("Listen 127.0.0.1:80|Listen [::1]:81|"), apache, "Apache [80 81] 127.0.0.1"},
		{httpd("Include ports.conf|IncludeOptional sites-enabled/*.conf|") + "+ etc/apache2/ports.conf text Listen 80|<IfModule ssl_module>|Listen 443|</IfModule>|\n", apache, "Apache [80] also [443]"},
		{httpd("Listen ${PORT}|Listen 127.0.0.1:9|"), apache, " []"},
		{httpd("Listen ${PORT}|<IfModule x>|Listen 443|</IfModule>|"), apache, " []"},
		{httpd("Listen 127.0.0.1:80|<IfModule x>|Listen 443|</IfModule>|"), apache, "Apache [80] also [443]"},
		{httpd("Listen 80|Include /srv/*.conf|") + "+ srv/a.conf text Listen 81|\n", apache, " []"},
		{httpd("Listen 80|"), "+ usr/sbin/apache2\nconfig {\"Cmd\": [\"apache2\", \"-f\", \"/x\"]}", " []"},
		{httpd("Listen 80|"), "+ usr/sbin/apache2\nconfig {\"Cmd\": [\"apache2\", \"-DOTHER\"]}", " []"},
	} {
		l := ports.Listening(rulestest.Parse(t, "COPY rootfs /\n"+test.files+test.server).Build(t))
		if got := told(&l); got != test.want {
			t.Errorf("%s\n%s\ngot  %s\nwant %s", test.files, test.server, got, test.want)
		}
	}
}

// TestLocalEdits: an edit of a command is proposed only where all of it stays. Want is the
// instruction after it, "" for a finding without an edit, "-" for none at all.
func TestLocalEdits(t *testing.T) {
	for _, test := range []struct{ instruction, cmd, want string }{
		{`CMD ["gunicorn", "app"]`, `"gunicorn", "app"`, `CMD ["gunicorn", "app", "--bind", "0.0.0.0:8000"]`},
		{`CMD ["gunicorn", "app:create()"]`, `"gunicorn", "app:create()"`, `CMD ["gunicorn", "app:create()", "--bind", "0.0.0.0:8000"]`},
		{`CMD ["gosu", "app", "gunicorn", "app"]`, `"gosu", "app", "gunicorn", "app"`, `CMD ["gosu", "app", "gunicorn", "app", "--bind", "0.0.0.0:8000"]`},
		{`CMD ["tini", "--", "gunicorn", "app"]`, `"tini", "--", "gunicorn", "app"`, `CMD ["tini", "--", "gunicorn", "app", "--bind", "0.0.0.0:8000"]`},
		{`CMD exec gunicorn app`, `"/bin/sh", "-c", "exec gunicorn app"`, `CMD ["gunicorn", "app", "--bind", "0.0.0.0:8000"]`},
		{`CMD gunicorn -w 4 app`, `"/bin/sh", "-c", "gunicorn -w 4 app"`, `CMD ["gunicorn", "-w", "4", "app", "--bind", "0.0.0.0:8000"]`},
		{`CMD python3 migrate.py && gunicorn app`, `"/bin/sh", "-c", "python3 migrate.py && gunicorn app"`, ""},
		{`CMD python3 migrate.py; exec gunicorn app`, `"/bin/sh", "-c", "python3 migrate.py; exec gunicorn app"`, ""},
		{`CMD exec gosu app gunicorn app`, `"/bin/sh", "-c", "exec gosu app gunicorn app"`, ""},
		{`CMD exec nice gunicorn app`, `"/bin/sh", "-c", "exec nice gunicorn app"`, ""},
		{`CMD umask 002 && gunicorn app`, `"/bin/sh", "-c", "umask 002 && gunicorn app"`, ""},
		{`CMD gunicorn app > /log 2>&1`, `"/bin/sh", "-c", "gunicorn app > /log 2>&1"`, ""},
		{`CMD gunicorn --workers $(nproc) app`, `"/bin/sh", "-c", "gunicorn --workers $(nproc) app"`, ""},
		{`CMD gunicorn --workers ${W:-3} app`, `"/bin/sh", "-c", "gunicorn --workers ${W:-3} app"`, ""},
		{`CMD gunicorn -w $W app`, `"/bin/sh", "-c", "gunicorn -w $W app"`, ""},
		{`CMD gunicorn -p ~/app app`, `"/bin/sh", "-c", "gunicorn -p ~/app app"`, ""},
		{`CMD gunicorn -p /tmp/*.pid app`, `"/bin/sh", "-c", "gunicorn -p /tmp/*.pid app"`, ""},
		{`CMD gunicorn 'app'`, `"/bin/sh", "-c", "gunicorn 'app'"`, ""},
		{`CMD API_KEY=x exec gunicorn app`, `"/bin/sh", "-c", "API_KEY=x exec gunicorn app"`, "-"},
		{`CMD cd /srv && exec gunicorn app`, `"/bin/sh", "-c", "cd /srv && exec gunicorn app"`, "-"},
		{`CMD . /venv/bin/activate && gunicorn app`, `"/bin/sh", "-c", ". /venv/bin/activate && gunicorn app"`, "-"},
		{`CMD exec gunicorn $ARGS app`, `"/bin/sh", "-c", "exec gunicorn $ARGS app"`, "-"},
		{`CMD ["gunicorn", "-b0.0.0.0:8000", "app"]`, `"gunicorn", "-b0.0.0.0:8000", "app"`, "-"},
		{`CMD ["python", "manage.py", "runserver"]`, `"python", "manage.py", "runserver"`, ""}, // a file may say otherwise
	} {
		image := "COPY rootfs /\n+ usr/bin/gunicorn elf\n+ bin/sh elf\nEXPOSE 8000\n" + test.instruction + "\nconfig {\"Cmd\": [" + test.cmd + "], \"ExposedPorts\": {\"8000/tcp\": {}}}"
		got := "-"
		for _, f := range rulestest.Parse(t, image).Findings(t, "local-only") {
			got = rulestest.Text(f.Fix.After)
		}
		if got != test.want {
			t.Errorf("%s\ngot  %q\nwant %q", test.instruction, got, test.want)
		}
	}
}

// TestFurtherPorts: EXPOSE is compared only where the program can listen at no other port.
func TestFurtherPorts(t *testing.T) {
	for _, test := range []struct {
		cmd, exposed string
		found        bool
	}{
		{`"redis-server", "--port", "7000"`, `"6379/tcp": {}`, true},
		{`"java", "-Dserver.port=8081", "-jar", "a.jar"`, `"8080/tcp": {}`, true},
		{`"gunicorn", "-b0.0.0.0:8000", "a"`, `"5000/tcp": {}`, true},
		{`"mysqld", "--port", "3307"`, `"3306/tcp": {}, "33060/tcp": {}`, false},
		{`"redis-server", "--port", "0", "--tls-port", "6379"`, `"6379/tcp": {}`, false},
		{`"redis-server", "--port", "0"`, `"6379/tcp": {}`, false},
		{`"java", "-Dserver.port=0", "-jar", "a.jar"`, `"8080/tcp": {}`, false},
		{`"java", "-Dserver.port=8081", "-Dmanagement.server.port=8080", "-jar", "a.jar"`, `"8080/tcp": {}`, false},
		{`"java", "-jar", "a.jar", "-Dserver.port=9000"`, `"8080/tcp": {}`, false},
		{`"gunicorn", "-b0.0.0.0:8000", "a"`, `"8000/tcp": {}`, false},
	} {
		found := rulestest.Parse(t, "COPY rootfs /\n+ app\nEXPOSE 1\nconfig {\"Cmd\": ["+test.cmd+"], \"ExposedPorts\": {"+test.exposed+"}}").Findings(t, "expose-mismatch")
		if (len(found) > 0) != test.found {
			t.Errorf("%s, EXPOSE %s: %+v", test.cmd, test.exposed, found)
		}
	}
}
