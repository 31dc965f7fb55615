package gate

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/ui/display"
)

// Amount is a number of bytes, or a share of a size from 0 to 1.
type Amount struct {
	Bytes   int64
	Share   float64
	IsShare bool
}

// String spells it as a report does: "20 MB", "5 %".
func (a Amount) String() string {
	if a.IsShare {
		return percent(a.Share)
	}
	return display.Bytes(a.Bytes)
}

// decimal matches a number as people write it. strconv would also accept "0x1p-2" and "NaN".
var decimal = lazyregexp.New(`^(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})$`)

// ParseShare reads 0 to 1, or a percentage.
func ParseShare(text string) (float64, error) { return parseShare(text, 1) }

func parseShare(text string, most float64) (float64, error) {
	number, isPercent := strings.CutSuffix(strings.TrimSpace(text), "%")
	if isPercent {
		number = strings.TrimSpace(number)
	}
	value, err := strconv.ParseFloat(number, 64)
	if isPercent {
		// Dividing the text rather than the float: 29 % is 0.29 and not a hair more.
		value, err = strconv.ParseFloat(number+"e-2", 64)
	}
	if err != nil || !decimal.MatchString(number) || value > most {
		return 0, errors.New("it takes " + Takes(NameMinEfficiency))
	}
	return value, nil
}

// maxBytes bounds a size, so that adding several of them cannot overflow.
const maxBytes = 1 << 60

// maxDigits is how long a number is that a person writes.
const maxDigits = 40

// grouped matches a number whose commas, if it has any, part thousands. "1,5MB" is 1.5 MB
// to one half of the world, and go-humanize takes it for 15 MB.
var grouped = lazyregexp.New(`^(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]*\.?[0-9]*)$`)

// ParseBytes reads a size as go-humanize does: "20MB" is 20,000,000 bytes, "20
// MiB" 20,971,520, "20" is 20 bytes. Unlike go-humanize it counts exactly: with a float,
// "8.2MB" comes out one byte too small, and an image of exactly 8.2 MB fails. Less than one
// byte is no size: whoever writes 0.1 means a tenth.
func ParseBytes(text string) (int64, error) {
	text = strings.TrimSpace(text)
	digits := text[:len(text)-len(strings.TrimLeft(text, "0123456789.,"))]
	unit, err := humanize.ParseBytes("1" + text[len(digits):])
	if err == nil && len(digits) <= maxDigits && grouped.MatchString(digits) {
		if n, ok := new(big.Rat).SetString(strings.ReplaceAll(digits, ",", "")); ok {
			n.Mul(n, new(big.Rat).SetInt(new(big.Int).SetUint64(unit)))
			if whole := new(big.Int).Quo(n.Num(), n.Denom()); whole.IsInt64() && whole.Int64() <= maxBytes && (whole.Sign() > 0 || n.Sign() == 0) {
				return whole.Int64(), nil
			}
		}
	}
	return 0, errors.New("it takes " + Takes(NameMaxSize))
}

// ParseAmount reads a size or a percentage.
func ParseAmount(text string) (Amount, error) {
	if strings.HasSuffix(strings.TrimSpace(text), "%") {
		if share, err := ParseShare(text); err == nil {
			return Amount{Share: share, IsShare: true}, nil
		}
	} else if n, err := ParseBytes(text); err == nil {
		return Amount{Bytes: n}, nil
	}
	return Amount{}, errors.New("it takes " + Takes(NameMaxWasted))
}

// maxGrowth is the largest growth that a limit can have: a hundred times the older figure.
const maxGrowth = 100

// ParseGrowth is ParseAmount for a growth, which may be more than 100 %.
func ParseGrowth(text string) (Amount, error) {
	if strings.HasSuffix(strings.TrimSpace(text), "%") {
		if share, err := parseShare(text, maxGrowth); err == nil {
			return Amount{Share: share, IsShare: true}, nil
		}
	}
	return ParseAmount(text)
}

// percent spells a share: "95 %".
func percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e6)/1e4, 'f', -1, 64) + " %"
}

// compareShare compares part/whole with a share, exactly: 0.9 is nine tenths,
// not the float beside it. A whole of nothing is a part of 0.
func compareShare(part, whole int64, share float64) int {
	if whole <= 0 {
		part, whole = 0, 1
	}
	limit, _ := new(big.Rat).SetString(strconv.FormatFloat(share, 'f', -1, 64))
	return big.NewRat(part, whole).Cmp(limit)
}
