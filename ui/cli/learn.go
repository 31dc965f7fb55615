package cli

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/learn/course"
	"github.com/tare-oci/tare/ui/learn/handout"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/learn/progress"
	"github.com/tare-oci/tare/ui/learn/prompt"
	"github.com/tare-oci/tare/ui/learn/screen"
	"github.com/tare-oci/tare/ui/learn/session"
	"github.com/tare-oci/tare/ui/tui"
	"github.com/tare-oci/tare/ui/workspace"
)

// learnFlags are the flags of tare learn and of its commands.
type learnFlags struct {
	global *flags
	from   string // a directory of lessons; "" is the course of tare
	dir    string // where the learner's files lie

	handout string // a file for the course on paper; \"\" for none
}

// learnDir is where the learner's files lie unless they say otherwise.
const learnDir = "tare-learn"

// newLearn makes `tare learn`.
func newLearn(global *flags, std Streams) *cobra.Command {
	f := learnFlags{global: global}
	cmd := &cobra.Command{
		Use:   "learn [LESSON]",
		Short: "A course on building images, without an engine or a network",
		Long: `A course on building good images: short lessons, each with a Dockerfile to fix.
What you write is replayed in memory and counted at once, so you need no engine and no
network. The files are in tare-learn in this directory; edit them with any editor.

LESSON is a number or a name. Without it, the course goes on where you stopped.`,
		Args: atMost(1, "one lesson at a time; see tare learn --help"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.handout != "" {
				return f.writeHandout(cmd.Context(), std)
			}
			return f.learn(cmd.Context(), std, args)
		},
	}
	cmd.PersistentFlags().StringVar(&f.from, "from", "", "take the lessons of a directory instead (see tare learn new)")
	cmd.Flags().StringVar(&f.dir, "dir", learnDir, "the directory for the files that you edit")
	cmd.Flags().StringVar(&f.handout, "handout", "", "write the course as one HTML page to print, into a file (- for standard output)")
	cmd.AddCommand(f.newList(std), f.newNew(std), f.newCheck(std), f.newCode(std), newVerify(std), f.newReset(std))
	return cmd
}

// lessons reads the course.
func (f *learnFlags) lessons() ([]*lesson.Lesson, error) {
	if f.from == "" {
		return course.Lessons(), nil
	}
	return readCourse(f.from)
}

// readCourse reads the lessons in a directory, or the one that the directory is.
func readCourse(dir string) ([]*lesson.Lesson, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("there is no directory %s; tare learn new %s makes one with a lesson", dir, dir)
	}
	// No link of a stranger's lesson leads out of its directory.
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the lessons: %w", err)
	}
	defer root.Close()
	if _, err := root.Stat("lesson.yaml"); err == nil {
		l, err := lesson.Read(root.FS(), filepath.Base(dir))
		if err != nil {
			return nil, broken(dir, err)
		}
		return []*lesson.Lesson{l}, nil
	}
	lessons, err := lesson.Course(root.FS())
	if err != nil {
		return nil, broken(dir, err)
	}
	return lessons, nil
}

// broken puts the directory before the file that is wrong.
func broken(dir string, err error) error {
	var bad *lesson.Error
	if !errors.As(err, &bad) {
		return err
	}
	e := *bad
	e.File = filepath.Join(dir, filepath.FromSlash(e.File))
	return &e
}

// session opens the course where the learner stopped.
func (f *learnFlags) session(std Streams) (*session.Session, error) {
	lessons, err := f.lessons()
	if err != nil {
		return nil, err
	}
	file, err := f.progressFile(std)
	if err != nil {
		return nil, err
	}
	if file != "" && os.MkdirAll(filepath.Dir(file), 0o700) != nil {
		fmt.Fprintf(std.Err, "tare: progress is not kept, since %s cannot be written\n", filepath.Dir(file))
		file = ""
	}
	p, err := progress.Open(file)
	if err != nil {
		return nil, err
	}
	return session.New(lessons, p, session.Options{Dir: f.dir}), nil
}

