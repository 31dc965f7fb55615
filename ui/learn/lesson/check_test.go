package lesson

import (
	"strings"
	"testing"
)

// TestChecks: each kind of check passes where it should and fails where not.
func TestChecks(t *testing.T) {
	const slim = "FROM debian:bookworm-slim\n"
	for _, c := range []struct{ name, check, passes, fails string }{
		{"gone", "gone: apt-lists", slim, slim + "RUN apt-get update"},
		{"gone, of two rules", "gone: [apt-lists, runs-as-root]", slim + "USER 1\nCMD [\"/srv/app.py\"]", slim + "CMD [\"/srv/app.py\"]"},
		{"has", "has: [/srv/app.py, /usr/bin]", slim + "COPY app.py /srv/", slim + "COPY app.py /srv/\nRUN rm /srv/app.py"},
		{"hasnt", "hasnt: /srv/app.py", slim, slim + "COPY app.py /srv/\nRUN rm /srv/app.py"},
		{"installed", "installed: jq", slim + "RUN apt-get update && apt-get install -y jq", slim},
		{"absent", "absent: jq", slim, slim + "RUN apt-get update && apt-get install -y jq"},
		{"owner", "owner: {path: /srv/app.py, user: 33}", slim + "COPY --chown=www-data app.py /srv/", slim + "COPY app.py /srv/"},
		{"owner of nothing", "owner: {path: /srv/app.py, user: 33}", slim + "COPY --chown=33 app.py /srv/", slim},
		{"executable", "executable: /srv/app.py", slim + "COPY --chmod=755 app.py /srv/", slim + "COPY app.py /srv/"},
		{"size", "size: 125MB", slim, slim + "COPY big.bin /"},
		{"wasted", "wasted: 5MB", slim + "COPY big.bin /", slim + "COPY big.bin /\nRUN rm /big.bin"},
		{"again", "again: {file: app.py, most: 1MB}", slim + "COPY app.py /", slim + "COPY app.py big.bin /"},
		{"again, of a directory", "again: {file: app.py, most: 1MB}", slim + "COPY big.bin /\nCOPY . /srv/\nRUN rm /srv/big.bin", slim + "COPY . /srv/\nRUN apt-get update"},
		{"runs", "runs: [/srv/app.py, -x]", slim + `CMD ["/srv/app.py", "-x"]`, slim + "CMD /srv/app.py -x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := small()
			files["lesson.yaml"] = strings.Replace(files["lesson.yaml"], "wasted: 1MB", c.check, 1)
			l, err := Read(dir(files), "small")
			if err != nil {
				t.Fatal(err)
			}
			if c.name == "again, of a directory" {
				l.Context["big.bin"] = l.Context["app.py"]
			}
			for text, want := range map[string]string{c.passes: "", c.fails: "gone"} {
				v, err := Judge(t.Context(), l, Files{"Dockerfile": text})
				if err != nil {
					t.Fatal(err)
				}
				if got := v.First(); got != want {
					t.Errorf("%q fails %q, want %q: %s", text, got, want, v.Say())
				}
			}
		})
	}
}

// TestChecksThatAreNone: each kind says what it needs.
func TestChecksThatAreNone(t *testing.T) {
	for check, want := range map[string]string{
		"owner: /srv/app.py":                    "owner has a path, and the number of a user",
		"owner: {path: /srv/app.py, user: ann}": `"ann" is not the number of a user`,
		"again: 5MB":                            "again has a file of the build context, and most",
		"again: {file: app.py, most: some}":     `"some" is no size such as 20MB`,
		"size: small":                           `"small" is no size such as 20MB`,
		"runs: {a: b}":                          "this is a text",
		"has: []":                               "this is a list with an item at least",
	} {
		files := small()
		files["lesson.yaml"] = strings.Replace(files["lesson.yaml"], "wasted: 1MB", check, 1)
		_, err := Read(dir(files), "small")
		if err == nil || !strings.HasPrefix(err.Error(), "lesson.yaml:") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", check, err, want)
		}
	}
}

// TestAnswers: an answer is taken as people type it.
func TestAnswers(t *testing.T) {
	l, err := Read(dir(small()), "small")
	if err != nil {
		t.Fatal(err)
	}
	story, err := Story(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	bytes := func(text string) (int64, error) {
		if text == "120 MB" {
			return 120e6, nil
		}
		return 140e6, nil
	}
	for _, c := range []struct {
		answer, given string
		right         bool
	}{
		{"line 2", "2", true}, {"line 2", "Line 2", true}, {"line 2", "line 3", false}, {"line 2", "", false},
		{"path /var/lib/apt", "/var/lib/apt/", true}, {"path /var/lib/apt", "var/lib/apt/lists", true}, {"path /var/lib/apt", "/var/lib", false}, {"path /app/.git", ".git", true}, {"path /app/.git", "git", false}, {"path /app/.git", "", false},
		{"package gcc", "gcc", true}, {"package gcc", "package gcc", true}, {"package gcc", "g++", false},
		{"size", "140 MB", true}, {"size", "120 MB", false},
	} {
		a, err := parseAnswer(c.answer)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Right(c.given, story, bytes); got != c.right {
			t.Errorf("%q to %q is right: %v", c.given, c.answer, got)
		}
	}
}
