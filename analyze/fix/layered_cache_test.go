package fix_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestMountsHideNoLayerOfCaches: a RUN may fill a cache for those behind it, so that only
// they run anew where sources change.
func TestMountsHideNoLayerOfCaches(t *testing.T) {
	mount := fix.Options{CacheMount: true}
	java := []string{"java", "-jar", "/opt/app.jar"}
	source := does("COPY src /src", imagetest.Text("src/a", "x"))
	tryNeeds(t, []needsCase{
		{name: "dependencies first", cmd: java, opt: mount, steps: []step{does("RUN mvn dependency:copy-dependencies", big("root/.m2/repository/a/a.jar")), source, does("RUN mvn install", big("root/.m2/repository/b/b.jar"))},
			want: "RUN mvn dependency:copy-dependencies\nCOPY src /src\nRUN mvn install \\\n    && rm -rf /root/.m2/repository\n"},
		{name: "one alone", cmd: java, opt: mount, steps: []step{source, does("RUN mvn install", big("root/.m2/repository/b/b.jar"))},
			want: "COPY src /src\nRUN --mount=type=cache,target=/root/.m2 mvn install\n"},
		{name: "what stays in a lower layer", cmd: []string{"bash"}, opt: mount, steps: []step{does("RUN go get example.org/a", big("go/pkg/mod/a/a.go")), source, does("RUN go build -o /opt/app", big("root/.cache/go-build/b"), big("go/pkg/mod/b/b.go"), imagetest.Text("opt/app", "x"))},
			left: "go get example.org/a is there to fill it"},
		{name: "what stays in a lower layer, removed", cmd: []string{"bash"}, steps: []step{does("RUN go get example.org/a", big("go/pkg/mod/a/a.go")), source, does("RUN go build -o /opt/app", big("root/.cache/go-build/b"), big("go/pkg/mod/b/b.go"), imagetest.Text("opt/app", "x"))},
			left: "go get example.org/a is there to fill it"},
		{name: "two that do not need each other", opt: mount, steps: []step{does("RUN pip install a", big("root/.cache/pip/http-v2/a")), source, does("RUN pip install b", big("root/.cache/pip/http-v2/b"))},
			want: "RUN --mount=type=cache,target=/root/.cache/pip pip install a\nCOPY src /src\nRUN --mount=type=cache,target=/root/.cache/pip pip install b\n"},
	})
}

// TestNoMountThatNothingReads: apk add --no-cache goes past the cache that apk update fills.
func TestNoMountThatNothingReads(t *testing.T) {
	mount := fix.Options{CacheMount: true}
	index := []imagetest.File{big("var/cache/apk/APKINDEX.1.tar.gz"), imagetest.Text("usr/bin/curl", "x")}
	tryNeeds(t, []needsCase{
		{name: "an update in front", opt: mount, steps: []step{does("RUN apk update && apk add --no-cache curl", index...)}, want: "RUN apk add --no-cache curl\n"},
		{name: "an update among others", opt: mount, steps: []step{does("RUN set -ex && apk update && apk add --no-cache curl", index...)}, want: "RUN set -ex && apk add --no-cache curl\n"},
		{name: "an install that reads it", opt: mount, steps: []step{does("RUN apk update && apk add curl", index...)}, want: "RUN apk add --no-cache curl\n"},
		{name: "packages that it keeps", opt: mount, steps: []step{does("RUN apk update && apk add curl", big("var/cache/apk/curl-8.apk"), imagetest.Text("usr/bin/curl", "x"))}, want: "RUN --mount=type=cache,target=/var/cache/apk,sharing=locked apk update && apk add curl\n"},
		{name: "an update alone", opt: mount, steps: []step{does("RUN apk update", index...), does("RUN apk add b", imagetest.Text("usr/bin/b", "x"))}, want: "RUN apk update \\\n    && apk add b \\\n    && rm -rf /var/cache/apk/*\n"},
		{name: "one of two that reads it", opt: mount, steps: []step{does("RUN apk update && apk add --no-cache curl && apk add git", index...)}, want: "RUN apk add --no-cache curl && apk add --no-cache git\n"},
	})
}

// TestLikeCallsAreEdited: what one pip gets, the others get, also where they left nothing in
// the cache; RUNs that call no pip, or say it themselves, get nothing.
func TestLikeCallsAreEdited(t *testing.T) {
	steps := []step{does("RUN mkdir /x", imagetest.Text("x/a", "x")), does("RUN pip install a", big("root/.cache/pip/http-v2/a")), does("RUN pip install b", imagetest.Text("usr/lib/b", "x")),
		does("RUN pip install --no-cache-dir c", imagetest.Text("usr/lib/c", "x"))}
	const mount = "--mount=type=cache,target=/root/.cache/pip "
	tryNeeds(t, []needsCase{
		{name: "by the flag", steps: steps, want: "RUN mkdir /x\nRUN pip install --no-cache-dir a\nRUN pip install --no-cache-dir b\nRUN pip install --no-cache-dir c\n"},
		{name: "by mounts", opt: fix.Options{CacheMount: true}, steps: steps, want: "RUN mkdir /x\nRUN " + mount + "pip install a\nRUN " + mount + "pip install b\nRUN pip install --no-cache-dir c\n"},
	})
}
