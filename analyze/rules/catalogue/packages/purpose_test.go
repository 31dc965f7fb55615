package packages_test

import (
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestPurpose: in an image that is there to build in, nobody is told to move the
// compiler; in one that only was built with it, one is.
func TestPurpose(t *testing.T) {
	rule, _ := catalogue.ByID("build-tools")
	golang := &rules.Build{Base: model.Base{Reference: model.Ptr("docker.io/library/golang:1.26@sha256:00")}, Cmd: []string{"/app"}}
	based := func(reference string, texts ...string) *rules.Build {
		b := rulestest.Build(texts...)
		b.Base.Reference, b.Cmd = model.Ptr(reference), []string{"agent"}
		return b
	}
	with := func(entrypoint, cmd string) *rules.Build {
		return &rules.Build{Entrypoint: strings.Fields(entrypoint), Cmd: strings.Fields(cmd)}
	}
	for name, test := range map[string]struct {
		build  *rules.Build
		builds bool
	}{
		"a compiler":                     {with("clang", "--version"), true},
		"a compiler behind tini":         {with("/usr/bin/tini -- cmake", ""), true},
		"an agent behind dumb-init":      {with("dumb-init -- /usr/local/bin/gitlab-runner", "run"), true},
		"a compiler in a shell":          {&rules.Build{Cmd: []string{"/bin/sh", "-c", "cmake -B build && ninja"}}, true},
		"an agent as a user":             {with("gosu jenkins:jenkins jenkins-agent", ""), true},
		"a runner":                       {with("/actions-runner/bin/Runner.Listener", "run"), true},
		"nothing":                        {with("", ""), true},
		"a shell":                        {with("", "bash"), true},
		"waits":                          {with("", "sleep infinity"), true},
		"waits behind tini":              {with("tini --", "sleep infinity"), true},
		"waits on tail":                  {with("", "tail -f /dev/null"), true},
		"waits in a shell":               {&rules.Build{Cmd: []string{"sh", "-c", "sleep infinity"}}, true},
		"the editor's user":              {&rules.Build{Cmd: []string{"/app"}, User: "vscode:vscode"}, true},
		"a workspace":                    {&rules.Build{Cmd: []string{"/app"}, WorkingDir: "/workspaces/app"}, true},
		"of an agent's image":            {based("jenkins/inbound-agent:latest", "RUN apt-get install -y gcc"), true},
		"of an SDK":                      {based("mcr.microsoft.com/dotnet/sdk:9.0", "RUN apt-get install -y gcc"), true},
		"of a dev container":             {based("mcr.microsoft.com/devcontainers/base:bookworm", "RUN apt-get install -y gcc"), true},
		"a compiler's image, own CMD":    {based("docker.io/library/golang:1.26", "RUN go build -o /app", `CMD ["/app"]`), false},
		"of an image with a like name":   {based("example.com/mygcc:1", "RUN make"), false},
		"of an image below a like name":  {based("example.com/gcc/app:1", "RUN make"), false},
		"of a plain image":               {based("debian:stable-slim", "RUN make"), false},
		"no base that anybody knows":     {with("/app", ""), false},
		"a program":                      {with("/usr/local/bin/app", "--listen :80"), false},
		"a program behind tini":          {with("tini -- /app", ""), false},
		"a program in a shell":           {&rules.Build{Cmd: []string{"sh", "-c", "/app && sleep 1"}}, false},
		"a program that is looped":       {&rules.Build{Cmd: []string{"sh", "-c", "while true; do /app; sleep 60; done"}}, false},
		"a program, then waits":          {&rules.Build{Cmd: []string{"sh", "-c", "nginx; sleep infinity"}}, false},
		"a log that is followed":         {&rules.Build{Cmd: []string{"sh", "-c", "tail -f /var/log/app.log"}}, false},
		"an argument named like a tool":  {with("/app", "gcc"), true}, // an entry point may run its arguments
		"a user of its own":              {&rules.Build{Cmd: []string{"/app"}, User: "app"}, false},
		"a directory that only looks so": {&rules.Build{Cmd: []string{"/app"}, WorkingDir: "/workspaces-x"}, false},
		"a compiler's image, no history": {golang, false},
	} {
		if got := rule.Unless(test.build); got != test.builds {
			t.Errorf("%s: built in is %t, want %t", name, got, test.builds)
		}
	}
	img := rulestest.Image{Config: v1.Config{Entrypoint: []string{"tini", "--", "gitlab-runner", "run"}}, Steps: []rulestest.Step{rulestest.Does(t, "RUN make", "usr/local/go/bin/go", "app")}}
	rulestest.FindsNothing(t, "build-tools", img)
}
