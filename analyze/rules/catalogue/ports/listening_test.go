package ports_test

import (
	"fmt"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/catalogue/ports"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestListening tries what is known of where a command listens, by the manuals of the servers.
func TestListening(t *testing.T) {
	for _, test := range []struct{ cmd, more, want string }{
		{`"gunicorn", "app:app"`, "", `gunicorn [8000] 127.0.0.1 default; [gunicorn app:app --bind 0.0.0.0:8000]`},
		{`"gunicorn", "app:app"`, `, "Env": ["PORT=8080"]`, "gunicorn [8080]"},
		{`"gunicorn", "app:app"`, `, "Env": ["GUNICORN_CMD_ARGS=-b :80"]`, " []"},
		{`"gunicorn", "-c", "conf.py", "app:app"`, "", " []"},
		{`"gunicorn", "-b", "127.0.0.1:9000", "app:app"`, "", `gunicorn [9000] 127.0.0.1; [gunicorn -b 0.0.0.0:9000 app:app]`},
		{`"gunicorn", "--bind=0.0.0.0:80", "app:app"`, "", "gunicorn [80]"},
		{`"gunicorn", "-b", ":80", "app:app"`, "", "gunicorn [80]"},
		{`"gunicorn", "-b", "unix:/run/x", "app:app"`, "", " []"},
		{`"gunicorn", "-b", "127.0.0.1:1", "-b", "0.0.0.0:2", "app:app"`, "", "gunicorn [1 2]"},
		{`"/bin/sh", "-c", "gunicorn -b 0.0.0.0:$PORT app:app"`, `, "Env": ["PORT=81"]`, "gunicorn [81]"},
		{`"/bin/sh", "-c", "gunicorn -b 0.0.0.0:${PORT:-82} app:app"`, "", "gunicorn [82]"},
		{`"/bin/sh", "-c", "gunicorn -b 0.0.0.0:$PORT app:app"`, "", "gunicorn []"},
		{`"python", "-m", "gunicorn", "app:app"`, "", `gunicorn [8000] 127.0.0.1 default; [python -m gunicorn app:app --bind 0.0.0.0:8000]`},
		{`"uvicorn", "main:app"`, "", `uvicorn [8000] 127.0.0.1 default; [uvicorn main:app --host 0.0.0.0]`},
		{`"uvicorn", "main:app", "--port", "80"`, "", `uvicorn [80] 127.0.0.1 default; [uvicorn main:app --port 80 --host 0.0.0.0]`},
		{`"uvicorn", "main:app", "--host", "localhost"`, "", `uvicorn [8000] localhost; [uvicorn main:app --host 0.0.0.0]`},
		{`"uvicorn", "main:app", "--host", "0.0.0.0"`, "", "uvicorn [8000]"},
		{`"uvicorn", "main:app", "--uds", "/x"`, "", " []"},
		{`"uvicorn", "main:app"`, `, "Env": ["UVICORN_HOST=0.0.0.0"]`, " []"},
		{`"poetry", "run", "uvicorn", "main:app"`, "", `uvicorn [8000] 127.0.0.1 default; [poetry run uvicorn main:app --host 0.0.0.0]`},
		{`"flask", "--app", "x", "run"`, "", `flask [5000] 127.0.0.1 default; [flask --app x run --host=0.0.0.0]`},
		{`"flask", "run", "-h", "0.0.0.0", "-p", "80"`, "", "flask [80]"},
		{`"flask", "run"`, `, "Env": ["FLASK_RUN_HOST=0.0.0.0"]`, " []"},
		{`"flask", "db", "upgrade"`, "", " []"},
		{`"python", "manage.py", "runserver"`, "", `manage.py [8000] 127.0.0.1 default unsure; [python manage.py runserver 0.0.0.0:8000]`},
		{`"python", "manage.py", "runserver", "8080"`, "", `manage.py [8080] 127.0.0.1 default unsure; [python manage.py runserver 0.0.0.0:8080]`},
		{`"python", "manage.py", "runserver", "0.0.0.0:80"`, "", "manage.py [80]"},
		{`"python", "manage.py", "migrate"`, "", " []"},
		{`"rails", "s"`, "", `rails [] 127.0.0.1 default unsure; [rails s -b 0.0.0.0]`},
		{`"bundle", "exec", "rails", "server", "-b", "0.0.0.0", "-p", "3000"`, "", "rails [3000]"},
		{`"rails", "s"`, `, "Env": ["RAILS_ENV=production"]`, " []"},
		{`"redis-server", "--port", "7000"`, "", "redis-server [7000]"},
		{`"redis-server", "--bind", "127.0.0.1"`, "", `redis-server [] 127.0.0.1; [redis-server --bind 0.0.0.0]`},
		{`"redis-server", "--bind", "127.0.0.1", "10.0.0.1"`, "", "redis-server []"},
		{`"mongod", "--bind_ip", "127.0.0.1,10.0.0.1"`, "", "mongod []"},
		{`"mongod"`, "", "mongod []"},
		{`"java", "-Dserver.port=81", "-jar", "a.jar"`, "", "java [81]"},
		{`"java", "-jar", "a.jar", "--server.address=127.0.0.1"`, "", `java [] 127.0.0.1; [java -jar a.jar --server.address=0.0.0.0]`},
		{`"psql", "--host", "localhost", "--port", "5432"`, "", " []"},
		{`"/app", "--host", "127.0.0.1"`, "", " []"},
		{`"/bin/sh", "-c", "gunicorn -b 127.0.0.1:8000 app:app & exec caddy run"`, "", " []"},
	} {
		b := rulestest.Parse(t, "COPY rootfs /\n+ app\nconfig {\"Cmd\": ["+test.cmd+"]"+test.more+"}").Build(t)
		l := ports.Listening(b)
		got := fmt.Sprint(l.Who, " ", l.Ports)
		if l.Local != "" {
			got += " " + l.Local
		}
		if l.Default {
			got += " default"
		}
		if l.Unsure {
			got += " unsure"
		}
		if l.Words != nil {
			got += fmt.Sprint("; ", l.Words)
		}
		if got != test.want {
			t.Errorf("%s%s\ngot  %s\nwant %s", test.cmd, test.more, got, test.want)
		}
	}
}

// TestWhereItListens tries the rules that ask where the program listens, with its line.
func TestWhereItListens(t *testing.T) {
	const nginx = "+ etc/nginx/nginx.conf text http {|server { listen %s; }|}|\n+ usr/sbin/nginx\nUSER 101\nEXPOSE 80\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\nconfig {\"Cmd\": [\"nginx\", \"-g\", \"daemon off;\"], \"User\": \"101\", \"ExposedPorts\": {\"%s/tcp\": {}}}"
	const gunicorn = "+ usr/bin/gunicorn\nUSER 101\n%s\nCMD [\"gunicorn\", \"-b\", \"%s\", \"a:a\"]\nconfig {\"Cmd\": [\"gunicorn\", \"-b\", \"%s\", \"a:a\"], \"User\": \"101\"%s}"
	const program = "+ app elf\n+ bin/sh elf\nUSER 101\nCMD x\nconfig {\"Cmd\": [%s], \"User\": \"101\", \"Env\": [\"PORT=81\"]}"
	for _, test := range []struct {
		rule, image, want string
		line              int // the instruction, from 1
	}{
		{"low-port", fmt.Sprintf(nginx, "80", "80"), "Let nginx listen on a port above 1023, such as 8080, instead of 80: not every cluster lets a user other than root listen there.", 4},
		{"low-port", fmt.Sprintf(nginx, "8080", "80"), "", 0},
		{"low-port", fmt.Sprintf(gunicorn, "", "0.0.0.0:443", "0.0.0.0:443", ""), "Let gunicorn listen on a port above 1023, such as 8443, instead of 443: not every cluster lets a user other than root listen there.", 3},
		{"low-port", fmt.Sprintf(program, `"/app", "--port", "80"`), "Let app listen on a port above 1023, such as 8080, instead of 80: not every cluster lets a user other than root listen there.", 3},
		{"low-port", fmt.Sprintf(program, `"/app", "--listen=:443"`), "Let app listen on a port above 1023, such as 8443, instead of 443: not every cluster lets a user other than root listen there.", 3},
		{"low-port", fmt.Sprintf(program, `"/bin/sh", "-c", "exec /app --port $PORT"`), "Let app listen on a port above 1023, such as 8081, instead of 81: not every cluster lets a user other than root listen there.", 3},
		{"low-port", fmt.Sprintf(program, `"/app", "--port", "8080"`), "", 0},
		{"low-port", fmt.Sprintf(program, `"/app", "--db-host", "x", "--port", "443"`), "", 0},
		{"low-port", fmt.Sprintf(program, `"/app", "--check", "https://x", "--port", "443"`), "", 0},
		{"expose-mismatch", fmt.Sprintf(nginx, "8080", "80"), "EXPOSE 8080 instead of 80: there nginx listens.EXPOSE 8080", 3},
		{"expose-mismatch", fmt.Sprintf(nginx, "80", "80"), "", 0},
		{"local-only", fmt.Sprintf(nginx, "127.0.0.1:8080", "8080"), "Let nginx listen on 0.0.0.0: it listens on 127.0.0.1 alone, where neither docker run -p nor a Service nor a probe reaches it.", 4},
		{"local-only", fmt.Sprintf(nginx, "[::]:8080", "8080"), "", 0},
		{"local-only", fmt.Sprintf(gunicorn, "EXPOSE 8000", "127.0.0.1:8000", "127.0.0.1:8000", `, "ExposedPorts": {"8000/tcp": {}}`), "Let gunicorn listen on 0.0.0.0: it listens on 127.0.0.1 alone, where neither docker run -p nor a Service nor a probe reaches it.CMD [\"gunicorn\", \"-b\", \"0.0.0.0:8000\", \"a:a\"]", 4},
		{"local-only", fmt.Sprintf(gunicorn, "", "127.0.0.1:8000", "127.0.0.1:8000", ""), "Let gunicorn listen on 0.0.0.0: it listens on 127.0.0.1 alone, where neither docker run -p nor a Service nor a probe reaches it.", 3},
	} {
		got := ""
		for _, f := range rulestest.Parse(t, "COPY rootfs /\n"+test.image).Findings(t, test.rule) {
			got += f.Fix.Summary + rulestest.Text(f.Fix.After)
			if f.Instruction == nil || *f.Instruction != test.line-1 {
				t.Errorf("%s at instruction %v, want %d\n%s", test.rule, f.Instruction, test.line-1, test.image)
			}
		}
		if got != test.want {
			t.Errorf("%s\n%s\ngot  %q\nwant %q", test.rule, test.image, got, test.want)
		}
	}
}
