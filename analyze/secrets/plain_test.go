package secrets

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// The plain way: every form is looked for at every place of a content, by a regular expression.
var (
	plainShapes = func() (all []*regexp.Regexp) {
		for _, s := range shapes {
			class := `[0-9A-Za-z]`
			if s.is('_') {
				class = `[0-9A-Za-z_-]`
			}
			before := `(?:^|[^0-9A-Za-z_-])`
			if s.mark == vault {
				before = ""
			}
			all = append(all, regexp.MustCompile(fmt.Sprintf(`%s(%s(%s{%d,%d}))(?:$|[^0-9A-Za-z_-])`, before, regexp.QuoteMeta(s.mark), class, s.min, s.max)))
		}
		return all
	}()
	plainAWSSecret = regexp.MustCompile(`(?:^|[^0-9A-Za-z+/])([0-9A-Za-z+/]{40})(?:$|[^0-9A-Za-z+/])`)
	plainPEM       = regexp.MustCompile(`-----BEGIN `)
)

// plainMarked is marked: of all tokens the one that begins first.
func plainMarked(content []byte) Found {
	first, f := len(content), Found{}
	for i, expression := range plainShapes {
		for from := 0; from < len(content); {
			m := expression.FindSubmatchIndex(content[from:])
			if m == nil {
				break
			}
			begin, rest := from+m[2], string(content[from+m[4]:from+m[5]])
			// A word may end where the next one begins, so only its own bytes are passed.
			from += m[3]
			ofVault := shapes[i].mark != vault && bytes.HasSuffix(content[:begin], []byte(vault)) // then it is Vault's
			if begin >= first || ofVault || !isRandom(rest) {
				continue
			}
			if s := shapes[i]; s.kind == "an AWS key" && (strings.ToUpper(rest) != rest || !plainHasAWSSecret(content)) {
				continue
			}
			first, f = begin, Found{Kind: shapes[i].kind, Sure: true}
		}
	}
	return f
}

func plainHasAWSSecret(content []byte) bool {
	for from := 0; from < len(content); {
		m := plainAWSSecret.FindSubmatchIndex(content[from:])
		if m == nil {
			return false
		}
		if word := string(content[from+m[2] : from+m[3]]); isRandom(word) && strings.ToLower(word) != word && strings.ToUpper(word) != word {
			return true
		}
		from += m[3]
	}
	return false
}

func plainSearch(content []byte) (Found, bool) {
	f := plainMarked(content)
	if bytes.Contains(content, []byte{0}) || f.Kind == "" && !plainPEM.Match(content) {
		return Found{}, false
	}
	if key := keys(string(content)); key.Kind != "" {
		f = key
	}
	return f, f.Kind != ""
}

// plainLook is Look with everything that may be looked for.
func plainLook(name string, content []byte) (f Found, ok bool) {
	if bytes.Contains(content, []byte{0}) {
		return f, false
	}
	named := plainNamedBy(name)
	f.better(keys(string(content)))
	f.better(tokens(content, named != nil))
	if named != nil {
		f.better(named.look(string(content)))
	}
	return f, f.Kind != "" || named != nil
}

func plainNamedBy(name string) *named {
	base := name[strings.LastIndexByte(name, '/')+1:]
	switch {
	case aside(name):
		return nil
	case byBase[base] != nil:
		return byBase[base]
	case isEnv(base):
		return settings
	}
	for _, by := range byEnd {
		if strings.HasSuffix(name, by.end) {
			return by.is
		}
	}
	return nil
}

func plainWants(name string, size int64) bool {
	ending := regexp.MustCompile(`[^/](\.[^./]*)$`).FindStringSubmatch(name)
	return size > 0 && size <= MaxSize && (plainNamedBy(name) != nil || ending != nil && configEndings[ending[1]] && !aside(name))
}

// lot makes texts by lot.
type lot struct{ *rand.Rand }

func (l lot) of(texts ...string) string { return texts[l.IntN(len(texts))] }

func (l lot) run(of string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = of[l.IntN(len(of))]
	}
	return string(b)
}

