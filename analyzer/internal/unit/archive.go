package unit

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
)

// An archive is the unit of a package and those of all packages of the module
// that it imports, directly or not: what travels as a fact where a driver
// hands on the facts of direct imports only.
//
//	"tva" and a version byte
//	members    count, then path and length of each, sorted by path
//	blobs      the members' units, each compressed by itself
//
// A blob is copied from archive to archive as it is; nothing but a package's
// own unit is encoded in its compilation, and nothing is decoded that nobody
// asks for. A unit that holds nothing has an empty blob.
type Archive struct {
	members []member
}

type member struct {
	path string
	blob []byte // compressed; nil for a unit that holds nothing
}

const magic = "tva\x02"

// Caps of archives. A package over a cap is replaced by a unit that says so,
// and its calls are unproven for that reason.
const (
	MaxUnit    = 8 << 20  // bytes of one compressed unit
	MaxArchive = 64 << 20 // bytes of an archive
	maxPlain   = 256 << 20
)

// OverCap is the kind and reason of the problem of a unit that was too large.
const OverCap = "archive cap"

// NewArchive puts own and the members of the imports' archives together. Members
// of the same path are the same unit, by whichever way they came; the first one is
// taken. Over the cap own is left out, because it is what this compilation adds;
// what came from below was within its caps there.
func NewArchive(own *Unit, imports ...*Archive) *Archive {
	a := &Archive{members: []member{{path: own.Path, blob: capped(own, MaxUnit)}}}
	for _, i := range imports {
		a.members = append(a.members, i.members...)
	}
	sort.SliceStable(a.members, func(i, j int) bool { return a.members[i].path < a.members[j].path })
	// The sort is stable, and own comes first: a stale copy of it, from an import
	// cycle of test variants, would lose.
	a.members = slices.CompactFunc(a.members, func(x, y member) bool { return x.path == y.path })
	if room := MaxArchive - a.size(); room < 0 {
		i, _ := a.find(own.Path)
		a.members[i].blob = capped(own, 0)
	}
	return a
}

// capped is the blob of u, or of a unit that says that u was too large.
func capped(u *Unit, most int) []byte {
	blob := Compress(u)
	// A part of a unit would be worse than none: link would take what is missing
	// for what is not done.
	if len(blob) <= most {
		return blob
	}
	return Compress(&Unit{
		Path: u.Path, Name: u.Name, Module: u.Module,
		Problems: []Problem{{Kind: OverCap, Message: fmt.Sprintf("unit of %d bytes is over the cap", len(blob)), Site: NoSite}},
	})
}

// Empty reports whether u says nothing but its name.
func (u *Unit) Empty() bool {
	return u.Name != "main" && len(u.Functions)+len(u.Types)+len(u.Conversions)+len(u.Entries)+
		len(u.Directives)+len(u.Libraries)+len(u.Columns)+len(u.Models)+len(u.Problems)+len(u.Unread) == 0
}

// Compress is the compressed binary form of u; nil if u is empty, which half of
// the packages of a large program are. Units are compressed one by one, so that
// they can be handed on without being opened.
func Compress(u *Unit) []byte {
	if u.Empty() {
		return nil
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		panic("unit: flate refuses its default level: " + err.Error())
	}
	w.Write(Encode(u)) // a bytes.Buffer does not fail
	w.Close()
	return out.Bytes()
}

// Expand reads what Compress wrote; path is that of an empty unit. The error names
// the unit. The size is capped before it is believed: a fact comes from a cache
// that others write.
func Expand(path string, blob []byte) (*Unit, error) {
	if len(blob) == 0 {
		return &Unit{Path: path}, nil
	}
	r := flate.NewReader(bytes.NewReader(blob))
	plain, err := io.ReadAll(io.LimitReader(r, maxPlain+1))
	if err != nil {
		return nil, fmt.Errorf("expanding the unit of %s: %w", path, err)
	}
	if len(plain) > maxPlain {
		return nil, fmt.Errorf("expanding the unit of %s: %w: too large", path, errCorrupt)
	}
	u, err := Decode(plain)
	if err != nil {
		return nil, fmt.Errorf("unit of %s: %w", path, err)
	}
	return u, nil
}

// Bytes is the binary form of the archive.
func (a *Archive) Bytes() []byte {
	out := []byte(magic)
	out = binary.AppendUvarint(out, uint64(len(a.members)))
	for _, m := range a.members {
		out = binary.AppendUvarint(out, uint64(len(m.path)))
		out = append(out, m.path...)
		out = binary.AppendUvarint(out, uint64(len(m.blob)))
	}
	for _, m := range a.members {
		out = append(out, m.blob...)
	}
	return out
}

// ReadArchive reads the table of members; units are read when they are asked
// for. No bytes at all are the archive of a package outside the module.
func ReadArchive(data []byte) (*Archive, error) {
	if len(data) == 0 {
		return &Archive{}, nil
	}
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		return nil, fmt.Errorf("reading an archive: %w: no mark", errCorrupt)
	}
	r := &decoder{data: rest}
	a := &Archive{}
	var sizes []int
	for n := r.count(); n > 0 && r.err == nil; n-- {
		size := r.count()
		if r.err != nil {
			break
		}
		path := string(r.data[:size])
		r.data = r.data[size:]
		a.members = append(a.members, member{path: path})
		sizes = append(sizes, r.count())
	}
	for i := range a.members {
		if r.err != nil || sizes[i] > len(r.data) {
			r.fail("length of a member")
			break
		}
		a.members[i].blob = r.data[:sizes[i]:sizes[i]]
		r.data = r.data[sizes[i]:]
	}
	// Look-ups are binary; an archive in another order would seem to lack members.
	if r.err == nil && !a.sorted() {
		r.fail("order of members")
	}
	if r.err != nil {
		return nil, fmt.Errorf("reading an archive: %w", r.err)
	}
	return a, nil
}

// sorted reports whether members stand in the order by which they are looked up.
func (a *Archive) sorted() bool {
	return slices.IsSortedFunc(a.members, func(x, y member) int { return strings.Compare(x.path, y.path) })
}

// find looks a member up; without one it gives the place where it would stand.
func (a *Archive) find(path string) (int, bool) {
	i := sort.Search(len(a.members), func(i int) bool { return a.members[i].path >= path })
	return i, i < len(a.members) && a.members[i].path == path
}

// Unit reads one member; nil without an error if there is none.
func (a *Archive) Unit(path string) (*Unit, error) {
	i, ok := a.find(path)
	if !ok {
		return nil, nil
	}
	return Expand(path, a.members[i].blob)
}

// size is about what Bytes will be long: paths, units, and a few bytes for each.
func (a *Archive) size() int {
	n := 0
	for _, m := range a.members {
		n += len(m.path) + len(m.blob) + 8
	}
	return n
}

// Units reads all members, sorted by path.
func (a *Archive) Units() ([]*Unit, error) {
	out := make([]*Unit, len(a.members))
	for i, m := range a.members {
		u, err := Expand(m.path, m.blob)
		if err != nil {
			return nil, err
		}
		out[i] = u
	}
	return out, nil
}
