package history

import (
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Variables returns what is known of the values of ARG and ENV, as NAME=value, from
// an image's history and from its Dockerfile; either may be nil. Not for showing:
// a value that is a secret has to be hidden wherever it stands again.
func Variables(config *v1.ConfigFile, d *Dockerfile) []string {
	var all []string
	if config != nil {
		for _, v := range collectArguments(parseHistory(config.History)).values {
			all = append(all, v.name+"="+v.value)
		}
	}
	if d == nil {
		return all
	}
	add := func(pair string) {
		if name, value, ok := strings.Cut(pair, "="); ok {
			all = append(all, name+"="+strings.Trim(value, `"'`))
		}
	}
	for _, pair := range d.defaults {
		add(pair)
	}
	for i := range d.Stages {
		for j := range d.Stages[i].Steps {
			step := &d.Stages[i].Steps[j]
			switch operands := words(step.Node); step.Keyword {
			case "ARG":
				for _, pair := range operands {
					add(pair)
				}
			case "ENV":
				// The parser gives the name, the value and what stood between.
				for n := 0; n+1 < len(operands); n += 3 {
					add(operands[n] + "=" + operands[n+1])
				}
			}
		}
	}
	return all
}
