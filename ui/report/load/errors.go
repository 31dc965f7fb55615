package load

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// broken says in a person's words what is wrong with the JSON, and where.
func (in *loader) broken(key string, err error) error {
	where := ""
	if key != "" {
		where = brief(key) + ": "
	}
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	var moment *time.ParseError
	switch {
	case errors.Is(err, errLong):
		return fmt.Errorf("%s%w", where, errLong)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends too early")
	case errors.As(err, &syntax):
		return fmt.Errorf("%sit is broken JSON (%w, near byte %d)", where, syntax, syntax.Offset)
	case errors.As(err, &typ):
		return fmt.Errorf("%s%s cannot be a JSON %s", where, brief(typ.Field), brief(typ.Value))
	case errors.As(err, &moment):
		return fmt.Errorf("%sit has %s where a time should be", where, brief(moment.Value))
	}
	return fmt.Errorf("%s%w", where, err)
}

// brief cuts a text that an error quotes.
func brief(text string) string {
	const most = 100
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}
