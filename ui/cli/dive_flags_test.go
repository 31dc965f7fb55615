package cli

import (
	"bytes"
	"strings"
	"testing"
)

// TestDiveFlags: whoever types a flag of dive is told what to type, and so is whoever
// mistypes one of tare.
func TestDiveFlags(t *testing.T) {
	for args, want := range map[string]string{
		"--ci app:1":                 "tare: --ci is a flag of dive; in tare it is: tare check IMAGE\n",
		"app:1 --json out.json":      "tare: --json is a flag of dive; in tare it is: tare -o json=FILE IMAGE\n",
		"-j out.json app:1":          "tare: -j is a flag of dive; in tare it is: tare -o json=FILE IMAGE\n",
		"--source=podman app:1":      "tare: --source is a flag of dive; in tare it is: tare docker:IMAGE, podman:IMAGE",
		"check app --ci-config x":    "tare: --ci-config is a flag of dive; in tare it is: tare check IMAGE --config FILE",
		"--lowestEfficiency=0.9 app": "tare: --lowestEfficiency is a flag of dive; in tare it is: tare check IMAGE --min-efficiency 0.9 --scope all\n",
		"-i app:1":                   "tare: -i is a flag of dive",
		"--jsn app:1":                "tare: unknown flag: --jsn; see tare --help\n",
	} {
		var out, said bytes.Buffer
		none := func(string) (string, bool) { return "", false }
		if code := Run(t.Context(), strings.Fields(args), Streams{In: strings.NewReader(""), Out: &out, Err: &said, Getenv: none}); code != ExitError || out.Len() > 0 || !strings.HasPrefix(said.String(), want) {
			t.Errorf("tare %s: exit code %d, %q, want %q", args, code, said.String(), want)
		}
	}
}
