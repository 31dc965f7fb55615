// Package engines holds the tests that need the real thing: a Docker engine, a
// registry, Podman and skopeo. The other tests build their images in memory and
// so can only show that tare agrees with itself; these show that it agrees with
// the engines that people run:
//
//   - one image gives one answer, wherever it is read from;
//   - the tree that tare merges from an image's layers is the tree that the
//     engine gives to a container;
//   - a fix, applied to the Dockerfile and built, takes away what it promised.
//
// They run when TARE_REAL is 1 and skip otherwise. They need the engine that
// DOCKER_HOST names, a registry at 127.0.0.1:5057 with the base image
// debian:slim, and the commands docker, skopeo and podman. .ci/real-up starts
// all of that from Debian's packages and prints what to export:
//
//	eval "$(.ci/real-up)" && TARE_REAL=1 go test ./test/engines
//
// The images are built from testdata/images. The program under test is built
// from the checkout and run as a user runs it, with --files -o json.
package engines
