package kubernetes_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestGoodPods: of images that their makers thought about, in pods that somebody thought
// about, tare finds nothing in the manifest. By default each image is in one of three pods.
func TestGoodPods(t *testing.T) {
	for i, g := range goodImages {
		img := g.image(t)
		container := map[string]any{"name": "x", "image": "app"}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(img.Config.ExposedPorts)), func(port string) bool { return len(port) < len("1000/tcp") }) {
			container["securityContext"] = map[string]any{"runAsUser": 10001, "runAsNonRoot": true} // below 1024 root has to listen
		}
		if ports := slices.Sorted(maps.Keys(img.Config.ExposedPorts)); len(ports) > 0 {
			number, _, _ := strings.Cut(ports[0], "/")
			container["ports"] = []any{map[string]any{"name": "main", "containerPort": json.Number(number)}}
			container["readinessProbe"] = map[string]any{"tcpSocket": map[string]any{"port": "main"}}
		}
		plain := map[string]any{"containers": []any{container}}
		readOnly := maps.Clone(container)
		readOnly["securityContext"] = map[string]any{"readOnlyRootFilesystem": true}
		var mounts []any
		for _, dir := range []string{"/tmp", "/run", "/var", "/usr/local/apache2/logs", "/usr/local/tomcat", "/srv", "/data", "/app"} {
			mounts = append(mounts, map[string]any{"name": "w", "mountPath": dir})
		}
		readOnly["volumeMounts"] = mounts
		covered := map[string]any{"containers": []any{readOnly}, "volumes": []any{map[string]any{"name": "w", "emptyDir": map[string]any{}}}}
		job := map[string]any{"containers": []any{map[string]any{"name": "y", "image": "other"}}, "initContainers": []any{map[string]any{"name": "x", "image": "app", "command": []any{"sh", "-c", "until nc -z db 5432; do sleep 1; done"}}}}
		pods := map[string]any{"plain": plain, "read-only": covered, "init": job}
		for j, name := range slices.Sorted(maps.Keys(pods)) {
			pod := pods[name]
			if (i+j)%imagetest.Rounds(3, 3, 1) > 0 {
				continue
			}
			t.Run(g.name+"/"+name, func(t *testing.T) {
				text, err := json.Marshal(pod)
				if err != nil {
					t.Fatal(err)
				}
				img := img
				img.Pod = string(text)
				for _, f := range img.Report(t).Findings {
					if f.Manifest != nil {
						t.Errorf("%s: %s: %s", f.Rule, f.Title, f.Fix.Summary)
					}
				}
			})
		}
	}
}
