package jsontext

import (
	"iter"
	"strconv"

	"github.com/tare-oci/tare/model"
)

// FileRow is one file version, as --files lists it.
type FileRow struct {
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

// EntryRow is one entry that a container sees and that is no file, such as a
// directory or a symlink.
type EntryRow struct {
	Path   string  `json:"path"`
	Type   string  `json:"type"`
	Target *string `json:"target"`
	Layer  int     `json:"layer"`
	Mode   *string `json:"mode"`
	UID    *int64  `json:"uid"`
	GID    *int64  `json:"gid"`
}

// FileRows yields the report's file versions in the order of Tree.Files. The
// row is the same each time, filled anew.
func FileRows(r *model.Report) iter.Seq[*FileRow] {
	return func(yield func(*FileRow) bool) {
		if r.Tree == nil {
			return
		}
		var row FileRow
		for v := range r.Tree.Files() {
			rec := &r.Tree.Records[v.Record]
			row = FileRow{
				Path:    ExactName(r.Tree.Path(v.Name)),
				Links:   make([]string, len(v.Links)),
				Layer:   int(rec.Layer),
				Size:    rec.Size.Bytes(),
				Verdict: rec.Verdict,
				Cause:   cause(r, rec),
			}
			for i, link := range v.Links {
				row.Links[i] = ExactName(r.Tree.Path(link))
			}
			if rec.Compressed.Bytes() >= 0 {
				row.CompressedSize = model.Ptr(rec.Compressed.Bytes())
			}
			if !v.Visible && rec.HiddenBy != model.StillThere {
				row.HiddenBy = model.Ptr(int(rec.HiddenBy))
			}
			if p := r.Tree.Owner(v.Record); p >= 0 {
				row.Package = model.Ptr(ExactName(r.Packages[p].Name))
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

// EntryRows yields what is visible beside file versions, in the order of
// Tree.Entries. The row is the same each time, filled anew.
func EntryRows(r *model.Report) iter.Seq[*EntryRow] {
	return func(yield func(*EntryRow) bool) {
		if r.Tree == nil {
			return
		}
		var row EntryRow
		for e := range r.Tree.Entries() {
			content := &r.Tree.Records[e.Content]
			row = EntryRow{
				Path:  ExactName(r.Tree.Path(e.Name)),
				Type:  entryTypes[content.Kind],
				Layer: int(r.Tree.Records[e.Record].Layer),
			}
			if content.Kind == model.Symlink {
				row.Target = model.Ptr(ExactName(r.Tree.LinkText(content)))
			}
			mode, uid, gid := owner(r.Tree, content)
			row.UID, row.GID = uid, gid
			if content.Kind != model.Implied {
				row.Mode = &mode
			}
			if !yield(&row) {
				return
			}
		}
	}
}
