package settings

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/gate"
)

// Draft writes the text of a .tare.yaml whose thresholds an image passes as it
// is today, with every key explained. What how says beside thresholds (base,
// platform, Dockerfile) it keeps.
func Draft(r *model.Report, how Settings) []byte {
	wasted, size := gate.Wasted(r, model.ScopeOwn)
	room := r.Image.Size + r.Image.Size/10
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

	say("# Limits of tare check for this image. Flags and TARE_ variables win")
	say("# over this file; tare explain tells what a rule is about.")
	say("#")
	say("# For an editor that knows JSON Schema: tare init --schema > .tare.schema.json,")
	say("# and this as the first line, without the number sign before it:")
	say("# # yaml-language-server: $schema=.tare.schema.json")
	say("#")
	say("# Written for %s: efficiency %s, %s of %s wasted.", display.OneLine(r.Image.Reference),
		display.Efficiency(model.Efficiency(wasted, size)), display.Bytes(wasted), display.Bytes(size))
	say("")
	say("# The least share of the scope that is not wasted: 0 to 1, or 95%%.")
	say("min-efficiency: %s", hundredths(wasted, size))
	say("")
	say("# The most that is wasted: a size, or a percentage of the scope's size.")
	say("max-wasted: %s", roundUp(wasted))
	say("")
	say("# The most that the whole image may weigh, a tenth more than it does today; and")
	say("# its pull size, which registries and compressed archives tell, but no engine.")
	say("max-size: %s", roundUp(room))
	pull := "100MB"
	if c := r.Image.CompressedSize; c != nil {
		pull = roundUp(*c + *c/10)
	}
	say("# max-pull-size: %s", pull)
	say("# max-layers: %d", r.Image.Layers)
	say("")
	say("# Rules that may find nothing, and how sure a finding must be to fail by itself:")
	say("# certain, likely or possible.")
	say("# deny: [apt-lists, pip-cache]")
	say("# fail-on: certain")
	say("")
	say("# own looks at what is not the base image's, all at everything.")
	say("scope: own")
	say("")
	say("# How to read the image, where no flag says so. Paths are relative to this file.")
	set("base", how.Base, "debian:12-slim")
	set("platform", how.Platform, "linux/amd64")
	set("dockerfile", how.Dockerfile, "Dockerfile")
	say("")
	say("# What does not count, why, and until when: by rule, path, package or several of")
	say("# them. After its last day an entry fails the check.")
	say("# ignore:")
	say("#   - rule: apt-lists")
	say("#     reason: the next base image removes them")
	say("#     expires: 2030-01-31")
	say("#   - path: opt/vendor/**")
	say("#     reason: as the vendor ships it")
	return []byte(b.String())
}

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

// hundredths is the efficiency, rounded down.
func hundredths(wasted, size int64) string {
	if size <= 0 {
		return "1"
	}
	n := new(big.Int).Mul(big.NewInt(size-wasted), big.NewInt(100))
	return strconv.FormatFloat(float64(n.Div(n, big.NewInt(size)).Int64())/100, 'f', -1, 64)
}

// roundUp spells a size with two digits that count, never as less than it is.
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
	if n <= 99*unit/10 {
		tenth := unit / 10
		return strconv.FormatFloat(float64((n+tenth-1)/tenth)/10, 'f', -1, 64) + units[name]
	}
	return strconv.FormatInt((n+unit-1)/unit, 10) + units[name]
}
