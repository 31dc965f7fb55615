package caches_test

import (
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestFixtures tries each rule on the two images that it carries.
func TestFixtures(t *testing.T) { rulestest.Fixtures(t, rules.Caches) }

// TestFix tries the fixes of the rules that are of no family.
func TestFix(t *testing.T) {
	rulestest.Fixes(t, rules.Caches, fixes, func(r *rules.Rule) bool { return r.ID != "apt-lists" && r.ID != "apt-cache" })
}

var fix = rulestest.Case

const lists = "var/lib/apt/lists/deb.example_main_Packages"

var fixes = []rulestest.FixCase{
	fix("naive", "apt-lists", rulestest.Build("RUN apt-get update", "RUN apt-get install -y curl", "RUN rm -rf /var/lib/apt/lists/*"), rulestest.Shadowed(0, 2, lists), model.SameRunCleanup,
		"RUN apt-get update\nRUN apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*",
		"RUN apt-get update \\\n    && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*"),
	fix("idle instruction between", "apt-lists", rulestest.Build("RUN apt-get update", "LABEL a=b", "RUN rm -rf /var/lib/apt/lists/*"), rulestest.Shadowed(0, 2, lists), model.SameRunCleanup,
		"RUN apt-get update\nLABEL a=b\nRUN rm -rf /var/lib/apt/lists/*",
		"RUN apt-get update \\\n    && rm -rf /var/lib/apt/lists/*\nLABEL a=b"),
	fix("never removed", "apt-lists", rulestest.Build("RUN apt-get update && apt-get install -y curl", "CMD curl"), rulestest.Leftover(0, lists), model.SameRunCleanup,
		"RUN apt-get update && apt-get install -y curl",
		"RUN apt-get update && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*"),
	fix("never removed, used by the next RUN", "apt-lists", rulestest.Build("RUN apt-get update", "RUN apt-get install -y curl"), rulestest.Leftover(0, lists), model.SameRunCleanup,
		"RUN apt-get update\nRUN apt-get install -y curl",
		"RUN apt-get update \\\n    && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*"),
	fix("fetched again", "apt-lists", rulestest.Build("RUN apt-get update && apt-get install -y a", "COPY x /x", "RUN apt-get update && apt-get install -y b"), rulestest.Shadowed(0, 2, lists), model.SameRunCleanup,
		"RUN apt-get update && apt-get install -y a",
		"RUN apt-get update && apt-get install -y a \\\n    && rm -rf /var/lib/apt/lists/*"),
	fix("COPY between, rm alone", "apt-lists", rulestest.Build("RUN apt-get update && apt-get install -y a", "COPY x /x", "RUN rm -rf /var/lib/apt/lists/*"), rulestest.Shadowed(0, 2, lists), model.SameRunCleanup,
		"RUN apt-get update && apt-get install -y a",
		"RUN apt-get update && apt-get install -y a \\\n    && rm -rf /var/lib/apt/lists/*"),
	fix("COPY between update and install", "apt-lists", rulestest.Build("RUN apt-get update", "COPY x /x", "RUN apt-get install -y a && rm -rf /var/lib/apt/lists/*"), rulestest.Shadowed(0, 2, lists), model.Manual, "", ""),
	fix("ENV between update and install", "apt-lists", rulestest.Build("RUN apt-get update", "ENV A=b", "RUN apt-get install -y a"), rulestest.Leftover(0, lists), model.Manual, "", ""),
	fix("a shell with -e", "apt-lists", rulestest.Build(`SHELL ["/bin/bash", "-ec"]`, "RUN apt-get update"), rulestest.Leftover(1, lists), model.Manual, "", ""),
	fix("copied", "apt-lists", rulestest.Build("COPY --from=a / /"), rulestest.Leftover(0, lists), model.Manual, "", ""),
	fix("the base's", "apt-lists", rulestest.Build("RUN apt-get update", "--"), rulestest.OfBase(rulestest.Leftover(0, lists)), model.ChangeBase, "", ""),
	fix("no history", "apt-lists", &rules.Build{}, rulestest.Leftover(0, lists), model.Manual, "", ""),
	fix("debs", "apt-cache", rulestest.Build("RUN apt-get update && apt-get install -y a"), rulestest.Leftover(0, "var/cache/apt/archives/a.deb"), model.SameRunCleanup,
		"RUN apt-get update && apt-get install -y a", "RUN apt-get update && apt-get install -y a \\\n    && apt-get clean"),
	fix("debs cleaned later", "apt-cache", rulestest.Build("RUN apt-get install -y a", "RUN apt-get clean"), rulestest.Shadowed(0, 1, "var/cache/apt/archives/a.deb"), model.SameRunCleanup,
		"RUN apt-get install -y a\nRUN apt-get clean", "RUN apt-get install -y a \\\n    && apt-get clean"),
	fix("exec form", "apt-cache", rulestest.Build(`RUN ["apt-get", "install", "a"]`), rulestest.Leftover(0, "var/cache/apt/archives/a.deb"), model.Manual, "", ""),
}

// TestCachesThatALaterRunLeavesAlone: a program that nobody knows may be the cache's tool, unless
// its layer stores nothing in the cache.
func TestCachesThatALaterRunLeavesAlone(t *testing.T) {
	for _, test := range []struct{ name, stored, want string }{
		{"it stores nothing there", "+ srv/dist/a.js", "RUN go install ./... \\\n    && rm -rf /root/.cache/go-build"},
		{"it stores there", "+ root/.cache/go-build/01/b", "RUN go install ./... \\\n    && ./make-all.sh \\\n    && rm -rf /root/.cache/go-build"},
	} {
		found := rulestest.Parse(t, `
			COPY app /
			+ app
			RUN go install ./...
			+ root/.cache/go-build/00/a
			RUN ./make-all.sh
			`+test.stored+`
			config {"Cmd": ["/app"]}`).Findings(t, "go-cache")
		if len(found) == 0 {
			t.Fatalf("%s: nothing found", test.name)
		}
		for _, f := range found {
			if *f.Instruction == 1 {
				if got := rulestest.Text(f.Fix.After); got != test.want {
					t.Errorf("%s:\n%s\nwant\n%s\n(%s)", test.name, got, test.want, f.Fix.Summary)
				}
			}
		}
	}
}

// TestCachesThatAnEarlierRunFills: a removal behind a RUN that only downloads, so that it need not be
// run again when sources change, would hide what that one has stored.
func TestCachesThatAnEarlierRunFills(t *testing.T) {
	const cleaned = "RUN lein uberjar \\\n    && rm -rf /root/.m2/repository"
	for _, test := range []struct{ name, before, want string }{
		{"it downloads", "RUN lein deps\n+ root/.m2/repository/a/a.jar\nCOPY src /src\n+ src", ""},
		{"it downloads with a profile", "RUN lein with-profile production deps\n+ root/.m2/repository/a/a.jar\nCOPY src /src\n+ src", ""},
		{"it stores what is written again", "RUN lein deps\n+ root/.m2/repository/b/b.jar\nCOPY src /src\n+ src", ""},
		{"it stores nothing there", "RUN lein deps\n+ srv/a\nCOPY src /src\n+ src", cleaned},
		{"it stores something that is gone", "RUN lein deps\n+ root/.m2/repository/a/a.jar\nRUN rm -rf /root/.m2/repository\n+ !root/.m2/repository/a/a.jar\nCOPY src /src\n+ src", cleaned},
		{"it builds, too", "RUN lein deps && lein uberjar\n+ root/.m2/repository/a/a.jar\nCOPY src /src\n+ src", cleaned},
		{"no sources come behind it", "COPY src /src\n+ src", cleaned},
	} {
		for _, f := range rulestest.Parse(t, "COPY app /\n+ app\n"+test.before+"\nRUN lein uberjar\n+ root/.m2/repository/b/b.jar\nconfig {\"Cmd\": [\"/app\"]}").Findings(t, "maven-cache") {
			if !strings.Contains(strings.Join(f.Paths, " "), "b.jar") || f.HiddenBy != nil {
				continue
			}
			if got := rulestest.Text(f.Fix.After); got != test.want {
				t.Errorf("%s:\n%s\nwant\n%s\n(%s)", test.name, got, test.want, f.Fix.Summary)
			}
		}
	}
}

// TestStandardLibraryThatIsBuilt: who compiles Go's standard library has its cache for later builds.
func TestStandardLibraryThatIsBuilt(t *testing.T) {
	for command, cleaned := range map[string]bool{"go build -v std": false, "CGO_ENABLED=0 go install -a ...": false, "go build -o /app .": true} {
		for _, f := range rulestest.Parse(t, "COPY app /\n+ app\nRUN "+command+"\n+ root/.cache/go-build/00/a\nconfig {\"Cmd\": [\"/entrypoint.sh\"]}").Findings(t, "go-cache") {
			if got := f.Fix.After != nil; got != cleaned {
				t.Errorf("%s: it is cleaned: %v, want %v (%s)", command, got, cleaned, f.Fix.Summary)
			}
		}
	}
}

// TestCachesThatAnEarlierRunFillsInPart: what the RUN itself has filled alone goes.
func TestCachesThatAnEarlierRunFillsInPart(t *testing.T) {
	found := rulestest.Parse(t, `
		COPY go.mod /src/
		+ src/go.mod
		RUN go mod download
		+ go/pkg/mod/a/a.go
		COPY src /src
		+ src/x.go
		RUN go build -o /app
		+ go/pkg/mod/b/b.go
		+ root/.cache/go-build/00/a
		+ app
		config {"Cmd": ["/app"]}`).Findings(t, "go-cache")
	const want = "RUN go build -o /app \\\n    && rm -rf /root/.cache/go-build"
	for _, f := range found {
		if built := strings.Contains(strings.Join(f.Paths, " "), "go-build"); (rulestest.Text(f.Fix.After) == want) != built {
			t.Errorf("%q of %v (%s), want %q", rulestest.Text(f.Fix.After), f.Paths, f.Fix.Summary, want)
		}
	}
	if len(found) != 2 {
		t.Errorf("%d findings", len(found))
	}
}

// TestApkFlagInsteadOfUpdate: --no-cache fetches the index anew, as the option does that it takes
// the place of.
func TestApkFlagInsteadOfUpdate(t *testing.T) {
	for _, test := range []struct{ run, want string }{
		{"RUN apk add --update curl", "RUN apk add --no-cache curl"},
		{"RUN apk --update add curl", "RUN apk add --no-cache curl"},
		{"RUN apk -U add curl && apk --update-cache add --virtual x git", "RUN apk add --no-cache curl && apk add --no-cache --virtual x git"},
		{"RUN apk add --update \\\n    curl \\\n    git", "RUN apk add --no-cache \\\n    curl \\\n    git"},
		{"RUN apk update && apk add -U curl", "RUN apk add --no-cache curl"},
		{"RUN apk add --update --no-cache curl && apk add git", "RUN apk add --update --no-cache curl && apk add --no-cache git"},
		{"RUN apk add curl", "RUN apk add --no-cache curl"},
	} {
		found := rulestest.Image{Config: v1.Config{Cmd: []string{"/app"}}, Steps: []rulestest.Step{rulestest.Does(t, "COPY app /", "app"), rulestest.Does(t, test.run, "var/cache/apk/APKINDEX.1.tar.gz")}}.Findings(t, "apk-cache")
		if len(found) != 1 || rulestest.Text(found[0].Fix.After) != test.want {
			t.Errorf("%s becomes %+v, want %s", test.run, found, test.want)
		}
	}
}

// TestCachesOfContainersThatWait: where a container only waits for somebody, or starts nothing, whoever
// works in it may build.
func TestCachesOfContainersThatWait(t *testing.T) {
	for config, edits := range map[string]bool{
		`"Cmd": ["/app"]`: true, `"Cmd": ["java", "-jar", "/app"]`: true,
		`"Entrypoint": ["tail", "-f", "/dev/null"]`: false, `"Cmd": ["sleep", "infinity"]`: false, `"Cmd": ["sleep", "10000"]`: false,
		`"Cmd": ["/bin/sh", "-c", "while true; do sleep 5; done"]`: false, `"Cmd": ["bash"]`: false, `"User": ""`: false,
	} {
		for _, f := range rulestest.Parse(t, `
			COPY pom.xml /
			+ pom.xml
			RUN mvn install
			+ root/.m2/repository/a/a.jar
			COPY app /
			+ app
			config {`+config+`}`).Findings(t, "maven-cache") {
			if got := f.Fix.After != nil; got != edits {
				t.Errorf("%s: edits %v: %s", config, got, f.Fix.Summary)
			}
		}
	}
}

// TestCacheOfWhatTheContainerInstalls: where the start script installs again, the cache saves that from fetching
// all of it.
func TestCacheOfWhatTheContainerInstalls(t *testing.T) {
	for command, want := range map[string]int{`if [ "$AUTO_UPDATE" = true ]; then npm ci; fi`: 0, "echo npm": 1} {
		img := rulestest.Image{Steps: []rulestest.Step{
			{By: "COPY start.sh /", Files: []imagetest.File{imagetest.Text("start.sh", "#!/bin/sh\nset -e\n"+command+"\nexec node x.js\n")}},
			rulestest.Does(t, "RUN npm ci", "root/.npm/_cacache/a"),
		}, Config: v1.Config{Entrypoint: []string{"/start.sh"}}}
		if got := len(img.Findings(t, "npm-cache")); got != want {
			t.Errorf("%q: %d findings, want %d", command, got, want)
		}
	}
}

// TestCachesOfWhoBuildsAgain: in an image that starts nothing by itself, people may build again what
// a RUN builds, or the next one that uses the cache.
func TestCachesOfWhoBuildsAgain(t *testing.T) {
	for _, test := range []struct {
		next, cmd string
		leave     bool
	}{
		{"RUN ./gradlew assemble", `["touch", "/x"]`, true},
		{`RUN /bin/bash -c "./gradlew assemble"`, `["bash"]`, true},
		{"RUN ./gradlew assemble", `["/app"]`, false},
	} {
		found := rulestest.Parse(t, `
			COPY app /app/
			+ app/build.gradle
			RUN /bin/bash -c "source $HOME/init.sh; gradle wrapper"
			+ root/.gradle/caches/a
			`+test.next+`
			+ app/build/a.jar
			config {"Cmd": `+test.cmd+`}`).Findings(t, "gradle-cache")
		if len(found) != 1 || found[0].Fix.Leave != test.leave {
			t.Errorf("%s, %s: %+v", test.next, test.cmd, found)
		}
	}
}
