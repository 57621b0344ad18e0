package solve

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/installation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/owner"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/signature"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// MaxWork caps how many atoms are proved for one call of the database.
const MaxWork = 20000

// Prove decides an atom in an environment as far as its function goes: what
// speaks of parameters stays open. An atom that is asked for while it is being
// decided does not hold: nothing supports itself.
func (p *Solver) Prove(e *pathcond.Env, a obligation.Atom) obligation.Value {
	if r, ok := a.T.(*term.Result); ok {
		e = p.conds.IfRan(e, r.Call) // whoever has what it gave has run it
	}
	key := e.Key + "\x00" + a.String()
	if v, ok := p.proved[key]; ok {
		return v
	}
	if p.Tabling.LeansOn(key) {
		return obligation.Value{}
	}
	if p.alone > 0 { // less than could be known is enough, and remembered apart
		if v, ok := p.provedAlone[key]; ok {
			return v
		}
		if v, ok := p.provisional.Answer(p.Tabling, key); ok {
			return v
		}
	}
	if p.Budget--; p.Budget < 0 {
		return obligation.Why(a, "budget spent")
	}
	if o, ok := a.T.(*term.Origin); ok && o.Kind == term.Request && a.Kind != proof.NonZero && a.Kind != proof.Zero && p.tenantSource != "request" {
		if by := p.rewritten.Before(e.Fn, o); by != "" {
			return obligation.Why(a, by)
		}
	}
	open := p.Tabling.Begin(key)
	v := p.origin(e, a)
	if a.OnConnection() {
		v = p.Connections.Happened(e, a, v)
	} else if n, ok := v.Holds(); !ok || n.Excuse != "" || len(n.Soft) > 0 || !n.Settled() {
		v = obligation.Or(v, obligation.Or(p.ByFacts(e, a), p.byIdentity(e, a)))
	}
	v = anotherCompared(p, e, a, v)
	switch {
	case !p.provisional.End(p.Tabling, open, v):
	case p.alone > 0:
		p.provedAlone[key] = v
	default:
		p.proved[key] = v
	}
	return v
}

// origin decides an atom by where its value comes from.
func (p *Solver) origin(e *pathcond.Env, a obligation.Atom) obligation.Value {
	if a.OnConnection() {
		return p.Connections.Origin(e, a)
	}
	switch t := a.T.(type) {
	case *term.Join:
		return p.join(e, a, t)
	case *term.Origin:
		return p.byOrigin(e, a, t)
	case *term.Const:
		return p.constant(e, a, t)
	case *term.Path:
		return p.OfPath(a, t)
	case *term.Result:
		return p.result(e, a, t)
	case *term.List:
		return p.list(e, a, t)
	case *term.Struct:
		if a.Kind == proof.NonZero {
			return obligation.Yes(obligation.Notes{})
		}
		return obligation.Why(a, "a struct as a bind value")
	}
	return obligation.Why(a, "a value that is built")
}

// join demands every value that may be; where one of them is zero and another
// the tenant, an accessor's failure was not heeded.
func (p *Solver) join(e *pathcond.Env, a obligation.Atom, t *term.Join) obligation.Value {
	v := obligation.Yes(obligation.Notes{})
	for _, leaf := range t.Terms {
		v = obligation.And(v, p.Prove(e, a.On(leaf)))
	}
	if by := writtenElsewhere(t); a.Kind == proof.NonZero && by != "" && len(v.Alts) == 0 && obligation.Definite(v.Fails) {
		return obligation.Why(a, by) // what it was before is no accusation
	}
	if a.Kind == proof.NonZero && len(v.Alts) == 0 {
		for _, leaf := range t.Terms {
			// Another zero beside a call's result was written down on purpose.
			if _, called := leaf.(*term.Result); !called && p.isTrusted(e, leaf) {
				return v.Unheeded()
			}
		}
	}
	return v
}

