package screen

import (
	"context"
	"fmt"
	"io"
	"maps"
	"sync"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/builder"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/learn/real"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Build builds a learner's files for real. The program's is [real.Build].
type Build func(ctx context.Context, l *lesson.Lesson, files lesson.Files, log io.Writer) (*real.Both, error)

// realBuild is a build that was asked for, under way or done.
type realBuild struct {
	number int // counts builds; what comes back of an older one is dropped
	stop   context.CancelFunc
	log    *buildLog
	begun  time.Time
	took   time.Duration
	both   *real.Both    // nil until it is done
	ended  chan struct{} // closed when the builder has ended and all is cleaned up
	list   draw.List
}

// buildLog has the last lines of what the builder says. The builder writes it, the screen
// reads it.
type buildLog struct {
	mu   sync.Mutex
	tail builder.Tail
}

// Write never fails.
func (b *buildLog) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tail.Write(p)
}

func (b *buildLog) lines(n int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tail.Lines(n)
}

// builtMsg says that a build has ended.
type builtMsg struct {
	number int
	both   *real.Both
	err    error
}

// saidMsg asks to look what the builder has said meanwhile.
type saidMsg struct{ number int }

// build builds the learner's image beside the screen.
func (m *desk) build() tea.Cmd {
	m.stopBuild()
	ctx, stop := context.WithCancel(m.ctx)
	r := realBuild{number: m.real.number + 1, stop: stop, log: &buildLog{}, begun: time.Now(), ended: make(chan struct{})}
	m.real, m.mode = r, building
	run, l, files := m.opt.Build, m.s.Lesson(), maps.Clone(m.files)
	if run == nil {
		run = real.Build
	}
	return tea.Batch(func() tea.Msg {
		defer close(r.ended)
		defer stop()
		both, err := run(ctx, l, files, r.log)
		return builtMsg{r.number, both, err}
	}, m.listen())
}

// listen waits until it is worth looking at what the builder said.
func (m *desk) listen() tea.Cmd {
	number := m.real.number
	return tea.Tick(300*time.Millisecond, func(time.Time) tea.Msg { return saidMsg{number} })
}

func (m *desk) stopBuild() {
	if m.real.stop != nil {
		m.real.stop()
	}
}

// cleanup is how long the end of the program waits for a build that was stopped.
const cleanup = 10 * time.Second

// waitBuild waits until what a build made is taken away.
func (m *desk) waitBuild() {
	if m.real.ended == nil {
		return
	}
	m.stopBuild()
	select {
	case <-m.real.ended:
	case <-time.After(cleanup):
	}
}

// built takes the end of a build in. An error is one line below the lesson.
func (m *desk) built(msg builtMsg) {
	if msg.number != m.real.number || m.mode != building {
		return
	}
	m.real.took = time.Since(m.real.begun)
	if msg.err != nil {
		m.mode = reading
		m.say(bad, real.Told(msg.err))
		return
	}
	m.real.both = msg.both
}

func (m *desk) pressBuilding(msg tea.KeyPressMsg) tea.Cmd {
	k := m.keys
	switch {
	case m.real.both != nil:
		return m.pressPage(msg, &m.real.list)
	case key.Matches(msg, k.Escape, k.Quit):
		m.stopBuild()
		m.mode = reading
		m.say(plain, "The build was stopped.")
	}
	return nil
}

// buildBindings are the keys while a build is on the screen.
func (m *desk) buildBindings() []key.Binding {
	k := m.keys
	if m.real.both == nil {
		return []key.Binding{k.Brief(k.Escape, "stop the build")}
	}
	return []key.Binding{k.Brief(k.Escape, "back"), k.Together("scroll", k.Up, k.Down)}
}

// buildRows is the build under way, or both images.
func (m *desk) buildRows(height int) []string {
	p := &draw.Page{Theme: m.theme, Width: max(m.width-4, 1)}
	if m.real.both != nil {
		m.writeBoth(p, m.real.both)
		return m.scrolled("Replayed, and built for real", p.Rows, &m.real.list, height)
	}
	p.Paragraph(m.theme.Text, fmt.Sprintf("Building your files with the engine of this machine, %s so far. What it builds gets no name and is taken away again.", display.Duration(time.Since(m.real.begun).Truncate(time.Second))))
	p.Blank()
	for _, line := range m.real.log.lines(max(height-2-len(p.Rows), 1)) {
		p.Row(m.theme.Dim, m.theme.OneLine(line, m.width))
	}
	return m.scrolled("Building", p.Rows, &m.real.list, height)
}

// writeBoth writes the two images side by side.
func (m *desk) writeBoth(p *draw.Page, b *real.Both) {
	th := m.theme
	row := func(name, replayed, built string) {
		l := p.Line().Cell(th.Dim, name, nameColumn)
		l.Figure(th.Text, replayed, bothColumn).Figure(th.Text, built, bothColumn)
		p.End(l)
	}
	head := p.Line().Gap(nameColumn)
	p.End(head.Figure(th.Strong, "replayed", bothColumn).Figure(th.Strong, "built", bothColumn))
	row("size", display.Bytes(b.Replayed.Size), display.Bytes(b.Built.Size))
	row("wasted", display.Bytes(b.Replayed.Wasted), display.Bytes(b.Built.Wasted))
	row("layers", fmt.Sprint(b.Replayed.Layers), fmt.Sprint(b.Built.Layers))
	p.Blank()
	for _, line := range b.Lines {
		l := p.Line().Cell(th.Dim, where(line), nameColumn)
		l.Figure(th.Text, display.Bytes(line.Replayed.Size), bothColumn).Figure(th.Text, display.Bytes(line.Built.Size), bothColumn)
		p.End(l.Gap(3).AddWithin(th.Dim, th.OneLine(line.Text, m.width), l.Left()-3))
	}
	p.Blank()
	p.Paragraph(th.Text, b.Why())
	p.Blank()
	p.Paragraph(th.Dim, "It took "+display.Duration(m.real.took)+". The built image is taken away again; only the builder's cache keeps what it may use next time.")
}

const nameColumn, bothColumn = 10, 12

func where(l real.Line) string {
	if l.Number == 0 {
		return "base"
	}
	return fmt.Sprintf("line %d", l.Number)
}

// isBuilding reports whether a build is under way and on the screen; pages of a build are drawn anew as it speaks.
func (m *desk) isBuilding() bool { return m.mode == building && m.real.both == nil }
