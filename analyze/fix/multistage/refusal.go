package multistage

import (
	"errors"
	"fmt"
	"strings"
)

// Refusal says why there is no build stage where an instruction stands in its way.
type Refusal struct {
	// Origins are the report's instructions that this one was made of; see Line.
	Origins []int

	why string
}

func (r *Refusal) Error() string { return r.why }

// refusalOf returns an error of a step in one line.
func refusalOf(err error) error {
	if errors.Is(err, ErrUnused) {
		return ErrUnused
	}
	why := strings.Join(strings.Fields(err.Error()), " ")
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return &Refusal{refusal.Origins, why}
	}
	return errors.New(why)
}

// lineError is an error about an instruction.
func lineError(in *instruction, format string, args ...any) error {
	return instructionError(in, fmt.Sprintf("line %d %s", in.writtenAt(), fmt.Sprintf(format, args...)))
}

// instructionError is an error about an instruction that names its line itself.
func instructionError(in *instruction, why string) error { return &Refusal{in.origins, why} }

// writtenAt is the line of the author's file where an instruction begins: other edits may
// have moved it in the file that the stage is made of.
func (in *instruction) writtenAt() int {
	if in.written > 0 {
		return in.written
	}
	return in.Line
}
