package advice_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestCleanup tries the ways in which a cache's or a leftover's rule has no edit, and
// those in which a flag or a join is better than an rm.
func TestCleanup(t *testing.T) {
	for _, test := range []struct {
		name, rule string
		build      *rules.Build
		finding    *model.Finding
		strategy   model.Strategy
		want       string // the edit, or the hint
	}{
		{"the base's", "npm-cache", rulestest.Build("RUN npm ci", "--"), rulestest.OfBase(rulestest.Leftover(0, "root/.npm/_cacache/a")), model.ChangeBase, "The base image brings npm's cache; use a newer or smaller base image, or ask its maintainers to remove them where they are created."},
		{"the base's, removed", "npm-cache", rulestest.Build("RUN npm ci", "--", "RUN rm -rf /root/.npm"), rulestest.Shadowed(0, 1, "root/.npm/_cacache/a"), model.ChangeBase, "A later instruction removes or replaces these files, but they stay in the base image; start from one without npm's cache."},
		{"copied", "npm-cache", rulestest.Build("COPY . /root"), rulestest.Leftover(0, "root/.npm/_cacache/a"), model.Dockerignore, "Add .npm/_cacache to .dockerignore, so that COPY leaves npm's cache out."},
		{"from a stage", "npm-cache", rulestest.Build("COPY --from=deps /root /root"), rulestest.Leftover(0, "root/.npm/_cacache/a"), model.Manual, "Copy only what the image needs from deps, and leave npm's cache behind."},
		{"history copied by the classic builder", "vcs-metadata", rulestest.Build("COPY dir:5e55398a23295e55398a2329 in /app"), rulestest.Leftover(0, "app/.git/HEAD"), model.Dockerignore, "Add **/.git to .dockerignore, so that COPY leaves version control directories out."},
		{"history copied", "vcs-metadata", rulestest.Build("WORKDIR /app", "COPY . ."), rulestest.Leftover(1, "app/.git/objects/pack/a", "app/.git/HEAD"), model.Dockerignore, "Add .git to .dockerignore, so that COPY leaves version control directories out."},
		{"beside a mount", "pip-cache", rulestest.Build("RUN --mount=type=cache,target=/root/.cache pip install a"), rulestest.Leftover(0, "root/.cache/pip/a"), model.Manual, "The RUN mounts a directory over part of pip's cache, but these files are outside it; mount the directory that the tool really uses (here /root/.cache/pip)."},
		{"removed later", "npm-cache", rulestest.Build("RUN npm ci", "RUN rm -r /root/.npm"), rulestest.Shadowed(0, 1, "root/.npm/_cacache/a"), model.SameRunCleanup, "RUN npm ci \\\n    && rm -r /root/.npm"},
		{"a key", "removed-later", rulestest.Build("COPY keys/id_rsa /root/.ssh/id_rsa", "RUN git clone x && rm /root/.ssh/id_rsa"), rulestest.Shadowed(0, 1, "root/.ssh/id_rsa"), model.Manual, "Keep /root/.ssh/id_rsa out of the build (.dockerignore, RUN --mount=type=secret), and change the secret at its source: the layer holds it even if a later one removes it."},
		{"a key among others", "removed-later", rulestest.Build("COPY . /app", "RUN rm -rf /app/.env"), rulestest.Shadowed(0, 1, "app/.env"), model.Dockerignore, "Add .env to .dockerignore, so that COPY leaves /app/.env out; the rm is then no longer needed; also replace the secret in /app/.env at its source, since every copy of this image holds it."},
		{"removed later, with a flag", "pip-cache", rulestest.Build("RUN pip install a", "COPY x /", "RUN rm -rf /root/.cache"), rulestest.Shadowed(0, 2, "root/.cache/pip/a"), model.Flag, "RUN pip install --no-cache-dir a"},
		{"removed later, without -f", "pip-cache", rulestest.Build("RUN pip install a", "COPY x /", "RUN rm -r /root/.cache"), rulestest.Shadowed(0, 2, "root/.cache/pip/a"), model.Manual, "Move the removal of pip's cache into the RUN that fills it."},
		{"pip with an abbreviated flag", "pip-cache", rulestest.Build("RUN pip install --no-cache a && pip install b"), rulestest.Leftover(0, "root/.cache/pip/a"), model.Flag, "RUN pip install --no-cache a && pip install --no-cache-dir b"},
		{"pip by its version", "pip-cache", rulestest.Build("RUN pip3.12 -q install a && pip install --no-cache-dir b"), rulestest.Leftover(0, "root/.cache/pip/a"), model.Flag, "RUN pip3.12 -q install --no-cache-dir a && pip install --no-cache-dir b"},
		{"pip inside a script", "pip-cache", rulestest.Build("RUN ./setup.sh"), rulestest.Leftover(0, "root/.cache/pip/a"), model.SameRunCleanup, "RUN ./setup.sh \\\n    && rm -rf /root/.cache/pip"},
		{"another shell", "pip-cache", rulestest.Build(`SHELL ["/bin/bash", "-ec"]`, "RUN pip install a"), rulestest.Leftover(1, "root/.cache/pip/a"), model.Manual, "Remove pip's cache at the end of the RUN that fills it."},
		{"update and add", "apk-cache", rulestest.Build("RUN apk update && apk add a"), rulestest.Leftover(0, "var/cache/apk/APKINDEX.a.tar.gz"), model.Flag, "RUN apk add --no-cache a"},
		{"update, add and another", "apk-cache", rulestest.Build("RUN echo x >> /etc/apk/repositories && apk -q update && apk add a && apk add b"), rulestest.Leftover(0, "var/cache/apk/APKINDEX.a.tar.gz"), model.Flag, "RUN echo x >> /etc/apk/repositories && apk add --no-cache a && apk add --no-cache b"},
		{"update alone", "apk-cache", rulestest.Build("RUN apk update"), rulestest.Leftover(0, "var/cache/apk/APKINDEX.a.tar.gz"), model.Flag, "RUN apk update --no-cache"},
		{"update behind add", "apk-cache", rulestest.Build("RUN apk add a && apk update"), rulestest.Leftover(0, "var/cache/apk/APKINDEX.a.tar.gz"), model.Flag, "RUN apk add --no-cache a && apk update --no-cache"},
		{"update as a statement", "apk-cache", rulestest.Build("RUN apk update; apk upgrade; apk add a"), rulestest.Leftover(0, "var/cache/apk/APKINDEX.a.tar.gz"), model.Flag, "RUN apk upgrade --no-cache; apk add --no-cache a"},
		{"update as a statement under set -e", "apk-cache", rulestest.Build("RUN set -e; \\\n  apk update; \\\n  apk add a"), rulestest.Leftover(0, "var/cache/apk/APKINDEX.a.tar.gz"), model.Flag, "RUN set -e; \\\n  apk add --no-cache a"},
		{"update in the background", "apk-cache", rulestest.Build("RUN apk update & apk add a"), rulestest.Leftover(0, "var/cache/apk/APKINDEX.a.tar.gz"), model.Flag, "RUN apk update --no-cache & apk add --no-cache a"},
		{"update in a list of a statement", "apk-cache", rulestest.Build("RUN x; apk update && apk add a"), rulestest.Leftover(0, "var/cache/apk/APKINDEX.a.tar.gz"), model.Flag, "RUN x; apk update --no-cache && apk add --no-cache a"},
		{"update on a condition", "apk-cache", rulestest.Build("RUN apk update || true; apk add a"), rulestest.Leftover(0, "var/cache/apk/APKINDEX.a.tar.gz"), model.Flag, "RUN apk update --no-cache || true; apk add --no-cache a"},
		{"update and search", "apk-cache", rulestest.Build("RUN apk update && apk search x && apk add a"), rulestest.Leftover(0, "var/cache/apk/APKINDEX.a.tar.gz"), model.Flag, "RUN apk update --no-cache && apk search x && apk add --no-cache a"},
		{"used by the next RUN", "go-cache", running("/app", "RUN go mod download", "RUN go build -o /app"), rulestest.Leftover(0, "go/pkg/mod/a"), model.SameRunCleanup, "RUN go mod download \\\n    && go build -o /app \\\n    && rm -rf /go/pkg/mod"},
		{"used behind a COPY", "go-cache", running("/app", "RUN go mod download", "COPY . .", "RUN go build -o /app"), rulestest.Leftover(0, "go/pkg/mod/a"), model.MultiStage, "Build in a separate stage and COPY --from only the result, which leaves Go's build and module caches and the tools behind (step 3 (go build -o /app) may need it)."},
		{"names that need quotes", "logs", rulestest.Build("RUN make"), rulestest.Leftover(0, "var/log/a b"), model.Manual, "Remove log files at the end of the RUN that leaves them."},
		{"many logs", "logs", rulestest.Build("RUN make"), rulestest.Leftover(0, "var/log/x/1", "var/log/x/2", "var/log/x/3", "var/log/x/4", "var/log/x/5", "var/log/x/6", "var/log/x/7", "var/log/y.log", "var/log/x/8"), model.Manual, "Remove log files at the end of the RUN that leaves them."},
		{"no history", "logs", &rules.Build{}, rulestest.Leftover(0, "var/log/a"), model.Manual, "Remove log files in the instruction that leaves them."},
		{"advice", "python-bytecode", rulestest.Build("RUN pip install a"), rulestest.Leftover(0, "a.pyc"), model.Manual, "Pass --no-compile to pip install and set PYTHONDONTWRITEBYTECODE=1 if size matters more to you than the first start."},
	} {
		rule, _ := catalogue.ByID(test.rule)
		fix := rule.Fix(test.finding, test.build)
		got := fix.Summary
		if fix.After != nil {
			got = *fix.After
		}
		if diff := cmp.Diff(test.want, got); diff != "" || fix.Strategy != test.strategy {
			t.Errorf("%s/%s: strategy %s, want %s (-want +got):\n%s", test.rule, test.name, fix.Strategy, test.strategy, diff)
		}
	}
}