// writtenElsewhere is why it is not known what a variable holds that a function value
// writes, whoever calls it; "" if none is seen to.
func writtenElsewhere(t *term.Join) string {
	for _, leaf := range t.Terms {
		if o, ok := leaf.(*term.Origin); ok && o.Kind == term.Unknown && strings.HasPrefix(o.Name, term.WrittenIn) {
			return o.Name
		}
	}
	return ""
}

// isTrusted reports whether a term is the caller's tenant, and not just zero.
func (p *Solver) isTrusted(e *pathcond.Env, t term.Term) bool {
	if zero, known := term.Zeroness(t); known && zero {
		return false
	}
	if o, ok := t.(*term.Origin); ok && o.Kind == term.Fresh {
		return false // nobody's yet
	}
	_, ok := p.Prove(e, obligation.Atom{Kind: proof.Tenant, T: t}).Settled()
	return ok
}

func (p *Solver) list(e *pathcond.Env, a obligation.Atom, t *term.List) obligation.Value {
	if a.Kind == proof.NonZero {
		if len(t.Elems) > 0 && !t.Open {
			return obligation.Yes(obligation.Notes{})
		}
		return obligation.No(obligation.Cause{Kind: obligation.ZeroValue, Atom: a})
	}
	v := obligation.Yes(obligation.Notes{})
	for _, x := range t.Elems {
		v = obligation.And(v, p.Prove(e, a.On(x)))
	}
	return v
}

func (p *Solver) byOrigin(e *pathcond.Env, a obligation.Atom, o *term.Origin) obligation.Value {
	switch o.Kind {
	case term.Tenant:
		if a.Kind == proof.Tenant || a.Kind == proof.NonZero {
			p.Trusted++
			return obligation.Yes(obligation.Notes{})
		}
		return obligation.Why(a, "the tenant where another key is needed")
	case term.Principal:
		if a.Kind == proof.Principal || a.Kind == proof.NonZero {
			p.Trusted++
			return obligation.Yes(obligation.Notes{})
		}
		return obligation.Why(a, "the user where another key is needed")
	case term.Request:
		return p.fromRequest(e, a, o)
	case term.Zero:
		return p.zeroOrigin(a)
	case term.Fresh:
		if a.Kind == proof.Zero {
			return obligation.No(obligation.Cause{Kind: obligation.ZeroValue, Atom: a})
		}
		if a.Kind == proof.Principal {
			return obligation.Why(a, "a value that the program made")
		}
		return obligation.Yes(obligation.Notes{}) // nobody has a row by it yet
	case term.Config:
		return obligation.Why(a, "a value of the configuration")
	}
	return p.unknownOrigin(a, o.Name)
}

// byIdentity: the tenant is the key of its own row and of what is unique for a
// tenant; the principal that of the user's own rows.
func (p *Solver) byIdentity(e *pathcond.Env, a obligation.Atom) obligation.Value {
	v := obligation.Value{}
	for _, c := range p.stmts.Cats {
		t := owner.TableOf(c, a.Table)
		switch {
		case a.Kind == proof.Tenant && c.Root != nil && c.Root == c.Principal:
			v = obligation.Or(v, p.Prove(e, obligation.Atom{Kind: proof.Principal, T: a.T}))
		case a.Kind != proof.Key || t == nil:
		case t.Column == a.Column && t.Tenancy != catalogue.Child:
			v = obligation.Or(v, p.Prove(e, obligation.Atom{Kind: proof.Tenant, T: a.T}))
		case t.OfUser(a.Column):
			v = obligation.Or(v, p.Prove(e, obligation.Atom{Kind: proof.Principal, T: a.T}).Noted(obligation.Notes{Excuse: string(proof.OwnRows)}))
		}
	}
	// Why this way fails is no news: the atom itself has its causes.
	v.Fails = nil
	return v
}

