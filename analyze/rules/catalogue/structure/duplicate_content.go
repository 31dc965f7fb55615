package structure

import (
	"cmp"
	"fmt"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// DuplicateContent finds files with the same content under several names. It
// claims nothing by path: the engine gives it what the ledger calls duplicate.
var DuplicateContent = rules.Rule{
	ID:    "duplicate-content",
	Group: rules.Structure,
	Title: "the same content under several names",
	Why: "Two files with the same bytes are stored and pulled twice: layers do not know each other's content, and compression does not look back far enough to notice. " +
		"Both copies may be wanted, so this is a hint, not waste. Where one instruction makes both, a symbolic or hard link made in that same instruction keeps both names for the price of one; " +
		"where one is copied from the other, move it, or point the program at the first copy.",
	Confidence: model.Possible,
	Duplicates: true,
	Fix:        fixDuplicateContent,
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint sh IMAGE -c 'find / -xdev -type f -size +4k -exec sha256sum {} + | sort | uniq -w64 -D'",
		Before:  "RUN cp /opt/tool/bin/tool /usr/local/bin/tool",
		After:   "RUN ln -s /opt/tool/bin/tool /usr/local/bin/tool",
		WhenNot: "Where the copies have to change independently, or one of them is on a volume while the container runs.",
		Sources: []string{"ln(1)"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY app /
			+ app
			RUN cp a b
			+ src/a=
			+ src/b=
			config {"Cmd": ["/app"]}`,
		Miss: `
			COPY app /
			+ app
			RUN ln a b
			+ src/a=
			+ src/b => src/a
			config {"Cmd": ["/app"]}`,
	},
}

// fixDuplicateContent suggests one copy and a link.
func fixDuplicateContent(f *model.Finding, b *rules.Build) *model.Fix {
	if len(f.Paths) == 0 || b == nil || b.DuplicateOf.Path == "" {
		return nil
	}
	both := fmt.Sprintf("/%s and /%s", b.DuplicateOf.Path, f.Paths[0])
	switch made, ok := advice.Maker(f, b); {
	case f.Inherited && b.DuplicateOf.Inherited:
		return advice.Hint(model.ChangeBase, fmt.Sprintf("The base image holds the same content as %s; a smaller base image may not.", both))
	case f.Inherited && b.DuplicateOf.Step != "":
		return advice.Hint(model.Manual, fmt.Sprintf("The content of %s is already in the base image; %s stores it again.", both, b.DuplicateOf.Step))
	case f.Inherited || b.DuplicateOf.Inherited:
		return advice.Hint(model.Manual, fmt.Sprintf("The base image already holds the content of %s; use that copy, or link to it.", both))
	case ofPackages(b, f.Paths[0]) != "":
		return advice.Hint(model.Manual, ofPackages(b, f.Paths[0]))
	case ok && b.Parsed().Keyword(made) == "RUN":
		return advice.Hint(model.Manual, fmt.Sprintf("Make one of %s a link to the other in the RUN that writes it (ln instead of cp, mv instead of cp and rm).", both))
	default:
		return advice.Hint(model.Manual, fmt.Sprintf("Store the content of %s once, and make the other name a link to it.", both))
	}
}

// ofLibraries says what to do about a copy that a package of a programming language has a part in, ""
// where none has. Its manager takes a link for its own file, and writes through it or over it; the
// rule package-twice says how to keep one copy of a package.
func ofLibraries(b *rules.Build, first, copied string) string {
	at := func(name string) *model.Package {
		id, ok := b.VisibleAt(name)
		if !ok {
			return nil
		}
		return b.LibraryOf(b.Tree.Content(id))
	}
	one, two := at(first), at(copied)
	switch {
	case one == nil && two == nil:
		return ""
	case one == two:
		return fmt.Sprintf("The package %s holds /%s and /%s with the same content, and no Dockerfile can change that.", one.Name, first, copied)
	case one != nil && two != nil && one.Name != two.Name:
		return fmt.Sprintf("/%s of the package %s and /%s of the package %s have the same content: leave both as their managers made them.", first, one.Name, copied, two.Name)
	}
	p := cmp.Or(two, one)
	return fmt.Sprintf("/%s and /%s are copies of what belongs to the package %s: install it once, and make no links into it.", first, copied, p.Name)
}

// ofPackages says what to do about a copy that a package has a part in, "" where none
// has. What a package manager wrote is not to be replaced by a link: the next
// upgrade writes it again, and dpkg --verify complains till then.
func ofPackages(b *rules.Build, copied string) string {
	first := b.DuplicateOf.Path
	one, owned := advice.OwnerOf(b, first)
	two, both := advice.OwnerOf(b, copied)
	switch {
	case ofLibraries(b, first, copied) != "":
		return ofLibraries(b, first, copied)
	case owned && both && one == two:
		return fmt.Sprintf("The package %s holds /%s and /%s with the same content, and no Dockerfile can change that; a smaller package may be enough.", one.Name, first, copied)
	case owned && both:
		return fmt.Sprintf("/%s of the package %s and /%s of the package %s have the same content, and no Dockerfile can change that; perhaps you do not need both packages.", first, one.Name, copied, two.Name)
	case owned:
		return fmt.Sprintf("Make /%s a link to /%s, which belongs to the package %s (ln -s instead of a copy).", copied, first, one.Name)
	case both:
		return fmt.Sprintf("Make /%s a link to /%s, which belongs to the package %s (ln -s instead of a copy).", first, copied, two.Name)
	}
	return ""
}
