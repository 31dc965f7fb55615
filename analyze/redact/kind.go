package redact

import (
	"slices"
	"strings"
)

// Kinds says in a few words each what the sure secrets of a text are, "an AWS key", "a
// GitHub token", "a password", each once and in the order of the text. What no mark and
// no name tells apart is "a secret".
func (m Mask) Kinds(text string) (kinds []string) {
	for _, s := range m.spans(text) {
		if !s.sure {
			continue
		}
		kind := kindOf(text, s)
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// makers are who marks tokens so, by the mark or its beginning; the longest that fits counts.
var makers = map[string]string{
	"gh": "a GitHub token", "github_pat_": "a GitHub token", "gl": "a GitLab token", "GR1348941": "a GitLab token", "glc_": "a Grafana token", "glsa_": "a Grafana token",
	"xox": "a Slack token", "xapp-": "a Slack token", "AKIA": "an AWS key", "ASIA": "an AWS key", "ABIA": "an AWS key", "ACCA": "an AWS key", "ABSK": "an AWS key",
	"AIza": "a Google API key", "ya29.": "a Google token", "GOCSPX-": "a Google secret", "sk_live_": "a Stripe key", "sk_test_": "a Stripe key", "rk_": "a Stripe key", "whsec_": "a Stripe key",
	"npm_": "an npm token", "pypi-": "a PyPI token", "rubygems_": "a RubyGems token", "do": "a DigitalOcean token", "hv": "a Vault token", "atlasv1.": "a Terraform token",
	"sk-proj-": "an OpenAI key", "sk-ant-": "an Anthropic key", "hf_": "a Hugging Face token", "SG.": "a SendGrid key", "shp": "a Shopify token", "dckr_": "a Docker Hub token",
	"AGE-SECRET-KEY-": "a private key", "eyJ": "a JSON web token",
}

// kindOf says what a secret is: by its own beginning, else by the name before it.
func kindOf(text string, s span) string {
	word := strings.TrimLeft(text[s.start:s.end], "\"'")
	switch {
	case strings.HasPrefix(word, "-----BEGIN "):
		return "a private key"
	case strings.HasPrefix(word, "$"):
		return "a password's hash"
	}
	if n := markedAt(word); n > 0 {
		if kind, ok := maker(word[:n]); ok {
			return kind
		}
		return "a token"
	}
	return kindOfName(nameBefore(text[:s.start]))
}

// nameBefore returns the name that stands before a value, in small letters: "npm_token" of
// `ENV NPM_TOKEN="`; "" where there is none.
func nameBefore(text string) string {
	text = strings.TrimRight(text, " \t\"'=:>(\\")
	from := strings.LastIndexFunc(text, func(c rune) bool {
		return c > 0x7f || !alphanumeric(byte(c)) && c != '_' && c != '-'
	})
	return strings.ToLower(strings.TrimLeft(text[from+1:], "-"))
}

// kindsOfNames are what names tell, the first that is part of one.
var kindsOfNames = [][2]string{
	{"aws_", "an AWS key"}, {"private", "a private key"}, {"priv_key", "a private key"}, {"pass", "a password"}, {"pwd", "a password"}, {"pw", "a password"}, {"token", "a token"}, {"pat", "a token"},
	{"jwt", "a token"}, {"bearer", "a token"}, {"api", "an API key"}, {"license", "a licence key"}, {"licence", "a licence key"}, {"key", "a key"},
}

func kindOfName(name string) string {
	for _, k := range kindsOfNames {
		if strings.Contains(name, k[0]) {
			return k[1]
		}
	}
	return "a secret"
}
