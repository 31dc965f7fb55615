package registry

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// maxRefusal is how many bytes of an answer's body are read that is no success.
const maxRefusal = 64 << 10

// maxSaid is how many bytes of a server's own words an error repeats.
const maxSaid = 150

// refusal is an answer with another status than was hoped for.
type refusal struct {
	status int
	host   string // that answered
	root   bool   // the question was whether there is a registry at all
	said   string // the server's own words, from the errors it names; "" for none
	form   string // what the body is where it is not a registry's: "a web page (Sign in)"
}

func (r *refusal) Error() string {
	text := fmt.Sprintf("%s answers %d %s", r.host, r.status, http.StatusText(r.status))
	if r.form != "" {
		return text + " with " + r.form
	}
	if r.said != "" {
		return text + ": " + r.said
	}
	return text
}

// refused reads an answer that is no success, and closes it. A body that stalls,
// or that has no end, says as much as came.
func refused(answer *http.Response) *refusal {
	shorten(answer.Body, errorTimeout)
	body, _ := io.ReadAll(io.LimitReader(answer.Body, maxRefusal))
	answer.Body.Close()
	known := secretsOf(answer.Request)
	r := &refusal{status: answer.StatusCode, form: oddForm(answer.Header, body, known)}
	if answer.Request != nil {
		r.host = answer.Request.URL.Host
	}
	if r.form == "" {
		r.said = wordsOf(body, known)
	}
	return r
}

// encodingOf is the content encoding of an answer, "" for none. Nobody asks for
// one: a body has to be the bytes that its digest names.
func encodingOf(header http.Header) string {
	if encoding := strings.ToLower(strings.TrimSpace(header.Get("Content-Encoding"))); encoding != "identity" {
		return oneLineOf(encoding, 40)
	}
	return ""
}

var titleOf = lazyregexp.New(`(?is)<title[^>]*>\s*([^<]{1,200})`)

// oddForm says what a body is that no registry would send: the page of a proxy, a
// login or a web server, or something encoded; "" where it looks like nothing of
// these.
func oddForm(header http.Header, body []byte, known secrets) string {
	if encoding := encodingOf(header); encoding != "" && !looksLikeJSON(body) {
		return "a body in the encoding " + encoding + ", which tare did not ask for"
	}
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	start := strings.TrimLeft(strings.TrimPrefix(string(body[:min(len(body), 512)]), "\ufeff"), " \t\r\n")
	if !strings.HasPrefix(start, "<") && (kind != "text/html" || looksLikeJSON(body)) {
		return ""
	}
	if title := titleOf.FindSubmatch(body); title != nil {
		return "a web page (" + oneLineOf(known.mask(strings.Join(strings.Fields(html.UnescapeString(string(title[1]))), " ")), 60) + ")"
	}
	return "a web page"
}

func looksLikeJSON(body []byte) bool {
	start := strings.TrimLeft(string(body[:min(len(body), 512)]), " \t\r\n")
	return strings.HasPrefix(start, "{") || strings.HasPrefix(start, "[")
}

// wordsOf takes the first message out of an error as registries (the OCI
// distribution spec, "Error Codes") and token services (RFC 6749, section 5.2)
// write it, without the secrets that the server may have been sent.
func wordsOf(body []byte, known secrets) string {
	var doc struct {
		Errors []struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"errors"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Message     string `json:"message"`
		Details     string `json:"details"`
	}
	if json.Unmarshal(body, &doc) != nil {
		return ""
	}
	said := cmp.Or(doc.Description, doc.Message, doc.Details, doc.Error)
	if len(doc.Errors) > 0 {
		said = cmp.Or(doc.Errors[0].Message, doc.Errors[0].Code)
	}
	return oneLineOf(known.mask(said), maxSaid)
}

// oneLineOf is a printable line of some bytes of a text.
func oneLineOf(text string, limit int) string {
	if len(text) <= limit {
		return usererror.OneLine(text)
	}
	return usererror.OneLine(strings.ToValidUTF8(text[:limit], "")) + "…"
}
