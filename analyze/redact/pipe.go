package redact

import (
	"strings"
)

// echo is what a command writes into a pipe or a file, as far as the words before
// told: the place of its arguments, and where they end.
type echo struct {
	start, end int    // in bytes; start 0 is none, end 0 is not yet known
	heredoc    string // the word that ends a here-document that was announced
	announced  int    // where
	group      bool   // it stands in ( ), so that what follows may belong to it
}

// pass notes where the arguments of echo end.
func (e *echo) pass(w word, text string) {
	if e.start > 0 && e.end == 0 && w.before&(gapPipe|gapOut) != 0 {
		end := w.start
		for end > e.start && text[end-1] != '|' && text[end-1] != '>' {
			end--
		}
		for end > e.start && (text[end-1] == '|' || text[end-1] == '>') {
			end--
		}
		e.end = end
	}
}

// lines says which part of what a program reads is a secret.
type lines uint8

const (
	noLines   lines = iota
	whole           // all of a line
	behind          // what stands behind the first colon
	oneSecret       // the whole, if it is one word
	second          // what stands between the first two colons
	ftpLogin        // the last word of "user me x" and "quote PASS x"
)

// readers are commands that read a password from their standard input.
var readers = map[string]lines{
	"chpasswd": behind, "passwd": whole, "smbpasswd": whole, "vncpasswd": whole, "kinit": whole, "saslpasswd2": whole, "cryptsetup": whole, "newusers": second,
	"adduser": whole, "realm": whole, "p4": whole, "htpasswd": whole, "pdbedit": whole, "keytool": whole, "mysql_secure_installation": whole, "ftp": ftpLogin,
	"elasticsearch-keystore": whole, "opensearch-keystore": whole, "logstash-keystore": whole, "kibana-keystore": whole,
}

// readerOptions make a program read one.
var readerOptions = map[string]lines{
	"--password-stdin": whole, "--with-token": whole, "--passphrase-fd": whole, "--token-stdin": whole, "--pass-stdin": whole, "--stdin": whole, "--passphrase-stdin": whole,
	"--secret-stdin": whole, "--api-key-stdin": whole, "--auth-token-stdin": whole, "--password-from-stdin": whole, "--from-stdin": oneSecret, "-stdin": whole,
}

// sinks looks for programs and files that echo, a here-string or a here-document
// gives a secret to.
func (s *scanner) sinks(w word, text, folded string) {
	base := folded[strings.LastIndexByte(folded, '/')+1:]
	kind := noLines
	if strings.HasPrefix(folded, "-") {
		kind = readerOptions[folded]
	}
	if kind == noLines && s.starting {
		kind = readers[base]
	}
	switch {
	case s.before == "sudo" && text == "-S", s.before == "base64" && (text == "-d" || text == "--decode" || text == "-D"), s.before == "create" && s.call.words > 1 && s.call.saw("secret"):
		kind = oneSecret
	}
	if kind != noLines {
		s.call.reads = kind
		if s.echo.end > 0 {
			s.lines(s.echo.start, s.echo.end, kind)
			s.echo = echo{}
		}
	}
	switch {
	case w.before&gapHere != 0:
		s.hereString(w)
	case w.before&gapIn != 0 && twoIn(s.text, w.start):
		s.echo.heredoc, s.echo.announced = strings.TrimPrefix(text, "-"), w.end
	case w.before&gapOut != 0 || s.echo.heredoc != "" && s.instruction == "COPY" || s.before == "tee" || s.before == "-a" && s.call.saw("tee"):
		s.file(base, folded)
	}
	if s.call.reads != noLines && s.echo.heredoc != "" {
		s.hereDocument()
	}
	if s.starting && (base == "echo" || base == "printf" || base == "yes" || base == "write-output") {
		if !s.echo.group || s.echo.end > 0 {
			s.echo = echo{start: w.end, group: w.before&gapOpen != 0 && !strings.HasSuffix(s.text[:w.start], "$(")}
		}
	}
}

// twoIn reports whether << stands right before a word, perhaps with a quote.
func twoIn(text string, at int) bool {
	return strings.HasSuffix(strings.TrimRight(text[max(0, at-5):at], "\"' \\"), "<<")
}

