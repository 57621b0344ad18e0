package memory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// carry records the writes of the function at the other names of what they write to.
func (f *Memory) carry() {
	if len(f.Bases) == 0 && len(f.writes) == 0 {
		return
	}
	names := f.findAliases()
	f.names = names
	if len(names.of) == 0 {
		return
	}
	carryClosures(f, names)
	type write struct {
		base ssa.Value
		e    Event
	}
	var all []write
	for _, base := range f.Bases {
		if names.of[base] == nil {
			continue
		}
		for _, e := range inOrder(f, base) {
			all = append(all, write{base, e})
		}
	}
	for _, w := range all {
		f.carryOne(names, w.base, w.e)
	}
	f.sort()
}

// sort puts the writes of each block in the order of its instructions.
func (f *Memory) sort() {
	for _, blocks := range f.memory {
		for _, events := range blocks {
			slices.SortStableFunc(events, func(x, y Event) int { return f.Position(x.Instr) - f.Position(y.Instr) })
		}
	}
}

// carryClosures records what closures write at all places that may be those of their writes.
func carryClosures(f *Memory, names *aliases) {
	bases := slices.SortedFunc(maps.Keys(f.writes), func(x, y ssa.Value) int { return cmp.Compare(x.Name(), y.Name()) })
	for _, base := range bases {
		for _, w := range slices.Clone(f.writes[base]) {
			e := &Event{Below: deep} // whenever the closure runs
			for _, p := range f.carriedTo(names, place.Place{Base: base, Path: w.path}, e) {
				f.writes[p.Base] = append(f.writes[p.Base], closureWrite{p.Path, w.by})
			}
		}
	}
}

func key(p place.Place) string { return fmt.Sprintf("%p%v", p.Base, p.Path) }

// carryOne records a write at all places that may be its own.
func (f *Memory) carryOne(names *aliases, base ssa.Value, e Event) {
	for _, q := range f.carriedTo(names, place.Place{Base: base, Path: e.Path}, &e) {
		f.write(q.Base, e.at(q))
	}
}

// carriedTo are the other places that may be that of a write.
func (f *Memory) carriedTo(names *aliases, from place.Place, e *Event) []carried {
	out := []carried{{Place: from}}
	seen := map[string]bool{key(from): true}
	for i := 0; i < len(out) && len(seen) < maxAliased; i++ {
		for _, a := range names.of[out[i].Base] {
			q, ok := f.translate(a, out[i], e)
			if ok && q.Base != from.Base && len(q.Path) <= place.MaxPath && !seen[key(q.Place)] {
				seen[key(q.Place)] = true
				out = append(out, q)
			}
		}
	}
	return out[1:]
}

// carried is a place that may be that of a write.
type carried struct {
	place.Place
	part []place.Step   // of what is written stands there
	via  *callsite.Call // which may have given back another object
}

// translate is the place at the other end of an alias, of a write to a place at this one.
func (f *Memory) translate(a alias, p carried, e *Event) (q carried, ok bool) {
	if e.Instr != nil && e.Build == nil && !f.MayFollow(a.at, e.Instr) {
		return q, false // it is seen when what was stored is read
	}
	n := len(a.from)
	if n > len(p.Path) { // what the object leads to
		m, _ := place.Compare(p.Path, a.from, false)
		if m != place.Covers || !e.reaches(a.from[len(p.Path):]) {
			return q, false
		}
		q = carried{a.to, append(p.part[:len(p.part):len(p.part)], a.from[len(p.Path):]...), p.via}
	} else {
		m, _ := place.Compare(a.from, p.Path, false)
		if m != place.Covers || n == len(p.Path) && e.Below == itself {
			return q, false // the pointer itself is set, and not what it leads to
		}
		q = carried{a.to, p.part, p.via}
		for i, s := range p.Path[n:] {
			if a.moved && i == 0 && s.Elem {
				s.Index = -1
			}
			q.Place = q.Then(s)
		}
	}
	if a.by != nil {
		q.via = a.by
	}
	return q, true
}

// at is a write as it may be seen at another place. If that place is only perhaps the
// same, what stands there then is not known.
func (e Event) at(q carried) Event {
	gives, val, instr := e.Gives, e.Val, e.Instr
	e.Path, e.Weak = q.Path, true
	switch {
	case e.Empty != "":
	case q.via != nil:
		e.Val = nil
		e.Gives = func(evaluation, term.Term) term.Term {
			return term.Why("written through what " + callsite.CalleeOf(q.via) + " gives")
		}
	case len(q.part) > 0:
		e.Val = nil
		e.Gives = func(x evaluation, before term.Term) term.Term {
			if gives != nil {
				return place.Pick(gives(x, before), q.part)
			}
			return place.Pick(x.Value(val, instr), q.part)
		}
	}
	return e
}
