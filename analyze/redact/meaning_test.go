package redact

import "testing"

// TestNames: a name that means a secret may mean one, and one that may is no sure sign.
func TestNames(t *testing.T) {
	for name, want := range map[string]struct{ means, may bool }{
		"TOKEN": {true, true}, "TOKEN_FILE": {true, true}, "npmToken": {true, true}, "DB_PASSWORD": {true, true}, "PASSWORDS_DIR": {true, true}, "API_KEY_URL": {true, true},
		"PRIVATE_KEY_PATH": {true, true}, "CREDENTIALS": {true, true}, "DB_PW": {true, true}, "SENHA": {true, true}, "GITHUB_PAT": {true, true},
		"GPG_KEY": {false, true}, "AUTHOR": {false, true}, "PASSENGER": {false, true}, "PIN": {false, true}, "CARD_PIN": {false, true}, "BUILD_HASH": {false, true}, "LOGIN_URL": {false, true}, "SALTED": {false, true},
		"JWT": {false, true}, "DATABASE_URL": {false, true},
		"VERSION": {false, false}, "DEBIAN_FRONTEND": {false, false}, "HOME": {false, false}, "TZ": {false, false}, "PINNED": {false, false}, "": {false, false},
	} {
		if got := NamesSecret(name); got != want.means {
			t.Errorf("%s means a secret: %t", name, got)
		}
		if got := MayNameSecret(name); got != want.may {
			t.Errorf("%s may mean a secret: %t", name, got)
		}
	}
}
