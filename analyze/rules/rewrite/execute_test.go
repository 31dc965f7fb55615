package rewrite

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest/quick"
)

// Scripts in which the steps can get in each other's way. Each runs in an empty
// directory; a step that fails ends the build.
var executed = [][]string{
	{"echo a > a", "echo b > b", "cat a b > c"},
	{"mkdir d && cd d && echo x > x", "echo y > y"},
	{"A=1; echo \"$A\" > a", "echo \"<$A>\" > b"},
	{"export A=1 && echo $A > a", "echo \"<$A>\" > b"},
	{"umask 077 && touch a", "touch b"},
	{"false || echo a > a", "echo b > b"},
	{"true", "false || echo a > a", "echo b > b"},
	{"false; echo a > a", "echo b > b"},
	{"false", "echo a > a || true", "echo b > b"},
	{"echo a > a; false", "true || echo b > b"},
	{"test -e nothing || exit 0; echo a > a", "echo b > b"},
	{"echo a > a; exit 3", "echo b > b"},
	{"set -e; echo a > a; false; echo b > b", "echo c > c"},
	{"set -eu; echo a > a; echo b > b", "false; echo c > c"},
	{"echo z > z", "set -e; for i in 1 2; do echo $i > f$i; test $i = 2; done; echo c > c"},
	{"echo z > z", "set -e; echo a > a; false; echo b > b", "echo c > c"},
	{"set -f; echo '*' > a", "echo * > b"},
	{"for i in 1 2; do echo $i > f$i; done", "echo \"<$i>\" > b"},
	{"f() { echo f > f; }; f", "f || echo none > n"},
	{"echo a | cat > a", "! test -e a || echo b > b"},
	{"if test -e x; then echo 1 > a; else echo 2 > a; fi", "case x in x) echo b > b;; esac"},
	{"( cd / && true ) && echo a > a", "{ echo b > b; }"},
	{"echo ${V:=set} > a", "echo \"<$V>\" > b"},
	{"exec true", "echo b > b"},
	{"echo $(( 1 + 2 )) > a && I=$((1+1))", "echo \"$I\" > b"},
	{"alias x=true; echo a > a", "echo b > b"},
	{"read v < /dev/null || true", "echo \"$v\" > b"},
	{"! true", "echo b > b"},
	{"! false", "echo b > b"},
	{"echo a     &&    echo b > b", "echo 'c   d'   \"e   f\"   > c"},
	{"echo \"a \\\n   b\" > a", "echo b\\\nc > b"},
}

