package history

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseDockerfile(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // stage, lines, keyword, text, where a COPY takes from
	}{
		{"continuation, comment, lower case", "FROM a\n\nrun one \\\n  # why\n\n  two\n", []string{
			"0 1-1 FROM FROM a", "0 3-6 RUN run one \\\n  # why\n\n  two",
		}},
		{"heredocs", "FROM a\nRUN <<A cat && <<-B cat\n# no comment\nA\nb\n\tB\nCOPY <<'C' /x\n$no\nC\nUSER 1", []string{
			"0 1-1 FROM FROM a", "0 2-6 RUN RUN <<A cat && <<-B cat\n# no comment\nA\nb\n\tB", "0 7-9 COPY COPY <<'C' /x\n$no\nC", "0 10-10 USER USER 1",
		}},
		{"escape directive", "# escape=`\nFROM a\nRUN one `\n  C:\\two\\\nUSER 1", []string{
			"0 2-2 FROM FROM a", "0 3-4 RUN RUN one `\n  C:\\two\\", "0 5-5 USER USER 1",
		}},
		{"byte order mark and CRLF", "\ufeffFROM a\r\nRUN x \\\r\n y\r\n", []string{
			"0 1-1 FROM FROM a", "0 2-3 RUN RUN x \\\n y",
		}},
		{"build arguments' values", "ARG A=pl4nted\nFROM a:${A}\nARG B=pl4nted C\\\n # x\n D='pl4nted two'\nONBUILD ARG E=pl4nted F=pl4nted", []string{
			"0 2-2 FROM FROM a:${A}", "0 3-5 ARG ARG B C D", "0 6-6 ONBUILD ONBUILD ARG E F",
		}},
		{"stages", "ARG S=two\nFROM a AS One\nFROM --platform=x one as two\nCOPY --from=one / /\nCOPY --from=0 / /\nFROM $S\nCOPY --from=b:1 / /\nCOPY --from=2 / /\nCOPY --from=7 / /", []string{
			"0 2-2 FROM FROM a AS One", "1 3-3 FROM FROM --platform=x one as two", "1 4-4 COPY COPY --from=one / / from one", "1 5-5 COPY COPY --from=0 / / from one",
			"2 6-6 FROM FROM $S", "2 7-7 COPY COPY --from=b:1 / / from b:1", "2 8-8 COPY COPY --from=2 / / from 2", "2 9-9 COPY COPY --from=7 / / from 7",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := ParseDockerfile("Dockerfile", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			show := func(stage int, s *Step) {
				line := fmt.Sprintf("%d %d-%d %s %s", stage, s.Line, s.EndLine, s.Keyword, s.Text)
				if s.CopyFrom != "" {
					line += " from " + s.CopyFrom
				}
				got = append(got, line)
			}
			for i := range d.Stages {
				show(i, &d.Stages[i].From)
				for j := range d.Stages[i].Steps {
					show(i, &d.Stages[i].Steps[j])
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParents(t *testing.T) {
	d, err := ParseDockerfile("Dockerfile", []byte("ARG LAST=c\nFROM a AS a\nFROM a AS b\nFROM b AS a\nFROM x AS c\nFROM ${LAST}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, s := range d.Stages {
		got = append(got, s.Parent)
	}
	if diff := cmp.Diff([]int{-1, 0, 1, -1, 3}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestParseDockerfileErrors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "Dockerfile"},
		{"a comment only", "# x\n", "Dockerfile"},
		{"no FROM", "ARG A\n", "Dockerfile has no FROM"},
		{"before FROM", "ARG A\nRUN x\nFROM a", "Dockerfile:2: RUN comes before the first FROM"},
		{"a secret where an instruction should stand", "FROM a\nTOKEN=hunter2\n", "Dockerfile:2: unknown instruction \"TOKEN…\""},
		{"a secret that is no pair", "FROM a\nENV A=b hunter2\n", "Dockerfile:2: Syntax error - can't find = in a word. Must"},
		{"unknown", "FROM a\n\nFETCH x\n", "Dockerfile:3: unknown instruction \"FETCH\""},
		{"heredoc", "FROM a\nRUN <<EOF\nx", "Dockerfile:2: unterminated heredoc"},
		{"binary", "FROM a\x00", "not text"},
		{"large", strings.Repeat("# x\n", MaxDockerfile/4+1), "larger than 1 MiB"},
		{"long line", "FROM a\nRUN " + strings.Repeat("x", 100_000), "Dockerfile"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseDockerfile("Dockerfile", []byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 300 {
				t.Errorf("error %v, want one line with %q", err, tt.want)
			}
		})
	}
}