// running is a history whose config says what runs.
func running(cmd string, texts ...string) *rules.Build {
	b := rulestest.Build(texts...)
	b.Cmd = []string{cmd}
	return b
}

// TestProvisions leaves alone what a RUN downloads so that the container has it.
func TestProvisions(t *testing.T) {
	const (
		m2    = "root/.m2/repository/a/a.jar"
		mod   = "go/pkg/mod/a/a.go"
		crate = "usr/local/cargo/registry/src/a.rs"
	)
	for _, test := range []struct {
		name, rule, run, file string
		cmd                   []string
		base                  bool // the CMD is the base image's
		goes                  bool
	}{
		{"lein deps", "maven-cache", "RUN lein deps && lein compile", m2, nil, false, false},
		{"lein alone", "maven-cache", "RUN lein", m2, nil, false, false},
		{"lein upgrade for a script that nobody has read", "maven-cache", "RUN yes y | lein upgrade", m2, []string{"sh", "/scripts/run.sh"}, false, false},
		{"the Clojure CLI", "maven-cache", "RUN clojure -P", m2, []string{"bash"}, false, false},
		{"go-offline", "maven-cache", "RUN mvn -B dependency:go-offline", m2, []string{"bash"}, false, false},
		{"go-offline of another plug-in", "maven-cache", "RUN mvn de.qaware.maven:go-offline-maven-plugin:resolve-dependencies", m2, nil, false, false},
		{"for supervisord", "maven-cache", "RUN mvn dependency:resolve", m2, []string{"supervisord", "-n"}, false, false},
		{"the plug-in by its whole name", "maven-cache", "RUN mvn org.apache.maven.plugins:maven-dependency-plugin:3.6.0:resolve", m2, []string{"/app"}, true, false},
		{"for the base's program", "maven-cache", "RUN mvn dependency:resolve", m2, []string{"/app"}, true, false},
		{"go mod download", "go-cache", "RUN go mod download", mod, nil, false, false},
		{"go get", "go-cache", "RUN go get example.org/a", mod, []string{"bash"}, false, false},
		{"cargo fetch", "cargo-cache", "RUN cargo fetch --locked", crate, nil, false, false},
		{"gradle dependencies", "gradle-cache", "RUN gradle --no-daemon dependencies", "root/.gradle/caches/modules-2/a.jar", nil, false, false},
		{"gradle's wrapper", "gradle-cache", "RUN ./gradlew --version", "root/.gradle/wrapper/dists/a/a.jar", nil, false, false},
		{"dotnet restore", "nuget-cache", "RUN dotnet restore", "root/.nuget/packages/a/a.nupkg", nil, false, false},

		{"an uberjar that java runs", "maven-cache", "RUN lein deps && lein uberjar", m2, []string{"java", "-jar", "/app.jar"}, false, true},
		{"an uberjar", "maven-cache", "RUN lein uberjar", m2, nil, false, true},
		{"a jar that java runs", "maven-cache", "RUN mvn dependency:go-offline && mvn package", m2, []string{"java", "-jar", "/app.jar"}, false, true},
		{"mvn package", "maven-cache", "RUN mvn package", m2, nil, false, true},
		{"the program that go built", "go-cache", "RUN go mod download && go build -o /app", mod, []string{"/app"}, false, true},
		{"go install", "go-cache", "RUN go install example.org/a@latest", mod, nil, false, true},
		{"the program that cargo built", "cargo-cache", "RUN cargo fetch && cargo install --path .", crate, []string{"sh", "-c", "exec app"}, false, true},
		{"gradle build", "gradle-cache", "RUN gradle build", "root/.gradle/caches/modules-2/a.jar", nil, false, true},
	} {
		b := rulestest.Build(test.run)
		if test.base {
			b = rulestest.Build("CMD x", "--", test.run)
		}
		b.Cmd = test.cmd
		rule, _ := catalogue.ByID(test.rule)
		fix := rule.Fix(rulestest.Leftover(len(b.Instructions)-1, test.file), b)
		if goes := fix.After != nil; goes != test.goes {
			t.Errorf("%s: an edit: %v, want %v: %s", test.name, goes, test.goes, fix.Summary)
		}
	}
}

