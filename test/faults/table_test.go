package faults

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
)

// table is what the suite found, in the order it was found.
var table rows

type rows struct {
	mu  sync.Mutex
	all []row
}

type row struct {
	fault, how, outcome string
	times               int
	failed              bool
}

func (r *rows) add(t *testing.T, fault, how string, times int, outcome string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, row{fault, how, outcome, times, t.Failed()})
}

func (r *rows) print(w io.Writer) {
	if len(r.all) == 0 {
		return
	}
	slices.SortStableFunc(r.all, func(a, b row) int { return strings.Compare(a.fault, b.fault) })
	fmt.Fprintln(w, "\n| fault | injected how | times | outcome |\n|---|---|--:|---|")
	failed := 0
	for _, x := range r.all {
		if x.failed {
			failed++
			x.outcome = "FAILED: " + x.outcome
		}
		fmt.Fprintf(w, "| %s | %s | %d | %s |\n", x.fault, x.how, x.times, strings.ReplaceAll(x.outcome, "|", "/"))
	}
	fmt.Fprintf(w, "\n%d faults, %d failed\n", len(r.all), failed)
}
