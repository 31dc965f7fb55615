package manifest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// oddValue finds the value that keeps a document from being read though it has the
// right shape: a digest or a date that is none. It returns what is wrong with it,
// such as `rootfs.diff_ids[1] is not a digest: "md5:x"`, or "" where nothing is found.
func oddValue(doc []byte) string {
	var all any
	if json.Unmarshal(doc, &all) != nil {
		return ""
	}
	return oddBelow("", "", all)
}

// oddBelow looks below one value, which stands at a path and under a key.
func oddBelow(path, key string, value any) string {
	switch v := value.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			at := k
			if path != "" {
				at = path + "." + k
			}
			if found := oddBelow(at, k, v[k]); found != "" {
				return found
			}
		}
	case []any:
		for i, element := range v {
			if found := oddBelow(fmt.Sprintf("%s[%d]", path, i), key, element); found != "" {
				return found
			}
		}
	default:
		return oddText(path, key, value)
	}
	return ""
}

// oddText judges a value that is no list and no object, by its key.
func oddText(path, key string, value any) string {
	if value == nil {
		return ""
	}
	text, isText := value.(string)
	kind, ok := "", true
	switch key {
	case "digest", "diff_ids", "Digest":
		kind = "digest"
		_, err := v1.NewHash(text)
		ok = err == nil
	case "created":
		kind = "date"
		_, err := time.Parse(time.RFC3339, text)
		ok = err == nil
	}
	switch {
	case ok:
		return ""
	case !isText:
		return fmt.Sprintf("%s is %s, not a %s", path, jsonKindName(kindOf(value)), kind)
	}
	return fmt.Sprintf("%s is not a %s: %q", path, kind, short(text))
}

// kindOf is what encoding/json calls the kind of a value that is no list, no object
// and no null.
func kindOf(value any) string {
	switch value.(type) {
	case bool:
		return "bool"
	case float64:
		return "number"
	}
	return "string"
}

// short cuts a text that an error quotes. A digest that is one character too long
// or too short is shown whole.
func short(text string) string {
	const most = 100
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
