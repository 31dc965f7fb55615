package forge

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// Outcome is what became of a comment.
type Outcome struct {
	Did Did
	URL string // of the comment, for a browser; "" where unknown
}

// Did is what was done.
type Did string

// What Keep may have done.
const (
	Created   Did = "created"
	Updated   Did = "updated"
	Unchanged Did = "unchanged" // it says the same already
	Overtaken Did = "overtaken" // a later run wrote it, and its word stands
)

// maxComment is how many characters each API takes.
var maxComment = map[string]int{"GitHub": 65_536, "GitLab": 1_000_000}

// maxRounds is how often Keep begins anew where others change what it looks at.
const maxRounds = 4

// Keep makes sure that the pull request has one comment of this key, and that it
// says body: the one that is there is updated, else one is made, and what is there
// twice is removed. The key tells the comments of several images apart.
//
// Two runs at once end with one comment: whoever made one looks again, the oldest
// stays, and each removes what it sees beside it. A run does not write over what a
// later run of the same workflow said.
//
// The error is ErrRights where the token may not write, or there is none. Another
// one says that the API failed; then a comment may or may not be there.
func (j *Job) Keep(ctx context.Context, key, body string) (Outcome, error) {
	switch {
	case j.Number == 0:
		return Outcome{}, &noPlaceError{"this job does not belong to a " + j.Request()}
	case j.calls == nil && j.Forge == "GitLab":
		return Outcome{}, &noPlaceError{"there is no token in GITLAB_TOKEN; create one with the scope api"}
	case j.calls == nil:
		return Outcome{}, &noPlaceError{"there is no token in GITHUB_TOKEN; pass the job's token to the step, with pull-requests: write"}
	}
	mark := "<!-- tare comment " + markOf(key) + " -->\n"
	body = mark + j.number.line() + strings.TrimRight(body, "\n") + "\n"
	if most := maxComment[j.Forge]; len(body) > most {
		return Outcome{}, fmt.Errorf("the comment has %d bytes, but %s takes at most %d", len(body), j.Forge, most)
	}
	var err error
	for n := range maxRounds {
		if n > 0 {
			if err := j.calls.sleep(ctx, firstPause<<(n-1)); err != nil {
				return Outcome{}, err
			}
		}
		var done Outcome
		var again bool
		if done, again, err = j.round(ctx, mark, body); !again {
			if n > 0 && done.Did == Unchanged {
				done.Did = Created // by the request that got no answer
			}
			return done, err
		}
	}
	return Outcome{}, err
}

// round looks at the comments once and does what is to be done. again says that it
// was overtaken by somebody else, or does not know whether a comment was made.
func (j *Job) round(ctx context.Context, mark, body string) (done Outcome, again bool, err error) {
	own, err := j.pages.list(ctx, mark)
	if err != nil {
		return done, false, err
	}
	if len(own) > 0 {
		return j.settle(ctx, own, mark, body, Updated)
	}
	made, err := j.pages.create(ctx, body)
	var broken *brokenError
	var refused *refusedError
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return done, false, err
	case errors.As(err, &broken), errors.As(err, &refused) && (refused.status >= 500 || refused.status == http.StatusConflict):
		// It may be there all the same.
		return done, true, err
	default:
		return done, false, err
	}
	// Somebody may have done the same at the same time.
	if own, err = j.pages.list(ctx, mark); err != nil || len(own) == 0 {
		return Outcome{Created, made.url}, false, nil
	}
	return j.settle(ctx, own, mark, body, Created)
}

