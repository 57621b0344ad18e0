package link

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxContexts caps the contexts of one demand. Failing ones are kept first.
const maxContexts = 48

// maxClimb caps the functions between a statement and its root.
const maxClimb = 60

// demand is what a function asks of its callers.
type demand struct {
	fn    *fn
	value value
	// root, if forced, is what kind of root the contexts count as: the fields
	// of a handler matter to its requests, wherever they are set.
	root    rootKind
	forced  bool
	library string // who was handed a function value on the way
	// row is the operation of fn whose result holds the row that goal speaks
	// of, 0 if it has gone out of sight.
	row  int
	goal *goal
}

// context is one way in which the program comes to a demand, with the answer.
type context struct {
	ok    bool
	notes notes
	fails []cause
	at    *fn // the function in which it was decided
	root  rootKind
	hops  []*edge // from at down to the function that asked; empty if it is at
	idle  bool    // only the existence of the row matters there

	library string // unknown root: who was handed the function value
}

func (d demand) key() string {
	key := d.fn.Symbol + "\x00" + d.value.key() + "\x00" + strconv.Itoa(d.row)
	if d.forced {
		key += "\x00" + strconv.Itoa(int(d.root)) + d.library
	}
	if d.goal != nil && d.row > 0 {
		key += "\x00" + d.goal.fn.Symbol + strconv.Itoa(d.goal.run.N) + "." + strconv.Itoa(d.goal.relation)
	}
	return "rise\x00" + key
}

// contexts asks all callers of d.fn. Causes that d has already are causes of
// every context that fails.
func (p *program) contexts(d demand) []context {
	inherited := d.value.fails
	d.value.fails = nil
	found := p.climb(d)
	if len(inherited) == 0 {
		return found
	}
	out := slices.Clone(found)
	for i := range out {
		if !out[i].ok || !out[i].notes.settled() {
			out[i].fails = joinCauses(inherited, out[i].fails)
		}
	}
	return out
}

func (p *program) climb(d demand) []context {
	key := d.key()
	if found, ok := p.rising[key]; ok {
		return found
	}
	if p.tabling.leansOn(key) {
		return nil // a cycle of calls comes to nothing that its entries do not come to
	}
	if found, ok := p.underWay(key); ok {
		return found
	}
	if p.budget--; p.budget < 0 || len(p.climbing) > maxClimb {
		return []context{p.failing(d, d.fn, []cause{{kind: unknown, reason: "budget spent"}})}
	}
	open := p.tabling.begin(key)
	p.climbing[key] = true
	out := capContexts(p.ask(d))
	delete(p.climbing, key)
	if leader := p.tabling.leader(open); leader != nil {
		p.provisional[key] = provision{out, *leader}
	} else {
		p.rising[key] = out
	}
	p.tabling.end(open)
	return out
}

func (p *program) ask(d demand) []context {
	var out []context
	asked := false
	if p.isEntry(d.fn) {
		out, asked = append(out, p.atEntry(d)...), true
	}
	for _, e := range p.edges[d.fn] {
		if p.live[e.from] == nil || e.creates || e.explained {
			continue
		}
		asked = true
		out = append(out, p.through(d, e)...)
	}
	if !asked {
		out = append(out, p.failing(d, d.fn, []cause{{kind: unknown, atom: atomOf(d.value), reason: "nobody is seen to call " + short(d.fn.Symbol)}}))
	}
	return out
}

func atomOf(v value) atom {
	for _, c := range v.alts {
		for _, a := range c.atoms {
			return a
		}
	}
	return atom{t: term.ZeroTerm()}
}

func (p *program) failing(d demand, at *fn, fails []cause, hops ...*edge) context {
	root := d.root
	if !d.forced {
		root = p.rootOf(at)
	}
	library := d.library
	if l := p.live[at]; library == "" && l != nil {
		library = l.library
	}
	return context{fails: fails, at: at, root: root, hops: hops, library: library}
}

// rootOf is the worst kind of root that comes to a function.
func (p *program) rootOf(f *fn) rootKind {
	l := p.live[f]
	switch {
	case l == nil:
		return jobRoot
	case l.by[requestRoot]:
		return requestRoot
	case l.by[unknownRoot]:
		return unknownRoot
	}
	return jobRoot
}

// isEntry tells whether requests come to f directly.
func (p *program) isEntry(f *fn) bool {
	l := p.live[f]
	return l != nil && l.by[requestRoot] && l.via[requestRoot] == nil
}

