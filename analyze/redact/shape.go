package redact

import (
	"slices"
	"strings"
)

// marks are how their makers let tokens begin so that they are recognised, with
// the least number of bytes that follow.
var marks = map[string]int{
	"ghp_": 20, "gho_": 20, "ghu_": 20, "ghs_": 20, "ghr_": 20, "github_pat_": 20, // GitHub
	"glpat-": 16, "gldt-": 16, "glrt-": 16, "glcbt-": 16, "glptt-": 16, "glft-": 16, "glsoat-": 16, "gloas-": 16, "GR1348941": 16, // GitLab
	"xoxb-": 10, "xoxp-": 10, "xoxa-": 10, "xoxr-": 10, "xoxs-": 10, "xoxe-": 10, "xoxe.": 10, "xapp-": 10, // Slack
	"AKIA": 16, "ASIA": 16, "ABIA": 16, "ACCA": 16, "ABSK": 40, // AWS
	"AIza": 30, "ya29.": 20, "GOCSPX-": 20, // Google
	"sk_live_": 10, "sk_test_": 10, "rk_live_": 10, "rk_test_": 10, "whsec_": 16, // Stripe
	"npm_": 30, "pypi-AgE": 16, "rubygems_": 32, "cio": 32, "oy2": 40, // registries of packages
	"dop_v1_": 30, "doo_v1_": 30, "dor_v1_": 30, // DigitalOcean
	"hvs.": 16, "hvb.": 16, "hvr.": 16, "atlasv1.": 30, // HashiCorp
	"sk-proj-": 16, "sk-ant-": 16, "sk-": 32, "hf_": 20, "r8_": 30, "gsk_": 30, "xai-": 30, // models
	"SG.": 30, "shpat_": 20, "shpca_": 20, "shppa_": 20, "shpss_": 20, "sq0atp-": 16, "sq0csp-": 16, "dckr_pat_": 16, "dckr_oat_": 16,
	"figd_": 20, "lin_api_": 20, "ntn_": 30, "PMAK-": 20, "nfp_": 20, "sntrys_": 20, "sntryu_": 20, "NRAK-": 16, "NRII-": 16, "NRJS-": 16,
	"glsa_": 20, "glc_eyJ": 16, "pul-": 32, "tskey-": 12, "fo1_": 20, "FlyV1": 20, "fm2_": 20, "ATATT3": 20, "ATCTT3": 20, "ATBB": 20, "AGE-SECRET-KEY-": 20,
	"amzn.mws.": 16, "EZAK": 40, "EZTK": 40, "dp.pt.": 20, "dp.st.": 20, "dapi": 32, "LTAI": 12, "AKID": 28, "CFPAT-": 20, "bkua_": 30, "pscale_tkn_": 20,
	"pscale_pw_": 20, "tfp_": 30, "eyJ": 20, "secret_": 30, "v2.local.": 20, "sbp_": 30, "rnd_": 20, "phx_": 30, "apify_api_": 20, "duffel_live_": 20, "EAACEdEose0cBA": 4,
}

// marksBy are the marks by their first byte, the longest first.
var marksBy = func() (by [256][]string) {
	for mark := range marks {
		by[mark[0]] = append(by[mark[0]], mark)
	}
	for i := range by {
		slices.SortFunc(by[i], func(a, b string) int {
			if d := len(b) - len(a); d != 0 {
				return d
			}
			return strings.Compare(a, b)
		})
	}
	return by
}()

// shapes finds secrets by what they look like: words that begin with a mark,
// private keys, hashes of passwords, and words that look random.
func shapes(text string, found []span) []span {
	ends := -1 // where the last private key ends, once that was asked for
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '-' && strings.HasPrefix(text[i:], "-----BEGIN "):
			if ends < 0 {
				ends = max(strings.LastIndex(text, pemEnd), 0)
			}
			if n := pem(text[i:], ends > i); n > 0 {
				found = append(found, span{i, i + n, true})
				i += n
				continue
			}
		case c == '$':
			if n := cryptHash(text[i:]); n > 0 {
				found = append(found, span{i, i + n, true})
				i += n
				continue
			}
		}
		if !alphanumeric(c) {
			i++
			continue
		}
		end := i + 1
		for end < len(text) && chunkByte(text[end]) {
			end++
		}
		found = chunk(text, i, end, found)
		i = end
	}
	return found
}

// chunkByte reports whether a byte may be within a token.
func chunkByte(c byte) bool { return chunkBytes[c] }

var chunkBytes = func() (is [256]bool) {
	for c := range 256 {
		is[c] = alphanumeric(byte(c)) || strings.IndexByte("_-.+=~", byte(c)) >= 0
	}
	return is
}()

