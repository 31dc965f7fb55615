// Package scripts runs the command scripts in testdata/script: what a person types, and what comes
// back. A script is a txtar file for github.com/rogpeppe/go-internal/testscript; commands_test.go has
// the commands that we added, such as mkimage, which makes an image from a recipe (package recipe), and
// refused, which expects one line on standard error and exit code 2.
//
// Starting the program five hundred times takes seconds. A long script has what matters most first, and
// go test leaves it at the line "[!many] stop"; what comes behind that is run where TARE_MANY is set, as
// .ci/run sets it for this package, and with -update.
//
//	TARE_MANY=1 go test ./test/scripts -run Scripts/bad_archive -v
package scripts
