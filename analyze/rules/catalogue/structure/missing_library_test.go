package structure_test

import (
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestMissingLibrary tries what is told of entry points, and where nothing is.
func TestMissingLibrary(t *testing.T) {
	const glibc = "/lib64/ld-linux-x86-64.so.2"
	base := []string{"lib64/ld-linux-x86-64.so.2 elf", "lib/libc.so.6 elf", "bin/sh elf " + glibc + " libc.so.6", "usr/bin/env elf " + glibc + " libc.so.6"}
	lacking := "app/server elf " + glibc + " libc.so.6 libcrypto.so.3"
	for name, test := range map[string]struct {
		config v1.Config
		files  []string
		want   string
	}{
		"the program":                 {v1.Config{Cmd: []string{"/app/server"}}, []string{lacking}, "libcrypto.so.3 is needed by /app/server and not in the image (it cannot start): install the package that holds it, or copy it from the stage that has it."},
		"through PATH":                {v1.Config{Cmd: []string{"server"}, Env: []string{"PATH=/bin:/app"}}, []string{lacking}, "libcrypto.so.3 is needed by /app/server"},
		"from the working directory":  {v1.Config{Cmd: []string{"./server"}, WorkingDir: "/app"}, []string{lacking}, "libcrypto.so.3 is needed by /app/server"},
		"the command of a shell":      {v1.Config{Cmd: []string{"/bin/sh", "-c", "exec /app/server --port 80"}}, []string{lacking}, "libcrypto.so.3 is needed by /app/server"},
		"only in some cases":          {v1.Config{Cmd: []string{"/bin/sh", "-c", "test -f /x && true || /app/server"}}, []string{lacking}, ""},
		"another program":             {v1.Config{Cmd: []string{"/bin/sh", "-c", "sleep 1"}}, []string{lacking}, ""},
		"two libraries":               {v1.Config{Cmd: []string{"/a"}}, []string{"a elf " + glibc + " liba.so libb.so"}, "liba.so and libb.so are needed by /a and not in the image (it cannot start): install the packages that hold them, or copy them from the stage that has them."},
		"many libraries":              {v1.Config{Cmd: []string{"/a"}}, []string{"a elf " + glibc + " l1.so l2.so l3.so l4.so l5.so l6.so l7.so"}, "l1.so, l2.so, l3.so, l4.so, l5.so and 2 more are needed"},
		"a library of a library":      {v1.Config{Cmd: []string{"/a"}}, []string{"a elf " + glibc + " liba.so", "usr/lib/liba.so elf - libb.so"}, "libb.so is needed by /usr/lib/liba.so and not in the image (/a cannot start)"},
		"the loader":                  {v1.Config{Cmd: []string{"/a"}}, []string{"a elf /lib/ld-musl-x86_64.so.1 libc.musl-x86_64.so.1"}, "/lib/ld-musl-x86_64.so.1, the loader of /a, is not in the image"},
		"copied without ldconfig":     {v1.Config{Cmd: []string{"/a"}}, []string{"a elf " + glibc + " libfoo.so", "usr/local/lib/libfoo.so elf"}, "/a needs /usr/local/lib/libfoo.so, which the loader does not find there (it cannot start): run ldconfig"},
		"told where to look":          {v1.Config{Cmd: []string{"/a"}, Env: []string{"LD_LIBRARY_PATH=/usr/local/lib"}}, []string{"a elf " + glibc + " libfoo.so", "usr/local/lib/libfoo.so elf"}, ""},
		"a shell may tell it":         {v1.Config{Cmd: []string{"/bin/sh", "-c", "LD_LIBRARY_PATH=/usr/local/lib /a"}}, []string{"a elf " + glibc + " libfoo.so", "usr/local/lib/libfoo.so elf"}, ""},
		"all is there":                {v1.Config{Cmd: []string{"/app/server"}}, []string{lacking, "usr/lib/libcrypto.so.3 elf"}, ""},
		"static":                      {v1.Config{Cmd: []string{"/a"}}, []string{"a elf"}, ""},
		"no such program":             {v1.Config{Cmd: []string{"/b"}}, []string{lacking}, ""},
		"no command":                  {v1.Config{}, []string{lacking}, ""},
		"a script without its shell":  {v1.Config{Entrypoint: []string{"/start.sh"}}, []string{"start.sh #!/bin/bash"}, "/bin/bash runs /start.sh and is not in the image, so the container cannot start"},
		"a script that another reads": {v1.Config{Entrypoint: []string{"sh", "/start.sh"}}, []string{"start.sh #!/bin/bash"}, ""},
		"a script with its shell":     {v1.Config{Entrypoint: []string{"/start.sh"}}, []string{"start.sh #!/bin/sh -e"}, ""},
		"an interpreter that lacks":   {v1.Config{Entrypoint: []string{"/start"}}, []string{"start #!/opt/python", "opt/python elf " + glibc + " libpython3.so"}, "libpython3.so is needed by /opt/python"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := rulestest.Does(t, "COPY a /", "x")
			for _, file := range test.files {
				if path, line, script := strings.Cut(file, " #!"); script {
					s.Files = append(s.Files, imagetest.File{Path: path, Body: []byte("#!" + line + "\nexec true\n"), Mode: 0o755})
				} else {
					s.Files = append(s.Files, rulestest.Does(t, "COPY a /", file).Files...)
				}
			}
			img := rulestest.Image{Config: test.config, Steps: []rulestest.Step{rulestest.Does(t, "COPY rootfs /", base...), s}}
			var got []string
			for _, f := range img.Findings(t, "missing-library") {
				got = append(got, f.Fix.Summary)
				if f.Bytes != 0 || f.Confidence != "certain" || f.Layer == nil {
					t.Errorf("%+v", f)
				}
			}
			if text := strings.Join(got, " "); (text == "") != (test.want == "") || !strings.HasPrefix(text, test.want) {
				t.Errorf("got  %q\nwant %q", text, test.want)
			}
		})
	}
}
