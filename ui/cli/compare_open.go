package cli

import (
	"cmp"
	"context"
	"io"
	"sync/atomic"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui"
)

// openPair shows two images beside each other in the interface. opened is false where the
// user's settings want plain lines instead.
func openPair(ctx context.Context, from, to string, f *flags, t terminal, in io.Reader) (opened bool, err error) {
	settings, err := tui.ReadSettings(settingsFile(t.std))
	if err != nil || settings.Accessible {
		return false, err
	}
	pair := pairOf(from, to, f, t)
	shown := newShownImage(to, &pair.newer, t)
	defer shown.close()
	var older atomic.Pointer[model.Report]
	arrow := t.charset(f.ascii).Arrow
	opt := tui.Options{
		Reference: display.Escape(from) + " " + arrow + " " + display.Escape(to), ASCII: t.ascii(f.ascii), NoColor: !t.color(t.std.Out, f.color),
		Theme: cmp.Or(f.theme, settings.Theme), Keys: settings.Keys, Older: older.Load,
	}
	if !isSaved(to) {
		opt.Workspace = shown.space
		opt.Open, opt.OpenAll = shown.opener(&pair.newer, t), shown.openerOfMany(&pair.newer, t)
	}
	_, err = tui.Run(ctx, in, t.std.Out, opt, func(ctx context.Context, progress func(analyze.Event)) (*model.Report, error) {
		st := f.cache(t.std)
		defer st.Close()
		options := func(of *flags) analyze.Options {
			o := of.options(t.std.In)
			o.Layers, o.Store, o.Progress, o.Waiting, o.Contents = pair.shared, st, progress, nil, pair.contents
			return o
		}
		if older.Load() == nil {
			old := options(&pair.older)
			old.Progress = func(e analyze.Event) {
				e.Report = nil // the screen shows the new image alone until both are read
				progress(e)
			}
			was, err := analyzeOrLoad(ctx, from, &pair.older, old)
			if err == nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			if err != nil {
				return nil, oldImage(err)
			}
			older.Store(was.Report)
		}
		var is *model.Report
		var err error
		if isSaved(to) {
			is, err = pair.newer.loadSaved(ctx, to)
		} else {
			is, err = shown.analyze(ctx, options(&pair.newer))
		}
		if err != nil {
			return nil, newImage(err)
		}
		return is, nil
	})
	return true, err
}
