package pods

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/analyze/rules/installs"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/analyze/workloads"
	"github.com/tare-oci/tare/model"
)

// HiddenByVolume finds a volume over a directory of the image that the program needs.
var HiddenByVolume = rules.Rule{
	ID:    "hidden-by-volume",
	Group: rules.Kubernetes,
	Title: "a volume that hides files of the program",
	Why: "A volume at a directory hides everything that the image has there. Docker copies the image's files into a new named volume; Kubernetes never does, so the directory is empty, or holds only the keys of the ConfigMap or Secret. A program that loses its code or its libraries this way does not start. " +
		"tare looks for volumes over the program, over its working directory, and over its libraries, such as node_modules.",
	Confidence: model.Likely,
	ObservePod: observeHidden,
	Lesson: rules.Lesson{
		See:        "kubectl get pod POD -o jsonpath='{.spec.containers[*].volumeMounts}'\nkubectl exec POD -- ls -la /app\ndocker run --rm --entrypoint ls IMAGE -la /app",
		Before:     "volumeMounts:\n  - {name: config, mountPath: /app}      # the program is in /app",
		After:      "volumeMounts:\n  - {name: config, mountPath: /app/config.json, subPath: config.json}",
		OfManifest: true,
		WhenNot:    "Where something fills the volume with the same files before the program starts. tare says nothing where an init container or the start script may do that, nor about directories that the image leaves empty, caches and data.",
		Sources:    []string{"https://kubernetes.io/docs/concepts/storage/volumes/", "https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY . /app
			+ app/server.js
			+ app/node_modules/express/index.js
			config {"Cmd": ["node", "/app/server.js"], "WorkingDir": "/app", "User": "10001"}
			pod {volumes: [{name: t, emptyDir: {}}], containers: [{name: x, image: app, volumeMounts: [{name: t, mountPath: /app/node_modules}]}]}`,
		Miss: `
			COPY . /app
			+ app/server.js
			+ app/node_modules/express/index.js
			config {"Cmd": ["node", "/app/server.js"], "WorkingDir": "/app", "User": "10001"}
			pod {volumes: [{name: t, emptyDir: {}}], containers: [{name: x, image: app, volumeMounts: [{name: t, mountPath: /app/uploads}]}]}`,
	},
}

// hidingKinds are the kinds of volumes that come without the image's files, as a sentence names
// them, and whether nothing but their own keys is ever in them.
var hidingKinds = map[string]struct {
	name string
	keys bool
}{
	"emptyDir": {"emptyDir", false}, "persistentVolumeClaim": {"volume", false}, "ephemeral": {"volume", false},
	"configMap": {"ConfigMap", true}, "secret": {"Secret", true}, "projected": {"projected volume", true}, "downwardAPI": {"downwardAPI volume", true},
}

func observeHidden(b *rules.Build, t *model.Tree) []rules.Observation {
	if t == nil {
		return nil
	}
	var all []rules.Observation
	for _, mount := range b.Pod.Container.Mounts {
		kind := volumeKind(b.Pod.Workload, mount.Volume)
		hiding, known := hidingKinds[kind]
		dir := path.Clean(mount.Path)
		if to, ok := b.Resolve(dir); ok {
			dir = "/" + to
		}
		if !known || hiding.keys && mount.SubPath != "" || !path.IsAbs(dir) || dir == "/" || isFilled(b, mount.Volume) {
			continue
		}
		needed := neededIn(b, t, dir)
		if needed == "" {
			continue
		}
		files, bytes := visibleBelow(t, dir)
		if files == 0 {
			continue
		}
		count := fmt.Sprintf("%d files", files)
		if files == 1 {
			count = "1 file"
		}
		summary := fmt.Sprintf("The %s at %s hides %s (%s) of the image, among them %s, which the program needs. ", hiding.name, mount.Path, count, installs.Megabytes(bytes), needed)
		if hiding.keys {
			summary += "Mount each of its keys as a file of its own with subPath, or mount it at another directory."
		} else {
			summary += "Mount it at a directory that only holds data, or remove the mount."
		}
		o := kubernetes.InPod(b, mount.Line, summary, "")
		o.Paths = []string{strings.TrimPrefix(dir, "/")}
		if kind == "persistentVolumeClaim" {
			o.Confidence = model.Possible // somebody may have filled it
		}
		all = append(all, o)
	}
	return all
}

// volumeKind is the kind of a volume. One that the pod does not list is a claim that a
// StatefulSet makes.
func volumeKind(w *workloads.Workload, name string) string {
	for _, v := range w.Volumes {
		if v.Name == name {
			return v.Kind
		}
	}
	if w.Kind == "StatefulSet" {
		return "persistentVolumeClaim"
	}
	return ""
}

// isFilled reports whether another container of the pod, or the start script, may put files into
// a volume before the program needs them.
func isFilled(b *rules.Build, volume string) bool {
	for i := range b.Pod.Workload.Containers {
		other := &b.Pod.Workload.Containers[i]
		if other.Name != b.Pod.Container.Name && slices.ContainsFunc(other.Mounts, func(m workloads.Mount) bool { return m.Volume == volume && !m.ReadOnly }) {
			return true
		}
	}
	for _, c := range b.Program().Commands {
		switch c.Name() {
		case "cp", "mv", "tar", "rsync", "unzip", "ln", "curl", "wget":
			return true
		case "git", "npm", "yarn", "pnpm", "pip", "pip3", "composer", "bundle":
			if slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
				return slices.Contains([]string{"install", "i", "ci", "clone", "pull"}, w.Text)
			}) {
				return true
			}
		}
	}
	return false
}

// neededIn names a file or a directory below a directory that the program cannot do without; ""
// where the directory may hold only data.
func neededIn(b *rules.Build, t *model.Tree, dir string) string {
	if startable.Below(b.Volumes, dir) {
		return ""
	}
	for _, file := range programFiles(b) {
		if startable.Below([]string{dir}, file) && !mountedBelow(b, dir, file) {
			return file
		}
	}
	roots := []string{path.Clean("/" + b.WorkingDir)}
	for _, file := range programFiles(b) {
		roots = append(roots, path.Dir(file))
	}
	for _, root := range roots {
		if root == "/" || startable.Below(b.Volumes, root) || isData(root) {
			continue
		}
		if startable.Below([]string{dir}, root) && !isData(dir) {
			if files, _ := visibleBelow(t, root); files > 0 {
				return root
			}
		}
		if startable.Below([]string{root}, dir) && slices.ContainsFunc(codeDirs, func(name string) bool { return slices.Contains(strings.Split(dir, "/"), name) }) && !isData(dir) {
			return dir
		}
	}
	return ""
}

// mountedBelow reports whether another volume below a directory brings a file back.
func mountedBelow(b *rules.Build, dir, file string) bool {
	return slices.ContainsFunc(b.Pod.MountPaths(), func(other string) bool {
		other = path.Clean(other)
		return other != dir && startable.Below([]string{dir}, other) && startable.Below([]string{other}, file)
	})
}

// codeDirs are directories of a program's own code and of its libraries.
var codeDirs = []string{"node_modules", "vendor", "site-packages", ".venv", "venv", "dist", "build", "lib", "libs", "src", "bin", "classes", "gems"}

// dataDirs are names of directories in which programs keep what they have made.
var dataDirs = []string{"data", "db", "cache", ".cache", "tmp", "temp", "log", "logs", "run", "spool", "uploads", "upload", "media", "storage", "backup", "backups", "state", "sessions"}

func isData(dir string) bool {
	return slices.ContainsFunc(strings.Split(dir, "/"), func(part string) bool { return slices.Contains(dataDirs, part) })
}

// programFiles are the files that the commands of the container name and the image has: its
// program, and the code that an interpreter runs.
func programFiles(b *rules.Build) (files []string) {
	add := func(file string) {
		if r, there := b.Visible(strings.TrimPrefix(file, "/")); there && r.Kind != model.Directory && r.Kind != model.Implied && !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	words := slices.Concat(b.Entrypoint, b.Cmd, b.Process().Words)
	if script := b.Process().Script; script != "" {
		words = append(words, "/"+script)
	}
	for _, c := range b.Program().Commands {
		for _, w := range c.Words {
			words = append(words, w.Text)
		}
	}
	const most = 200
	for i, word := range words[:min(len(words), most)] {
		word = strings.Trim(word, `"'`)
		if word == "" || strings.HasPrefix(word, "-") || strings.ContainsAny(word, " $*") || startable.Below([]string{"/dev", "/proc"}, word) {
			continue
		}
		if file, known := b.FindProgram(word); known && file != "" && (i == 0 || strings.Contains(word, "/") || path.Ext(word) == "") {
			add("/" + file)
		}
		if !path.IsAbs(word) {
			word = path.Join("/", b.WorkingDir, word)
		}
		add(path.Clean(word))
	}
	return files
}

// visibleBelow counts the files that the image shows below a directory, and their bytes.
func visibleBelow(t *model.Tree, dir string) (files int, bytes int64) {
	node, ok := t.Lookup(strings.TrimPrefix(dir, "/"))
	if !ok {
		return 0, 0
	}
	todo := []model.NodeID{node}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for child := range t.Children(at) {
			id, there := t.Visible(child)
			if !there {
				continue
			}
			switch r := &t.Records[t.Content(id)]; r.Kind {
			case model.Directory, model.Implied:
				todo = append(todo, child)
			case model.File:
				files++
				bytes += r.Size.Bytes()
			}
		}
	}
	return files, bytes
}
