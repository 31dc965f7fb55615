// Package builds holds realistic images, as people write them and as an expert
// does, and measures how much of the expert's saving tare's edits reach.
//
// Each folder of testdata is a build: Dockerfile with its sources, Dockerfile.best
// as an expert writes it by hand, and smoke, the command that shows that a
// container of it works (smoke.sh has what it is written with). The original is
// built, edited by tare fix and built again, the same with --strategy multi-stage,
// then Dockerfile.best; the smoke command has to pass on all four, and the
// sizes that tare predicts must be off by 1 % at most, and tare fix must find nothing
// more to edit in what its own edits made.
//
//	eval "$(.ci/real-up)" && TARE_REAL=1 go test ./test/builds -v -timeout 3h
//	… -run 'Builds/^(cpp|flask)$' -update
//
// The second writes the rows of the builds that ran into docs/savings.md. They
// need the engine that DOCKER_HOST names, with BuildKit, and the commands docker,
// curl and patch. TARE_BUILDS_BASE names the base image where Debian's packages
// or npm's are reached in another way than .ci/real-up's base image does: one
// with that mirror or certificate in it. With TARE_BUILDS_KEEP=1 images stay in the
// engine, and a run that was ended goes on where it was.
package builds
