package caches

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// CcacheCache follows ccache(1), "Cache directory"; sccache's README.
var CcacheCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "ccache",
		Title: "compiler cache",
		Why: "ccache and sccache keep the result of each compilation, so that compiling the same source again takes no time. By default the cache grows to several gigabytes. Only the compiler's wrapper reads it, " +
			"so in an image it is dead weight; in a cache mount it speeds up the next build and stays out of the image.",
		Confidence: model.Certain,
		Paths:      []string{"~/.cache/ccache/**", "~/.ccache/**", "$CCACHE_DIR/**", "~/.cache/sccache/**", "$SCCACHE_DIR/**"},
		Mounts:     []string{"/root/.cache/ccache"},
		Empties:    []string{"ccache -C", "ccache --clear"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.cache/ccache /root/.ccache",
			Before:  "RUN make CC=\"ccache gcc\"",
			After:   "RUN --mount=type=cache,target=/root/.cache/ccache make CC=\"ccache gcc\"",
			WhenNot: "In an image meant for compiling, where a warm cache is intended.",
			Sources: []string{"https://ccache.dev/manual/latest.html", "https://docs.docker.com/build/cache/optimize/"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN make
				+ root/.cache/ccache/0/a
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN make \\\n    && rm -rf /root/.cache/ccache",
			Miss: `
				COPY app /
				+ app
				RUN make
				+ usr/bin/ccache
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "the compiler cache", Users: []string{"make", "cmake", "ninja", "ccache", "gcc", "g++", "cargo"},
})
