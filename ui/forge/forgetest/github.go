package forgetest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// The tokens that GitHub's fake knows: of a job in the repository, of a job of a pull
// request from a fork, and of a person.
const (
	JobToken    = "ghs_theJobsTokenWhichNobodyMaySee000000"
	ForkToken   = "ghs_aForksTokenWhichNobodyMaySee0000000"
	PersonToken = "ghp_aPersonsTokenWhichNobodyMaySee00000"
)

// Repository is the one that both fakes have.
const Repository = "shop/api"

// PullRequest is its only pull request, and merge request.
const PullRequest = 7

// GitHub starts a fake of GitHub's API with one pull request.
func GitHub(t testing.TB) *API {
	a := &API{Tokens: map[string]Person{
		JobToken:    {Name: "github-actions[bot]", Bot: true, Write: true},
		ForkToken:   {Name: "github-actions[bot]", Bot: true},
		PersonToken: {Name: "octavia", Write: true},
	}}
	mux := http.NewServeMux()
	issue := fmt.Sprintf("/repos/%s/issues/%d/comments", Repository, PullRequest)
	mux.HandleFunc("GET /user", a.gitHub(false, a.user))
	mux.HandleFunc("GET "+issue, a.gitHub(false, func(w http.ResponseWriter, r *http.Request, _ Person) {
		page(a, w, r, a.Comments(), func(some []Comment) any { return each(some, a.gitHubComment) })
	}))
	mux.HandleFunc("POST "+issue, a.gitHub(true, a.gitHubCreate))
	mux.HandleFunc("PATCH /repos/"+Repository+"/issues/comments/{id}", a.gitHub(true, a.gitHubUpdate))
	mux.HandleFunc("DELETE /repos/"+Repository+"/issues/comments/{id}", a.gitHub(true, func(w http.ResponseWriter, r *http.Request, _ Person) {
		if id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64); !a.Remove(id) {
			notFound(w, r)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	mux.HandleFunc("GET /repos/"+Repository+"/actions/artifacts", a.gitHub(false, a.gitHubArtifacts))
	mux.HandleFunc("GET /repos/"+Repository+"/actions/artifacts/{id}/zip", a.gitHub(false, func(w http.ResponseWriter, r *http.Request, _ Person) {
		Redirect(http.StatusFound, a.URL+"/storage/"+r.PathValue("id"))(w, r)
	}))
	mux.HandleFunc("GET /storage/{id}", a.storage)
	mux.HandleFunc("/", notFound)
	return start(t, a, mux, func(r *http.Request) string { return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") })
}

var notFound = Answer(http.StatusNotFound, map[string]string{"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"})

// gitHub wraps a route with what GitHub asks of every request.
func (a *API) gitHub(writes bool, route func(http.ResponseWriter, *http.Request, Person)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, known := a.Tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
		switch {
		case r.Header.Get("User-Agent") == "":
			Text(http.StatusForbidden, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")(w, r)
		case r.Header.Get("X-GitHub-Api-Version") != "2022-11-28":
			Answer(http.StatusBadRequest, map[string]string{"message": "The version is not supported."})(w, r)
		case !known:
			Answer(http.StatusUnauthorized, map[string]string{"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest", "status": "401"})(w, r)
		case writes && !who.Write:
			Answer(http.StatusForbidden, map[string]string{"message": "Resource not accessible by integration", "status": "403"},
				"X-Accepted-GitHub-Permissions", "issues=write; pull_requests=write")(w, r)
		default:
			route(w, r, who)
		}
	}
}

func (a *API) user(w http.ResponseWriter, r *http.Request, who Person) {
	if who.Bot {
		Answer(http.StatusForbidden, map[string]string{"message": "Resource not accessible by integration", "status": "403"})(w, r)
		return
	}
	Answer(http.StatusOK, map[string]any{"login": who.Name, "type": "User", "id": 1})(w, r)
}

func (a *API) gitHubComment(c Comment) any {
	kind := "User"
	if c.Bot {
		kind = "Bot"
	}
	return map[string]any{
		"id": c.ID, "body": c.Body, "user": map[string]any{"login": c.Author, "type": kind},
		"html_url": fmt.Sprintf("https://github.com/%s/pull/%d#issuecomment-%d", Repository, PullRequest, c.ID),
	}
}

func (a *API) gitHubCreate(w http.ResponseWriter, r *http.Request, who Person) {
	if body, ok := gitHubBody(w, r); ok {
		made := a.Add(Comment{Body: body, Author: who.Name, Bot: who.Bot})
		Answer(http.StatusCreated, a.gitHubComment(made))(w, r)
	}
}

func (a *API) gitHubUpdate(w http.ResponseWriter, r *http.Request, _ Person) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if _, ok := a.find(id); !ok {
		notFound(w, r)
		return
	}
	if body, ok := gitHubBody(w, r); ok {
		c, _ := a.change(id, body)
		Answer(http.StatusOK, a.gitHubComment(c))(w, r)
	}
}

// gitHubBody reads the body of a comment, or says what is wrong with it.
func gitHubBody(w http.ResponseWriter, r *http.Request) (string, bool) {
	var in struct{ Body string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		Answer(http.StatusBadRequest, map[string]string{"message": "Problems parsing JSON"})(w, r)
		return "", false
	}
	if in.Body == "" || utf8.RuneCountInString(in.Body) > 65_536 {
		TooLong(w, r)
		return "", false
	}
	return in.Body, true
}

// TooLong is what GitHub answers to a comment that it does not take.
var TooLong = Answer(http.StatusUnprocessableEntity, map[string]any{"message": "Validation Failed", "errors": []any{map[string]string{
	"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": "Body is too long (maximum is 65536 characters)",
}}})

func (a *API) gitHubArtifacts(w http.ResponseWriter, r *http.Request, _ Person) {
	var all []any
	for i, kept := range a.Kept() {
		if name := r.URL.Query().Get("name"); name != "" && name != kept.Name {
			continue
		}
		head := 1
		if kept.Fork {
			head = 2
		}
		all = append(all, map[string]any{
			"id": i + 1, "name": kept.Name, "expired": kept.Expired, "created_at": kept.At,
			"workflow_run": map[string]any{"id": i + 50, "head_branch": kept.Branch, "head_sha": fmt.Sprintf("%040x", i+1), "repository_id": 1, "head_repository_id": head},
		})
	}
	page(a, w, r, all, func(some []any) any { return map[string]any{"total_count": len(all), "artifacts": some} })
}

// storage is where GitHub keeps artifacts: another host, which is sent no token.
func (a *API) storage(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	if id < 1 || id > len(a.Kept()) {
		http.NotFound(w, r)
		return
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	file, err := z.Create(a.Kept()[id-1].File)
	if err == nil {
		_, err = file.Write(a.Kept()[id-1].Content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(packed.Bytes())
}

func each[T, U any](all []T, of func(T) U) []U {
	out := make([]U, len(all))
	for i := range all {
		out[i] = of(all[i])
	}
	return out
}
