package settings

import (
	"bytes"
	"flag"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/analyze/rules/catalogue"
)

// published is where people find the schema.
var published = filepath.Join("..", "..", "docs", "tare.schema.json")

var update = flag.Bool("update", false, "write the ids of new rules into the schema, and publish it")

// TestSchemaIsPublished wants the schema among the pages.
// `go test ./ui/settings -run Published -update` writes both after a new rule.
func TestSchemaIsPublished(t *testing.T) {
	ours, err := os.ReadFile("tare.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		ours = withRules(t, ours)
		for _, name := range []string{"tare.schema.json", published} {
			if err := os.WriteFile(name, ours, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	text, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(ours), string(text)); diff != "" {
		t.Errorf("docs/tare.schema.json is not ui/settings/tare.schema.json; run go test ./ui/settings -run Published -update: %s", diff)
	}
}

// withRules puts each rule that a schema does not name behind the one before it in
// the catalogue.
func withRules(t *testing.T, schema []byte) []byte {
	t.Helper()
	text, before := string(schema), ""
	for _, id := range ruleIDs() {
		quoted := strconv.Quote(id)
		if !strings.Contains(text, quoted) {
			at := strings.LastIndex(text, before) // an example may name it above the list
			if at < 0 || before == "" {
				t.Fatalf("the schema has no place for %s", id)
			}
			at += len(before)
			text = text[:at] + ", " + quoted + text[at:]
		}
		before = quoted
	}
	return []byte(text)
}

// TestWithRules puts a rule that is missing back at its place.
func TestWithRules(t *testing.T) {
	for _, missing := range []string{`, "pip-cache"`, `, "no-healthcheck"`} {
		if got := string(withRules(t, bytes.Replace(Schema, []byte(missing), nil, 1))); got != string(Schema) {
			t.Errorf("without %s: %s", missing, cmp.Diff(string(Schema), got))
		}
	}
}

// TestSchemaKnowsTheKeys holds that the parser and the schema know the same keys
// and the same rules, and that an editor can say something of each.
func TestSchemaKnowsTheKeys(t *testing.T) {
	doc := document(t)
	properties := func(of any) map[string]any { return of.(map[string]any)["properties"].(map[string]any) }
	same := func(what string, want, got []string) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmpopts.SortSlices(strings.Compare)); diff != "" {
			t.Errorf("%s: -parser +schema: %s", what, diff)
		}
	}
	defs := doc["$defs"].(map[string]any)
	same("keys", Keys, slices.Collect(maps.Keys(properties(doc))))
	same("keys of an allowance", allowanceKeys, slices.Collect(maps.Keys(properties(defs["allowance"]))))
	same("keys of an ignore", ignoreKeys, slices.Collect(maps.Keys(properties(defs["ignore"]))))
	var ids []string
	for _, id := range defs["rule"].(map[string]any)["enum"].([]any) {
		ids = append(ids, id.(string))
	}
	same("rules", ruleIDs(), ids)
	for name, of := range map[string]any{"a file": doc, "an ignore": defs["ignore"], "an allowance": defs["allowance"]} {
		for key, property := range properties(of) {
			if p := property.(map[string]any); p["description"] == nil && p["$ref"] == nil {
				t.Errorf("%s of %s is not described", key, name)
			}
		}
	}
}

// TestSchemaAgrees holds that an editor and tare judge the same of what people
// write.
func TestSchemaAgrees(t *testing.T) {
	schema := compiled(t)
	for text, good := range judged {
		_, err := Parse(Name, []byte(text), ruleIDs())
		if (err == nil) != good {
			t.Errorf("the parser: %q: %v", text, err)
		}
		if err := validate(schema, text); (err == nil) != good {
			t.Errorf("the schema: %q: %v", text, err)
		}
	}
}

