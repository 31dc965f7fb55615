package beside

import "testing"

func TestSameName(t *testing.T) {
	for _, c := range []struct{ old, now, want string }{
		{"shop/api:2", "shop/api:2-tare", ":2-tare"},
		{"shop/api:2", "shop/web:2", "shop/web:2"},
		{"host:5000/api", "host:5000/web", "host:5000/web"},
		{"naive-apt", "chown-copy", "chown-copy"},
	} {
		if got := sameName(c.old, c.now); got != c.want {
			t.Errorf("%s beside %s: %s, want %s", c.now, c.old, got, c.want)
		}
	}
}