// progressFile is where progress is kept: below XDG_STATE_HOME, or what stands in for
// it on this system, a file a course; "" where the environment names no place.
func (f *learnFlags) progressFile(std Streams) (string, error) {
	env := terminal{std}.env
	dir := env("XDG_STATE_HOME")
	switch home := env("HOME"); {
	case dir != "":
	case runtime.GOOS == "windows":
		dir = env("LocalAppData")
	case home != "":
		dir = filepath.Join(home, ".local", "state")
	}
	if dir == "" {
		return "", nil
	}
	name := "learn.json"
	if f.from != "" {
		at, err := filepath.Abs(f.from)
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256([]byte(at))
		name = "learn-" + hex.EncodeToString(sum[:6]) + ".json"
	}
	return filepath.Join(dir, "tare", name), nil
}

func (f *learnFlags) learn(ctx context.Context, std Streams, args []string) error {
	s, err := f.session(std)
	if err != nil {
		return err
	}
	first := s.Next()
	if len(args) == 1 {
		if first = s.Find(args[0]); first < 0 {
			return fmt.Errorf("there is no lesson %q; tare learn list shows them", args[0])
		}
	}
	t := terminal{std}
	if _, typed := fd(std.In); typed && t.interactive() && !f.global.accessible {
		return f.onScreen(ctx, t, s, first)
	}
	return prompt.Run(ctx, s, first, prompt.Options{In: std.In, Out: std.Out, Edit: editorOf(std)})
}

// onScreen shows the course, and tare's interface on the learner's image as often as
// they want to look around in it.
func (f *learnFlags) onScreen(ctx context.Context, t terminal, s *session.Session, first int) error {
	settings, err := tui.ReadSettings(settingsFile(t.std))
	if err != nil {
		return err
	}
	theme := cmp.Or(f.global.theme, settings.Theme)
	opt := screen.Options{
		ASCII: t.ascii(f.global.ascii), NoColor: !t.color(t.std.Out, f.global.color), Theme: theme, Keys: settings.Keys,
		Editor: func(file string) (*exec.Cmd, error) { return workspace.EditorOf(t.env, file, 0) },
	}
	for {
		outcome, err := screen.Run(ctx, t.std.In, t.std.Out, s, first, opt)
		if err != nil || outcome == screen.Left {
			return err
		}
		first = s.At()
		if opt.Answer, err = look(ctx, t, s, tui.Options{ASCII: opt.ASCII, NoColor: opt.NoColor, Theme: theme, Keys: settings.Keys}); err != nil {
			return err
		}
	}
}

// writeHandout writes the course for paper.
func (f *learnFlags) writeHandout(ctx context.Context, std Streams) error {
	lessons, err := f.lessons()
	if err != nil {
		return err
	}
	if f.handout == "-" {
		return handout.Write(ctx, std.Out, lessons)
	}
	if err := writeOutput(f.handout, func(file *os.File) error { return handout.Write(ctx, file, lessons) }); err != nil {
		return err
	}
	fmt.Fprintf(std.Err, "%s holds %s; open it in a browser and print it.\n", f.handout, display.Plural(len(lessons), "lesson"))
	return nil
}

// editorOf opens a file in the learner's editor; nil where nobody sits at a terminal
// and no editor is named.
func editorOf(std Streams) func(context.Context, string) error {
	t := terminal{std}
	if !t.interactive() && cmp.Or(t.env("VISUAL"), t.env("EDITOR")) == "" {
		return nil
	}
	return func(_ context.Context, file string) error {
		cmd, err := workspace.EditorOf(t.env, file, 0)
		if err != nil {
			return err
		}
		cmd.Stdin, cmd.Stdout, cmd.Stderr = std.In, std.Out, std.Err
		return cmd.Run()
	}
}

func (f *learnFlags) newList(std Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the lessons and what you have solved",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			s, err := f.session(std)
			if err != nil {
				return err
			}
			_, err = io.WriteString(std.Out, display.Text(prompt.List(s)))
			return err
		},
	}
}

func (f *learnFlags) newReset(std Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "reset",
		Short: "Forget your progress; the files that you edited stay",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			file, err := f.progressFile(std)
			if err != nil {
				return err
			}
			if err := progress.Forget(file); err != nil {
				return err
			}
			fmt.Fprintln(std.Err, "Your progress is forgotten. The files that you edited are where they were.")
			return nil
		},
	}
}
