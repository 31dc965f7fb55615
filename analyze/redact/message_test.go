package redact

import "testing"

func TestMessage(t *testing.T) {
	for text, want := range map[string]string{
		"fetching the token: unexpected status 401":                             "",
		"--deny baked-in-secrets: there is no such rule; is it baked-in-secret": "",
		"open /tmp/Xk29dkPq81LmWq7Z/image.tar: no such file":                    "",
		"unknown instruction \"TOKEN=hunter2\"":                                 "unknown instruction \"TOKEN=***\"",
		"GET https://me:correct@example.org/v2/: 401":                           "GET https://me:***@example.org/v2/: 401",
		"helper says: password=hunter2hunter2":                                  "helper says: password=***",
		"opening me:correct@example.org/app:1@sha256:0d1f":                      "opening me:***@example.org/app:1@sha256:0d1f",
		"ghp_0123456789abcdefghijABCDEFGHIJ012345 is refused":                   "*** is refused",
	} {
		if want == "" {
			want = text
		}
		if got := Message(text); got != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", text, got, want)
		}
	}
}
