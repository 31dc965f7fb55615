package structure

import (
	"fmt"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// TornLink finds links that are lost when a layer is laid over them.
var TornLink = rules.Rule{
	ID:    "torn-link",
	Group: rules.Structure,
	Title: "link replaced by a directory",
	Why: "The layer has files below a path that is a symbolic link in a lower layer, but no entry for that path itself. Docker, containerd and Podman unpack each layer separately and stack them, so they make a directory there. " +
		"The link is gone, and so is everything that was reached through it: on a base where /bin is a link to usr/bin, a file bin/app leaves the container without /bin/sh. " +
		"Builders that write layers themselves do this (Bazel, Nix, rockcraft, a plain tar); a Dockerfile's RUN and COPY do not.",
	Confidence: model.Certain,
	Risk:       true,
	Observe:    observeTornLinks,
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint ls IMAGE -ld /bin /lib /var/run",
		Before:  "# in the layer that a tool adds\n# bin/app",
		After:   "# in the layer that a tool adds\n# usr/bin/app",
		WhenNot: "Where the directory is meant to replace the link, and nothing is reached through it.",
		Sources: []string{"https://github.com/opencontainers/image-spec/blob/main/layer.md", "https://docs.kernel.org/filesystems/overlayfs.html"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY rootfs /
			+ usr/bin/sh
			+ bin -> usr/bin
			RUN bazel
			+ bin/app
			config {"Cmd": ["/app"]}`,
		Miss: `
			COPY rootfs /
			+ usr/bin/sh
			+ bin -> usr/bin
			RUN bazel
			+ bin -> usr/bin
			+ bin/app
			config {"Cmd": ["/app"]}`,
	},
}

func observeTornLinks(b *rules.Build, t *model.Tree) (found []rules.Observation) {
	for links := b.TornLinks; len(links) > 0; {
		first := links[0]
		o := rules.Observation{Layer: model.Ptr(first.Layer)}
		for len(links) > 0 && links[0].Layer == first.Layer {
			o.Paths = append(o.Paths, t.Path(t.Records[links[0].Link].Node))
			links = links[1:]
		}
		target := t.LinkText(&t.Records[t.Content(first.Link)])
		o.Fix = advice.Hint(model.Manual, fmt.Sprintf("/%s leads to %s: put the layer's files there, or give the layer an entry for the link itself.", o.Paths[0], target))
		found = append(found, o)
	}
	return found
}