const (
	capitals  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits    = "0123456789"
	letters   = capitals + "abcdefghijklmnopqrstuvwxyz" + digits
	wordBytes = letters + "_-"
	between   = " \n\t\r\"'`(),.:;=/+@#<>{}|\\~\x01\x7f\x80\xe4\xff"
)

// token is one of a shape, or nearly one.
func (l lot) token() string {
	s := shapes[l.IntN(len(shapes))]
	of := letters
	switch {
	case s.kind == "an AWS key":
		of = capitals + digits
	case s.is('_'):
		of = wordBytes
	}
	n := s.min + l.IntN(2)*l.IntN(s.max-s.min+1)
	if l.IntN(4) == 0 {
		n += l.IntN(5) - 2
	}
	return s.mark + l.run(of, n)
}

// key is a private key in one of the forms, or what begins like one.
func (l lot) key() string {
	end := l.of("\n", "\n", `\n`, "\",\n\"", "\r\n")
	switch l.IntN(5) {
	case 0:
		return l.of(ageMark, ageMark, "AGE-SECRET-KEY-") + l.run("023456789ACDEFGHJKLMNPQRSTUVWXYZ", 45+l.IntN(20))
	case 1:
		return puttyMark + "3: ssh-ed25519\nEncryption: " + l.of("none", "aes256-cbc") + "\nPrivate-Lines: 1\n"
	}
	label := l.of("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "PGP ") + l.of("PRIVATE KEY", "PRIVATE KEY", "PUBLIC KEY", "CERTIFICATE")
	return pemMark + label + l.of("-----", "-----", "----") + end + l.of("", "", openSSHPlain) + l.run(letters+"+/", l.IntN(200)) + end + "-----END " + label + "-----"
}

// text is a content of about so many bytes at most: words and what stands between them, and up to
// two secrets, each as it may stand in a program.
func (l lot) text(most int) []byte {
	var b bytes.Buffer
	secrets := l.IntN(3)
	if l.IntN(10) == 0 {
		b.WriteString(l.of(l.token(), l.key()))
	}
	for size := l.IntN(most); b.Len() < size; {
		if secrets > 0 && l.IntN(10) == 0 {
			secrets--
			b.WriteString(l.of("", "\n", `"`, "hvs.", "x", "-", "key = '") + l.of(l.token(), l.token(), l.key()) + l.of("", "\n", `"`, "x", "-"))
		}
		switch l.IntN(8) {
		case 0:
			b.WriteString(l.run(wordBytes, l.IntN(60)))
		case 1:
			b.WriteString(l.of("AKIA", "ghp_", "hvs.", "glpat-", "-----", "BEGIN ", strings.Repeat("G", l.IntN(90)), strings.Repeat("Y", l.IntN(90)), "-----BEGIN", "KEY", "AGE-SECRET-KEY-"))
		case 2:
			b.WriteString(" " + l.run(letters+"+/", 39+l.IntN(3)) + "\n") // such as the secret of an AWS key
		case 3:
			b.WriteString(l.run(between, l.IntN(4)))
		default:
			b.WriteString(l.run(letters, l.IntN(12)) + l.run(between, 1))
		}
	}
	if l.IntN(10) == 0 && b.Len() > 0 {
		b.Bytes()[l.IntN(b.Len())] = 0
	}
	return b.Bytes()
}

// TestSearchAsPlain holds Search and Look to the plain way, on texts made by lot.
func TestSearchAsPlain(t *testing.T) {
	l := lot{rand.New(rand.NewPCG(3, 4))}
	kinds, none := map[string]int{}, 0
	names := []string{"app/a.json", "app/.env", "srv/a.pem", "root/.npmrc", "usr/lib/a.json", "srv/dump", "root/.git-credentials"}
	for range imagetest.Rounds(100, 200, 50_000) {
		most := 1 + l.IntN(2000)
		if l.IntN(20) == 0 {
			most = 2 * textLen
		}
		content := l.text(most)
		got, ok := Search(content)
		want, wantOK := plainSearch(content)
		if got != want || ok != wantOK {
			t.Fatalf("Search of %q: %+v %v, want %+v %v", content, got, ok, want, wantOK)
		}
		if kinds[got.Kind]++; !ok {
			none++
		}
		name := names[l.IntN(len(names))]
		got, ok = Look(name, content)
		if want, wantOK = plainLook(name, content); got != want || ok != wantOK {
			t.Fatalf("Look at %s, %q: %+v %v, want %+v %v", name, content, got, ok, want, wantOK)
		}
	}
	if len(kinds) < 10 || none < 20 { // what a hundred texts hold
		t.Errorf("secrets of %d kinds, and none in %d texts: %v", len(kinds), none, kinds)
	}
}

// TestSearchAtEveryPlace finds the shortest token of each shape and keys, wherever they begin and
// however often the byte stands before them that is looked for.
func TestSearchAtEveryPlace(t *testing.T) {
	l := lot{rand.New(rand.NewPCG(9, 10))}
	secret := " " + l.run(letters, awsSecretLen)
	for at := range 3 * minRun {
		for _, s := range shapes {
			word := s.mark + strings.ToUpper(l.run(letters, s.min-1)) + "7"
			content := strings.Repeat(" ", at) + word + strings.Repeat(" ", at%3)
			if s.kind == "an AWS key" {
				content += secret
			}
			if f, ok := Search([]byte(content)); f.Kind != s.kind || !ok {
				t.Errorf("%q: %+v, want %s", content, f, s.kind)
			}
		}
	}
	body := "PRIVATE KEY-----\n" + l.run(letters, 200) + "\n-----END PRIVATE KEY-----"
	for at := range 200 {
		for key, rarest := range map[string]string{pemMark + body: "G", ageMark + l.run("023456789ACDEFGH", 60): "Y"} {
			for _, before := range []string{" ", rarest} {
				content := strings.Repeat(before, at) + key
				if f, ok := Look("app/a.json", []byte(content)); f.Kind != "a private key" || !ok {
					t.Errorf("%q: %+v", content, f)
				}
			}
		}
	}
}

// TestWantsAsPlain asks for names made by lot of those that say something, and of parts of them.
func TestWantsAsPlain(t *testing.T) {
	l := lot{rand.New(rand.NewPCG(5, 6))}
	var parts []string
	for name := range byBase {
		parts = append(parts, name)
	}
	for _, by := range byEnd {
		parts = append(parts, by.end)
	}
	for ending := range configEndings {
		parts = append(parts, ending)
	}
	slices.Sort(parts)
	parts = append(append(append(parts, asides...), asideParts...), "usr/", "local/", "src/", "share/", "go/", "/", "/", ".env", ".production", "a", "b.", ".", "x.py", "")
	wanted := 0
	for range imagetest.Rounds(2000, 20_000, 1_000_000) {
		name := l.of(parts...) + l.of(parts...) + l.of(parts...)
		if l.IntN(3) == 0 && name != "" {
			name = name[:len(name)-1] + l.of("", "x", "y")
		}
		got, want := Wants(name, 10), plainWants(name, 10)
		if got != want || namedBy(name) != plainNamedBy(name) {
			t.Fatalf("%q: %v, want %v", name, got, want)
		}
		if got {
			wanted++
		}
		if of := name[:strings.LastIndexByte(name, '/')+1]; Aside(name) != Aside(of) {
			t.Fatalf("%q is aside: %v, unlike what is in %q", name, Aside(name), of)
		}
	}
	if wanted < 50 {
		t.Errorf("%d names are wanted", wanted)
	}
}

// FuzzSearch holds Search to the plain way.
func FuzzSearch(f *testing.F) {
	l := lot{rand.New(rand.NewPCG(7, 8))}
	for range 40 {
		f.Add(l.text(300))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		got, ok := Search(content)
		if want, wantOK := plainSearch(content); got != want || ok != wantOK {
			t.Errorf("%+v %v, want %+v %v", got, ok, want, wantOK)
		}
	})
}
