package workloads_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/workloads"
)

// TestValuesOfSecrets: what a Secret holds is known in both forms, also in a list, so that it can be
// hidden; what other objects hold that look like one is none.
func TestValuesOfSecrets(t *testing.T) {
	set, err := workloads.Read(t.Context(), strings.NewReader(`
kind: Secret
data: {a: bWFkZS11cC0x, b: "not base64!"}
stringData: {c: made-up-2}
---
kind: List
items:
- {kind: Secret, stringData: {d: made-up-3}}
- {kind: ConfigMap, data: {e: made-up-4}}
- {kind: Pod, spec: {containers: [{name: x, image: y, env: [{name: F, value: made-up-5}], command: [run, made-up-6]}]}}
`), workloads.Stdin)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(set.Secrets)
	if want := []string{"a=bWFkZS11cC0x", "a=made-up-1", "b=not base64!", "c=made-up-2", "d=made-up-3"}; !slices.Equal(set.Secrets, want) {
		t.Errorf("%q, want %q", set.Secrets, want)
	}
	if got, want := set.Variables(), []string{"e=made-up-4", "F=made-up-5"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := set.Texts(), []string{"run made-up-6"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestAnchorsInACircle: a mapping that holds itself is looked into once, and one that stands in two
// places is two.
func TestAnchorsInACircle(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       int
	}{
		{"itself", "kind: Pod\nspec: &s\n  containers: [{name: a, image: b}]\n  again: *s\n", 1},
		{"what is around it", "kind: Pod\nspec: &s\n  containers: [{name: a, image: b}]\n  inner: {list: [{deep: *s}]}\n", 1},
		{"twice", "kind: Thing\none: &s {containers: [{name: a, image: b}]}\ntwo: *s\n", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			set, err := workloads.Read(t.Context(), strings.NewReader(test.text), workloads.Stdin)
			if err != nil {
				t.Fatal(err)
			}
			if len(set.Workloads) != test.want || len(set.Problems) > 0 {
				t.Errorf("%d workloads, want %d; problems %v", len(set.Workloads), test.want, set.Problems)
			}
		})
	}
}
