package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/learn/course"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/learn/progress"
)

// newNew makes `tare learn new`, which begins a teacher's own lesson.
func (f *learnFlags) newNew(std Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "new DIR",
		Short: "Begin a lesson of your own: a small one with comments",
		Args:  exactly(1, "name a directory for the lesson; see tare learn new --help"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := course.Write(args[0]); err != nil {
				return err
			}
			fmt.Fprintf(std.Err, "%s holds a lesson. tare learn check %s proves it, tare learn --from %s plays it.\n", args[0], args[0], args[0])
			return nil
		},
	}
}

// newCheck makes `tare learn check`, which proves a teacher's lessons.
func (f *learnFlags) newCheck(std Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "check DIR",
		Short: "Prove a lesson, or a directory of lessons",
		Long: `Prove a lesson, or a directory of lessons: the start fails, the solution passes, each wrong
solution fails the check that the lesson names, and every figure in the texts is counted.`,
		Args: exactly(1, "name the directory of the lesson; see tare learn check --help"),
		RunE: func(cmd *cobra.Command, args []string) error {
			lessons, err := readCourse(args[0])
			if err != nil {
				return err
			}
			faults := 0
			for _, l := range lessons {
				wrong, err := lesson.Prove(cmd.Context(), l)
				if err != nil {
					return err
				}
				for _, w := range wrong {
					faults++
					fmt.Fprintln(std.Err, display.Text(l.Name+"/"+w.Error()))
				}
			}
			if faults > 0 {
				return fmt.Errorf("%s of %s", display.Plural(faults, "fault"), display.Plural(len(lessons), "lesson"))
			}
			fmt.Fprintf(std.Out, "%s: true\n", display.Plural(len(lessons), "lesson"))
			return nil
		},
	}
}

// newCode makes `tare learn code`, which prints what a learner gives to the teacher.
func (f *learnFlags) newCode(std Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "code NAME",
		Short: "Print a code that shows your teacher what you solved",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("give your name, as in: tare learn code Ann")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := f.session(std)
			if err != nil {
				return err
			}
			fmt.Fprintln(std.Out, s.Achievement(strings.Join(args, " ")).Code())
			return nil
		},
	}
}

// newVerify makes `tare learn verify`, with which a teacher reads codes.
func newVerify(std Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "verify CODE...",
		Short: "Read the codes of a class: who solved what",
		Long: `Read the codes of a class: who solved what. With -, they come from standard input, one
code per line. The codes rely on honesty: the key is in the program, so anyone determined
can make one up.`,
		Example: `  tare learn verify 04NM4-1PVVW-00G1E-XBPJY-P
  tare learn verify - < codes.txt`,
		Args: atLeast(1, "name the codes, or - to read them from standard input; see tare learn verify --help"),
		RunE: func(_ *cobra.Command, args []string) error {
			codes, err := codesOf(args, std.In)
			if err != nil {
				return err
			}
			bad := 0
			for _, text := range codes {
				a, err := progress.Decode(text)
				if err != nil {
					bad++
					fmt.Fprintf(std.Err, "%s: %v\n", display.Truncate(display.OneLine(text), shownCode), err)
					continue
				}
				fmt.Fprintln(std.Out, achieved(a))
			}
			if bad > 0 {
				return fmt.Errorf("%s could not be read", display.Plural(bad, "code"))
			}
			return nil
		},
	}
}

// shownCode is how many columns of what is no code are shown.
const shownCode = 60

// maxCodes is how many bytes of codes are read.
const maxCodes = 1 << 20

// codesOf are the codes that were named; - stands for those in in, a line each.
func codesOf(args []string, in io.Reader) (codes []string, err error) {
	for _, arg := range args {
		if arg != "-" {
			codes = append(codes, arg)
			continue
		}
		text, err := io.ReadAll(io.LimitReader(in, maxCodes+1))
		if err != nil {
			return nil, fmt.Errorf("reading the codes: %w", err)
		}
		if len(text) > maxCodes {
			return nil, errors.New("reading the codes: there is more than 1 MB of them")
		}
		before := len(codes)
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" {
				codes = append(codes, line)
			}
		}
		if len(codes) == before {
			return nil, errors.New("reading the codes: standard input has none")
		}
	}
	return codes, nil
}

// achieved is a code in words.
func achieved(a progress.Achievement) string {
	var missing []string
	solved, shown := 0, 0
	for i, ok := range a.Solved {
		switch {
		case !ok:
			missing = append(missing, fmt.Sprint(i+1))
		case a.Shown[i]:
			shown++
			solved++
		default:
			solved++
		}
	}
	line := fmt.Sprintf("%s  %s: %d of %d lessons", a.Day.Format("2006-01-02"), display.OneLine(a.Name), solved, len(a.Solved))
	if shown > 0 {
		line += fmt.Sprintf(", %d after the solution was shown", shown)
	}
	if len(missing) > 0 {
		line += "; open: " + strings.Join(missing, ", ")
	}
	if a.Exam > 0 {
		line += "; last image " + display.Bytes(a.Exam)
	}
	return line
}

// atLeast accepts n arguments or more.
func atLeast(n int, sentence string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < n {
			return errors.New(sentence)
		}
		return nil
	}
}

// exactly accepts n arguments and answers any other number with a sentence of our own.
func exactly(n int, sentence string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return errors.New(sentence)
		}
		return nil
	}
}
