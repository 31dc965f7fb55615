package pods

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/model"
)

// ReadOnlyRoot finds a pod with a read-only root filesystem whose program writes where no
// volume is.
var ReadOnlyRoot = rules.Rule{
	ID:    "read-only-root",
	Group: rules.Kubernetes,
	Title: "writes to a read-only root filesystem",
	Why: "With readOnlyRootFilesystem: true everything but volumes is read-only, including /tmp and /run. Servers that write a file with their process ID, temporary files or a log then fail when they start, or at the first large request. " +
		"tare knows where nginx, Apache, PostgreSQL, MySQL, Tomcat, gunicorn and supervisord write, reads their configuration and the script that starts the program, and names the paths that no volume of the pod and no VOLUME of the image covers.",
	Confidence: model.Likely,
	ObservePod: observeReadOnly,
	Lesson: rules.Lesson{
		See:        "docker run --rm --read-only IMAGE\ndocker diff CONTAINER   # of one without --read-only",
		Before:     "securityContext: {readOnlyRootFilesystem: true}",
		After:      "securityContext: {readOnlyRootFilesystem: true}\nvolumeMounts:\n  - {name: tmp, mountPath: /var/cache/nginx, subPath: cache}\n  - {name: tmp, mountPath: /run, subPath: run}\n# and in the pod\nvolumes: [{name: tmp, emptyDir: {}}]",
		OfManifest: true,
		WhenNot:    "Where the program is configured to write elsewhere by a file that the pod mounts. tare says nothing about programs whose paths it does not know.",
		Sources:    []string{"https://kubernetes.io/docs/tasks/configure-pod-container/security-context/", "https://kubernetes.io/docs/concepts/storage/volumes/#emptydir", "https://nginx.org/en/docs/http/ngx_http_core_module.html#client_body_temp_path"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN apt-get install -y nginx
			+ etc/nginx/nginx.conf text pid /run/nginx.pid;|
			+ var/cache/nginx/ mode 0755
			+ usr/sbin/nginx
			config {"Cmd": ["nginx", "-g", "daemon off;"], "User": "101"}
			pod {containers: [{name: x, image: app, securityContext: {readOnlyRootFilesystem: true}}]}`,
		Miss: `
			RUN apt-get install -y nginx
			+ etc/nginx/nginx.conf text pid /run/nginx.pid;|
			+ var/cache/nginx/ mode 0755
			+ usr/sbin/nginx
			config {"Cmd": ["nginx", "-g", "daemon off;"], "User": "101"}
			pod {volumes: [{name: t, emptyDir: {}}], containers: [{name: x, image: app, securityContext: {readOnlyRootFilesystem: true}, volumeMounts: [{name: t, mountPath: /run}, {name: t, mountPath: /var/cache/nginx}, {name: t, mountPath: /var/log/nginx}]}]}`,
	},
}

func observeReadOnly(b *rules.Build, _ *model.Tree) []rules.Observation {
	set := b.Pod.Container.Security.ReadOnlyRoot
	if set == nil || !set.Value || !b.RunsService() {
		return nil
	}
	var files []string
	for _, file := range kubernetes.Writes(b) {
		if file = plainPath(file); !writable(b, file) && !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	if len(files) == 0 {
		return nil
	}
	var dirs, rest []string
	for _, file := range files {
		if dir := volumeFor(b, file); dir == "" {
			rest = append(rest, file)
		} else if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	const most = 4
	named := files
	if len(named) > most {
		named = append(slices.Clone(named[:most]), fmt.Sprintf("%d more", len(files)-most))
	}
	summary := fmt.Sprintf("The root filesystem is read-only, but the container writes %s.", joinNames(named))
	if len(dirs) > 0 {
		summary += fmt.Sprintf(" Mount an emptyDir at %s.", joinNames(dirs))
	}
	if len(rest) > 0 {
		summary += fmt.Sprintf(" Keep the container from writing %s, or let it write to a volume instead.", joinNames(rest[:min(len(rest), most)]))
	}
	o := kubernetes.InPod(b, set.Line, summary, emptyDirs(dirs))
	for _, file := range files {
		o.Paths = append(o.Paths, strings.TrimPrefix(file, "/"))
	}
	return []rules.Observation{o}
}

// emptyDirs is YAML that mounts one emptyDir at several directories.
func emptyDirs(dirs []string) string {
	if len(dirs) == 0 {
		return ""
	}
	text := "volumeMounts:\n"
	for _, dir := range dirs {
		sub := ""
		if len(dirs) > 1 {
			sub = ", subPath: " + strings.ReplaceAll(strings.Trim(dir, "/"), "/", "-")
		}
		text += "  - {name: writable, mountPath: " + dir + sub + "}\n"
	}
	return text + "# and in the pod\nvolumes:\n  - {name: writable, emptyDir: {}}\n"
}

// plainPath spells out what links stand for in all images of today.
func plainPath(file string) string {
	file = path.Clean(file)
	for link, target := range map[string]string{"/var/run": "/run", "/var/lock": "/run/lock"} {
		if file == link || strings.HasPrefix(file, link+"/") {
			return target + strings.TrimPrefix(file, link)
		}
	}
	return file
}

// writable reports whether a path is in a volume: of the pod, or one that the image asks for.
func writable(b *rules.Build, file string) bool {
	if startable.Below([]string{"/dev", "/proc"}, file) || startable.Below(b.Volumes, file) {
		return true
	}
	for _, mount := range b.Pod.Container.Mounts {
		if !startable.Below([]string{plainPath(mount.Path)}, file) || mount.ReadOnly {
			continue
		}
		kind := ""
		for _, v := range b.Pod.Workload.Volumes {
			if v.Name == mount.Volume {
				kind = v.Kind
			}
		}
		if !slices.Contains([]string{"configMap", "secret", "projected", "downwardAPI", "image"}, kind) {
			return true
		}
	}
	return false
}

// volumeFor is the directory at which a volume makes a path writable; "" where it would hide
// what the image has there.
func volumeFor(b *rules.Build, file string) string {
	dir := file
	if r, there := b.Visible(strings.TrimPrefix(file, "/")); !there && path.Ext(file) != "" || there && r.Kind == model.File {
		dir = path.Dir(file)
	}
	if dir == "/" || startable.Below([]string{"/etc", "/usr", "/bin", "/sbin", "/lib", "/opt", "/app", "/srv", "/home"}, dir) && hasFiles(b, dir) {
		return ""
	}
	return dir
}

// hasFiles reports whether the image has anything in a directory.
func hasFiles(b *rules.Build, dir string) bool {
	if b.Tree == nil {
		return true
	}
	node, ok := b.Tree.Lookup(strings.TrimPrefix(dir, "/"))
	if !ok {
		return false
	}
	for child := range b.Tree.Children(node) {
		if _, there := b.Tree.Visible(child); there {
			return true
		}
	}
	return false
}
