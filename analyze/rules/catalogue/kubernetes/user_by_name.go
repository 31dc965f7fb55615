package kubernetes

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// UserByName finds a USER that names an account whose number is in the image.
var UserByName = rules.Rule{
	ID:    "user-by-name",
	Group: rules.Kubernetes,
	Title: "a USER given by name",
	Do:    "give USER a number",
	Why: "A pod with runAsNonRoot: true is refused when the image's USER is a name: \"image has non-numeric user, cannot verify user is non-root\". Kubernetes looks only at the image's config, and any name there could be root. " +
		"The number is in the image's own /etc/passwd. With the number in USER, the same account runs the program, and the cluster can see that it is not root.",
	Confidence: model.Likely,
	Observe:    observeUserName,
	InPod:      byNumber,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{.Config.User}}'\ndocker run --rm --entrypoint id IMAGE",
		Before:  "RUN useradd --uid 10001 app\nUSER app",
		After:   "RUN useradd --uid 10001 app\nUSER 10001:10001",
		WhenNot: "Where every manifest sets runAsUser itself. tare says nothing if the name comes from a variable or the image does not have the account.",
		Sources: []string{"https://kubernetes.io/docs/tasks/configure-pod-container/security-context/", "https://kubernetes.io/docs/concepts/security/pod-security-standards/", "https://docs.docker.com/reference/dockerfile/#user"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN useradd --uid 10001 app
			+ etc/passwd text root:x:0:0:root:/root:/bin/sh|app:x:10001:10001::/home/app:/bin/sh|
			USER app
			config {"Cmd": ["/app"], "User": "app"}`,
		Fixed: "USER 10001:10001",
		Miss: `
			RUN useradd --uid 10001 app
			+ etc/passwd text root:x:0:0:root:/root:/bin/sh|app:x:10001:10001::/home/app:/bin/sh|
			USER 10001
			config {"Cmd": ["/app"], "User": "10001"}`,
	},
}

func observeUserName(b *rules.Build, _ *model.Tree) []rules.Observation {
	name, group, hasGroup := strings.Cut(b.User, ":")
	account, ok := b.Account(name)
	if !ok || account.UID == 0 || !account.First {
		return nil
	}
	if _, err := strconv.Atoi(name); err == nil {
		return nil // a number already
	}
	gid, known := account.GID, true
	if hasGroup {
		gid, known = b.GroupID(group)
	}
	if !known {
		return nil
	}
	number := fmt.Sprintf("%d:%d", account.UID, gid)
	if !hasGroup && b.HasOtherGroups(name) {
		number = strconv.FormatInt(account.UID, 10) // with a group, the engine gives it no others
	}
	i := LastOf(b, "USER")
	o := At(b, "USER", fmt.Sprintf("Write USER %s, which is %s, so that Kubernetes can tell that it is not root.", number, name))
	switch {
	case i < 0:
	case b.Instructions[i].Inherited:
		o.Fix = advice.Hint(model.Manual, fmt.Sprintf("The base image names its user %s: write USER %s before CMD, so that Kubernetes can tell that it is not root.", name, number))
	default:
		before := b.Parsed().Text(i)
		after, ok := rewrite.WithUser(before, b.User, number)
		if !ok {
			return nil // a variable, or not what the config has
		}
		o.Fix = advice.Edit{Before: before, After: after}.Fix(model.Manual, fmt.Sprintf("Give USER the number of %s, %s, so that Kubernetes can tell that it is not root.", name, number))
	}
	return []rules.Observation{o}
}