// judged says of files whether they are good ones.
var judged = map[string]bool{
	whole: true, "": true, "# nothing": true, "{}": true, "max-layers: 5 # a comment": true,

	"min-efficiency: 0.95": true, "min-efficiency: 1": true, "min-efficiency: 0": true, "min-efficiency: 95%": true, "min-efficiency: '0.9'": true,
	"min-efficiency: 95 %": true, "min-efficiency: 100%": true, "min-efficiency: .5": true,
	"min-efficiency: 95": false, "min-efficiency: 1.01": false, "min-efficiency: -0.1": false, "min-efficiency: 101%": false, "min-efficiency: high": false,
	"min-efficiency:": false, "min-efficiency: ''": false, "min-efficiency: true": false, "min-efficiency: [0.9]": false, "min-efficiency: '10'": false,

	"max-wasted: 20MB": true, "max-wasted: 5%": true, "max-wasted: 0": true, "max-wasted: 1000": true, "max-wasted: 20 MiB": true, "max-wasted: 100%": true,
	"max-wasted: 120%": false, "max-wasted: -5": false, "max-wasted: 5%%": false, "max-wasted: lots": false, "max-wasted: {bytes: 5}": false,

	"max-size: 200MB": true, "max-size: 1.5 GB": true, "max-size: 200m": true, "max-size: '1,000 kB'": true, "max-size: 123456789": true, "max-size: .5MB": true,
	"max-size: 5%": false, "max-size: 200MO": false, "max-size: MB": false, "max-size: -1": false, "max-size: false": false, "max-size: null": false,
	"max-pull-size: 80MB": true, "max-pull-size: 80 megabytes": false,

	"max-layers: 12": true, "max-layers: '12'": true, "max-layers: 0": true, "max-layers: 2147483647": true,
	"max-layers: 12.5": false, "max-layers: -1": false, "max-layers: twelve": false, "max-layers: 2147483648": false, "max-layers: 5%": false,

	"deny: apt-lists": true, "deny: [apt-lists, pip-cache]": true, "deny: []": true, "deny: [apt-lists, apt-lists]": true,
	"deny: apt-list": false, "deny: [APT-LISTS]": false, "deny: {apt-lists: true}": false, "deny:": false, "deny: [null]": false, "deny: [[apt-lists]]": false, "deny: 5": false,

	"fail-on: certain": true, "fail-on: possible": true, "fail-on: sure": false, "fail-on: Certain": false, "fail-on: [certain]": false,
	"scope: own": true, "scope: all": true, "scope: base": false, "scope: true": false, "scope: [own]": false,

	"base: debian:12": true, "base: 3": true, "base: '3'": true, "base: ./base.tar": true, "base: 3x": true,
	"base: 0": false, "base: '0'": false, "base: -1": false, "base: '-2'": false, "base: 1.5": false, "base: true": false, "base:": false, "base: ' '": false,
	"platform: linux/arm64": true, "platform: 5": false, "platform: ''": false, "platform: [linux/amd64]": false,
	"dockerfile: build/Dockerfile": true, "dockerfile: 5": false, "dockerfile: true": false,

	"deny: risks": true, "deny: [risks, apt-lists]": true, "deny: risk": false, "deny: none": true, "deny: [apt-lists, none]": true,

	"max-size-growth: 10%": true, "max-size-growth: 250%": true, "max-size-growth: 20MB": true, "max-size-growth: 0": true, "max-size-growth: -1": false, "max-size-growth: much": false,
	"max-layer-growth: 3": true, "max-layer-growth: 10%": true, "max-layer-growth: 3MB": false, "max-package-growth: '5'": true, "max-package-growth: 1.5": false,
	"deny-paths: '**/.git/**'": true, "deny-paths: [root/.ssh/**, '*.pem']": true, "deny-paths: ../x": false, "deny-paths: 5": false, "deny-paths: ''": false,
	"deny-packages: gcc": true, "deny-packages: ['*-dev']": true, "deny-packages: [7]": false,
	"require-user: true": true, "require-user: false": true, "require-user: app": true, "require-user: 10001": true, "require-user: [app, 10001]": true, "require-user: []": false, "require-user: {}": false,
	"require-labels: maintainer": true, "require-labels: ['a=https://*', b]": true, "require-labels: '=x'": false, "require-labels: 5": false,
	"floor: 2MB": true, "floor: 1%": true, "floor: [1MB, 1%]": true, "floor: 0": true, "floor: [1MB, 1%, 1%]": false, "floor: []": false, "floor: low": false,
	"severity: {change: error, runs-as-root: none}": true, "severity: {}": true, "severity: {change: bad}": false, "severity: {runs-as-rot: note}": false, "severity: error": false,
	"allow-growth: []": true, "allow-growth: [{reason: x, until: 2030-01-31}]": true, "allow-growth: [{of: size, up-to: 400MB, reason: x, until: 2030-01-31}]": true, "allow-growth: [{of: layers, up-to: 3, reason: x, until: 2030-01-31}]": true,
	"allow-growth: [{reason: x}]": false, "allow-growth: [{until: 2030-01-31}]": false, "allow-growth: [{of: speed, reason: x, until: 2030-01-31}]": false, "allow-growth: [{reason: x, until: soon}]": false, "allow-growth: {}": false,

	"max-waste: 5": false, "Max-Size: 5MB": false, "rules: {lowestEfficiency: 0.9}": false, "5: 5": false, "[max-size]": false, "text": false, "5": false,

	"ignore: []": true, "ignore:": false, "ignore: apt-lists": false, "ignore: {rule: logs, reason: x}": false, "ignore: [logs]": false, "ignore: [{}]": false, "ignore: [null]": false,
	"ignore: [{rule: logs, reason: x}]": true, "ignore: [{path: var/**, reason: x}]": true, "ignore: [{package: curl, reason: x}]": true,
	"ignore: [{rule: logs}]": false, "ignore: [{reason: x}]": false, "ignore: [{rule: logs, reason: ' '}]": false, "ignore: [{rule: log, reason: x}]": false,
	"ignore: [{rule: [logs], reason: x}]": false, "ignore: [{rule: logs, reason: 5}]": false, "ignore: [{rule: logs, reason: 2030-01-31}]": true,
	"ignore: [{rule: logs, reason: x, until: 2030-01-31}]": false, "ignore: [{rule: logs, package: ' ', reason: x}]": false, "ignore: [{package: 7, reason: x}]": false,
	"ignore: [{path: /var/log/, reason: x}]": true, "ignore: [{path: '**', reason: x}]": true, "ignore: [{path: a..b, reason: x}]": true,
	"ignore: [{path: /, reason: x}]": false, "ignore: [{path: ./var, reason: x}]": false, "ignore: [{path: ../var, reason: x}]": false, "ignore: [{path: a//b, reason: x}]": false,
	"ignore: [{path: a/.., reason: x}]":                      false,
	"ignore: [{rule: logs, reason: x, expires: 2030-01-31}]": true, "ignore: [{rule: logs, reason: x, expires: '2030-01-31'}]": true,
	"ignore: [{rule: logs, reason: x, expires: 2030-02-30}]": false, "ignore: [{rule: logs, reason: x, expires: 31.01.2030}]": false,
	"ignore: [{rule: logs, reason: x, expires: 2030}]": false, "ignore: [{rule: logs, reason: x, expires: 2030-1-31}]": false, "ignore: [{rule: logs, reason: x, expires:}]": false,
	"ignore: [{rule: logs, reason: x, expires: 2030-01-31T00:00:00Z}]": false,
}

