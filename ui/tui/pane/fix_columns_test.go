package pane

import "testing"

// TestTitlesAreNotCutInAWord: a change that does several things names as many as have
// room, and counts the rest.
func TestTitlesAreNotCutInAWord(t *testing.T) {
	const title = "install without recommended packages, remove apt lists, remove logs"
	for _, c := range []struct {
		room int
		want string
	}{
		{80, title},
		{63, "install without recommended packages, remove apt lists +1 more"},
		{61, "install without recommended packages, remove apt lists +1"},
		{56, "install without recommended packages +2 more"},
		{43, "install without recommended packages +2"},
		{38, "install without recommended packages"},
		{23, "no recommended packages"},
		{12, "no recommended packages"}, // the row cuts it
	} {
		if got := fitTitle(title, c.room); got != c.want {
			t.Errorf("%d columns: %q, want %q", c.room, got, c.want)
		}
	}
	for long, short := range map[string]string{
		"remove npm cache and logs in the same RUN": "remove npm cache and logs", "do not write the compiled Python files": "no compiled Python files",
		"keep tests out of the build context": "keep tests out", "build in a separate stage": "build in a stage", "write each file once": "write each file once",
	} {
		if got := brief(long); got != short {
			t.Errorf("%s: %q", long, got)
		}
	}
	if got := fitTitle("remove logs, remove lists, and more", 24); got != "remove logs and more" {
		t.Errorf("of a title that has counted no further: %q", got)
	}
}
