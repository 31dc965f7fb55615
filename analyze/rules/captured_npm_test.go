package rules

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNodeLoads: what JavaScript requires or imports is named by a package, not by a file beside.
func TestNodeLoads(t *testing.T) {
	for text, want := range map[string][]string{
		"const a = require('a')\nrequire( \"@s/b/c\" )":                         {"a", "@s/b"},
		"import x, { y } from 'z/lib/z.js'; import 'side'; export * from \"w\"": {"z", "w", "side"},
		"const m = await import(`lazy`)":                                        {"lazy"},
		"require('./a'); require('../b'); import c from '/d'":                   nil,
		"myrequire('a'); $from 'b'":                                             nil,
		"Buffer.from('key'); from('key'); x.require('k')":                       nil,
		"require(name); from x; import":                                         nil,
		"require('a b'); require('' + c); require('":                            nil,
		"// secret from \"p@ss:word\"":                                          nil,
	} {
		if diff := cmp.Diff(want, NodeLoads(text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
