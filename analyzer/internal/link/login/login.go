package login

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// LogsIn tells by which function a statement looks a user up by name where
// somebody logs in, "" if it does not: the name of a function on the way says so,
// nobody is known to call there yet, and the row is not given away before a
// credential of it was looked at. That it is so rests on the name.
func (p *Logins) LogsIn(s *statement.Statement, f *callgraph.Function, run *unit.Run, c solve.Context) string {
	if !p.solver.NamesPerson(s) {
		return ""
	}
	on := wayTo(f, c)
	i := slices.IndexFunc(on, func(g *callgraph.Function) bool { return p.access.Names.LogsIn(g.Symbol) })
	if i < 0 || p.knowsUser(c.At) || p.givesAway(on, run, s) {
		return ""
	}
	return unit.Short(on[i].Symbol)
}

// LoggingIn reports whether the name of a function on the way says that somebody logs
// in, and nobody is known to call there yet.
func (p *Logins) LoggingIn(f *callgraph.Function, c solve.Context) bool {
	return slices.ContainsFunc(wayTo(f, c), func(g *callgraph.Function) bool { return p.access.Names.LogsIn(g.Symbol) }) && !p.knowsUser(c.At)
}

// wayTo lists the functions on the way to one, from it up.
func wayTo(f *callgraph.Function, c solve.Context) []*callgraph.Function {
	out := []*callgraph.Function{f}
	for _, h := range c.Hops {
		out = append(out, h.From)
	}
	if c.At != nil && !slices.Contains(out, c.At) {
		out = append(out, c.At)
	}
	return out
}

// knowsUser reports whether a middleware before an entry has put a user or a tenant
// into the context wherever it let the request go on.
func (p *Logins) knowsUser(entry *callgraph.Function) bool {
	if entry == nil {
		return false
	}
	for _, c := range p.chains.ChainsOf(entry) {
		for _, s := range c {
			if len(s.Ways) > 0 && !slices.ContainsFunc(s.Ways, func(w middleware.Way) bool { return !p.putsUser(w.Fn, w.Facts, callgraph.MaxCallbackDepth) }) {
				return true
			}
		}
	}
	return false
}

// putsUser reports whether a function has put a user or a tenant into the context,
// itself or by a call, at a place where facts hold.
func (p *Logins) putsUser(f *callgraph.Function, facts []term.Fact, depth int) bool {
	held := func(need []term.Fact) bool {
		return !slices.ContainsFunc(need, func(x term.Fact) bool {
			return !slices.ContainsFunc(facts, func(y term.Fact) bool { return x.String() == y.String() })
		})
	}
	for i := range f.Puts {
		if _, ok := p.access.TrustedKey(f.Puts[i].Key); ok && held(f.Puts[i].If) {
			return true
		}
	}
	for i := range f.Calls {
		c := &f.Calls[i]
		if depth == 0 || !held(c.If) {
			continue
		}
		targets, known := p.graph.Callees(f, c)
		if known && len(targets) > 0 && !slices.ContainsFunc(targets, func(t callgraph.Callee) bool { return !p.putsUser(t.Fn, nil, depth-1) }) {
			return true
		}
	}
	return false
}

// givesAway reports whether what a row says goes somewhere that is not understood,
// beside its keys and credentials, and no credential of it was looked at on the way.
func (p *Logins) givesAway(on []*callgraph.Function, run *unit.Run, s *statement.Statement) bool {
	given, checked := false, false
	for _, f := range on {
		for i := range f.Uses {
			away, credential := p.shows(f, f.Uses[i].Value, run, s)
			given, checked = given || away, checked || credential && !away
		}
		for i := range f.Gives {
			for _, x := range f.Gives[i].If {
				_, a := p.shows(f, x.A, run, s)
				_, b := p.shows(f, x.B, run, s)
				checked = checked || a || b
			}
			for _, r := range f.Gives[i].Results {
				if away, _ := p.shows(f, r, run, s); away && p.graph.IsEntry(f) {
					given = true
				}
			}
		}
		for i := range f.Calls {
			for _, a := range f.Calls[i].Args {
				away, credential := p.shows(f, a, run, s)
				checked = checked || credential && !away
				given = given || away && p.leaves(f, &f.Calls[i], callgraph.MaxCallbackDepth)
			}
		}
	}
	return given && !checked
}

// leaves reports whether a call may show what it is handed to somebody.
func (p *Logins) leaves(f *callgraph.Function, c *unit.Call, depth int) bool {
	targets, known := p.graph.Callees(f, c)
	if c.Kind == unit.Library || !known || depth == 0 {
		return c.Kind != unit.Library
	}
	return slices.ContainsFunc(targets, func(t callgraph.Callee) bool {
		return len(t.Fn.Uses) > 0 || slices.ContainsFunc(t.Fn.Calls, func(inner unit.Call) bool { return p.leaves(t.Fn, &inner, depth-1) })
	})
}

// shows reports whether a term holds a column of a statement's row that says
// something of the person, and whether it holds a credential.
func (p *Logins) shows(f *callgraph.Function, t term.Term, run *unit.Run, s *statement.Statement) (away, credential bool) {
	if t == nil {
		return false, false
	}
	columns, whole := p.columnsIn(f, t, run, s, rowflow.MaxRowDepth)
	for _, o := range columns {
		secret := o.Table != nil && p.access.Names.Credential(o.Table.Name, o.Column)
		credential = credential || secret
		away = away || !secret && !(o.Table != nil && (o.Table.OfUser(o.Column) || o.Column == o.Table.Column))
	}
	return away || whole, credential
}

// columnsIn lists the columns of a statement's row that a term of a function
// holds, and reports whether it holds the row as a whole.
func (p *Logins) columnsIn(f *callgraph.Function, t term.Term, run *unit.Run, s *statement.Statement, depth int) (out []*proof.Output, whole bool) {
	term.Visit(p.rows.ThroughMappers(f, t), func(x term.Term) {
		r, ok := x.(*term.Result)
		if !ok || depth == 0 {
			return
		}
		if own := f.Ops[r.Call].Run; own != nil {
			if own != run {
				return
			}
			if step, ok := statement.ColumnStep(r.Steps); ok {
				if o := p.stmts.Output(s, step); o != nil {
					out = append(out, o)
				}
				return
			}
			whole = whole || statement.IsRowPart(r)
			return
		}
		c := f.Ops[r.Call].Call
		if c == nil || c.Kind == unit.Library {
			return
		}
		targets, _ := p.graph.Callees(f, c)
		for target, inner := range callgraph.Behind(targets, r) {
			more, all := p.columnsIn(target.Fn, inner, run, s, depth-1)
			out, whole = append(out, more...), whole || all
		}
	})
	return out, whole
}