// through asks one caller.
func (p *program) through(d demand, e *edge) []context {
	if e.library != "" && !p.live[e.from].by[requestRoot] && !d.forced {
		d.root, d.forced, d.library = unknownRoot, true, e.library
	}
	if e.maker != nil {
		d.value = p.fromMaker(d.value, e)
	}
	at := p.at(e.from, e.facts)
	v := p.move(at, d.value, e)
	if isSettled(v) {
		return []context{p.held(v.noted(softNote(e)), e.from, e)}
	}
	next := demand{fn: e.from, value: v, root: d.root, forced: d.forced, library: d.library}
	idle := false
	if d.row > 0 && e.call != nil && p.isDirect(e) {
		switch use, compared := p.rowUse(e.from, e.call.N, d.goal); use {
		case rowChecked:
			next.value = or(v, compared.noted(assume(trust.ComparedRow.Premise())))
			if next.value.fixed() && len(next.value.alts) > 0 {
				return []context{p.held(next.value.noted(softNote(e)), e.from, e)}
			}
			v = next.value
		case rowReturned:
			next.row, next.goal = e.call.N, d.goal
		case rowUnused:
			idle = true
		case rowUsed:
			v.fails = joinCauses(v.fails, ofRows(compared.fails))
		}
	}
	if v.fixed() && len(v.alts) > 0 && next.row == 0 {
		return []context{p.held(v.noted(softNote(e)), e.from, e)}
	}
	if len(v.alts) == 0 && next.row == 0 {
		c := p.failing(d, e.from, v.fails, e)
		c.idle = idle
		return []context{c}
	}
	found := p.contexts(next)
	if e.held {
		found = ends(found)
	}
	out := make([]context, len(found))
	for i, c := range found {
		c.hops, c.idle = append(slices.Clone(c.hops), e), c.idle || idle
		c.fails = passedOn(c, e)
		if c.ok {
			c.notes = c.notes.with(softNote(e))
		}
		out[i] = c
	}
	return out
}

// fromMaker decides what a closure has captured in the function that made it:
// nothing of that stays open.
func (p *program) fromMaker(v value, e *edge) value {
	out := value{fails: v.fails}
	for _, x := range v.alts {
		alt := yes(x.notes)
		for _, a := range x.atoms {
			if !mentionsFree(a.t) {
				alt = and(alt, undecided(a))
				continue
			}
			at := p.at(e.maker.from, e.maker.facts)
			alt = and(alt, p.closed(at, a.on(frame{free: e.maker.free}.into(a.t)), e.maker.site))
		}
		out = or(out, alt)
	}
	return out
}

func mentionsFree(t term.Term) bool {
	found := false
	visit(t, func(x term.Term) {
		if f, ok := x.(*term.Path); ok && f.Root == term.Free {
			found = true
		}
	})
	return found
}

// isDirect tells whether the results of e.to are those of the call.
func (p *program) isDirect(e *edge) bool {
	return e.call.Kind != unit.Library && e.soft != trust.Callback
}

func softNote(e *edge) notes {
	if e.soft == "" {
		return notes{}
	}
	return assume(e.soft.Premise())
}

// move decides in a caller's environment what a callee left open.
func (p *program) move(at *env, v value, e *edge) value {
	out := value{fails: v.fails}
	for _, x := range v.alts {
		alt := yes(x.notes)
		for _, a := range x.atoms {
			got := p.again(at, a, a.on(e.into(a.t))).noted(behind(e, a))
			site := argumentSite(a.t, e.call, e.sites, e.site)
			alt = and(alt, got.placed(func(atom) (*fn, int) { return e.from, site }))
		}
		if x.notes.row != nil {
			alt = alt.throughRow(x.notes.row)
		}
		out = or(out, alt)
	}
	return out
}

// atEntry answers for an entry: its parameters are what the framework passes.
func (p *program) atEntry(d demand) []context {
	args := p.entryArgs(d.fn)
	at := p.at(d.fn, nil)
	asEntry := &edge{from: d.fn, to: d.fn, frame: frame{args: args, free: ownFree(d.value)}, site: d.fn.Site}
	v := p.behindMiddlewares(d.fn, p.move(at, d.value, asEntry))
	if v.fixed() && len(v.alts) > 0 {
		c := p.held(v, d.fn)
		c.root = requestRoot
		return []context{c}
	}
	if len(v.alts) == 0 {
		return []context{{fails: v.fails, at: d.fn, root: requestRoot}}
	}
	return p.atCreation(d.fn, v)
}

// atCreation asks the functions that make the closure that an entry is for what
// it has captured.
func (p *program) atCreation(f *fn, v value) []context {
	var out []context
	for _, e := range p.edges[f] {
		if !e.creates || p.live[e.from] == nil {
			continue
		}
		moved := p.move(p.at(e.from, e.facts), v, e)
		if moved.fixed() && len(moved.alts) > 0 {
			c := p.held(moved, f)
			c.root = requestRoot
			out = append(out, c)
			continue
		}
		for _, c := range p.contexts(demand{fn: e.from, value: moved, root: requestRoot, forced: true}) {
			out = append(out, context{ok: c.ok, notes: c.notes, fails: c.fails, at: f, root: requestRoot})
		}
		if len(moved.alts) == 0 {
			out = append(out, context{fails: moved.fails, at: f, root: requestRoot})
		}
	}
	if len(out) == 0 {
		out = append(out, context{fails: []cause{{kind: unknown, atom: atomOf(v), reason: "nobody is seen to make " + short(f.Symbol)}}, at: f, root: requestRoot})
	}
	return out
}

