package rules

import (
	"fmt"

	"github.com/tare-oci/tare/model"
)

// duplicateContent finds files with the same content under several names. It
// claims nothing by path: the engine gives it what the ledger calls duplicate.
var duplicateContent = Rule{
	ID:    "duplicate-content",
	Group: Structure,
	Title: "the same content under several names",
	Why: "Two files with the same bytes are stored and pulled twice: layers know nothing of each other's content, and compression does not reach far enough to notice. " +
		"Both copies may be wanted, so this is a hint and not waste. Where they are made by one instruction, a symbolic link or a hard link made in that same instruction keeps both names for the price of one; " +
		"where one is copied from the other, moving it or pointing the program at the first copy saves it altogether.",
	Confidence: model.Possible,
	Fix:        fixDuplicateContent,
	Lesson: Lesson{
		See:     "docker run --rm --entrypoint sh IMAGE -c 'find / -xdev -type f -size +4k -exec sha256sum {} + | sort | uniq -w64 -D'",
		Before:  "RUN cp /opt/tool/bin/tool /usr/local/bin/tool",
		After:   "RUN ln -s /opt/tool/bin/tool /usr/local/bin/tool",
		WhenNot: "Where the copies have to change apart from each other, or one of them lies on a volume while the container runs.",
		Sources: []string{"ln(1)"},
	},
}

// fixDuplicateContent suggests one copy and a link.
func fixDuplicateContent(f *model.Finding, b *Build) *model.Fix {
	if len(f.Paths) == 0 || b == nil || b.Twin == "" {
		return nil
	}
	both := fmt.Sprintf("/%s and /%s", b.Twin, f.Paths[0])
	switch made, ok := b.maker(f); {
	case f.Inherited && b.TwinInherited:
		return hint(model.ChangeBase, fmt.Sprintf("The base image holds the same content as %s; a smaller base image may not.", both))
	case f.Inherited && b.TwinStep != "":
		return hint(model.Manual, fmt.Sprintf("The content of %s is in the base image already; %s stores it again.", both, b.TwinStep))
	case f.Inherited || b.TwinInherited:
		return hint(model.Manual, fmt.Sprintf("The base image holds the content of %s already; use that copy, or link to it.", both))
	case ok && b.keyword(made) == "RUN":
		return hint(model.Manual, fmt.Sprintf("Make one of %s a link to the other in the RUN that writes it (ln instead of cp, mv instead of cp and rm).", both))
	default:
		return hint(model.Manual, fmt.Sprintf("Bring the content of %s in once, and make the other name a link to it.", both))
	}
}
