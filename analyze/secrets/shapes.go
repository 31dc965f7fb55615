package secrets

import (
	"encoding/binary"
	"strings"
)

// shape is a form of tokens that their maker marks, and that is so strict that no name in a
// program has it.
type shape struct {
	mark string
	kind string
	is   func(c byte) bool // a byte behind the mark
	min  int               // bytes behind the mark
	max  int
}

// shapes are what is looked for in any text of the image's own: source files, scripts, histories.
var shapes = []shape{
	{"ghp_", "a GitHub token", alphanumeric, 36, 36}, {"gho_", "a GitHub token", alphanumeric, 36, 36}, {"ghu_", "a GitHub token", alphanumeric, 36, 36},
	{"ghs_", "a GitHub token", alphanumeric, 36, 36}, {"ghr_", "a GitHub token", alphanumeric, 36, 80}, {"github_pat_", "a GitHub token", isWordByte, 36, 120},
	{"glpat-", "a GitLab token", isWordByte, 20, 64}, {"gldt-", "a GitLab token", isWordByte, 20, 64}, {"glrt-", "a GitLab token", isWordByte, 20, 64},
	{"npm_", "an npm token", alphanumeric, 36, 36}, {"pypi-AgE", "a PyPI token", isWordByte, 50, 400},
	{"xoxb-", "a Slack token", isWordByte, 24, 200}, {"xoxp-", "a Slack token", isWordByte, 24, 200}, {"xoxa-", "a Slack token", isWordByte, 24, 200},
	{"xoxr-", "a Slack token", isWordByte, 24, 200}, {"xoxs-", "a Slack token", isWordByte, 24, 200}, {"xapp-1-", "a Slack token", isWordByte, 24, 200},
	{"sk_live_", "a Stripe key", alphanumeric, 24, 128}, {"rk_live_", "a Stripe key", alphanumeric, 24, 128},
	{"hf_", "a Hugging Face token", alphanumeric, 34, 40}, {"dop_v1_", "a DigitalOcean token", alphanumeric, 64, 64}, {"dckr_pat_", "a Docker Hub token", isWordByte, 20, 64},
	{"glsa_", "a Grafana token", isWordByte, 32, 64}, {"sk-ant-", "an Anthropic key", isWordByte, 32, 200}, {"sk-proj-", "an OpenAI key", isWordByte, 32, 250},
	{"hvs.", "a Vault token", isWordByte, 24, 200}, {"AKIA", "an AWS key", alphanumeric, 16, 16}, {"ASIA", "an AWS key", alphanumeric, 16, 16},
}

// minRun is how many bytes of a word, mark included, the shortest of the shapes has.
const minRun = 20

// marked finds the first token of one of the shapes in a text. Most words are shorter than any
// token, so it looks at eight bytes in every stride: a word of minRun bytes has eight that begin at a
// multiple of the stride, and only there does it look for where the word begins.
func marked(content []byte) Found {
	const stride = minRun - 8 + 1
	aws := awsSecret{content: content}
	for at := 0; at <= len(content)-8; at += stride {
		if !mayBeOfWord(binary.LittleEndian.Uint64(content[at:])) {
			continue
		}
		begin := at
		for begin > 0 && at-begin < stride && isOfWord[content[begin-1]] {
			begin--
		}
		if at-begin == stride { // the word was met a stride before
			continue
		}
		ofVault := begin >= len(vault) && string(content[begin-len(vault):begin]) == vault
		if !ofVault && shapesBy[content[begin]] == nil {
			continue
		}
		end := begin
		for end < len(content) && isOfWord[content[end]] {
			end++
		}
		if end-begin < minRun {
			continue
		}
		if ofVault {
			begin -= len(vault)
		}
		if kind := shapeOf(content[begin:end], &aws); kind != "" {
			return Found{Kind: kind, Sure: true}
		}
	}
	return Found{}
}

// mayBeOfWord reports whether eight bytes may all be bytes of a word. It is quick rather than exact:
// letters, digits and underscores have bit 4 or 6 set, and the dash has bits 0 and 2, while blanks,
// newlines, double quotes, parentheses, commas and dots have neither.
func mayBeOfWord(eight uint64) bool {
	const each = 0x0101010101010101
	by2 := eight >> 2
	return ((eight|by2)>>4|eight&by2)&each == each
}

// vault is the one mark that ends in a byte of no word.
const vault = "hvs."

var isOfWord = func() (is [256]bool) {
	for c := range is {
		is[c] = isWordByte(byte(c))
	}
	return is
}()

// shapesBy are the shapes by the first byte of their marks.
var shapesBy = func() (by [256][]shape) {
	for _, s := range shapes {
		by[s.mark[0]] = append(by[s.mark[0]], s)
	}
	return by
}()

// shapeOf says what token a word is, "" for none. An AWS key is one only beside its secret, which
// nothing marks and which may stand anywhere in the whole content.
func shapeOf(word []byte, aws *awsSecret) string {
	of := shapesBy[word[0]]
	for i := range of {
		s := &of[i]
		n := len(word) - len(s.mark)
		if n < s.min || n > s.max || string(word[:len(s.mark)]) != s.mark {
			continue
		}
		rest := string(word[len(s.mark):])
		if !isRandom(rest) || strings.IndexFunc(rest, func(c rune) bool { return !s.is(byte(c)) }) >= 0 {
			continue
		}
		if s.kind == "an AWS key" && (strings.ToUpper(rest) != rest || !aws.stands()) {
			continue
		}
		return s.kind
	}
	return ""
}

// isRandom reports whether a word looks drawn by lot: it has digits and letters, many different
// ones, and is no explanation's.
func isRandom(word string) bool {
	return !isExample(word) && strings.ContainsAny(word, "0123456789") && strings.Trim(word, "0123456789-_") != ""
}

// awsSecretLen is how many characters of base64 a secret access key has.
const awsSecretLen = 40

// awsSecret looks for a secret access key in a content, once for all keys that ask.
type awsSecret struct {
	content     []byte
	known, does bool
}

func (a *awsSecret) stands() bool {
	if !a.known {
		a.known, a.does = true, hasAWSSecret(a.content)
	}
	return a.does
}

// hasAWSSecret reports whether a text has a word of the form of a secret access key: as long, of
// small letters, capitals and digits, which no checksum in hexadecimal has.
func hasAWSSecret(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if !isBase64[text[i]] || text[i] == '=' {
			continue
		}
		begin := i
		for i < len(text) && isBase64[text[i]] && text[i] != '=' {
			i++
		}
		word := string(text[begin:i])
		if len(word) != awsSecretLen || !isRandom(word) || strings.ToLower(word) == word || strings.ToUpper(word) == word {
			continue
		}
		return true
	}
	return false
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
