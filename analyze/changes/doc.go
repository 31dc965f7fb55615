// Package changes turns the findings of a report into what a person can do about them.
//
// A finding is a piece of the ledger: files of one layer that one rule claimed. A change is
// one edit of the Dockerfile together with all the findings that it settles, or one decision
// that a person has to make. Edits that touch the same instructions are one change, so
// changes can be made in any order, and each without the others. [Fill] writes them into a
// report:
//
//	changes.Fill(report, changes.Options{Dockerfile: text})
//
// The edits are those that package fix plans, so a report promises exactly what tare fix
// writes. What no change can remove is unavoidable: the base image brings it, or every build
// like this one leaves it behind. Changes that save less than the floor (see [model.Floor])
// come last and are not part of the plan.
//
// The bytes of the certain and likely changes and the unavoidable bytes add up to the wasted
// bytes of the image. No byte is in two changes.
package changes
