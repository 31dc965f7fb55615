package forgetest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"testing"
	"unicode/utf8"
)

// The tokens that GitLab's fake knows: of the project, and of a job.
const (
	ProjectToken = "glpat-theProjectsTokenWhichNobodyMaySee"
	GitLabJob    = "glcbt-theJobsTokenWhichNobodyMaySee0000"
)

// Project is the number of the only one.
const Project = "42"

// GitLab starts a fake of GitLab's API with one merge request.
func GitLab(t testing.TB) *API {
	a := &API{Tokens: map[string]Person{
		ProjectToken: {Name: "project_42_bot", Write: true},
		GitLabJob:    {Name: "octavia", Job: true},
	}}
	mux := http.NewServeMux()
	notes := fmt.Sprintf("/api/v4/projects/%s/merge_requests/%d/notes", Project, PullRequest)
	mux.HandleFunc("GET /api/v4/user", a.gitLab(false, func(w http.ResponseWriter, r *http.Request, who Person) {
		if who.Job {
			unauthorized(w, r)
			return
		}
		Answer(http.StatusOK, map[string]any{"id": idOf(who.Name), "username": who.Name})(w, r)
	}))
	mux.HandleFunc("GET "+notes, a.gitLab(false, func(w http.ResponseWriter, r *http.Request, _ Person) {
		page(a, w, r, a.Comments(), func(some []Comment) any { return each(some, note) })
	}))
	mux.HandleFunc("POST "+notes, a.gitLab(true, func(w http.ResponseWriter, r *http.Request, who Person) {
		if body, ok := noteBody(w, r); ok {
			Answer(http.StatusCreated, note(a.Add(Comment{Body: body, Author: who.Name})))(w, r)
		}
	}))
	mux.HandleFunc("PUT "+notes+"/{id}", a.gitLab(true, func(w http.ResponseWriter, r *http.Request, who Person) {
		id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
		switch c, ok := a.find(id); {
		case !ok:
			noNote(w, r)
		case c.Author != who.Name:
			Answer(http.StatusForbidden, map[string]string{"message": "403 Forbidden"})(w, r)
		default:
			if body, ok := noteBody(w, r); ok {
				c, _ := a.change(id, body)
				Answer(http.StatusOK, note(c))(w, r)
			}
		}
	}))
	mux.HandleFunc("DELETE "+notes+"/{id}", a.gitLab(true, func(w http.ResponseWriter, r *http.Request, _ Person) {
		if id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64); !a.Remove(id) {
			noNote(w, r)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	mux.HandleFunc("GET /api/v4/projects/"+Project+"/jobs/artifacts/{branch}/raw/{file...}", a.gitLab(false, func(w http.ResponseWriter, r *http.Request, _ Person) {
		for _, kept := range a.Kept() {
			if kept.Branch == r.PathValue("branch") && kept.File == r.PathValue("file") && kept.Name == r.URL.Query().Get("job") {
				_, _ = w.Write(kept.Content)
				return
			}
		}
		Answer(http.StatusNotFound, map[string]string{"message": "404 Not Found"})(w, r)
	}))
	mux.HandleFunc("/", Answer(http.StatusNotFound, map[string]string{"message": "404 Project Not Found"}))
	return start(t, a, mux, func(r *http.Request) string {
		return cmp.Or(r.Header.Get("PRIVATE-TOKEN"), r.Header.Get("JOB-TOKEN"))
	})
}

var (
	unauthorized = Answer(http.StatusUnauthorized, map[string]string{"message": "401 Unauthorized"})
	noNote       = Answer(http.StatusNotFound, map[string]string{"message": "404 Note Not Found"})
)

// gitLab wraps a route with what a token may do: a job's reads notes and artifacts.
func (a *API) gitLab(writes bool, route func(http.ResponseWriter, *http.Request, Person)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, known := a.Tokens[r.Header.Get("PRIVATE-TOKEN")]
		if job, isJob := a.Tokens[r.Header.Get("JOB-TOKEN")]; isJob && job.Job {
			who, known = job, true
		}
		switch {
		case !known, writes && who.Job:
			unauthorized(w, r)
		case writes && !who.Write:
			Answer(http.StatusForbidden, map[string]any{"error": "insufficient_scope", "error_description": "The request requires higher privileges than provided by the access token.", "scope": "api"})(w, r)
		default:
			route(w, r, who)
		}
	}
}

func note(c Comment) any {
	return map[string]any{
		"id": c.ID, "body": c.Body, "system": c.System,
		"author": map[string]any{"id": idOf(c.Author), "username": c.Author},
	}
}

// idOf numbers people.
func idOf(name string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(name))
	return h.Sum32()
}

func noteBody(w http.ResponseWriter, r *http.Request) (string, bool) {
	var in struct{ Body string }
	switch err := json.NewDecoder(r.Body).Decode(&in); {
	case err != nil || in.Body == "":
		Answer(http.StatusBadRequest, map[string]string{"message": `400 (Bad request) "body" not given`})(w, r)
	case utf8.RuneCountInString(in.Body) > 1_000_000:
		Answer(http.StatusBadRequest, map[string]any{"message": map[string]any{"note": []string{"is too long (maximum is 1000000 characters)"}}})(w, r)
	default:
		return in.Body, true
	}
	return "", false
}
