package source

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/redact"
)

func TestPasswordsAreNotShown(t *testing.T) {
	for text, want := range map[string]string{
		"opening registry:http://u:pw@127.0.0.1:1/x: no":          "opening registry:http://u:***@127.0.0.1:1/x: no",
		"write registry:u:pw@h/x":                                 "write registry:u:***@h/x",
		"nothing is listening at tcp://me:s3cr3t@127.0.0.1:1; do": "nothing is listening at tcp://me:***@127.0.0.1:1; do",
		"ssh://me@host:22 and me@host":                            "",
		"app:1@sha256:abc, h:5000/app:1.2@sha512:abc":             "",
		"https://a:b@h and https://c:d@i":                         "https://a:***@h and https://c:***@i",
		"localhost:5000/app:1":                                    "",
	} {
		if want == "" {
			want = text
		}
		if got := redact.Message(text); got != want {
			t.Errorf("%s\nbecomes %s", text, got)
		}
	}
}

func TestErrorsHoldNoPassword(t *testing.T) {
	t.Setenv("DOCKER_HOST", "tcp://u:SEKRETpw@127.0.0.1:1")
	for _, reference := range []string{"registry:http://u:SEKRETpw@127.0.0.1:1/x", "https://u:SEKRETpw@h/x", "docker://u:SEKRETpw@h/x", "oci-dir:u:SEKRETpw@h", "docker:foo:1", "oci:u:SEKRETpw@h"} {
		_, err := Open(t.Context(), reference, Options{Offline: true})
		if err == nil || strings.Contains(err.Error(), "SEKRET") {
			t.Errorf("%s: %v", reference, err)
		}
	}
}
