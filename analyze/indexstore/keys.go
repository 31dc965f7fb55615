package indexstore

import (
	"bufio"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/tare-oci/tare/analyze/scan"
)

// Keys are what a machine needs to believe indexes, and to vouch for its own.
type Keys struct {
	Sign   ed25519.PrivateKey  // nil for who reads only
	Trust  []ed25519.PublicKey // whose indexes are believed; that of Sign is among them
	Secret [scan.KeySize]byte  // that contents are hashed with
}

// GenerateKeys draws new keys.
func GenerateKeys() *Keys {
	k := &Keys{}
	rand.Read(k.Secret[:]) // never fails
	var seed [ed25519.SeedSize]byte
	rand.Read(seed[:])
	k.Sign = ed25519.NewKeyFromSeed(seed[:])
	k.Trust = []ed25519.PublicKey{k.Sign.Public().(ed25519.PublicKey)}
	return k
}

// SignerText is the text of a key for those who read layers and keep their indexes.
func (k *Keys) SignerText() string {
	return "# A key for indexes of layers. Who has it can vouch for indexes, so keep it secret.\n" +
		line("sign", k.Sign.Seed()) + line("hash", k.Secret[:])
}

// ReaderText is the text of a key for those who only believe such indexes.
func (k *Keys) ReaderText() string {
	text := "# A key for reading indexes of layers. Who has it believes the indexes of who signed them.\n# Keep it secret, too: with it, two files can be made that tare takes for one.\n"
	for _, t := range k.Trust {
		text += line("trust", t)
	}
	return text + line("hash", k.Secret[:])
}

func line(word string, value []byte) string {
	return word + ": " + base64.StdEncoding.EncodeToString(value) + "\n"
}

// maxTrust is how many signers a reader believes at most.
const maxTrust = 100

// ParseKeys reads the text of a key. No word of it is in the error.
func ParseKeys(text string) (*Keys, error) {
	k := &Keys{}
	hash := false
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		one := strings.TrimSpace(lines.Text())
		if one == "" || strings.HasPrefix(one, "#") {
			continue
		}
		word, value, _ := strings.Cut(one, ":")
		bytes, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
		switch {
		case err != nil || len(bytes) != 32: // all three have 32
			return nil, fmt.Errorf("its line %d is no line of a key", n)
		case word == "sign" && k.Sign == nil:
			k.Sign = ed25519.NewKeyFromSeed(bytes)
			k.Trust = append(k.Trust, k.Sign.Public().(ed25519.PublicKey))
		case word == "trust" && len(k.Trust) < maxTrust:
			k.Trust = append(k.Trust, bytes)
		case word == "hash" && !hash:
			hash = true
			copy(k.Secret[:], bytes)
		default:
			return nil, fmt.Errorf("its line %d is no line of a key", n)
		}
	}
	switch {
	case lines.Err() != nil:
		return nil, errors.New("it is no key")
	case !hash:
		return nil, errors.New("it has no line hash:, which all who share indexes have the same")
	case len(k.Trust) == 0:
		return nil, errors.New("it has neither a line sign: nor a line trust:, so nobody's indexes would be believed")
	}
	return k, nil
}
