package progress

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Achievement is what a teacher can read from a learner's code.
type Achievement struct {
	Name   string // as the learner gave it
	Solved []bool // by lesson of the course
	Shown  []bool // the solution was looked at first
	Exam   int64  // bytes of the last lesson's image, to a thousandth; 0 where unsolved
	Day    time.Time
}

// maxName is how many bytes of the learner's name fit into a code.
const maxName = 24

// maxLessons is how many lessons a course can have so that its codes can say which are solved.
const maxLessons = 32

// version is the first byte of a code.
const version = 1

// sealBytes is how many bytes of the seal stand at the end of a code.
const sealBytes = 5

// seal returns a checksum with a key, so that a code with a typo or an edit is recognized. The key
// is in the source for everybody to read: codes are meant for honest people.
func seal(payload []byte) []byte {
	h := hmac.New(sha256.New, []byte("tare learn, a course about images"))
	h.Write(payload)
	return h.Sum(nil)[:sealBytes]
}

// letters are those of Crockford's base 32, without I, L, O and U, which are easily confused.
var letters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// epoch is day 0 of a code.
var epoch = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// Code returns the text that a learner gives to the teacher. The name is cut to 24 bytes.
func (a Achievement) Code() string {
	b := []byte{version}
	b = binary.AppendUvarint(b, uint64(max(a.Day.Sub(epoch)/(24*time.Hour), 0)))
	b = binary.AppendUvarint(b, uint64(len(a.Solved)))
	b = binary.AppendUvarint(b, bits(a.Solved))
	b = binary.AppendUvarint(b, bits(a.Shown))
	b = binary.AppendUvarint(b, uint64(max(a.Exam, 0)/1000))
	name := strings.TrimSpace(a.Name)
	for len(name) > maxName {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	b = append(b, name...)
	text := letters.EncodeToString(append(b, seal(b)...))
	var groups []string
	for len(text) > 5 {
		groups, text = append(groups, text[:5]), text[5:]
	}
	return strings.Join(append(groups, text), "-")
}

func bits(set []bool) uint64 {
	var n uint64
	for i, on := range set[:min(len(set), maxLessons)] {
		if on {
			n |= 1 << i
		}
	}
	return n
}

func unbits(n uint64, size int) []bool {
	set := make([]bool, size)
	for i := range set {
		set[i] = n>>i&1 == 1
	}
	return set
}

var errCode = errors.New("it was mistyped, or made by something else than tare learn")

// Decode reads a code as a person types it: in either case, with hyphens or blanks,
// O for 0 and I or L for 1.
func Decode(text string) (Achievement, error) {
	plain := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(text))
	if len(plain) > 200 {
		return Achievement{}, errCode
	}
	b, err := letters.DecodeString(plain)
	if err != nil || len(b) <= sealBytes || letters.EncodeToString(b) != plain {
		return Achievement{}, errCode
	}
	payload := b[:len(b)-sealBytes]
	if !hmac.Equal(seal(payload), b[len(b)-sealBytes:]) {
		return Achievement{}, errCode
	}
	if payload[0] != version {
		return Achievement{}, fmt.Errorf("it is of another version of tare (%d)", payload[0])
	}
	rest := payload[1:]
	var fields [5]uint64
	for i := range fields {
		value, n := binary.Uvarint(rest)
		if n <= 0 {
			return Achievement{}, errCode
		}
		fields[i], rest = value, rest[n:]
	}
	if fields[0] > 100_000 || fields[1] > maxLessons || fields[4] > 1<<40 || !utf8.Valid(rest) {
		return Achievement{}, errCode
	}
	n := int(fields[1])
	return Achievement{
		Name: string(rest), Solved: unbits(fields[2], n), Shown: unbits(fields[3], n),
		Exam: int64(fields[4]) * 1000, Day: epoch.AddDate(0, 0, int(fields[0])),
	}, nil
}
