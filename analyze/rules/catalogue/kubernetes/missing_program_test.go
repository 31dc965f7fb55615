package kubernetes_test

import (
	"cmp"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestMissingProgram tries what is told of commands that cannot start, and where nothing is.
func TestMissingProgram(t *testing.T) {
	sh := imagetest.Program("bin/sh", imagetest.ELF{})
	server := imagetest.Program("usr/local/bin/server", imagetest.ELF{})
	script := func(name, text string) imagetest.File { return imagetest.Text(name, text).Chmod(0o755) }
	shell := func(text string) v1.Config { return v1.Config{Cmd: []string{"/bin/sh", "-c", text}} }
	cmd := func(words ...string) v1.Config { return v1.Config{Cmd: words} }
	entry := func(entrypoint string, words ...string) v1.Config {
		return v1.Config{Entrypoint: []string{entrypoint}, Cmd: words}
	}
	in := func(c v1.Config, dir string) v1.Config { c.WorkingDir = dir; return c }
	as := func(c v1.Config, user string) v1.Config { c.User = user; return c }
	env := func(c v1.Config, vars ...string) v1.Config { c.Env = vars; return c }
	for name, test := range map[string]struct {
		config v1.Config
		files  []imagetest.File
		want   string // the beginning of what is said, "" for nothing
		less   model.Confidence
	}{
		"an absolute path":            {cmd("/opt/server"), nil, "CMD starts /opt/server, which is not in the image, so the container cannot start: name /usr/local/bin/server, which is there.", ""},
		"another name":                {cmd("/usr/local/bin/sever"), nil, "CMD starts /usr/local/bin/sever, which is not in the image, so the container cannot start: copy it there, or name the path that it has.", ""},
		"nothing in the directory":    {cmd("/work/run"), nil, "CMD starts /work/run, which is not in the image", model.Likely},
		"a name":                      {cmd("serve"), nil, "CMD starts serve, which is not in the image", ""},
		"a name at the top":           {cmd("serve"), []imagetest.File{script("serve", "#!/bin/sh\n")}, "CMD starts serve, which is not in the image, so the container cannot start: name /serve, which is there.", ""},
		"a name in PATH":              {cmd("server"), nil, "", ""},
		"PATH from ENV":               {env(cmd("x"), "PATH=/opt/bin:/bin"), []imagetest.File{script("opt/bin/x", "#!/bin/sh\n")}, "", ""},
		"PATH with one to run":        {env(cmd("x"), "PATH=/opt:/bin"), []imagetest.File{imagetest.Text("opt/x", "#!/bin/sh\n"), script("bin/x", "#!/bin/sh\n")}, "", ""},
		"PATH with a directory":       {env(cmd("x"), "PATH=/opt:/bin"), []imagetest.File{imagetest.Dir("opt/x/"), script("bin/x", "#!/bin/sh\n")}, "", ""},
		"PATH with none to run":       {env(cmd("x"), "PATH=/opt:/bin"), []imagetest.File{imagetest.Text("opt/x", "#!/bin/sh\n")}, "CMD starts x, which nobody may run (mode 0644)", ""},
		"a shell's own command":       {cmd("cd", "/app"), nil, "CMD starts cd, which is not in the image, so the container cannot start: only a shell has that command, so give it to sh -c, or name a program.", ""},
		"a shell's, but there":        {cmd("test", "-e", "/x"), []imagetest.File{script("usr/bin/test", "\x7fELF")}, "", ""},
		"PATH without it":             {env(cmd("server"), "PATH=/opt/bin:/bin"), nil, "CMD starts server, which is not in the image", ""},
		"a PATH of variables":         {env(cmd("serve"), "PATH=$HOME/bin:/bin"), nil, "", ""},
		"a link":                      {cmd("/go"), []imagetest.File{imagetest.Symlink("go", "usr/local/bin/server")}, "", ""},
		"a link of a directory":       {cmd("/usr/bin/sh"), []imagetest.File{imagetest.Symlink("usr/bin", "../bin")}, "", ""},
		"a hard link":                 {cmd("/go"), []imagetest.File{imagetest.HardLink("go", "usr/local/bin/server").Chmod(0o755)}, "", ""},
		"relative":                    {in(cmd("./run"), "/app"), []imagetest.File{script("app/run", "#!/bin/sh\n")}, "", ""},
		"relative and missing":        {in(cmd("./run"), "/app"), []imagetest.File{script("app/other", "#!/bin/sh\n")}, "CMD starts ./run, which is not in the image", ""},
		"a volume":                    {v1.Config{Cmd: []string{"/app/run"}, Volumes: map[string]struct{}{"/app": {}}}, nil, "", ""},
		"a directory":                 {cmd("/usr/local/bin"), nil, "CMD starts /usr/local/bin, which is a directory", ""},
		"a device":                    {cmd("/proc/self/exe"), nil, "", ""},
		"no bit":                      {cmd("/run.sh"), []imagetest.File{imagetest.Text("run.sh", "#!/bin/sh\n")}, "CMD starts /run.sh, which nobody may run (mode 0644), so the container cannot start: mark it executable, with COPY --chmod=755 or RUN chmod +x /run.sh.", ""},
		"no bit, but a shell":         {cmd("sh", "/run.sh"), []imagetest.File{imagetest.Text("run.sh", "#!/bin/sh\n")}, "", ""},
		"data":                        {cmd("/run"), []imagetest.File{imagetest.Fill("run", 99)}, "", ""},
		"for its owner":               {as(cmd("/run.sh"), "7"), []imagetest.File{imagetest.Text("run.sh", "#!/bin/sh\n").Chmod(0o700)}, "CMD starts /run.sh, which only user 0 may run (mode 0700), and the image's user is 7", ""},
		"for its group":               {as(cmd("/run.sh"), "7"), []imagetest.File{imagetest.Text("run.sh", "#!/bin/sh\n").Chmod(0o750)}, "", ""},
		"in root's home":              {as(cmd("/root/run"), "7"), []imagetest.File{imagetest.Dir("root/").Chmod(0o700), script("root/run", "#!/bin/sh\n")}, "CMD starts /root/run, which user 7 cannot reach: /root is only for user 0 (mode 0700)", ""},
		"root in root's home":         {cmd("/root/run"), []imagetest.File{imagetest.Dir("root/").Chmod(0o700), script("root/run", "#!/bin/sh\n")}, "", ""},
		"lines of Windows":            {cmd("/run.sh"), []imagetest.File{script("run.sh", "#!/bin/sh\r\nexec server\r\n")}, `CMD starts /run.sh, which has lines that end as on Windows (the kernel looks for /bin/sh\r), so the container cannot start: save it`, ""},
		"lines of Windows for sh":     {cmd("sh", "/run.sh"), []imagetest.File{script("run.sh", "#!/bin/sh\r\nexec server\r\n")}, "", ""},
		"no first line":               {cmd("/run.sh"), []imagetest.File{script("run.sh", "set -e\nexec server\n")}, "CMD starts /run.sh, which does not say who runs it, so the container cannot start: let its first line be #!/bin/sh.", ""},
		"no first line, by an init":   {cmd("tini", "--", "/run.sh"), []imagetest.File{script("usr/bin/tini", "\x7fELF"), script("run.sh", "set -e\nexec server\n")}, "", ""},
		"behind an init":              {cmd("tini", "--", "/opt/x"), []imagetest.File{script("usr/bin/tini", "\x7fELF")}, "CMD starts /opt/x, which is not in the image", model.Likely},
		"no init":                     {entry("tini", "--", "server"), nil, "ENTRYPOINT starts tini, which is not in the image", ""},
		"env with a PATH":             {cmd("env", "PATH=/x", "go"), []imagetest.File{script("usr/bin/env", "\x7fELF")}, "", ""},
		"a script with arguments":     {entry("/e.sh", "serve"), []imagetest.File{script("e.sh", "#!/bin/sh\nset -e\nexec \"$@\"\n")}, "/e.sh starts serve, which is not in the image", model.Likely},
		"arguments that are there":    {entry("/e.sh", "server"), []imagetest.File{script("e.sh", "#!/bin/sh\nset -e\nexec \"$@\"\n")}, "", ""},
		"a script that changes them":  {entry("/e.sh", "serve"), []imagetest.File{script("e.sh", "#!/bin/sh\nset -- server \"$@\"\nexec \"$@\"\n")}, "", ""},
		"a script that looks at them": {entry("/e.sh", "serve"), []imagetest.File{script("e.sh", "#!/bin/sh\ncase \"$1\" in serve) exec server ;; esac\nexec \"$@\"\n")}, "", ""},
		"a script with its own PATH":  {entry("/e.sh"), []imagetest.File{script("e.sh", "#!/bin/sh\nexport PATH=/x:$PATH\nexec serve\n")}, "", ""},
		"a script that installs":      {entry("/e.sh"), []imagetest.File{script("e.sh", "#!/bin/sh\napk add serve\nexec serve\n")}, "", ""},
		"an environment":              {entry("/e.sh"), []imagetest.File{script("e.sh", "#!/bin/sh\n. /venv/bin/activate\nexec serve\n")}, "", ""},
		"the program of a script":     {entry("/e.sh"), []imagetest.File{script("e.sh", "#!/bin/sh\nset -e\nexec serve --port 1\n")}, "/e.sh starts serve, which is not in the image", model.Likely},
		"a shell's text":              {shell("exec serve"), nil, "CMD starts serve, which is not in the image", ""},
		"a builtin":                   {shell("while :; do sleep 1; done"), nil, "", ""},
		"one of two":                  {shell("serve || server"), nil, "", ""},
		"after cd":                    {shell("cd /x && ./run"), nil, "", ""},
		"a variable":                  {shell("exec $PROGRAM"), nil, "", ""},
		"no JSON":                     {shell("['server', '--port', '80']"), nil, `Write CMD as JSON, with double quotes and commas: this is no JSON, so a shell looks for a program called ['server',.`, ""},
		"a test":                      {shell("[ -f /x ] && server"), nil, "", ""},
		"Windows":                     {cmd(`C:\app.exe`), []imagetest.File{imagetest.Fill("Files/app.exe", 9)}, "", ""},
		"no command":                  {v1.Config{}, nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			step := rulestest.Step{By: "COPY rootfs /", Files: append([]imagetest.File{sh, server}, test.files...)}
			if strings.HasPrefix(name, "a link of") {
				step.Files = append(test.files, sh)
			}
			found := rulestest.Image{Config: test.config, Steps: []rulestest.Step{step}}.Findings(t, "missing-program")
			got := ""
			for _, f := range found {
				got += f.Fix.Summary
				if f.Confidence != cmp.Or(test.less, model.Certain) {
					t.Errorf("it is %s", f.Confidence)
				}
			}
			if (got == "") != (test.want == "") || !strings.HasPrefix(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// TestNoShell: a shell form in an image without a shell, unless a RUN shows that there was one.
func TestNoShell(t *testing.T) {
	files := []imagetest.File{imagetest.Program("app", imagetest.ELF{})}
	for by, want := range map[string]string{"COPY app /": "CMD in shell form starts /bin/sh, which is not in the image, so the container cannot start: write it with brackets, or install a shell.", "RUN make": ""} {
		got := ""
		for _, f := range (rulestest.Image{Config: v1.Config{Cmd: []string{"/bin/sh", "-c", "/app"}}, Steps: []rulestest.Step{{By: by, Files: files}}}).Findings(t, "missing-program") {
			got += f.Fix.Summary
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", by, got, want)
		}
	}
}

// TestMissingInPods: a pod's own command is looked at as well, and a volume may bring what it names.
func TestMissingInPods(t *testing.T) {
	const image = "COPY rootfs /\n+ app elf\n+ bin/sh elf\nconfig {\"Cmd\": [\"%s\"]}\npod {containers: [{name: x, image: app%s}]%s}"
	for _, test := range []struct{ cmd, container, pod, want string }{
		{"/app", `, command: ["/ap"]`, "", "The pod's command starts /ap, which is not in the image"},
		{"/app", `, command: ["/app"]`, "", ""},
		{"/ap", "", "", "CMD starts /ap, which is not in the image"},
		{"/ap", `, command: ["/app"]`, "", ""},
		{"/app", `, command: ["/data/run"], volumeMounts: [{name: v, mountPath: /data}]`, `, volumes: [{name: v, emptyDir: {}}]`, ""},
		{"/data/run", `, volumeMounts: [{name: v, mountPath: /data}]`, `, volumes: [{name: v, emptyDir: {}}]`, ""},
	} {
		text := strings.Replace(strings.Replace(strings.Replace(image, "%s", test.cmd, 1), "%s", test.container, 1), "%s", test.pod, 1)
		got := ""
		for _, f := range rulestest.Parse(t, text).Findings(t, "missing-program") {
			got += f.Fix.Summary
			if (f.Manifest != nil) != strings.HasPrefix(test.want, "The pod") {
				t.Errorf("%s: at %v", text, f.Manifest)
			}
		}
		if (got == "") != (test.want == "") || !strings.HasPrefix(got, test.want) {
			t.Errorf("%s\ngot  %q\nwant %q", text, got, test.want)
		}
	}
}
