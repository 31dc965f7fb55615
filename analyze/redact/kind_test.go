package redact

import (
	"strings"
	"testing"
)

// TestKinds: what a secret is stands in its own beginning or in the name before it, and
// what is no secret has no kind.
func TestKinds(t *testing.T) {
	pem := "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----"
	for text, want := range map[string]string{
		"ENV AWS_ACCESS_KEY_ID=AKIA" + "2E0A8F3B1C9D7E5F":                          "an AWS key",
		"ENV AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz9q2LkT":         "an AWS key",
		"RUN git clone https://x:ghp_" + "a8Jd02Kq7LmZx93VbNcT51Rw@github.com/a/b": "a GitHub token",
		"ENV NPM_TOKEN=npm_" + "a8Jd02Kq7LmZx93VbNcT51RwYu64Pe":                    "an npm token",
		"ENV SOME_TOKEN=zq81hd72kd":                                                "a token",
		"ENV DB_PASSWORD=hunter22":                                                 "a password",
		"RUN app --password hunter22xyz":                                           "a password",
		"RUN echo '" + pem + "' > key":                                             "a private key",
		"ENV STRIPE_API_KEY=abc123def456":                                          "an API key",
		"ENV X=sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc":                              "a Stripe key",
		"ENV PATH=/usr/bin:/bin":                                                   "",
		"ENV TOKEN_FILE=/run/secrets/t":                                            "",
		"RUN apt-get install -y nginx":                                             "",
		"ENV A_PASSWORD=hunter22 B_TOKEN=zq81hd72kd C_PASSWORD=hunter33":           "a password, a token",
	} {
		if got := strings.Join(Mask{}.Kinds(text), ", "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
