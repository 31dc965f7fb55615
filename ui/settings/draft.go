package settings

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/gate"
)

// Draft writes the text of a .tare.yaml whose thresholds an image passes as it
// is today, and with some room, with every key explained. What how says beside thresholds (base,
// platform, Dockerfile) it keeps.
func Draft(r *model.Report, how Settings) []byte {
	counted, size, _ := gate.Counted(r, model.ScopeOwn)
	wasteRoom, sizeRoom := roomFor(counted, size, r.Image.Size)
	ignores, narrow := ignoresOf(r)
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	// set writes a key that the user chose a value for, or an example of one.
	set := func(key, value, sample string) {
		if strings.TrimSpace(value) == "" || !utf8.ValidString(value) { // of which YAML knows nothing
			say("# %s: %s", key, sample)
			return
		}
		say("%s: %s", key, scalar(value))
	}
	// hold writes a limit that the image keeps today, or why it is not there.
	hold := func(line string, bound gate.Bound, why string) {
		if keeps(r, bound) {
			say("%s", line)
			return
		}
		say("# %s", why)
		say("# %s", line)
	}

	say("# The limits of tare check for this image. Flags and TARE_ variables override")
	say("# this file; tare explain says what a rule is about.")
	say("#")
	say("# For an editor that knows JSON Schema: tare init --schema > .tare.schema.json,")
	say("# and this as the first line, without the number sign before it:")
	say("# # yaml-language-server: $schema=.tare.schema.json")
	say("#")
	for _, line := range header(r, roundedUp(wasteRoom)-counted, narrow) {
		say("# %s", line)
	}
	say("")
	say("# The most avoidable waste (what changes would remove) that may count: a")
	say("# size, or a share of the scope's size in percent; and the least share without")
	say("# it, 0.9 or 90%%. A report's efficiency is another figure, 1 - wasted/size.")
	say("max-wasted: %s", roundUp(wasteRoom))
	if efficiency := hundredths(wasteRoom, size); efficiency != "" {
		say("min-efficiency: %s", efficiency)
	} else {
		say("# min-efficiency: 0.9")
	}
	say("")
	say("# Fail if a change worth making is at least this sure: certain, likely or")
	say("# possible. Changes that save less than the floor never count.")
	hold("fail-on: certain", gate.FailOn(model.Certain), "There is such a change today. Once it is made (see tare fix), let the next fail:")
	say("# floor: [1MB, 1%%]")
	say("")
	say("# Rules that must find nothing; risks are secrets, programs that cannot start")
	say("# and the like, if tare is certain or nearly so. They are always denied, also")
	say("# beside other rules, unless you write [] here, or new-risks: only those that")
	say("# the image of --against does not have.")
	if narrow {
		say("deny: [risks]")
	} else {
		say("# There is a risk today that no path tells from others of its kind. Once it is")
		say("# gone, write [risks]; until then, new ones fail only with --against:")
		say("deny: [%s]", gate.DenyNew)
	}
	say("")
	say("# The most that the whole image may weigh, a quarter (at least 50 MB) more than")
	say("# today; and its pull size, which registries and compressed archives know, but")
	say("# engines do not.")
	say("max-size: %s", roundUp(sizeRoom))
	pull := "100MB"
	if c := r.Image.CompressedSize; c != nil {
		pull = roundUp(*c + max(*c/4, leastRoom/2))
	}
	say("# max-pull-size: %s", pull)
	say("# max-layers: %d", r.Image.Layers+leastLayers)
	say("")
	say("# How much may grow in one step, if --against names the image before. What no")
	say("# line limits may grow, such as the size; waste and risks may not. An entry of")
	say("# allow-growth lets one growth through, with a reason and until a day.")
	say("# max-size-growth: 10%%")
	say("# max-pull-growth: 20MB")
	say("# max-waste-growth: 1MB")
	say("# max-layer-growth: 3")
	say("# max-package-growth: 10")
	say("# max-pulled-again: 5MB")
	say("# allow-growth:")
	say("#   - of: size")
	say("#     up-to: 400MB # of growth, not in all")
	say("#     reason: the new model")
	say("#     until: 2030-01-31")
	say("")
	say("# What must not be in the image, deleted by a later layer or not, and what must.")
	say("# deny-paths: ['**/.git/**', root/.ssh/**]")
	say("# deny-packages: [gcc, '*-dev']")
	say("# require-user: true")
	say("# require-labels: [org.opencontainers.image.source]")
	say("")
	say("# own counts only what is not the base image's, all counts everything.")
	say("scope: own")
	say("")
	say("# How to read the image, unless a flag says so. Paths are relative to this file.")
	set("base", how.Base, "debian:12-slim")
	set("platform", how.Platform, "linux/amd64")
	set("dockerfile", how.Dockerfile, "Dockerfile")
	say("")
	say("# How bad findings are in SARIF, GitLab, GitHub and JUnit: error, warning, note")
	say("# or none, by rule or by kind.")
	say("# severity:")
	say("#   gate: error")
	say("#   risk: error")
	say("#   change: warning")
	say("#   rest: note")
	say("#   logs: none")
	say("")
	say("# What does not count, why, and until when: by rule, path, package or several of")
	say("# them. Once its last day is over, an entry fails the check.")
	sample := []string{"  - rule: apt-lists", "    reason: the next base image removes them", "    expires: 2030-01-31", "  - path: opt/vendor/**", "    reason: as the vendor ships it"}
	if len(ignores) == 0 {
		say("# ignore:")
	} else {
		say("ignore:")
		say("  # The risks of today, each by its path, so that another one fails. Say why they")
		say("  # may stay, or take them out of the image and of this list.")
		for _, e := range ignores {
			say("  - rule: %s", e.Rule)
			say("    path: %s", scalar(e.Path))
			say("    reason: %s", e.Reason)
		}
	}
	for _, line := range sample {
		say("# %s", line)
	}
	return []byte(b.String())
}