// settle leaves one of the comments, the oldest, and lets it say body.
func (j *Job) settle(ctx context.Context, own []comment, mark, body string, did Did) (done Outcome, again bool, err error) {
	first, twice := own[0], own[1:]
	newest := first
	for _, c := range twice {
		if runOf(c.body, mark).after(runOf(newest.body, mark)) {
			newest = c
		}
	}
	if theirs := runOf(newest.body, mark); theirs.after(j.number) {
		body, did = newest.body, Overtaken
	}
	switch {
	case !same(first.body, body):
		var wrote comment
		if wrote, err = j.pages.update(ctx, first.id, body); err != nil {
			// Gone, or somebody changes it right now: look again.
			var refused *refusedError
			again = errors.As(err, &refused) && (errors.Is(err, ErrAbsent) || refused.status == http.StatusConflict)
			return done, again, err
		}
		if first.url == "" {
			first.url = wrote.url
		}
	case did == Updated:
		did = Unchanged
	}
	for _, c := range twice {
		if err := j.pages.remove(ctx, c.id); err != nil && !errors.Is(err, ErrAbsent) && !errors.Is(err, ErrRights) {
			return done, false, err
		}
	}
	return Outcome{did, first.url}, false, nil
}

// begins reports whether a comment begins with a mark, however its lines end.
func begins(body, mark string) bool {
	return strings.HasPrefix(strings.TrimLeft(body, "\r\n"), strings.TrimSpace(mark))
}

// same reports whether two texts are one, but for how lines end: an API may change
// that.
func same(a, b string) bool {
	plain := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	return plain(a) == plain(b)
}

// noPlaceError says why there is nowhere to write.
type noPlaceError struct{ why string }

func (e *noPlaceError) Error() string { return e.why }

func (*noPlaceError) Is(target error) bool { return target == ErrRights }

// unsafe are characters that a hidden line of a comment does not hold.
var unsafe = lazyregexp.New(`[^A-Za-z0-9._/]+`)

// plainKey matches keys that can stand in a hidden line as they are, if they hold no "--".
var plainKey = lazyregexp.New(`^[A-Za-z0-9._/-]{1,100}$`)

// markOf spells a key for the hidden line that tells comments apart: two keys never have the
// same mark. A key that cannot stand there as it is keeps what is readable of it and gets a
// checksum, behind a character that no such key holds. Without a key it is "image".
func markOf(key string) string {
	if key == "" || plainKey.MatchString(key) && !strings.Contains(key, "--") {
		return cmp.Or(key, "image")
	}
	sum := sha256.Sum256([]byte(key))
	return safeKey(key) + "~" + hex.EncodeToString(sum[:8])
}

// safeKey spells a name such that it ends no HTML comment.
func safeKey(key string) string {
	key = unsafe.ReplaceAllString(key, "_")
	if key == "" {
		return "image"
	}
	return key[:min(len(key), 100)]
}

// runNumber orders the runs of one workflow.
type runNumber struct {
	workflow     string
	run, attempt int
}

func newRunNumber(workflow, run, attempt string) runNumber {
	n := runNumber{workflow: safeKey(workflow)}
	n.run, _ = strconv.Atoi(run)
	n.attempt, _ = strconv.Atoi(attempt)
	return n
}

// line is a hidden line of the comment that says which run wrote it.
func (n runNumber) line() string {
	return fmt.Sprintf("<!-- run %s %d %d -->\n", n.workflow, n.run, n.attempt)
}

// runLine is that line. What GitLab or a proxy does to line ends is no matter.
var runLine = lazyregexp.New(`^<!-- run ([A-Za-z0-9._/]+) ([0-9]{1,9}) ([0-9]{1,9}) -->`)

// runOf reads which run wrote a comment.
func runOf(body, mark string) (n runNumber) {
	found := runLine.FindStringSubmatch(strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(body, "\r\n"), strings.TrimSpace(mark)), "\r\n"))
	if found == nil {
		return n
	}
	return newRunNumber(found[1], found[2], found[3])
}

// after reports whether a run came later than another of the same workflow. Runs of
// two workflows have no order.
func (n runNumber) after(other runNumber) bool {
	if n.workflow != other.workflow {
		return false
	}
	return n.run > other.run || n.run == other.run && n.attempt > other.attempt
}
