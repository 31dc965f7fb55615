package kubernetes

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/analyze/workloads"
	"github.com/tare-oci/tare/model"
)

// ByCommand is the setting for rules about the program: the pod's command or arguments. Those
// of an init container or a job are over soon, so nobody minds who gets the signals.
func ByCommand(b *rules.Build) rules.Setting {
	s := b.Pod.Overrides()
	s.Ends = s.Decides && !Serves(b)
	return s
}

// byCommandOrShared is the same for rules about who passes signals on, which the pause
// container does where a pod shares its processes.
func byCommandOrShared(b *rules.Build) rules.Setting {
	if p := b.Pod.Workload; p.ShareProcesses {
		return rules.Setting{Decides: true, Text: "shareProcessNamespace: true", Line: p.Line}
	}
	return ByCommand(b)
}

// byStop is the setting for what a server does at its signal: before that comes preStop.
func byStop(b *rules.Build) rules.Setting {
	if line := b.Pod.Container.PreStop; line > 0 {
		return rules.Setting{Decides: true, Text: "lifecycle.preStop", Line: line}
	}
	return ByCommand(b)
}

// byNumber is the setting for how the image names its user.
func byNumber(b *rules.Build) rules.Setting {
	if b.Pod.RunAsUser() == nil {
		return rules.Setting{}
	}
	return ByUser(b)
}

// byRoot is the setting for a program that runs as root: runAsNonRoot alone keeps it from
// running, which rule non-root-refused tells.
func byRoot(b *rules.Build) rules.Setting {
	if line := b.Pod.RunAsNonRoot(); line > 0 && b.Pod.RunAsUser() == nil {
		return rules.Setting{Decides: true, Line: line}
	}
	return ByUser(b)
}

// byWrites is the setting for where the program may write: its user, and volumes.
func byWrites(b *rules.Build) rules.Setting {
	s := ByUser(b)
	if mounts := b.Pod.Container.Mounts; !s.Decides && len(mounts) > 0 {
		return rules.Setting{Decides: true, Text: "volumeMounts", Line: mounts[0].Line}
	}
	return s
}

// byLogs is the setting for where the program logs to: a volume that another container
// mounts, too, is one that reads the logs.
func byLogs(b *rules.Build) rules.Setting {
	if dir := sharedDirs(b); len(dir) > 0 {
		return rules.Setting{Decides: true, Text: "a volume at " + dir[0] + " that another container reads", Line: b.Pod.Container.Line}
	}
	return ByCommand(b)
}

// sharedDirs are the directories of the container that another one of the pod mounts, too.
func sharedDirs(b *rules.Build) (dirs []string) {
	if b.Pod == nil {
		return nil
	}
	for _, mount := range b.Pod.Container.Mounts {
		for i := range b.Pod.Workload.Containers {
			other := &b.Pod.Workload.Containers[i]
			if other.Name != b.Pod.Container.Name && slices.ContainsFunc(other.Mounts, func(m workloads.Mount) bool { return m.Volume == mount.Volume }) {
				dirs = append(dirs, mount.Path)
				break
			}
		}
	}
	return dirs
}

// ByUser is the setting for rules about the user, and about what it may do.
func ByUser(b *rules.Build) rules.Setting {
	if uid := b.Pod.RunAsUser(); uid != nil {
		return rules.Setting{Decides: true, Text: "runAsUser: " + strconv.FormatInt(uid.Value, 10), Line: uid.Line}
	}
	if !Serves(b) {
		return rules.Setting{} // what an init container or a job does as root is over soon
	}
	return b.Pod.Overrides()
}

// InPod is an observation about a line of the pod's manifest.
func InPod(b *rules.Build, line int, summary, edit string) rules.Observation {
	return rules.Observation{Fix: advice.Hint(model.Manual, summary), Manifest: b.Pod.Place(line, edit)}
}

// podFix starts other words in the place of those that the pod gives.
func podFix(b *rules.Build, words []string, summary string) *model.Fix {
	key := "args"
	if len(b.Pod.Container.Command) > 0 {
		key = "command"
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	edit := key + ": [" + strings.Join(quoted, ", ") + "]\n"
	if key == "command" && len(b.Pod.Container.Args) > 0 {
		edit += "# and no args\n"
	}
	fix := advice.Hint(model.Manual, summary)
	fix.After = &edit
	return fix
}

// byServices is the setting for several services in one container. What one of them does for
// the others is for rule sidecar-inside.
func byServices(b *rules.Build) rules.Setting {
	if len(Helpers(b)) > 0 {
		return rules.Setting{Decides: true}
	}
	return ByCommand(b)
}

// byProbes is the setting for a health check: Kubernetes does not see the image's. That there
// is no probe is for rule no-probe, and that one never passes for rule probe-fails.
func byProbes(b *rules.Build) rules.Setting {
	c := b.Pod.Container
	fails := func(probe *workloads.Probe) bool { return ProbeProgram(b, probe) != "" }
	switch {
	case c.Readiness != nil && !fails(c.Readiness):
		return rules.Setting{Decides: true, Text: "readinessProbe", Line: c.Readiness.Line}
	case c.Liveness != nil && !fails(c.Liveness):
		return rules.Setting{Decides: true, Text: "livenessProbe", Line: c.Liveness.Line}
	}
	return rules.Setting{Decides: true}
}

// ProbeProgram is the program without which the command of a probe always fails and which the
// image does not have, "" for none.
func ProbeProgram(b *rules.Build, probe *workloads.Probe) string {
	if probe == nil || probe.Kind != "exec" {
		return ""
	}
	if a := b.Container().Later(probe.Command); a.Why == startable.NotThere {
		return a.Word
	}
	return ""
}

// Serves reports whether the container is one that is meant to run on, and not one of a job
// or of a pod's start.
func Serves(b *rules.Build) bool {
	if role := b.Pod.Container.Role; role != workloads.Main && role != workloads.Sidecar {
		return false
	}
	kind := b.Pod.Workload.Kind
	return !slices.ContainsFunc([]string{"Job", "Workflow", "Task", "Pipeline"}, func(part string) bool { return strings.Contains(kind, part) })
}

// overridden reports whether a pod gives the words of a keyword, ENTRYPOINT or CMD, so that
// no instruction of the image does.
func overridden(b *rules.Build, keyword string) bool {
	if b.Pod == nil {
		return false
	}
	c := b.Pod.Container
	return len(c.Command) > 0 || keyword == "CMD" && len(c.Args) > 0
}

// Container names the container of a pod within a sentence.
func Container(b *rules.Build) string {
	if name := b.Pod.Container.Name; name != "" {
		return "container " + name
	}
	return "the container"
}

// IsRoot reports whether the image's user is root, by number or by name.
func IsRoot(b *rules.Build) bool { return b.RunsAsRoot() }
