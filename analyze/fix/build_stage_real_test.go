package fix_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/model"
)

// stagePromises are Dockerfiles that leave their compilers in the image.
var stagePromises = []struct{ name, dockerfile, want string }{
	{"c", `# the compiler
RUN apt-get update && \
    apt-get install -y --no-install-recommends gcc libc6-dev make ca-certificates && \
    rm -rf /var/lib/apt/lists/*
ENV GREETING=hello
WORKDIR /src
COPY c .
# the program
RUN make install
EXPOSE 80
CMD ["greet"]
`, "hello from C"},
	{"linked", `RUN useradd -m app
RUN apt-get update
RUN apt-get install -y gcc libc6-dev libsqlite3-dev
COPY linked /usr/src/linked
RUN gcc -O2 -o /usr/local/bin/version /usr/src/linked/version.c -lsqlite3
RUN mkdir -p /srv/data && version > /srv/data/version && chown -R app:app /srv/data && chmod 750 /srv/data
USER app
CMD test -O /srv/data && cat /srv/data/version && version
`, "sqlite 3."},
	{"one-run", `RUN apt-get update && apt-get install -y --no-install-recommends curl build-essential && cd /usr/local/src && printf 'int twice(int n) { return 2 * n; }\n' > twice.c && gcc -shared -fPIC -o /usr/local/lib/libtwice.so twice.c && rm -rf /var/lib/apt/lists/*
COPY c /srv/c
RUN printf '#include <stdio.h>\nint twice(int);\nint main(void) { printf("twice %%d\\n", twice(21)); return 0; }\n' > /tmp/main.c && gcc -o /opt/main /tmp/main.c -L/usr/local/lib -ltwice && rm /tmp/main.c
RUN ldconfig && chmod 755 /opt/main
ENTRYPOINT ["/opt/main"]
`, "twice 42"},
	{"python", `RUN apt-get update && apt-get install -y --no-install-recommends python3-venv python3-dev python3-setuptools gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY python /src
RUN python3 -m venv --system-site-packages /opt/venv && /opt/venv/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation /src
ENV PATH=/opt/venv/bin:$PATH
CMD ["python", "-c", "import answer; print('the answer is', answer.get())"]
`, "the answer is 42"},
	{"purged", `RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make zlib1g-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY c .
RUN make install
ENV GREETING=hello
WORKDIR /
RUN apt-get purge -y --auto-remove gcc libc6-dev make && rm -rf /src
CMD ["greet"]
`, "hello from C"},
	{"libraries", `RUN apt-get update && apt-get install -y --no-install-recommends \
    g++ cmake make \
    libfmt-dev libyaml-dev libxml2-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY libraries .
RUN cmake -B build . && cmake --build build && cmake --install build
USER nobody
CMD ["/usr/local/bin/app"]
`, "format 42, yaml is there"},
	{"java", `RUN mkdir -p /usr/share/man/man1 && apt-get update && apt-get install -y --no-install-recommends openjdk-17-jdk-headless && rm -rf /var/lib/apt/lists/*
COPY java /src
RUN mkdir /app && javac -d /app /src/Hello.java
CMD ["java", "-cp", "/app", "Hello"]
`, "hello from Java"},
	{"front-end", `RUN apt-get update && apt-get install -y --no-install-recommends nginx-light nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY site .
RUN npm run build && cp -r dist/* /usr/share/nginx/html/
CMD ["nginx", "-t"]
`, "test is successful"},
}

