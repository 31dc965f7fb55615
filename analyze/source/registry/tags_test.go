package registry_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/registry"
)

// tagServer answers /tags/list by a function of the query's "last".
func tagServer(t *testing.T, answer func(w http.ResponseWriter, last string)) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v2/":
		case "/v2/org/app/tags/list":
			answer(w, r.URL.Query().Get("last"))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://") + "/org/app"
}

func page(w http.ResponseWriter, next string, tags ...string) {
	if next != "" {
		w.Header().Set("Link", "<"+next+`>; rel="next"`)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"name": "org/app", "tags": tags})
}

func TestTagsOfAllPages(t *testing.T) {
	repository := tagServer(t, func(w http.ResponseWriter, last string) {
		switch last {
		case "":
			page(w, "/v2/org/app/tags/list?last=b&n=2", "a", "b")
		case "b":
			page(w, "http://elsewhere.example/v2/other/tags/list?last=c", "c", "not a tag")
		case "c":
			page(w, "", "d")
		}
	})
	got, err := registry.Tags(t.Context(), repository, image.Options{})
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

// TestTagsEnd: whatever a registry answers, the listing ends, with one line.
func TestTagsEnd(t *testing.T) {
	t.Parallel()
	many := make([]string, 1000)
	for i := range many {
		many[i] = fmt.Sprint("v", i)
	}
	n := 0
	for name, row := range map[string]struct {
		answer func(w http.ResponseWriter, last string)
		want   string // in the error; "" for none
	}{
		"the same page again": {func(w http.ResponseWriter, _ string) { page(w, "/v2/org/app/tags/list?last=x", "a") }, ""},
		"pages without end": {func(w http.ResponseWriter, _ string) {
			n++
			page(w, fmt.Sprint("/v2/org/app/tags/list?last=", n), many...)
		}, "more than 20,000 tags"},
		"a web page":      {func(w http.ResponseWriter, _ string) { fmt.Fprint(w, "<html>log in</html>") }, "does not answer with a list of tags"},
		"too long":        {func(w http.ResponseWriter, _ string) { fmt.Fprint(w, strings.Repeat(" ", 17<<20)) }, "more than 20,000 tags; name the images"},
		"not there":       {func(w http.ResponseWriter, _ string) { http.NotFound(w, nil) }, "has no such image"},
		"null in a list":  {func(w http.ResponseWriter, _ string) { fmt.Fprint(w, `{"tags": null}`) }, ""},
		"another's shape": {func(w http.ResponseWriter, _ string) { fmt.Fprint(w, `{"tags": {"a": 1}}`) }, "does not answer with a list of tags"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := registry.Tags(t.Context(), tagServer(t, row.answer), image.Options{})
			switch {
			case row.want == "" && err != nil:
				t.Error(err)
			case row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "\n")):
				t.Errorf("%v, want %q", err, row.want)
			}
		})
	}
}

// catalogServer answers /v2/_catalog by a function of the query's "last".
func catalogServer(t *testing.T, answer func(w http.ResponseWriter, last string)) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v2/":
		case "/v2/_catalog":
			answer(w, r.URL.Query().Get("last"))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestRepositoriesOfAllPages(t *testing.T) {
	names := func(w http.ResponseWriter, next string, all ...string) {
		if next != "" {
			w.Header().Set("Link", "<"+next+`>; rel="next"`)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"repositories": all})
	}
	host := catalogServer(t, func(w http.ResponseWriter, last string) {
		if last == "" {
			names(w, "/v2/_catalog?last=x&n=2", "team/app", "../etc", "x")
			return
		}
		names(w, "", "team/Zeta", "team/zeta")
	})
	got, err := registry.Repositories(t.Context(), host, nil, image.Options{})
	if diff := cmp.Diff([]string{"team/app", "x", "team/zeta"}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

// TestMillionRepositories: of a catalogue of a million names those are taken that somebody wants, and where these
// are too many, the error says what to do.
func TestMillionRepositories(t *testing.T) {
	t.Parallel()
	pages, want := 0, imagetest.Rounds(110, 110, 1000) // of a thousand; 110,000 are past the bound, too
	host := catalogServer(t, func(w http.ResponseWriter, last string) {
		first, _ := strconv.Atoi(last)
		pages++
		if first+1000 < 1000*want {
			w.Header().Set("Link", fmt.Sprintf(`</v2/_catalog?last=%d>; rel="next"`, first+1000))
		}
		var b strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&b, `,"team%d/app%d"`, (first+i)%1000, first+i)
		}
		fmt.Fprintf(w, `{"repositories":[%s]}`, b.String()[1:])
	})
	got, err := registry.Repositories(t.Context(), host, func(path string) bool { return strings.HasPrefix(path, "team7/") }, image.Options{})
	if len(got) != want || err != nil || pages != want {
		t.Errorf("%d repositories of %d pages, %v", len(got), pages, err)
	}
	pages = 0
	_, err = registry.Repositories(t.Context(), host, nil, image.Options{})
	refusal := "listing the repositories of " + host + ": more than 100,000 of its repositories fit; take a part of them with a pattern, as in " + host + "/team/*:*, or name them in a list"
	if err == nil || err.Error() != refusal || pages > 102 {
		t.Errorf("%v after %d pages", err, pages)
	}
}

// TestNamesThatNobodyCanHave: what is left out of a list is told, with the first of it on one line.
func TestNamesThatNobodyCanHave(t *testing.T) {
	var said []string
	opt := image.Options{PassedOver: func(note string) { said = append(said, note) }}
	host := tagServer(t, func(w http.ResponseWriter, last string) {
		if last == "" {
			page(w, "/v2/org/app/tags/list?last=x", "v1", "no tag\nat all", "v2")
			return
		}
		page(w, "", "a/b", "v3")
	})
	got, err := registry.Tags(t.Context(), host, opt)
	if diff := cmp.Diff([]string{"v1", "v2", "v3"}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	want := []string{"tags of " + host + ` left out, since no image can have such a name: 2, the first is "no tag\nat all"`}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
}

// TestNoCatalogue: a registry that lists nothing is told so in one line, with what to do.
func TestNoCatalogue(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusUnauthorized, http.StatusMethodNotAllowed} {
		host := catalogServer(t, func(w http.ResponseWriter, _ string) { w.WriteHeader(status) })
		_, err := registry.Repositories(t.Context(), host, nil, image.Options{})
		if err == nil || !strings.Contains(err.Error(), "does not list its repositories") || !strings.Contains(err.Error(), "name the repositories") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%d: %v", status, err)
		}
	}
}
