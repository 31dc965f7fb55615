package registry_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestErrorsRepeatNoSecret has a registry and its token service answer with all that they were
// sent, in each form in which an error repeats a server's words. The secrets are made up.
func TestErrorsRepeatNoSecret(t *testing.T) {
	const user, password, token, bearer, identity = "bob", `s3cr3t"PW/made+up`, "TOKmadeup", "BEARERmadeup", "IDENTITYmadeup"
	all := strings.Join([]string{"bad", password, "Basic", sourcetest.Encoded(user, password), user + ":" + password, url.QueryEscape(password), token, bearer, identity}, " ")
	escaped := ""
	for _, c := range all {
		escaped += fmt.Sprintf(`\u%04x`, c)
	}
	forms := map[string]string{
		"a registry's JSON": `{"errors":[{"code":"DENIED","message":"` + escaped + `"}]}`, "a token service's JSON": `{"error_description":"` + escaped + `"}`,
		"cut within a secret": `{"message":"` + strings.Repeat("x", 145) + escaped + `"}`, "a page": "<html><title>" + all + "</title></html>",
	}
	for name, auth := range map[string]map[string]string{
		"a login": {"auth": sourcetest.Encoded(user, password)}, "a token": {"registrytoken": token}, "a refresh token": {"auth": sourcetest.Encoded("x", ""), "identitytoken": identity},
	} {
		secret := map[string]string{"a login": "3cr3t", "a token": "OKmadeup", "a refresh token": "DENTITYmadeup"}[name]
		turn := map[string]int{"a login": 0, "a token": 1, "a refresh token": 2}[name]
		for form, body := range forms {
			for i, status := range []int{401, 403, 404, 418, 500, 200} {
				for j, where := range []string{"/token", "/v2/app/manifests/1", "/v2/"} {
					if (i+j+turn)%3 > 0 && imagetest.Rounds(0, 0, 1) == 0 {
						continue // every answer at every place meets one of the three
					}
					var server *httptest.Server
					server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						switch {
						case r.URL.Path == where && (where != "/v2/app/manifests/1" || r.Header.Get("Authorization") != ""):
							w.WriteHeader(status)
							fmt.Fprint(w, body)
						case r.URL.Path == "/token":
							fmt.Fprintf(w, `{"token":%q}`, bearer)
						default:
							w.Header().Set("WWW-Authenticate", `Bearer realm="`+server.URL+`/token",service="x"`)
							w.WriteHeader(http.StatusUnauthorized)
						}
					}))
					host := strings.TrimPrefix(server.URL, "http://")
					sourcetest.AuthFilesOf(t, map[string]any{"docker": map[string]any{"auths": map[string]any{host: auth}}})
					_, err := source.Open(t.Context(), "registry:"+host+"/app:1", source.Options{})
					server.Close()
					if err == nil {
						t.Errorf("%s, %s, %d at %s: no error", name, form, status, where)
						continue
					}
					check := []string{secret}
					if name == "a login" {
						check = append(check, sourcetest.Encoded(user, password)[1:20])
					}
					if where == "/v2/app/manifests/1" && name != "a token" { // the token service gave one
						check = append(check, "EARERmadeup")
					}
					for _, part := range check {
						if strings.Contains(err.Error(), part) {
							t.Errorf("%s, %s, %d at %s: %v", name, form, status, where, err)
						}
					}
				}
			}
		}
	}
}
