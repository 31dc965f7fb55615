package history

import (
	"hash/maphash"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/model"
)

// seed makes sums of values that mean nothing outside this process: build arguments may be secrets.
var seed = maphash.MakeSeed()

// noteValues gives instructions the sums of what they set.
func noteValues(steps []model.Instruction, items []item, a *arguments) {
	for i := range items {
		it := &items[i]
		switch it.keyword {
		case "ENV":
			steps[i].Keyed = true
		case "LABEL":
			steps[i].Keyed = it.form != buildkit // which keeps labels apart from what it builds
		case "RUN":
			if withArguments.MatchString(it.body) {
				steps[i].Values = a.sumsOf(it)
			}
			continue
		default:
			continue
		}
		steps[i].Values = []model.ValueSum{{Sum: maphash.String(seed, it.body)}}
	}
}

// sumsOf are the sums of the build arguments before a RUN, nil where they are not to be told from its command.
func (a *arguments) sumsOf(it *item) (all []model.ValueSum) {
	end := a.ends[it.index]
	if end == 0 {
		return nil
	}
	p := a.scan(it)
	for i, name := range p.names {
		value := it.body[p.starts[i]:max(end-1, p.starts[i])]
		if i+1 < len(p.names) {
			value = it.body[p.starts[i] : p.starts[i+1]-len(p.names[i+1])-2]
		}
		all = append(all, model.ValueSum{Name: name, Sum: maphash.String(seed, value)})
	}
	return all
}

// FillValues gives the instructions of a report that was stored the sums that are not stored.
func FillValues(steps []model.Instruction, config *v1.ConfigFile) {
	if config == nil || len(config.History) != len(steps) {
		return
	}
	items := parseHistory(config.History)
	noteValues(steps, items, collectArguments(items))
}
