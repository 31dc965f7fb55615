// Package release makes what GoReleaser cannot make of a release without a registry or an
// engine, the container image, and looks at the files of a release: each is installed,
// or read, as whoever fetches it would do.
//
// `.ci/release` builds the files and then runs these tests. By hand:
//
//	TARE_RELEASE=$PWD/dist go test -count=1 -v ./test/release
//
// What a machine has not (dpkg, rpm, an engine, the rights of root to change into a
// directory) is skipped, and each test that is skipped says why.
package release
