package language

import (
	"bytes"
	"encoding/binary"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/flate"
)

// An archive of Java, of Python's setuptools or of yarn is a ZIP file (PKWARE's APPNOTE.TXT): for
// each member a header, its name and its content, and at the end a directory of all. The directory
// comes too late for a content that passes, so the headers are followed. Where a header does not
// say how long its content is (flag 3), the descriptor behind the content is searched, which
// repeats the length. An archive that is stored in another one as it is, as the jars of Spring
// Boot are, is followed in the same way.

// Limits of what is read of one archive.
const (
	maxMember    = 64 << 10  // bytes of a member that is read, as it is stored
	maxMemberOut = 256 << 10 // and unpacked
	maxLevels    = 4         // archives in one another
	maxArchives  = 10_000    // archives in one
	maxMembers   = 20_000    // members that are read
	maxKept      = 8 << 20   // bytes of them
)

const (
	zipLocal      = "PK\x03\x04"
	zipDescriptor = "PK\x07\x08"
	zipHeader     = 30
)

// archiveFormat is what is read of a kind of archives.
type archiveFormat interface {
	// wants reports whether a member's content is read.
	wants(name string) bool
	// nests reports whether a member is an archive that is followed or, if it is not stored
	// as it is, mentioned.
	nests(name string) bool
}

// archiveStream follows the headers of an archive.
type archiveStream struct {
	format archiveFormat
	path   string
	size   int64
	pos    int64 // of the next byte that is wanted
	state  zipState
	buf    []byte // what was written for the state
	need   int    // bytes of it that are needed
	member member
	levels []*archiveLevel
	all    []*archiveLevel // in the order in which they begin
	read   int             // members that were read
	kept   int             // bytes of them
	zip    io.ReadCloser   // that unpacks them, used again
	cut    bool            // something was passed over that a limit keeps from being read
}

type zipState uint8

const (
	atHeader zipState = iota
	atName
	atContent
	atUnknownEnd // in a content of unknown length
	atEnd
)

// member is what a header says of a member.
type member struct {
	name            string
	deflated, wide  bool
	unknown         bool  // its length
	content, length int64 // where the content begins, and its length
	names, extraLen int
	wanted          bool
	kept            []byte // of a content of unknown length
}

// archiveLevel is an archive, or one within it.
type archiveLevel struct {
	name    string // in the one above, or its path
	end     int64  // where its bytes end
	members []readMember
}

// readMember is a member that was read.
type readMember struct {
	name    string
	content []byte
}

func isArchive(name string, head []byte) bool {
	return bytes.HasPrefix(head, []byte(zipLocal)) && formatOf(name) != nil
}

// formatOf returns what is read of an archive with a name, nil for nothing.
func formatOf(name string) archiveFormat {
	switch {
	case isJar(name):
		return jarFormat{}
	case path.Ext(name) == ".egg":
		return eggFormat{}
	case path.Ext(name) == ".zip" && strings.Contains("/"+name, yarnCache):
		return yarnFormat{}
	}
	return nil
}

// begin begins a content. It reports false for what is no archive of a kind that is read.
func (s *archiveStream) begin(name string, head []byte, size int64) bool {
	if !isArchive(name, head) {
		return false
	}
	top := &archiveLevel{name: name, end: size}
	*s = archiveStream{format: formatOf(name), path: name, size: size, buf: s.buf[:0], zip: s.zip, levels: append(s.levels[:0], top), all: []*archiveLevel{top}}
	s.expect(atHeader, zipHeader)
	return true
}

func (s *archiveStream) next() int64 {
	if s.state == atEnd {
		return s.size
	}
	return s.pos
}

func (s *archiveStream) expect(state zipState, need int) {
	s.state, s.need, s.buf = state, need, s.buf[:0]
}

func (s *archiveStream) level() *archiveLevel { return s.levels[len(s.levels)-1] }

func (s *archiveStream) write(p []byte) int {
	if s.state == atUnknownEnd {
		return s.searchEnd(p)
	}
	n := min(len(p), s.need-len(s.buf))
	s.buf = append(s.buf, p[:n]...)
	s.pos += int64(n)
	if len(s.buf) == s.need {
		s.step()
	}
	return n
}

// step goes on with what was waited for.
func (s *archiveStream) step() {
	m := &s.member
	switch s.state {
	case atHeader:
		if !s.header() {
			s.leave()
			return
		}
		s.expect(atName, m.names+m.extraLen)
		if s.need == 0 || s.pos+int64(s.need) > s.level().end {
			s.leave() // no member is without a name
		}
	case atName:
		m.name = string(s.buf[:m.names])
		m.extra(s.buf[m.names:])
		s.enter()
	case atContent:
		s.keep(s.buf)
		s.goTo(m.content + m.length)
	}
}

// header reads a member's header.
func (s *archiveStream) header() bool {
	p, le := s.buf, binary.LittleEndian
	if string(p[:4]) != zipLocal {
		return false
	}
	flags := le.Uint16(p[6:])
	s.member = member{
		deflated: le.Uint16(p[8:]) == 8,
		length:   int64(le.Uint32(p[18:])),
		names:    int(le.Uint16(p[26:])), extraLen: int(le.Uint16(p[28:])),
		kept: s.member.kept[:0],
	}
	s.member.unknown = flags&8 != 0 && s.member.length == 0
	return true
}

