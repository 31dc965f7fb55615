package registry

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// minSecret is the length in bytes from which a secret is looked for in a server's words. A
// shorter one would be found in half of all words, and stars in its place would tell it.
const minSecret = 3

// secrets are the texts that no error may repeat, the longest first. A server or a proxy may
// answer with the request that it got.
type secrets []string

// secretsKey is the key of a request's secrets in its context.
type secretsKey struct{}

// withSecrets returns a context for requests that are made with a credential.
func withSecrets(ctx context.Context, c credential) context.Context {
	return context.WithValue(ctx, secretsKey{}, c)
}

// secretsOf are what a request was sent with, or could have been.
func secretsOf(request *http.Request) secrets {
	if request == nil {
		return nil
	}
	c, _ := request.Context().Value(secretsKey{}).(credential)
	known := []string{c.password, c.identity, c.token}
	if c.user != "" && c.password != "" {
		known = append(known, encodings(c.user+":"+c.password)...)
	}
	_, sent, _ := strings.Cut(request.Header.Get("Authorization"), " ")
	known = append(known, strings.TrimRight(sent, "="))
	for _, secret := range known[:len(known):len(known)] {
		known = append(known, url.QueryEscape(secret), url.PathEscape(secret))
	}
	known = slices.DeleteFunc(known, func(secret string) bool { return len(secret) < minSecret })
	slices.SortFunc(known, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	return slices.Compact(known)
}

// encodings are the forms in which a login is sent, without the padding.
func encodings(login string) []string {
	return []string{login, base64.RawStdEncoding.EncodeToString([]byte(login)), base64.RawURLEncoding.EncodeToString([]byte(login))}
}

// mask replaces each secret in a text. It has to come before the text is cut, and after
// escapes are decoded.
func (s secrets) mask(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}
