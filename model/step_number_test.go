package model_test

import (
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestStepNumber counts as docker build does: FROM is 1, and what only sets something has
// no number.
func TestStepNumber(t *testing.T) {
	layer := 0
	r := &model.Report{Instructions: []model.Instruction{
		{Keyword: "ADD", Inherited: true}, {Keyword: "CMD", Inherited: true}, {Keyword: "ENV"}, {Keyword: "RUN"}, {Keyword: "USER"},
		{Keyword: "WORKDIR"}, {Keyword: "COPY"}, {Keyword: "", Layer: &layer}, {Keyword: "CMD"},
	}}
	for i, want := range []int{0, 0, 0, 2, 0, 3, 4, 5, 0} {
		if got := r.StepNumber(i); got != want {
			t.Errorf("instruction %d is step %d, want %d", i, got, want)
		}
	}
	r.Instructions = r.Instructions[2:]
	if got := r.StepNumber(1); got != 1 {
		t.Errorf("without a base the first is step %d", got)
	}
	if r.StepNumber(-1) != 0 || r.StepNumber(99) != 0 {
		t.Error("what is not there has a number")
	}
}
