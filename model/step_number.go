package model

// StepNumber is the number by which docker build calls an instruction of its last stage, as
// in "[3/5] RUN make": instructions that can put files into the image are counted, after
// the FROM, which is 1 where there is a base image. It is 0 for those of the base and for
// those that only set something, as USER does. The index is one of all.
func StepNumber(all []Instruction, index int) int {
	if index < 0 || index >= len(all) || !all[index].isCounted() {
		return 0
	}
	n, from := 0, 0
	for i := range all {
		switch {
		case all[i].Inherited:
			from = 1
		case i <= index && all[i].isCounted():
			n++
		}
	}
	return n + from
}

func (in *Instruction) isCounted() bool {
	if in.Inherited {
		return false
	}
	switch in.Keyword {
	case "RUN", "COPY", "ADD", "WORKDIR":
		return true
	}
	return in.Layer != nil
}

// StepNumber is the number of an instruction of the report, see the function of this name.
func (r *Report) StepNumber(index int) int { return StepNumber(r.Instructions, index) }
