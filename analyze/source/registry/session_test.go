package registry_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// wantsToken makes a registry that asks for a token at some paths, and gives one
// to ann. asked are the scopes of the tokens it gave.
func wantsToken(t *testing.T, where func(path string) bool, scope string) (host string, asked func() []string) {
	t.Helper()
	var mu sync.Mutex
	var scopes []string
	var address string
	var open atomic.Bool
	address = sourcetest.Serve(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			user, password, _ := r.BasicAuth()
			switch {
			case r.URL.Path == "/token" && (user != "ann" || password != "secret"):
				w.WriteHeader(http.StatusUnauthorized)
				io.WriteString(w, `{"details":"incorrect username or password"}`)
			case r.URL.Path == "/token":
				mu.Lock()
				scopes = append(scopes, strings.Join(r.URL.Query()["scope"], " "))
				n := len(scopes)
				mu.Unlock()
				fmt.Fprintf(w, `{"access_token":"token%d"}`, n)
			case open.Load() && where(r.URL.Path) && !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer token"):
				w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+address+`/token",service="test"`+scope)
				w.WriteHeader(http.StatusUnauthorized)
			default:
				h.ServeHTTP(w, r)
			}
		})
	})
	sourcetest.Push(t, address+"/team/app:1", sourcetest.Sample())
	open.Store(true)
	return address, func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(scopes) }
}

// TestBearerChallenges: a challenge is answered wherever it is given, once.
func TestBearerChallenges(t *testing.T) {
	pull := "repository:team/app:pull"
	for what, test := range map[string]struct {
		where func(string) bool
		scope string
		want  []string
	}{
		"everywhere":      {func(string) bool { return true }, "", []string{pull}},
		"at the manifest": {func(path string) bool { return strings.Contains(path, "/manifests/") }, `,scope="` + pull + `"`, []string{pull}},
		"at blobs":        {func(path string) bool { return strings.Contains(path, "/blobs/") }, `,scope="other ` + pull + `"`, []string{"other " + pull}},
		"but at /v2/":     {func(path string) bool { return path != "/v2/" }, `,scope="more"`, []string{"more " + pull}},
	} {
		host, asked := wantsToken(t, test.where, test.scope)
		_, err := source.Open(context.Background(), "registry:"+host+"/team/app:1", source.Options{})
		if err == nil { // until a blob is wanted
			img := mustOpen(t, "registry:"+host+"/team/app:1", source.Options{})
			_, err = img.Layers[0].Open(context.Background())
		}
		sourcetest.WantError(t, err, "does not exist, or you have no access to it", "the token service "+host+" answers 401 Unauthorized: incorrect username or password", "docker login")
		sourcetest.AuthFilesOf(t, map[string]any{"runtime": map[string]any{"auths": map[string]any{host + "/team": map[string]string{"auth": sourcetest.Encoded("ann", "secret")}}}, "docker": map[string]any{}})
		sourcetest.CheckLayers(t, mustOpen(t, "registry:"+host+"/team/app:1", source.Options{}))
		if diff := cmp.Diff(test.want, asked()); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

// TestTokensRunOut: a token that is refused later is got anew.
func TestTokensRunOut(t *testing.T) {
	var address string
	var given atomic.Int64
	address = sourcetest.Serve(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method != http.MethodGet || address == "":
				h.ServeHTTP(w, r)
			case r.URL.Path == "/token":
				fmt.Fprintf(w, `{"token":"token%d"}`, given.Add(1))
			case strings.Contains(r.URL.Path, "/blobs/") && given.Load() == 1, r.Header.Get("Authorization") != fmt.Sprintf("Bearer token%d", given.Load()):
				w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+address+`/token"`)
				w.WriteHeader(http.StatusUnauthorized)
			default:
				h.ServeHTTP(w, r)
			}
		})
	})
	hold := address
	address = ""
	sourcetest.Push(t, hold+"/app:1", sourcetest.Sample())
	address = hold
	sourcetest.CheckLayers(t, mustOpen(t, "registry:"+hold+"/app:1", source.Options{}))
	if given.Load() != 2 {
		t.Errorf("%d tokens were given", given.Load())
	}
}

