// Layout writes tare's own container image as an OCI layout for several platforms;
// package test/release makes it.
//
//	go run ./.ci/layout -o FILE -tag VERSION -time SECONDS linux/amd64=PROGRAM …
package main

import "github.com/tare-oci/tare/test/release"

func main() { release.LayoutMain() }
