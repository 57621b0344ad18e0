package decision

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// sides are what a value speaks of.
type sides uint8

const (
	ofRow sides = 1 << iota
	ofCaller
	both = ofRow | ofCaller
)

// maxSeeds caps the seeds of a frame.
const maxSeeds = 24

// maxCompared caps the comparisons in a chain: a row's with its parent's, that one's with what
// was asked about.
const maxCompared = 2

// frame is a function with what is known of its values: those that the row is found
// by, and those that say who calls.
type frame struct {
	fn           *callgraph.Function
	rows, caller []term.Term
	plain        []term.Term    // parameters in which nothing of the client's comes
	judging      []int          // operations of which it is asked whether what they give is plain
	setUp        bool           // what it has captured was there before any request
	asking       []*term.Result // results that are being looked at
	compared     int            // how many comparisons lead to what is asked about
	cuts         int            // how often one of them was asked for again
	known        map[resultKey]sides
	maker        *frame // of the closure that it calls on the way, nil if it calls none
}

// resultKey is a result that a frame was asked for when it had so many seeds.
type resultKey struct {
	call                int
	steps               string
	depth, rows, caller int
}

// backwards adds what the seeds were made of: the id that a row was loaded by, where
// the row's column is what the next one is found by.
func (fr *frame) backwards(p *Decisions) {
	for i := 0; i < len(fr.rows) && len(fr.rows) < maxSeeds; i++ {
		r, ok := fr.rows[i].(*term.Result)
		if !ok || !p.loads(fr.fn, r.Call, maxDepth) && !p.converts(fr.fn, r) {
			continue // a part of a name says nothing of its other parts
		}
		for _, a := range handed(fr.fn, r.Call) {
			for _, leaf := range term.Leaves(a) {
				if !slices.ContainsFunc(fr.rows, func(t term.Term) bool { return term.Same(t, leaf) }) && tells(fr.fn, leaf) && p.sidesOf(fr, leaf, maxDepth)&ofCaller == 0 {
					fr.rows = append(fr.rows, leaf)
				}
			}
		}
	}
}

// loads reports whether an operation is a query, or a call that runs one.
func (p *Decisions) loads(f *callgraph.Function, k, depth int) bool {
	o := f.Ops[k]
	if o.Run != nil || o.Call == nil || depth == 0 {
		return o.Run != nil
	}
	targets, _ := p.graph.Callees(f, o.Call)
	return slices.ContainsFunc(targets, func(t callgraph.Callee) bool {
		return len(t.Fn.Runs) > 0 || slices.ContainsFunc(t.Fn.Calls, func(c unit.Call) bool { return p.loads(t.Fn, c.N, depth-1) })
	})
}

// converts reports whether a result is all that a function makes of what it is handed,
// but for an error.
func (p *Decisions) converts(f *callgraph.Function, r *term.Result) bool {
	c := f.Ops[r.Call].Call
	if c == nil || len(r.Steps) == 0 || r.Steps[0].Kind != term.ResultStep || r.Steps[0].Index != 0 {
		return false
	}
	targets, known := p.graph.Callees(f, c)
	return known && len(targets) == 1 && targets[0].Fn.Results <= 2
}

// tells reports whether a value can be that of one row: no constant, no context.
func tells(f *callgraph.Function, t term.Term) bool {
	switch x := t.(type) {
	case *term.Path:
		return x.Root == term.Free || x.Root == term.Param && x.Index < len(f.Params) && f.Params[x.Index] != "ctx"
	case *term.Result:
		return true
	case *term.Origin:
		return x.Kind == term.Request
	}
	return false
}

// handed are the values that an operation gets, without the receiver of a method.
func handed(f *callgraph.Function, k int) []term.Term {
	o := f.Ops[k]
	switch {
	case o.Run != nil:
		return o.Run.Args
	case o.Call == nil:
		return nil
	case isMethod(o.Call) && len(o.Call.Args) > 0:
		return o.Call.Args[1:]
	}
	return o.Call.Args
}

func isMethod(c *unit.Call) bool {
	return c.Kind == unit.Interface || strings.Contains(c.Symbol, ").")
}

// move carries the seeds of a callee over an edge into its caller.
func (fr *frame) move(e *callgraph.Edge) []term.Term {
	if e == nil {
		return nil
	}
	var out []term.Term
	for _, t := range fr.rows {
		if term.HoldsResult(t) {
			continue // the callee's own
		}
		out = append(out, term.Leaves(e.Apply(t))...)
	}
	return out
}

// inside is the frame of a callee, with what it is handed.
func (p *Decisions) inside(fr *frame, c callgraph.Callee, depth int) *frame {
	out := &frame{fn: c.Fn}
	handed := c.Frame()
	for i, a := range handed.Args {
		p.enter(fr, out, a, term.P(i), depth)
	}
	for _, b := range handed.Free {
		p.enter(fr, out, b.Term, &term.Path{Root: term.Free, Name: b.Name}, depth)
	}
	for _, t := range fr.rows {
		if o, ok := t.(*term.Origin); ok && o.Kind == term.Request {
			out.rows = append(out.rows, handed.Renamed(o)...) // the callee reads the same request
		}
	}
	return out
}