// TestProjectsThatPeopleBuild leaves alone what a build tool downloaded for a project, where
// the container only waits for somebody, or the sources come behind it.
func TestProjectsThatPeopleBuild(t *testing.T) {
	waits := []string{"tail", "-f", "/dev/null"}
	for _, test := range []struct {
		name, rule string
		texts      []string
		run        int // the instruction that fills the cache
		cmd        []string
		goes       bool
	}{
		{"a container that waits", "maven-cache", []string{"COPY . .", "RUN mvn verify"}, 1, waits, false},
		{"a container that sleeps", "gradle-cache", []string{"COPY . .", "RUN gradle build"}, 1, []string{"sleep", "infinity"}, false},
		{"a container that waits, and what fetches alone", "maven-cache", []string{"RUN mvn dependency:go-offline"}, 0, waits, false},
		{"sources behind it, for a shell", "maven-cache", []string{"COPY pom.xml .", "RUN mvn install", "COPY . ."}, 1, []string{"bash"}, false},
		{"sources behind it, without a program", "maven-cache", []string{"COPY pom.xml .", "RUN mvn install", "COPY src src"}, 1, nil, false},

		{"no program", "maven-cache", []string{"COPY . .", "RUN mvn verify"}, 1, nil, false},
		{"a shell", "gradle-cache", []string{"COPY . .", "RUN gradle --no-daemon build compileKotlin -x test"}, 1, []string{"/bin/bash"}, false},
		{"a shell, and a build of Go", "go-cache", []string{"COPY . .", "RUN go test ./..."}, 1, []string{"bash"}, false},
		{"a shell, and a build of .NET", "nuget-cache", []string{"COPY . .", "RUN dotnet build"}, 1, []string{"sh"}, false},
		{"a shell, and a program of the project", "go-cache", []string{"COPY . .", "RUN go install ./..."}, 1, []string{"bash"}, false},
		{"a shell, and a clone that stays", "maven-cache", []string{"RUN git clone https://x.example/y /y && cd /y && mvn package"}, 0, []string{"bash"}, false},
		{"a shell, and a clone of an earlier RUN", "maven-cache", []string{"RUN git clone https://x.example/y /y", "RUN mvn package"}, 1, []string{"bash"}, false},
		{"a shell, and lists that go", "maven-cache", []string{"COPY . .", "RUN curl -O https://x.example/y && mvn package && rm -rf /var/lib/apt/lists/*"}, 1, []string{"bash"}, false},
		{"something else behind it", "maven-cache", []string{"COPY . .", "RUN mvn install", "COPY nginx.conf /etc/"}, 1, nil, false},
		{"sources of a stage behind it", "maven-cache", []string{"COPY . .", "RUN mvn install", "COPY --from=web src /web"}, 1, nil, false},

		{"a container that runs the program", "maven-cache", []string{"COPY . .", "RUN mvn verify"}, 1, []string{"java", "-jar", "/app.jar"}, true},
		{"a container that waits, without a project", "maven-cache", []string{"RUN mvn verify"}, 0, waits, true},
		{"a shell, and a release of others", "maven-cache", []string{"RUN wget https://x.example/y.tgz && tar -xf y.tgz", "RUN mvn package"}, 1, []string{"bash"}, true},
		{"a container that runs what gradle built", "gradle-cache", []string{"COPY . .", "RUN ./gradlew installDist"}, 1, []string{"/app/bin/app"}, true},
		{"a container that runs what Go built", "go-cache", []string{"COPY . .", "RUN go build -o /app"}, 1, []string{"/app"}, true},
		{"a container that runs what .NET built", "nuget-cache", []string{"COPY . .", "RUN dotnet publish -o /out"}, 1, []string{"/out/app"}, true},
		{"a shell, and a program of others", "go-cache", []string{"RUN go install example.org/x@latest"}, 0, []string{"bash"}, true},
		{"a shell, and a program whose sources go", "maven-cache", []string{"RUN git clone https://x.example/y /y && cd /y && mvn package && cp target/y.jar /y.jar && rm -rf /y"}, 0, []string{"bash"}, true},
		{"sources behind it, for a program", "maven-cache", []string{"COPY pom.xml .", "RUN mvn install", "COPY . ."}, 1, []string{"java", "-jar", "/app.jar"}, true},
		{"something else behind it, for a program", "maven-cache", []string{"COPY . .", "RUN mvn install", "COPY nginx.conf /etc/"}, 1, []string{"/app"}, true},
		{"sources of a stage behind it, for a program", "maven-cache", []string{"COPY . .", "RUN mvn install", "COPY --from=web src /web"}, 1, []string{"/app"}, true},
	} {
		b := rulestest.Build(test.texts...)
		b.Cmd = test.cmd
		rule, _ := catalogue.ByID(test.rule)
		file := map[string]string{
			"maven-cache": "root/.m2/repository/a/a.jar", "gradle-cache": "root/.gradle/caches/modules-2/a.jar",
			"go-cache": "go/pkg/mod/a/a.go", "nuget-cache": "root/.nuget/packages/a/a.nupkg",
		}[test.rule]
		fix := rule.Fix(rulestest.Leftover(test.run, file), b)
		if goes := fix.After != nil; goes != test.goes {
			t.Errorf("%s: an edit: %v, want %v: %s", test.name, goes, test.goes, fix.Summary)
		}
	}
}