// stageContext makes what the Dockerfiles copy.
func stageContext(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"c/greet.c":                "#include <stdio.h>\n#include <stdlib.h>\nint main(void) { printf(\"%s from C\\n\", getenv(\"GREETING\")); return 0; }\n",
		"c/Makefile":               "greet: greet.c\n\tcc -O2 -o greet greet.c\ninstall: greet\n\tinstall -m 755 greet /usr/local/bin/greet\n",
		"linked/version.c":         "#include <stdio.h>\n#include <sqlite3.h>\nint main(void) { printf(\"sqlite %s\\n\", sqlite3_libversion()); return 0; }\n",
		"libraries/main.cpp":       "#include <cstdio>\n#include <fmt/core.h>\n#include <dlfcn.h>\nint main() { std::puts(fmt::format(\"format {}, yaml is {}\", 42, dlopen(\"libyaml-0.so.2\", RTLD_NOW) ? \"there\" : \"missing\").c_str()); }\n",
		"libraries/CMakeLists.txt": "cmake_minimum_required(VERSION 3.10)\nproject(a CXX)\nfind_package(fmt REQUIRED)\nadd_executable(app main.cpp)\ntarget_link_libraries(app fmt::fmt dl)\ninstall(TARGETS app DESTINATION bin)\n",
		"java/Hello.java":          "public class Hello { public static void main(String[] a) { System.out.println(\"hello from Java\"); } }\n",
		"site/package.json":        "{\"name\": \"site\", \"version\": \"1.0.0\", \"scripts\": {\"build\": \"node build.js\"}}\n",
		"site/build.js":            "const fs = require('fs'); fs.mkdirSync('dist', {recursive: true}); fs.writeFileSync('dist/index.html', 'built')\n",
		"python/setup.py":          "from setuptools import setup, Extension\nsetup(name='answer', version='1', ext_modules=[Extension('answer', ['answer.c'])])\n",
		"python/answer.c": "#include <Python.h>\nstatic PyObject *get(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }\n" +
			"static PyMethodDef methods[] = {{\"get\", get, METH_NOARGS, \"\"}, {NULL, NULL, 0, NULL}};\n" +
			"static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, \"answer\", NULL, -1, methods};\nPyMODINIT_FUNC PyInit_answer(void) { return PyModule_Create(&module); }\n",
	} {
		write(t, filepath.Join(dir, name), []byte(text))
	}
	return dir
}

// TestBuildStagePredictedEqualsReal builds images with a compiler in them, lets a
// build stage take it out, and compares what was promised with what came.
func TestBuildStagePredictedEqualsReal(t *testing.T) {
	if os.Getenv("TARE_REAL") != "1" {
		t.Skip("needs a real engine and registry: set TARE_REAL=1 and DOCKER_HOST")
	}
	for _, p := range stagePromises {
		t.Run(p.name, func(t *testing.T) {
			dir := stageContext(t)
			file := filepath.Join(dir, "Dockerfile")
			text := []byte("FROM " + base + "\n" + p.dockerfile)
			write(t, file, text)
			built := build(t, dir, "stage-"+p.name+"-before", file)
			before := built.Report
			plain, err := fix.Plan(before, text, fix.Options{Build: built.Build})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(plain.Left, func(l fix.Left) bool {
				return (l.Rule == "build-tools" || l.Rule == "removed-later") &&
					(strings.Contains(l.Why, "--strategy multi-stage writes that stage") || strings.Contains(l.Why, "tare fix without --strategy finds out which save more"))
			}) {
				t.Errorf("edits without a stage name no way to one: %+v", plain.Left)
			}
			result, err := fix.Plan(before, text, fix.Options{Build: built.Build, Stage: fix.AnyStage})
			if err != nil {
				t.Fatal(err)
			}
			diff, err := result.Diff("Dockerfile", ".dockerignore")
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range result.Left {
				if l.Rule == "build-tools" {
					t.Fatalf("no build stage: %s", l.Why)
				}
			}
			run(t, dir, strings.NewReader(diff), "patch", "-p1", "--fuzz=0")
			after := build(t, dir, "stage-"+p.name+"-after", file).Report
			saved := before.Image.Size - after.Image.Size
			t.Logf("promised %d bytes, saved %d of %d\n%s", result.SavedBytes, saved, before.Image.Size, diff)
			if off := saved - result.SavedBytes; max(off, -off)*50 > result.SavedBytes {
				t.Errorf("promised %d bytes and saved %d, which is off by more than 2 %%", result.SavedBytes, saved)
			}
			for _, which := range []string{"before", "after"} {
				if got := says(t, tag("stage-"+p.name+"-"+which)); !strings.Contains(got, p.want) {
					t.Errorf("the container %s the edit says %q, want %q", which, got, p.want)
				}
			}
			for _, f := range after.Findings {
				if f.Rule == "build-tools" && !f.Inherited && f.Wasted() && f.Bytes > 0 {
					t.Errorf("after the fix there still is %s with %d bytes of %q", f.ID, f.Bytes, f.Packages)
				}
				if f.Rule == "build-tools" && f.Verdict != nil && *f.Verdict == model.Shadowed {
					t.Errorf("%s is shadowed", f.ID)
				}
			}
		})
	}
}