// enter notes what a parameter holds, of a struct field by field, and which of its parts are
// seeds already.
func (p *Decisions) enter(fr, in *frame, arg, param term.Term, depth int) {
	switch x := arg.(type) {
	case nil:
		return
	case *term.Struct:
		for _, field := range x.Fields {
			p.enter(fr, in, field.Term, term.Select(param, term.Step{Kind: term.FieldStep, Name: field.Name}), depth)
		}
		return
	}
	in.rows, in.caller = append(in.rows, partsOf(arg, fr.rows, param)...), append(in.caller, partsOf(arg, fr.caller, param)...)
	found := p.sidesOf(fr, arg, depth)
	if found&ofRow != 0 {
		in.rows = append(in.rows, param)
	}
	if found&ofCaller != 0 {
		in.caller = append(in.caller, param)
	}
}

// partsOf are the parts of a parameter that what it is given has among some seeds.
func partsOf(arg term.Term, seeds []term.Term, param term.Term) []term.Term {
	var out []term.Term
	for _, s := range seeds {
		if steps, part := term.StepsTo(arg, s); part && len(steps) > 0 && !slices.ContainsFunc(steps, isMade) {
			out = append(out, term.Select(param, steps...))
		}
	}
	return out
}

// sidesOf are what a term of a frame speaks of.
func (p *Decisions) sidesOf(fr *frame, t term.Term, depth int) sides {
	var out sides
	term.Visit(t, func(x term.Term) {
		if out == both {
			return
		}
		switch {
		case isPart(fr.rows, x):
			out |= ofRow // also if it is a credential: it is what the row is found by
			if slices.ContainsFunc(fr.caller, func(s term.Term) bool { return term.Same(s, x) }) {
				out |= ofCaller // a list of both
			}
			return
		case isPart(fr.caller, x):
			out |= ofCaller
		}
		switch x := x.(type) {
		case *term.Origin:
			out |= p.ofOrigin(x)
		case *term.Path:
			if x.Root == term.Context {
				out |= p.ofContext(fr, x)
			}
		case *term.Result:
			out |= p.ofResult(fr, x, depth)
		}
	})
	return out
}

func isPart(seeds []term.Term, t term.Term) bool {
	return slices.ContainsFunc(seeds, func(s term.Term) bool {
		steps, part := term.StepsTo(s, t)
		return part && !slices.ContainsFunc(steps, isMade) || term.Same(s, t)
	})
}

// isMade tells the mark of what was made of a value: another one.
func isMade(s term.Step) bool { return s.Kind == term.ElemStep && s.Index >= term.MadeTag }

// ofOrigin: the caller is who the program says it is, and what it proves itself by.
func (p *Decisions) ofOrigin(o *term.Origin) sides {
	switch {
	case o.Kind == term.Tenant, o.Kind == term.Principal:
		return ofCaller
	case o.Kind == term.Request && (o.Group == "cookie" || o.Group == "header" && strings.EqualFold(o.Name, "authorization")):
		return ofCaller
	}
	if symbol, ok := o.Called(); ok && p.givesCaller(symbol) {
		return ofCaller
	}
	return 0
}

// givesCaller reports whether a function of a library says who calls, by its name: also what it
// takes out of a session, which is the caller's own.
func (p *Decisions) givesCaller(symbol string) bool {
	return p.access.Names.GivesCaller(proof.Principal, symbol) || p.access.Names.GivesCaller(proof.Tenant, symbol) || p.access.Names.SpeaksOfCaller(symbol)
}

// ofContext: under the key of a context may be who calls, and what a middleware has read of
// the request that the row is found by.
func (p *Decisions) ofContext(fr *frame, x *term.Path) sides {
	var out sides
	if p.saysWho(x) || p.putForCaller(x) {
		out |= ofCaller
	}
	for _, w := range p.graph.Puts[x.Name] {
		named := term.Any(term.Select(w.Value, x.Steps...), func(t term.Term) bool { return term.IsRepeatable(t) && isPart(fr.rows, t) })
		if named {
			out |= ofRow
		}
	}
	return out
}

// putForCaller reports whether all that is put under a key of a context was found by what the
// caller proves himself by, or by who he is.
func (p *Decisions) putForCaller(x *term.Path) bool {
	key := x.String()
	if found, known := p.forCaller[key]; known {
		return found
	}
	if p.putting == maxDepth {
		return false // what is put under a key may be a part of what is there, and so on
	}
	p.putting++
	defer func() { p.putting-- }()
	p.forCaller[key] = false // while it is asked for: nothing says so of itself
	found := false
	for _, w := range p.graph.Puts[x.Name] {
		t := term.Select(w.Value, x.Steps...)
		if zero, known := term.Zeroness(t); known && zero {
			continue
		}
		if found = p.sidesOf(&frame{fn: w.Fn}, t, maxDepth) == ofCaller; !found {
			break
		}
	}
	p.forCaller[key] = found
	return found
}

