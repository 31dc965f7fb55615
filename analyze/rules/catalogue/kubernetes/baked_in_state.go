package kubernetes

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

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

// BakedInEnvironment finds an image that is made for one environment.
var BakedInEnvironment = rules.Rule{
	ID:    "baked-in-environment",
	Group: rules.Kubernetes,
	Title: "the settings of one environment in the image",
	Why: "The image that was tested should be the one that runs in production. With NODE_ENV=development or RAILS_ENV=staging in it, it behaves like that one environment everywhere, unless somebody remembers to set the variable: debugging pages, no caches, other databases. " +
		"With production.yaml beside staging.yaml, each environment carries the addresses, and often the passwords, of the others, and a new address needs a new image. A Deployment sets variables and mounts ConfigMaps for that.",
	Confidence: model.Possible,
	Observe:    observeEnvironment,
	InPod:      environmentSetting,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Env}}'",
		Before:  "ENV NODE_ENV=development",
		After:   "ENV NODE_ENV=production",
		WhenNot: "Where the image is only for development or tests, and its name says so. tare says nothing about a variable that names production. Of files, it reports only those of a production environment with those of a staging one beside them, since the others often belong to the program.",
		Sources: []string{"https://12factor.net/config", "https://kubernetes.io/docs/concepts/configuration/configmap/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY app /
			+ app
			ENV NODE_ENV=development
			config {"Cmd": ["/app"], "Env": ["NODE_ENV=development"]}`,
		Miss: `
			COPY app /
			+ app
			ENV NODE_ENV=production
			config {"Cmd": ["/app"], "Env": ["NODE_ENV=production"]}`,
	},
}

// environments are variables that say in which environment a program runs.
var environments = strings.Fields("NODE_ENV RAILS_ENV RACK_ENV FLASK_ENV APP_ENV MIX_ENV GO_ENV ENVIRONMENT ASPNETCORE_ENVIRONMENT DOTNET_ENVIRONMENT SPRING_PROFILES_ACTIVE DJANGO_ENV SYMFONY_ENV")

// notProduction are their values that are wrong where everything runs.
var notProduction = strings.Fields("dev develop development test testing staging stage qa uat local")

// environmentSetting is a variable of the pod that stands in the place of the image's.
func environmentSetting(b *rules.Build) rules.Setting {
	for _, e := range b.Pod.Container.Env {
		if slices.Contains(environments, e.Name) && b.Own.Getenv(e.Name) != "" {
			return rules.Setting{Decides: true, Text: "env " + e.Name, Line: e.Line}
		}
	}
	return rules.Setting{}
}

func observeEnvironment(b *rules.Build, t *model.Tree) (found []rules.Observation) {
	if b.Pod == nil || b.Own == nil {
		found = environmentVariables(b)
	}
	if paths := siblings(b, t); len(paths) > 0 {
		found = append(found, rules.Observation{Paths: paths, Part: "files", Fix: advice.Hint(model.Manual,
			fmt.Sprintf("Leave the settings of single environments out of the image, such as /%s and /%s, and mount those of each from a ConfigMap or a Secret.", paths[0], paths[1]))})
	}
	return found
}

// environmentVariables observes variables of the image's own ENV.
func environmentVariables(b *rules.Build) (found []rules.Observation) {
	for _, name := range environments {
		value := b.Getenv(name)
		if !slices.Contains(notProduction, strings.ToLower(value)) {
			continue
		}
		for i := len(b.Instructions) - 1; i >= 0; i-- {
			if b.Parsed().Keyword(i) == "ENV" && setsVariable(b.Parsed().Text(i), name) && !b.Instructions[i].Inherited {
				found = append(found, rules.Observation{Instruction: model.Ptr(i), Part: strings.ToLower(name), Fix: advice.Hint(model.Manual,
					fmt.Sprintf("Take %s=%s out of the image, or make it production, and let what starts the container say where it runs.", name, value))})
				break
			}
		}
	}
	return found[:min(len(found), 1)] // one finding, however many variables say the same
}

// setsVariable reports whether an ENV sets a variable, and not one whose name only has the same end.
func setsVariable(text, name string) bool {
	fields := strings.Fields(text)
	return len(fields) > 1 && fields[1] == name || slices.ContainsFunc(fields, func(w string) bool { return strings.HasPrefix(w, name+"=") })
}

// settingsEnds end the names of files of settings.
var settingsEnds = strings.Fields(".yaml .yml .json .toml .ini .properties .env .conf .production")

// siblings are settings of a production environment, each with those of a staging one beside it.
func siblings(b *rules.Build, t *model.Tree) (paths []string) {
	for n := range t.Nodes {
		base := t.NameBytes(model.NodeID(n))
		if !bytes.Contains(base, []byte("rod")) || !slices.Contains(settingsEnds, path.Ext(string(base))) || len(paths) >= model.MaxFindingPaths {
			continue
		}
		file := t.Path(model.NodeID(n))
		if _, there := t.Visible(model.NodeID(n)); !there || isCode(b, file) {
			continue
		}
		if other := besideIt(b, file); other != "" {
			paths = append(paths, file, other)
		}
	}
	return paths
}

// besideIt is the file of a staging environment beside one of production, "" for none.
func besideIt(b *rules.Build, file string) string {
	dir, base := path.Split(file)
	for _, pair := range [][2]string{{"production", "staging"}, {"Production", "Staging"}, {"production", "stage"}, {"prod", "staging"}, {"prod", "stage"}, {"prod", "uat"}} {
		other := dir + strings.Replace(base, pair[0], pair[1], 1)
		if _, there := b.Visible(other); there && other != file {
			return other
		}
	}
	return ""
}

// isCode reports whether a file came with a package or the base image, and not with the program.
func isCode(b *rules.Build, name string) bool {
	for _, dir := range []string{"/node_modules/", "/site-packages/", "/dist-packages/", "/vendor/", "/gems/"} {
		if strings.Contains("/"+name, dir) {
			return true
		}
	}
	r, there := b.Visible(name)
	return !there || strings.HasPrefix(name, "usr/") && !strings.HasPrefix(name, "usr/src/") || int(r.Layer) < len(b.Layers) && b.Layers[r.Layer].Inherited
}
