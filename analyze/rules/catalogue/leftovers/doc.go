// Package leftovers has the rules about files that a build leaves behind and no tool reads
// again, such as logs, temporary files and .git, and about files that a container can perhaps
// do without, such as documentation and debug symbols. Bytes of the second kind count as live:
// whether they are needed is for a person to decide.
//
// Each rule is in a file with its texts, its fix and its fixture, and package catalogue lists
// them. Rules hold no state and are safe for concurrent use.
package leftovers
