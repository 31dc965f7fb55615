package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/learn/session"
	"github.com/tare-oci/tare/ui/tui"
	"github.com/tare-oci/tare/ui/tui/pane"
)

// look opens tare's interface for a learner. While a question is open it shows the image
// that the question is about, the lesson's, and returns what they answered there, "" for
// nothing; else their own image.
func look(ctx context.Context, t terminal, s *session.Session, opt tui.Options) (answer string, err error) {
	opt.Once, opt.Leaving = true, "back to the lesson"
	opt.Reference = fmt.Sprintf("lesson %d", s.At()+1)
	q := s.Question()
	if q != nil {
		opt.Question = question(s, q, func(given string) { answer = given })
	}
	_, err = tui.Run(ctx, t.std.In, t.std.Out, opt, func(ctx context.Context, _ func(analyze.Event)) (*model.Report, error) {
		files := s.Lesson().Start
		if q == nil {
			if files, err = s.Files(); err != nil {
				return nil, err
			}
		}
		v, err := lesson.Judge(ctx, s.Lesson(), files)
		if err != nil {
			return nil, err
		}
		if v.Report == nil {
			return nil, errors.New(v.Say())
		}
		v.Report.Image.Reference = opt.Reference
		if q != nil {
			v.Report.Image.Reference += ", as it begins"
		}
		return v.Report, nil
	})
	return answer, err
}

// found are the views in which answers of a kind are found, what they are called there,
// and what a place says.
var found = map[string]struct {
	view, wanted string
	say          func(pane.Place) string
}{
	"line": {"", "a line of the Dockerfile", func(at pane.Place) string {
		if at.Line == 0 {
			return ""
		}
		return fmt.Sprintf("line %d", at.Line)
	}},
	"path":    {"files", "a file or directory of the image", func(at pane.Place) string { return at.Path }},
	"package": {"packages", "a package", func(at pane.Place) string { return at.Package }},
	"size":    {"", "something with a size", func(at pane.Place) string { return bytesOrNothing(at.Size) }},
	"wasted":  {"", "something that wastes bytes", func(at pane.Place) string { return bytesOrNothing(at.Wasted) }},
}

func bytesOrNothing(n int64) string {
	if n <= 0 {
		return ""
	}
	return display.Bytes(n)
}

// question is a lesson's question as the interface asks it.
func question(s *session.Session, q *lesson.Question, give func(string)) *tui.Question {
	how := found[q.Answer.Kind()]
	return &tui.Question{Ask: s.Fill(q.Ask), View: how.view, Wanted: how.wanted, Answer: how.say, Give: give}
}
