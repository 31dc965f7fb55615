package fix_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// fragments are pieces of Dockerfiles that the builder of this package can build.
var fragments = []string{
	"RUN apt-get update\n", "RUN apt-get update && apt-get install -y --no-install-recommends one\n", "RUN apt-get install -y --no-install-recommends two\n",
	"RUN apt-get update \\\n && apt-get install -y --no-install-recommends \\\n      three \\\n      four\n", "RUN apt-get update && \\\n    apt-get install -y --no-install-recommends five && \\\n    rm -rf /var/lib/apt/lists/*\n",
	"RUN rm -rf /var/lib/apt/lists/*\n", "# clean up\nRUN apt-get clean && rm -rf /var/lib/apt/lists/*\n", "RUN apt-get clean\n",
	"RUN set -eux; \\\n\tapt-get update; \\\n\tapt-get install -y --no-install-recommends six; \\\n\trm -rf /var/lib/apt/lists/*\n",
	"# get it\nRUN fetch /tmp/a.tgz\n", "RUN unpack /tmp/a.tgz\n", "# not needed any more\nRUN rm /tmp/a.tgz\n", "RUN rm -rf /tmp/a.tgz /var/lib/apt/lists/*\n",
	"RUN fetch /opt/b.tgz && unpack /opt/b.tgz\n", "RUN rm -f /opt/b.tgz\n", "RUN cd /opt && rm -rf b.tgz\n",
	"RUN pip install flask\n", "RUN pip install numpy && rm -rf /root/.cache/pip\n", "RUN rm -rf /root/.cache\n",
	"COPY app /app/\n", "COPY lib data /app/\n", "RUN chown -R 1:1 /app\n", "ENV A=b\n", "WORKDIR /app\n", "EXPOSE 80\n", "\n", "# a comment\n", "RUN useradd app\n",
	"# changes every week\nRUN apt-get update && apt-get install -y --no-install-recommends seven\n",
}

// waste are directories whose files an edit may leave out.
var waste = []string{"/var/lib/apt/lists/", "/var/cache/", "/root/.cache/", "/tmp/", "/var/log/"}

// TestFixedIsFixed builds random Dockerfiles, edits them, and builds them again: the build goes
// through, the image has the same files but for waste, it is as small as was said, and there is
// nothing left to edit.
func TestFixedIsFixed(t *testing.T) {
	builds := imagetest.Rounds(8, 8, 60)
	built, edits := 0, 0
	for seed := uint64(0); built < builds; seed++ {
		random := rand.New(rand.NewPCG(seed, 1))
		var text strings.Builder
		text.WriteString("FROM debian:bookworm-slim\n")
		for range 2 + random.IntN(7) {
			text.WriteString(fragments[random.IntN(len(fragments))])
		}
		was, err := replay(text.String())
		if err != nil {
			continue // it installs without lists, or the like
		}
		built++
		analyzed := was.analyse(t, text.String())
		const floor = 2000
		result, err := fix.Plan(analyzed.Report, []byte(text.String()), fix.Options{Build: analyzed.Build, Floor: floor})
		if err != nil {
			t.Fatal(err)
		}
		if !result.Changed() {
			continue
		}
		edits++
		now, err := replay(string(result.New))
		if err != nil {
			t.Fatalf("seed %d: the edited Dockerfile does not build: %v\n%s\nbecame\n%s", seed, err, text.String(), result.New)
		}
		if name := missing(was, now); name != "" {
			t.Fatalf("seed %d: %s is missing or another\n%s\nbecame\n%s", seed, name, text.String(), result.New)
		}
		if saved := was.size() - now.size(); max(saved-result.SavedBytes, result.SavedBytes-saved) > saved/50+1 {
			t.Errorf("seed %d: %d bytes were to be saved, and %d are\n%s\nbecame\n%s", seed, result.SavedBytes, saved, text.String(), result.New)
		}
		after := now.analyse(t, string(result.New))
		again, err := fix.Plan(after.Report, result.New, fix.Options{Build: after.Build, Floor: floor})
		if err != nil {
			t.Fatal(err)
		}
		if again.Changed() {
			t.Errorf("seed %d: edited twice it changes again\n%s\nbecame\n%s\nbecame\n%s", seed, text.String(), result.New, again.New)
		}
		if t.Failed() {
			return
		}
	}
	if edits*2 < builds {
		t.Errorf("only %d of %d Dockerfiles were edited", edits, built)
	}
}

// missing returns a file, waste apart, that one of two images has and the other has not, or of
// another owner; "" where there is none.
func missing(was, now *builder) string {
	left := func(name string) bool {
		for _, dir := range waste {
			if strings.HasPrefix(name, dir) {
				return true
			}
		}
		return false
	}
	for name, f := range was.files {
		if !left(name) && now.files[name] != f {
			return name
		}
	}
	for name, f := range now.files {
		if was.files[name] != f && !strings.HasPrefix(name, "/var/lib/apt/lists/") && !strings.HasPrefix(name, "/var/log/") {
			return name
		}
	}
	return ""
}
