package analyze

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/analyze/language"
	"github.com/tare-oci/tare/model"
)

// unknownLibraries are what a report says of files whose packages are not known, by the kind of
// [language.Note]: of one file and of several.
var unknownLibraries = map[string][2]string{
	"packed":      {"a program is packed by UPX, so that what it is made of is not known", "%d programs are packed by UPX, so that what they are made of is not known"},
	"old-go":      {"a program was built by a Go before 1.18, whose list of modules is not read", "%d programs were built by a Go before 1.18, whose lists of modules are not read"},
	"too-large":   {"a file that tells of packages is too large to be read, so which they are is not known", "%d files that tell of packages are too large to be read, so which those are is not known"},
	"too-many":    {"a file holds more packages than tare lists, so some are missing", "%d files hold more packages than tare lists, so some are missing"},
	"long-list":   {"a package lists more files than tare reads, so its size is not known", "%d packages list more files than tare reads, so their sizes are not known"},
	"no-list":     {"the image does not tell which files belong to a package, so its size is not known", "the image does not tell which files belong to %d packages, so their sizes are not known"},
	"odd":         {"a file that tells of packages holds something that tare does not understand, so some may be missing", "%d files that tell of packages hold something that tare does not understand, so some may be missing"},
	"odd-list":    {"the list of a package's files holds something that tare does not understand, so its size is not known", "the lists of the files of packages hold something that tare does not understand in %d files, so the sizes of those packages are not known"},
	"long-need":   {"a package needs more packages than tare reads, so for some it is not known who needs them", "%d packages need more packages than tare reads, so for some it is not known who needs them"},
	"many-locks":  {"the image has more files Gemfile.lock than tare reads, so for some gems it is not known who asked for them; not read is", "the image has more files Gemfile.lock than tare reads, so for some gems it is not known who asked for them; %d are not read"},
	"many-caches": {"conda unpacked packages in more caches than tare looks for, so what lies in the others counts as installed", "conda unpacked packages in more caches than tare looks for, so what lies in the others counts as installed, as %d files tell"},
	"no-modules":  {"a program of Go names no modules, so that what it is made of is not known", "%d programs of Go name no modules, so that what they are made of is not known"},
}

// noteLibraries notes which files hold packages that are not known, as far as no package of the
// system owns them. What is a part of another package is listed there.
func (a *analysis) noteLibraries(notes []language.Note, at map[string]model.RecordID, parts map[string]bool) {
	const named = 3
	tree := a.stack.Tree()
	var shown shownPaths
	for _, note := range notes {
		var names []string
		for _, name := range note.Files {
			if (tree.Packages == nil || tree.Packages[at[name]] < 0) && !parts[name] {
				names = append(names, shown.path(name))
			}
		}
		text := unknownLibraries[note.Kind][0]
		switch len(names) {
		case 0:
			continue
		case 1:
		default:
			text = fmt.Sprintf(unknownLibraries[note.Kind][1], len(names))
		}
		list := strings.Join(names[:min(len(names), named)], ", ")
		if more := len(names) - named; more > 0 {
			list += fmt.Sprintf(" and %d more", more)
		}
		a.report.Notes = append(a.report.Notes, text+": "+list)
	}
}
