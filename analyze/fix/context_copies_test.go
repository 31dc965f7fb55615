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

// TestOneOfTwoCopiesIsSaved: what a COPY stored, a chown stored again and a later RUN moves away is there three
// times, and COPY --chown saves it once: a join of the chown with the move would save the same.
func TestOneOfTwoCopiesIsSaved(t *testing.T) {
	context := map[string]follow.File{"big": {Size: 30e6}}
	for _, last := range []string{"mv big big2", "tar cf y.tar big && rm -f big"} {
		file := "FROM debian:bookworm-slim\nRUN useradd -u 900 app\nWORKDIR /work\nCOPY . .\nRUN chown -R app:app /work\nRUN " + last + "\nUSER app\nCMD [\"sleep\", \"1\"]\n"
		before, plan := planned(t, file, "", follow.Options{Context: context}, fix.Options{})
		after, _ := planned(t, string(plan.New), "", follow.Options{Context: context}, fix.Options{})
		if real := before - after; real < 29e6 || max(real-plan.SavedBytes, plan.SavedBytes-real) > 10_000 {
			t.Errorf("%s: %d bytes were to be saved, and %d are\n%s", last, plan.SavedBytes, real, plan.New)
		}
	}
}
