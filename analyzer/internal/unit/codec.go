package unit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// The binary form of a unit:
//
//	version    one byte
//	strings    count, then length and bytes of each, in the order of first use
//	terms      count, then the nodes, children before parents: a term that
//	           occurs twice is one node
//	sites      File.*, Site.*: all that an edit that only moves lines changes,
//	           but for the lines of directives
//	body       the rest of the unit
//
// Numbers are varints. The layout of structs is that of their declarations
// (layout.go), so a new field needs no change here, and changes [Fingerprint].

// version changes when the frame above changes.
const version = 1

// maxTree caps how large a decoded term may be when it is written out as a
// tree: a few bytes of corrupt input could describe an exponential one.
const maxTree = 1 << 20

var errCorrupt = errors.New("corrupt unit")

// Encode gives the binary form of u. Equal units have equal bytes: nothing is
// written in the order of a map, and strings and terms are numbered by first use.
// That is what the go command's cache, and a colleague's, live on. It does not
// fail; a field of a type that has no form is a mistake in this package, and
// panics in its tests.
func Encode(u *Unit) []byte {
	w := newEncoder()
	v := reflect.ValueOf(u).Elem()
	sites := w.section(func() {
		w.value(v.FieldByName("Files"))
		w.value(v.FieldByName("Sites"))
	})
	body := w.section(func() {
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Files" && name != "Sites" {
				w.value(v.Field(i))
			}
		}
	})
	out := []byte{version}
	out = binary.AppendUvarint(out, uint64(len(w.order)))
	for _, s := range w.order {
		out = binary.AppendUvarint(out, uint64(len(s)))
		out = append(out, s...)
	}
	out = binary.AppendUvarint(out, uint64(len(w.nodes)))
	out = append(out, w.terms...)
	out = append(out, sites...)
	return append(out, body...)
}

// Decode reads what Encode wrote. On input that nobody wrote it returns an
// error; it neither panics nor allocates much more than the input's size.
func Decode(data []byte) (u *Unit, err error) {
	if len(data) == 0 || data[0] != version {
		return nil, fmt.Errorf("decoding a unit: %w: no version %d", errCorrupt, version)
	}
	r := &decoder{data: data[1:]}
	r.readStrings()
	r.readTerms()
	u = &Unit{}
	v := reflect.ValueOf(u).Elem()
	r.value(v.FieldByName("Files"))
	r.value(v.FieldByName("Sites"))
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "Files" && name != "Sites" {
			r.value(v.Field(i))
		}
	}
	// A reader that stops early has read another layout than was written.
	if r.err == nil && len(r.data) > 0 {
		r.fail("bytes after the end")
	}
	if r.err == nil {
		r.err = check(u)
	}
	if r.err != nil {
		return nil, fmt.Errorf("decoding a unit: %w", r.err)
	}
	return u, nil
}

// check reports whether all indexes of u lead somewhere. Who reads a unit may then
// index without asking.
func check(u *Unit) error {
	for _, s := range u.Sites {
		if s.File < 0 || s.File >= len(u.Files) {
			return fmt.Errorf("%w: site of file %d of %d", errCorrupt, s.File, len(u.Files))
		}
	}
	bad := NoSite
	eachSite(reflect.ValueOf(u).Elem(), func(v reflect.Value) {
		site := int(v.Int())
		if site < NoSite || site >= len(u.Sites) {
			bad = site
		}
	}, func(*Directive) bool { return true })
	if bad != NoSite {
		return fmt.Errorf("%w: site %d of %d", errCorrupt, bad, len(u.Sites))
	}
	return nil
}

// encoder gathers strings and terms while it writes values. Tables stand before
// what refers to them, so values are written aside and put together last.
type encoder struct {
	out     []byte
	strings map[string]int
	order   []string
	nodes   map[string]int    // the bytes of a node -> its number
	known   map[term.Term]int // terms that were entered, by identity
	terms   []byte
}

// newEncoder makes an encoder with empty tables.
func newEncoder() *encoder {
	return &encoder{strings: map[string]int{}, nodes: map[string]int{}, known: map[term.Term]int{}}
}

// section runs f with an empty output and returns what it wrote. It is how a part
// can be written before the tables that it fills are.
func (w *encoder) section(f func()) []byte {
	outer := w.out
	w.out = nil
	f()
	written := w.out
	w.out = outer
	return written
}

func (w *encoder) num(n int)     { w.out = binary.AppendVarint(w.out, int64(n)) }
func (w *encoder) count(n int)   { w.out = binary.AppendUvarint(w.out, uint64(n)) }
func (w *encoder) tag(b byte)    { w.out = append(w.out, b) }
func (w *encoder) text(s string) { w.count(w.intern(s)) }

// intern gives a string its number. A package's unit names the same few symbols
// over and over.
func (w *encoder) intern(s string) int {
	n, ok := w.strings[s]
	if !ok {
		n = len(w.order)
		w.strings[s] = n
		w.order = append(w.order, s)
	}
	return n
}

// term writes the number of t's node, from 1; 0 is no term.
func (w *encoder) term(t term.Term) {
	w.count(w.node(t))
}

// decoder reads values; after the first error it reads zeros, so that callers need
// not ask at every step and every loop comes to its end.
type decoder struct {
	data    []byte
	err     error
	strings []string
	terms   []term.Term
	sizes   []int // of the terms, as trees
}

// fail keeps the first error and drops the rest of the input.
func (r *decoder) fail(why string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", errCorrupt, why)
	}
	r.data = nil
}

// num reads a signed number that fits into an int of this machine.
func (r *decoder) num() int {
	n, size := binary.Varint(r.data)
	if size <= 0 || int64(int(n)) != n {
		r.fail("number")
		return 0
	}
	r.data = r.data[size:]
	return int(n)
}

// count reads a number of things that take at least a byte each. More than there
// are bytes left cannot be true, and must not be allocated for.
func (r *decoder) count() int {
	n := r.index(len(r.data))
	if n > len(r.data) {
		r.fail("count")
		return 0
	}
	return n
}

// index reads a number from 0 to most.
func (r *decoder) index(most int) int {
	n, size := binary.Uvarint(r.data)
	if size <= 0 || n > uint64(most) {
		r.fail("index")
		return 0
	}
	r.data = r.data[size:]
	return int(n)
}

// tag reads one byte.
func (r *decoder) tag() byte {
	if len(r.data) == 0 {
		r.fail("end of data")
		return 0
	}
	b := r.data[0]
	r.data = r.data[1:]
	return b
}

// readStrings reads the table of strings. Each is copied, so that the unit does
// not hold on to the whole input.
func (r *decoder) readStrings() {
	for n := r.count(); n > 0 && r.err == nil; n-- {
		size := r.count()
		if r.err == nil {
			r.strings = append(r.strings, string(r.data[:size]))
			r.data = r.data[size:]
		}
	}
}

// text reads the number of a string.
func (r *decoder) text() string {
	i := r.index(len(r.strings))
	if r.err != nil || i == len(r.strings) {
		r.fail("text")
		return ""
	}
	return r.strings[i]
}

// term reads a term that was written; nil for 0.
func (r *decoder) term() term.Term {
	n := r.index(len(r.terms))
	if n == 0 || r.err != nil {
		return nil
	}
	return r.terms[n-1]
}
