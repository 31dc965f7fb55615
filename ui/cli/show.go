package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/progress"
	"github.com/tare-oci/tare/ui/report"
	"github.com/tare-oci/tare/ui/tui"
	"github.com/tare-oci/tare/ui/tui/accessible"
)

// show analyses an image and shows it: in the interface on a terminal or in plain
// lines, else, or where the user asks for formats, as reports.
func show(ctx context.Context, reference string, f *flags, std Streams) error {
	if err := f.check(); err != nil {
		return err
	}
	shown := *f
	shown.mayDiffer = true
	f = &shown
	outputs, err := f.outputsBeside(report.Names(), reference)
	if err != nil {
		return err
	}
	if err := f.readManifests(ctx, reference, std); err != nil {
		return err
	}
	t := terminal{std}
	if len(outputs) == 0 && f.accessible {
		return showAccessible(ctx, reference, f, t)
	}
	if len(outputs) == 0 && t.interactive() {
		if in, done, ok := keyboard(std, reference); ok {
			defer done()
			return open(ctx, reference, f, t, in)
		}
	}
	if len(outputs) == 0 {
		outputs = []output{{format: "text"}}
	}
	f.noTree = !needTree(outputs, f)
	r, err := loadReport(ctx, reference, f, t)
	if err != nil {
		return err
	}
	for _, o := range outputs {
		if err := o.write(r, nil, f, t); err != nil {
			return err
		}
	}
	return nil
}

// keyboard returns where keys come from: standard input, or the terminal itself
// when the image comes in there.
func keyboard(std Streams, reference string) (in io.Reader, done func(), ok bool) {
	if reference != "-" {
		_, ok := fd(std.In)
		return std.In, func() {}, ok
	}
	tty, _, err := tea.OpenTTY()
	if err != nil {
		return nil, nil, false
	}
	return tty, func() { tty.Close() }, true
}

// settingsFile is where the user's own settings are, "" where the environment tells
// of no directory for them. A relative one is none: the working directory can be anybody's.
func settingsFile(std Streams) string {
	dir, _ := std.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		dir, _ = os.UserConfigDir() // "" with an error
	}
	if !filepath.IsAbs(dir) {
		return ""
	}
	return filepath.Join(dir, "tare", "config.yaml")
}

// open shows the image in the interface.
func open(ctx context.Context, reference string, f *flags, t terminal, in io.Reader) error {
	settings, err := tui.ReadSettings(settingsFile(t.std))
	if err != nil {
		return err
	}
	if settings.Accessible {
		f.accessible = true
		return showAccessible(ctx, reference, f, t)
	}
	opt := tui.Options{
		Reference: reference, ASCII: t.ascii(f.ascii), NoColor: !t.color(t.std.Out, f.color), Theme: cmp.Or(f.theme, settings.Theme), Keys: settings.Keys, Once: reference == "-",
	}
	shown := newShownImage(reference, f, t)
	defer shown.close()
	if !isSaved(reference) {
		opt.Workspace = shown.space
		opt.Open, opt.OpenAll = shown.opener(f, t), shown.openerOfMany(f, t)
	}
	_, err = tui.Run(ctx, in, t.std.Out, opt, func(ctx context.Context, progress func(analyze.Event)) (*model.Report, error) {
		options := f.options(t.std.In)
		options.Progress, options.Store = progress, f.cache(t.std)
		options.Waiting = nil // the interface says so, and nothing may be written over it
		defer options.Store.Close()
		if isSaved(reference) {
			return f.loadSaved(ctx, reference)
		}
		r, err := shown.analyze(ctx, options)
		if err == nil {
			remember(options.Store, shown.next(), r)
		}
		return r, err
	})
	return err
}

// showAccessible reads the image and tells of it in plain lines. Where somebody types
// it goes on to answer; that takes a terminal for both directions, of any kind.
func showAccessible(ctx context.Context, reference string, f *flags, t terminal) error {
	if _, ok := fd(t.std.Err); ok && !f.quiet {
		if _, err := io.WriteString(t.std.Err, "Reading "+t.charset(f.ascii).OneLine(reference)+".\n"); err != nil {
			return err
		}
	}
	r, err := loadReport(ctx, reference, f, t)
	if err != nil {
		return err
	}
	var in io.Reader
	if _, out := fd(t.std.Out); out {
		if keys, done, ok := keyboard(t.std, reference); ok {
			defer done()
			in = keys
		}
	}
	return accessible.Run(ctx, in, t.std.Out, accessible.Options{ASCII: t.ascii(f.ascii)}, r)
}

// analyzeWithProgress analyses an image, or reads its saved report, with a
// progress bar on standard error when that is a terminal. An analysis that was cut
// short is an error here: half a report is not what a pipe expects.
func analyzeWithProgress(ctx context.Context, reference string, f *flags, t terminal, options analyze.Options) (*analyze.Result, error) {
	return withProgress(ctx, f, t, options, func(options analyze.Options) (*analyze.Result, error) {
		return analyzeOrLoad(ctx, reference, f, options)
	})
}

// withProgress is analyzeWithProgress for any work that analyses an image.
func withProgress(ctx context.Context, f *flags, t terminal, options analyze.Options, work func(analyze.Options) (*analyze.Result, error)) (*analyze.Result, error) {
	var result *analyze.Result
	if f.verbose && !f.quiet {
		defer func() { // after the bar
			if result != nil && result.Transfer != nil {
				fmt.Fprintf(t.std.Err, "the registry sent %s; all of the image's layers would be %s\n", display.Bytes(result.Transfer.Sent), display.Bytes(result.Transfer.All))
			}
		}()
	}
	if _, ok := fd(t.std.Err); ok && !f.quiet && !f.accessible && !t.plain() {
		options.Waiting = nil // the bar says so
		bar := progress.New(t.std.Err, func() int { return t.width(t.std.Err) }, t.charset(f.ascii))
		options.Progress = bar.Event
		defer bar.Close()
	}
	options.Store = f.cache(t.std)
	defer options.Store.Close()
	result, err := work(options)
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return result, err
}

// waiting says what a pipe waits for, also where nothing else is said on standard
// error: whoever sees a program hang has to know why.
func (t terminal) waiting(what string) {
	fmt.Fprintf(t.std.Err, "tare: waiting for %s; Ctrl+C gives up\n", display.Escape(what))
}
