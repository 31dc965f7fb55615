// Package engines has the tests that need real programs: a Docker engine, a registry, Podman and skopeo.
// Other tests build their images in memory and can only show that tare agrees with itself. These show
// that it agrees with the engines that people run:
//
//   - an image gives the same answer wherever it is read from;
//   - the tree that tare merges from an image's layers is the tree that the engine gives a container;
//   - a fix, applied to the Dockerfile and built, removes what it promised.
//
// They run if TARE_REAL is 1 and are skipped otherwise. They need the engine that DOCKER_HOST names, a
// registry at 127.0.0.1:5057 with the base image debian:slim, and the commands docker, skopeo and
// podman. .ci/real-up starts all of that from Debian's packages and prints what to export:
//
//	eval "$(.ci/real-up)" && TARE_REAL=1 go test ./test/engines
//
// The images are built from testdata/images. The program under test is built from the checkout and run
// as a user would run it, with --files -o json.
package engines
