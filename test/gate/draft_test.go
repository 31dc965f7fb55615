package gate_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/gate"
	"github.com/tare-oci/tare/ui/settings"
)

// drafted writes settings for an image and returns their text, and whether another image passes
// with them.
func drafted(t *testing.T, r *model.Report) (text string, passes func(other *model.Report) bool) {
	t.Helper()
	draft := settings.Draft(r, settings.Settings{})
	written, err := settings.Parse(settings.Name, draft, ruleIDs())
	if err != nil {
		t.Fatal(err)
	}
	return string(draft), func(other *model.Report) bool {
		return judge(t, other, gate.Options{Limits: written.Limits, Scope: written.Scope, Ignores: written.Ignores}).Passed
	}
}

// TestHeaderOfGoodImages: the header of what tare init writes says of a good image that a
// package or a rebuild passes (see TestTheMonthTest) and that faults do not: each is tried.
func TestHeaderOfGoodImages(t *testing.T) {
	files, part := goodFiles(t), imagetest.Rounds(4, 4, 1) // each fault in a fourth of every fourth image
	for i, name := range slices.Sorted(maps.Keys(files)) {
		if i%part > 0 {
			continue
		}
		i /= part
		text := files[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := build(t, text)
			draft, passes := drafted(t, r)
			if !strings.Contains(unwrapped(draft), "The limits leave room: one more package, another RUN that installs, or a rebuild with newer packages passes; a forgotten clean-up, a compiler or a secret fails.") {
				t.Errorf("the header is\n%s", draft)
			}
			for j, fault := range faults {
				if (i+j)%part > 0 {
					continue
				}
				if bad := fault.plant(text); bad != "" && passes(build(t, bad)) {
					t.Errorf("%s passes", fault.name)
				}
			}
		})
	}
}

// TestHeaderOfFaultyImages: of an image that has a fault, the header names what it has, says
// that it passes, and that further waste or another secret does not: that is tried, too.
func TestHeaderOfFaultyImages(t *testing.T) {
	for name, text := range goodFiles(t) {
		few := slices.Index([]string{"django", "node-alpine", "static"}, name)
		for i, fault := range faults {
			if os.Getenv("TARE_MANY") == "" && i%3 != few {
				continue // each fault in one of three images
			}
			bad := fault.plant(text)
			if bad == "" {
				continue
			}
			t.Run(name+"/"+fault.name, func(t *testing.T) {
				t.Parallel()
				r := build(t, bad)
				draft, passes := drafted(t, r)
				if !passes(r) {
					t.Error("the image does not pass what is written for it")
				}
				header := unwrapped(draft)
				if strings.Contains(header, "a forgotten clean-up, a compiler") || !strings.Contains(header, "Without limits of its own, tare check fails for what it has today:") || !names(header, r, fault.wants) {
					t.Errorf("the header is\n%s", draft)
				}
				if later := insert(bad, "COPY another.key /home/app/.ssh/id_ed25519"); passes(build(t, later)) {
					t.Errorf("another secret passes\n%s", draft)
				}
				if git := "20 MB of .git"; fault.name != git && passes(build(t, faults[len(faults)-1].plant(bad))) {
					t.Errorf("%s passes\n%s", git, draft)
				}
				if later := aMonthLater["another run, and a user"](bad); !passes(build(t, later)) {
					t.Errorf("another RUN that installs does not pass\n%s", draft)
				}
			})
		}
	}
}

// unwrapped is the text of the comments of settings, without line ends.
func unwrapped(draft string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(draft, "\n# ", " ")), " ")
}

// names reports whether a header names the change of a finding of some rules, or a risk.
func names(header string, r *model.Report, rules string) bool {
	for i := range r.Changes {
		for _, f := range r.Findings {
			if r.Changes[i].ID == f.ID && strings.Contains("|"+rules+"|", "|"+f.Rule+"|") && strings.Contains(header, r.Changes[i].Title[:min(len(r.Changes[i].Title), 60)]) {
				return true
			}
		}
	}
	return rules == "baked-in-secret" && strings.Contains(header, " 1 risk ")
}