// TestWhatIsSaidOfErrors: an error is told as what it is, whoever answers and
// however much.
func TestWhatIsSaidOfErrors(t *testing.T) {
	long := strings.Repeat("x", 3*64<<10)
	for what, test := range map[string]struct {
		path, kind, encoding string
		status               int
		body                 string
		want                 []string
	}{
		"a page":            {"/manifests/", "text/html", "", 404, "<html>" + long, []string{"app has no such image (", "answers 404 Not Found with a web page, which is not how a registry answers", "check name and tag"}},
		"a login":           {"/manifests/", "text/html", "", 403, "<!doctype html><title>\n Sign\x1b in</title>" + long, []string{"you have no access to it", `403 Forbidden with a web page (Sign\x1b in)`}},
		"a login with 200":  {"/manifests/1", "text/html", "", 200, "<html><title>Sign in</title>", []string{"sends a web page (Sign in) instead of the manifest 1", "the proxy"}},
		"no registry":       {"/v2/", "text/html", "", 404, "<html>", []string{"is not a registry: it answers 404 Not Found with a web page at /v2/", "check the name"}},
		"nothing there":     {"/v2/", "", "", 404, "", []string{"is not a registry", "check the name"}},
		"too often":         {"/manifests/", "text/html", "", 429, "<html>" + long, []string{"received too many requests"}},
		"its own words":     {"/manifests/", "", "", 403, `{"errors":[{"code":"DENIED","message":"quota\nis up"}]}`, []string{"you have no access to it", "403 Forbidden: quota is up"}},
		"only a code":       {"/manifests/", "", "", 400, `{"errors":[{"code":"MANIFEST_INVALID"}]}`, []string{"400 Bad Request: MANIFEST_INVALID"}},
		"too many words":    {"/manifests/", "", "", 400, `{"message":"` + strings.Repeat("é", 2000) + `"}`, []string{"400 Bad Request: é", "…"}},
		"an encoding":       {"/manifests/", "", "gzip", 400, "\x1f\x8b\x08", []string{"400 Bad Request with a body in the encoding gzip, which tare did not ask for"}},
		"an encoding, 200":  {"/manifests/1", "", "br", 200, "\x1f\x8b\x08", []string{"sends a body in the encoding br", "instead of the manifest 1"}},
		"an encoded config": {"/blobs/" + sourcetest.Sample().ID().String(), "", "gzip", 200, "\x1f\x8b\x08", []string{"encoding gzip"}},
		"a proxy's page":    {"/manifests/", "text/html", "", 400, "<html>" + long, []string{"answers 400 Bad Request with a web page, which is not how a registry answers", "the proxy"}},
		"out of order":      {"/manifests/", "text/html", "", 501, "<html>" + long, []string{"answers 501 Not Implemented with a web page", "try again later"}},
		"in circles":        {"/manifests/", "", "", 307, "", []string{"redirects in a loop"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			var lie atomic.Bool
			host := sourcetest.Serve(t, func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if !lie.Load() || !strings.Contains(r.URL.Path, test.path) || test.path == "/v2/" && r.URL.Path != "/v2/" {
						h.ServeHTTP(w, r)
						return
					}
					for key, value := range map[string]string{"Content-Type": test.kind, "Content-Encoding": test.encoding} {
						if value != "" {
							w.Header().Set(key, value)
						}
					}
					if test.status == http.StatusTemporaryRedirect {
						w.Header().Set("Location", r.URL.Path)
					}
					if test.status == http.StatusTooManyRequests {
						w.Header().Set("Retry-After", "1000")
					}
					w.WriteHeader(test.status)
					io.WriteString(w, test.body)
				})
			})
			sourcetest.Push(t, host+"/app:1", sourcetest.Sample())
			lie.Store(true)
			img, err := source.Open(context.Background(), "registry:"+host+"/app:1", source.Options{})
			if err == nil {
				img.Close()
			}
			sourcetest.WantError(t, err, test.want...)
		})
	}
}

// TestTokenServiceErrors: what is wrong with a token service is told as that, and
// nothing of what may be a token.
func TestTokenServiceErrors(t *testing.T) {
	for what, test := range map[string]struct {
		realm  string
		status int
		body   string
		want   []string
	}{
		"a page":          {"/token", 200, "<title>Sign in</title>s3cret", []string{"answers with a web page (Sign in) instead of a token"}},
		"something else":  {"/token", 200, "s3cret", []string{"something other than a token"}},
		"none":            {"/token", 200, `{"tokens":"s3cret"}`, []string{"answers without a token"}},
		"too much":        {"/token", 200, `{"token":"` + strings.Repeat("s3cret", 20000) + `"}`, []string{"more than 64 KiB"}},
		"a header":        {"/token", 200, `{"token":"s3cret\r\nX: y"}`, []string{"answers without a token"}},
		"no access to it": {"/token", 403, `{"error":"access_denied"}`, []string{"you have no access to it", "the token service HOST answers 403 Forbidden: access_denied"}},
		"not there":       {"/token", 404, "", []string{"the token service HOST answers 404 Not Found"}},
		"nobody":          {"http://127.0.0.1:1/token", 200, "", []string{"no answer from the token service 127.0.0.1:1 of HOST", "refused"}},
		"another network": {"http://169.254.169.254/latest", 200, "", []string{"169.254.169.254, a private address", "--insecure 169.254.169.254"}},
		"another scheme":  {"file:///etc/passwd", 200, "", []string{"does not say where to get one"}},
		"no realm":        {"", 200, "", []string{"does not say where to get one"}},
		"redirects":       {"/redirect", 200, "", []string{"169.254.169.254, a private address"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(nil)
			server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/token":
					w.WriteHeader(test.status)
					io.WriteString(w, test.body)
				case "/redirect":
					http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
				default:
					realm := test.realm
					if strings.HasPrefix(realm, "/") {
						realm = "http://" + r.Host + realm
					}
					w.Header().Set("WWW-Authenticate", `Bearer realm="`+realm+`"`)
					w.WriteHeader(http.StatusUnauthorized)
				}
			})
			server.Start()
			t.Cleanup(server.Close)
			host := strings.TrimPrefix(server.URL, "http://")
			_, err := source.Open(context.Background(), "registry:"+host+"/app:1", source.Options{})
			for i := range test.want {
				test.want[i] = strings.ReplaceAll(test.want[i], "HOST", host)
			}
			sourcetest.WantError(t, err, test.want...)
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("a token is shown: %v", err)
			}
		})
	}
}
