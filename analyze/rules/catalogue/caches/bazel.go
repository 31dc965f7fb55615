package caches

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// BazelCache follows Bazel's documentation, "Output Directory Layout".
var BazelCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "bazel-cache",
		Title: "Bazel output and downloads",
		Why: "Bazel puts its outputs, external repositories and its own installation under ~/.cache/bazel, and Bazelisk a copy of Bazel for each version under ~/.cache/bazelisk. bazel-bin and its siblings in the " +
			"workspace are links into it. Once the program has been copied out, the image needs none of this.",
		Confidence: model.Likely,
		Paths:      []string{"~/.cache/bazel/**", "~/.cache/bazelisk/**", "$BAZELISK_HOME/**"},
		Tools:      []string{"bazel", "bazelisk"},
		Mounts:     []string{"/root/.cache/bazel", "/root/.cache/bazelisk"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.cache/bazel /root/.cache/bazelisk",
			Before:  "RUN bazel build //:app && cp bazel-bin/app /app",
			After:   "RUN bazel build //:app && cp bazel-bin/app /app \\\n    && rm -rf /root/.cache/bazel",
			WhenNot: "Where the entry point goes through bazel-bin, or the container runs bazel itself.",
			Sources: []string{"https://bazel.build/remote/output-directories"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN bazel build //:a
				+ root/.cache/bazel/_bazel_root/a
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN bazel build //:a \\\n    && rm -rf /root/.cache/bazel",
			Miss: `
				RUN bazel build //:a
				+ root/.cache/bazel/out/bin/a
				+ src/bazel-bin -> /root/.cache/bazel/out/bin
				config {"Cmd": ["/src/bazel-bin/a"]}`,
		},
	},
	What: "Bazel's output and downloads", Users: []string{"bazel", "bazelisk"},
})
