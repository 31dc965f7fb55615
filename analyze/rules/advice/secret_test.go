package advice_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestKeepOut: a key that the build makes was in no context, so no .dockerignore
// keeps it out; what was copied is kept out there; what a RUN wrote comes as a mount.
func TestKeepOut(t *testing.T) {
	const ignored, given, made = ".dockerignore", "Give /", "The build makes /"
	for _, test := range []struct{ by, name, want, also string }{
		{"COPY . /app", "app/.env", ignored, "change the secret at its source"},
		{"ADD keys.tar /root/.ssh", "root/.ssh/id_rsa", ignored, ""},
		{"COPY ssh_host_rsa_key /etc/ssh/", "etc/ssh/ssh_host_rsa_key", ignored, ""},
		{"COPY tls /etc/ssl/private", "etc/ssl/private/ssl-cert-snakeoil.key", ignored, ""},
		{"RUN apt-get update && apt-get install -y openssh-server", "etc/ssh/ssh_host_rsa_key", made, "(ssh-keygen -A)"},
		{"RUN ssh-keygen -A", "etc/ssh/ssh_host_ed25519_key", made, "(ssh-keygen -A)"},
		{"RUN apt-get update && apt-get install -y postgresql", "etc/ssl/private/ssl-cert-snakeoil.key", made, "(make-ssl-cert generate-default-snakeoil)"},
		{"RUN openssl req -x509 -newkey rsa:2048 -nodes -keyout /etc/ssl/private/a.key -out /a.pem", "etc/ssl/private/a.key", made, "(openssl)"},
		{"RUN openssl genrsa -out /app/server-key.pem", "app/server-key.pem", made, "(openssl)"},
		{"RUN ssh-keygen -t ed25519 -N '' -f /root/.ssh/id_ed25519", "root/.ssh/id_ed25519", made, "(ssh-keygen)"},
		{"RUN echo \"$KEY\" > /root/.ssh/id_rsa && ssh-keyscan github.com >> /root/.ssh/known_hosts", "root/.ssh/id_rsa", given, "RUN --mount=type=secret"},
		{"RUN echo \"$KEY\" > /root/.ssh/id_rsa && ssh-keygen -y -f /root/.ssh/id_rsa > /root/.ssh/id_rsa.pub", "root/.ssh/id_rsa", given, "change the secret at its source"},
		{"RUN curl https://x | openssl enc -d -out /app/.env", "app/.env", given, ""},
		{"RUN npm login", "root/.npmrc", given, ""},
	} {
		b := rulestest.Build(test.by)
		got := advice.KeepOut(b, 0, test.name)
		if !strings.Contains(got, test.want) || !strings.Contains(got, test.also) || test.want != ignored && strings.Contains(got, ignored) {
			t.Errorf("%s, /%s: %q", test.by, test.name, got)
		}
		if unknown := advice.KeepOut(b, -1, test.name); !strings.Contains(unknown, ignored) {
			t.Errorf("unknown maker of /%s: %q", test.name, unknown)
		}
	}
}