// TestOnlyTareTells lists what a schema cannot see, so that the parser is the
// stricter of the two, and says so in its own words.
func TestOnlyTareTells(t *testing.T) {
	schema := compiled(t)
	for text, want := range map[string]string{
		"min-efficiency: 9e-1":                  `min-efficiency: "9e-1" is not valid`, // 0.9 by the time that a schema sees it
		"max-layers: 12.0":                      `max-layers: "12.0" is not valid`,
		"max-size: 2EB":                         `max-size: "2EB" is not valid`,
		"max-size: &a 5MB\nmax-wasted: *a":      "max-wasted is an alias",
		"ignore: [{path: 'var/[a', reason: x}]": `path: "var/[a" is not valid`,
	} {
		if _, err := Parse(Name, []byte(text), ruleIDs()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the parser: %q: %v", text, err)
		}
		if err := validate(schema, text); err != nil {
			t.Errorf("the schema sees it too, so it belongs above: %q: %v", text, err)
		}
	}
}

func ruleIDs() []string {
	var ids []string
	for _, rule := range catalogue.Rules {
		ids = append(ids, rule.ID)
	}
	return ids
}

func document(t *testing.T) map[string]any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	return doc.(map[string]any)
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("tare.json", document(t)); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("tare.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// validate judges a file as an editor does: as JSON values. An empty one is not
// judged.
func validate(schema *jsonschema.Schema, text string) error {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Content) == 0 {
		return err
	}
	return schema.Validate(asJSON(doc.Content[0]))
}

// asJSON is a YAML value as YAML's JSON schema has it, which knows no dates.
func asJSON(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = asJSON(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i := range n.Content {
			list[i] = asJSON(n.Content[i])
		}
		return list
	case yaml.AliasNode:
		return asJSON(n.Alias)
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		if v, err := strconv.ParseFloat(n.Value, 64); err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v
		}
	}
	return n.Value
}
