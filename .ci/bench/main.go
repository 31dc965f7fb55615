// Bench prints the table of docs/performance.md; package test/bench measures it.
//
//	go run ./.ci/bench [-n RUNS] [-only ROW] [-against COMMIT [-of COMMIT] [-slower PERCENT]]
package main

import "github.com/tare-oci/tare/test/bench"

func main() { bench.Main() }
