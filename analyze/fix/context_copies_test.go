package fix_test

import (
	"maps"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
	follow "github.com/tare-oci/tare/analyze/replay"
)

// TestCopiesThatAChownStoresAgain: what a .dockerignore keeps out is stored neither by the COPY nor by a chown
// behind it; the image is as small as was said, and nothing is left to do.
func TestCopiesThatAChownStoresAgain(t *testing.T) {
	const user, end = "FROM debian:bookworm-slim\nRUN useradd -u 900 app\n", "USER app\nCMD [\"sleep\", \"1\"]\n"
	for name, test := range map[string]struct{ dockerfile, ignore string }{
		"two COPYs":            {user + "COPY a /srv/a\nCOPY b /srv/b\nRUN chown -R app:app /srv\n" + end, "a/.git\nb/.git\na/.mypy_cache\nb/.mypy_cache\n"},
		"one, read in between": {user + "WORKDIR /srv\nCOPY . .\nRUN cat a/.git/HEAD b/.git/HEAD > /version\nRUN chown -R app:app /srv\n" + end, "a/.mypy_cache\nb/.mypy_cache\n"},
	} {
		context := make(map[string]follow.File)
		for _, dir := range []string{"a/", "b/"} {
			maps.Copy(context, map[string]follow.File{dir + ".git/HEAD": {Body: []byte("ref: x\n")}, dir + ".git/objects/pack/p.pack": {Size: 3e6}, dir + ".mypy_cache/3.9/x.json": {Size: 2.5e6}, dir + "app.bin": {Size: 2e6}})
		}
		before, plan := planned(t, test.dockerfile, "", follow.Options{Context: context}, fix.Options{})
		if string(plan.NewIgnore) != test.ignore {
			t.Errorf("%s: .dockerignore gets %q, want %q", name, plan.NewIgnore, test.ignore)
			continue
		}
		context[".dockerignore"] = follow.File{Body: plan.NewIgnore}
		after, again := planned(t, string(plan.New), "", follow.Options{Context: context}, fix.Options{Ignore: plan.NewIgnore})
		if real := before - after; max(real-plan.SavedBytes, plan.SavedBytes-real) > 10_000 { // the file itself is copied, too
			t.Errorf("%s: %d bytes were to be saved, and %d are", name, plan.SavedBytes, real)
		}
		if again.Changed() {
			t.Errorf("%s: edited twice it changes again:\n%s%s", name, again.New, again.NewIgnore)
		}
	}
}
