package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRecent: what was looked at last comes first, once, and what might be a secret
// is not written down.
func TestRecent(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "tare"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_800_000_000, 0).UTC()
	put := func(reference string) { s.Remember(Recent{reference, 10, at}) }
	for i := range maxRecent + 3 {
		put(fmt.Sprintf("app:%d", i))
	}
	put("app:5")
	digest := "app@sha256:" + strings.Repeat("0", 64)
	put(digest)
	secrets := []string{
		"registry:user:hunter2@example.com/app", "https://user:hunter2@example.com/app", "registry:example.com/app?token=ghp_0123456789abcdefghijklmnopqrstuvwxyz",
		"a\x1b[2Jb", "-", "", strings.Repeat("x", maxReference+1),
	}
	for _, reference := range secrets {
		put(reference)
	}
	got := s.Recent()
	if len(got) != maxRecent || got[0].Reference != digest || got[1].Reference != "app:5" || got[2].Reference != "app:14" || got[3] != (Recent{"app:13", 10, at}) {
		t.Errorf("got %+v", got)
	}
	doc, err := os.ReadFile(s.recentFile())
	if err != nil || strings.Contains(string(doc), "hunter2") || strings.Contains(string(doc), "ghp_") {
		t.Errorf("%v\n%s", err, doc)
	}
	if info, err := os.Stat(s.recentFile()); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	// What somebody else wrote there is read as if it were an image's.
	if err := os.WriteFile(s.recentFile(), []byte(`[{"Reference":"u:p@h/x"},{"Reference":"fine"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := s.Recent(); len(got) != 1 || got[0].Reference != "fine" {
		t.Errorf("got %+v", got)
	}
	if err := os.WriteFile(s.recentFile(), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := s.Recent(); got != nil {
		t.Errorf("got %+v", got)
	}
	put("again")
	s.Prune(0)
	if got := s.Recent(); got != nil {
		t.Errorf("pruned, there is %+v", got)
	}
	var none *Store
	none.Remember(Recent{Reference: "x"})
	if none.Recent() != nil {
		t.Error("no store remembers")
	}
}
