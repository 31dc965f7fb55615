package multistage_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/rules"
)

// cloning installs git and clones with it.
var cloning = tool("gcc", "git") + "RUN git clone https://example.com/a && gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app elf needs=libc.so.6 9k\n"

const compileELF = "RUN gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app elf needs=libc.so.6 9k\n"

// doubts are Dockerfiles in the words of refusals that get a stage, with what that takes for
// granted, "" for nothing.
var doubts = []struct{ name, lines, command, want string }{
	{name: "a compiled program", lines: install + compileELF},
	{name: "git beside Go", lines: tool("gcc", "git", "golang-go") + "RUN go build -o /usr/local/bin/app . ## /usr/local/bin/app elf needs=libc.so.6 9k\n"},
	{name: "a comment on what is installed", lines: "# Build dependencies\n" + install + "# compile\n" + compileELF},
	{name: "an image for production", lines: "ENV NODE_ENV=production DEBUG=0\nLABEL description=\"the production image of a server\"\n" + install + compileELF},
	{name: "cgo", lines: "ENV CGO_ENABLED=1\n" + install + compileELF},
	{name: "a start script that was read", lines: install + "COPY start /start.sh ## /start.sh \"#!/bin/sh\\nmkdir -p /data\\nexec app\\n\"\n" + compileELF, command: `["/start.sh"]`},
	{name: "an interpreter", lines: strings.Replace(wanted, " tini ", " python3 ", 1) + "COPY . /srv ## /srv/app.py 9k; /usr/bin/python3 elf needs=libc.so.6 9k\nRUN pip install numpy ## /usr/local/lib/python3.11/site-packages/numpy/a.so elf needs=libc.so.6 9k\n", command: `["python3","/srv/app.py"]`},

	{name: "nothing known", lines: install + compile, want: "tare could not read the program that a container starts"},
	{name: "a start script that sources another", lines: install + "COPY start /start.sh ## /start.sh \"#!/bin/sh\\n. /data/env\\nexec app\\n\"\n" + compileELF, command: `["/start.sh"]`, want: "the start script runs something that tare cannot follow (.)"},
	{name: "a start script that runs a variable", lines: install + "COPY start /start.sh ## /start.sh \"#!/bin/sh\\nrun=app\\nexec $run\\n\"\n" + compileELF, command: `["/start.sh"]`, want: "the start script runs what $run stands for"},
	{name: "a start script that runs its arguments", lines: install + "COPY start /start.sh ## /start.sh \"#!/bin/sh\\nexec \\\"$@\\\"\\n\"\n" + compileELF, command: `["/start.sh","app"]`},
	{name: "a start script that mentions a tool", lines: install + "COPY start /start.sh ## /start.sh \"#!/bin/sh\\necho gcc -v | xargs sudo\\nexec app\\n\"\n" + compileELF, command: `["/start.sh"]`, want: "a script that the container runs mentions gcc"},
	{name: "version control that the build calls", lines: cloning, want: "the new image keeps git, which perhaps only the build needs"},
	{name: "version control that a start script calls", lines: "COPY start /start.sh ## /start.sh \"#!/bin/sh\\ngit -C /data pull\\nexec app\\n\"\n" + cloning, command: `["/start.sh"]`},
	{name: "version control that the health check calls", lines: cloning + "HEALTHCHECK CMD git -C /data status\n"},
	{name: "version control that a variable names", lines: "ENV UPDATER=/usr/bin/git\n" + cloning},
	{name: "a start script with another word", lines: install + "COPY start /start.sh ## /start.sh \"#!/bin/sh\\necho gcc-like\\nexec app\\n\"\n" + compileELF, command: `["/start.sh"]`},
	{name: "a development container", lines: "# A development container\n" + install + compileELF, want: `the Dockerfile mentions "development container", so people may work inside the container`},
	{name: "a label", lines: "LABEL description=\"CI image of a project\"\n" + install + compileELF, want: `the Dockerfile mentions "CI image", so people may work inside the container`},
	{name: "an editor", lines: strings.Replace(wanted, "tini ", "vim ", 1) + compileELF, want: "it installs vim, so people may work inside the container"},
	{name: "a login", lines: "EXPOSE 22\n" + install + compileELF, want: "people may log in to the container (EXPOSE 22)"},
	{name: "a variable of compilers", lines: "ENV CC=gcc\n" + install + compileELF, want: "the container sets CC, which compilers read"},
	{name: "a mode for developers", lines: "ENV RAILS_ENV=development\n" + install + compileELF, want: "RAILS_ENV suggests that the container is for development"},
	{name: "a library that compiles", lines: install + compileELF + "RUN pip install torch ## /usr/local/lib/python3.11/site-packages/torch/a.py 9k\n", want: "/usr/local/lib/python3.11/site-packages/torch may compile while it runs"},
	{name: "a library that opens terminals", lines: install + compileELF + "RUN npm install node-pty ## /srv/node_modules/node-pty/package.json \"{\\\"name\\\":\\\"node-pty\\\",\\\"version\\\":\\\"0.9.0\\\"}\"\n", want: "node-pty opens terminals, in which people may run anything"},
	{name: "a version that a build may set otherwise", lines: "ARG V=1.22.1\n" + install + "RUN make app-$V && cd app-$V && make ## /opt/app-1.22.1/data 9k; /usr/local/bin/app elf needs=libc.so.6 9k\n", want: "what is built is where the default of V says, which a build may set otherwise"},
	{name: "another version with the same digits", lines: "ARG V=1.2\n" + install + "RUN make app-$V ## /opt/app-1.22.1/data 9k; /usr/local/bin/app elf needs=libc.so.6 9k\n"},
	{name: "a Python that the tag leaves open", lines: "FROM python:3\n" + install + compileELF + "RUN pip install numpy ## /usr/local/lib/python3.11/site-packages/numpy/a.py 9k\n", want: "the copied files lie where Python 3.11 looks, and python:3 may bring another"},
	{name: "a Python that a release brings", lines: "FROM debian:stable-slim\n" + install + compileELF + "RUN pip install numpy ## /usr/local/lib/python3.11/dist-packages/numpy/a.py 9k\n", want: "the copied files lie where Python 3.11 looks, and debian:stable-slim may bring another"},
	{name: "a Ruby that a release brings", lines: "FROM debian\n" + strings.Replace(install, "/usr/bin/gcc:80k", "/usr/bin/gcc:80k /var/lib/gems/x:9k", 1) + compileELF + "RUN gem install a ## /var/lib/gems/3.1.0/a-1/a.rb 9k\n", want: "the copied files lie where Ruby 3.1 looks, and debian may bring another"},
	{name: "a Ruby of a release that the tag names", lines: "FROM debian:bookworm\n" + install + compileELF + "RUN gem install a ## /var/lib/gems/3.1.0/gems/a-1/a.rb 9k\n"},
	{name: "a Python that the tag names", lines: "FROM python:3.11-slim\n" + install + compileELF + "RUN pip install numpy ## /usr/local/lib/python3.11/site-packages/numpy/a.py 9k\n"},
	{name: "a library of the compiler", lines: strings.Replace(install, "/usr/bin/gcc:80k", "/usr/bin/gcc:80k /usr/lib/libq.so.1:9k", 1) + "RUN gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app elf needs=libq.so.1 9k\n", want: "/usr/local/bin/app needs libq.so.1, which only the build stage has"},
	{name: "a directory of the base image that a RUN gives away, as the image shows", lines: install + "RUN chown 1000:1000 /srv && gcc -o /usr/local/bin/app a.c ## /srv/ owner=1000:1000; /usr/local/bin/app elf needs=libc.so.6 9k\n"},
	{name: "a directory of the base image that a RUN gives away, as the image does not show", lines: install + "RUN chown -R shiny:shiny /srv/shiny-server ##\n" + compileELF},
	{name: "a service of the base image that a RUN disables", lines: "RUN rm -rf /etc/service/sshd ##\n" + install + compileELF},
	{name: "a setting of the base image that a RUN edits, copied", lines: "RUN sed -i s/a/b/ /etc/own.conf ## /etc/own.conf 9k\n" + install + compileELF},
	{name: "what matters to no container", lines: install + "RUN rm -rf /var/lib/apt/lists/* /tmp/x /usr/share/doc /root/.cache ##\n" + compileELF},
	{name: "what the build made itself", lines: install + "RUN chmod +x /usr/local/bin/app && rm -f /opt/nothing ##\n" + compileELF},
	{name: "a program that compiles modules stays", lines: "RUN apt-get update && apt-get install -y --no-install-recommends gcc cpanminus && rm -rf /var/lib/apt/lists/* ## package gcc needs=libc6 /usr/bin/gcc:80k; package cpanminus needs=libc6 /usr/bin/cpanm:9k\nRUN make install ## /opt/app elf needs=libc.so.6 9k\n", command: `["/opt/app"]`, want: "cpanminus, which the new stage installs, compiles what it fetches"},
	{name: "packages and a build in one RUN", lines: "RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/* && cd /opt && gcc -o app a.c ## package gcc needs=libc6 /usr/bin/gcc:80k; /opt/app elf needs=libc.so.6 9k\n", command: `["/opt/app"]`, want: "line 2 both installs packages and builds, so tare tells their files apart only by location"},
}

