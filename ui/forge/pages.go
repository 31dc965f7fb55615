package forge

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

const (
	// perPage is what both APIs give at most.
	perPage = "100"
	// maxPages bounds how far a list is followed: 20,000 comments.
	maxPages = 200
)

// each reads a list, page after page, as the Link header leads. It stops where look
// says that there is enough.
func each[T any](ctx context.Context, c *client, list call, look func(T) (more bool)) error {
	act, at := list.act, list.at
	seen := map[string]bool{}
	for range maxPages {
		if seen[at.String()] {
			return &brokenError{act: act, forge: c.forge, what: "returns the same page twice"}
		}
		seen[at.String()] = true
		var page T
		headers, err := c.json(ctx, call{act: act, cure: list.cure, method: http.MethodGet, at: at}, &page)
		if err != nil {
			return err
		}
		if !look(page) {
			return nil
		}
		next, err := c.next(act, at, headers)
		if err != nil || next == nil {
			return err
		}
		at = next
	}
	return &brokenError{act: act, forge: c.forge, what: "returns more pages than tare reads"}
}

// next is the page that a Link header names as the next one (RFC 8288), nil where
// there is none. A page at another host would be asked for without the token.
func (c *client) next(act string, at *url.URL, headers http.Header) (*url.URL, error) {
	for _, header := range headers.Values("Link") {
		for header != "" {
			var target, rest string
			_, after, found := strings.Cut(header, "<")
			if !found {
				break
			}
			if target, rest, found = strings.Cut(after, ">"); !found {
				break
			}
			// The parameters end at the comma before the next address.
			parameters, tail, _ := strings.Cut(rest, "<")
			header = ""
			if tail != "" {
				header = "<" + tail
			}
			if !isNext(parameters) {
				continue
			}
			to, err := at.Parse(target)
			if err != nil || !c.owns(to) {
				return nil, &brokenError{act: act, forge: c.forge, what: "continues the list on another host, which tare does not contact"}
			}
			return to, nil
		}
	}
	return nil, nil
}

func isNext(parameters string) bool {
	for parameter := range strings.SplitSeq(strings.TrimRight(strings.TrimSpace(parameters), ","), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if strings.EqualFold(name, "rel") && strings.Trim(strings.TrimSpace(value), `"`) == "next" {
			return true
		}
	}
	return false
}