// saysWho reports whether a context key holds who calls, by its name or because a row
// of users or members, or a claim, is put there. Verified claims do, whichever is read.
func (p *Decisions) saysWho(x *term.Path) bool {
	if x.Name == term.ClaimsKey {
		return true
	}
	for _, kind := range []proof.NeedKind{proof.Principal, proof.Tenant, proof.SecondTenant} {
		if p.access.Names.ContextKey(kind, x.Name, x.Steps) || p.access.Names.ContextKey(kind, x.Name, nil) {
			return true
		}
	}
	return false
}

// ofResult is what a result of an operation speaks of. It is remembered, unless it was
// found without looking at one that is being looked at.
func (p *Decisions) ofResult(fr *frame, r *term.Result, depth int) sides {
	if depth == 0 {
		return 0
	}
	if slices.ContainsFunc(fr.asking, func(x *term.Result) bool { return x.Call == r.Call }) {
		fr.cuts++
		return 0
	}
	key := resultKey{r.Call, r.String(), depth, len(fr.rows), len(fr.caller)}
	if known, ok := fr.known[key]; ok {
		return known
	}
	cuts := fr.cuts
	out := p.lookInto(fr, r, depth)
	if fr.cuts == cuts {
		if fr.known == nil {
			fr.known = map[resultKey]sides{}
		}
		fr.known[key] = out
	}
	return out
}

func (p *Decisions) lookInto(fr *frame, r *term.Result, depth int) sides {
	o := fr.fn.Ops[r.Call]
	fr.asking = append(fr.asking, r)
	defer func() { fr.asking = fr.asking[:len(fr.asking)-1] }()
	if o.Run != nil {
		return p.ofRun(fr, r, o.Run, depth)
	}
	if o.Call == nil {
		return 0
	}
	var out sides
	targets, known := p.graph.Callees(fr.fn, o.Call)
	if o.Call.Kind == unit.Library || !known || len(targets) == 0 {
		for _, a := range handed(fr.fn, r.Call) {
			out |= p.sidesOf(fr, a, depth)
		}
		if p.givesCaller(callgraph.CalleeName(o.Call)) {
			out |= ofCaller
		}
		return out
	}
	var inner *frame // of the callee whose returns are looked at
	var of callgraph.Callee
	for c, t := range callgraph.Behind(targets, r) {
		if inner == nil || of.Fn != c.Fn || !slices.Equal(of.Args, c.Args) {
			inner, of = p.inside(fr, c, depth-1), c
		}
		out |= remembered(p, inner, t, depth-1)
		if spells(c.Fn) && term.Any(t, isUnknown) {
			out |= p.sidesOf(inner, term.P(0), depth-1)
		}
	}
	return out
}

// sidesKey is a term of a callee that was entered with seeds.
type sidesKey struct {
	fn    *callgraph.Function
	term  string
	seeds string
	depth int
}

// remembered are the sides of what a callee gives, asked once for what it was entered with: a
// decoder of generated code calls itself through each of its implementations.
func remembered(p *Decisions, in *frame, t term.Term, depth int) sides {
	if p.putting > 0 { // what is put under a key is being asked for, and counts as nothing as yet
		return p.sidesOf(in, t, depth)
	}
	key := sidesKey{in.fn, t.String(), seedsOf(in), depth}
	out, known := p.given[key]
	if !known {
		out = p.sidesOf(in, t, depth)
		p.given[key] = out
	}
	return out
}

func seedsOf(fr *frame) string {
	var b strings.Builder
	for _, list := range [][]term.Term{fr.rows, fr.caller} {
		for _, t := range list {
			b.WriteString(t.String())
			b.WriteByte(';')
		}
		b.WriteByte('|')
	}
	return b.String()
}

// spells reports whether all that a function can make what it gives of is the one value that
// it is handed: another spelling of it, which may not be understood.
func spells(f *callgraph.Function) bool {
	return len(f.Params) == 1 && len(f.Runs) == 0 && len(f.Calls) == 0
}

func isUnknown(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Unknown
}

// ofRun: what a query gives, and whether it gives anything, depends on what it was
// asked; how a write ended on the database.
func (p *Decisions) ofRun(fr *frame, r *term.Result, run *unit.Run, depth int) sides {
	if isPseudo(r, "err") || p.writes(fr.fn, run) && !isPseudo(r, "count") {
		return 0
	}
	var out sides
	for _, a := range run.Args {
		out |= p.sidesOf(fr, a, depth)
	}
	return out
}

func (p *Decisions) writes(f *callgraph.Function, run *unit.Run) bool {
	return slices.ContainsFunc(p.stmts.Of(f, run).List, func(s *statement.Statement) bool { return s.Proof != nil && s.Proof.Write })
}

func isPseudo(r *term.Result, name string) bool {
	return len(r.Steps) == 1 && r.Steps[0].Kind == term.PseudoStep && r.Steps[0].Name == name
}
