package rules_test

import (
	"compress/gzip"
	"io"
	"os"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
)

var (
	app   = []string{"/app"}
	node  = v1.Config{Cmd: []string{"node", "server.js"}, User: "1000"}
	shell = []string{"/bin/sh", "-c"}
)

// fixtures hold for each rule an image in which it finds something, with what
// its fix makes of the instruction, and one in which it must not.
var fixtures = map[string]struct{ hit, miss fixture }{
	"apt-lists":      {made("RUN apt-get update \\\n    && rm -rf /var/lib/apt/lists/*", "apt-get update", "var/lib/apt/lists/x_Packages"), made("", "apt-get update", "srv/var/lib/apt/lists/x")},
	"apt-cache":      {made("RUN apt-get install -y a \\\n    && apt-get clean", "apt-get install -y a", "var/cache/apt/archives/a.deb"), made("", "apt-get install -y a", "var/cache/apt/archives/lock")},
	"apk-cache":      {made("RUN apk add --no-cache curl", "apk add curl", "var/cache/apk/APKINDEX.1.tar.gz"), made("", "apk add --no-cache curl", "usr/bin/curl")},
	"dnf-cache":      {made("RUN dnf -y install a \\\n    && dnf clean all && rm -rf /var/cache/dnf", "dnf -y install a", "var/cache/dnf/a.solv"), made("", "dnf -y install a", "var/lib/dnf/history.sqlite")},
	"zypper-cache":   {made("RUN zypper -n in a \\\n    && zypper clean -a && rm -rf /var/cache/zypp", "zypper -n in a", "var/cache/zypp/solv/a"), made("", "zypper -n in a", "etc/zypp/zypp.conf")},
	"pacman-cache":   {made("RUN pacman -Sy --noconfirm a \\\n    && rm -rf /var/cache/pacman/pkg/*", "pacman -Sy --noconfirm a", "var/cache/pacman/pkg/a.pkg.tar.zst"), made("", "pacman -Sy", "var/lib/pacman/local/a/desc")},
	"pip-cache":      {made("RUN python3 -m pip install --no-cache-dir -r r.txt", "python3 -m pip install -r r.txt", "home/app/.cache/pip/http-v2/a"), made("", "pip install a", "usr/lib/python3/site-packages/pip/a.py")},
	"uv-cache":       {made("RUN uv sync --no-cache --locked", "uv sync --locked", "root/.cache/uv/wheels-v5/a"), made("", "uv sync", "app/.venv/lib/a.py")},
	"poetry-cache":   {made("RUN poetry install \\\n    && rm -rf /root/.cache/pypoetry/artifacts", "poetry install", "root/.cache/pypoetry/artifacts/a.whl"), made("", "poetry install", "root/.cache/pypoetry/virtualenvs/a/lib/a.py")},
	"conda-cache":    {made("RUN conda install -y a \\\n    && rm -rf /opt/conda/pkgs", "conda install -y a", "opt/conda/pkgs/a.conda"), made("", "conda install -y a", "opt/conda/lib/a.so")},
	"npm-cache":      {made("RUN npm ci \\\n    && rm -rf /root/.npm/_cacache /root/.npm/_logs", "npm ci", "root/.npm/_cacache/a", "root/.npm/_logs/b.log"), made("", "npm ci", "root/.npm/_npx/a", "app/node_modules/a.js")},
	"yarn-cache":     {made("RUN yarn install \\\n    && rm -rf /usr/local/share/.cache/yarn", "yarn install", "usr/local/share/.cache/yarn/v6/a"), made("", "yarn install", "app/.yarn/cache/a.zip")},
	"pnpm-cache":     {made("RUN pnpm i \\\n    && rm -rf /root/.local/share/pnpm/store/v10/files", "pnpm i", "root/.local/share/pnpm/store/v10/files/00/a"), made("", "pnpm i", "root/.local/share/pnpm/store/v10/links/a")},
	"bun-cache":      {made("RUN bun install \\\n    && rm -rf /root/.bun/install/cache", "bun install", "root/.bun/install/cache/a", "app/node_modules/a.js"), made("", "bun install", "root/.bun/bin/bun", "app/node_modules/a.js")},
	"composer-cache": {made("RUN composer install --no-cache --no-dev", "composer install --no-dev", "tmp/cache/files/a.zip"), made("", "composer install", "app/vendor/a.php")},
	"gem-cache":      {made("RUN bundle install \\\n    && rm -rf /usr/local/bundle/cache/*.gem", "bundle install", "usr/local/bundle/cache/a.gem", "usr/local/bundle/cache/b.gem"), made("", "bundle install", "app/vendor/cache/a.gem")},
	"cargo-cache":    {made("RUN cargo build --release \\\n    && rm -rf /src/target/release/deps /usr/local/cargo/registry", "cargo build --release", "usr/local/cargo/registry/src/a.rs", "src/target/release/deps/a.rlib"), made("", "cargo install a", "usr/local/cargo/bin/a")},
	"go-cache":       {made("RUN go build -o /app . \\\n    && rm -rf /go/pkg/mod /root/.cache/go-build", "go build -o /app .", "root/.cache/go-build/00/a-d", "go/pkg/mod/a/a.go"), made("", "go build", "go/bin/a")},
	"maven-cache":    {made("RUN mvn package \\\n    && rm -rf /root/.m2/repository", "mvn package", "root/.m2/repository/a/a.jar"), made("", "mvn package", "root/.m2/settings.xml")},
	"gradle-cache":   {made("RUN ./gradlew build \\\n    && rm -rf /root/.gradle/caches", "./gradlew build", "root/.gradle/caches/modules-2/a.jar"), made("", "./gradlew build", "root/.gradle/gradle.properties")},
	"nuget-cache":    {made("RUN dotnet publish -o /out \\\n    && rm -rf /root/.nuget/packages", "dotnet publish -o /out", "root/.nuget/packages/a/a.nupkg"), made("", "dotnet publish", "root/.nuget/NuGet/NuGet.Config")},
	"r-cache":        {made("RUN Rscript -e x \\\n    && rm -rf /tmp/downloaded_packages", "Rscript -e x", "tmp/downloaded_packages/a.tar.gz"), made("", "Rscript -e x", "usr/lib/R/library/a/a.rds")},
	"bazel-cache":    {made("RUN bazel build //:a \\\n    && rm -rf /root/.cache/bazel", "bazel build //:a", "root/.cache/bazel/_bazel_root/a"), is("", v1.Config{Cmd: []string{"/src/bazel-bin/a"}}, does("RUN bazel build //:a", "root/.cache/bazel/out/bin/a", "src/bazel-bin -> /root/.cache/bazel/out/bin"))},
	"ccache":         {made("RUN make \\\n    && rm -rf /root/.cache/ccache", "make", "root/.cache/ccache/0/a"), made("", "make", "usr/bin/ccache")},

	"apt-recommends": {
		is("RUN apt-get update && apt-get install -y --no-install-recommends pip", v1.Config{Cmd: app}, withDpkg("RUN apt-get update && apt-get install -y pip", "pip", "Recommends: gcc", "gcc", "")),
		is("", v1.Config{Cmd: app}, withDpkg("RUN apt-get update && apt-get install -y pip", "pip", "Depends: gcc", "gcc", "")),
	},
	"dnf-weak-deps": {
		is("RUN dnf -y install --setopt=install_weak_deps=False hello", v1.Config{Cmd: app}, withRPM("RUN dnf -y install hello", "Weak Dependency")),
		is("", v1.Config{Cmd: app}, withRPM("RUN dnf -y install hello", "Dependency")),
	},
	"orphaned-packages": {
		is("", v1.Config{Cmd: app}, withDpkg("RUN apt-get update && apt-get remove -y other", "pip", "", "gcc", "")),
		is("", v1.Config{Cmd: app}, withDpkg("RUN apt-get update && apt-get install -y pip", "pip", "Depends: gcc", "gcc", "")),
	},
	"build-tools": {runs(app, "usr/local/go/bin/go", "app"), runs([]string{"go", "test"}, "usr/local/go/bin/go")},

	"temp-files":       {made("RUN make > /tmp/log \\\n    && rm -rf /tmp/log", "make > /tmp/log", "tmp/log"), runs([]string{"/tmp/app"}, "tmp/app")},
	"logs":             {made("RUN useradd --no-log-init -u 2000000000 a", "useradd -u 2000000000 a", "var/log/lastlog"), made("", "useradd a", "srv/var/log/a")},
	"vcs-metadata":     {made("RUN git clone x /src \\\n    && rm -rf /src/.git", "git clone x /src", "src/.git/objects/a", "src/.git/HEAD"), made("", "make", "src/.gitignore", "src/.github/x")},
	"backup-files":     {made("RUN useradd a \\\n    && rm -rf /etc/passwd- /etc/shadow-", "useradd a", "etc/passwd-", "etc/shadow-"), made("", "useradd a", "etc/passwd", "usr/bin/x-old")},
	"core-dumps":       {made("RUN make test \\\n    && rm -rf /src/core.1234", "make test", "src/core.1234"), made("", "make test", "src/core.js", "src/core.2.js", "src/core")},
	"docs-and-locales": {made("", "apt-get install a", "usr/share/man/man1/a.gz"), made("", "apt-get install a", "usr/share/doc/a/copyright")},
	"python-bytecode":  {made("", "pip install a", "usr/lib/python3/__pycache__/a.cpython-313.pyc"), made("", "pip install a", "usr/lib/python3/a.py")},
	"static-libraries": {made("", "apt-get install a", "usr/lib/liba.a"), made("", "apt-get install a", "usr/lib/liba.so")},
	"debug-symbols":    {made("", "make", "usr/lib/debug/.build-id/00/a.debug"), made("", "make", "usr/bin/debug")},
	"dev-dependencies": {made("", "npm ci", "app/node_modules/typescript/lib/tsc.js"), made("", "npm ci", "app/node_modules/express/index.js")},

	"removed-later":     {is("RUN make \\\n    && rm /src/a", v1.Config{}, does("RUN make", "src/a"), does("RUN rm /src/a", "!src/a")), is("", v1.Config{}, does("RUN make", "src/a"), does("RUN rm /src/b", "src/c"))},
	"overwritten":       {is("RUN make \\\n    && make again", v1.Config{}, does("RUN make", "src/a"), does("RUN make again", "src/a")), is("", v1.Config{}, does("RUN make", "src/a"), does("RUN make again", "src/b"))},
	"metadata-copy":     {is("RUN make \\\n    && chown 1 /src/a", v1.Config{}, does("RUN make", "src/a="), does("RUN chown 1 /src/a", "src/a=")), is("", v1.Config{}, does("RUN make", "src/a="), does("RUN chown 1 /src/b", "src/b"))},
	"package-db-churn":  {is("", v1.Config{}, does("RUN apt-get install a", "var/lib/dpkg/status"), does("RUN apt-get install b", "var/lib/dpkg/status")), made("", "apt-get install a", "var/lib/dpkg/status")},
	"torn-link":         {is("", v1.Config{Cmd: app}, does("COPY rootfs /", "usr/bin/sh", "bin -> usr/bin"), does("RUN bazel", "bin/app")), is("", v1.Config{Cmd: app}, does("COPY rootfs /", "usr/bin/sh", "bin -> usr/bin"), does("RUN bazel", "bin -> usr/bin", "bin/app"))},
	"duplicate-content": {made("", "cp a b", "src/a=", "src/b="), made("", "ln a b", "src/a=", "src/b => src/a")},
	"base-image":        {is("", v1.Config{Cmd: app, Env: []string{"NODE_VERSION=22"}}, does("COPY rootfs /", "usr/bin/gcc"), does(`CMD ["node"]`), does("COPY app /", "app")), is("", v1.Config{Cmd: app, Env: []string{"NODE_VERSION=22"}}, does("COPY rootfs /", "usr/bin/node"), does(`CMD ["node"]`), does("COPY app /", "app"))},
	"layer-order":       {is("", node, does("WORKDIR /app"), does("COPY . .", "app/a.js"), does("RUN npm ci", "app/node_modules/a.js")), is("", node, does("COPY package.json .", "app/package.json"), does("RUN npm ci", "app/node_modules/a.js"), does("COPY . .", "app/a.js"))},
	"split-update":      {is("RUN apt-get update \\\n    && apt-get install a \\\n    && rm -rf /var/lib/apt/lists/*", v1.Config{}, does("RUN apt-get update", "a"), does("RUN apt-get install a", "b")), made("", "apt-get update && apt-get install a", "a")},

	"shell-form-entrypoint": {is(`CMD ["/app", "-v"]`, v1.Config{Cmd: append(shell, "/app -v")}, does("RUN make", "app"), does(`CMD ["/bin/sh" "-c" "/app -v"]`)), is("", v1.Config{Cmd: append(shell, "cd / && exec /app -v")}, does("RUN make", "app"))},
	"init-system":           {runs([]string{"/sbin/init"}, "sbin/init"), runs([]string{"/usr/bin/tini", "--", "/app"}, "app")},
	"many-services":         {runs([]string{"/usr/bin/supervisord", "-n"}, "app"), runs([]string{"/app", "service"}, "app")},
	"runs-as-root":          {runs(app, "app"), is("", v1.Config{Cmd: app, User: "app"}, does("RUN make", "app"))},
	"baked-in-state":        {is("", v1.Config{Cmd: app, Volumes: map[string]struct{}{"/data": {}}}, does("RUN fill", "data/a")), is("", v1.Config{Cmd: app, Volumes: map[string]struct{}{"/data": {}}}, does("RUN fill", "database/a"))},
	"baked-in-secret":       {is("", v1.Config{Cmd: app}, does("RUN make", "root/.ssh/id_ed25519")), is("", v1.Config{Cmd: app, Env: []string{"TOKEN_FILE=/run/secrets/token", "PASSWORD="}}, does("RUN make", "root/.ssh/id_ed25519.pub"))},
	"logs-to-files":         {is("", v1.Config{Cmd: []string{"nginx", "-g", "daemon off;"}}, does("RUN make", "var/log/nginx/access.log")), is("", v1.Config{Cmd: []string{"nginx", "-g", "daemon off;"}}, does("RUN make", "var/log/nginx/access.log -> /dev/stdout"))},
	"no-healthcheck":        {is("", v1.Config{Cmd: app, ExposedPorts: map[string]struct{}{"80/tcp": {}}}, does("RUN make", "app")), is("", v1.Config{Cmd: app, ExposedPorts: map[string]struct{}{"80/tcp": {}}, Healthcheck: &v1.HealthConfig{Test: []string{"CMD", "/app"}}}, does("RUN make", "app"))},
}

