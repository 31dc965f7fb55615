package pattern

import "testing"

// TestSet: owners on both sides of the 64th are kept apart, and come in their order.
func TestSet(t *testing.T) {
	all := Only(3).Or(Only(63)).Or(Only(64)).Or(Only(127))
	var got []int
	for s := all; !s.IsEmpty(); s = s.Without(Only(s.First())) {
		got = append(got, s.First())
	}
	if len(got) != 4 || got[0] != 3 || got[1] != 63 || got[2] != 64 || got[3] != 127 {
		t.Error(got)
	}
	if !all.And(Only(65)).IsEmpty() || all.And(Only(64)) != Only(64) || (Set{}).First() != MaxOwners {
		t.Error("a neighbour is taken for an owner")
	}
	p := New(nil)
	p.Add("a/**", 2)
	p.Add("**/*.o", 66)
	p.Add("!a/keep.o", 66)
	for path, want := range map[string]Set{"a/x": Only(2), "b/x.o": Only(66), "a/x.o": Only(2).Or(Only(66)), "a/keep.o": Only(2), "b/x": {}} {
		if got := p.Match(path); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}
