// Package docs has the tests that keep the pages in this directory true: they run the worked
// examples of ledger.md, write the flags in commands.md, follow every link, check reports
// against the JSON schemas, and run the jobs of ci.md with fake CI hosts.
//
//	go test ./docs            # are the pages true?
//	go test ./docs -update    # write the generated blocks again
package docs
