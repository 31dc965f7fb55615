package scan

import (
	"io"

	"github.com/tare-oci/tare/model"
)

// walk reads all entries of a tar. With pos it asks for the place of each
// file's content in the blob; with whole it hashes content and reads on to the
// end of the stream.
func walk(cur cursor, kind string, pos *positions, whole *streamCursor, opt Options) (x *Index, err error) {
	b := newBuilder()
	b.cost.budget = opt.Budget
	defer func() {
		if err != nil {
			b.cost.giveBack()
		}
	}()
	b.x.Key = opt.key()
	var zip *members
	if pos != nil {
		if kind == MediaGzip {
			zip = &members{}
		}
		pos.assign = func(entry int32, end bool, in int64) {
			if end {
				b.x.Entries[entry].Share += in
				return
			}
			zip.begin(entry, in)
			if entry >= 0 {
				b.x.Entries[entry].Share -= in
			}
		}
	}
	leaping, _ := cur.(*seekCursor)
	t := &tarReader{cur: cur, cost: &b.cost}
	sum, keep, look := newContentSum(opt), newKeeper(&opt), newLookers(&opt)
	var h header
	for {
		err := t.next(&h)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		at, err := b.add(&h)
		if err != nil {
			return nil, err
		}
		if at < 0 {
			zip.leftOut(pos, &h, cur.position())
			continue
		}
		if b.x.Entries[at].Kind != model.File {
			continue
		}
		e := &b.x.Entries[at]
		e.Offset = cur.position()
		if pos != nil {
			zip.expect(pos, b.x, e, at)
			pos.ask(e.Offset, at, false)
			pos.ask(e.Offset+e.Stored, at, true)
		} else {
			e.Share = e.Stored
		}
		if e.Flags&Sparse != 0 {
			continue
		}
		keep.begin(b.x, e, whole != nil)
		if keep.state == wanted && e.Stored > MaxCaptured {
			return nil, &LimitError{What: "the package database " + b.x.Path(e), Limit: "64 MiB"}
		}
		if keep.state == wanted {
			if err := b.capture(e.Stored); err != nil {
				return nil, err
			}
		}
		if leaping != nil {
			if err := look.readAt(b, keep.path, at, leaping); err != nil {
				return nil, err
			}
		}
		if whole == nil && keep.state != wanted {
			if head := leaping.peek(HeadBytes); head != nil && e.Stored > HeadBytes {
				e.Hash, e.Flags = sum.ofHead(head), e.Flags|HashedPrefix
			}
			continue
		}
		sum.reset(e.Stored)
		if leaping == nil {
			look.begin(b.x, keep.path, e)
		}
		err = cur.each(e.Stored, func(p []byte) {
			sum.write(p)
			keep.write(p)
			look.write(b.x, p)
		})
		if err != nil {
			return nil, err
		}
		t.left -= e.Stored
		e.Hash, e.Flags = sum.sum(), e.Flags|sum.flags
		if keep.state == onChance {
			if err := b.capture(e.Stored); err != nil {
				return nil, err
			}
		}
		keep.end(b.x)
		if err := look.end(b, at); err != nil {
			return nil, err
		}
	}
	keep.finish(b.x)
	if whole != nil {
		if err := whole.drain(); err != nil {
			return nil, err
		}
	}
	if kind == MediaGzip && b.isEStargz() {
		zip.share(b.x)
		b.hideEStargz()
	}
	x = b.finish()
	return x, b.cost.settle(x)
}
