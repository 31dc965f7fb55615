package engine

import (
	"context"
	"io"
	"net/http"
	"net/url"
)

// saveReader is the answer to GET /images/get, asked for with the first Read:
// engines gather the whole image before they send a byte.
type saveReader struct {
	ctx    context.Context
	engine *engine
	query  url.Values
	body   io.ReadCloser
}

func (s *saveReader) Read(p []byte) (int, error) {
	if s.body == nil {
		answer, err := s.engine.get(s.ctx, "/images/get", s.query)
		if err != nil {
			return 0, s.engine.host.refusal(err)
		}
		s.body = answer.Body
		if answer.StatusCode != http.StatusOK {
			return 0, s.engine.statusError(answer)
		}
	}
	return s.body.Read(p)
}

func (s *saveReader) Close() error {
	if s.body == nil {
		return nil
	}
	return s.body.Close()
}
