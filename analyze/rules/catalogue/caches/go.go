package caches

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// GoCache follows cmd/go, "Build and test caching" and "Environment variables".
var GoCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "go-cache",
		Title: "Go build and module caches",
		Why: "The go command keeps every compiled package in ~/.cache/go-build and the source of every module, with its archive, in $GOPATH/pkg/mod: hundreds of megabytes for a typical service. A Go program is a single " +
			"executable that needs neither. Build it in a stage of its own, and it can run from an image that holds little else.",
		Confidence: model.Likely,
		Paths: []string{"~/.cache/go-build/**", "go/pkg/mod/**", "go/pkg/sumdb/**", "~/go/pkg/mod/**", "~/go/pkg/sumdb/**", "$GOCACHE/**", "$GOMODCACHE/**",
			"$GOPATH/pkg/mod/**", "$GOPATH/pkg/sumdb/**"},
		Tools:   advice.GoRunners,
		Mounts:  []string{"/root/.cache/go-build", "/go/pkg/mod"},
		Empties: []string{"go clean"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.cache/go-build /go/pkg/mod",
			Before:  "FROM golang:1.25\nCOPY . .\nRUN go build -o /app .\nCMD [\"/app\"]",
			After:   "FROM golang:1.25 AS build\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app .\nFROM gcr.io/distroless/static\nCOPY --from=build /app /app\nCMD [\"/app\"]",
			WhenNot: "In an image meant for building Go programs, or one whose container runs go run or go test.",
			Sources: []string{"https://pkg.go.dev/cmd/go#hdr-Build_and_test_caching", "https://go.dev/ref/mod#module-cache", "https://docs.docker.com/build/building/multi-stage/"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN go build -o /app .
				+ root/.cache/go-build/00/a-d
				+ go/pkg/mod/a/a.go
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN go build -o /app . \\\n    && rm -rf /go/pkg/mod /root/.cache/go-build",
			Miss: `
				COPY app /
				+ app
				RUN go build
				+ go/bin/a
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "Go's build and module caches", Users: []string{"go", "make", "mage", "task"}, OnlyFetches: onlyFetchesModules, Provides: providesModules, Builds: buildsWithGo,
})

// onlyFetchesModules reports whether a call of go downloads modules, or looks at the
// settings, and builds nothing that a container could start without them.
func onlyFetchesModules(c rewrite.Command) bool {
	args := c.Args()
	return c.Name() == "go" && len(args) > 0 && slices.Contains([]string{"get", "mod", "env", "version"}, args[0].Text)
}

// providesModules reports whether a command of Go downloads modules, or compiles the standard
// library, and builds nothing that runs without them.
func providesModules(c rewrite.Command) bool {
	args := advice.Operands(c)
	if c.Name() != "go" || len(args) == 0 {
		return false
	}
	switch args[0] {
	case "get":
		return true
	case "build", "install":
		return slices.Contains(args[1:], "std") || slices.Contains(args[1:], "...") // compiled for whatever is built later
	case "mod":
		return len(args) > 1 && (args[1] == "download" || args[1] == "vendor" || args[1] == "tidy")
	}
	return false
}

// buildsWithGo reports whether a command builds the project at hand, and installs no program of
// another one.
func buildsWithGo(c rewrite.Command) bool {
	args := advice.Operands(c)
	if c.Name() != "go" || len(args) == 0 {
		return false
	}
	switch args[0] {
	case "build", "test", "vet", "run":
		return true
	case "install":
		return !slices.ContainsFunc(args[1:], func(word string) bool { return strings.Contains(word, "@") || !strings.HasPrefix(word, ".") })
	}
	return false
}
