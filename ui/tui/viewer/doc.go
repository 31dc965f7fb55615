// Package viewer shows the content of a file of the image on a page: as text, as bytes, or
// as what changed against the version in a layer below. It also saves a file.
//
// [Open] makes the page and the command that reads for it; the command's [Loaded] message is
// handed back to [Content.Take]. No method of Content does I/O. At most 1 MiB of a file is
// held, and at most 256 KiB and 4,000 lines of each version are compared, so a large or
// hostile file costs no more than that; only the rows on the screen are drawn. A file counts
// as text when its first 8,000 bytes hold no NUL and are mostly UTF-8, much as for git.
//
// [Save] writes into the working directory, under the file's base name made safe for every
// system, and leaves nothing behind where it fails.
//
// A Content belongs to one goroutine; the commands run on others and share nothing with it.
package viewer
