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
	"packed":     {"a program is packed by UPX, so that what it is made of is not known", "%d programs are packed by UPX, so that what they are made of is not known"},
	"old-go":     {"a program was built by a Go before 1.18, whose list of modules is not read", "%d programs were built by a Go before 1.18, whose lists of modules are not read"},
	"no-modules": {"a program of Go names no modules, so that what it is made of is not known", "%d programs of Go name no modules, so that what they are made of is not known"},
}

// noteLibraries notes which files hold packages that are not known, as far as no package of the
// system owns them.
func (a *analysis) noteLibraries(notes []language.Note, at map[string]model.RecordID) {
	const named = 3
	tree := a.stack.Tree()
	for _, note := range notes {
		var names []string
		for _, name := range note.Files {
			if tree.Packages == nil || tree.Packages[at[name]] < 0 {
				names = append(names, name)
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
