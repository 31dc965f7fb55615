package pattern

import "math/bits"

// MaxOwners is how many owners an index may have: the bits of a Set.
const MaxOwners = 128

// Set is a set of owners: bit i is owner i, the first 64 in the first word. The zero value
// is the empty set.
type Set [2]uint64

// Only returns the set of one owner, a number below MaxOwners.
func Only(owner int) (s Set) {
	s[owner>>6] = 1 << (owner & 63)
	return s
}

// IsEmpty reports whether there is no owner.
func (s Set) IsEmpty() bool { return s[0]|s[1] == 0 }

// Or returns the owners of either set.
func (s Set) Or(other Set) Set { return Set{s[0] | other[0], s[1] | other[1]} }

// And returns the owners of both sets.
func (s Set) And(other Set) Set { return Set{s[0] & other[0], s[1] & other[1]} }

// Without returns the owners that the other set has not.
func (s Set) Without(other Set) Set { return Set{s[0] &^ other[0], s[1] &^ other[1]} }

// First returns the least owner; MaxOwners of an empty set.
func (s Set) First() int {
	if s[0] != 0 {
		return bits.TrailingZeros64(s[0])
	}
	return 64 + bits.TrailingZeros64(s[1])
}
