package multistage_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
)

// judgements are Dockerfiles in the words of refusals, with what the container runs. They
// either get a stage, which holds each of has and none of hasNot below the second FROM, or
// are left alone for the reason left.
var judgements = []struct {
	name, lines, command string
	left                 string
	has, hasNot          []string
	build                string // the build stage ends with it
	all                  bool   // other rules make their edits, too
}{
	// Tools are taken out where a RUN is seen to use them.
	{name: "a compiler that a RUN calls", lines: install + compile},
	{name: "a compiler by its version", lines: tool("gcc-12") + "RUN gcc-12 -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k\n"},
	{name: "a compiler for another machine", lines: tool("gcc-aarch64-linux-gnu") + "RUN aarch64-linux-gnu-gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k\n"},
	{name: "build-essential for pip", lines: tool("build-essential") + "RUN pip3 install numpy ## /usr/local/lib/python3.11/site-packages/numpy/core.py 9k\n"},
	{name: "build-essential for python -m pip", lines: tool("build-essential") + "RUN python3 -m pip install numpy ## /usr/local/lib/python3.11/site-packages/numpy/core.py 9k\n"},
	{name: "make for a gem", lines: tool("make") + "RUN bundle install ## /usr/local/bundle/gems/a/a.rb 9k\n"},
	{name: "autoconf for a compiler", lines: tool("autoconf") + "RUN ./configure && make install ## /usr/local/bin/app 9k\n"},
	{name: "a script that builds", lines: tool("make") + "COPY . /src ## /src/build.sh 90\nRUN /src/build.sh ## /usr/local/bin/app 9k\n"},
	{name: "bash with a script that builds", lines: tool("make") + "RUN bash ./compile-all.sh ## /usr/local/bin/app 9k\n"},
	{name: "sudo", lines: tool("make") + "RUN sudo make install ## /usr/local/bin/app 9k\n"},
	{name: "maven and a JDK", lines: tool("maven", "default-jdk") + "RUN mvn package ## /srv/app.jar 9k\n", command: `["java","-jar","/srv/app.jar"]`},
	{name: "a JDK where java starts a jar", lines: tool("default-jdk", "gcc") + "RUN gcc -o /srv/native a.c && wget -O /srv/app.jar https://example.com/app.jar ## /srv/app.jar 9k; /srv/native 9k\n", command: `["java","-jar","/srv/app.jar"]`},
	{name: "what is purged again", lines: tool("autoconf", "gcc") + compile + "RUN apt-get purge -y autoconf ## /usr/bin/autoconf removed\n"},

	// npm stays where a start script runs it, by whatever means.
	{name: "npm by su", lines: npmStart(`su app -c 'npm start'`), command: `["/start.sh"]`, has: []string{" npm"}},
	{name: "npm by a here-document", lines: npmStart(`su app << EOF\nnpm start\nEOF`), command: `["/start.sh"]`, has: []string{" npm"}},
	{name: "npm by xargs", lines: npmStart(`echo start | xargs npm`), command: `["/start.sh"]`, has: []string{" npm"}},
	{name: "npm in a program's text", lines: npmStart(`node -e 'spawn("npm")'`), command: `["/start.sh"]`, has: []string{" npm"}},
	{name: "no npm", lines: npmStart(`exec node /srv/a.js`), command: `["/start.sh"]`, hasNot: []string{" npm"}},

	// Removals of what only the build stage has.
	{name: "a removal without -f behind the build", lines: builtIn + "RUN rm -r /root/.cargo ## /root/.cargo removed\n", hasNot: []string{"rm -r"}},
	{name: "by a relative path", lines: builtIn + "WORKDIR /root\nRUN rm -r .cargo ## /root/.cargo removed\n", hasNot: []string{"rm -r"}},
	{name: "beside something else", lines: builtIn + "RUN rm -r /root/.cargo && ldconfig ## /root/.cargo removed\n", left: "line 5 uses /root/.cargo, which only the build stage has"},
	{name: "behind something else", lines: builtIn + "RUN ldconfig && rm -r /root/.cargo ## /root/.cargo removed\n", left: "line 5 uses /root/.cargo, which only the build stage has"},
	{name: "where it is there", lines: builtIn + "RUN if [ -d /root/.cargo ]; then rm -r /root/.cargo; fi && ldconfig ## /root/.cargo removed\n", left: "line 5 uses /root/.cargo, which only the build stage has"},
	{name: "beside something else, behind cd", lines: builtIn + "RUN cd /root && rm -r ./.cargo && ldconfig ## /root/.cargo removed\n", left: "line 5 uses /root/.cargo, which only the build stage has"},
	{name: "beside something else, by a pattern", lines: builtIn + "RUN rm /root/.cargo/registry/* && ldconfig ## /root/.cargo/registry/a.rs removed\n", left: "line 5 removes /root/.cargo/registry/* without -f, which the last stage may not have"},
	{name: "by force", lines: builtIn + "RUN rm -rf /root/.cargo && ldconfig ## /root/.cargo removed\n", has: []string{"rm -rf /root/.cargo && ldconfig"}},

	{name: "a log in the project of whoever built it", lines: install + "COPY . /app ## /app/data/words 1200k; /app/a.c 9; /app/b.c 9; /app/go.mod 9; /app/Makefile 9; /app/src/a.c 900k; /app/src/b.c 9; /app/run.sh 90; /app/build1.log 9\nRUN gcc -o /usr/local/bin/app /app/a.c ## /usr/local/bin/app elf 9k\n", command: `["/usr/local/bin/app"]`, has: []string{"/app/data"}, hasNot: []string{"build1.log"}},

	// Others are there for the container.
	{name: "a JDK that no RUN calls", lines: tool("gcc", "default-jdk") + compile, left: "no RUN appears to use default-jdk, so the container may need it"},
	{name: "maven beside a compiler", lines: tool("gcc", "maven") + compile, left: "no RUN appears to use maven, so the container may need it"},
	{name: "gradle where maven builds", lines: tool("maven", "gradle") + "RUN mvn package ## /srv/app.jar 9k\n", left: "no RUN appears to use gradle, so the container may need it"},
	{name: "a compiler for another machine where pip alone installs", lines: tool("gcc", "gcc-riscv64-unknown-elf") + "RUN pip install numpy ## /usr/local/lib/python3.11/site-packages/numpy/core.py 9k\n", left: "no RUN appears to use gcc-riscv64-unknown-elf, so the container may need it"},
	{name: "a compiler for another machine that a RUN calls", lines: tool("gcc-riscv64-unknown-elf") + "RUN riscv64-unknown-elf-gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k\n"},
	{name: "a JDK where pip alone installs", lines: tool("gcc", "openjdk-17-jdk") + "RUN pip install numpy ## /usr/local/lib/python3.11/site-packages/numpy/core.py 9k\n", left: "no RUN appears to use openjdk-17-jdk, so the container may need it"},
	{name: "autoconf where a gem is installed", lines: tool("make", "autoconf") + "RUN gem install nokogiri ## /usr/local/bundle/gems/a/a.rb 9k\n", left: "no RUN appears to use autoconf, so the container may need it"},
	{name: "build-essential where files are downloaded", lines: tool("build-essential") + "RUN curl -fsSL https://example.com/app -o /usr/local/bin/app ## /usr/local/bin/app 9k\n", left: "no RUN appears to use build-essential, so the container may need it"},
	{name: "Rust where C is compiled", lines: tool("gcc", "cargo") + compile, left: "no RUN appears to use cargo, so the container may need it"},
	{name: "Go without cgo", lines: tool("build-essential", "golang-go") + "RUN go build -o /usr/local/bin/app . ## /usr/local/bin/app elf 9k\n", left: "no RUN appears to use build-essential, so the container may need it"},
	{name: "Go with cgo", lines: tool("build-essential", "golang-go") + "RUN go build -o /usr/local/bin/app . ## /usr/local/bin/app elf needs=libc.so.6 9k\n"},
	{name: "a tool to make packages with", lines: tool("gcc", "devscripts") + compile, left: "no RUN appears to use devscripts, so the container may need it"},

	{name: "a recommended compiler that another edit names", all: true, lines: "RUN apt-get update && apt-get install -y golang-go tini && rm -rf /var/lib/apt/lists/* ## package libc6-dev auto /usr/include/a.h:9k; package g++ auto needs=libc6 /usr/bin/g++:3000k; package golang-go needs=libc6 recommends=g++,libc6-dev /usr/bin/go:80k; package tini recommends=fonts-a /usr/bin/tini:9k; package fonts-a auto /usr/share/fonts/a:9000k\nRUN go build -o /usr/local/bin/app . ## /usr/local/bin/app elf 9k\n"},

	// Machines that people work at keep their tools.
	{name: "a shell", lines: install + compile, command: `["bash"]`, left: noFinding},
	{name: "a login shell", lines: install + compile, command: `["/bin/zsh","-l"]`, left: "the container starts zsh, so people may need the tools inside it"},
	{name: "a shell behind services", lines: install + compile, command: `["sh","-c","service ssh start; bash"]`, left: "the container starts bash, so people may need the tools inside it"},
	{name: "a server of shells", lines: install + compile, command: `["sh","-c","/usr/sbin/sshd && app"]`, left: "the container starts sshd, so people may need the tools inside it"},
	{name: "something that waits", lines: install + compile, command: `["sleep","infinity"]`, left: noFinding},
	{name: "a shell with a script", lines: install + "COPY start /start.sh ## /start.sh \"#!/bin/bash\\nexec app\\n\"\n" + compile, command: `["bash","/start.sh"]`},
	{name: "a shell with a command", lines: install + compile, command: `["sh","-c","exec app --port 80"]`},

	// A directory that COPY makes is not made again behind it.
	{name: "mkdir behind the copies", lines: wanted + "RUN mkdir /opt/app ## /opt/app/\nRUN gcc -o /opt/app/app a.c ## /opt/app/app 9k\n", has: []string{"COPY --from=build /opt/app /opt/app\n"}, hasNot: []string{"mkdir"}},
	{name: "mkdir of a directory and of one above", lines: wanted + "RUN mkdir /opt/app && mkdir /opt/app/bin ## /opt/app/; /opt/app/bin/\nRUN gcc -o /opt/app/bin/app a.c ## /opt/app/bin/app 9k\n", hasNot: []string{"mkdir"}},
	{name: "mkdir in a directory that is copied", lines: wanted + "COPY . /opt/app ## /opt/app/a 9k\nRUN mkdir /opt/app/bin ## /opt/app/bin/\nRUN gcc -o /opt/app/bin/app a.c ## /opt/app/bin/app 9k\n", hasNot: []string{"mkdir"}},
	{name: "mkdir with a mode in one without", lines: wanted + "RUN mkdir /opt/app ## /opt/app/\nRUN mkdir -m 750 /opt/app/data ## /opt/app/data/ mode=750\nRUN gcc -o /opt/app/app a.c && touch /opt/app/data/x ## /opt/app/app 9k; /opt/app/data/x 9\n", has: []string{"COPY --from=build /opt/app /opt/app\n"}, hasNot: []string{"RUN mkdir"}},
	{name: "mkdir by somebody else", lines: wanted + "USER 5\nRUN mkdir /opt/app ## /opt/app/ owner=5:0\nRUN gcc -o /opt/app/app a.c ## /opt/app/app 9k owner=5:0\n", has: []string{"RUN mkdir /opt/app\nCOPY --from=build /opt/app /opt/app\n"}},
	{name: "mkdir of another directory, too", lines: wanted + "RUN mkdir /opt/app /data ## /opt/app/; /data/\nRUN gcc -o /opt/app/app a.c ## /opt/app/app 9k\n", has: []string{"RUN mkdir /opt/app /data\nCOPY --from=build /opt/app /opt/app\n"}},
	{name: "mkdir with a mode", lines: wanted + "RUN mkdir -m 700 /opt/app ## /opt/app/ mode=700\nRUN gcc -o /opt/app/app a.c ## /opt/app/app 9k\n", has: []string{"RUN mkdir -m 700 /opt/app\nCOPY --from=build /opt/app /opt/app\n"}},
	{name: "mkdir in the working directory", lines: wanted + "WORKDIR /opt\nRUN mkdir app ## /opt/app/\nRUN gcc -o /opt/app/app a.c ## /opt/app/app 9k\n", has: []string{"COPY --from=build /opt/app /opt/app\n"}, hasNot: []string{"RUN mkdir"}},
	{name: "mkdir in a directory that only a COPY brings", lines: wanted + "COPY . /src ## /src/a 9k\nRUN mkdir src/out ## /src/out/\nRUN gcc -o /src/out/app a.c ## /src/out/app 9k\n", hasNot: []string{"RUN mkdir"}},
	{name: "mkdir -p", lines: wanted + "RUN mkdir -p /opt/app ## /opt/app/\nRUN gcc -o /opt/app/app a.c ## /opt/app/app 9k\n", hasNot: []string{"RUN mkdir"}},
	{name: "a project whose files have many parts, and small ones that nobody needs", lines: wanted + "WORKDIR /srv/app\nCOPY . . ## /srv/app/a.pem 9k; /srv/app/b/x.js 9k; /srv/app/c/x.js 9k; /srv/app/d/x.js 9k; /srv/app/e/x.js 9k; /srv/app/Dockerfile 1k; /srv/app/b/Dockerfile 1k; /srv/app/.gitignore 1k; /srv/app/.git/x 900k\n" + built, has: []string{"COPY --from=build /srv/app /srv/app\n"}, hasNot: []string{"/srv/app/a.pem", "/srv/app/Dockerfile"}},
	{name: "a key that the build removes itself", lines: wanted + "RUN gcc -o /opt/a/app a.c ## /opt/a/app 9k; /opt/a/.ssh/id_rsa 2k\nRUN rm /opt/a/.ssh/id_rsa ## /opt/a/.ssh/id_rsa removed\n", command: `["/opt/a/app"]`, has: []string{"COPY --from=build /opt/a"}},
	{name: "mkdir of what is not copied", lines: wanted + "RUN mkdir /data ## /data/\nRUN gcc -o /opt/app/app a.c ## /opt/app/app 9k\n", has: []string{"RUN mkdir /data\n"}},

	// What the container itself builds needs the tools.
	{name: "pip at the start", lines: install + "COPY start /start.sh ## /start.sh \"#!/bin/sh\\npip install -r /srv/more.txt\\nexec app\\n\"\n" + compile, command: `["/start.sh"]`, left: "the container runs pip install when it starts"},
	{name: "python -m pip at the start", lines: install + compile, command: `["sh","-c","python3 -m pip install a && app"]`, left: "the container runs pip install when it starts"},
	{name: "make at the start", lines: install + "COPY start /start.sh ## /start.sh \"#!/bin/sh\\nmake -C /srv\\nexec app\\n\"\n" + compile, command: `["/start.sh"]`, left: noFinding},
	{name: "bundle exec at the start", lines: install + compile, command: `["bundle","exec","puma"]`},
	{name: "npm start", lines: install + compile, command: `["npm","start"]`},

	{name: "a script that builds", lines: install + compile, command: `["bash","/srv/build.sh"]`, left: "the container starts build.sh, which may compile something"},
	{name: "a script that tests", lines: install + compile, command: `["/srv/run-tests.sh"]`, left: "the container starts run-tests.sh, which may compile something"},
	{name: "a server of builds", lines: install + "COPY ui /srv/builder-ui ## /srv/builder-ui 9k\n" + compile, command: `["/srv/builder-ui"]`},

	// Source trees of what is installed.
	{name: "an archive that is installed", lines: install + "RUN curl -L https://example.com/a-1.0.tgz | tar xz && cd a-1.0 && ./configure && make && make install ## /a-1.0/a.txt 90k; /a-1.0/app 9k; /usr/local/bin/app 9k\n", hasNot: []string{"/a-1.0"}},
	{name: "an archive that ADD unpacks and that is installed", lines: install + "WORKDIR /build\nADD a-1.0.tar.xz . ## /build/a-1.0/a.txt 90k; /build/a-1.0/configure 9k\nWORKDIR /build/a-1.0\nRUN ./configure && make && make install ## /build/a-1.0/app 9k; /usr/local/bin/app 9k\nWORKDIR /\n", hasNot: []string{"COPY --from=build /build"}},
	{name: "an archive of a version that is installed", lines: "ARG V=1.0\n" + install + "WORKDIR /usr/src\nRUN curl -LO https://example.com/a-${V}.tgz && tar xzf a-${V}.tgz ## /usr/src/a-1.0/a.txt 90k; /usr/src/a-1.0.tgz 9k\nRUN cd a-${V} && ./configure && make && make install ## /usr/src/a-1.0/app 9k; /usr/local/bin/app 9k\n", hasNot: []string{"/usr/src/a-1.0 "}},
	{name: "an archive that is installed and named", lines: install + "RUN curl -L https://example.com/a-1.0.tgz | tar xz && cd a-1.0 && ./configure && make && make install ## /a-1.0/a.txt 90k; /a-1.0/app 9k; /usr/local/bin/app 9k\n", command: `["app","/a-1.0/a.txt"]`, has: []string{"/a-1.0"}},
	{name: "a project with a make install", lines: install + "WORKDIR /srv/a\nCOPY . . ## /srv/a/server.py 90k; /srv/a/configure 9k\nRUN ./configure && make install ## /usr/local/lib/python3.11/site-packages/a.py 9k\n", command: `["python3","server.py"]`, has: []string{"/srv/a"}},
	{name: "what is removed later", lines: install + "RUN gcc -o /opt/app a.c ## /opt/app 9k; /opt/src/a.txt 90k\nRUN rm -rf /opt/src ## /opt/src removed\n", command: `["/opt/app"]`, hasNot: []string{"/opt/src "}},
	{name: "what is removed later without -f", lines: install + "RUN gcc -o /opt/app a.c ## /opt/app 9k; /opt/a.txt 90k\nRUN rm /opt/a.txt ## /opt/a.txt removed\n", command: `["/opt/app"]`, hasNot: []string{"a.txt"}},
	{name: "what is used and removed later", lines: install + "RUN gcc -o /opt/app a.c ## /opt/app 9k; /opt/src/a.txt 90k\nRUN cat /opt/src/a.txt > /etc/a && rm -rf /opt/src ## /opt/src removed; /etc/a 90k\n", command: `["/opt/app"]`, has: []string{"/opt/src"}},

	// What a RUN gives to a user is given in the build stage, where much would be stored twice and
	// it is known whose files are whose.
	{name: "what was built is given to a user", lines: wanted + built + "RUN useradd app && chown -R app /app ## /etc/passwd \"x\"; /etc/.pwd.lock 0; /app/ owner=7:7; /app/data 1200k owner=7:7; /app/app 9k owner=7:7\n", has: []string{"RUN useradd app\n", "install -d -m 755 -o 7 -g 7 /app\n"}, hasNot: []string{"chown"}},
	{name: "what was built is given to a user of the base", lines: wanted + built + "RUN chown -R 7 /app ## /app/ owner=7:7; /app/data 1200k owner=7:7; /app/app 9k owner=7:7\n", has: []string{"install -d -m 755 -o 7 -g 7 /app\n"}, hasNot: []string{"chown"}},
	{name: "little is given", lines: wanted + strings.Replace(built, "1200k", "12k", 1) + "RUN useradd app && chown -R app /app ## /etc/passwd \"x\"; /app/ owner=7:7; /app/data 12k owner=7:7; /app/app 9k owner=7:7\n", has: []string{"RUN useradd app && chown -R app /app\n"}},
	{name: "a directory is made and given, too", lines: wanted + built + "RUN useradd app && mkdir /data && chown -R app /app /data ## /etc/passwd \"x\"; /data/ owner=7:7; /app/ owner=7:7; /app/data 1200k owner=7:7; /app/app 9k owner=7:7\n", has: []string{"RUN useradd app && mkdir /data && chown -R app /app /data\n"}},
	{name: "files of a package are given, too", lines: wanted + built + "RUN useradd app && chown -R app /app /usr/bin/tini ## /etc/passwd \"x\"; /app/ owner=7:7; /app/data 1200k owner=7:7; /app/app 9k owner=7:7; /usr/bin/tini 9k owner=7:7\n", has: []string{"RUN useradd app && chown -R app /app /usr/bin/tini\n"}},
	{name: "a file is written besides", lines: wanted + built + "RUN useradd app && chown -R app /app && echo x > /etc/x ## /etc/passwd \"x\"; /etc/x 9; /app/ owner=7:7; /app/data 1200k owner=7:7; /app/app 9k owner=7:7\n", has: []string{"RUN useradd app && chown -R app /app && echo x > /etc/x\n"}},

	// What has served is not copied; what may serve again is.
	{name: "an archive that is unpacked", lines: install + "RUN curl -LO https://example.com/a-1.0.tar.gz && tar xzf a-1.0.tar.gz && make -C a-1.0 install ## /a-1.0.tar.gz 90k; /usr/local/bin/app 9k\n", hasNot: []string{"tar.gz"}},
	{name: "an archive of a version in a variable", lines: install + "ENV A=a-1.0\nRUN curl -LO https://example.com/$A.tar.bz2 ## /a-1.0.tar.bz2 90k\nRUN tar xjf $A.tar.bz2 && make -C a-1.0 install ## /usr/local/bin/app 9k\n", hasNot: []string{"tar.bz2"}},
	{name: "an installer that has run", lines: install + "RUN curl -o setup.py https://example.com/setup.py && python setup.py -n && gcc -o /usr/local/bin/app a.c ## /setup.py 90k; /usr/local/bin/app 9k\n", hasNot: []string{"/setup.py"}},
	{name: "an archive that nothing unpacks", lines: install + "RUN curl -LO https://example.com/data.tar.gz && gcc -o /usr/local/bin/app a.c ## /data.tar.gz 90k; /usr/local/bin/app 9k\n", has: []string{"/data.tar.gz"}},
	{name: "an archive that is copied, too", lines: install + "RUN curl -Lo data.zip https://example.com/data.zip && unzip data.zip && cp data.zip /srv/a && gcc -o /usr/local/bin/app a.c ## /data.zip 90k; /usr/local/bin/app 9k\n", has: []string{"/data.zip"}},
	{name: "an installer of the context", lines: install + "COPY setup.sh /srv/ ## /srv/setup.sh 90k\nRUN bash /srv/setup.sh -d /x && gcc -o /usr/local/bin/app a.c ## /x/a 9k; /usr/local/bin/app 9k\n", has: []string{"/srv"}},
	{name: "an archive that the command names", lines: install + "RUN curl -Lo /srv/data.zip https://example.com/data.zip && unzip /srv/data.zip && gcc -o /usr/local/bin/app a.c ## /srv/data.zip 90k; /usr/local/bin/app 9k\n", command: `["app","/srv/data.zip"]`, has: []string{"/srv"}},
	{name: "a program that was tried", lines: install + "RUN curl -Lo /usr/local/bin/wait.sh https://example.com/wait.sh && bash /usr/local/bin/wait.sh --help && gcc -o /usr/local/bin/app a.c ## /usr/local/bin/wait.sh 90k; /usr/local/bin/app 9k\n", has: []string{"COPY --from=build /usr/local/bin /usr/local/bin\n"}},
	{name: "a cache below /tmp", lines: install + "RUN make install ## /usr/local/bin/app 9k; /tmp/v8-compile-cache-0/11.3/a 9k; /tmp/v8-compile-cache-0/11.3/\nRUN apt-get clean && rm -rf /tmp/* ## /tmp/v8-compile-cache-0 removed\n", hasNot: []string{"/tmp/v8"}},
	{name: "a directory below /tmp that is named", lines: install + "RUN make install DESTDIR=/tmp/app ## /tmp/app/bin/app 9k\n", command: `["/tmp/app/bin/app"]`, has: []string{"/tmp/app"}},

	// Locales and programs of the base image.
	{name: "a locale that no file tells", lines: install + "ENV LANG=de_DE.UTF-8\nRUN locale-gen de_DE.UTF-8 ## /var/log/a 9\n" + compile, left: "line 4 generates locales, and tare cannot tell which files those are"},
	{name: "a locale in files", lines: install + "ENV LANG=de_DE.UTF-8\nRUN locale-gen de_DE.UTF-8 ## /usr/lib/locale/locale-archive 9k\n" + compile, has: []string{"COPY --from=build /usr/lib"}},
	{name: "a locale that no variable names", lines: install + "ENV LANG=C.UTF-8\nRUN locale-gen de_DE.UTF-8 ## /var/log/a 9\n" + compile},
	{name: "a program of the base image", lines: install + "RUN /bin/sh -x ## /var/log/\n" + compile, left: "line 3 runs /bin/sh, and no file shows what that did"},
	{name: "a program of the base image that writes", lines: install + "RUN /bin/sh -x ## /srv/a 9k\n" + compile, has: []string{"/srv"}},

	// Packages.
	{name: "libraries of compilers", lines: "RUN apt-get update && apt-get install -y --no-install-recommends gcc libx-dev && rm -rf /var/lib/apt/lists/* ## package gcc needs=libc6,libgcc-12-dev /usr/bin/gcc:80k; package libgomp1 auto needs=libc6 /usr/lib/libgomp.so.1:9k; package libgcc-12-dev auto needs=libgomp1 /usr/lib/gcc/a.h:9k; package libjs-x auto /usr/share/javascript/x.js:9k; package libx1 auto needs=libc6 /usr/lib/libx.so.1:9k; package libx-dev needs=libx1,libjs-x /usr/include/x.h:9k\nRUN make install ## /usr/local/bin/app 9k\n", has: []string{" libx1"}, hasNot: []string{"libgomp1", "libjs-x"}},
	{name: "one apt-get update", lines: "RUN apt-get update && apt-get install -y gcc tini libx-dev && rm -rf /var/lib/apt/lists/* ## package gcc needs=libc6 /usr/bin/gcc:80k; package tini /usr/bin/tini:9k; package libx1 auto needs=libc6 /usr/lib/libx.so.1:9k; package libx-dev needs=libx1 /usr/include/x.h:9k\nRUN make install ## /usr/local/bin/app elf needs=libx.so.1 9k\n", has: []string{"apt-get install -y --no-install-recommends tini libx1 \\\n"}},

	{name: "a package that recommends the tools", lines: "RUN apt-get update && apt-get install -y gcc build-essential python3-pip tini && rm -rf /var/lib/apt/lists/* ## package gcc needs=libc6 /usr/bin/gcc:80k; package build-essential needs=gcc /usr/share/doc/be:1k; package python3-pip recommends=build-essential /usr/bin/pip:9k; package tini recommends=fonts-a /usr/bin/tini:9k; package fonts-a auto /usr/share/fonts/a:9k\nRUN gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k\n",
		has: []string{"apt-get install -y tini", "apt-get install -y --no-install-recommends python3-pip"}},
	{name: "a log that a RUN makes on purpose", lines: install + "RUN gcc -o /usr/local/bin/app a.c && touch /var/log/app.log ## /usr/local/bin/app 9k; /var/log/app.log 0; /var/log/build.log 9\n", has: []string{"COPY --from=build /var/log/app.log /var/log/"}, hasNot: []string{"build.log"}},
	{name: "a RUN that an argument changes, and that did something", lines: "ARG DEV=0\n" + install + "RUN if [ \"$DEV\" = 1 ]; then make; fi && gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k\n", has: []string{"COPY --from=build"}},

	{name: "names of services", lines: "RUN apt-get update && apt-get install -y gcc tini && rm -rf /var/lib/apt/lists/* ## package gcc needs=libc6 recommends=netbase /usr/bin/gcc:80k; package tini /usr/bin/tini:9k; package netbase auto /etc/services:9k\nRUN gcc -o /usr/local/bin/snort a.c ## /usr/local/bin/snort 9k\n", has: []string{"netbase"}},

	{name: "a home that is given back to root", lines: "RUN useradd -m ctf ## /home/ctf/ owner=1000:1000; /etc/passwd \"root:x:0:0::/root:/bin/sh\\nctf:x:1000:1000::/home/ctf:/bin/sh\\n\"\n" + wanted + "RUN gcc -o /home/ctf/app a.c && chown root:root /home/ctf ## /home/ctf/ owner=0:0; /home/ctf/app 9k\n", command: `["/home/ctf/app"]`, has: []string{"RUN install -d -m 755 -o 0 -g 0 /home/ctf\n"}},

	// Directories.
	{name: "a project, whole", lines: install + "COPY . /opt/app ## /opt/app/Makefile 90; /opt/app/a/a 9k; /opt/app/b/b 9k; /opt/app/c/c 9k; /opt/app/d 9k\nRUN make -C /opt/app ## /opt/app/app 9k\n", command: `["/opt/app/app","/opt/app/a","/opt/app/b"]`, has: []string{"COPY --from=build /opt/app /opt/app\n"}},
	{name: "a project with much that only builds need", lines: install + "COPY . /opt/app ## /opt/app/main.c 900k; /opt/app/a/a 9k; /opt/app/b 9k; /opt/app/c/c 9k\nRUN make -C /opt/app ## /opt/app/app elf 9k\n", command: `["/opt/app/app"]`, has: []string{"COPY --from=build /opt/app /opt/app\n"}, build: "RUN rm -rf /opt/app/main.c\n"},
	{name: "a project with much in many places", lines: install + "COPY . /opt/app ## /opt/app/main.c 900k; /opt/app/a/a 9k; /opt/app/b 9k; /opt/app/c/c 9k; /opt/app/c/c.c 900k; /opt/app/a/a.c 900k; /opt/app/b.c 900k; /opt/app/e.c 900k\nRUN make -C /opt/app ## /opt/app/app elf 9k\n", command: `["/opt/app/app"]`, has: []string{"/opt/app/app"}, hasNot: []string{"COPY --from=build /opt/app /opt/app\n"}},

	// What only the build calls to download and unpack.
	{name: "a downloader", lines: tool("gcc", "wget") + download, command: app, hasNot: []string{"wget"}},
	{name: "a downloader beside a package that stays", lines: tool("gcc", "wget", "tini") + download, command: app, has: []string{"tini"}, hasNot: []string{"wget"}},
	{name: "a downloader that no RUN calls", lines: tool("gcc", "wget", "curl") + download, command: app, has: []string{" curl"}, hasNot: []string{"wget"}},
	{name: "a downloader for the health check", lines: tool("gcc", "wget") + download + "HEALTHCHECK CMD wget -q localhost\n", command: app, has: []string{" wget &&"}},
	{name: "a downloader in a script", lines: tool("gcc", "wget") + download + "COPY fetch.sh /usr/local/bin/ ## /usr/local/bin/fetch.sh \"#!/bin/sh\\nwget -q $1\\n\"\n", command: app, has: []string{" wget"}},
	{name: "a downloader where nobody knows what runs", lines: tool("gcc", "wget") + strings.Replace(download, " elf needs=libc.so.6", "", 1), command: app, has: []string{" wget"}},
	{name: "version control beside a compiled program", lines: tool("gcc", "git") + strings.Replace(download, "wget", "git clone", 1), command: app, has: []string{" git"}},
	{name: "a comment below what is built", lines: tool("gcc") + download + "# docker exec app: tried\n\n# starts it\n", command: app, build: "a.c\n# docker exec app: tried\n", has: []string{"\n# starts it\nCMD "}, hasNot: []string{"tried"}},
	{name: "a comment above the next instruction", lines: tool("gcc") + download + "# starts it\n", command: app, has: []string{"\n# starts it\nCMD "}},
	{name: "a comment above the next instruction, behind a blank line", lines: tool("gcc") + download + "\n# starts it\n", command: app, has: []string{"\n# starts it\nCMD "}},
	{name: "version control beside a server of files", lines: strings.Replace(tool("make", "git", "nginx"), "/usr/bin/nginx:80k", "/usr/sbin/nginx:elf /etc/nginx/mime.types:1k", 1) + "RUN git clone https://example.com/a /src && make -C /src ## /src/a.c 9k; /var/www/html/index.html 9k\nCOPY nginx.conf /etc/nginx/nginx.conf ## /etc/nginx/nginx.conf \"http { server { root /var/www/html;} }\\n\"\n", command: `["nginx","-g","daemon off;"]`, has: []string{" nginx"}, hasNot: []string{" git"}},

	// What is removed behind the build stage.
	{name: "what never comes along is not removed", lines: install + archive + "COPY a /srv/a ## /srv/a 9\n# Remove downloads\nRUN rm -rf $HOME/src ## /root/src removed\nEXPOSE 80\n", command: app, has: []string{"COPY a /srv/a\nEXPOSE 80\n"}, hasNot: []string{"rm -rf $HOME", "# Remove"}},
	{name: "what comes along is removed", lines: install + archive + "COPY a /root/src/b ## /root/src/b 9\nRUN rm -rf $HOME/src ## /root/src removed\n", command: app, has: []string{"RUN rm -rf $HOME/src\n"}},
	{name: "what the base has is removed", lines: install + archive + "COPY a /srv/a ## /srv/a 9\nRUN rm -rf /root/src /root/.bashrc ## /root/src removed; /root/.bashrc removed\n", command: app, has: []string{"RUN rm -rf /root/src /root/.bashrc\n"}},
	{name: "more than a removal", lines: install + archive + "COPY a /srv/a ## /srv/a 9\nRUN rm -rf /root/src && chmod 700 /srv/a ## /root/src removed; /srv/a 9 mode=700\n", command: app, has: []string{"RUN rm -rf /root/src && chmod"}},

	// Directories with an owner.
	{name: "an empty directory with an owner", lines: wanted + "RUN gcc -o /usr/local/bin/app a.c && mkdir -p /var/lib/app && chown 33:33 /var/lib/app ## /usr/local/bin/app 9k; /var/lib/app/ owner=33:33\n", has: []string{"install -d -m 755 -o 33 -g 33 /var/lib/app\n"}, hasNot: []string{"COPY --from=build /var/lib/app"}},
	{name: "an argument that only the build uses", lines: "ARG DATABASE=postgres://app:Sup3rS3cretDb@db.internal/app\nARG PORT=80\nARG DEBIAN_FRONTEND=noninteractive\n" + tool("gcc", "tini") + "RUN gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k\nEXPOSE $PORT\n", has: []string{"ARG PORT=80\n", "ARG DEBIAN_FRONTEND=noninteractive\n"}, hasNot: []string{"DATABASE"}},
	{name: "an argument in quotes", lines: "ARG \"PORT=80\"\n" + tool("gcc", "tini") + "RUN gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k\nEXPOSE $PORT\n", has: []string{"ARG \"PORT=80\"\n"}},
	{name: "an account beside an install, by a variable and with blanks", lines: "ENV NAME=web\n" + withAccount("useradd -c 'the server' -m $NAME") + "RUN gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k\n", has: []string{"useradd -c 'the server' -m $NAME"}},
	{name: "an account beside an install of nothing else", lines: strings.ReplaceAll(withAccount("adduser --gecos '' web"), " tini", "") + "RUN gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k\n", has: []string{"adduser --gecos '' web\n"}},
	{name: "an account by what only the build knows", lines: withAccount("useradd -u $(cat /id) web") + "RUN gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k\n", left: "line 2 makes an account that the new stage could not make the same way"},
	{name: "an account by a variable of the RUN", lines: withAccount("n=web && useradd $n") + "RUN gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k\n", left: "line 2 makes an account that the new stage could not make the same way"},
	{name: "a directory with an owner and files", lines: wanted + "RUN gcc -o /usr/local/bin/app a.c && mkdir -p /srv/app && chown -R 33:33 /srv/app ## /usr/local/bin/app 9k; /srv/app/ owner=33:33; /srv/app/x 9k owner=33:33\n", has: []string{"install -d -m 755 -o 33 -g 33 /srv/app\n", "COPY --from=build /srv/app"}},
	{name: "an owner by the author's name", lines: wanted + "RUN useradd web ## /etc/passwd \"root:x:0:0::/root:/bin/sh\\nweb:x:1000:1000::/home/web:/bin/sh\\n\"; /etc/group \"root:x:0:\\nweb:x:1000:\\n\"\nRUN gcc -o /usr/local/bin/app a.c && install -o web -d /srv/app && touch /srv/app/x ## /usr/local/bin/app 9k; /srv/app/ owner=1000:1000; /srv/app/x 9k owner=1000:1000\n", has: []string{"install -d -m 755 -o web -g web /srv/app\n"}},
}

