package fleet

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// partFileFormat is the version of the files that hold parts.
const partFileFormat = 1

// PartFile is a part, and what it is a part of, so that it is merged with no others. As a file it has two lines of
// JSON: the head, with the checksum of the second, and the part.
type PartFile struct {
	Name string // for errors: the file's
	Head PartHead
	Part *Part
}

// PartHead says where a part comes from.
type PartHead struct {
	Format   int    `json:"tareFleetPart"`
	Version  string `json:"version"` // of tare
	List     string `json:"list"`    // [ListDigest]
	Platform string `json:"platform,omitempty"`
	Shard    int    `json:"shard"` // 0 to Of-1
	Of       int    `json:"of"`
	SHA256   string `json:"sha256"` // of the second line
}

// Write writes the file. The same part gives the same bytes.
func (f *PartFile) Write(w io.Writer) error {
	var body bytes.Buffer
	if err := f.Part.Encode(&body); err != nil {
		return err
	}
	sum := sha256.Sum256(body.Bytes())
	head := f.Head
	head.Format, head.SHA256 = partFileFormat, hex.EncodeToString(sum[:])
	if err := json.NewEncoder(w).Encode(head); err != nil {
		return err
	}
	_, err := body.WriteTo(w)
	return err
}

// maxPartHead is how many bytes the first line has.
const maxPartHead = 64 << 10

var errNoPart = errors.New("it is no part of a fleet; make one with tare fleet --shard")

// ReadPart reads what Write wrote. The error is one line without the name of the file.
func ReadPart(r io.Reader) (*PartFile, error) {
	in := bufio.NewReaderSize(r, maxPartHead)
	line, err := in.ReadSlice('\n')
	f := &PartFile{}
	if err != nil || json.Unmarshal(line, &f.Head) != nil || f.Head.Format == 0 {
		return nil, errNoPart
	}
	switch h := f.Head; {
	case h.Format != partFileFormat:
		return nil, fmt.Errorf("it has format %d, and this version of tare reads %d; make it again", h.Format, partFileFormat)
	case h.Of < 1 || h.Of > maxShares || h.Shard < 0 || h.Shard >= h.Of:
		return nil, errors.New("it is damaged: there is no such shard; make it again")
	}
	sum := sha256.New()
	part, err := Decode(io.TeeReader(in, sum))
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(sum, io.LimitReader(in, 1<<20)); err != nil {
		return nil, err
	}
	if hex.EncodeToString(sum.Sum(nil)) != f.Head.SHA256 {
		return nil, errors.New("it is damaged: its checksum is wrong; make it again")
	}
	f.Part = part
	return f, nil
}

// JoinParts merges the parts of all shares of one list, whatever their order. Version is that of
// this program. The error says in one line which part does not belong there, or is missing.
func JoinParts(version string, files []*PartFile) (*Part, error) {
	if len(files) == 0 {
		return nil, errors.New("name the parts to merge")
	}
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b *PartFile) int { return a.Head.Shard - b.Head.Shard })
	first := files[0]
	if v := first.Head.Version; v != version {
		return nil, fmt.Errorf("%s was made by tare %s, and this is tare %s; make the parts and merge them with one version", first.Name, v, version)
	}
	parts := make([]*Part, len(files))
	for i, f := range files {
		if err := f.fits(first); err != nil {
			return nil, err
		}
		if i > 0 && files[i-1].Head.Shard == f.Head.Shard {
			return nil, fmt.Errorf("%s and %s are both shard %s; name each shard once", files[i-1].Name, f.Name, f.share())
		}
		parts[i] = f.Part
	}
	if missing := missingShards(files); missing != "" {
		return nil, fmt.Errorf("the part of shard %s is missing; run it with --shard, and name its part too", missing)
	}
	p, err := Merge(parts...)
	if err != nil {
		return nil, err
	}
	p.oneImageAName()
	return p, nil
}

func (f *PartFile) share() Share { return Share{f.Head.Shard, f.Head.Of} }

// fits says why a part cannot be joined with another one.
func (f *PartFile) fits(first *PartFile) error {
	a, b := first.Head, f.Head
	switch {
	case a.Version != b.Version:
		return fmt.Errorf("%s was made by tare %s and %s by tare %s; make all parts with one version", first.Name, a.Version, f.Name, b.Version)
	case a.Of != b.Of:
		return fmt.Errorf("%s is shard %s and %s is shard %s; make all parts with the same number of shards", first.Name, first.share(), f.Name, f.share())
	case a.List != b.List:
		return fmt.Errorf("%s and %s are of different lists of images; make all parts from one list", first.Name, f.Name)
	case a.Platform != b.Platform:
		return fmt.Errorf("%s and %s were made with different --platform; make all parts with the same", first.Name, f.Name)
	}
	return nil
}

// missingShards lists the shards that no part is of, "" for none.
func missingShards(files []*PartFile) string {
	const shown = 8
	there := make(map[int]bool, len(files))
	for _, f := range files {
		there[f.Head.Shard] = true
	}
	var missing []string
	of := files[0].Head.Of
	for i := 1; i <= of; i++ {
		if !there[i%of] {
			missing = append(missing, Share{i % of, of}.String())
		}
	}
	if more := len(missing) - shown; more > 0 {
		return strings.Join(missing[:shown], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(missing, ", ")
}

// oneImageAName gives a name to one image where a tag was moved while the shards ran: to the one
// that was made last. An image without a name is left out.
func (p *Part) oneImageAName() {
	named := make(map[string]string) // by reference: the image's key
	for _, key := range slices.Sorted(maps.Keys(p.Images)) {
		img := p.Images[key]
		for _, name := range img.References {
			if other := p.Images[named[name]]; img.State != Failed && (other == nil || newer(img, other)) {
				named[name] = key
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Images)) {
		img := *p.Images[key]
		img.References = slices.DeleteFunc(slices.Clone(img.References), func(name string) bool {
			return named[name] != key && (img.State != Failed || named[name] != "")
		})
		if len(img.References) == 0 {
			delete(p.Images, key)
		} else {
			p.Images[key] = &img
		}
	}
}

// newer reports whether an image was made after another one.
func newer(a, b *Image) bool {
	return a.Created != nil && (b.Created == nil || a.Created.After(*b.Created))
}