func (p *Solver) fromRequest(e *pathcond.Env, a obligation.Atom, o *term.Origin) obligation.Value {
	switch {
	case (a.Kind == proof.Tenant || a.Kind == proof.SecondTenant) && p.tenantSource == "request":
		return obligation.Yes(obligation.Assuming(trust.TenantByRequest.Premise()))
	case a.Kind == proof.NonZero || a.Kind == proof.Zero:
		return obligation.No(obligation.Cause{Kind: obligation.ZeroValue, Atom: a})
	case o.Group == "host" && a.Kind != proof.Principal && a.Kind != proof.SecondTenant:
		// Each tenant's site has its own host: who calls it there is in that tenant.
		p.Trusted++
		return obligation.Yes(obligation.Assuming(trust.HostNamesTenant.Premise()))
	case o.Group == "body":
		if v, decided := bySignature(a, p.signatures.Body(e, o)); decided {
			return v
		}
	case p.signatures.Part(e, o) == signature.Known:
		return obligation.Why(a, knownKey)
	case p.signatures.Part(e, o) >= signature.IfKeyed:
		return obligation.Yes(obligation.Notes{Excuse: signedMessage}.With(obligation.Assuming(trust.SignedItself.Premise(o.Group, o.Name))))
	}
	if n, ok := p.loadedByParam(e.Fn, o); ok && a.Kind != proof.Principal {
		return obligation.Yes(n)
	}
	v := obligation.No(obligation.Cause{Kind: obligation.Request, Atom: a, Origin: o, Source: e.Fn})
	if p.rises(a, o) {
		v.Alts = obligation.Undecided(a).Alts
	}
	return v
}

// bySignature decides an atom on a value of a message by what is known of its signature.
func bySignature(a obligation.Atom, s signature.Standing) (v obligation.Value, decided bool) {
	switch s {
	case signature.Signed:
		return obligation.Yes(obligation.Notes{Excuse: signedMessage}), true
	case signature.IfKeyed:
		return obligation.Yes(obligation.Notes{Excuse: signedMessage}.With(obligation.Assuming(trust.KeyConfigured.Premise()))), true
	case signature.Known:
		return obligation.Why(a, knownKey), true
	case signature.Unclear:
		return obligation.Why(a, unclearSignature), true
	}
	return obligation.Value{}, false
}

// Verifies reports whether the signature of the body was verified where facts hold.
func Verifies(p *Solver, e *pathcond.Env) bool { return p.signatures.Body(e, nil) >= signature.IfKeyed }

// signedMessage is the excuse of a value that came in a message whose signature
// was verified: a webhook's sender chose it, who has the key, and not the client.
const signedMessage = "signed message"

// knownKey is why a value is not decided that was signed with a key which is no secret.
const knownKey = "its signature is verified with a key that is written in the program, or empty"

// unclearSignature is why a value is not decided that came in a message beside which
// something was verified.
const unclearSignature = "a signature is verified, and which bytes it signs, or whose key it is, is not seen"

// zeroOrigin: no row has a zero key or tenant, so an equality with it finds
// nothing; only what must not be zero fails.
func (p *Solver) zeroOrigin(a obligation.Atom) obligation.Value {
	if a.Kind == proof.NonZero {
		return obligation.No(obligation.Cause{Kind: obligation.ZeroValue, Atom: a})
	}
	return obligation.Yes(p.noZeroKey(a))
}

// noZeroKey is what it rests on that no row has the zero key that an atom asks for:
// nothing where the schema says so. A key that is a text or a number which anybody
// may store can be zero.
func (p *Solver) noZeroKey(a obligation.Atom) obligation.Notes {
	if a.Kind != proof.Key {
		return obligation.Notes{}
	}
	for _, c := range p.stmts.Cats {
		if t := owner.TableOf(c, a.Table); t != nil && !t.NeverZero(a.Column) {
			return obligation.Assuming(trust.NoZeroKey.Premise(a.Table, a.Column))
		}
	}
	return obligation.Notes{}
}

func (p *Solver) constant(e *pathcond.Env, a obligation.Atom, c *term.Const) obligation.Value {
	switch zero, _ := term.Zeroness(a.T); {
	case zero:
		return p.zeroOrigin(a)
	case a.Kind == proof.NonZero:
		return obligation.Yes(obligation.Notes{})
	case a.Kind == proof.Zero:
		return obligation.No(obligation.Cause{Kind: obligation.ZeroValue, Atom: a})
	}
	return installation.Named(p.access.Names.Words, e, a, c)
}