func (s *scanner) hereString(w word) {
	start := w.start
	if w.quoted {
		start--
	}
	if s.call.reads != noLines {
		from, end := s.extents.value(start, w.open, false)
		s.lines(from, end, s.call.reads)
		s.at = max(s.at, end)
	} else if value := s.judge(start, w.open, false); !strings.ContainsAny(value, " \t\n") && middling.holds(value) {
		s.mask(s.extents.value(start, w.open, false))
	}
}

// hereDocument masks the lines of a here-document that a program reads a password
// from.
func (s *scanner) hereDocument() {
	word := s.echo.heredoc
	s.echo.heredoc = ""
	at := strings.IndexByte(s.text[s.echo.announced:], '\n')
	if at < 0 {
		return
	}
	at += s.echo.announced + 1
	if at <= s.here {
		return // what follows is masked already
	}
	for at < len(s.text) {
		end := len(s.text)
		if i := strings.IndexByte(s.text[at:], '\n'); i >= 0 {
			end = at + i
		}
		if strings.TrimSpace(s.text[at:end]) == word {
			break
		}
		s.lines(at, end, s.call.reads)
		at = end + 1
	}
	s.here = at
}

// secretFiles are files of one secret, or of one behind a colon.
var secretFiles = map[string]lines{
	".pgpass": behind, "pgpass": behind, ".htpasswd": behind, "htpasswd": behind, "passwd-s3fs": behind, ".passwd-s3fs": behind, "sasl_passwd": behind, ".smbcredentials": behind,
	".vault-token": oneSecret, ".vault_pass": oneSecret, "vault_pass": oneSecret, ".vault-pass": oneSecret, "master.key": oneSecret, "production.key": oneSecret, "id_rsa": oneSecret, "id_ed25519": oneSecret,
}

// file looks at the name of a file that echo writes to.
func (s *scanner) file(base, folded string) {
	kind := secretFiles[base]
	if kind == noLines {
		stem, _, _ := strings.Cut(strings.TrimPrefix(base, "."), ".")
		if strengthOf(stem) >= strong || strings.Contains(folded, "/run/secrets/") {
			kind = oneSecret
		}
	}
	switch {
	case kind == noLines:
	case s.echo.end > 0:
		s.lines(s.echo.start, s.echo.end, kind)
		s.echo = echo{}
	default:
		s.call.reads = kind // a here-document may follow
	}
}

// lines masks what a program is given, line by line.
func (s *scanner) lines(start, end int, kind lines) {
	for start < end {
		// Options of echo, quotes and blanks are no part of it.
		for start < end && (blank(s.text[start]) || quote(s.text[start])) {
			start++
		}
		if start+1 < end && s.text[start] == '-' && strings.ContainsRune("neE-", rune(s.text[start+1])) {
			for start < end && !blank(s.text[start]) {
				start++
			}
			continue
		}
		stop := start
		for stop < end && s.text[stop] != '\n' && !quote(s.text[stop]) && (s.text[stop] != '\\' || stop+1 >= end || s.text[stop+1] != 'n') {
			stop++
		}
		s.line(start, start+len(strings.TrimRight(s.text[start:stop], " \t\r\\")), kind)
		if start = stop; start < end && s.text[start] == '\\' {
			start += 2
		} else if start < end {
			start++
		}
	}
}

func (s *scanner) line(start, end int, kind lines) {
	value := s.text[start:end]
	switch kind {
	case behind:
		i := strings.IndexByte(value, ':')
		if i < 0 {
			return
		}
		if strings.Count(value, ":") >= 4 { // .pgpass: host:port:database:user:password
			i = strings.LastIndexByte(value, ':')
		}
		value = value[i+1:]
	case second:
		_, value, _ = strings.Cut(value, ":")
		value, _, _ = strings.Cut(value, ":")
		start += strings.IndexByte(s.text[start:end], ':') + 1
		end = start + len(value)
	case ftpLogin:
		words := strings.Fields(value)
		if len(words) != 3 || !strings.EqualFold(words[0], "user") && !strings.EqualFold(words[1], "pass") {
			return
		}
		value = words[2]
	case oneSecret:
		if strings.ContainsAny(value, " \t:=") {
			return
		}
	}
	if value == "" || value[0] == '%' || !literal(value, true) {
		return
	}
	s.found = append(s.found, span{end - len(value), end, true})
}
