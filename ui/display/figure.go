package display

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// BytesWidth is the width of the widest text that Bytes returns for a size.
const BytesWidth = 6

// Bytes spells a size as Docker does, in powers of 1,000: "82 MB", "1.2 GB". A
// negative size is a difference and keeps its sign.
func Bytes(n int64) string {
	if n < 0 {
		return "-" + size(uint64(-n)) // right for the smallest int64 too
	}
	return size(uint64(n))
}

func size(n uint64) string {
	text := humanize.Bytes(n)
	if !strings.HasPrefix(text, "1000 ") {
		return text
	}
	// Rounded up to the next unit, which go-humanize does not notice.
	unit := uint64(1000)
	for unit < n {
		unit *= 1000
	}
	return humanize.Bytes(unit)
}

// Total spells the size of a whole image as Bytes does, but with three digits where it is
// a gigabyte or more: a total of 1.1 GB may be off by 50 MB and nobody would see.
func Total(n int64) string {
	if n < 1_000_000_000 || n >= 100_000_000_000 {
		return Bytes(n)
	}
	if n < 9_995_000_000 {
		return fmt.Sprintf("%.2f GB", float64(n)/1e9)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

// BytesApart spells two totals that stand beside each other, with as many decimals
// as tell them apart: "12.9 MB", "13.1 MB"; to the byte where two do not.
func BytesApart(a, b int64) (string, string) {
	x, y := Total(a), Total(b)
	if x != y || a == b {
		return x, y
	}
	_, name, _ := strings.Cut(x, " ")
	unit := 1.0
	for _, named := range []string{"kB", "MB", "GB", "TB", "PB", "EB"} {
		if unit *= 1000; named != name {
			continue
		}
		most := 2
		if unit >= 1e9 {
			most = 3 // as Total has two
		}
		for decimals := 1; decimals <= most; decimals++ {
			x, y = strconv.FormatFloat(float64(a)/unit, 'f', decimals, 64), strconv.FormatFloat(float64(b)/unit, 'f', decimals, 64)
			if x != y {
				return x + " " + name, y + " " + name
			}
		}
	}
	return humanize.Comma(a) + " bytes", humanize.Comma(b) + " bytes"
}

// BytesColumn is Bytes, right-aligned in BytesWidth cells.
func BytesColumn(n int64) string { return PadLeft(Bytes(n), BytesWidth) }

// Percent is the share of part in whole, "41 %". It says 0 and 100 only of
// nothing and all; a whole of nothing has 0 %.
func Percent(part, whole int64) string {
	switch {
	case whole <= 0 || part <= 0:
		return "0 %"
	case part >= whole:
		return "100 %"
	}
	share := math.Round(float64(part) / float64(whole) * 100)
	switch {
	case share < 1:
		return "<1 %"
	case share > 99:
		return ">99 %"
	}
	return strconv.Itoa(int(share)) + " %"
}

// Share spells part in whole with one decimal, rounded up: what is over a limit never
// looks as if it kept it. The gate and the reports show shares of what is avoidable so.
func Share(part, whole int64) string {
	if whole <= 0 {
		return "0 %"
	}
	tenths := new(big.Int).Mul(big.NewInt(part), big.NewInt(1000))
	tenths.Add(tenths, big.NewInt(whole-1)).Div(tenths, big.NewInt(whole))
	return strconv.FormatFloat(float64(tenths.Int64())/10, 'f', -1, 64) + " %"
}

// Avoidable spells what changes would take away of the own bytes: "65 MB, 50 % of own", or "of
// all" where no base is known.
func Avoidable(bytes, own int64, base bool) string {
	switch {
	case bytes == 0:
		return "nothing"
	case base:
		return Total(bytes) + ", " + Share(bytes, own) + " of own"
	}
	return Total(bytes) + ", " + Share(bytes, own) + " of all"
}

// Efficiency spells a model.Efficiency as a percentage with one decimal,
// rounded down: 100 % is kept for an image with nothing wasted.
func Efficiency(e float64) string {
	const slack = 1e-9 // 0.29 * 1000 is a hair below 290
	tenths := math.Floor(e*1000 + slack)
	if e < 1 && tenths >= 1000 {
		tenths = 999
	}
	return strconv.FormatFloat(tenths/10, 'f', -1, 64) + " %"
}

// Count spells a number with thousands separators: "12,345".
func Count(n int) string { return humanize.Comma(int64(n)) }

// Plural is a count and its noun: "1 layer", "12 layers". The plural is the
// noun with an s.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(n) + " " + noun + "s"
}

// Duration spells a stretch of time by its two largest units: "0.4 s", "12 s",
// "3 min 05 s", "2 h 10 min", "4 d 3 h".
func Duration(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < 10*time.Second-50*time.Millisecond:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Minute-time.Second/2:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour-time.Second/2:
		s := int(d.Round(time.Second).Seconds())
		return fmt.Sprintf("%d min %02d s", s/60, s%60)
	case d < 24*time.Hour-time.Minute/2:
		m := int(d.Round(time.Minute).Minutes())
		return fmt.Sprintf("%d h %02d min", m/60, m%60)
	}
	h := int(d.Round(time.Hour).Hours())
	return fmt.Sprintf("%d d %d h", h/24, h%24)
}

// Waited writes how long something has been waited for, in whole seconds: "3 s".
func Waited(d time.Duration) string {
	if d < 10*time.Second {
		return strconv.Itoa(int(max(d, 0).Seconds())) + " s"
	}
	return Duration(d.Truncate(time.Second))
}

// Ago says how long before now something happened: "12 s ago", "3 days ago".
// Reproducible builds put the year 1970 or 1 where the time would be; such a
// date, and one to come, is given as it stands.
func Ago(t, now time.Time) string {
	const day = 24 * time.Hour
	d := now.Sub(t)
	switch {
	case t.Year() < 1980 || d < 0:
		return t.UTC().Format(time.DateOnly)
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + " s ago"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min ago"
	case d < day:
		return strconv.Itoa(int(d.Hours())) + " h ago"
	case d < 60*day:
		return Plural(int(d/day), "day") + " ago"
	case d < 730*day:
		return Plural(int(d/(30*day)), "month") + " ago"
	}
	return Plural(int(d/(365*day)), "year") + " ago"
}