// extra reads the lengths of a member that is longer than 4 GB, or may be.
func (m *member) extra(p []byte) {
	le := binary.LittleEndian
	for len(p) >= 4 {
		id, n := le.Uint16(p), int(le.Uint16(p[2:]))
		if p = p[4:]; n > len(p) {
			return
		}
		if id == 1 {
			m.wide = true
			if m.length == 1<<32-1 && n >= 16 {
				m.length = int64(min(le.Uint64(p[8:]), 1<<62))
			}
		}
		p = p[n:]
	}
}

// enter begins the content of a member.
func (s *archiveStream) enter() {
	m := &s.member
	m.content = s.pos
	wanted, nests := s.format.wants(m.name), s.format.nests(m.name)
	m.wanted = wanted && s.read < maxMembers && s.kept < maxKept
	open := nests && !m.unknown && !m.deflated && len(s.levels) < maxLevels
	s.cut = s.cut || wanted && (!m.wanted || !m.unknown && m.length > maxMember) ||
		nests && (len(s.all) >= maxArchives || !m.unknown && !m.deflated && len(s.levels) >= maxLevels)
	nests, open = nests && len(s.all) < maxArchives, open && len(s.all) < maxArchives
	if nests {
		inner := &archiveLevel{name: m.name, end: min(m.content+m.length, s.level().end)}
		s.all = append(s.all, inner)
		if open {
			s.levels = append(s.levels, inner)
			s.goTo(m.content)
			return
		}
	}
	switch {
	case m.unknown:
		s.expect(atUnknownEnd, 0)
	case m.wanted && m.length > 0 && m.length <= maxMember:
		s.expect(atContent, int(m.length))
		if m.content+m.length > s.level().end {
			s.leave()
		}
	default:
		s.goTo(m.content + m.length)
	}
}

// goTo goes on with the header at a position, or the end of the archive that it is in.
func (s *archiveStream) goTo(at int64) {
	s.pos = at
	if s.expect(atHeader, zipHeader); at < 0 || at+zipHeader > s.level().end {
		s.leave()
	}
}

// leave ends an archive and goes on behind it.
func (s *archiveStream) leave() {
	for {
		end := s.level().end
		s.levels = s.levels[:len(s.levels)-1]
		if len(s.levels) == 0 {
			s.state = atEnd
			return
		}
		s.pos = end
		if s.expect(atHeader, zipHeader); end+zipHeader <= s.level().end {
			return
		}
	}
}

// searchEnd looks for the end of a content of unknown length, and returns how many bytes of p lie
// before what follows it.
func (s *archiveStream) searchEnd(p []byte) int {
	m, le := &s.member, binary.LittleEndian
	size := 16
	if m.wide {
		size = 24
	}
	p = p[:min(int64(len(p)), s.level().end-s.pos)]
	before := len(s.buf) // of the bytes that passed last
	s.buf = append(s.buf, p...)
	start := s.pos - int64(before)
	for from := 0; ; from++ {
		i := bytes.Index(s.buf[from:], []byte(zipDescriptor))
		if from += max(i, 0); i < 0 || from+size > len(s.buf) {
			break
		}
		length := start + int64(from) - m.content
		said := int64(le.Uint32(s.buf[from+8:]))
		if m.wide {
			said = int64(le.Uint64(s.buf[from+8:]) & (1<<62 - 1))
		}
		if said != length {
			continue
		}
		taken := from + size - before
		if m.wanted && length <= maxMember {
			s.keep(append(m.kept, s.buf[min(before, from):from]...)[:length])
		}
		s.goTo(start + int64(from+size))
		return taken
	}
	if m.wanted && len(m.kept) <= maxMember {
		m.kept = append(m.kept, p...)
	}
	s.pos += int64(len(p))
	if rest := len(s.buf) - (size - 1); rest > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[rest:])]
	}
	if s.pos >= s.level().end {
		s.leave()
	}
	return len(p)
}

// unpack returns what a member unpacks to, as far as it can be unpacked.
func (s *archiveStream) unpack(stored []byte) []byte {
	in := bytes.NewReader(stored)
	if s.zip == nil {
		s.zip = flate.NewReader(in)
	} else if err := s.zip.(flate.Resetter).Reset(in, nil); err != nil {
		return nil
	}
	content, _ := io.ReadAll(io.LimitReader(s.zip, maxMemberOut))
	return content
}

// keep keeps the content of a member that was asked for.
func (s *archiveStream) keep(stored []byte) {
	content := stored
	if s.member.deflated {
		content = s.unpack(stored)
	}
	l := s.level()
	s.read, s.kept = s.read+1, s.kept+len(content)
	l.members = append(l.members, readMember{s.member.name, bytes.Clone(content)})
}

func (s *archiveStream) end() (Found, bool) {
	switch s.format.(type) {
	case jarFormat:
		return jarFound(s.all, s.cut)
	case eggFormat:
		return eggFound(s.all[0])
	}
	return yarnFound(s.path, s.all[0])
}
