package multistage_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
)

// TestUnknownResults: there is no stage where it is not known what a container runs, or where
// the image does not show what a step made.
func TestUnknownResults(t *testing.T) {
	const (
		starts  = "COPY start /start.sh ## /start.sh \"#!/bin/sh\\nexec app\\n\"\n"
		passes  = "COPY start /start.sh ## /start.sh \"#!/bin/sh\\nexec \\\"$@\\\"\\n\"\n"
		python  = "COPY . /srv ## /srv/app.py 9k; /srv/requirements.txt 90; /usr/bin/python3 elf needs=libc.so.6 9k\n"
		modules = " ## /usr/local/lib/python3.11/site-packages/numpy/a.so elf needs=libc.so.6 9k\n"
	)
	for _, test := range []struct {
		name, lines, command, want string
	}{
		{"a supervisor", compileELF, `CMD ["supervisord"]`, "the container's program starts other programs"},
		{"a script that is not in the image", compileELF, `CMD ["/start.sh"]`, "the container starts /start.sh, which is not in the image"},
		{"a script that a shell gets", compileELF, `CMD ["bash", "/start.sh"]`, "the container starts /start.sh, which is not in the image"},
		{"a relative path", compileELF + "WORKDIR /srv\n", `CMD ["./run"]`, "the container starts ./run, which is not in the image"},
		{"a program of Python", python + "WORKDIR /srv\nRUN pip install numpy" + modules, `CMD ["python3", "main.py"]`, "the container starts ./main.py, which is not in the image"},
		{"a script that runs its arguments, without any", passes + compileELF, `CMD ["/start.sh"]`, "the container runs what /start.sh is given, and it is given nothing"},
		{"a script that is too long to read", "COPY server.sh /usr/local/bin/ ## /usr/local/bin/server.sh 90k\n" + compileELF, `CMD ["server.sh"]`, "tare could not read the script that a container starts"},
		{"the same as text of a shell", passes + compileELF, `CMD /start.sh`, "the container runs what /start.sh is given, and it is given nothing"},
		{"requirements that the image does not have", python + "WORKDIR /srv\nRUN pip install -r reqs.txt" + modules, `CMD ["python3", "app.py"]`, "line 5 reads /srv/reqs.txt, which the image does not have, so tare cannot tell what it makes"},
		{"by another pip", python + "RUN cd /srv && /srv/venv/bin/pip3 install --requirement=reqs/prod.txt" + modules, `CMD ["python3", "/srv/app.py"]`, "line 4 reads /srv/reqs/prod.txt, which the image does not have, so tare cannot tell what it makes"},
		{"by python -m pip", python + "RUN python3 -m pip install -r/srv/reqs.txt" + modules, `CMD ["python3", "/srv/app.py"]`, "line 4 reads /srv/reqs.txt, which the image does not have, so tare cannot tell what it makes"},

		{"a program behind an init", compileELF, `CMD ["catatonit", "--", "/start.sh"]`, "the container starts /start.sh, which is not in the image"},
		{"a program in a directory that env changes to", starts + compileELF + "COPY run /opt/run ## /opt/run \"#!/bin/sh\\nexec app\\n\"\n", `CMD ["env", "-C", "/opt", "./run"]`, ""},
		{"a script of a package", tool("server.sh") + compileELF, `CMD ["server.sh"]`, ""},
		{"a script that was read", starts + compileELF, `CMD ["/start.sh"]`, ""},
		{"a script that runs the command", passes + compileELF, "ENTRYPOINT [\"/start.sh\"]\nCMD [\"app\"]", ""},
		{"a program of Python that is there", python + "WORKDIR /srv\nRUN pip install numpy" + modules, `CMD ["python3", "app.py"]`, ""},
		{"a module of Python", python + "RUN pip install numpy" + modules, `CMD ["python3", "-m", "app"]`, ""},
		{"requirements that are there", python + "WORKDIR /srv\nRUN pip install -r requirements.txt" + modules, `CMD ["python3", "app.py"]`, ""},
		{"requirements of an address", python + "RUN pip install -r https://x.example/reqs.txt" + modules, `CMD ["python3", "/srv/app.py"]`, ""},
		{"requirements that a mount brings", python + "RUN --mount=type=bind,target=/tmp/r pip install -r /tmp/r/reqs.txt" + modules, `CMD ["python3", "/srv/app.py"]`, ""},
		{"requirements of a variable", python + "RUN pip install -r $R" + modules, `CMD ["python3", "/srv/app.py"]`, ""},
		{"requirements that the RUN removes", python + "RUN curl -o /r.txt https://x.example/r && pip install -r /r.txt && rm /r.txt" + modules, `CMD ["python3", "/srv/app.py"]`, ""},
		{"requirements where no shell can be followed", python + "RUN cd $D && pip install -r reqs.txt" + modules, `CMD ["python3", "/srv/app.py"]`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := fixtureOf(install + test.lines)
			f.dockerfile = strings.Replace(f.dockerfile, "CMD [\"app\"]\n", test.command+"\n", 1)
			r, build := f.analyze(t)
			result, err := fix.Plan(r, []byte(f.dockerfile), fix.Options{Stage: fix.AnyStage, Rules: f.rules(), Build: build})
			if err != nil {
				t.Fatal(err)
			}
			outcome := outcomeOf(r, result)
			if result.HasStage() != (test.want == "") || test.want != "" && !strings.HasPrefix(outcome, "left: tare proposes no build stage: "+test.want+". ") {
				t.Errorf("got  %swant %q", outcome, test.want)
			}
		})
	}
}