// chunk looks at a word of chunkBytes.
func chunk(text string, start, end int, found []span) []span {
	if end-start < 12 {
		return found
	}
	word := text[start:end]
	for at := 0; at < len(word); {
		if n := markedAt(word[at:]); n > 0 {
			return append(found, span{start + at, end, true})
		}
		for at < len(word) && alphanumeric(word[at]) {
			at++
		}
		at++
	}
	if digested(text[:start], word) {
		return found
	}
	padding := len(strings.TrimRight(word, "="))
	// What is random is looked for between dots and equals signs: x.tar.gz.
	for from := 0; from < len(word); {
		to := from
		for to < len(word) && word[to] != '.' && (word[to] != '=' || to >= padding) {
			to++
		}
		if part := word[from:to]; random(part) && !uuid(part) {
			found = append(found, span{start + from, start + to, false})
		}
		from = to + 1
	}
	return found
}

// markedAt is the length of the mark that a word begins with, 0 for none. What
// follows must be long enough, and a mark that is short must not begin a word of
// small letters.
func markedAt[T ~string | ~[]byte](word T) int {
	if len(word) == 0 {
		return 0
	}
	for _, mark := range marksBy[word[0]] {
		if len(word) < len(mark)+marks[mark] || string(word[:len(mark)]) != mark {
			continue
		}
		rest := string(word[len(mark):min(len(word), 64)])
		if len(mark) <= 4 && mark != "eyJ" && mark != "SG." {
			run := strings.IndexFunc(rest, func(c rune) bool { return c > 0x7f || !alphanumeric(byte(c)) })
			if run >= 0 && run < 10 || strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz-_.") == "" {
				continue
			}
		}
		if mark[0] >= 'A' && mark[0] <= 'Z' && len(mark) == 4 && marks[mark] == 16 && strings.Trim(rest[:16], "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			continue // AWS
		}
		return len(mark)
	}
	return 0
}

// digested reports whether a word is a digest in base64, or a public key.
func digested(before, word string) bool {
	for _, kind := range []string{"sha1", "sha256", "sha384", "sha512", "md5", "h1"} {
		if rest, ok := strings.CutPrefix(word, kind); ok && rest != "" && (rest[0] == '-' || rest[0] == '=') {
			return true
		}
		if strings.HasSuffix(before, kind+":") || strings.HasSuffix(before, kind+"-") || strings.HasSuffix(before, "SHA256:") {
			return true
		}
	}
	return strings.HasPrefix(word, "AAAAB3NzaC1") || strings.HasPrefix(word, "AAAAC3NzaC1") || strings.HasPrefix(word, "AAAAE2Vj")
}

// uuid reports whether a word is five hexadecimal numbers.
func uuid(word string) bool {
	return len(word) == 36 && word[8] == '-' && word[13] == '-' && word[18] == '-' && word[23] == '-' && lookAt(word).beyondF == 0
}

const pemEnd = "-----END "

// pem is the length of a private key that a text begins with, 0 for none. A key
// without an end goes on to a quote or to the end of the text. RFC 7468.
func pem(text string, ends bool) int {
	line := text[:min(len(text), 80)]
	end := strings.Index(line[5:], "-----")
	if end < 0 || !strings.Contains(line[:end+5], "PRIVATE KEY") {
		return 0
	}
	if !ends {
		if i := strings.IndexAny(text, `"'`); i > 0 {
			return i
		}
		return len(text)
	}
	i := strings.Index(text, pemEnd) + len(pemEnd)
	if n := strings.Index(text[i:min(len(text), i+60)], "-----"); n >= 0 {
		i += n + 5
	}
	return i
}

// hashKinds are how crypt(3) and its like mark hashes of passwords.
var hashKinds = []string{"1", "2a", "2b", "2y", "5", "6", "7", "y", "gy", "apr1", "argon2i", "argon2id", "argon2d", "sha1", "P", "S", "H", "scrypt", "pbkdf2-sha256", "pbkdf2-sha512"}

// cryptHash is the length of a hash of a password that a text begins with, 0 for
// none: $6$salt$hash.
func cryptHash(text string) int {
	end := strings.IndexByte(text[1:min(len(text), 18)], '$') + 1
	if end <= 1 || !slices.Contains(hashKinds, text[1:end]) {
		return 0
	}
	for end < len(text) && (chunkByte(text[end]) || text[end] == '$' || text[end] == '/' || text[end] == ',') {
		end++
	}
	if end < 20 {
		return 0
	}
	return end
}
