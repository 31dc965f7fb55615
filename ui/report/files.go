package report

import (
	"iter"
	"strconv"

	"github.com/tare-oci/tare/model"
)

// fileRow is one file version, as --files lists it.
type fileRow struct {
	Path           string        `json:"path"`
	Links          []string      `json:"links"`
	Layer          int           `json:"layer"`
	Size           int64         `json:"size"`
	CompressedSize *int64        `json:"compressedSize"`
	Verdict        model.Verdict `json:"verdict"`
	Cause          *string       `json:"cause"`
	HiddenBy       *int          `json:"hiddenBy"`
	Mode           string        `json:"mode"`
	UID            *int64        `json:"uid"`
	GID            *int64        `json:"gid"`
	Package        *string       `json:"package"`
}

// entryRow is what else is visible: no file version.
type entryRow struct {
	Path   string  `json:"path"`
	Type   string  `json:"type"`
	Target *string `json:"target"`
	Layer  int     `json:"layer"`
	Mode   string  `json:"mode"`
	UID    *int64  `json:"uid"`
	GID    *int64  `json:"gid"`
}

// fileRows yields the report's file versions in the order of Tree.Files. The
// row is the same each time, filled anew.
func fileRows(r *model.Report) iter.Seq[*fileRow] {
	return func(yield func(*fileRow) bool) {
		if r.Tree == nil {
			return
		}
		var row fileRow
		for v := range r.Tree.Files() {
			rec := &r.Tree.Records[v.Record]
			row = fileRow{
				Path:    exactName(r.Tree.Path(v.Name)),
				Links:   make([]string, len(v.Links)),
				Layer:   int(rec.Layer),
				Size:    rec.Size.Bytes(),
				Verdict: rec.Verdict,
				Cause:   cause(r, rec),
			}
			for i, link := range v.Links {
				row.Links[i] = exactName(r.Tree.Path(link))
			}
			if rec.Compressed.Bytes() >= 0 {
				row.CompressedSize = model.Ptr(rec.Compressed.Bytes())
			}
			if !v.Visible && rec.HiddenBy != model.StillThere {
				row.HiddenBy = model.Ptr(int(rec.HiddenBy))
			}
			if p := r.Tree.Packages; p != nil && p[v.Record] >= 0 {
				row.Package = model.Ptr(exactName(r.Packages[p[v.Record]].Name))
			}
			row.Mode, row.UID, row.GID = owner(r.Tree, rec)
			if !yield(&row) {
				return
			}
		}
	}
}

// cause is why a version is waste, nil where it is none.
func cause(r *model.Report, rec *model.Record) *string {
	switch rec.Verdict {
	case model.Shadowed:
		return model.Ptr(rec.Cause.String())
	case model.Leftover:
		if int64(rec.Finding()) < int64(len(r.Findings)) {
			return &r.Findings[rec.Finding()].Rule
		}
	}
	return nil
}

// owner spells a record's attributes: the mode in octal, unknown ids as nil.
func owner(t *model.Tree, rec *model.Record) (mode string, uid, gid *int64) {
	a := t.Attributes(rec)
	if a.UID >= 0 {
		uid = &a.UID
	}
	if a.GID >= 0 {
		gid = &a.GID
	}
	return strconv.FormatUint(uint64(a.Mode&0o7777), 8), uid, gid
}

var entryTypes = map[model.Kind]string{
	model.Directory:   "directory",
	model.Implied:     "directory",
	model.Symlink:     "symlink",
	model.CharDevice:  "char",
	model.BlockDevice: "block",
	model.Fifo:        "fifo",
}

// entryRows yields what is visible beside file versions, in the order of
// Tree.Entries. The row is the same each time, filled anew.
func entryRows(r *model.Report) iter.Seq[*entryRow] {
	return func(yield func(*entryRow) bool) {
		if r.Tree == nil {
			return
		}
		var row entryRow
		for e := range r.Tree.Entries() {
			content := &r.Tree.Records[e.Content]
			row = entryRow{
				Path:  exactName(r.Tree.Path(e.Name)),
				Type:  entryTypes[content.Kind],
				Layer: int(r.Tree.Records[e.Record].Layer),
			}
			if content.Kind == model.Symlink {
				row.Target = model.Ptr(exactName(r.Tree.LinkText(content)))
			}
			row.Mode, row.UID, row.GID = owner(r.Tree, content)
			if !yield(&row) {
				return
			}
		}
	}
}
