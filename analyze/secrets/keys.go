package secrets

import (
	"bytes"
	"strings"
)

// minKey is how many characters of base64 the shortest private key has: one of Ed25519.
const minKey = 60

// openSSHPlain is how the body of an OpenSSH key begins that no passphrase protects.
const openSSHPlain = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU"

// How private keys begin, or are marked, in the forms that have a mark, and at which place of the
// mark the byte is that is rarest in texts.
const (
	pemMark     = "-----BEGIN "
	rarestOfPEM = 7 // G
	ageMark     = "AGE-SECRET-KEY-1"
	rarestOfAge = 13 // Y
	puttyMark   = "PuTTY-User-Key-File-"
)

// mayHoldKey reports whether [keys] can find anything in a content.
func mayHoldKey(content []byte) bool {
	return bytes.HasPrefix(content, []byte(puttyMark)) || holdsMark(content, pemMark, rarestOfPEM) || holdsMark(content, ageMark, rarestOfAge)
}

// holdsMark reports whether a content holds a mark. It looks for one byte of the mark, the rarest in
// texts, rather than the first, which may be in every line; and no longer where it is not rare.
func holdsMark(content []byte, mark string, rarest int) bool {
	misses := 0
	for at := rarest; at < len(content); at++ {
		next := bytes.IndexByte(content[at:], mark[rarest])
		if next < 0 {
			return false
		}
		at += next
		begin := at - rarest
		if begin+len(mark) <= len(content) && string(content[begin:begin+len(mark)]) == mark {
			return true
		}
		if misses++; misses > 8+at/64 {
			return bytes.Contains(content[begin+1:], []byte(mark))
		}
	}
	return false
}

// keys finds private keys that no passphrase protects, in the forms of RFC 7468, OpenSSH,
// PuTTY and age.
func keys(text string) Found {
	const begin, dashes = pemMark, "-----"
	for rest := text; ; {
		at := strings.Index(rest, begin)
		if at < 0 {
			break
		}
		rest = rest[at+len(begin):]
		label, body, ok := strings.Cut(rest[:min(len(rest), MaxSize)], dashes)
		if !ok || len(label) > 40 || !strings.Contains(label, "PRIVATE KEY") {
			continue
		}
		// A body ends where anything begins or ends, so that each byte is in one body alone.
		body, _, _ = strings.Cut(body, dashes)
		if isPlainKey(label, body) {
			return Found{Kind: "a private key", Sure: true}
		}
	}
	switch {
	case strings.HasPrefix(text, puttyMark) && strings.Contains(text, "\nEncryption: none") && strings.Contains(text, "Private-Lines:"):
		return Found{Kind: "a private key", Sure: true}
	case strings.Contains(text, ageMark):
		_, key, _ := strings.Cut(text, ageMark)
		if n := len(key) - len(strings.TrimLeft(key, "023456789ACDEFGHJKLMNPQRSTUVWXYZ")); n >= 50 && !isExample(key[:n]) {
			return Found{Kind: "a private key", Sure: true}
		}
	}
	return Found{}
}

// betweenLines takes away what stands between the lines of a key: its line ends as escapes and
// blanks before its lines, as in JSON and YAML, and in a program what puts texts together. A plus
// sign may stay, since base64 has it, too.
var betweenLines = strings.NewReplacer(`\\n`, "", `\n`, "", `\r`, "", "\n", "", "\r", "", " ", "", "\t", "", `" .`, "", `' .`, "", `"`, "", "'", "", "`", "", ",", "", `\`, "")

// isPlainKey reports whether the body of a key can be one, and is not encrypted.
func isPlainKey(label, body string) bool {
	if strings.Contains(label, "ENCRYPTED") || strings.Contains(body, "ENCRYPTED") {
		return false
	}
	if strings.Contains(label, "PGP") { // whether a passphrase protects it is within packets
		return false
	}
	body = betweenLines.Replace(body)
	n := 0
	for n < len(body) && (isBase64[body[n]]) {
		n++
	}
	body = body[:n]
	if n < minKey || isFiller(body) {
		return false
	}
	return !strings.Contains(label, "OPENSSH") || strings.HasPrefix(body, openSSHPlain)
}

// isFiller reports whether a body is too even to be a key: an explanation's.
func isFiller(body string) bool {
	var seen [256]bool
	different := 0
	for i := range len(body) {
		if !seen[body[i]] {
			seen[body[i]] = true
			different++
		}
	}
	return different < 16
}

var isBase64 = func() (is [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") {
		is[c] = true
	}
	return is
}()
