package forge

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tare-oci/tare/analyze/httpretry"
)

// ErrRights marks a failure that more rights would cure: a token that may only
// read, as that of a pull request from a fork, or no token at all.
var ErrRights = errors.New("no permission to do that")

// ErrAbsent marks what is not there, or not to be seen with this token.
var ErrAbsent = errors.New("no such thing")

// refusedError is an answer that says no.
type refusedError struct {
	act, forge string
	status     int
	said       string        // the server's message in one line, without the token
	needs      string        // permissions that GitHub names
	cure       string        // what to do where the token has no right; "" for a comment's
	limited    bool          // asked too often
	wait       time.Duration // what the server asks for; 0 for nothing
}

// maxToldWait is the longest wait that a person is told as a figure. What is longer comes of a
// clock or a header that is wrong.
const maxToldWait = 24 * time.Hour

func (e *refusedError) Error() string {
	text := fmt.Sprintf("%s: %s answers %d %s", e.act, e.forge, e.status, http.StatusText(e.status))
	if e.said != "" {
		text += ": " + e.said
	}
	if e.needs != "" {
		text += " (it needs " + e.needs + ")"
	}
	switch {
	case e.limited && e.wait > maxToldWait:
		return text + "; run it again later"
	case e.limited && e.wait > 0:
		return fmt.Sprintf("%s; run it again in %v", text, e.wait.Round(time.Second))
	case e.limited:
		return text + "; run it again in a few minutes"
	case e.Is(ErrRights):
		return text + "; " + cmp.Or(e.cure, "give the token permission to write comments")
	case e.status >= 500:
		return text + "; run it again later"
	}
	return text + "; check the repository and number that the job provides"
}

// Is reports whether more rights would help, or a thing is not there. GitHub and
// GitLab answer 404 where a token may not even know.
func (e *refusedError) Is(target error) bool {
	switch target {
	case ErrRights:
		return !e.limited && (e.status == http.StatusUnauthorized || e.status == http.StatusForbidden || e.status == http.StatusNotFound)
	case ErrAbsent:
		return e.status == http.StatusNotFound || e.status == http.StatusGone
	}
	return false
}

// brokenError is an answer that did not come, or that nobody can read. Whether the
// server did what it was asked for is not known.
type brokenError struct {
	act, forge string
	what       string
	cause      error // for errors.Is; its text may hold anything
}

func (e *brokenError) Error() string {
	return fmt.Sprintf("%s: %s %s; check the network and the proxy, or run it again", e.act, e.forge, e.what)
}

// Unwrap returns the cause.
func (e *brokenError) Unwrap() error { return e.cause }

// unanswered is the error of a request that broke, or took too long.
func (c *client) unanswered(act string, cause error, slow bool) error {
	what := "does not answer in time"
	if !slow {
		what = "gives no answer (" + c.clean(httpretry.Cause(cause)) + ")"
	}
	return &brokenError{act: act, forge: c.forge, what: what, cause: cause}
}

// maxSaid is how many bytes of a server's message are read, and maxQuoted how many
// are told.
const maxSaid, maxQuoted = 64 << 10, 200

// refusal reads an answer that says no.
func (c *client) refusal(what call, answer *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxSaid)) // half a message is better than none
	e := &refusedError{act: what.act, forge: c.forge, cure: what.cure, status: answer.StatusCode, said: c.said(text)}
	e.needs = c.clean(answer.Header.Get("X-Accepted-GitHub-Permissions"))
	e.wait, e.limited = limits(answer, e.said, time.Now())
	return e
}

// limits reports whether an answer is about asking too often, and how long it
// wants the next request to wait. GitHub answers 403 or 429: with Retry-After, with
// no requests left until X-RateLimit-Reset, or, a secondary limit, with words alone,
// for which its documentation asks for a minute. GitLab answers 429.
func limits(answer *http.Response, said string, now time.Time) (time.Duration, bool) {
	after, ok := httpretry.After(answer.Header, now)
	if ok {
		after = max(after, time.Second)
	}
	status := answer.StatusCode
	if status >= 500 {
		return after, false
	}
	if status != http.StatusForbidden && status != http.StatusTooManyRequests {
		return 0, false
	}
	none := answer.Header.Get("X-RateLimit-Remaining") == "0"
	words := strings.Contains(strings.ToLower(said), "rate limit")
	switch {
	case after > 0:
		return after, true
	case none:
		reset := answer.Header.Get("X-RateLimit-Reset")
		if seconds, err := strconv.ParseInt(reset, 10, 64); err == nil {
			return max(time.Unix(seconds, 0).Sub(now), time.Second), true
		}
		return time.Minute, true
	case words, status == http.StatusTooManyRequests:
		return time.Minute, true
	}
	return 0, false
}

// said is the message of an answer: GitHub's {"message": …, "errors": [{"message": …}]},
// GitLab's {"message": …} or {"error": …}, where the message may be an object.
func (c *client) said(text []byte) string {
	var answer struct {
		Message, Error json.RawMessage
		Errors         []struct{ Message string }
	}
	if json.Unmarshal(text, &answer) != nil {
		line := strings.TrimSpace(string(text))
		if len(line) > 60 || strings.ContainsAny(line, "<{\n") {
			return "" // a page of HTML
		}
		return c.clean(line)
	}
	said := ""
	for _, raw := range []json.RawMessage{answer.Message, answer.Error} {
		if said == "" && len(raw) > 0 {
			var value any
			if json.Unmarshal(raw, &value) == nil {
				said = flat(value)
			}
		}
	}
	for _, e := range answer.Errors {
		if e.Message != "" && !strings.Contains(said, e.Message) {
			said += ": " + e.Message
		}
	}
	return c.clean(said)
}

// flat returns the text of a decoded JSON value: {"note": ["is too long"]} is "note: is too
// long". Raw JSON could hide the token in escapes from whoever masks it.
func flat(value any) string {
	var parts []string
	switch value := value.(type) {
	case nil:
		return ""
	case []any:
		for _, one := range value {
			parts = append(parts, flat(one))
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			parts = append(parts, name+": "+flat(value[name]))
		}
	default:
		return fmt.Sprint(value)
	}
	return strings.Join(parts, ", ")
}

// clean is a server's text in one line of bounded length and without the token.
func (c *client) clean(text string) string {
	text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), c.token, "***")
	if len(text) > maxQuoted {
		text = strings.ToValidUTF8(text[:maxQuoted], "") + "…"
	}
	return text
}
