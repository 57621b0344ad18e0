package link

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxWork caps how many atoms are proved for one call of the database.
const maxWork = 20000

// prove decides an atom in an environment as far as its function goes: what
// speaks of parameters stays open. An atom that is asked for while it is being
// decided does not hold: nothing supports itself.
func (p *program) prove(e *env, a atom) value {
	key := e.key + "\x00" + a.String()
	if v, ok := p.proved[key]; ok {
		return v
	}
	if p.tabling.leansOn(key) {
		return value{}
	}
	if p.budget--; p.budget < 0 {
		return why(a, "budget spent")
	}
	open := p.tabling.begin(key)
	v := p.origin(e, a)
	if n, ok := v.holds(); !ok || n.excuse != "" || len(n.soft) > 0 || !n.settled() {
		v = or(v, or(p.byFacts(e, a), p.byIdentity(e, a)))
	}
	if p.tabling.end(open) {
		p.proved[key] = v
	}
	return v
}

func (p *program) proveAll(e *env, atoms []atom) value {
	v := yes(notes{})
	for _, a := range atoms {
		v = and(v, p.prove(e, a))
	}
	return v
}

// origin decides an atom by where its value comes from.
func (p *program) origin(e *env, a atom) value {
	switch t := a.t.(type) {
	case *term.Join:
		return p.join(e, a, t)
	case *term.Origin:
		return p.byOrigin(e, a, t)
	case *term.Const:
		return constant(a)
	case *term.Path:
		return p.path(a, t)
	case *term.Result:
		return p.result(e, a, t)
	case *term.List:
		return p.list(e, a, t)
	case *term.Struct:
		if a.kind == proof.NonZero {
			return yes(notes{})
		}
		return why(a, "a struct as a bind value")
	}
	return why(a, "a value that is built")
}

// join demands every value that may be; where one of them is zero and another
// the tenant, an accessor's failure was not heeded.
func (p *program) join(e *env, a atom, t *term.Join) value {
	v := yes(notes{})
	for _, leaf := range t.Terms {
		v = and(v, p.prove(e, a.on(leaf)))
	}
	if a.kind == proof.NonZero && len(v.alts) == 0 {
		for _, leaf := range t.Terms {
			// Another zero beside a call's result was written down on purpose.
			if _, called := leaf.(*term.Result); !called && p.isTrusted(e, leaf) {
				return v.unheeded()
			}
		}
	}
	return v
}

// isTrusted tells whether a term is the caller's tenant, and not just zero.
func (p *program) isTrusted(e *env, t term.Term) bool {
	if zero, known := isZero(t); known && zero {
		return false
	}
	_, ok := p.prove(e, atom{kind: proof.Tenant, t: t}).settled()
	return ok
}

// unheeded marks a zero value as what an accessor gives when it fails.
func (v value) unheeded() value {
	out := value{alts: v.alts, fails: slices.Clone(v.fails)}
	for i := range out.fails {
		out.fails[i].accessor = out.fails[i].accessor || out.fails[i].kind == zeroValue
	}
	return out
}

func (p *program) list(e *env, a atom, t *term.List) value {
	if a.kind == proof.NonZero {
		if len(t.Elems) > 0 && !t.Open {
			return yes(notes{})
		}
		return no(cause{kind: zeroValue, atom: a})
	}
	v := yes(notes{})
	for _, x := range t.Elems {
		v = and(v, p.prove(e, a.on(x)))
	}
	return v
}

func (p *program) byOrigin(e *env, a atom, o *term.Origin) value {
	switch o.Kind {
	case term.Tenant:
		if a.kind == proof.Tenant || a.kind == proof.NonZero {
			p.trusted++
			return yes(notes{})
		}
		return why(a, "the tenant where another key is needed")
	case term.Principal:
		if a.kind == proof.Principal || a.kind == proof.NonZero {
			p.trusted++
			return yes(notes{})
		}
		return why(a, "the user where another key is needed")
	case term.Request:
		return p.fromRequest(e, a, o)
	case term.Zero:
		return zeroOrigin(a)
	case term.Fresh:
		if a.kind == proof.Zero {
			return no(cause{kind: zeroValue, atom: a})
		}
		if a.kind == proof.Principal {
			return why(a, "a value that the program made")
		}
		return yes(notes{}) // nobody has a row by it yet
	case term.Config:
		return why(a, "a value of the configuration")
	}
	return p.unknownOrigin(a, o.Name)
}

