package analyze

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
	"github.com/tare-oci/tare/model"
)

// TestNeighbours: other Dockerfiles of a repository say what they need of an image, by the name that the
// user gave it.
func TestNeighbours(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, reference, file, text string
		want                        []rules.Neighbour
	}{
		{"installs from the lists", "org/base:1", "js/Dockerfile-8.x", "FROM org/base\nRUN apt-get install -y gpg\n", []rules.Neighbour{{Name: "js/Dockerfile-8.x", Builds: true, Installs: true}}},
		{"by the whole name", "docker.io/org/base@sha256:0000000000000000000000000000000000000000000000000000000000000000", "js/x.dockerfile", "FROM org/base:latest\nRUN apt-get install -y gpg\n", []rules.Neighbour{{Name: "js/x.dockerfile", Builds: true, Installs: true}}},
		{"of Docker Hub", "base:1", "js/Dockerfile", "FROM docker.io/library/base\nRUN apt-get install -y gpg\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Installs: true}}},
		{"of the registry that it is pushed to", "base:1", "js/Dockerfile", "FROM example.org/team/base\nRUN apt-get install -y gpg\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Installs: true}}},
		{"of a registry that the build tells", "base:1", "js/Dockerfile", "ARG REGISTRY\nFROM ${REGISTRY}/team/base:1\nRUN apt-get install -y gpg\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Installs: true}}},
		{"of a registry and a team that the build tells", "base:1", "js/Dockerfile", "ARG REGISTRY\nFROM ${REGISTRY}base\nRUN apt-get install -y gpg\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Installs: true}}},
		{"fetches lists first", "org/base:1", "js/Dockerfile", "FROM org/base\nRUN apt-get update && apt-get install -y gpg\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true}}},
		{"fetches lists perhaps", "org/base:1", "js/Dockerfile", "FROM org/base\nRUN if [ -n \"$A\" ]; then apt-get update; fi && apt-get install -y gpg\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Installs: true}}},
		{"a script that may install", "org/base:1", "js/Dockerfile", "FROM org/base\nRUN /install.sh\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Installs: true}}},
		{"a script that is made runnable", "org/base:1", "js/Dockerfile", "FROM org/base\nRUN chmod +x /install.sh\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true}}},
		{"by way of another stage", "org/base:1", "js/Dockerfile", "FROM org/base:1 AS common\nFROM common\nRUN apt-get install -y jq\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Installs: true}}},
		{"by the default of an argument", "org/base:1", "js/Dockerfile", "ARG BASE=org/base\nARG TAG=1\nFROM ${BASE}:${TAG}\nRUN apt-get install -y jq\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Installs: true}}},
		{"with a tag that only the build tells", "org/base:1", "js/Dockerfile", "ARG TAG\nFROM org/base:$TAG\nRUN apt-get install -y jq\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Installs: true}}},
		{"with a tag that an argument tells", "org/base:1", "js/Dockerfile", "FROM org/base:${TAG:-latest}\nRUN apt-get install -y jq\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Installs: true}}},
		{"copies from a stage", "org/wheels:1", "js/Dockerfile", "FROM org/wheels:1 AS wheels\nFROM debian\nCOPY --from=wheels /tmp/wheels /w\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Copies: []string{"/tmp/wheels"}}}},
		{"mounts a directory", "org/wheels:1", "js/Dockerfile", "FROM debian\nRUN --mount=type=bind,from=org/wheels:1,source=/tmp/wheels,target=/w pip install /w/*.whl\n", []rules.Neighbour{{Name: "js/Dockerfile", Copies: []string{"/tmp/wheels"}}}},
		{"mounts a directory, in short", "org/wheels:1", "js/Dockerfile", "FROM org/wheels:1 AS Wheels\nFROM debian\nRUN --mount=from=Wheels,src=tmp/wheels,dst=/w pip install /w/*.whl\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Copies: []string{"/tmp/wheels"}}}},
		{"mounts all of it", "org/wheels:1", "js/Dockerfile", "FROM debian\nRUN --mount=from=org/wheels,target=/w pip install /w/tmp/*.whl\n", []rules.Neighbour{{Name: "js/Dockerfile", Copies: []string{"/"}}}},
		{"uses temporary files", "org/wheels:1", "js/Dockerfile", "FROM org/wheels:1\nRUN pip install /tmp/wheels/*.whl\n", []rules.Neighbour{{Name: "js/Dockerfile", Builds: true, Copies: []string{"/tmp/wheels/*.whl"}}}},
		{"another image", "org/base:1", "js/Dockerfile", "FROM org/base2\nRUN apt-get update && apt-get install -y gpg\n", nil},
		{"an image by another name, with lists", "base:1", "java/Dockerfile", "FROM snippet-run-image-base\nRUN mkdir /x && apt install -y jdk\n", []rules.Neighbour{{Name: "java/Dockerfile", Installs: true}}},
		{"an image of an archive, with lists", "", "java/Dockerfile", "FROM gcr.io/x/opencv AS y\nRUN apt-get install -y lsb-release\nFROM debian\nRUN apt-get update\n", []rules.Neighbour{{Name: "java/Dockerfile", Installs: true}}},
		{"an image by another name, whose lists a script may fetch", "base:1", "java/Dockerfile", "FROM gcr.io/x/opencv\nRUN ./setup.sh && apt-get install -y jdk\n", nil},
		{"an image by another name, and a package that is a file", "base:1", "java/Dockerfile", "FROM gcr.io/x/opencv\nRUN apt-get install -y ./a.deb\n", nil},
		{"an image of Docker Hub, whose build fails", "base:1", "java/Dockerfile", "FROM ubuntu:22.04\nRUN apt-get install -y jdk\n", nil},
		{"a stage of that name", "base", "js/Dockerfile", "FROM debian AS base\nRUN apt-get update\nFROM base\nRUN apt-get install -y gpg\n", nil},
		{"copies a file", "cntk:2", "python/Containerfile", "FROM debian\nCOPY --from=cntk:2.5 /tmp/*.whl /x/\n", []rules.Neighbour{{Name: "python/Containerfile", Copies: []string{"/tmp/*.whl"}}}},
		{"somebody else's project", "org/base:1", "node_modules/x/Dockerfile", "FROM org/base\nRUN apt-get install -y gpg\n", nil},
		{"no Dockerfile", "org/base:1", "js/Dockerfile/notes.txt", "FROM org/base\nRUN apt-get install -y gpg\n", nil},
		{"a Compose file that calls npm", "org/base:1", "docker-compose.yml", "services:\n  web:\n    build: .\n    command: npm start\n", []rules.Neighbour{{Name: "docker-compose.yml", RunsNode: true}}},
		{"a Compose file that could call npm", "org/base:1", "compose.prod.yaml", "services:\n  web:\n    build: .\n    # command: npm start\n    command: node server.js\n", []rules.Neighbour{{Name: "compose.prod.yaml"}}},
		{"a Makefile that calls npm in a container", "org/base:1", "services/x/Makefile", "lint:\n\tdocker run --rm $$(docker build -q .) npm run lint\n", []rules.Neighbour{{Name: "services/x/Makefile", RunsNode: true}}},
		{"a Compose file that installs", "org/base:1", "compose.yml", "services:\n  web:\n    build: .\n    command: sh -c \"apt-get install -y tree && serve\"\n", []rules.Neighbour{{Name: "compose.yml", Installs: true}}},
		{"a Compose file that updates and installs", "org/base:1", "compose.yml", "services:\n  web:\n    build: .\n    command: sh -c \"apt-get update && apt-get install -y tree && serve\"\n", []rules.Neighbour{{Name: "compose.yml"}}},
		{"a Makefile that installs in a container", "org/base:1", "Makefile", "x:\n\tdocker run base apt-get install -y tree\n", []rules.Neighbour{{Name: "Makefile", Installs: true}}},
		{"a Makefile that calls npm", "org/base:1", "Makefile", "lint:\n\tnpm run lint\n", nil},
		{"a script of package.json that calls yarn in a container", "org/base:1", "package.json", "{\"scripts\": {\"t\": \"docker compose exec web yarn test\"}}", []rules.Neighbour{{Name: "package.json", RunsNode: true}}},
		{"broken", "org/base:1", "js/Dockerfile", "FROM org/base\nRUN <<EOF\napt-get install", nil},
	} {
		dir := t.TempDir()
		for file, text := range map[string]string{".git/HEAD": "x", "images/base/Dockerfile": "FROM debian\n", test.file: test.text} {
			name := filepath.Join(dir, filepath.FromSlash(file))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got := readNeighbours(t.Context(), filepath.Join(dir, "images", "base", "Dockerfile"), test.reference, "")
		for i := range got {
			got[i].Calls, got[i].Runs = nil, nil // see TestCallsOfNeighbours and TestWhatContainersRun
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestCallsOfNeighbours: what is built on an image, and its containers, may use what the tools of the image left.
func TestCallsOfNeighbours(t *testing.T) {
	dir := t.TempDir()
	for file, text := range map[string]string{".git": "", "Dockerfile": "FROM debian\n", "Dockerfile.dev": "FROM org/app AS dev\nRUN set -e; /usr/bin/make -C /x all more && ./x.sh\nENTRYPOINT [\"/usr/bin/tini\", \"--\"]\nCMD mvn package\nFROM debian\nRUN gradle build\n"} {
		if file == ".git" {
			if err := os.Mkdir(filepath.Join(dir, file), 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := readNeighbours(t.Context(), filepath.Join(dir, "Dockerfile"), "app:1", "")
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	if diff := cmp.Diff([]string{"set -e", "make -C /x", "x.sh", "tini --", "mvn package"}, got[0].Calls); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWhatContainersRun: what the files of a project start in containers of the image, and with which scripts.
func TestWhatContainersRun(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, file, text string
		want             []string
	}{
		{"a command", "compose.yml", "services:\n  a:\n    build: .\n    command: ssh -V\n", []string{"ssh -V"}},
		{"an entry point and a command", "compose.yml", "services:\n  a:\n    image: org/app:2\n    entrypoint: [\"ssh\"]\n    command: [\"sh\", \"-c\", \"make x && y\"]\n", []string{"ssh", "make x && y"}},
		{"another image", "compose.yml", "services:\n  a:\n    image: postgres\n    command: ssh -V\n", nil},
		{"a mounted script", "compose.yml", "services:\n  a:\n    build: .\n    volumes: [\"${PWD}/scripts:/s:ro\"]\n", []string{"git push\n"}},
		{"a mounted script, in long", "compose.yml", "services:\n  a:\n    build: .\n    volumes:\n      - type: bind\n        source: ./scripts/x.sh\n        target: /x\n", []string{"git push\n"}},
		{"several services, in one order", "compose.yml", "services:\n  b:\n    build: .\n    command: b\n  a:\n    build: .\n    command: a\n  c:\n    build: .\n    command: c\n", []string{"a", "b", "c"}},
		{"a volume", "compose.yml", "services:\n  a:\n    build: .\n    volumes: [\"scripts:/s\"]\n", nil},
		{"no Compose file", "compose.yml", "[", nil},
		{"docker run", "Makefile", "x:\n\tdocker run --rm --entrypoint ssh org/app:1 -V\n", []string{"--rm --entrypoint ssh org/app:1 -V", "ssh", "org/app:1"}},
		{"docker run of another image", "Makefile", "x:\n\tdocker run --rm node ssh\n", nil},
	} {
		dir := t.TempDir()
		for file, text := range map[string]string{".git/HEAD": "x", "Dockerfile": "FROM debian\n", "scripts/x.sh": "git push\n", test.file: test.text} {
			if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, n := range readNeighbours(t.Context(), filepath.Join(dir, "Dockerfile"), "app:1", "") {
			got = append(got, n.Runs...)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestScriptsThatContainersMount: who works in a container has the scripts of a directory that a Compose file
// mounts into it.
func TestScriptsThatContainersMount(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, compose, script, want string }{
		{"installs", "    volumes:\n      - ./commands/:/cmd\n", "sudo apt install $1 -y", "commands/x.sh"},
		{"resolves dependencies", "    volumes:\n      - \"./commands:/cmd:ro\"\n", "source /opt/ros/setup.bash\nrosdep install --from-paths /app", "commands/x.sh"},
		{"updates first", "    volumes:\n      - ./commands/:/cmd\n", "apt-get update\napt-get install -y x", ""},
		{"in a comment", "    volumes:\n      - ./commands/:/cmd\n", "# apt-get install x", ""},
		{"is in another directory", "    volumes:\n      - ./data:/data\n", "apt-get install -y x", ""},
		{"lies in the project that is mounted", "    volumes:\n      - ./:/src\n", "apt-get install -y x", ""},
		{"is elsewhere by a link", "    volumes:\n      - ./link:/cmd\n", "apt-get install -y x", ""},
	} {
		dir := t.TempDir()
		for file, text := range map[string]string{".git/HEAD": "x", "Dockerfile": "FROM debian\n", "compose.yml": "services:\n  x:\n    build: .\n" + test.compose, "commands/x.sh": "#!/bin/sh\n" + test.script + "\n"} {
			if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink("commands", filepath.Join(dir, "link")); err != nil {
			t.Skip(err) // where nobody may make links
		}
		var want []rules.Neighbour
		if test.want != "" {
			want = []rules.Neighbour{{Name: test.want, Installs: true}}
		}
		got := readNeighbours(t.Context(), filepath.Join(dir, "Dockerfile"), "", "")
		got = slices.DeleteFunc(got, func(n rules.Neighbour) bool { return !n.Installs })
		for i := range got {
			got[i].Runs = nil
		}
		if len(got) == 0 {
			got = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("a script that %s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestNeighboursWithoutRepository: outside a repository nobody knows where a project ends, and a link may
// lead out of it.
func TestNeighboursWithoutRepository(t *testing.T) {
	dir, other := t.TempDir(), filepath.Join(t.TempDir(), "Dockerfile")
	if err := os.WriteFile(other, []byte("FROM org/base\nRUN apt-get install -y gpg\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "Dockerfile")
	if got := readNeighbours(t.Context(), file, "org/base", ""); got != nil {
		t.Errorf("without a repository: %+v", got)
	}
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other, filepath.Join(dir, "Dockerfile.js")); err != nil {
		t.Skip(err)
	}
	if got := readNeighbours(t.Context(), file, "org/base", ""); got != nil {
		t.Errorf("through a link: %+v", got)
	}
}

// TestNeighboursOfImagesWithNames: whatever transport is written in front of it, an image of a registry has
// the name by which other Dockerfiles know it, and an archive has none.
func TestNeighboursOfImagesWithNames(t *testing.T) {
	host := sourcetest.Serve(t, nil)
	img := imagetest.Image{Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Text("etc/x", "x")}}}}
	sourcetest.Push(t, host+"/org/base:1", img)
	dir := t.TempDir()
	archive, self := filepath.Join(dir, "app.tar"), filepath.Join(dir, "Dockerfile")
	for name, text := range map[string]string{"Dockerfile": "FROM scratch\nCOPY x /etc/x\n", "Dockerfile.js": "FROM " + host + "/org/base\nRUN apt-get update && apt-get install -y jq\n", "app.tar": string(img.OCI().Tar())} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	for reference, want := range map[string]int{"registry:" + host + "/org/base:1": 1, archive: 0} {
		h, err := Open(t.Context(), reference, Options{Dockerfile: self})
		if err != nil {
			t.Fatal(err)
		}
		if len(h.neighbours) != want {
			t.Errorf("%s: %+v", reference, h.neighbours)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestWhatStaysForNeighboursIsTold: who misses an edit reads which file of the project needs what stays.
func TestWhatStaysForNeighboursIsTold(t *testing.T) {
	host := sourcetest.Serve(t, nil)
	img := imagetest.Image{Layers: []imagetest.Layer{{CreatedBy: "COPY x /etc/x", Files: []imagetest.File{
		imagetest.Text("var/lib/apt/lists/a_Packages", strings.Repeat("x", 2000)), imagetest.Text("tmp/wheels/a.whl", "x"), imagetest.Text("opt/b", "x"),
	}}}}
	sourcetest.Push(t, host+"/org/base:1", img)
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"Dockerfile": "FROM scratch\nCOPY x /etc/x\n", "Dockerfile.a": "FROM " + host + "/org/base\nRUN apt-get install -y jq\nCOPY --from=org/base /tmp/wheels /opt/b /w/\n", "Dockerfile.b": "FROM org/base\nRUN ls /tmp/nothing\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Image(t.Context(), "registry:"+host+"/org/base:1", Options{Dockerfile: filepath.Join(dir, "Dockerfile")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"kept for Dockerfile.a: apt's package lists (2.0 kB), /tmp/wheels"}, slices.DeleteFunc(r.Notes, func(note string) bool { return !strings.HasPrefix(note, model.KeptNote) })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
