package ports_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/catalogue/ports"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestScripts: a script in front of the server may give it other settings.
func TestScripts(t *testing.T) {
	const opened = "gunicorn [8000] 127.0.0.1 [gunicorn app --bind 0.0.0.0:8000]"
	for script, want := range map[string]string{
		`set -e|exec "$@"`:                                opened,
		`echo ready|exec gosu app "$@"`:                   "gunicorn [8000] 127.0.0.1 [gunicorn app --bind 0.0.0.0:8000]",
		`python3 migrate.py|exec "$@"`:                    opened,
		`export GUNICORN_CMD_ARGS="-b 0.0.0.0"|exec "$@"`: " []",
		`GUNICORN_CMD_ARGS="-b 0.0.0.0" exec "$@"`:        " []",
		`. /etc/settings|exec "$@"`:                       " []",
		`cd /srv|exec "$@"`:                               " []",
		`set -- "$@" -b 0.0.0.0|exec "$@"`:                " []",
		`for f in /etc/s/*; do . $f; done|exec "$@"`:      " []",
		`exec env GUNICORN_CMD_ARGS="-b 0.0.0.0" "$@"`:    " []",
		`if [ "$1" = gunicorn ]; then shift; set -- gunicorn -b 0.0.0.0 "$@"; fi|exec "$@"`: " []",
	} {
		l := ports.Listening(rulestest.Parse(t, "COPY rootfs /\n+ usr/bin/gunicorn elf\n+ bin/sh elf\n+ ep.sh text #!/bin/sh|"+script+"|\nconfig {\"Entrypoint\": [\"/ep.sh\"], \"Cmd\": [\"gunicorn\", \"app\"]}").Build(t))
		if got := told(&l); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", script, got, want)
		}
	}
}

// TestReachableInPods: what of a pod makes a local server one that others reach, or may do so.
// Want is whether the finding stays.
func TestReachableInPods(t *testing.T) {
	const image = "COPY rootfs /\n+ usr/bin/gunicorn elf\nEXPOSE 8000\nCMD [\"gunicorn\", \"app\"]\nconfig {\"Cmd\": [\"gunicorn\", \"app\"], \"WorkingDir\": \"/srv\", \"ExposedPorts\": {\"8000/tcp\": {}}}\npod {%s}"
	for spec, want := range map[string]bool{
		`containers: [{name: x, image: app}]`:                                                                                                                      true,
		`containers: [{name: x, image: app, env: [{name: OTHER, value: x}]}]`:                                                                                      true,
		`containers: [{name: x, image: app, command: [gunicorn, app]}]`:                                                                                            true,
		`containers: [{name: x, image: app, volumeMounts: [{name: v, mountPath: /data}]}], volumes: [{name: v, emptyDir: {}}]`:                                     true,
		`hostNetwork: true, containers: [{name: x, image: app}]`:                                                                                                   false,
		`containers: [{name: x, image: app, env: [{name: GUNICORN_CMD_ARGS, value: "-b 0.0.0.0"}]}]`:                                                               false,
		`containers: [{name: x, image: app, env: [{name: GUNICORN_CMD_ARGS, valueFrom: {configMapKeyRef: {name: a, key: b}}}]}]`:                                   false,
		`containers: [{name: x, image: app, envFrom: [{configMapRef: {name: a}}]}]`:                                                                                false,
		`containers: [{name: x, image: app, command: [gunicorn, "$(APP)"]}]`:                                                                                       false,
		`containers: [{name: x, image: app, volumeMounts: [{name: v, mountPath: /srv/gunicorn.conf.py, subPath: g}]}], volumes: [{name: v, configMap: {name: c}}]`: false,
		`containers: [{name: x, image: app}, {name: y, image: proxy}]`:                                                                                             false,
	} {
		found := rulestest.Parse(t, strings.Replace(image, "%s", spec, 1)).Findings(t, "local-only")
		if (len(found) > 0) != want {
			t.Errorf("%s: %+v", spec, found)
		}
	}
}
