package startable_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/startable"
)

// TestUnwrap takes the wrappers off a command: want is the program with its words, and then what
// the wrappers change; "-" where an option of theirs is not known.
func TestUnwrap(t *testing.T) {
	for command, want := range map[string]string{
		"app":                             "app",
		"tini -- app -x":                  "app -x",
		"tini -gse 143 app":               "app",
		"tini -e143 -p SIGTERM app":       "app",
		"tini --version":                  "-",
		"tini -h":                         "-",
		"tini":                            "-",
		"tini -e":                         "-",
		"dumb-init -c --rewrite 15:3 app": "app",
		"dumb-init --rewrite=15:3 app":    "app",
		"dumb-init --single-child=x app":  "-",
		"catatonit -g -- app":             "app",
		"catatonit -P":                    "-",
		"gosu 1000:1000 app":              "app",
		"gosu --version":                  "-",
		"gosu app":                        "-",
		"su-exec nobody app":              "app",
		"chpst -u app app":                "app",
		"chpst -C /srv -u x ./app":        "./app dir",
		"chpst -z app":                    "-",
		"setpriv --reuid 1000 --clear-groups app":  "app",
		"setpriv --reuid=1000 --init-groups app":   "app",
		"setpriv --bounding-set -all app":          "app",
		"setpriv --reset-env app":                  "app path env",
		"setpriv --dump":                           "-",
		"env A=b app A=b":                          "app A=b env",
		"env PATH=/x app":                          "app path env",
		"env -C /srv ./run":                        "./run dir env",
		"env --chdir=/srv ./run":                   "./run dir env",
		"env -u A app":                             "app env",
		"env -i app":                               "app path env",
		"env - app":                                "app path env",
		"env -S app":                               "-",
		"env -iu A app":                            "app path env",
		"nice -n 5 app":                            "app",
		"nice -5 app":                              "app",
		"nice --adjustment=5 app":                  "app",
		"nice -z app":                              "-",
		"ionice -c2 -n 7 app":                      "app",
		"ionice -p 1":                              "-",
		"stdbuf -oL -e 0 app":                      "app",
		"timeout -k 5 --signal TERM 1h app":        "app",
		"timeout 5":                                "-",
		"nohup app":                                "app",
		"setsid -w app":                            "app",
		"setsid -f app":                            "-",
		"tini -- gosu app env X=1 nice -n 1 app a": "app a env",
		"chroot /x app":                            "chroot /x app",
	} {
		w := startable.Unwrap(strings.Fields(command))
		got := strings.Join(w.Words, " ")
		if got == "" {
			got = "-"
		} else {
			for _, change := range []struct {
				is   bool
				name string
			}{{w.Dir, "dir"}, {w.Path, "path"}, {w.Env, "env"}} {
				if change.is {
					got += " " + change.name
				}
			}
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", command, got, want)
		}
	}
}

// TestLoginShells: a shell that reads a profile, and one that does not.
func TestLoginShells(t *testing.T) {
	for command, want := range map[string]bool{
		"bash -lc run": true, "bash -l -c run": true, "bash --login -c run": true, "sh -ic run": true, "bash -ecl run": true, "bash --rcfile x -c run": true,
		"bash -c run -l": false, "sh -ec run": false, "bash /run.sh -l": false, "bash --norc -c run": false, "python3 -l": false, "sh": false,
	} {
		if got := startable.IsLoginShell(strings.Fields(command)); got != want {
			t.Errorf("%s: %v", command, got)
		}
	}
}
