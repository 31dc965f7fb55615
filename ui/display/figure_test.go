package display

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 7: "7 B", 999: "999 B", 1000: "1.0 kB", 82_854_982: "83 MB", 1_234_567_890: "1.2 GB",
		999_499: "999 kB", 999_700: "1.0 MB", 999_999_999: "1.0 GB", -1500: "-1.5 kB",
		math.MaxInt64: "9.2 EB", math.MinInt64: "-9.2 EB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestBytesApart(t *testing.T) {
	for _, c := range []struct {
		a, b         int64
		textA, textB string
	}{
		{20_000_000, 20_000_000, "20 MB", "20 MB"}, {20_000_001, 20_000_000, "20,000,001 bytes", "20,000,000 bytes"},
		{54_693_684, 55_000_000, "54.7 MB", "55.0 MB"}, {13_012_345, 13_001_234, "13.01 MB", "13.00 MB"},
		{1_000_101, 1_000_100, "1,000,101 bytes", "1,000,100 bytes"}, {1_040, 960, "1.0 kB", "960 B"},
		{5, 20_000_000, "5 B", "20 MB"}, {1_140_000_000, 443_000_000, "1.14 GB", "443 MB"}, {12_300_000_000, 12_300_000_001, "12,300,000,000 bytes", "12,300,000,001 bytes"}, {1_141_000_000, 1_143_000_000, "1.141 GB", "1.143 GB"}, {9_999_000_000, 0, "10.0 GB", "0 B"},
		{-1_000_001, -1_000_000, "-1,000,001 bytes", "-1,000,000 bytes"},
	} {
		if a, b := BytesApart(c.a, c.b); a != c.textA || b != c.textB {
			t.Errorf("%d and %d: %q and %q", c.a, c.b, a, b)
		}
	}
}

func FuzzBytes(f *testing.F) {
	f.Add(int64(999_999))
	f.Fuzz(func(t *testing.T, n int64) {
		n = max(n, -n, 0)
		if got := BytesColumn(n); Width(got) != BytesWidth || !strings.HasSuffix(got, "B") {
			t.Errorf("BytesColumn(%d) = %q", n, got)
		}
	})
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        string
	}{
		{0, 0, "0 %"}, {0, 5, "0 %"}, {5, 5, "100 %"}, {1, 1000, "<1 %"}, {999, 1000, ">99 %"},
		{41, 100, "41 %"}, {415, 1000, "42 %"}, {6, 5, "100 %"}, {-1, 5, "0 %"},
	} {
		if got := Percent(c.part, c.whole); got != c.want {
			t.Errorf("Percent(%d, %d) = %q, want %q", c.part, c.whole, got, c.want)
		}
	}
}

func TestEfficiency(t *testing.T) {
	for e, want := range map[float64]string{1: "100 %", 0: "0 %", 0.9999: "99.9 %", 0.29: "29 %", 0.5915: "59.1 %", math.Nextafter(1, 0): "99.9 %"} {
		if got := Efficiency(e); got != want {
			t.Errorf("Efficiency(%v) = %q, want %q", e, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	if got := Count(1234567) + " " + Plural(1, "layer") + " " + Plural(0, "layer") + " " + Plural(1200, "file"); got != "1,234,567 1 layer 0 layers 1,200 files" {
		t.Errorf("got %q", got)
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0.0 s", 400 * time.Millisecond: "0.4 s", 9960 * time.Millisecond: "10 s", 12 * time.Second: "12 s",
		59600 * time.Millisecond: "1 min 00 s", 185 * time.Second: "3 min 05 s", time.Hour - 400*time.Millisecond: "1 h 00 min",
		130 * time.Minute: "2 h 10 min", 99 * time.Hour: "4 d 3 h",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestAgo(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		then time.Time
		want string
	}{
		{now.Add(-61 * time.Second), "1 min ago"}, {now.Add(-12 * time.Second), "12 s ago"}, {now.Add(-5 * time.Hour), "5 h ago"},
		{now.AddDate(0, 0, -1), "1 day ago"}, {now.AddDate(0, 0, -59), "59 days ago"}, {now.AddDate(0, -6, 0), "6 months ago"},
		{now.AddDate(-3, 0, 0), "3 years ago"}, {time.Unix(0, 0), "1970-01-01"}, {time.Time{}, "0001-01-01"}, {now.AddDate(0, 0, 2), "2026-03-03"},
	} {
		if got := Ago(c.then, now); got != c.want {
			t.Errorf("Ago(%v) = %q, want %q", c.then, got, c.want)
		}
	}
}

func TestBar(t *testing.T) {
	for _, c := range []struct {
		live, wasted, total int64
		width               int
		want                string
	}{
		{50, 50, 100, 10, "#####====="}, {100, 0, 100, 4, "####"}, {1, 0, 1000, 5, "#...."}, {999, 1, 1000, 5, "####="},
		{0, 0, 0, 3, "..."}, {25, 25, 100, 8, "##==...."}, {5, 5, 5, 4, "####"}, {1, 1, 100, 2, ""}, {1, 1, 3, 1, ""}, {1, 1, 2, 0, ""},
	} {
		got := ASCII.Bar(c.live, c.wasted, c.total, c.width)
		if c.width >= 3 && got != c.want {
			t.Errorf("Bar(%d, %d, %d, %d) = %q, want %q", c.live, c.wasted, c.total, c.width, got, c.want)
		}
		if len(got) != c.width {
			t.Errorf("Bar(%d, %d, %d, %d) = %q", c.live, c.wasted, c.total, c.width, got)
		}
	}
	if got := Unicode.Bar(1, 1, 3, 3); got != "█▓░" {
		t.Errorf("Unicode.Bar = %q", got)
	}
}

func FuzzBar(f *testing.F) {
	f.Add(int64(1), int64(999), int64(1000), 5)
	f.Fuzz(func(t *testing.T, live, wasted, total int64, width int) {
		width %= 300
		if got := Unicode.Bar(live, wasted, total, width); Width(got) != max(width, 0) {
			t.Errorf("Bar(%d, %d, %d, %d) is %d cells wide", live, wasted, total, width, Width(got))
		}
	})
}

func TestUTF8(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{map[string]string{"LANG": "de_DE.UTF-8"}, true},
		{map[string]string{"LANG": "C.utf8"}, true},
		{map[string]string{"LANG": "en_US.UTF-8", "LC_ALL": "C"}, false},
		{map[string]string{"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, true},
		{map[string]string{"LANG": "de_DE"}, false},
	} {
		if got := UTF8(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("UTF8(%v) = %v", c.env, got)
		}
	}
}
