package need_test

import (
	"slices"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// laterCase is instructions behind one that makes a thing, and the last RUN that
// needs it: 0 for none, -1 where no rm may follow at all.
type laterCase struct {
	name  string
	later []string
	want  int
}

func tryLater(t *testing.T, thing need.Thing, cases []laterCase) {
	t.Helper()
	for _, test := range cases {
		b := rulestest.Build(append([]string{"RUN fill"}, test.later...)...)
		use := b.Needs().Later(0, thing)
		got := use.Last
		if use.For {
			got = -1
		}
		if got != test.want || (use.Why == "") != (test.want == 0) {
			t.Errorf("%s: %d (%s), want %d", test.name, got, use.Why, test.want)
		}
	}
}

// TestFoldersAreNamedInManyWays follows a folder that somebody unpacked to work in.
func TestFoldersAreNamedInManyWays(t *testing.T) {
	tryLater(t, need.Thing{Paths: []string{"/tmp/tool-1.2"}, Meant: true}, []laterCase{
		{"by its name", []string{"RUN /tmp/tool-1.2/install"}, 1},
		{"a glob", []string{"RUN cd /tmp/tool-* && sh ./install.sh"}, 1},
		{"a question mark", []string{"RUN sh /tmp/tool-1.?/x"}, 1},
		{"a list in brackets", []string{"RUN cat /tmp/tool-[0-9].2/x"}, 1},
		{"a list in braces", []string{"RUN cp /tmp/{a,tool-1.2}/x /y"}, 1},
		{"the glob of a folder above", []string{"RUN cat /tmp/*/x"}, 1},
		{"a variable behind its beginning", []string{"RUN cd /tmp/tool-$V && make"}, 1},
		{"a variable that is it", []string{"ENV D=/tmp/tool-1.2"}, -1},
		{"an argument that is it", []string{"ARG D=/tmp/tool-1.2", "RUN make -C $D"}, 2},
		{"a variable of the shell", []string{"RUN d=/tmp; make -C $d/tool-1.2"}, 1},
		{"a default", []string{"RUN make -C ${D:-/tmp/tool-1.2}"}, 1},
		{"a suffix taken off", []string{"RUN f=/tmp/tool-1.2.tgz && make -C ${f%.tgz}"}, 1},
		{"a loop", []string{"RUN for d in a tool-1.2; do cat /tmp/$d/x; done"}, 1},
		{"a variable that may be anything", []string{"RUN cp -r $SRC /opt"}, 1},
		{"cd and a relative path", []string{"RUN cd /tmp && cat tool-1.2/x"}, 1},
		{"cd to it in steps", []string{"RUN cd / && cd tmp && cd tool-1.2 && make"}, 1},
		{"a working folder above", []string{"WORKDIR /tmp", "RUN ./tool-1.2/install"}, 2},
		{"a working folder in it", []string{"WORKDIR /tmp/tool-1.2/src"}, -1},
		{"a build in the folder above", []string{"WORKDIR /tmp", "RUN make"}, 2},
		{"a folder that nobody knows", []string{"RUN cd $D && make"}, 1},
		{"sudo", []string{"RUN sudo sh /tmp/tool-1.2/x"}, 1},
		{"su -c", []string{"RUN su app -c 'cd /tmp/tool-1.2 && make'"}, 1},
		{"env", []string{"RUN env A=/tmp/tool-1.2 make"}, 1},
		{"bash -c", []string{`RUN bash -lc "cat /tmp/tool-1.2/x"`}, 1},
		{"a shell in a shell", []string{`RUN sh -c "sh -c 'cat /tmp/tool-1.2/x'"`}, 1},
		{"the JSON form", []string{`RUN ["cat", "/tmp/tool-1.2/x"]`}, 1},
		{"a shell in JSON form", []string{`RUN ["sh", "-c", "cd /tmp && cat tool-*/x"]`}, 1},
		{"xargs", []string{"RUN ls /tmp/tool-1.2 | xargs cat"}, 1},
		{"what xargs reads", []string{"RUN cat /list | xargs cp -t /opt"}, 1},
		{"find from above", []string{"RUN find /tmp -name x -exec cp {} /opt ';'"}, 0},
		{"a here-document", []string{"RUN cat > /x <<EOF\ncat /tmp/tool-1.2/y\nEOF"}, 1},
		{"a script in a here-document", []string{"RUN <<EOF\nset -e\ncd /tmp\ncat tool-1.2/x\nEOF"}, 1},
		{"another language in a here-document", []string{"RUN <<EOF\n#!/usr/bin/env python3\nopen('/tmp/tool-1.2/x')\nEOF"}, 1},
		{"another shell", []string{`SHELL ["powershell"]`, "RUN cat /tmp/tool-1.2"}, 2},
		{"an option with =", []string{"RUN x --dir=/tmp/tool-1.2"}, 1},
		{"an option's letter", []string{"RUN gcc -I/tmp/tool-1.2/include x.c"}, 1},
		{"a redirection", []string{"RUN x < /tmp/tool-1.2/y"}, 1},
		{"a command substitution", []string{"RUN echo $(cat /tmp/tool-1.2/y)"}, 1},
		{"ONBUILD", []string{"ONBUILD RUN make -C /tmp/tool-1.2"}, -1},
		{"the command", []string{`CMD ["/tmp/tool-1.2/run"]`}, -1},
		{"the health check", []string{"HEALTHCHECK CMD /tmp/tool-1.2/ok"}, -1},
		{"a COPY into it", []string{"COPY patch /tmp/tool-1.2/"}, -1},
		{"what cannot be read", []string{"RUN if"}, 1},
		{"the last of several", []string{"RUN ls /tmp/tool-1.2", "RUN x", "RUN ls /tmp/tool-1.2", "RUN y"}, 3},
		{"rm without -f", []string{"RUN rm -r /tmp/tool-1.2"}, 1},

		{"nothing", nil, 0},
		{"its beginning only", []string{"RUN cat /tmp/tool-1"}, 0},
		{"another's glob", []string{"RUN cat /tmp/other-*"}, 0},
		{"another's variable", []string{"RUN cat /opt/$X/y"}, 0},
		{"a known variable", []string{"ENV D=/opt/x", "RUN make -C $D"}, 0},
		{"a variable that is spoken", []string{"RUN echo $D"}, 0},
		{"a number", []string{"RUN make -j $(nproc)"}, 0},
		{"the system's name", []string{"RUN curl -O https://x/$(uname -m)/y"}, 0},
		{"a new folder", []string{`RUN cd "$(mktemp -d)" && make`}, 0},
		{"an address", []string{"RUN curl https://x/tmp/tool-1.2"}, 0},
		{"a label", []string{"LABEL d=/tmp/tool-1.2"}, 0},
		{"rm -rf", []string{"RUN rm -rf /tmp/tool-1.2"}, 0},
		{"rm by a glob", []string{"RUN rm -rf /tmp/*"}, 0},
		{"a build elsewhere", []string{"WORKDIR /app", "RUN make"}, 0},
		{"the path in another folder", []string{"RUN ls /opt/tmp/tool-1.2"}, 0},
		{"a COPY beside it", []string{"COPY x /tmp/"}, 0},
		{"a package", []string{"RUN apt-get install -y tool-1.2"}, 0},
	})
}

// TestByProductsAreNamed: a log or a backup is used by those alone who name it.
func TestByProductsAreNamed(t *testing.T) {
	tryLater(t, need.Thing{Paths: []string{"/var/log/app/install.log"}}, []laterCase{
		{"by its name", []string{"RUN cat /var/log/app/install.log"}, 1},
		{"by a glob", []string{"RUN cat /var/log/app/*.log"}, 1},
		{"its folder is copied", []string{"RUN cp -r /var/log/app /x"}, 1},
		{"its folder is packed", []string{"RUN tar -czf /x.tgz /var/log/app"}, 1},
		{"the command shows it", []string{`CMD ["tail", "-f", "/var/log/app/install.log"]`}, -1},
		{"a variable that names it", []string{"ENV LOG=/var/log/app/install.log"}, -1},
		{"another log", []string{"RUN cat /var/log/app/other.log"}, 0},
		{"a variable", []string{"RUN cp $A /b"}, 0},
		{"owner of its folder", []string{"RUN chown -R app /var/log/app"}, 0},
		{"a program", []string{"RUN ./build"}, 0},
		{"copied into its folder", []string{"RUN cp -r /x /var/log/app"}, 0},
		{"its folder is made", []string{"RUN mkdir -p /var/log/app"}, 0},
	})
}

// TestGitIsSearchedFor: programs look for .git where they stand.
func TestGitIsSearchedFor(t *testing.T) {
	thing := need.Thing{Paths: []string{"/app/.git"}, Searched: true, By: []string{"git"}}
	tryLater(t, thing, []laterCase{
		{"git", []string{"WORKDIR /app", "RUN git checkout v1"}, 2},
		{"git -C", []string{"RUN git -C /app describe"}, 1},
		{"cd and a build", []string{"RUN cd /app && make"}, 1},
		{"go build stamps versions", []string{"WORKDIR /app", "RUN go build ./..."}, 2},
		{"setuptools-scm", []string{"RUN pip install /app"}, 1},
		{"npm version", []string{"WORKDIR /app/web", "RUN npm version patch"}, 2},
		{"a script of its own", []string{"RUN /app/build.sh"}, 1},
		{"a program that nobody knows", []string{"RUN deploy-it"}, 1},
		{"from standard input", []string{"RUN curl https://x | bash"}, 1},
		{"copied as a whole", []string{"RUN cp -r /app /srv"}, 1},
		{"the container pulls", []string{`CMD ["sh", "-c", "git pull && run"]`}, -1},
		{"ONBUILD", []string{"ONBUILD RUN git log"}, -1},
		{"packages", []string{"RUN apt-get update && apt-get install -y x"}, 0},
		{"a build elsewhere", []string{"WORKDIR /other", "RUN make"}, 0},
		{"modes", []string{"RUN chmod +x /app/run && mkdir /data"}, 0},
		{"the container runs the program", []string{`CMD ["/app/run"]`}, 0},
		{"removed", []string{"RUN rm -rf /app/.git"}, 0},
	})
}

// TestCachesAreFilledAgain: only a tool that works offline needs a cache.
func TestCachesAreFilledAgain(t *testing.T) {
	thing := need.Thing{Paths: []string{"/go/pkg/mod"}, Cache: true, By: []string{"go"}}
	tryLater(t, thing, []laterCase{
		{"the tool", []string{"COPY . .", "RUN go build"}, 2},
		{"by xargs", []string{"RUN cat list | xargs go install"}, 1},
		{"in a shell", []string{"RUN sh -c 'go vet'"}, 1},
		{"a script that nobody knows", []string{"RUN ./build"}, 1},
		{"offline", []string{"RUN npm ci --offline"}, 1},
		{"the container", []string{`CMD ["go", "run", "."]`}, -1},
		{"packages", []string{"RUN apt-get install -y golang"}, 0},
		{"another tool", []string{"RUN npm ci"}, 0},
		{"a word", []string{"RUN echo go"}, 0},
	})
	if use := rulestest.Build(slices.Repeat([]string{"RUN go get"}, instructions.MaxLater+3)...).Needs().Later(0, thing); !use.For {
		t.Error("more instructions than are looked at may need anything")
	}
}

// TestUntil leaves out what comes behind the instruction that takes a thing away.
func TestUntil(t *testing.T) {
	b := rulestest.Build("RUN fill", "RUN x", "RUN rm -rf /srv/x", "RUN ls /srv/x")
	thing := need.Thing{Paths: []string{"/srv/x"}, Meant: true, Until: 3}
	if use := b.Needs().Later(0, thing); use.Why != "" {
		t.Error(use.Why)
	}
	thing.Until = 0
	if use := b.Needs().Later(0, thing); use.Last != 3 {
		t.Errorf("%+v", use)
	}
}

// TestAptLists follows apt's lists from the first RUN on.
func TestAptLists(t *testing.T) {
	for _, test := range []struct {
		name   string
		later  []string
		used   int
		unsure bool
	}{
		{"nothing later", nil, 0, false},
		{"an install", []string{"RUN apt-get install -y a", "RUN make"}, 1, false},
		{"an install as another user", []string{"USER app", "RUN sudo apt-get install -y a"}, 2, false},
		{"lists of its own", []string{"RUN apt-get install -y a", "RUN apt-get update && apt-get install -y b"}, 1, false},
		{"lists of its own, removed", []string{"RUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*"}, 0, false},
		{"lists of its own, removed with the folder", []string{"RUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists"}, 0, false},
		{"a source is added", []string{"RUN apt-get install -y a && echo x > /etc/apt/sources.list.d/x.list && apt-get update", "RUN apt-get install -y b"}, 2, false},
		{"a source is added and removed", []string{"RUN apt-get install -y a && apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*", "RUN apt-get update"}, 1, false},
		{"perhaps lists of its own", []string{"RUN if test -f x; then apt-get update; fi; apt-get install -y b"}, 1, false},
		{"behind xargs", []string{"COPY list /", "RUN xargs apt-get install -y < /list"}, 2, false},
		{"in a function's text", []string{`RUN eval "apt-get install -y a"`}, 1, false},
		{"in a text that cannot be read", []string{"RUN if apt-get"}, 1, false},
		{"in a variable", []string{`ENV I="apt-get install -y"`, "RUN $I a"}, 2, false},
		{"apt-cache", []string{"RUN apt-cache policy x"}, 1, false},
		{"ONBUILD", []string{"ONBUILD RUN apt-get install -y a"}, 0, true},
		{"ONBUILD that fetches them itself", []string{"ONBUILD RUN apt-get update && apt-get install -y a", "RUN apt-get install -y b"}, 2, false},
		{"only a path", []string{"RUN ls /var/lib/apt"}, 0, false},
		{"a package file's name", []string{"RUN curl -O https://x/apt-get"}, 0, false},
	} {
		b := rulestest.Build(append([]string{"RUN apt-get update"}, test.later...)...)
		got := b.Needs().AptLists(0)
		if got.Used != test.used || (got.Unsure != "") != test.unsure {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

// TestClonesLookAtNothingElse: git clone makes a folder of its own, and neither looks into
// the history of another one nor at what lies beside it.
func TestClonesLookAtNothingElse(t *testing.T) {
	tryLater(t, need.Thing{Paths: []string{"/src/a/.git"}, Searched: true, By: []string{"git", "hg", "svn"}}, []laterCase{
		{"elsewhere", []string{"RUN git clone https://x.example/b /b"}, 0},
		{"beside it", []string{"RUN cd /src && git clone --depth 1 -b v1 https://x.example/b"}, 0},
		{"by ssh", []string{"RUN git clone git@x.example:b/c.git"}, 0},
		{"with a setting", []string{"RUN git -c http.sslVerify=false clone https://x.example/b"}, 0},
		{"Subversion", []string{"RUN svn checkout https://x.example/b"}, 0},

		{"of the very folder", []string{"RUN git clone /src/a /b"}, 1},
		{"of a folder nearby", []string{"RUN cd /src && git clone a b"}, 1},
		{"of a file URL", []string{"RUN git clone file:///src/a /b"}, 1},
		{"borrowing from it", []string{"RUN git clone --reference /src/a https://x.example/b"}, 1},
		{"in another folder than the shell's", []string{"RUN git -C /src/a clone https://x.example/b"}, 1},
		{"a submodule", []string{"RUN cd /src/a && git submodule update --init"}, 1},
		{"a pull", []string{"RUN cd /src/a && git pull"}, 1},
	})
	tryLater(t, need.Thing{Paths: []string{"/src/a.tgz"}, Meant: true}, []laterCase{
		{"beside an archive", []string{"RUN cd /src && git clone https://x.example/b"}, 0},
		{"beside an archive that it is named", []string{"RUN cd /src && git clone https://x.example/b a.tgz"}, 1},
		{"another program beside it", []string{"RUN cd /src && build"}, 1},
	})
}