// app is a command that starts what download builds.
const app = `["/usr/local/bin/app"]`

// archive builds from what it unpacks in the home directory.
const archive = "RUN mkdir $HOME/src && cd $HOME/src && curl https://example.com/a | tar xz && gcc -o /usr/local/bin/app a.c ## /root/src/a.txt 90k; /usr/local/bin/app elf needs=libc.so.6 9k\n"

// download fetches a source and compiles it.
const download = "RUN wget https://example.com/a.c && gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app elf needs=libc.so.6 9k\n"

// noFinding is said of an image of which no finding speaks of build tools.
const noFinding = "no finding"

// tool is a RUN that installs packages of those names.
func tool(names ...string) string {
	line := "RUN apt-get update && apt-get install -y --no-install-recommends " + strings.Join(names, " ") + " && rm -rf /var/lib/apt/lists/* ## "
	for i, name := range names {
		if i > 0 {
			line += "; "
		}
		line += "package " + name + " needs=libc6 /usr/bin/" + name + ":80k"
	}
	return line + "\n"
}

// wanted installs a compiler beside a package that stays, so that the copies stand behind it.
var wanted = strings.Replace(strings.Replace(install, "gcc ", "gcc tini ", 1), " ## ", " ## package tini /usr/bin/tini:9k; ", 1)

