package advice

import (
	"fmt"
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// LeaveOut returns the fix for files of a rule that a COPY or ADD brings: a line of
// .dockerignore, or a narrower COPY --from. what names them in a sentence.
func LeaveOut(f *model.Finding, b *rules.Build, made int, rule *rules.Rule, what string) *model.Fix {
	in, ok := rewrite.ParseCopy(b.Parsed().Text(made))
	if !ok || len(f.Paths) == 0 {
		return Hint(model.Manual, "Leave "+what+" out of what you copy into the image.")
	}
	if stage, ok := in.Flag("--from"); ok {
		return Hint(model.Manual, fmt.Sprintf("Copy only what the image needs from %s, and leave %s behind.", stage, what))
	}
	target := *f
	target.Paths = b.Targets(rule, f.Paths[:1])
	return Hint(model.Dockerignore, fmt.Sprintf("Add %s to .dockerignore, so that %s leaves %s out.", ignoreLine(&target, b, in, made), in.Keyword, what))
}

// ignoreLine returns what .dockerignore has to say to keep a finding's largest file
// out of a COPY: its path in the build context where the COPY tells, else its
// name anywhere.
func ignoreLine(f *model.Finding, b *rules.Build, in *rewrite.Copy, made int) string {
	name := Largest(f)
	dest, ok := in.Target(b.Parsed().WorkDir(made))
	if ok && in.Known && len(in.Sources) == 1 && !strings.ContainsAny(in.Sources[0], "*?[$") && !hashed.MatchString(in.Sources[0]) {
		source := path.Clean("/" + in.Sources[0])
		if name == dest || name == path.Join(dest, path.Base(source)) {
			return source[1:]
		}
		if rest, inside := strings.CutPrefix(name, strings.TrimSuffix(dest, "/")+"/"); inside {
			return strings.TrimPrefix(path.Join(source, rest), "/")
		}
	}
	return "**/" + path.Base(name)
}