// TestDoubts holds what makes a stage one that is only written for who asks for it.
func TestDoubts(t *testing.T) {
	for _, test := range doubts {
		t.Run(test.name, func(t *testing.T) {
			f := fixtureOf(test.lines)
			if test.command != "" {
				f.dockerfile = strings.Replace(f.dockerfile, `CMD ["app"]`, "CMD "+test.command, 1)
			}
			r, build := f.analyze(t)
			result, err := fix.Plan(r, []byte(f.dockerfile), fix.Options{Stage: fix.AnyStage, Rules: f.rules(), Build: build})
			if err != nil {
				t.Fatal(err)
			}
			if !result.HasStage() {
				t.Fatalf("there is no stage: %s", outcomeOf(r, result))
			}
			got := ""
			if doubts := result.StageDoubts(); len(doubts) > 0 {
				got = string(doubts[0])
			}
			if got != test.want {
				t.Errorf("doubt %q, want %q\n%s", got, test.want, result.New)
			}
		})
	}
}

// TestDoubtsOfNeighbours: what builds on the image may need the tools that a stage leaves behind.
func TestDoubtsOfNeighbours(t *testing.T) {
	f := fixtureOf(install + compileELF)
	r, build := f.analyze(t)
	build.Neighbours = []rules.Neighbour{{Name: "app/Dockerfile", Builds: true}}
	result, err := fix.Plan(r, []byte(f.dockerfile), fix.Options{Stage: fix.AnyStage, Rules: f.rules(), Build: build})
	if doubts := result.StageDoubts(); err != nil || len(doubts) != 1 || doubts[0] != "app/Dockerfile builds on the image" {
		t.Errorf("%q, %v", doubts, err)
	}
}