// outcome runs scripts one after the other, each in a shell of its own, and
// returns the files, their modes and content, and the status of the first that failed.
func outcome(t *testing.T, shell string, scripts []string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	status := "0"
	for _, script := range scripts {
		cmd := exec.Command(shell, "-c", script)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HERE=" + dir}
		if err := cmd.Run(); err != nil {
			status = err.Error()
			break
		}
	}
	got := map[string]string{"status": status}
	err := filepath.Walk(dir, func(p string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		content, err := os.ReadFile(p)
		name, _ := filepath.Rel(dir, p)
		got[name] = fmt.Sprintf("%v %q", info.Mode(), content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// scriptOf is what BuildKit gives the shell for a RUN.
func scriptOf(t *testing.T, run string) string { return dockerfile(t, run).Next.Value }

func shells(t *testing.T, each func(t *testing.T, shell string)) {
	for _, name := range []string{"dash", "bash"} {
		t.Run(name, func(t *testing.T) {
			shell, err := exec.LookPath(name)
			if err != nil {
				t.Skipf("%s is not installed", name)
			}
			each(t, shell)
		})
	}
}

func TestJoinedRunsLeaveTheSameFiles(t *testing.T) {
	shells(t, func(t *testing.T, shell string) {
		joins := 0
		for _, scripts := range executed {
			runs := make([]string, len(scripts))
			apart := make([]string, len(scripts))
			for i, script := range scripts {
				runs[i] = "RUN " + script
				apart[i] = scriptOf(t, runs[i])
			}
			joined, ok := Join(runs)
			if !ok {
				continue
			}
			joins++
			want, got := outcome(t, shell, apart), outcome(t, shell, []string{scriptOf(t, joined)})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("apart and joined differ (-apart +joined):\n%s\n%s", diff, joined)
			}
		}
		if joins < len(executed)-4 {
			t.Errorf("only %d of %d were joined", joins, len(executed))
		}
	})
}

// TestRandomRunsJoined joins two or three scripts of different RUNs.
func TestRandomRunsJoined(t *testing.T) {
	var pool []string
	for _, scripts := range executed {
		pool = append(pool, scripts...)
	}
	pool = append(pool, "set -e && echo p > p && false", "set -eux; echo q > q; test ! -e b", "set -e; echo w > w; ! true", "set -e; echo w > w; false || ! true", "set -e; echo r > r && false", "set -e; false && true; echo s > s", "set -e; echo t > t; echo u > u && echo v > v",
		"set -eu; echo \"${x:-none}\" > x; echo y > y", "echo \"$x\" > x2 && echo $NOTHING > n2", "for x in 1 2; do test $x = 2; done", "set -o pipefail && false | true", "false | true", "cd / && true", "rm -rf /nothing-here && mkdir -p d/e",
		"x=1; echo $x > x3", "echo m > m; ! true", "! false; ! true", "( exit 1 )", "{ false; true; }", "if false; then true; fi", "set -e; if false; then true; fi; ( exit 0 )", "set -ex; [ -e b ] && echo k > k; echo l > l", "while false; do true; done", "false && echo x > x4; true", "true || false && false")
	shells(t, func(t *testing.T, shell string) {
		random := rand.New(rand.NewPCG(1, 2))
		joins, rounds := 0, quick.Rounds(30, 30, 300)
		for range rounds {
			var runs, apart []string
			for range 2 + random.IntN(2) {
				run := "RUN " + pool[random.IntN(len(pool))]
				runs, apart = append(runs, run), append(apart, scriptOf(t, run))
			}
			joined, ok := Join(runs)
			if !ok {
				continue
			}
			joins++
			want, got := outcome(t, shell, apart), outcome(t, shell, []string{scriptOf(t, joined)})
			if (want["status"] == "0") != (got["status"] == "0") {
				t.Errorf("apart the RUNs end with %s, joined with %s\n%s", want["status"], got["status"], joined)
			}
			delete(want, "status")
			delete(got, "status")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("apart and joined differ (-apart +joined):\n%s\n%s", diff, joined)
			}
		}
		if joins < rounds*2/5 {
			t.Errorf("only %d were joined", joins)
		}
	})
}

func TestCleanupLeavesTheSameStatus(t *testing.T) {
	shells(t, func(t *testing.T, shell string) {
		edited := 0
		for _, scripts := range executed {
			for _, script := range scripts {
				run, ok := AppendCleanup("RUN "+script, `touch "$HERE/done"`)
				if !ok {
					continue
				}
				edited++
				want, got := outcome(t, shell, []string{scriptOf(t, "RUN "+script)}), outcome(t, shell, []string{scriptOf(t, run)})
				if _, done := got["done"]; done != (want["status"] == "0") {
					t.Errorf("the clean-up ran: %v, but the RUN's status was %s\n%s", done, want["status"], run)
				}
				delete(got, "done")
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("without and with the clean-up differ:\n%s\n%s", diff, run)
				}
			}
		}
		if edited < 40 {
			t.Errorf("only %d clean-ups were appended", edited)
		}
	})
}

func TestCleanupUnderErrexit(t *testing.T) {
	shells(t, func(t *testing.T, shell string) {
		for _, script := range strings.Split(`set -e; false; echo a > a
set -e; for i in 1 2; do false; echo $i > a; done
set -e; { false; echo a > a; }
set -e; (false; echo a > a)
set -e; { true && false; }
set -e; true && false
set -e; false && true
set -e; ! true
set -e; f() { false; echo a > a; }; f
set -e; if true; then false; fi
set -e; if false; then true; fi
set -e; set +e; false
set -e && false; true
set -e; echo 1 | cat > a; false || true
set -ex; true; [ -e nothing ] && echo a > a`, "\n") {
			run, ok := AppendCleanup("RUN "+script, `touch "$HERE/done"`)
			if !ok {
				continue
			}
			want, got := outcome(t, shell, []string{script}), outcome(t, shell, []string{scriptOf(t, run)})
			if _, done := got["done"]; done != (want["status"] == "0") {
				t.Errorf("the clean-up ran: %v, but the RUN's status was %s\n%s", done, want["status"], run)
			}
			delete(got, "done")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("without and with the clean-up differ:\n%s\n%s", diff, run)
			}
		}
	})
}