// byIdentity: the tenant is the key of its own row and of what is unique for a
// tenant; the principal that of the user's own rows.
func (p *program) byIdentity(e *env, a atom) value {
	v := value{}
	for _, c := range p.cats {
		t := tableOf(c, a.table)
		switch {
		case a.kind == proof.Tenant && c.Root != nil && c.Root == c.Principal:
			v = or(v, p.prove(e, atom{kind: proof.Principal, t: a.t}))
		case a.kind != proof.Key || t == nil:
		case t.Column == a.column && t.Tenancy != catalogue.Child:
			v = or(v, p.prove(e, atom{kind: proof.Tenant, t: a.t}))
		case t.OfUser(a.column):
			v = or(v, p.prove(e, atom{kind: proof.Principal, t: a.t}).noted(notes{excuse: string(proof.OwnRows)}))
		}
	}
	// Why this way fails is no news: the atom itself has its causes.
	v.fails = nil
	return v
}

func tableOf(c *catalogue.Catalogue, name string) *catalogue.Table {
	schemaName, table, ok := strings.Cut(name, ".")
	if !ok {
		schemaName, table = "", name
	}
	return c.Lookup(schemaName, table)
}

func (p *program) fromRequest(e *env, a atom, o *term.Origin) value {
	switch {
	case a.kind == proof.Tenant && p.tenantSource == "request":
		return yes(assume(trust.TenantByRequest.Premise()))
	case a.kind == proof.NonZero || a.kind == proof.Zero:
		return no(cause{kind: zeroValue, atom: a})
	case o.Group == "host" && a.kind != proof.Principal:
		// Each tenant's site has its own host: who calls it there is in that tenant.
		p.trusted++
		return yes(assume(trust.HostNamesTenant.Premise()))
	case o.Group == "body" && p.signed(e, maxRowDepth):
		return yes(notes{excuse: signedMessage})
	}
	if n, ok := p.populated(e.fn, o); ok && a.kind != proof.Principal {
		return yes(n)
	}
	v := no(cause{kind: request, atom: a, origin: o, source: e.fn})
	if p.rises(a, o) {
		v.alts = undecided(a).alts
	}
	return v
}

// zeroOrigin: no row has a zero key or tenant, so an equality with it finds
// nothing; only what must not be zero fails, and the user must be known.
func zeroOrigin(a atom) value {
	switch a.kind {
	case proof.NonZero:
		return no(cause{kind: zeroValue, atom: a})
	case proof.Principal:
		return yes(notes{})
	}
	return yes(notes{})
}

func constant(a atom) value {
	zero, _ := isZero(a.t)
	switch {
	case zero:
		return zeroOrigin(a)
	case a.kind == proof.NonZero:
		return yes(notes{})
	case a.kind == proof.Zero:
		return no(cause{kind: zeroValue, atom: a})
	}
	return why(a, "a constant")
}

// unknownOrigin trusts the result of a library's accessor by its name:
// auth.OrgIDFromContext gives the tenant.
func (p *program) unknownOrigin(a atom, reason string) value {
	if symbol, ok := strings.CutPrefix(reason, "call "); ok && p.names.accessor(a.kind, symbol) {
		p.trusted++
		return yes(assume(trust.NamedAccessor.Premise(short(symbol))))
	}
	if a.kind == proof.NonZero {
		return yes(notes{})
	}
	return why(a, reason)
}

// short is a symbol without the path of its package: auth.OrgFromContext.
func short(symbol string) string {
	return symbol[strings.LastIndexByte(symbol, '/')+1:]
}

