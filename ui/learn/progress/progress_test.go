package progress

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestProgressIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tare", "learn.json")
	p, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)
	if err := p.Change("01-layers", func(l *Lesson) { l.Solved, l.Best = &day, 5 }); err != nil {
		t.Fatal(err)
	}
	if err := p.Enter("02-one-run"); err != nil {
		t.Fatal(err)
	}
	again, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if again.At != "02-one-run" || again.Lessons["01-layers"].Best != 5 || again.Solved([]string{"01-layers", "02-one-run"}) != 1 {
		t.Errorf("kept %+v", again)
	}
	if err := Forget(file); err != nil {
		t.Fatal(err)
	}
	if p, err := Open(file); err != nil || len(p.Lessons) != 0 || p.At != "" {
		t.Errorf("after a reset: %+v, %v", p, err)
	}
}

func TestBrokenProgress(t *testing.T) {
	file := filepath.Join(t.TempDir(), "learn.json")
	for name, text := range map[string]string{"no JSON": "{", "another shape": `{"lessons": 3}`, "too large": strings.Repeat(" ", maxFile+1)} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(file)
		if err == nil || !strings.Contains(err.Error(), "tare learn reset starts over") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCodes: a code tells what it was made of, however it is typed, and one that is
// mistyped is none.
func TestCodes(t *testing.T) {
	for _, a := range []Achievement{
		{Name: "Ann", Solved: []bool{true, false, true}, Shown: []bool{false, false, true}, Exam: 143_000_000, Day: epoch.AddDate(0, 0, 697)},
		{Name: "", Solved: []bool{}, Shown: []bool{}, Day: epoch},
		{Name: "Jürgen Großmann-Straßer 🙂", Solved: make([]bool, 32), Shown: make([]bool, 32), Exam: 999_000, Day: epoch.AddDate(80, 0, 0)},
	} {
		code := a.Code()
		got, err := Decode(code)
		if err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		if !strings.HasPrefix(a.Name, got.Name) {
			t.Errorf("the name is %q", got.Name)
		}
		got.Name = a.Name
		if !reflect.DeepEqual(got, a) {
			t.Errorf("got %+v, want %+v", got, a)
		}
		typed := strings.ToLower(strings.NewReplacer("-", " ", "0", "o", "1", "l").Replace(code))
		if _, err := Decode(typed); err != nil {
			t.Errorf("%q: %v", typed, err)
		}
		for i := range code {
			for _, c := range "0Z" {
				if other := code[:i] + string(c) + code[i+1:]; other != code && code[i] != '-' {
					if _, err := Decode(other); err == nil {
						t.Errorf("%q passes for %q", other, code)
					}
				}
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Achievement{Name: "Ann", Solved: []bool{true}, Shown: []bool{false}, Day: epoch}.Code())
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Decode(text)
		if err != nil {
			return
		}
		if again, err := Decode(a.Code()); err != nil || again.Name != a.Name {
			t.Errorf("%q: %+v does not come back: %v", text, a, err)
		}
	})
}