// unknownOrigin trusts the result of a library's accessor by its name:
// auth.OrgIDFromContext gives the tenant.
func (p *Solver) unknownOrigin(a obligation.Atom, reason string) obligation.Value {
	if symbol, ok := strings.CutPrefix(reason, "call "); ok && p.access.Names.GivesCaller(a.Kind, symbol) {
		p.Trusted++
		return obligation.Yes(obligation.Assuming(trust.NamedAccessor.Premise(unit.Short(symbol))))
	}
	if a.Kind == proof.NonZero || a.Kind == proof.Zero && reason == term.Related { // a library has loaded what is there
		return obligation.Yes(obligation.Notes{})
	}
	return obligation.Why(a, reason)
}

// OfPath decides an atom on a path.
func (p *Solver) OfPath(a obligation.Atom, t *term.Path) obligation.Value {
	switch t.Root {
	case term.Param, term.Free:
		return obligation.Undecided(a)
	case term.Context:
		if term.IsOpenKey(t.Name) {
			return obligation.Undecided(a)
		}
		return p.context(a, t)
	case term.This:
		return p.field(a, t)
	case term.Global:
		return p.global(a, t)
	}
	return obligation.Why(a, "an unknown root")
}

// result decides an atom on what an operation of the function gave.
func (p *Solver) result(e *pathcond.Env, a obligation.Atom, r *term.Result) obligation.Value {
	o := e.Fn.Ops[r.Call]
	switch {
	case o.Run != nil:
		return p.loggedIn(e, a, r, p.row(e, a, r, o.Run))
	case len(r.Steps) > 0 && r.Steps[0].Kind != term.ResultStep && p.stmts.RunAt(e.Fn, r.Call) != nil:
		return p.row(e, a, r, p.stmts.RunAt(e.Fn, r.Call))
	case o.Call == nil:
		return obligation.Why(a, "a result of nothing")
	case o.Call.Kind == unit.Library && o.Call.Role == signature.Role && a.Kind != proof.Zero:
		v, _ := bySignature(a, max(p.signatures.Given(e, r.Call), signature.Unclear)) // what it gives is what was signed
		return v
	case o.Call.Kind == unit.Library:
		return p.unknownOrigin(a, "call "+o.Call.Symbol)
	}
	if len(r.Steps) == 0 || r.Steps[0].Kind != term.ResultStep {
		return obligation.Why(a, "rows that are read behind a call of "+unit.Short(callgraph.CalleeName(o.Call)))
	}
	if arg, _, left := term.LeftBy(r); left {
		return leftBehind(p, e, a, r, arg)
	}
	targets, known := p.graph.Callees(e.Fn, o.Call)
	v := obligation.Yes(obligation.Notes{})
	if !known {
		v = p.unresolved(a, r, o.Call)
	}
	for _, c := range targets {
		v = obligation.And(v, p.Given(e, a, r, c))
	}
	return p.loggedIn(e, a, r, p.named(a, r, o.Call, v))
}

// leftBehind demands the atom of everything that a function value may leave in a variable that it
// has captured, which a call was handed.
func leftBehind(p *Solver, e *pathcond.Env, a obligation.Atom, r *term.Result, arg int) obligation.Value {
	v, possible := obligation.Yes(obligation.Notes{}), false
	ends, known := p.conds.Ends(e, r.Call, arg)
	for _, x := range ends {
		t, ok := pathcond.LeftIn(r, x.Fn, x.Give)
		if !ok {
			known = false
			continue
		}
		v, possible = obligation.And(v, p.Lift(e, p.Prove(x.At, a.On(t)), x.Callee, e.Fn.Ops[r.Call].Call)), true
	}
	if !possible || !known {
		return obligation.Why(a, "a variable that a function value may have written")
	}
	return v
}

// unresolved is the value of a call whose function is not in the program.
func (p *Solver) unresolved(a obligation.Atom, r *term.Result, c *unit.Call) obligation.Value {
	name := c.Symbol
	switch c.Kind {
	case unit.Interface:
		name += "." + c.Method
	case unit.Dynamic:
		name = "a function value"
	}
	return p.unknownOrigin(a, "call "+name)
}