func (p *program) path(a atom, t *term.Path) value {
	switch t.Root {
	case term.Param, term.Free:
		return undecided(a)
	case term.Context:
		return p.context(a, t)
	case term.This:
		return p.field(a, t)
	case term.Global:
		return p.global(a, t)
	}
	return why(a, "an unknown root")
}

// result decides an atom on what an operation of the function gave.
func (p *program) result(e *env, a atom, r *term.Result) value {
	o := e.fn.ops[r.Call]
	switch {
	case o.run != nil:
		return p.row(e, a, r, o.run)
	case len(r.Steps) > 0 && r.Steps[0].Kind != term.ResultStep && p.runAt(e.fn, r.Call) != nil:
		return p.row(e, a, r, p.runAt(e.fn, r.Call))
	case o.call == nil:
		return why(a, "a result of nothing")
	case o.call.Kind == unit.Library && o.call.Role == verifies && a.kind != proof.Zero:
		return yes(notes{excuse: signedMessage}) // what it gives is what was signed
	case o.call.Kind == unit.Library:
		return p.unknownOrigin(a, "call "+o.call.Symbol)
	}
	if len(r.Steps) == 0 || r.Steps[0].Kind != term.ResultStep {
		return why(a, "the result as a whole")
	}
	targets, known := p.callees(e.fn, o.call)
	v := yes(notes{})
	if !known {
		v = p.unresolved(a, r, o.call)
	}
	for _, c := range targets {
		v = and(v, p.given(e, a, r, c))
	}
	return p.loggedIn(e, a, r, p.named(a, r, o.call, v))
}

// unresolved is the value of a call whose function is not in the program.
func (p *program) unresolved(a atom, r *term.Result, c *unit.Call) value {
	name := c.Symbol
	switch c.Kind {
	case unit.Interface:
		name += "." + c.Method
	case unit.Dynamic:
		name = "a function value"
	}
	return p.unknownOrigin(a, "call "+name)
}

// given demands the atom of everything that one callee may give back, after the
// outcomes that are still possible.
func (p *program) given(e *env, a atom, r *term.Result, c callee) value {
	v, possible, trusted := yes(notes{}), false, false
	for i := range c.fn.Gives {
		g := &c.fn.Gives[i]
		t, ok := given(r, r.Call, g)
		if !ok {
			continue
		}
		facts, ok := p.outcome(e, r.Call, c.fn, g)
		if !ok {
			continue
		}
		possible = true
		at := p.at(c.fn, facts)
		v = and(v, p.lift(e, p.prove(at, a.on(t)), c, e.fn.ops[r.Call].call))
		trusted = trusted || a.kind == proof.NonZero && p.isTrusted(at, t)
	}
	if !possible {
		return why(a, "call "+c.fn.Symbol)
	}
	if trusted {
		v = v.unheeded()
	}
	if c.soft != "" {
		v = v.noted(assume(c.soft.Premise()))
	}
	return v
}

// lift decides in the caller what stayed open in a callee.
func (p *program) lift(e *env, v value, c callee, call *unit.Call) value {
	out := value{fails: v.fails}
	for _, x := range v.alts {
		alt := yes(x.notes)
		for _, a := range x.atoms {
			got := p.again(e, a, a.on(p.restore(c, call.N, a.t)))
			site := argumentSite(a.t, call, alignSites(call, len(c.args)), unit.NoSite)
			got = got.placed(func(atom) (*fn, int) { return e.fn, site })
			alt = and(alt, got)
		}
		if x.notes.row != nil {
			alt = alt.throughRow(x.notes.row)
		}
		out = or(out, alt)
	}
	return out
}

// named trusts a value that is not understood by the names on its way: the
// OrgID of what a function called ParseClaims gave.
func (p *program) named(a atom, r *term.Result, c *unit.Call, v value) value {
	if len(v.alts) > 0 {
		return v
	}
	for _, x := range v.fails {
		if x.kind != unknown {
			return v
		}
	}
	if symbol := calleeName(c); p.names.claim(a.kind, symbol, r.Steps) {
		p.trusted++
		return yes(assume(trust.NamedClaim.Premise(short(symbol), r.Steps[len(r.Steps)-1].Name)))
	}
	return v
}
