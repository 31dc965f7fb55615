package tui

import (
	"context"
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// partOf is what is known of the sample when half of it was read.
func partOf(r *model.Report) *model.Report {
	part := *r
	part.Partial, part.Findings, part.Layers = true, nil, r.Layers[:1]
	return &part
}

func TestStoppedReloadKeepsTheReport(t *testing.T) {
	whole := tuitest.Report()
	other := tuitest.Report()
	for _, c := range []struct {
		name   string
		before *model.Report
		end    doneMsg
		want   *model.Report
		notice string
	}{
		{"half is known", whole, doneMsg{report: partOf(whole)}, whole, "stopped; this is the previous report"},
		{"nothing is known", whole, doneMsg{}, whole, "stopped; this is the previous report"},
		{"cancelled", whole, doneMsg{err: context.Canceled}, whole, "stopped; this is the previous report"},
		{"it had just ended", whole, doneMsg{report: other}, other, ""},
		{"there was but a part", partOf(whole), doneMsg{report: other}, other, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := opened(t, 120, 36, Options{}, c.before)
			typed(m, "r")
			send(m, eventMsg{analyze.Event{Report: partOf(whole)}, tuitest.Now})
			if m.report != c.before {
				t.Error("a part takes the place of the report while the image is read")
			}
			typed(m, "esc")
			send(m, c.end)
			if m.report != c.want {
				t.Errorf("the report is not the one it should be; partial: %v", m.report.Partial)
			}
			if m.notice != c.notice || m.outcome != nil {
				t.Errorf("it says %q, outcome %v", m.notice, m.outcome)
			}
		})
	}
}

func TestFailedReloadKeepsTheReport(t *testing.T) {
	whole := tuitest.Report()
	m := opened(t, 120, 36, Options{}, whole)
	typed(m, "r")
	send(m, doneMsg{err: errors.New("no such host")})
	if m.report != whole || !strings.Contains(m.notice, "no such host") {
		t.Errorf("it says %q", m.notice)
	}
}

// Update itself compares nothing: what changed comes as a message.
func TestReloadComparesInACommand(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	typed(m, "r")
	now := tuitest.Report()
	now.Image.ID = model.Ptr("sha256:other")
	now.Summary.WastedBytes++
	_, cmd := m.Update(doneMsg{report: now})
	if m.report != now || m.notice != "" {
		t.Fatalf("right after it is read: %q", m.notice)
	}
	said := comparison(cmd)
	if said == nil {
		t.Fatal("no command compares the two")
	}
	send(m, *said)
	if !strings.HasPrefix(m.notice, "read again: ") {
		t.Errorf("it says %q", m.notice)
	}
	m.notice = ""
	send(m, comparedMsg{now: tuitest.Report(), said: "of another"})
	if m.notice != "" {
		t.Errorf("it says %q of a report that is not shown", m.notice)
	}
}

// comparison runs commands until one of them is the comparison's.
func comparison(cmd tea.Cmd) *comparedMsg {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case comparedMsg:
		return &msg
	case tea.BatchMsg:
		for _, c := range msg {
			if found := comparison(c); found != nil {
				return found
			}
		}
	}
	return nil
}
