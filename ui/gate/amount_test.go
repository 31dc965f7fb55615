package gate

import (
	"math/rand/v2"
	"testing"

	"github.com/tare-oci/tare/ui/display"

	"github.com/dustin/go-humanize"
)

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "20": 20, "20MB": 20_000_000, "20 MiB": 20 << 20, "20mb": 20_000_000, "20M": 20_000_000, "1.5GB": 1_500_000_000,
		".5kB": 500, "5.": 5, "1,000": 1000, "1,234,567.8kB": 1_234_567_800, "0.0": 0, " 7 kB ": 7000, "1EiB": 1 << 60,
		// What a float would make a byte less of.
		"8.2MB": 8_200_000, "4.1GB": 4_100_000_000, "8.7TB": 8_700_000_000_000, "2.01kB": 2010,
	} {
		if got, err := ParseBytes(text); err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", " ", "MB", ".", "-1", "+1", "1e3", "0x10", "NaN", "inf", "5%", "1.2.3", "20MO", "1 2", "1EB2", "2EiB", "9999999999999999999", "٣MB",
		"00000000000000000000000000000000000000001",
		// A comma for a point, and a share without its sign.
		"1,5MB", "1,50MB", "12,34", "1,000,5MB", ",5MB", "0.4", "0.1", "0.0001kB"} {
		if got, err := ParseBytes(text); err == nil {
			t.Errorf("%q is taken for %d bytes", text, got)
		}
	}
}

func TestParseShare(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "1": 1, "0.95": 0.95, ".5": 0.5, "1.0": 1, "95%": 0.95, "95 %": 0.95, " 29% ": 0.29, "0%": 0, "100%": 1, "99.99%": 0.9999, ".5%": 0.005,
	} {
		if got, err := ParseShare(text); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "%", "95", "1.0001", "101%", "-0.1", "+0.5", "-5%", "1e-1", "0x1p-1", "NaN", "Inf", "0.9 5", "5%%", "five"} {
		if got, err := ParseShare(text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func TestParseAmountAndGrowth(t *testing.T) {
	for text, want := range map[string]Amount{"20MB": {Bytes: 20_000_000}, "5%": {Share: 0.05, IsShare: true}, "0%": {IsShare: true}} {
		if got, err := ParseAmount(text); err != nil || got != want {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
		if got, err := ParseGrowth(text); err != nil || got != want {
			t.Errorf("growth %q: got %+v, %v", text, got, err)
		}
	}
	if _, err := ParseAmount("150%"); err == nil {
		t.Error("more than all may be wasted")
	}
	if got, err := ParseGrowth("150%"); err != nil || got != (Amount{Share: 1.5, IsShare: true}) {
		t.Errorf("growth of 150%%: got %+v, %v", got, err)
	}
	if _, err := ParseGrowth("10001%"); err == nil {
		t.Error("there is no limit to growth")
	}
}

// TestAmountString holds that what a report says of an amount reads back as it,
// to the digits that are shown.
func TestAmountString(t *testing.T) {
	for want, a := range map[string]Amount{"20 MB": {Bytes: 20_000_000}, "5 %": {Share: 0.05, IsShare: true}, "0.05 %": {Share: 0.0005, IsShare: true}, "150 %": {Share: 1.5, IsShare: true}} {
		if got := a.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if _, err := ParseGrowth(want); err != nil {
			t.Errorf("%q: %v", want, err)
		}
	}
}

// TestCompareShareIsExact holds shares against whole numbers where floats differ.
func TestCompareShareIsExact(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		share       float64
		want        int
	}{
		{9, 10, 0.9, 0}, {90, 100, 0.9, 0}, {29, 100, 0.29, 0}, {7, 100, 0.07, 0}, {0, 0, 0, 0}, {0, 0, 0.5, -1}, {5, 0, 0, 0},
		{1<<60 - 1, 1 << 60, 1, -1}, {1 << 60, 1 << 60, 1, 0}, {899_999_999_999, 1_000_000_000_000, 0.9, -1}, {900_000_000_001, 1_000_000_000_000, 0.9, 1},
	} {
		if got := compareShare(c.part, c.whole, c.share); got != c.want {
			t.Errorf("%d of %d against %v: %d, want %d", c.part, c.whole, c.share, got, c.want)
		}
	}
}

// TestFiguresNeverLookBetter holds that a figure over its limit is shown over it:
// shares of waste are rounded up. (display.BytesApart tells sizes apart.)
func TestFiguresNeverLookBetter(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        string
	}{{0, 5, "0 %"}, {1, 1_000_000, "0.1 %"}, {50, 1000, "5 %"}, {50_001, 1_000_000, "5.1 %"}, {1000, 1000, "100 %"}, {5, 0, "0 %"}, {1 << 60, 1 << 60, "100 %"}} {
		if got := display.Share(c.part, c.whole); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.part, c.whole, got, c.want)
		}
	}
}

// FuzzParseBytes holds ParseBytes against go-humanize, which it is to agree with
// but for what a float loses.
func FuzzParseBytes(f *testing.F) {
	for _, s := range []string{"20MB", "8.2MB", " 7 kB ", "1,000", ".5", "5.", "1.2.3", "-1", "1e3", "20 Mio", "9999EB"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseBytes(text)
		if err != nil {
			return
		}
		want, err := humanize.ParseBytes(text)
		if err != nil {
			return // blanks around it
		}
		if diff := got - int64(want); diff < -1-got/1e15 || diff > 1+got/1e15 {
			t.Errorf("%q: %d bytes, go-humanize reads %d", text, got, want)
		}
	})
}

// TestRoundNumbersAreKept holds what the draft of settings relies on: a size with
// one decimal is read as exactly that.
func TestRoundNumbersAreKept(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		tenths := random.Int64N(9990)
		text := humanize.FtoaWithDigits(float64(tenths)/10, 1) + "MB"
		if got, err := ParseBytes(text); err != nil || got != tenths*100_000 {
			t.Fatalf("%q: %d, %v", text, got, err)
		}
	}
}
