package replay

import (
	"slices"
	"strings"
	"testing"

	_ "github.com/tare-oci/tare/analyze/imagetest/quick"
)

// replayed follows a Dockerfile on the extract of the archive.
func replayed(t *testing.T, text string) *Image {
	t.Helper()
	img, err := Replay([]byte(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// paths lists what the layer of the last instruction holds; removals begin with "-".
func paths(img *Image) []string {
	var list []string
	for _, e := range img.Layers[len(img.Layers)-1].Entries {
		if e.Removed {
			list = append(list, "-"+e.Path)
		} else {
			list = append(list, e.Path)
		}
	}
	return list
}

// TestWhatCommandsLeave looks at the layer of the last instruction.
func TestWhatCommandsLeave(t *testing.T) {
	const slim = "FROM debian:bookworm-slim\n"
	for _, c := range []struct{ name, file, left, not string }{
		{"lists", slim + "RUN apt-get update", lists + "main_Packages", ""},
		{"lists removed in the layer", slim + "RUN apt-get update && rm -rf /var/lib/apt/lists/*", "", lists + "main_Packages"},
		{"lists removed in a later layer", slim + "RUN apt-get update\nRUN rm -rf /var/lib/apt/lists/*", "-" + lists + "main_Packages", ""},
		{"a dependency", slim + "RUN apt-get update && apt-get install -y curl", "usr/lib/x86_64-linux-gnu/libcurl.so.4", ""},
		{"a recommended package", slim + "RUN apt-get update && apt-get install -y curl", "etc/ssl/certs/ca-certificates.crt", ""},
		{"no recommended package", slim + "RUN apt-get update && apt-get install -y --no-install-recommends curl", "usr/bin/curl", "etc/ssl/certs/ca-certificates.crt"},
		{"recommended packages by settings", slim + "RUN echo 'APT::Install-Recommends \"false\";' > /etc/apt/apt.conf.d/99x && apt-get update && apt-get install -y curl", "usr/bin/curl", "etc/ssl/certs/ca-certificates.crt"},
		{"what apt writes besides", slim + "RUN apt-get update && apt-get install -y make", "var/lib/dpkg/status-old", ""},
		{"purged and no longer needed", slim + "RUN apt-get update && apt-get install -y gcc\nRUN apt-get purge -y --auto-remove gcc", "-usr/bin/gcc-12", ""},
		{"a user", slim + "RUN useradd -m ann", "home/ann/.bashrc", ""},
		{"backups of accounts", slim + "RUN useradd ann", "etc/passwd-", "home/ann"},
		{"a loop with variables", slim + "RUN for i in 1 2; do echo $i > /opt/f$i; done", "opt/f2", ""},
		{"a heredoc", slim + "RUN <<EOF\nmkdir -p /opt/a\ntouch /opt/a/b\nEOF\n", "opt/a/b", ""},
		{"a copy by chown", slim + "COPY app.py /srv/\nRUN chown www-data /srv/app.py", "srv/app.py", ""},
		{"another stage", "FROM golang:1 AS b\nRUN go build -o /out/app .\nFROM scratch\nCOPY --from=b /out/app /app", "app", "out/app"},
		{"a name with a star", slim + "RUN mkdir /o && touch '/o/a*' /o/ab\nFROM scratch\nCOPY --from=0 /o/* /p/", "p/a*", "o/ab"},
		{"a download unpacked", slim + "RUN apt-get update && apt-get install -y curl && curl -L https://example.org/x-1.2.tar.gz | tar xz -C /opt", "opt/x-1.2/bin/x", ""},
		{"an archive beside", slim + "RUN apt-get update && apt-get install -y wget && wget -O /tmp/x.tgz https://example.org/x-1.tgz && tar xf /tmp/x.tgz -C /opt", "tmp/x.tgz", ""},
		{"a git clone", slim + "RUN apt-get update && apt-get install -y git && git clone https://example.org/a/tool.git /opt/tool", "opt/tool/.git/HEAD", ""},
		{"wheels and their cache", "FROM python:3.12-slim\nRUN pip install numpy", "root/.cache/pip/http-v2", ""},
		{"modules for development", "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci", "app/node_modules/.package-lock.json", ""},
		{"modules for production", "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev", "app/node_modules/express/index.js", "app/node_modules/jest/index.js"},
		{"a mount leaves nothing", slim + "RUN --mount=type=cache,target=/var/lib/apt/lists apt-get update && apt-get install -y make", "usr/bin/make", lists + "main_Packages"},
		{"lists that somebody's base brings", "FROM quay.io/acme/base\n# apt-get update has run there\nRUN apt-get install -y make", "var/lib/dpkg/status", lists + "main_Packages"},
		{"alpine's index", "FROM alpine\nRUN apk add --update curl", "usr/bin/curl", "var/cache/nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			img := replayed(t, c.file)
			got := paths(img)
			if c.left != "" && !slices.Contains(got, c.left) {
				t.Errorf("there is no %s in %q", c.left, got)
			}
			if c.not != "" && slices.Contains(got, c.not) {
				t.Errorf("there is %s", c.not)
			}
			if len(img.Problems) > 0 {
				t.Errorf("problems: %q", img.Problems)
			}
		})
	}
}

// TestProblems names what a real build would fail at.
func TestProblems(t *testing.T) {
	const slim = "FROM debian:bookworm-slim\n"
	for _, c := range []struct{ name, file, want string }{
		{"no lists", slim + "RUN apt-get install -y curl", "no package lists"},
		{"no lists in a base that updates", "FROM quay.io/acme/base\nRUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN apt-get install -y curl", "no package lists"},
		{"no program", slim + "RUN curl https://example.org/x -o /x", "curl: not found"},
		{"no certificates", slim + "RUN apt-get update && apt-get install -y --no-install-recommends curl && curl https://example.org/x -o /x", "no certificates"},
		{"no headers", slim + "RUN apt-get update && apt-get install -y --no-install-recommends gcc\nCOPY main.c /\nRUN gcc /main.c", "no headers"},
		{"no user", slim + "COPY --chown=ann app.py /", "no user ann"},
		{"a file that is gone", slim + "COPY app.py /a/\nRUN rm /a/app.py\nRUN chmod 700 /a/app.py", "there is no /a/app.py"},
		{"no repository any more", slim + "RUN apt-get update && apt-get install -y git && git clone https://example.org/t.git /t && rm -rf /t/.git\nRUN cd /t && git checkout v1", "no longer is /t/.git"},
		{"not as this user", slim + "USER 1000\nRUN apt-get update", "not as user 1000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			img := replayed(t, c.file)
			if !slices.ContainsFunc(img.Problems, func(p string) bool { return strings.Contains(p, c.want) }) {
				t.Errorf("problems: %q, want %q", img.Problems, c.want)
			}
		})
	}
}
