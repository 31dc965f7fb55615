package language

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestMembers holds what is passed over against what encoding/json decodes.
func TestMembers(t *testing.T) {
	for _, content := range []string{
		`{}`, ` { } `, `{"a":1}`, `{"a":"x","b":[1,{"c":"]}"},"\\"],"d":{"e":{"f":"{\""}},"g":null,"h":-1.5e3 , "i":true}`,
		`{"a\"b":"c\\","d":"\\\\\"","e":"\u00e9\ud83d\ude00"}`, "{\n\t\"a\" : [ ] ,\r\n\"b\" : { } }\n", `{"name":"x","name":"y"}`,
		`{"a":"` + strings.Repeat("x", 5000) + `\""}`,
	} {
		var want map[string]json.RawMessage
		if err := json.Unmarshal([]byte(content), &want); err != nil {
			t.Fatal(content, err)
		}
		got := make(map[string]json.RawMessage)
		if !members([]byte(content), func(key, value []byte) { got[textOf(key)] = value }) {
			t.Errorf("%s is no object", content)
		}
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if string(got[key]) != string(want[key]) {
				t.Errorf("%s: %s is %s, want %s", content, key, got[key], want[key])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s has %d members, want %d", content, len(got), len(want))
		}
	}
	for _, content := range []string{"", "{", `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":1`, `{"a":"x`, `{"a":[`, `{"a":[}`, `{"a":1,`, `{"a":1,}`, `{"a":1}x`, `[1]`, `"a"`, `{a:1}`, `{"a" 1}`, `{"a":}`, `{"a":\`,
		`{"a":"\`, `{"a":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 99_999) + "}"} {
		if members([]byte(content), func([]byte, []byte) {}) {
			t.Errorf("%.20s is an object", content)
		}
	}
}

// FuzzMembers passes over any content; what encoding/json takes for an object has the same members.
func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"name":"x","version":"1","dependencies":{"y":"1"},"files":["a\"b",{}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		got := make(map[string]string)
		ok := members(content, func(key, value []byte) { got[textOf(key)] = string(value) })
		var want map[string]json.RawMessage
		if json.Unmarshal(content, &want) != nil || want == nil {
			return
		}
		if !ok || len(got) != len(want) {
			t.Fatalf("%v: %d members, want %d", ok, len(got), len(want))
		}
		for key, value := range want {
			if fmt.Sprint(got[key]) != string(value) {
				t.Errorf("%q is %q, want %q", key, got[key], value)
			}
		}
	})
}
