package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/tare-oci/tare/analyze/source/usererror"
)

// undecoded explains why a document could not be read as what it should be: it
// is a web page, no JSON at all, or JSON of another shape. what names it.
func undecoded(what string, doc []byte, err error) error {
	if IsWebPage(doc) {
		return webPage(what)
	}
	var shape *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &shape):
		where := "it is"
		if shape.Field != "" {
			where = shape.Field + " is"
		}
		return &usererror.Error{
			What:  fmt.Sprintf("%s has an unexpected shape: %s %s, not %s", what, where, jsonKindName(shape.Value), goKindName(shape.Type)),
			Next:  "build or save the image with another tool, or correct it",
			Cause: err,
		}
	case errors.As(err, &syntax), len(bytes.TrimSpace(doc)) == 0:
		return &usererror.Error{What: fmt.Sprintf("%s is broken JSON: %s", what, brokenWhere(doc, syntax)), Next: "save or push the image again", Cause: err}
	}
	wrong := "has an unexpected shape"
	if odd := oddValue(doc); odd != "" {
		wrong += ": " + odd
	}
	return &usererror.Error{What: what + " " + wrong, Next: "build or save the image again, or correct it", Cause: err}
}

// brokenWhere says where a document stops being JSON.
func brokenWhere(doc []byte, syntax *json.SyntaxError) string {
	switch {
	case len(bytes.TrimSpace(doc)) == 0:
		return "it is empty"
	case syntax == nil || syntax.Offset >= int64(len(doc)):
		return "it ends in the middle"
	}
	return fmt.Sprintf("it goes wrong at byte %d of %d", syntax.Offset, len(doc))
}

// jsonKindName is what encoding/json calls a value, as people do. It may be
// followed by the value itself, as in "number 1.5".
func jsonKindName(value string) string {
	kind, _, _ := strings.Cut(value, " ")
	switch kind {
	case "array":
		return "a list"
	case "object":
		return "an object"
	case "bool":
		return "true or false"
	case "string":
		return "text"
	case "number":
		return "a number"
	}
	return "something else"
}

// goKindName is the JSON that a Go type is read from.
func goKindName(t reflect.Type) string {
	if t == nil {
		return "what belongs there"
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.Pointer:
		return goKindName(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	}
	return "a whole number"
}

// IsWebPage reports whether a document is HTML, as a login page or a proxy's
// error is.
func IsWebPage(doc []byte) bool {
	head := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(doc[:min(len(doc), 1024)], []byte("\ufeff")), " \t\r\n"))
	for _, start := range []string{"<!doctype html", "<html", "<head", "<body", "<!--", "<meta", "<title"} {
		if bytes.HasPrefix(head, []byte(start)) {
			return true
		}
	}
	return bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<html"))
}

// webPage is the error for a document that is a web page. what names it.
func webPage(what string) error {
	return &usererror.Error{What: what + " is a web page", Next: "there may be a login page or a proxy in between; log in there, or fetch the image again"}
}

// withLists writes a config so that a command or a list of one, given as plain
// text, is a list: "Cmd": "sh" is ["sh"] to docker load, too. A config that is no
// object comes back as it is.
func withLists(doc []byte) []byte {
	var config map[string]json.RawMessage
	if json.Unmarshal(doc, &config) != nil {
		return doc
	}
	changed := false
	for key, value := range config {
		if strings.EqualFold(key, "config") {
			config[key], changed = asLists(value, "Cmd", "Entrypoint", "Shell", "OnBuild", "Env", "Healthcheck"), true
		}
	}
	if !changed {
		return doc
	}
	out, err := json.Marshal(config)
	if err != nil {
		return doc
	}
	return out
}

// asLists puts the text values of an object's keys into lists. Under Healthcheck
// it looks for Test.
func asLists(object json.RawMessage, keys ...string) json.RawMessage {
	var settings map[string]json.RawMessage
	if json.Unmarshal(object, &settings) != nil || settings == nil {
		return object
	}
	for key, value := range settings {
		for _, want := range keys {
			if !strings.EqualFold(key, want) {
				continue
			}
			if want == "Healthcheck" {
				settings[key] = asLists(value, "Test")
			} else if text := bytes.TrimSpace(value); len(text) > 2 && text[0] == '"' {
				settings[key] = append(append(json.RawMessage{'['}, text...), ']')
			} else if len(text) == 2 && text[0] == '"' {
				settings[key] = json.RawMessage("null") // no text is no command
			}
		}
	}
	out, err := json.Marshal(settings)
	if err != nil {
		return object
	}
	return out
}
