package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/teatest/v2"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// life runs the program with keys typed at it once the screen shows something.
func life(t *testing.T, ctx context.Context, work Analyze, keys string, after string) (*model.Report, error) {
	t.Helper()
	return lifeWith(t, ctx, Options{Reference: "shop/api:2.4", Now: tuitest.Now}, work, []string{keys}, []string{after})
}

// lifeWith runs the program, and types each of keys once the screen has shown what stands before it
// in after.
func lifeWith(t *testing.T, ctx context.Context, opt Options, work Analyze, keys, after []string) (*model.Report, error) {
	t.Helper()
	in, typing := io.Pipe()
	var outs []io.Writer
	var watches []*watched
	for _, text := range after {
		w := &watched{want: []byte(text), seen: make(chan struct{})}
		outs, watches = append(outs, w), append(watches, w)
	}
	go func() {
		for i, w := range watches {
			<-w.seen
			_, _ = typing.Write([]byte(keys[i]))
		}
	}()
	type result struct {
		report *model.Report
		err    error
	}
	over := make(chan result, 1)
	go func() {
		r, err := run(ctx, in, io.MultiWriter(outs...), opt, work,
			tea.WithWindowSize(100, 30), tea.WithColorProfile(colorprofile.ASCII), tea.WithEnvironment([]string{"TERM=xterm"}))
		over <- result{r, err}
	}()
	select {
	case r := <-over:
		return r.report, r.err
	case <-time.After(20 * time.Second):
		t.Fatalf("does not end; the screen never showed %q, or the keys %q do nothing", after, keys)
		return nil, nil
	}
}

// watched is an output that tells when a text has been written to it.
type watched struct {
	mu   sync.Mutex
	all  bytes.Buffer
	want []byte
	seen chan struct{}
	once sync.Once
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.all.Write(p)
	if bytes.Contains(w.all.Bytes(), w.want) {
		w.once.Do(func() { close(w.seen) })
	}
	return n, err
}

func finished(context.Context, func(analyze.Event)) (*model.Report, error) {
	return tuitest.Report(), nil
}

// reading says a little, and then reads until it is cancelled.
func reading(ctx context.Context, progress func(analyze.Event)) (*model.Report, error) {
	part := *tuitest.Report()
	part.Partial, part.Tree, part.Findings = true, nil, nil
	progress(analyze.Event{Phase: analyze.Reading, Done: 1, Total: 100, Report: &part})
	<-ctx.Done()
	return &part, ctx.Err()
}

func TestLeaving(t *testing.T) {
	broken := errors.New("open x: no such image")
	tests := []struct {
		name        string
		work        Analyze
		after, keys string
		want        error
		report      bool
	}{
		{"q", finished, "568 MB", "q", nil, true},
		{"q while reading", reading, "layer 1", "q", nil, true},
		{"Ctrl+C", finished, "568 MB", "\x03", nil, true},
		{"Ctrl+C while reading", reading, "layer 1", "\x03", ErrInterrupted, true},
		{"an error", func(context.Context, func(analyze.Event)) (*model.Report, error) { return nil, broken }, "", "", broken, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report, err := life(t, context.Background(), test.work, test.keys, test.after)
			if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
				t.Errorf("Run returns %v, want %v", err, test.want)
			}
			if (report != nil) != test.report {
				t.Errorf("Run returns report %v", report)
			}
		})
	}
}

func TestCancelledContext(t *testing.T) {
	signal := errors.New("terminated signal received")
	ctx, cancel := context.WithCancelCause(context.Background())
	inTheMiddle := func(ctx context.Context, progress func(analyze.Event)) (*model.Report, error) {
		return reading(ctx, func(e analyze.Event) { progress(e); cancel(signal) })
	}
	if _, err := life(t, ctx, inTheMiddle, "", "never shown"); !errors.Is(err, signal) {
		t.Errorf("Run returns %v, want the cause", err)
	}
}

// slowBench is a workspace whose builder builds until it is stopped, and then cleans up.
type slowBench struct {
	bench

	cleaned atomic.Bool
}

func (b *slowBench) Build(ctx context.Context, _ string, log io.Writer) error {
	_, _ = io.WriteString(log, "step one\n")
	<-ctx.Done()
	time.Sleep(50 * time.Millisecond)
	b.cleaned.Store(true)
	return context.Cause(ctx)
}

// TestLeavingEndsTheBuild: however the interface ends, the builder is stopped and has cleaned up.
func TestLeavingEndsTheBuild(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string]string{"Ctrl+C": "\x03", "q q": "qq", "q Ctrl+C": "q\x03"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &slowBench{}
			opt := Options{Reference: "shop/api:2.4", Now: tuitest.Now, Workspace: b}
			if _, err := lifeWith(t, t.Context(), opt, finished, []string{"b", "\r", keys}, []string{"118 packages", "Enter runs it", "step one"}); err != nil {
				t.Error(err)
			}
			if !b.cleaned.Load() {
				t.Error("the builder goes on")
			}
		})
	}
}

// TestLife watches the program with its own renderer from the first frame to
// the last key.
func TestLife(t *testing.T) {
	release := make(chan struct{})
	work := func(ctx context.Context, progress func(analyze.Event)) (*model.Report, error) {
		part := *tuitest.Report()
		part.Partial, part.Tree, part.Findings = true, nil, nil
		progress(analyze.Event{Phase: analyze.Reading, Done: 50, Total: 100, Report: &part})
		<-release
		return tuitest.Report(), nil
	}
	m := newRoot(Options{Reference: "shop/api:2.4", Now: tuitest.Now}, newScan(t.Context(), work))
	p := teatest.NewTestModel(t, m, teatest.WithInitialTermSize(100, 30), teatest.WithProgramOptions(tea.WithColorProfile(colorprofile.ASCII)))
	sees := func(text string) {
		t.Helper()
		teatest.WaitFor(t, p.Output(), func(b []byte) bool { return bytes.Contains(b, []byte(text)) }, teatest.WithDuration(10*time.Second))
	}
	sees("reading layer 1 of 4")
	close(release)
	sees("118 packages nobody asked for")
	p.Type("2")
	sees("changes of step 2")
	p.Type("q")
	final := p.FinalModel(t, teatest.WithFinalTimeout(10*time.Second)).(*root)
	if final.view != final.files || final.outcome != nil {
		t.Errorf("ends with %+v", final.outcome)
	}
}
