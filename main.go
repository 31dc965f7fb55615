// Tare tells how much of a container image is tare: which bytes no container
// can ever use, which instruction put them there, and which edit of the
// Dockerfile removes them.
package main

import "github.com/tare-oci/tare/ui/cli"

func main() { cli.Main() }
