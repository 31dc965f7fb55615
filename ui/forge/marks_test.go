package forge_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tare-oci/tare/ui/forge"
	"github.com/tare-oci/tare/ui/forge/forgetest"
)

// TestKeysThatLookAlike keeps one comment for each key, however alike the keys are.
func TestKeysThatLookAlike(t *testing.T) {
	long := strings.Repeat("k", 100)
	keys := []string{"web-api", "web_api", "web api", "web  api", "web--api", "веб", "网", "_", "a-->b", long, long + "1", long + "2", "image/a", "-"}
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		for _, want := range []forge.Did{forge.Created, forge.Unchanged} { // the second time each finds its own
			for _, key := range keys {
				done, err := w.job(t).Keep(t.Context(), key, "body of "+key)
				if err != nil || done.Did != want {
					t.Errorf("%q: %q, %v, want %q", key, done.Did, err, want)
				}
			}
		}
		for _, c := range api.Comments() {
			first, _, _ := strings.Cut(c.Body, "\n")
			if inner := strings.TrimSuffix(strings.TrimPrefix(first, "<!--"), "-->"); strings.Contains(inner, "--") || len(first) > 160 {
				t.Errorf("the mark is no comment of HTML: %q", first)
			}
		}
	})
}

// TestCommentOfAnOlderMark finds the comment that a version before this wrote for a plain key.
func TestCommentOfAnOlderMark(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		for _, key := range []string{"web_api", "shop/api.2", ""} {
			name := key
			if name == "" {
				name = "image"
			}
			if _, err := w.job(t).Keep(t.Context(), key, "x"); err != nil {
				t.Fatal(err)
			}
			all := api.Comments()
			if last := all[len(all)-1].Body; !strings.HasPrefix(last, "<!-- tare comment "+name+" -->\n") {
				t.Errorf("%q: %q", key, last)
			}
		}
	})
}

// TestTokenIsNeverTold answers with the token where it is not looked for: in the address of the
// comment, and in JSON that spells it in escapes.
func TestTokenIsNeverTold(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		token := w.env["GITHUB_TOKEN"] + w.env["GITLAB_TOKEN"]
		escaped := `\u00` + hexOf(token[0]) + token[1:]
		for _, body := range []string{
			`{"message":{"a":["x ` + escaped + `"]}}`, `{"error":{"` + escaped + `":1}}`, `{"message":"` + escaped + `"}`, `{"message":["` + escaped + `"]}`,
			`{"errors":[{"message":"` + escaped + `"}]}`, token,
		} {
			api.SetFault(writes(forgetest.Text(http.StatusForbidden, body)))
			_, err := w.job(t).Keep(t.Context(), "image", "x")
			if err == nil || strings.Contains(err.Error(), token[1:]) || strings.Contains(err.Error(), `\u00`) {
				t.Errorf("%s: %v", body, err)
			}
		}
		api.SetFault(writes(forgetest.Text(http.StatusCreated, `{"id":1,"html_url":"https://forge.example/`+token+`/1"}`)))
		if done, err := w.job(t).Keep(t.Context(), "image", "x"); err != nil || strings.Contains(done.URL, token) {
			t.Errorf("%q, %v", done.URL, err)
		}
	})
}

func hexOf(c byte) string { return string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]) }
