package fix_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/imagetest"
)

const listsMount = "--mount=type=cache,target=/var/lib/apt/lists,sharing=locked "

func packages(name string) imagetest.File { return big("var/lib/apt/lists/" + name + "_Packages") }

// TestEachRunGetsItsMount: a cache may be empty at any build, so a RUN that installs from
// lists in a mount fetches them itself.
func TestEachRunGetsItsMount(t *testing.T) {
	mount := fix.Options{CacheMount: true}
	file := imagetest.Text("opt/a", "x")
	bin := imagetest.Text("usr/bin/b", "x")
	tryNeeds(t, []needsCase{
		{name: "an install behind a COPY", opt: mount, steps: []step{does("RUN apt-get update && apt-get install -y a", packages("a")), does("COPY a /opt/a", file), does("RUN apt-get install -y b", bin)},
			want: "RUN " + listsMount + "apt-get update && apt-get install -y a\nCOPY a /opt/a\nRUN " + listsMount + "apt-get update \\\n    && apt-get install -y b\n"},
		{name: "an update alone, an install behind ENV", opt: mount, steps: []step{does("RUN apt-get update", packages("a")), does("ENV A=b"), does("RUN apt-get install -y b", bin)},
			want: "ENV A=b\nRUN " + listsMount + "apt-get update \\\n    && apt-get install -y b\n"},
		{name: "two installs, one after another source", opt: mount, steps: []step{does("RUN apt-get update && apt-get upgrade -y", packages("a")), does("COPY a /opt/a", file), does("RUN apt-get install -y b", bin), does("RUN echo deb x >> /etc/apt/sources.list", imagetest.Text("etc/apt/sources.list", "deb x")),
			does("RUN apt-get update && apt-get install -y c", packages("c"))},
			want: "RUN " + listsMount + "apt-get update && apt-get upgrade -y\nCOPY a /opt/a\nRUN " + listsMount + "apt-get update \\\n    && apt-get install -y b\nRUN echo deb x >> /etc/apt/sources.list\nRUN " + listsMount + "apt-get update && apt-get install -y c\n"},
		{name: "apt's lock is no file that a mount hides", opt: mount, steps: []step{does("RUN apt-get update && apt-get install -y a", packages("a"), imagetest.Text("var/lib/apt/lists/lock", "")), does("COPY a /opt/a", file), does("RUN apt-get update && apt-get install -y b", packages("b"))},
			want: "RUN " + listsMount + "apt-get update && apt-get install -y a\nCOPY a /opt/a\nRUN " + listsMount + "apt-get update && apt-get install -y b\n"},
		{name: "something else between", opt: mount, steps: []step{does("RUN apt-get update", packages("a")), does("RUN apt-get install -y a", file), does("RUN a2enmod x", imagetest.Text("etc/x", "x")), does("RUN apt-get install -y b", bin)},
			want: "RUN " + listsMount + "apt-get update \\\n    && apt-get install -y a\nRUN a2enmod x\nRUN " + listsMount + "apt-get update \\\n    && apt-get install -y b\n"},
		{name: "the script of an archive between", opt: mount, steps: []step{does("RUN apt-get update && apt-get install -y a", packages("a")), does("RUN composer x", imagetest.Text("opt/x", "x")), does("RUN curl -sL https://deb.nodesource.com/setup_20.x | bash -", packages("n")), does("RUN apt-get install -y nodejs", bin)},
			want: "RUN " + listsMount + "apt-get update && apt-get install -y a\nRUN composer x\nRUN " + listsMount[:len(listsMount)-1] + " \\\n    curl -sL https://deb.nodesource.com/setup_20.x | bash - \\\n    && apt-get install -y nodejs\n"},
		{name: "a source between that nothing fetches", opt: mount, steps: []step{does("RUN apt-get update && apt-get install -y a", packages("a")), does("RUN echo deb x > /etc/apt/sources.list.d/x.list", imagetest.Text("etc/apt/sources.list.d/x.list", "x")), does("RUN apt-get install -y b", bin)},
			want: "RUN " + listsMount + "apt-get update && apt-get install -y a \\\n    && echo deb x > /etc/apt/sources.list.d/x.list \\\n    && apt-get install -y b\n"},
		{name: "a removal at the end", opt: mount, steps: []step{does("RUN apt-get update && apt-get install -y a", packages("a")), does("RUN a2enmod x", imagetest.Text("etc/x", "x")), does("RUN rm -rf /var/lib/apt/lists/*", imagetest.Whiteout("var/lib/apt/lists/a_Packages"))},
			want: "RUN " + listsMount + "apt-get update && apt-get install -y a\nRUN a2enmod x\n"},
		{name: "a removal behind a COPY", opt: mount, steps: []step{does("RUN apt-get update && apt-get install -y a", packages("a"), imagetest.Dir("var/lib/apt/lists/partial")), does("COPY a /opt/a", file), does("RUN set -x; rm -rf /var/lib/apt/lists/*", imagetest.Whiteout("var/lib/apt/lists/a_Packages"), imagetest.Whiteout("var/lib/apt/lists/partial"))},
			want: "RUN " + listsMount + "apt-get update && apt-get install -y a\nCOPY a /opt/a\n"},
		{name: "a directory that is made anew", opt: mount, steps: []step{does("RUN rm -rf /var/lib/apt/lists && mkdir /var/lib/apt/lists && apt-get update && apt-get install -y a", packages("a"))},
			want: "RUN rm -rf /var/lib/apt/lists && mkdir /var/lib/apt/lists && apt-get update && apt-get install -y a \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "a misspelt removal of what is there", opt: mount, steps: []step{does("COPY keys /var/cache/apt/lists", imagetest.Text("var/cache/apt/lists/key", "x")), does("RUN apt-get update && apt-get install -y a && rm -rf /var/cache/apt/lists/*", packages("a"), imagetest.Whiteout("var/cache/apt/lists/key"))},
			want: "COPY keys /var/cache/apt/lists\nRUN " + strings.TrimSpace(listsMount) + " \\\n    apt-get update && apt-get install -y a && rm -rf /var/cache/apt/lists/*\n"},
		{name: "a misspelt removal", opt: mount, steps: []step{does("RUN apt-get update && apt-get install -y a && rm -rf /var/cache/apt/lists", packages("a"))},
			want: "RUN " + listsMount + "apt-get update && apt-get install -y a\n"},
		{name: "lists that another RUN rewrites, for a third one", opt: mount, steps: []step{does("RUN apt-get update && apt-get install -y a", packages("a")), does("RUN curl -sL https://deb.nodesource.com/setup_20.x | bash -", imagetest.Fill("var/lib/apt/lists/a_Packages", 9<<20)), does("RUN apt-get install -y nodejs", bin)},
			want: "RUN " + listsMount + "apt-get update && apt-get install -y a\nRUN " + strings.TrimSuffix(listsMount, " ") + " \\\n    curl -sL https://deb.nodesource.com/setup_20.x | bash - \\\n    && apt-get install -y nodejs\n"},
		{name: "a source that is added", opt: mount, steps: []step{does("RUN apt-get update && apt-get install -y a", packages("a")), does("COPY a /opt/a", file), does("RUN add-apt-repository ppa:x", packages("x"))},
			want: "RUN " + listsMount + "apt-get update && apt-get install -y a\nCOPY a /opt/a\nRUN " + listsMount + "add-apt-repository ppa:x\n"},
		{name: "a source that is added without its lists", opt: mount, steps: []step{does("RUN add-apt-repository -n ppa:x", imagetest.Text("etc/apt/sources.list.d/x.list", "x")), does("RUN apt-get update && apt-get install -y a", packages("a"))},
			want: "RUN add-apt-repository -n ppa:x\nRUN " + listsMount + "apt-get update && apt-get install -y a\n"},
		{name: "RUNs that can be joined", opt: mount, steps: []step{does("RUN apt-get update", packages("a")), does("RUN apt-get install -y b", bin)},
			want: "RUN " + listsMount + "apt-get update \\\n    && apt-get install -y b\n"},

		{name: "an install that has no place for an update", opt: mount, steps: []step{does("RUN apt-get update && apt-get install -y a", packages("a")), does("COPY a /opt/a", file), does("RUN if test -f /opt/a; then apt-get install -y b; fi", bin)}, left: "apt-get"},
		{name: "an install behind a script", opt: mount, steps: []step{does("RUN apt-get update && apt-get install -y a", packages("a")), does("COPY a /opt/a", file), does("RUN sh /opt/a && apt-get install -y b", bin)},
			want: "RUN " + listsMount + "apt-get update && apt-get install -y a\nCOPY a /opt/a\nRUN " + listsMount + "apt-get update \\\n    && sh /opt/a && apt-get install -y b\n"},
		{name: "an install from the lists of before", opt: mount, steps: []step{does("RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/b*", packages("a")), does("COPY a /opt/a", file), does("RUN apt-get install -y b && apt-get update", packages("b"))},
			want: "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/b*\nCOPY a /opt/a\nRUN apt-get install -y b && apt-get update \\\n    && rm -rf /var/lib/apt/lists/*\n", left: "installs from the lists"},
		{name: "one that cannot be mounted", opt: mount, steps: []step{does("COPY l /var/lib/apt/lists/", imagetest.Text("var/lib/apt/lists/l", "x")), does("RUN apt-get update && apt-get install -y a", packages("a"))},
			want: "COPY l /var/lib/apt/lists/\nRUN apt-get update && apt-get install -y a \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "one of two that cannot be mounted", opt: mount, steps: []step{does("RUN pip install a", big("root/.cache/pip/http-v2/a")), does("USER app"), does("RUN pip install b", of(1000, big("home/app/.cache/pip/http-v2/b"))...)},
			want: "RUN pip install --no-cache-dir a\nUSER app\nRUN pip install --no-cache-dir b\n"},
	})
}

// TestLikeRunsGetLikeEdits: a little of a cache goes with the rest of it, and only then.
func TestLikeRunsGetLikeEdits(t *testing.T) {
	deb := func(name string, size int64) imagetest.File {
		return imagetest.Fill("var/cache/apt/archives/"+name+".deb", size)
	}
	opt := fix.Options{Floor: 1_500_000}
	tryNeeds(t, []needsCase{
		{name: "a little beside much", opt: opt, steps: []step{does("RUN apt-get update && apt-get install -y a", imagetest.Fill("var/lib/apt/lists/a_Packages", 2<<20), deb("a", 2<<20)), does("COPY a /opt/a", imagetest.Text("opt/a", "x")),
			does("RUN apt-get update && apt-get install -y b", imagetest.Fill("var/lib/apt/lists/b_Packages", 2<<20), deb("b", 2<<10))},
			want: "RUN apt-get update && apt-get install -y a \\\n    && apt-get clean \\\n    && rm -rf /var/lib/apt/lists/*\nCOPY a /opt/a\nRUN apt-get update && apt-get install -y b \\\n    && apt-get clean \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "a little alone", opt: opt, steps: []step{does("RUN apt-get update && apt-get install -y b", imagetest.Fill("var/lib/apt/lists/b_Packages", 2<<20), deb("b", 2<<10))},
			want: "RUN apt-get update && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*\n"},
	})
}

// TestMountsMakeNoDirectory that the RUN itself has to make.
func TestMountsMakeNoDirectory(t *testing.T) {
	mount := fix.Options{CacheMount: true}
	pkgs, conda := big("opt/conda/pkgs/a.conda"), imagetest.Text("opt/conda/bin/conda", "\x7fELF")
	tryNeeds(t, []needsCase{
		{name: "an installer's own directory", opt: mount, steps: []step{does("RUN sh install.sh -b -p /opt/conda", pkgs, conda)}, want: "RUN sh install.sh -b -p /opt/conda \\\n    && rm -rf /opt/conda/pkgs\n"},
		{name: "a directory of before", opt: mount, steps: []step{does("COPY conda /opt/conda", conda), does("RUN conda install -y a", pkgs, imagetest.Text("opt/conda/lib/a", "x"))},
			want: "COPY conda /opt/conda\nRUN --mount=type=cache,target=/opt/conda/pkgs,sharing=locked conda install -y a\n"},
		{name: "a home of caches", opt: mount, steps: []step{does("RUN pip install a", big("root/.cache/pip/http-v2/a"), imagetest.Text("root/.cache/matplotlib/a", "x"), imagetest.Text("usr/lib/a", "x"))},
			want: "RUN --mount=type=cache,target=/root/.cache/pip pip install a\n"},
		{name: "a cache that a variable moves", opt: mount, steps: []step{does("RUN PIP_CACHE_DIR=/var/p pip install a && pip install b", big("root/.cache/pip/http-v2/a"), imagetest.Text("usr/lib/a", "x"))},
			want: "RUN PIP_CACHE_DIR=/var/p pip install --no-cache-dir a && pip install --no-cache-dir b\n"},
		{name: "a variable that says where the mount is", opt: mount, steps: []step{does("RUN export GOPATH=/go; go build -o /opt/app", big("go/pkg/mod/a/a.go"))},
			want: "RUN --mount=type=cache,target=/go/pkg/mod export GOPATH=/go; go build -o /opt/app\n"},
		{name: "a cache that is looked through", opt: mount, steps: []step{does("RUN npm ci && npm cache verify && npm cache clean --force", big("root/.npm/_cacache/a"), imagetest.Text("app/a", "x"))},
			want: "RUN --mount=type=cache,target=/root/.npm npm ci && npm cache verify\n"},
		{name: "two caches in one new directory", opt: mount, steps: []step{does("RUN go build -o /opt/app", big("go/pkg/mod/a/a.go"), big("root/.cache/go-build/00/a"))},
			want: "RUN --mount=type=cache,target=/go/pkg/mod \\\n    --mount=type=cache,target=/root/.cache/go-build \\\n    go build -o /opt/app\n"},
		{name: "a clone around the cache", opt: mount, steps: []step{does("RUN git clone https://x/go /go && go build -o /opt/app", big("go/pkg/mod/a/a.go"), imagetest.Text("go/src/a.go", "x"))},
			want: "RUN git clone https://x/go /go && go build -o /opt/app \\\n    && rm -rf /go/pkg/mod\n"},
		{name: "cargo's home that rustup makes", opt: mount, steps: []step{does("RUN sh rustup.sh -y && cargo build --release", big("usr/local/cargo/registry/cache/a.crate"), imagetest.Text("usr/local/cargo/bin/cargo", "\x7fELF"))},
			want: "RUN sh rustup.sh -y && cargo build --release \\\n    && rm -rf /usr/local/cargo/registry\n"},
	})
}

// TestWhatTheContainerStartsFrom is neither removed nor mounted.
func TestWhatTheContainerStartsFrom(t *testing.T) {
	jars, mods := big("root/.m2/repository/a/a.jar"), big("go/pkg/mod/a/a.go")
	for _, opt := range []fix.Options{{}, {CacheMount: true}} {
		tryNeeds(t, []needsCase{
			{name: "lein deps, a shell", opt: opt, cmd: []string{"sh"}, steps: []step{does("RUN lein deps && lein compile", jars)}, left: "may need, and nothing"},
			{name: "lein deps, lein run", opt: opt, cmd: []string{"lein", "run"}, steps: []step{does("RUN lein deps", jars)}},
			{name: "lein upgrade, a script of a volume", opt: opt, cmd: []string{"/srv/scripts/start.sh"}, steps: []step{does("RUN yes y | lein upgrade", jars)}, left: "may need, and nothing"},
			{name: "sbt update, a supervisor", opt: opt, cmd: []string{"supervisord"}, steps: []step{does("RUN sbt update", jars)}},
			{name: "mvn for later, a shell", opt: opt, cmd: []string{"bash"}, steps: []step{does("RUN mvn -B dependency:go-offline", jars)}, left: "may need, and nothing"},
			{name: "go get, a shell", opt: opt, cmd: []string{"bash"}, steps: []step{does("RUN go get x.org/a", mods), does("RUN go get x.org/b", big("go/pkg/mod/b/b.go"))}, left: "may need, and nothing"},
			{name: "go mod download, a shell", opt: opt, cmd: []string{"bash"}, steps: []step{does("RUN go mod download", mods)}, left: "may need, and nothing"},
		})
	}
	tryNeeds(t, []needsCase{
		{name: "lein uberjar", cmd: []string{"bash"}, steps: []step{does("RUN lein uberjar", jars)}, want: "RUN lein uberjar \\\n    && rm -rf /root/.m2/repository\n"},
		{name: "lein deps, java", cmd: []string{"java", "-jar", "/opt/app.jar"}, steps: []step{does("RUN lein deps && lein compile", jars)}, want: "RUN lein deps && lein compile \\\n    && rm -rf /root/.m2/repository\n"},
		{name: "mvn package", cmd: []string{"bash"}, steps: []step{does("RUN mvn package", jars)}, want: "RUN mvn package \\\n    && rm -rf /root/.m2/repository\n"},
		{name: "go build", cmd: []string{"bash"}, steps: []step{does("RUN go mod download && go build -o /opt/app", mods)}, want: "RUN go mod download && go build -o /opt/app \\\n    && rm -rf /go/pkg/mod\n"},
	})
}

// TestNoJoinWithoutItsRemoval: a RUN that writes a cache anew removes nothing.
func TestNoJoinWithoutItsRemoval(t *testing.T) {
	mount := fix.Options{CacheMount: true}
	index := func(text string) imagetest.File {
		return imagetest.Fill("root/.m2/repository/index", int64(48<<10+len(text)))
	}
	yum := func(n int) imagetest.File { return imagetest.Fill("var/cache/yum/x/a.sqlite", int64(48<<10+n)) }
	tryNeeds(t, []needsCase{
		{name: "mvn twice, a supervisor", cmd: []string{"supervisord"}, steps: []step{does("RUN mvn install", index("")), does("RUN mvn -Ddeploydb", index("x"))}, left: "its own configuration"},
		{name: "yum twice", steps: []step{does("RUN yum install -y a", yum(0)), does("COPY a /opt/a", imagetest.Text("opt/a", "x")), does("RUN yum install -y b", yum(1))},
			want: "RUN yum install -y a \\\n    && yum clean all && rm -rf /var/cache/yum\nCOPY a /opt/a\nRUN yum install -y b \\\n    && yum clean all && rm -rf /var/cache/yum\n"},
		{name: "yum twice, mounts", opt: mount, steps: []step{does("RUN yum install -y a", yum(0)), does("RUN yum install -y b", yum(1))},
			want: "RUN --mount=type=cache,target=/var/cache/yum,sharing=locked yum install -y a\nRUN --mount=type=cache,target=/var/cache/yum,sharing=locked yum install -y b\n"},
		{name: "yum, something else, yum and a clean, mounts", opt: mount, steps: []step{does("RUN yum install -y a", yum(0)), does("RUN sed -i s/a/b/ /etc/x", imagetest.Text("etc/x", "x")), does("RUN yum install -y b && yum clean all -y", imagetest.Whiteout("var/cache/yum/x"), imagetest.Text("usr/bin/b", "b"))},
			want: "RUN --mount=type=cache,target=/var/cache/yum,sharing=locked yum install -y a\nRUN sed -i s/a/b/ /etc/x\nRUN --mount=type=cache,target=/var/cache/yum,sharing=locked yum install -y b\n"},
		{name: "yum, a clean alone, mounts", opt: mount, steps: []step{does("RUN yum install -y a", yum(0)), does("RUN yum clean all", imagetest.Whiteout("var/cache/yum/x"))},
			want: "RUN --mount=type=cache,target=/var/cache/yum,sharing=locked yum install -y a\n"},
		{name: "yum and a clean, no mounts", steps: []step{does("RUN yum install -y a", yum(0)), does("RUN yum install -y b && yum clean all -y", imagetest.Whiteout("var/cache/yum/x"), imagetest.Text("usr/bin/b", "b"))},
			want: "RUN yum install -y a \\\n    && yum install -y b && yum clean all -y\n"},
		{name: "an apt-get clean that is for its own RUN", steps: []step{does("RUN apt-get install -y a", big("var/cache/apt/archives/a.deb")),
			does("RUN apt-get clean && apt-get install -y b", imagetest.Whiteout("var/cache/apt/archives/a.deb"), big("var/cache/apt/archives/b.deb"))},
			want: "RUN apt-get install -y a \\\n    && apt-get clean\nRUN apt-get install -y b \\\n    && apt-get clean\n"},
		{name: "an apt-get clean for the RUN before", steps: []step{does("RUN apt-get install -y a", big("var/cache/apt/archives/a.deb")), does("RUN apt-get clean", imagetest.Whiteout("var/cache/apt/archives/a.deb"))},
			want: "RUN apt-get install -y a \\\n    && apt-get clean\n"},
		{name: "a rm for the RUN before", steps: []step{does("RUN npm ci", big("root/.npm/_cacache/a")), does("RUN rm -rf /root/.npm", imagetest.Whiteout("root/.npm"))},
			want: "RUN npm ci \\\n    && rm -rf /root/.npm\n"},
	})
}

// TestEachRunFetchesItsLists, in the author's layout.
func TestEachRunFetchesItsLists(t *testing.T) {
	bin := imagetest.Text("usr/bin/b", "x")
	fetched := does("RUN apt-get update && apt-get install -y a", packages("a"))
	const cleaned = "RUN apt-get update && apt-get install -y a \\\n    && rm -rf /var/lib/apt/lists/*\nENV LANG=C\n"
	tryNeeds(t, []needsCase{
		{name: "a variable in a line of its own", steps: []step{fetched, does("ENV LANG=C"), does("RUN DEBIAN_FRONTEND=noninteractive \\\n    apt-get install -y b", bin)},
			want: cleaned + "RUN apt-get update \\\n    && DEBIAN_FRONTEND=noninteractive \\\n    apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "a long RUN between short ones", steps: []step{fetched, does("RUN apt-get install -y b"+strings.Repeat(" && cpanm x", 12), bin), does("RUN apt-get install -y c", bin)},
			want: "RUN apt-get update && apt-get install -y a \\\n    && rm -rf /var/lib/apt/lists/*\nRUN apt-get update \\\n    && apt-get install -y b" + strings.Repeat(" && cpanm x", 12) + " \\\n    && rm -rf /var/lib/apt/lists/*\nRUN apt-get update \\\n    && apt-get install -y c \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "a value that is computed", steps: []step{fetched, does("ENV LANG=C"), does("RUN DEBIAN_FRONTEND=$(x) \\\n    apt-get install -y b", bin)}, left: "installs from the lists"},
	})
}