// withAccount is a RUN that installs what wanted does and makes an account.
func withAccount(command string) string {
	return strings.Replace(strings.Replace(wanted, " && rm -rf", " && "+command+" && rm -rf", 1), " ## ", " ## /etc/passwd \"x\"; ", 1)
}

// npmStart installs with npm beside a compiler, and starts by a script with a line.
func npmStart(line string) string {
	return tool("nodejs", "npm", "gcc") + "COPY start /start.sh ## /start.sh \"#!/bin/sh\\n" + strings.ReplaceAll(line, `"`, `\"`) + "\\n\"\n" +
		"RUN cd /srv && npm install && gcc -o /usr/local/bin/x a.c ## /srv/node_modules/a/a.js 9k; /usr/local/bin/x elf needs=libc.so.6 9k\n"
}

// builtIn leaves behind what a build has fetched, and a RUN that is none of the build.
const builtIn = install + "RUN gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k; /root/.cargo/registry/a.rs 5000k\nRUN ldconfig ## /etc/ld.so.cache 9\n"

// built is what a compiler made beside what a COPY brought.
const built = "COPY . /app ## /app/data 1200k; /app/a.c 9\nRUN gcc -o /app/app /app/a.c ## /app/app 9k\n"

// TestJudgement holds which tools are taken out of an image, and what the stage that runs has.
func TestJudgement(t *testing.T) {
	for _, test := range judgements {
		t.Run(test.name, func(t *testing.T) {
			f := fixtureOf(test.lines)
			if test.command != "" {
				f.dockerfile = strings.Replace(f.dockerfile, `CMD ["app"]`, "CMD "+test.command, 1)
			}
			if test.all {
				f.archive.Comment = []byte("rules: all")
			}
			r, build := f.analyze(t)
			result, err := fix.Plan(r, []byte(f.dockerfile), fix.Options{Stage: fix.AnyStage, Rules: f.rules(), Build: build})
			if err != nil {
				t.Fatal(err)
			}
			outcome := outcomeOf(r, result)
			if test.left == noFinding && outcome == "" && !result.Changed() {
				return
			}
			if test.left != "" {
				if result.Changed() || !strings.HasPrefix(outcome, "left: tare proposes no build stage: "+test.left+". ") {
					t.Errorf("got  %swant %s\n%s", outcome, test.left, result.New)
				}
				return
			}
			builds, runs, staged := strings.Cut(string(result.New), "\n# The image that runs")
			if !staged {
				t.Fatalf("there is no stage: %s", outcome)
			}
			if err := valid(result.New); err != nil {
				t.Errorf("BuildKit refuses the result: %v", err)
			}
			if !strings.HasSuffix(builds, test.build) {
				t.Errorf("the build stage does not end with %q:\n%s", test.build, builds)
			}
			for _, text := range test.has {
				if !strings.Contains(runs, text) {
					t.Errorf("it lacks %q:\n%s", text, runs)
				}
			}
			for _, text := range test.hasNot {
				if strings.Contains(runs, text) {
					t.Errorf("it holds %q:\n%s", text, runs)
				}
			}
		})
	}
}
