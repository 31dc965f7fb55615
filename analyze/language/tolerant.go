package language

import "encoding/json"

// A file that lists packages may hold a value that is none of what its manager writes. The others
// are read all the same, so that one odd value does not make hundreds of packages vanish: these
// functions decode one level of a value each, and say whether it was what they expect.

// objectOf decodes an object into its members. It reports false for a value that is something
// else; one that is not there, and null, are empty objects.
func objectOf(value json.RawMessage) (map[string]json.RawMessage, bool) {
	if len(value) == 0 {
		return nil, true
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(value, &object) != nil {
		return nil, false
	}
	return object, true
}

// itemsOf decodes a list. It reports false for a value that is something else, or is not there.
func itemsOf(value json.RawMessage) ([]json.RawMessage, bool) {
	var list []json.RawMessage
	if json.Unmarshal(value, &list) != nil {
		return nil, false
	}
	return list, true
}

// textsOf decodes the texts of a list. It reports false where something else is among them, or for
// a value that is no list; one that is not there is an empty list.
func textsOf(value json.RawMessage) (texts []string, whole bool) {
	if len(value) == 0 {
		return nil, true
	}
	list, whole := itemsOf(value)
	for _, item := range list {
		text := textOf(item)
		if text == "" && string(item) != `""` {
			whole = false
			continue
		}
		texts = append(texts, text)
	}
	return texts, whole
}
