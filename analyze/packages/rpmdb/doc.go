// Package rpmdb reads rpm's database of installed packages in the three formats it has had:
// Berkeley DB ("Packages", up to RHEL 8), ndb ("Packages.db", SUSE) and SQLite
// ("rpmdb.sqlite", Fedora 33 and RHEL 9 on).
//
//	err := rpmdb.Headers(data, wal, func(header []byte) bool {
//		p, err := rpmdb.Parse(header)
//		…
//	})
//
// All three are containers of blobs, and each blob is the header of one package. So the reader
// for SQLite only knows how to walk one table, and the one for Berkeley DB how to walk one
// hash. They read from memory, never follow a chain of pages longer than the file, and return
// an error if they cannot make sense of something. No input makes them panic.
//
// Sources: https://www.sqlite.org/fileformat2.html; rpm's lib/backend/ndb/rpmpkg.c and
// docs/manual/hregions.md, format_header.md; libdb's src/dbinc/db_page.h.
package rpmdb

import "errors"

// ErrFormat says that a database is none, or damaged.
var ErrFormat = errors.New("no rpm database, or a damaged one")

// Headers passes each package's header to yield until that returns false.
// What it passes is valid only during the call. Log is the content of
// rpmdb.sqlite-wal beside an SQLite database, nil if there is none.
func Headers(data, log []byte, yield func(header []byte) bool) error {
	switch {
	case isSQLite(data):
		return readSQLite(data, log, yield)
	case isNDB(data):
		return readNDB(data, yield)
	default:
		return readBerkeley(data, yield)
	}
}
