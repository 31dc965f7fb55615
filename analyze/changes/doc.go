// Package changes turns a report's findings into what a person does about them.
//
// A finding is a piece of the ledger: files of one layer, held by one rule. A
// change is one edit of the Dockerfile with all the findings that it settles, or one
// decision that a person has to take. Edits that touch the same instructions are one
// change, so any two changes can be made in either order, or one without the other.
//
// The edits are those that package fix plans, so what a report promises is what
// tare fix writes. What no change takes away is unavoidable: the base image brings
// it, or every build like this one leaves it. Changes that save less than the floor
// (see [model.Floor]) come last and are no part of the plan.
//
// The bytes of the changes of confidence certain and likely, and the unavoidable
// bytes, add up to the image's wasted bytes. No byte is in two changes.
package changes
