package fix

import (
	"slices"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// filesAlone are commands of the base system that need no package that anybody installs.
var filesAlone = []string{
	"apt-get", "apt", "dpkg", "rm", "rmdir", "mv", "cp", "ln", "chmod", "chown", "chgrp", "mkdir", "touch", "echo", "printf", "cat", "true", ":", "test", "[",
	"set", "cd", "sed", "grep", "find", "ls", "install", "useradd", "groupadd", "adduser", "addgroup", "usermod", "export",
}

// takesPackages reports whether an edit for a finding takes packages out of the image.
func takesPackages(f *model.Finding) bool {
	rule, ok := catalogue.ByID(f.Rule)
	return ok && rule.Group == rules.Packages && len(f.Packages) > 0
}

// callsMore reports whether an instruction of a stage that continues another may call what a
// package of that one brought. The other stage is in no image that was read, so what its
// programs call is not known.
func callsMore(step *history.Step) bool {
	switch step.Keyword {
	case "CMD", "ENTRYPOINT", "HEALTHCHECK", "ONBUILD", "SHELL":
		return true
	case "RUN":
		run, err := rewrite.ParseRun(step.Text)
		return err != nil || slices.ContainsFunc(run.Commands, func(c rewrite.Command) bool { return !slices.Contains(filesAlone, c.Name()) })
	}
	return false
}
