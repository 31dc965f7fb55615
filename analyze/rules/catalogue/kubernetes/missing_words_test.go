package kubernetes_test

import (
	"fmt"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestMissingWords: which word of a command is the program. Want is the word that is said to be
// missing, with "?" where that is not certain; "" where nothing may be said. The image has python3,
// the wrappers, shells, and /srv/run.
func TestMissingWords(t *testing.T) {
	for _, test := range []struct {
		want  string
		words []string
	}{
		{"gone", []string{"gone"}},
		{"/opt/gone", []string{"/opt/gone"}},
		{"gone?", []string{"/bin/sh", "-c", "umask 022 && exec gone --port 80"}},
		{"gone", []string{"/bin/sh", "-c", "exec gone --port 80"}},
		{"gone", []string{"/bin/bash", "-ec", "gone"}},
		{"gone", []string{"setpriv", "--reuid", "1000", "--clear-groups", "gone"}},
		{"gone", []string{"tini", "-gse", "143", "gone"}},
		{"gone", []string{"env", "-u", "X", "gone"}},
		{"/srv/gone", []string{"env", "-C", "/", "/srv/gone"}},
		{"gone", []string{"nice", "-n", "5", "gone"}},
		{"gone", []string{"/bin/sh", "-c", "timeout 5 gone"}},
		{"gone?", []string{"/bin/sh", "-c", "A=b gone"}},
		{"gosu", []string{"tini", "--", "gosu", "app", "python3"}},
		{"/srv/run --port 80", []string{"tini", "--", "/srv/run --port 80"}},
		{"exec", []string{"exec", "python3"}},
		{"~/run?", []string{"~/run"}},

		{"", []string{"setpriv", "--reuid", "1000", "--clear-groups", "python3"}},
		{"", []string{"setpriv", "--reuid", "1000", "--bounding-set", "-all", "--inh-caps", "-all", "python3"}},
		{"", []string{"setpriv", "--new-option", "1000", "python3"}},
		{"", []string{"tini", "-gse", "143", "python3"}},
		{"", []string{"tini", "-z", "143", "python3"}},
		{"", []string{"env", "-C", "/srv", "./run"}},
		{"", []string{"env", "--chdir=/srv", "./run"}},
		{"", []string{"env", "-S", "gone -x"}},
		{"", []string{"env", "PATH=/opt/bin", "gone"}},
		{"", []string{"env", "-i", "gone"}},
		{"", []string{"/bin/sh", "-c", "python3 -m pip install gunicorn && gunicorn app"}},
		{"", []string{"/bin/sh", "-c", "npm ci && node_modules/.bin/x"}},
		{"", []string{"/bin/sh", "-c", "make && gone"}},
		{"", []string{"/bin/sh", "-c", "./setup.sh; gone"}},
		{"", []string{"/bin/sh", "-c", "nice python3 setup.py && gone"}},
		{"", []string{"/bin/sh", "-c", "env -S 'pip install x' && gone"}},
		{"", []string{"/bin/sh", "-c", "curl -o /usr/bin/gone https://x.example && gone"}},
		{"", []string{"/bin/sh", "-c", "cd /srv && ./gone"}},
		{"", []string{"/bin/sh", "-c", "env -C /srv ./run"}},
		{"", []string{"/bin/sh", "-c", "PATH=/x gone"}},
		{"", []string{"/bin/sh", "-c", "exec -a gone python3"}},
		{"", []string{"/bin/bash", "-lc", "gone"}},
		{"", []string{"/bin/bash", "-ic", "gone"}},
		{"", []string{"/bin/bash", "-c", "mapfile a"}},
		{"", []string{"/bin/bash", "-c", "compgen -b"}},
		{"", []string{"/bin/bash", "-c", "enable -f /x gone; gone"}},
		{"", []string{"/bin/bash", "-c", "shopt -s extglob"}},
		{"", []string{"/bin/sh", "-c", "chdir /srv"}},
		{"", []string{"/bin/sh", "-c", "command -p gone"}},
		{"", []string{"/bin/sh", "-c", "~/gone"}},
		{"", []string{"/bin/sh", "-c", "/srv/ru*"}},
		{"", []string{"/bin/sh", "-c", "/srv/ru?"}},
		{"", []string{"/bin/sh", "-c", `/srv/my\ app/run`}},
		{"", []string{"/bin/sh", "-c", "npm install -g gone && gone"}},
		{"", []string{"/bin/sh", "-c", "go build -o gone . && ./gone"}},
		{"", []string{"/bin/sh", "-c", "cargo build --release && target/release/gone"}},
		{"", []string{"/bin/sh", "-c", "echo x > /srv/gone; /srv/gone"}},
		{"", []string{"/bin/sh", "-c", "python3 -m venv /srv/v && /srv/v/bin/gone"}},
		{"", []string{"/bin/sh", "-c", "/srv/run; gone"}},
		{"", []string{"/bin/sh", "-c", "exec /proc/self/exe"}},
	} {
		files := []imagetest.File{imagetest.Program("bin/sh", imagetest.ELF{}), imagetest.Program("bin/bash", imagetest.ELF{}), imagetest.Program("srv/run", imagetest.ELF{}), imagetest.Text("opt/data", "x")}
		for _, name := range []string{"python3", "setpriv", "tini", "env", "nice", "timeout", "npm", "make", "curl", "go", "cargo"} {
			files = append(files, imagetest.Program("usr/bin/"+name, imagetest.ELF{}))
		}
		got := ""
		for _, f := range (rulestest.Image{Config: v1.Config{Cmd: test.words}, Steps: []rulestest.Step{{By: "COPY rootfs /", Files: files}}}).Findings(t, "missing-program") {
			_, after, _ := strings.Cut(f.Fix.Summary, "CMD starts ")
			got, _, _ = strings.Cut(after, ",")
			if f.Confidence != model.Certain {
				got += "?"
			}
		}
		if got != test.want {
			t.Errorf("%q: got %q, want %q", test.words, got, test.want)
		}
	}
}

// TestMissingBehindSettings: what a pod says of PATH, and of the user.
func TestMissingBehindSettings(t *testing.T) {
	const image = "COPY rootfs /\n+ opt/x elf\n+ bin/sh elf\nconfig {\"Cmd\": [\"/bin/sh\"]}\npod {containers: [{name: x, image: app, %s}]}"
	for settings, want := range map[string]model.Confidence{
		`command: ["x"]`: model.Certain,
		`command: ["x"], env: [{name: PATH, value: /bin}]`:                                           model.Certain,
		`command: ["x"], env: [{name: PATH, valueFrom: {configMapKeyRef: {name: a, key: b}}}]`:       "",
		`command: [sh, -c, x], env: [{name: PATH, valueFrom: {configMapKeyRef: {name: a, key: b}}}]`: "",
		`command: ["/x"], env: [{name: PATH, valueFrom: {configMapKeyRef: {name: a, key: b}}}]`:      model.Certain,
		`command: ["x"], env: [{name: PATH, value: "$(OTHER):/bin"}]`:                                "",
		`command: ["x"], env: [{name: PATH, value: "/opt"}]`:                                         "",
		`command: ["x"], envFrom: [{configMapRef: {name: a}}]`:                                       model.Possible,
		`command: ["/opt/x"], envFrom: [{configMapRef: {name: a}}]`:                                  "",
		`command: ["/x"], envFrom: [{configMapRef: {name: a}}]`:                                      model.Certain,
	} {
		var got model.Confidence
		for _, f := range rulestest.Parse(t, strings.Replace(image, "%s", settings, 1)).Findings(t, "missing-program") {
			got = f.Confidence
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", settings, got, want)
		}
	}
}

// TestWhoseUser: the user that may not run a program is the image's, or the pod's.
func TestWhoseUser(t *testing.T) {
	for pod, want := range map[string]string{
		`{containers: [{name: x, image: app, securityContext: {runAsUser: 1000}}]}`: "and the pod's user is 1000",
		`{containers: [{name: x, image: app}]}`:                                     "and the image's user is 7",
	} {
		got := ""
		img := rulestest.Image{Config: v1.Config{Cmd: []string{"/run.sh"}, User: "7"}, Pod: pod, Steps: []rulestest.Step{{
			By: "COPY rootfs /", Files: []imagetest.File{imagetest.Program("bin/sh", imagetest.ELF{}), imagetest.Text("run.sh", "#!/bin/sh\n").Chmod(0o700)},
		}}}
		for _, f := range img.Findings(t, "missing-program") {
			got += f.Fix.Summary
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %q", pod, got)
		}
	}
}

// TestWhichVariable: the instruction that sets the environment is the one with that very name.
func TestWhichVariable(t *testing.T) {
	for _, test := range []struct {
		env  string
		line int
	}{
		{"ENV ENVIRONMENT=staging\nENV ASPNETCORE_ENVIRONMENT=Production", 1},
		{"ENV ENVIRONMENT staging\nENV MY_ENVIRONMENT=x", 1},
		{"ENV X=y ENVIRONMENT=staging", 1},
		{"ENV X=y", -1},
	} {
		line := -1
		for _, f := range rulestest.Parse(t, "COPY app /\n+ app\n"+test.env+"\nconfig {\"Cmd\": [\"/app\"], \"Env\": [\"ENVIRONMENT=staging\"]}").Findings(t, "baked-in-environment") {
			line = *f.Instruction
		}
		if line != test.line {
			t.Errorf("%q: at %d, want %d", test.env, line, test.line)
		}
	}
}

// TestOneWord: a whole command in one word of a list, with the edit that takes it apart.
func TestOneWord(t *testing.T) {
	for _, test := range []struct{ instruction, config, want string }{
		{`CMD ["/app --flag"]`, `"Cmd": ["/app --flag"]`, `CMD ["/app", "--flag"]`},
		{`CMD ["/app --flag", "x"]`, `"Cmd": ["/app --flag", "x"]`, `CMD ["/app", "--flag", "x"]`},
		{`ENTRYPOINT ["/app --flag"]`, `"Entrypoint": ["/app --flag"]`, `ENTRYPOINT ["/app", "--flag"]`},
		{`ENTRYPOINT ["/app --flag"]`, `"Entrypoint": ["/app --flag"], "Cmd": ["x"]`, ""},
		{`CMD ["/gone --flag"]`, `"Cmd": ["/gone --flag"]`, ""},
		{`CMD ["/app --flag 'a b'"]`, `"Cmd": ["/app --flag 'a b'"]`, ""},
		{`CMD ["/app", "a b"]`, `"Cmd": ["/app", "a b"]`, "-"},
		{`CMD ["/my app"]`, `"Cmd": ["/my app"]`, "-"},
		{`CMD ["$APP x"]`, `"Cmd": ["$APP x"]`, "-"},
		{`CMD ["/data/run x"]`, `"Cmd": ["/data/run x"], "Volumes": {"/data": {}}`, "-"},
		{`CMD /app --flag`, `"Cmd": ["/bin/sh", "-c", "/app --flag"]`, "-"},
	} {
		img := rulestest.Parse(t, "COPY rootfs /\n+ app elf\n+ bin/sh elf\n"+test.instruction+"\nconfig {"+test.config+"}")
		img.Steps[0].Files = append(img.Steps[0].Files, imagetest.Program("my app", imagetest.ELF{}))
		got := "-"
		for _, f := range img.Findings(t, "missing-program") {
			got = rulestest.Text(f.Fix.After)
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.instruction, got, test.want)
		}
	}
}

// TestLongPath: of a PATH of thousands of directories nobody says that a program is in none.
func TestLongPath(t *testing.T) {
	for dirs, want := range map[int]int{3: 1, 5000: 0} {
		img := rulestest.Parse(t, "COPY rootfs /\n+ bin/sh elf\nconfig {\"Cmd\": [\"gone\"]}")
		list := []string{"/bin"}
		for i := range dirs {
			list = append(list, fmt.Sprintf("/opt/%d", i))
		}
		img.Config.Env = []string{"PATH=" + strings.Join(list, ":")}
		if found := img.Findings(t, "missing-program"); len(found) != want {
			t.Errorf("%d directories: %+v", dirs, found)
		}
	}
}
