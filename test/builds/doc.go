// Package builds has realistic images, both as people write them and as an expert does, and measures how
// much of the expert's saving tare's edits reach.
//
// Each directory in testdata is a build: a Dockerfile with its sources, Dockerfile.best as an expert
// writes it by hand, and smoke, a command that shows that a container of the image works (smoke.sh has
// what these commands are written with). The original is built, edited by tare fix and built again;
// then the same with --strategy multi-stage; then Dockerfile.best. The smoke command has to pass on all
// four, the sizes that tare predicts must be off by at most 1 %, and tare fix must find nothing more to
// edit in its own result.
//
//	eval "$(.ci/real-up)" && TARE_REAL=1 go test ./test/builds -v -timeout 3h
//	… -run 'Builds/^(cpp|flask)$' -update
//
// The second command writes the rows of the builds that ran into docs/savings.md. The builds need the
// engine that DOCKER_HOST names, with BuildKit, and the commands docker, curl and patch. Set
// TARE_BUILDS_BASE to another base image if Debian's packages or npm's are reached in another way than
// in the one of .ci/real-up, for instance through a mirror or with a certificate. With
// TARE_BUILDS_KEEP=1, images stay in the engine, and a run that was interrupted continues where it was.
package builds
