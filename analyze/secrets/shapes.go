package secrets

import (
	"bytes"
	"strings"
	"sync"
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

// marked finds the first token of one of the shapes in a text. It looks at the end of each stretch
// of minRun bytes first, so that it skips most of a text, whose words are shorter.
func marked(content []byte) Found {
	aws := sync.OnceValue(func() bool { return hasAWSSecret(content) })
	for begin := 0; begin+minRun <= len(content); {
		at := begin + minRun - 1
		for at >= begin && isOfWord[content[at]] {
			at--
		}
		if at >= begin {
			begin = at + 1
			continue
		}
		end := begin + minRun
		for end < len(content) && isOfWord[content[end]] {
			end++
		}
		word := content[begin:end]
		if begin >= len(vault) && string(content[begin-len(vault):begin]) == vault {
			word = content[begin-len(vault) : end]
		}
		if kind := shapeOf(word, aws); kind != "" {
			return Found{Kind: kind, Sure: true}
		}
		begin = end + 1
	}
	return Found{}
}

// vault is the one mark that ends in a byte of no word.
const vault = "hvs."

var isOfWord = func() (is [256]bool) {
	for c := range is {
		is[c] = isWordByte(byte(c))
	}
	return is
}()

// shapeOf says what token a word is, "" for none. An AWS key is one only beside its secret, which
// nothing marks and which may stand anywhere in the whole content: aws looks for it.
func shapeOf(word []byte, aws func() bool) string {
	for i := range shapes {
		s := &shapes[i]
		if word[0] != s.mark[0] || !bytes.HasPrefix(word, []byte(s.mark)) {
			continue
		}
		rest := string(word[len(s.mark):])
		if len(rest) < s.min || len(rest) > s.max || !isRandom(rest) || strings.IndexFunc(rest, func(c rune) bool { return !s.is(byte(c)) }) >= 0 {
			continue
		}
		if s.kind == "an AWS key" && (strings.ToUpper(rest) != rest || !aws()) {
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
