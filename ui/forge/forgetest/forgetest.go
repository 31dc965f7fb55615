// Package forgetest has fakes of the APIs of GitHub and GitLab. They answer as the documentation
// says: in pages with a Link header, with the message and headers of each refusal, and for each
// token only what its owner may do. Fault makes them go wrong in other ways.
package forgetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Comment is a comment or a note. Author is a login or, on GitLab, the owner of a
// token.
type Comment struct {
	ID     int64
	Body   string
	Author string
	Bot    bool
	System bool // of GitLab: not written by anybody
}

// Person is who a token belongs to.
type Person struct {
	Name  string
	Bot   bool // GitHub: an app, as behind the token of a job
	Write bool
	Job   bool // GitLab: a job's own token
}

// API is a fake. Its fields may be changed before the first request, its methods
// called at any time.
type API struct {
	URL     string
	Tokens  map[string]Person
	PerPage int // at most; 0 for what is asked for

	mu        sync.Mutex
	comments  []Comment
	next      int64
	requests  []string
	tokens    []string // that came with each request, "" for none
	fault     func(n int, r *http.Request) http.HandlerFunc
	artifacts []Artifact
}

// SetFault lets the API answer with what a function returns, where that is no nil. n counts
// the requests from 1 on.
func (a *API) SetFault(fault func(n int, r *http.Request) http.HandlerFunc) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fault = fault
}

// SetArtifacts says what is served as GitHub's list and zips, or GitLab's files.
func (a *API) SetArtifacts(artifacts []Artifact) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.artifacts = artifacts
}

// Kept returns the artifacts.
func (a *API) Kept() []Artifact {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Artifact{}, a.artifacts...)
}

// Artifact is a file that an earlier run kept.
type Artifact struct {
	Name, File, Branch string
	Fork, Expired      bool
	Content            []byte
	At                 time.Time
}

func start(t testing.TB, a *API, routes http.Handler, tokenOf func(*http.Request) string) *API {
	a.next = 100
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.requests = append(a.requests, r.Method+" "+r.URL.RequestURI())
		a.tokens = append(a.tokens, tokenOf(r))
		n, fault := len(a.requests), a.fault
		a.mu.Unlock()
		if fault != nil {
			if answer := fault(n, r); answer != nil {
				answer(w, r)
				return
			}
		}
		routes.ServeHTTP(w, r)
	}))
	a.URL = "http://" + server.Listener.Addr().String() // before anything is served
	server.Start()
	t.Cleanup(server.Close)
	return a
}

// Add puts a comment there.
func (a *API) Add(c Comment) Comment {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c.ID == 0 {
		a.next++
		c.ID = a.next
	}
	a.comments = append(a.comments, c)
	return c
}

// Comments returns what is there, the oldest first.
func (a *API) Comments() []Comment {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Comment{}, a.comments...)
}

// Requests returns each request as its method and address.
func (a *API) Requests() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string{}, a.requests...)
}

// SawToken reports whether a request brought a token.
func (a *API) SawToken() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Join(a.tokens, "") != ""
}

func (a *API) change(id int64, body string) (c Comment, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range a.comments {
		if a.comments[i].ID == id {
			a.comments[i].Body = body
			return a.comments[i], true
		}
	}
	return c, false
}

func (a *API) find(id int64) (c Comment, ok bool) {
	for _, c := range a.Comments() {
		if c.ID == id {
			return c, true
		}
	}
	return c, false
}

// Remove takes a comment away.
func (a *API) Remove(id int64) (ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range a.comments {
		if a.comments[i].ID == id {
			a.comments = append(a.comments[:i:i], a.comments[i+1:]...)
			return true
		}
	}
	return false
}

// page writes one page of a list with the header that leads to the next.
func page[T any](a *API, w http.ResponseWriter, r *http.Request, all []T, wrap func([]T) any) {
	size := number(r.URL.Query().Get("per_page"), 30)
	if a.PerPage > 0 {
		size = min(size, a.PerPage)
	}
	size = min(size, 100)
	at := number(r.URL.Query().Get("page"), 1)
	from, to := min((at-1)*size, len(all)), min(at*size, len(all))
	var links []string
	link := func(page int, rel string) {
		query := r.URL.Query()
		query.Set("page", strconv.Itoa(page))
		links = append(links, fmt.Sprintf(`<%s%s?%s>; rel="%s"`, a.URL, r.URL.EscapedPath(), query.Encode(), rel))
	}
	if at > 1 {
		link(at-1, "prev")
	}
	if to < len(all) {
		link(at+1, "next")
		link((len(all)+size-1)/size, "last")
	}
	link(1, "first")
	w.Header().Set("Link", strings.Join(links, ", "))
	Answer(http.StatusOK, wrap(all[from:to]))(w, r)
}

func number(text string, otherwise int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return otherwise
	}
	return n
}

// Answer answers with a status and JSON, under headers in pairs.
func Answer(status int, body any, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		if status != http.StatusNoContent {
			_ = json.NewEncoder(w).Encode(body) // a client that went away is none of the test's
		}
	}
}

// Text answers with a status and what is no JSON.
func Text(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
}

// Redirect answers with a redirect.
func Redirect(status int, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
}

// Stall answers nothing until the client goes away.
func Stall(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// Cut ends the connection before an answer.
func Cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