// Given demands the atom of everything that one callee may give back, after the
// outcomes that are still possible.
func (p *Solver) Given(e *pathcond.Env, a obligation.Atom, r *term.Result, c callgraph.Callee) obligation.Value {
	v, possible, trusted := obligation.Yes(obligation.Notes{}), false, false
	for i := range c.Fn.Gives {
		g := &c.Fn.Gives[i]
		t, ok := callgraph.Given(r, r.Call, g)
		if !ok {
			continue
		}
		at, ok := p.conds.Outcome(e, r.Call, c.Fn, g)
		if !ok {
			continue
		}
		possible = true
		inner := p.Prove(at, a.On(t))
		if r.Steps[0].Kind == term.ResultStep && r.Steps[0].Index >= c.Fn.Results { // an out parameter
			inner = inner.FilledFor(e.Fn)
		}
		got := p.Lift(e, inner, c, e.Fn.Ops[r.Call].Call)
		if a.Kind == proof.NonZero && len(got.Alts) == 0 && obligation.Definite(got.Fails) && isElementOf(g, r) {
			got = obligation.Why(a, "an element of a list that "+unit.Short(c.Fn.Symbol)+" gives")
		}
		v = obligation.And(v, got)
		trusted = trusted || a.Kind == proof.NonZero && p.isTrusted(at, t)
	}
	if !possible {
		return obligation.Why(a, "call "+c.Fn.Symbol)
	}
	if trusted {
		v = v.Unheeded()
	}
	if c.Soft != "" {
		v = v.Noted(obligation.Assuming(c.Soft.Premise()))
	}
	return v
}

// isElementOf reports whether a result is an element of a list that a return gives,
// which is empty there, and has none, or to which elements were added where something
// held that does not hold behind the loop: that they were made without an error.
func isElementOf(g *unit.Give, r *term.Result) bool {
	if len(r.Steps) < 2 || r.Steps[0].Kind != term.ResultStep || r.Steps[1].Kind != term.ElemStep || r.Steps[0].Index >= len(g.Results) {
		return false
	}
	list := g.Results[r.Steps[0].Index]
	if zero, known := term.Zeroness(list); known && zero {
		return true
	}
	l, ok := list.(*term.List)
	return ok && (l.Open || len(l.Elems) == 0)
}

// Lift decides in the caller what stayed open in a callee.
func (p *Solver) Lift(e *pathcond.Env, v obligation.Value, c callgraph.Callee, call *unit.Call) obligation.Value {
	out := obligation.Value{Fails: v.Fails}
	for _, x := range v.Alts {
		alt := obligation.Yes(x.Notes)
		for _, a := range x.Atoms {
			got := p.InCaller(e, a, a.On(p.conds.ToCaller(c, call.N, a.T)))
			site := callgraph.ArgumentSite(a.T, call, callgraph.AlignSites(call, len(c.Args)), unit.NoSite)
			got = got.Placed(func(obligation.Atom) (*callgraph.Function, int) { return e.Fn, site })
			alt = obligation.And(alt, got)
		}
		if x.Notes.Row != nil {
			alt = alt.ThroughRow(x.Notes.Row)
		}
		out = obligation.Or(out, alt.AsMoved(x))
	}
	return out
}

// named trusts a value that is not understood by the names on its way: the
// OrgID of what a function called ParseClaims gave.
func (p *Solver) named(a obligation.Atom, r *term.Result, c *unit.Call, v obligation.Value) obligation.Value {
	if len(v.Alts) > 0 {
		return v
	}
	for _, x := range v.Fails {
		if x.Kind != obligation.Unknown {
			return v
		}
	}
	if symbol := callgraph.CalleeName(c); p.access.Names.ClaimOf(a.Kind, symbol, r.Steps) {
		p.Trusted++
		return obligation.Yes(obligation.Assuming(trust.NamedClaim.Premise(unit.Short(symbol), r.Steps[len(r.Steps)-1].Name)))
	}
	return v
}
