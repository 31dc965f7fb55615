package fix

import "testing"

// TestOmitsNow: an install counts as edited where the one that names its packages now leaves
// recommended packages out.
func TestOmitsNow(t *testing.T) {
	for _, test := range []struct {
		name, original, now string
		want                bool
	}{
		{"alone", "RUN apt-get install -y git", "RUN apt-get install -y --no-install-recommends git less", true},
		{"joined with one that takes them", "RUN apt-get install -y git", "RUN apt-get install -y curl && apt-get install -y --no-install-recommends git", true},
		{"not edited", "RUN apt-get install -y git", "RUN apt-get install -y curl && apt-get install -y git", false},
		{"another is edited", "RUN apt-get install -y git", "RUN apt-get install -y --no-install-recommends curl && apt-get install -y git", false},
		{"one of two", "RUN apt-get install -y git && apt-get install -y curl", "RUN apt-get install -y --no-install-recommends git && apt-get install -y curl", false},
		{"it never took them", "RUN apt-get install -y --no-install-recommends git", "RUN apt-get install -y --no-install-recommends git", false},
	} {
		if got := omitsNow(test.original, &piece{text: test.now}); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// TestFloorOfWhatIsLeft: 1 % is of what the edited image adds to its base, so that the next run, on the
// smaller image, finds nothing more; what is small then, too, stays.
func TestFloorOfWhatIsLeft(t *testing.T) {
	const dockerfile = "FROM debian\nRUN apt-get update && apt-get install -y a\nCOPY x /x\nRUN pip install b\nCOPY y /y\nRUN npm ci\n"
	r := reportOf(t, dockerfile, leftover("apt-lists", 500e6, 1, lists), leftover("pip-cache", 3e6, 3, "root/.cache/pip/x"), leftover("npm-cache", 900e3, 5, "root/.npm/x"))
	for own, want := range map[int64]int64{600e6: 503e6, 3000e6: 500e6, 0: 503_900_000} {
		result, err := Plan(r, []byte(dockerfile), Options{Own: own})
		if err != nil || result.SavedBytes != want {
			t.Errorf("of %d own bytes %d are saved, %v; want %d", own, result.SavedBytes, err, want)
		}
	}
}
