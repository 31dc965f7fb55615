package jsontext

import (
	"errors"
	"strings"
)

var errName = errors.New(`a name in it has a backslash that is neither doubled nor \xNN`)

// RealName undoes ExactName. The error is about a text that ExactName cannot have
// written.
func RealName(exact string) (string, error) {
	if !strings.Contains(exact, `\`) {
		return exact, nil
	}
	b := make([]byte, 0, len(exact))
	for i := 0; i < len(exact); i++ {
		switch rest := exact[i:]; {
		case rest[0] != '\\':
			b = append(b, rest[0])
		case strings.HasPrefix(rest, `\\`):
			b = append(b, '\\')
			i++
		case len(rest) >= 4 && rest[1] == 'x' && hexDigit(rest[2]) >= 8 && hexDigit(rest[3]) >= 0:
			b = append(b, byte(hexDigit(rest[2])<<4|hexDigit(rest[3])))
			i += 3
		default:
			return "", errName
		}
	}
	return string(b), nil
}

// hexDigit is the value of a digit as ExactName writes it, -1 for anything else.
func hexDigit(c byte) int { return strings.IndexByte("0123456789abcdef", c) }

// RealNames undoes ExactNames, in place.
func RealNames(lists ...[]string) (err error) {
	for _, list := range lists {
		for i := range list {
			if list[i], err = RealName(list[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
