package analyze

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/model"
)

func TestConfigOf(t *testing.T) {
	if configOf(nil, redact.Mask{}) != nil {
		t.Error("an image without a config has one")
	}
	got := configOf(&v1.ConfigFile{
		History: []v1.History{{CreatedBy: "ARG REVISION=4f2c9a1b", EmptyLayer: true, Comment: "buildkit.dockerfile.v0"}},
		Config: v1.Config{
			User: "0:0", Cmd: []string{"/bin/sh", "-c", "serve --token=s3cr3tvalue"}, WorkingDir: "/srv/4f2c9a1b", StopSignal: "SIGINT",
			Env:          []string{"PATH=/bin", "DB_PASSWORD=hunter2 and more", "REVISION=4f2c9a1b", "EMPTY", "URL=https://me:pa55word@host/"},
			ExposedPorts: map[string]struct{}{"8080/tcp": {}, "443/tcp": {}}, Volumes: map[string]struct{}{"/data": {}},
			Labels:      map[string]string{"org.opencontainers.image.revision": "4f2c9a1b", "com.shop.api.token": "abc def"},
			Healthcheck: &v1.HealthConfig{Test: []string{"CMD-SHELL", "curl -f x"}, Interval: 90 * time.Second, Retries: 3},
		},
	}, redact.Mask{})
	want := &model.Config{
		User: "0:0", Root: true, Entrypoint: []string{}, Cmd: []string{"/bin/sh", "-c", "serve --token=***"}, ShellForm: true,
		WorkingDir: "/srv/${REVISION}", StopSignal: "SIGINT",
		Env:          []model.Setting{{Name: "PATH", Value: "/bin"}, {Name: "DB_PASSWORD", Value: "***"}, {Name: "REVISION", Value: "${REVISION}"}, {Name: "EMPTY"}, {Name: "URL", Value: "https://me:***@host/"}},
		ExposedPorts: []string{"443/tcp", "8080/tcp"}, Volumes: []string{"/data"},
		Labels:      []model.Setting{{Name: "com.shop.api.token", Value: "***"}, {Name: "org.opencontainers.image.revision", Value: "${REVISION}"}},
		Healthcheck: &model.Healthcheck{Test: []string{"CMD-SHELL", "curl -f x"}, Interval: model.Ptr("1m30s"), Retries: model.Ptr(3)},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	none := configOf(&v1.ConfigFile{Config: v1.Config{User: "app", Healthcheck: &v1.HealthConfig{Test: []string{"NONE"}}}}, redact.Mask{})
	if none.Root || none.Healthcheck != nil || none.ShellForm {
		t.Errorf("%+v", none)
	}
}
