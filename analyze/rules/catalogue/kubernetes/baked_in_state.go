package kubernetes

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/pattern"
	"github.com/tare-oci/tare/model"
)

// BakedInState finds filled data directories of servers, and files below a VOLUME.
var BakedInState = rules.Rule{
	ID:    "baked-in-state",
	Group: rules.Kubernetes,
	Title: "data inside the image",
	Why: "Kubernetes replaces containers at any time, and whatever one wrote to its own filesystem is then gone. A database that was filled during the build starts from the same old state in every container, and files below a " +
		"VOLUME are hidden as soon as a volume is mounted there, while every pull still carries them. Keep data in a volume, and fill it from a job or an init container.",
	Confidence: model.Possible,
	Observe:    observeState,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Volumes}}'\ndocker run --rm --entrypoint ls IMAGE -la /var/lib/mysql",
		Before:  "RUN service mysql start && mysql < seed.sql",
		After:   "COPY seed.sql /docker-entrypoint-initdb.d/",
		WhenNot: "Where the data is part of the program and read-only, such as a search index built with each release; or in test images that must start with the same data.",
		Sources: []string{"https://kubernetes.io/docs/concepts/storage/volumes/", "https://12factor.net/backing-services"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN fill
			+ data/a
			config {"Cmd": ["/app"], "Volumes": {"/data": {}}}`,
		Miss: `
			RUN fill
			+ database/a
			config {"Cmd": ["/app"], "Volumes": {"/data": {}}}`,
	},
}

// dataFiles are the files by which a server knows that its data directory is filled.
var dataFiles = []string{
	"var/lib/mysql/ibdata1", "var/lib/mysql/mysql/user.MYD", "var/lib/postgresql/data/PG_VERSION", "var/lib/postgresql/*/main/PG_VERSION", "var/lib/mongodb/WiredTiger",
	"data/db/WiredTiger", "var/lib/redis/dump.rdb", "data/dump.rdb", "var/lib/etcd/member/**", "var/lib/rabbitmq/mnesia/**",
	"var/lib/elasticsearch/nodes/**", "usr/share/elasticsearch/data/**", "var/lib/influxdb/**", "var/lib/ldap/data.mdb", "var/lib/cassandra/data/**",
}

func observeState(b *rules.Build, t *model.Tree) []rules.Observation {
	patterns := slices.Clone(dataFiles)
	for _, volume := range b.Volumes {
		if name, ok := rules.PlainDirectory(volume); ok && name != "" {
			patterns = append(patterns, name+"/**")
		}
	}
	paths := visibleFiles(t, patterns)
	if len(paths) == 0 {
		return nil
	}
	return []rules.Observation{{Paths: paths, Fix: advice.Hint(model.Manual, fmt.Sprintf("Leave /%s out of the image, and fill the volume when the container first starts.", paths[0]))}}
}

// visibleFiles lists files with content that match a pattern, in byte order; not
// more of them than a finding shows.
func visibleFiles(t *model.Tree, patterns []string) (paths []string) {
	wanted := pattern.New(t)
	for _, p := range patterns {
		wanted.Add(p, 0)
	}
	for i := range t.Records {
		r := &t.Records[i]
		if r.Kind == model.File && r.Gone == model.StillThere && r.Size.Bytes() > 0 && !wanted.Node(r.Node).IsEmpty() {
			paths = append(paths, t.Path(r.Node))
		}
	}
	slices.Sort(paths)
	return paths[:min(len(paths), model.MaxFindingPaths)]
}
