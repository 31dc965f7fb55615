package structure_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestObservations tries the rules that look at the config or the instructions on
// what the fixtures leave out. want is a part of the fix, "" where nothing is found.
func TestObservations(t *testing.T) {
	for _, test := range []struct {
		name, rule string
		build      *rules.Build
		want       string
	}{
		{"full debian", "base-image", &rules.Build{Cmd: []string{"app"}, Base: model.Base{Reference: model.Ptr("debian:bookworm")}}, "Start from debian:bookworm-slim"},
		{"slim debian", "base-image", &rules.Build{Cmd: []string{"app"}, Base: model.Base{Reference: model.Ptr("docker.io/library/debian:bookworm-slim")}}, ""},
		{"requirements", "layer-order", rulestest.Build("COPY . /app", "RUN pip install --no-cache-dir -r requirements.txt"), "Copy only requirements.txt"},
		{"a package by name", "layer-order", rulestest.Build("COPY . /app", "RUN npm install -g serve && pip install gunicorn"), ""},
		{"the project itself", "layer-order", rulestest.Build("COPY . /app", "RUN pip install ."), ""},
		{"from a stage", "layer-order", rulestest.Build("COPY --from=a . /app", "RUN npm ci"), ""},
		{"go modules", "layer-order", rulestest.Build("COPY . .", "RUN go mod download && go build"), "Copy only go.mod and go.sum"},
		{"a COPY between", "split-update", rulestest.Build("RUN apt-get update", "COPY a /a", "RUN apt-get install b"), "in one RUN"},
		{"no install", "split-update", rulestest.Build("RUN apt-get update", "RUN make"), ""},
	} {
		t.Run(test.rule+"/"+test.name, func(t *testing.T) { rulestest.Observed(t, test.rule, test.build, test.want) })
	}
}

// TestCompilerOfTheBase: the variant without a compiler is no advice for an image
// that is there to build in.
func TestCompilerOfTheBase(t *testing.T) {
	for command, want := range map[string]int{`"/app"`: 1, `"tini", "--", "/app"`: 1, `"jenkins-agent"`: 0, `"tini", "--", "gitlab-runner"`: 0, `"sleep", "infinity"`: 0} {
		img := rulestest.Parse(t, `
			COPY rootfs /
			+ usr/bin/gcc
			CMD ["node"]
			COPY app /
			+ app
			config {"Cmd": [`+command+`], "Env": ["NODE_VERSION=22"]}`)
		if found := img.Findings(t, "base-image"); len(found) != want {
			t.Errorf("%s: %d findings, want %d", command, len(found), want)
		}
	}
}