// withDpkg is a step that installs two packages with a file each: the first was
// asked for, the second came by itself. Relations are fields of each.
func withDpkg(by, first, relation, second, relation2 string) step {
	s := does(by, "opt/"+first, "opt/"+second)
	stanza := func(name, relation string) string {
		text := "Package: " + name + "\nStatus: install ok installed\nPriority: optional\nArchitecture: amd64\nVersion: 1\n"
		if relation != "" {
			text += relation + "\n"
		}
		return text + "\n"
	}
	s.files = append(s.files,
		imagetest.Text("var/lib/dpkg/status", stanza(first, relation)+stanza(second, relation2)),
		imagetest.Text("var/lib/apt/extended_states", "Package: "+second+"\nArchitecture: amd64\nAuto-Installed: 1\n\n"),
		imagetest.Text("var/lib/dpkg/info/"+first+".list", "/.\n/opt\n/opt/"+first+"\n"),
		imagetest.Text("var/lib/dpkg/info/"+second+".list", "/.\n/opt\n/opt/"+second+"\n"))
	return s
}

// withRPM is a step that installs the packages of the rpm database that package
// rpmdb is tested with, one of them, big, for a reason.
func withRPM(by, reason string) step {
	s := does(by, "opt/big/a/file-1", "opt/big/a/file-10")
	packed, err := os.Open("../packages/rpmdb/testdata/rpmdb.sqlite.gz")
	if err != nil {
		panic(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		panic(err)
	}
	database, err := io.ReadAll(unpacked)
	if err != nil {
		panic(err)
	}
	s.files = append(s.files,
		imagetest.File{Path: "usr/lib/sysimage/rpm/rpmdb.sqlite", Body: database},
		imagetest.Text("usr/lib/sysimage/libdnf5/packages.toml", "version = \"1.0\"\n[packages]\n\"big.noarch\" = { reason = \""+reason+"\" }\n"+
			"\"greeting.noarch\" = { reason = \"User\" }\n\"hello.noarch\" = { reason = \"User\" }\n"))
	return s
}
