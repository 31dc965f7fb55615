package language

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/klauspost/compress/zlib"
)

// What cargo auditable leaves in a program: a section .dep-v0 among the constants, which is a zlib
// stream of JSON that begins with "packages". Only the table at the end of the file tells where it
// is, so every place that looks like the beginning of a zlib stream is tried.
// https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md

const (
	maxAudit    = 1 << 20 // bytes of the section
	maxAuditOut = 8 << 20 // bytes of JSON
	maxTrials   = 1 << 16 // in one program
)

// auditBegin is what the JSON begins with.
const auditBegin = `{"packages":[`

var auditData = searchKind{
	// 0x78 is a zlib stream with the usual window; the second byte says how hard the packer
	// tried, and a checksum.
	find:    func(p []byte) int { return indexOf(p, 0x78, []byte{0xda, 0x01, 0x9c}) },
	overlap: 1,
	align:   1,
	read:    readAudit,
	first:   512,
	limit:   maxAudit,
}

func readAudit(s *search, p []byte) (f Found, need int, ok bool) {
	if len(p) < 4 {
		return f, 4, false
	}
	// The type of the first block is in the two bits behind the first one. Type 3 does not exist,
	// and nobody stores this JSON as it is (0).
	if kind := p[2] >> 1 & 3; kind == 0 || kind == 3 || s.trials >= maxTrials || s.inflated >= 2*maxAuditOut {
		return f, 0, false
	}
	s.trials++
	in := bytes.NewReader(p)
	var err error
	if s.zip == nil {
		s.zip, err = zlib.NewReader(in)
	} else {
		err = s.zip.(zlib.Resetter).Reset(in, nil)
	}
	if err != nil {
		return f, 0, false
	}
	var begin [len(auditBegin)]byte
	n, err := io.ReadFull(s.zip, begin[:])
	if string(begin[:n]) != auditBegin[:n] || err != nil && !short(err) {
		return f, 0, false
	}
	if err != nil {
		return f, grown(p, maxAudit), false
	}
	rest, err := io.ReadAll(io.LimitReader(s.zip, maxAuditOut))
	s.inflated += len(rest)
	switch {
	case err != nil && short(err):
		return f, grown(p, maxAudit), false
	case err != nil:
		return f, 0, false
	}
	rows := auditRows(append(begin[:], rest...))
	return Found{Cargo, rows}, 0, len(rows) > 0
}

// short reports whether a stream was only too short.
func short(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) }

// auditRows are the crates that a program is made of, its own first. What was only needed to
// build it is not in it.
func auditRows(content []byte) (rows []Row) {
	audit, _ := objectOf(content)
	list, ok := itemsOf(audit["packages"])
	if !ok {
		return nil
	}
	for _, entry := range list {
		var p struct {
			Name, Version, Kind string
			Root                bool
		}
		if json.Unmarshal(entry, &p) != nil {
			rows = append(rows, Row{Unknown: odd})
			continue
		}
		switch {
		case p.Name == "" || p.Kind == "build":
		case p.Root && len(rows) > 0 && !rows[0].Asked:
			rows = append([]Row{{Name: p.Name, Version: p.Version, Asked: true}}, rows...)
		default:
			rows = append(rows, Row{Name: p.Name, Version: p.Version, Asked: p.Root})
		}
	}
	return rows
}

func listCargo(all files, _ *Image) []Package { return inPrograms(Cargo, all) }