// ownFree keeps the captured variables of a value as they are.
func ownFree(v value) []term.Field {
	var out []term.Field
	for _, c := range v.alts {
		for _, a := range c.atoms {
			visit(a.t, func(x term.Term) {
				if f, ok := x.(*term.Path); ok && f.Root == term.Free {
					out = append(out, term.Field{Name: f.Name, Term: &term.Path{Root: term.Free, Name: f.Name}})
				}
			})
		}
	}
	return out
}

// entryArgs are the parameters of an entry: the receiver is some object of its
// type, the request's data is the client's.
func (p *program) entryArgs(f *fn) []term.Term {
	args := make([]term.Term, len(f.Params))
	for i, name := range f.Params {
		switch {
		case i == 0 && f.Receiver != "":
			args[i] = &term.Path{Root: term.This, Name: strings.TrimPrefix(f.Receiver, "*")}
		case f.entry != nil && slices.Contains(f.entry.Request, i), f.entry == nil && name != "ctx":
			args[i] = &term.Origin{Kind: term.Request, Group: "argument", Name: name}
		default:
			args[i] = term.Why("parameter " + name + " of an entry")
		}
	}
	if f.entry != nil {
		for _, g := range f.entry.Given {
			if s, ok := g.Value.(*term.Struct); ok && g.Param < len(args) {
				args[g.Param] = over(args[g.Param], s)
			}
		}
	}
	return args
}

// over is a value of which some fields are known; the others, those of structs in it
// included, are what they were.
func over(base term.Term, s *term.Struct) term.Term {
	fields := make([]term.Field, len(s.Fields))
	for i, f := range s.Fields {
		fields[i] = f
		if inner, ok := f.Term.(*term.Struct); ok {
			fields[i].Term = over(term.Select(base, term.Step{Kind: term.FieldStep, Name: f.Name}), inner)
		}
	}
	return term.StructOf(s.Type, base, fields)
}

// capContexts drops repetitions, and good contexts before bad ones.
func capContexts(list []context) []context {
	seen := map[string]bool{}
	var out []context
	for _, bad := range []bool{true, false} {
		for _, c := range list {
			key := c.key()
			if c.ok == bad || seen[key] || len(out) >= maxContexts {
				continue
			}
			seen[key] = true
			out = append(out, c)
		}
	}
	return out
}

// key tells contexts apart: by answer, by root, and by the places of the causes.
func (c context) key() string {
	var b strings.Builder
	b.WriteString(strconv.FormatBool(c.ok) + c.notes.excuse + strings.Join(c.notes.assumes, ",") + strings.Join(c.notes.asks, ",") + strconv.Itoa(int(c.root)))
	if !c.ok || !c.notes.settled() {
		b.WriteString(c.at.Symbol)
		for _, h := range c.hops {
			b.WriteString("<" + h.from.Symbol + strconv.Itoa(h.site))
		}
		for _, f := range c.fails {
			b.WriteString("|" + strconv.Itoa(int(f.kind)) + f.reason + strconv.Itoa(f.site))
			if f.fn != nil {
				b.WriteString(f.fn.Symbol)
			}
		}
	}
	return b.String()
}

// passedOn places what an entry was given at the argument by which the entry hands
// it on: the entry's own line says nothing.
func passedOn(c context, e *edge) []cause {
	if len(c.hops) != 1 || c.at != e.from {
		return c.fails
	}
	out := slices.Clone(c.fails)
	for i := range out {
		x := &out[i]
		if x.fn != e.from || x.site != e.from.Site || x.origin == nil {
			continue
		}
		param := paramOf(e.from, x.origin)
		if param == "" {
			continue
		}
		x.site = e.site
		for j, a := range e.args {
			if j < len(e.sites) && e.sites[j] >= 0 && a != nil && mentions(a, e.from, param) {
				x.site = e.sites[j]
			}
		}
	}
	return out
}

// paramOf is the parameter of an entry in which a part of the request comes, "" if it
// comes in none.
func paramOf(f *fn, o *term.Origin) string {
	if o.Group == "argument" {
		return o.Name
	}
	if f.entry == nil {
		return ""
	}
	for _, g := range f.entry.Given {
		found := false
		visit(g.Value, func(x term.Term) {
			part, ok := x.(*term.Origin)
			found = found || ok && part.Group == o.Group && part.Name == o.Name
		})
		if found && g.Param < len(f.Params) {
			return f.Params[g.Param]
		}
	}
	return ""
}

// mentions tells whether a term speaks of the parameter of the name.
func mentions(t term.Term, f *fn, name string) bool {
	found := false
	visit(t, func(x term.Term) {
		v, ok := x.(*term.Path)
		found = found || ok && v.Root == term.Param && v.Index < len(f.Params) && f.Params[v.Index] == name
	})
	return found
}
