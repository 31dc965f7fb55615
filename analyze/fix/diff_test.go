package fix

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix/unified"
	"github.com/tare-oci/tare/analyze/imagetest"
)

var (
	argument = regexp.MustCompile(`(?m)^(ARG V[0-9]+=)x`)
	variable = regexp.MustCompile(`(?m)^(    )B[0-9]+=c`)
)

// TestDiffShowsNoValues plants values in ARG and ENV lines among the edits.
func TestDiffShowsNoValues(t *testing.T) {
	const value = "planted-5ecret"
	near, patched := 0, 0
	seeds := imagetest.Rounds(400, 400, 4000)
	for seed := range uint64(seeds) {
		random := rand.New(rand.NewPCG(seed, 4))
		text := dockerfileOf(random)
		text = argument.ReplaceAllString(text, "${1}"+value)
		text = variable.ReplaceAllString(text, "${1}API_TOKEN="+value)
		if valid([]byte(text)) != nil || !strings.Contains(text, value) {
			continue
		}
		r := reportOf(t, text)
		r = reportOf(t, text, findingsFor(random, len(r.Layers))...)
		result, err := Plan(r, []byte(text), Options{})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		diff, err := result.Diff("Dockerfile", ".dockerignore")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(diff, value) {
			t.Fatalf("the diff shows %q:\n%s", value, diff)
		}
		if all, _ := unified.Diff("Dockerfile", result.Old, result.New, nil); !strings.Contains(all, value) {
			continue // none is near an edit
		}
		if near++; patched < 30 {
			patched++
			patch(t, result, diff)
		}
		if t.Failed() {
			t.Fatalf("%s\n%s", text, diff)
		}
	}
	if near < seeds/20 {
		t.Errorf("only %d edits had a value near them", near)
	}
}

// TestDiffShowsHarmlessArguments: git apply needs a line beside each edit.
func TestDiffShowsHarmlessArguments(t *testing.T) {
	for line, shown := range map[string]bool{
		"ARG DEBIAN_FRONTEND=noninteractive": true, "ARG VERSION=1.2.3": true, "ARG HOME=\"/root\"": true, "ARG TZ=UTC": true, "ARG PINNED=1.2.3": true, "ARG CACHEBUST=1": true, "ARG UID=1000": true, "ARG NOTHING": true,
		"ARG TOKEN=1.2.3": false, "ARG PASSWORD=true": false, "ARG PIN=1234": false, "ARG ADMIN_CODE=4711": false, "ARG SERIAL=123456": false, "ARG BUILD_HASH=1.2.3": false, "ARG MORE=\"two\"": false, "ARG KEY=/a1b2c3d4e5f6a7b8": false, "ARG A=1.2 B=hunter2": false,
	} {
		text := "FROM debian\n" + line + "\nRUN apt-get update && apt-get install -y git\n"
		r := reportOf(t, text, leftover("apt-lists", 20e6, 1, lists))
		result, err := Plan(r, []byte(text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		diff, err := result.Diff("Dockerfile", ".dockerignore")
		if err != nil || !strings.Contains(diff, "+RUN") {
			t.Fatal(err, diff)
		}
		if got := strings.Contains(diff, "\n "+line+"\n"); got != shown {
			t.Errorf("%s is shown: %v\n%s", line, got, diff)
		}
	}
}
