package inflate

// Mark is a place in a gzip stream where both offsets are known: the first Out
// decompressed bytes came from the first In compressed ones. The start, {0, 0},
// is one that is not reported; the end of each DEFLATE block (In is rounded
// down to a whole byte: blocks end at any bit) and the end of each member, after
// its trailer, are the others.
//
// No two marks have the same Out: the last one counts. So the empty blocks that
// pigz puts between its chunks, a member's trailer and empty members belong to
// the bytes before them, a member's header to the bytes after it, and a stream
// of a million empty blocks has one mark. Both In and Out never decrease.
type Mark struct {
	In  int64 // bytes of the compressed stream
	Out int64 // bytes of the decompressed stream
}

// maxMarks ends a run of Next: hostile streams have a block every other byte.
const maxMarks = 4096

// marks collects them. The last one is kept back until a byte follows it or the
// stream ends: until then another may take its place. To decide that by what is
// decoded, not by when Next returns, keeps them independent of the buffers.
type marks struct {
	settled []Mark
	taken   int // how many of settled have been returned
	last    Mark
	held    bool // last is a mark that is not settled
}

func (m *marks) reset() { *m = marks{settled: m.settled[:0]} }

// add notes a mark that is not before the one added last.
func (m *marks) add(in, out int64) {
	m.reach(out)
	m.last, m.held = Mark{In: in, Out: out}, true
}

// reach says that all bytes up to out have been decoded.
func (m *marks) reach(out int64) {
	if m.held && m.last.Out < out {
		m.end()
	}
}

// end says that nothing follows.
func (m *marks) end() {
	if m.held {
		m.settled = append(m.settled, m.last)
		m.held = false
	}
}

// take returns what has been settled since the last call.
func (m *marks) take() []Mark {
	s := m.settled[m.taken:]
	m.taken = len(m.settled)
	return s
}

// forget makes room for the next run.
func (m *marks) forget() { m.settled, m.taken = m.settled[:0], 0 }

func (m *marks) full() bool { return len(m.settled) >= maxMarks }
