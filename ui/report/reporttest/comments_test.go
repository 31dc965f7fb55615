package reporttest

import "testing"

func TestCheckEscapedSeesThroughDisguises(t *testing.T) {
	for _, text := range []string{
		"[a](http:x)", "@octocat", "<img src=x>", "a #12", "`a` <b> `c`", "``a` <b>``` x", "| `a | <i>` |", "https://a", "deadbeef12", "shop#1", "![a](b)", "GH-12", ":smile:", "**a** _b_", "&lt;",
		"<details><summary><img></summary>", "```\n```` <b>\nx",
	} {
		var inner testing.T
		func() {
			defer func() { _ = recover() }()
			CheckEscaped(&inner, text)
		}()
		if !inner.Failed() {
			t.Errorf("%q passes for escaped", text)
		}
	}
}