const (
	// leastRoom is how much larger than today an image may become in any case.
	leastRoom = 50_000_000
	// leastLayers is the same for layers.
	leastLayers = 3
	// mostWasteRoom is less than any forgotten clean-up leaves in a large image.
	mostWasteRoom = 10_000_000
)

// roomFor returns what limits on waste and size leave of today's figures. Changes below the
// floor do not count, so twice the floor is what one that grows over it may add.
func roomFor(counted, own, size int64) (waste, whole int64) {
	return counted + min(2*model.Floor(own), mostWasteRoom), size + max(size/4, leastRoom)
}

// keeps reports whether an image keeps a limit today.
func keeps(r *model.Report, b gate.Bound) bool {
	c, err := gate.Judge(r, gate.Options{Limits: []gate.Limit{{Bound: b}}})
	return err == nil && c.Passed
}

// mostEfficiency leaves room however large an image is.
const mostEfficiency = 95

// scalar quotes a text where YAML would read it as something else.
func scalar(text string) string {
	out, err := yaml.Marshal(text)
	var read yaml.Node
	if err == nil && yaml.Unmarshal(out, &read) == nil && (len(read.Content) != 1 || read.Content[0].Tag != "!!str") {
		// The library leaves << bare, which is the key that merges mappings.
		out, err = yaml.Marshal(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle})
	}
	if err != nil {
		return strconv.Quote(text)
	}
	return strings.TrimSpace(string(out))
}

// hundredths is the efficiency, rounded down, and "" where it would be none.
func hundredths(wasted, size int64) string {
	if size <= wasted {
		return ""
	}
	n := new(big.Int).Mul(big.NewInt(size-wasted), big.NewInt(100))
	percent := min(n.Div(n, big.NewInt(size)).Int64(), mostEfficiency)
	return strconv.FormatFloat(float64(percent)/100, 'f', -1, 64)
}

// roundUp spells a size with at least two digits that count, never as less than it is.
func roundUp(n int64) string {
	units := []string{"kB", "MB", "GB", "TB", "PB", "EB"}
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	unit, name := int64(1000), 0
	for name < len(units)-1 && n > 999*unit {
		unit *= 1000
		name++
	}
	parts := int64(1)
	switch {
	case unit == 1_000_000_000: // of which a tenth has room for a compiler
		parts = 100
	case n <= 99*unit/10:
		parts = 10
	}
	part := unit / parts
	return strconv.FormatFloat(float64((n+part-1)/part)/float64(parts), 'f', -1, 64) + units[name]
}

// roundedUp is a size as roundUp spells it.
func roundedUp(n int64) int64 {
	amount, err := gate.ParseAmount(roundUp(n))
	if err != nil {
		return n
	}
	return amount.Bytes
}

// mostRisks is how many paths a draft excuses; nobody gives a reason for more.
const mostRisks = 40

// askReason stands where somebody has to say why a risk may stay.
const askReason = "it was there when this file was written; say why it may stay"

// ignoresOf returns an ignore for each path of the risks that an image has today, so that any
// other one fails. narrow is false where that does not excuse them all: a risk has no path, or
// paths that no pattern can spell.
func ignoresOf(r *model.Report) (list []gate.Ignore, narrow bool) {
	if keeps(r, gate.DenyRisks) {
		return nil, true
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Confidence == model.Possible || f.Inherited || !slices.Contains(r.Risks, f.ID) {
			continue
		}
		if len(f.Paths) == 0 || f.FileCount > len(f.Paths) || len(list)+len(f.Paths) > mostRisks {
			return nil, false
		}
		for _, name := range f.Paths {
			if !utf8.ValidString(name) || strings.ContainsFunc(name, func(c rune) bool { return !display.Printable(c) }) {
				return nil, false
			}
			list = append(list, gate.Ignore{Rule: f.Rule, Path: globEscape.Replace(name), Reason: askReason})
		}
	}
	c, err := gate.Judge(r, gate.Options{Limits: []gate.Limit{{Bound: gate.DenyRisks}}, Ignores: list})
	if err != nil || !c.Passed {
		return nil, false
	}
	return list, true
}

// globEscape spells a path as a pattern that matches it alone.
var globEscape = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`)

// TellRisks says what a draft does about the risks that an image has today, "" if it has none.
func TellRisks(r *model.Report) string {
	list, narrow := ignoresOf(r)
	switch {
	case !narrow:
		return "there is a risk today, so deny: [" + gate.DenyNew + "] lets risks pass without --against"
	case len(list) > 0:
		return "there is a risk today, and ignore: excuses " + display.Plural(len(list), "path") + "; say there why, or keep it out of the image"
	}
	return ""
}
