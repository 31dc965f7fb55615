// Package gate tests the gate for what makes people keep it: well-made images pass it, a month later,
// too; and each fault that slips into one makes it fail, and is named.
//
// The images are made from Dockerfiles in the style of Docker's official images, by package replay,
// without building them.
package gate
