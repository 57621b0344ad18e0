package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A shared table has rows of everybody. Which of them a query found says who the
// caller is only if it was found by a secret, or as the user's own, or by a row
// that was: sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1.

// found is how a row of a relation was found.
type found struct {
	secret bool // by a credential
	named  bool // which is one by its name alone
	hole   int  // by this bind value, the user's key; 0 if not
}

func (f found) known() bool { return f.secret || f.hole > 0 }

// looked is a relation of a query, an update or a delete.
type looked struct {
	alias string
	table *catalogue.Table
	found found
}

// sharedRow: a row of a shared table says who its user or tenant is only where
// it was found by what the caller has.
func (p *program) sharedRow(e *env, r *unit.Run, s *stmt, t *catalogue.Table, kind proof.NeedKind) value {
	a := atom{kind: kind, t: term.Why("row of " + t.Name)}
	if kind != proof.Tenant && kind != proof.Principal && kind != proof.Key {
		return why(a, "a row of shared table "+t.Name)
	}
	out, any := yes(notes{}), false
	for _, x := range s.sources() {
		if x.table != t {
			continue
		}
		any = true
		switch {
		case x.found.secret:
			p.trusted++
			premise := trustedRows[proof.Credential].Premise()
			if x.found.named {
				premise = trust.NamedCredential.Premise()
			}
			out = out.noted(assume(premise))
		case x.found.hole > 0 && kind != proof.Key:
			inner := p.at(e.fn, append(append([]term.Fact{}, e.facts...), r.If...))
			v := p.prove(inner, atom{kind: proof.Principal, t: p.hole(e.fn, r, s, x.found.hole)})
			if len(v.alts) == 0 {
				return why(a, "a row of shared table "+t.Name)
			}
			out = and(out, v.noted(assume(trustedRows[proof.OwnRows].Premise())))
		default:
			return why(a, "a row of shared table "+t.Name)
		}
	}
	if !any {
		return why(a, "a row of shared table "+t.Name)
	}
	return out
}

// sources are the relations of a statement and how their rows were found.
func (s *stmt) sources() []looked {
	l := s.lookup()
	l.start()
	l.spread()
	return l.list
}

// lookup reads the relations of a statement.
func (s *stmt) lookup() *lookup {
	l := &lookup{s: s}
	switch x := s.tree.(type) {
	case *sqltree.Query:
		if sel, ok := x.Body.(*sqltree.Select); ok {
			for _, f := range sel.From {
				l.from(f)
			}
			l.condition(sel.Where)
		}
	case *sqltree.Update:
		l.from(x.Target)
		for _, f := range x.From {
			l.from(f)
		}
		l.condition(x.Where)
	case *sqltree.Delete:
		l.from(x.Target)
		for _, f := range x.Using {
			l.from(f)
		}
		l.condition(x.Where)
	}
	return l
}

// lookup gathers the relations of a statement and the equalities that hold of
// every row of its result.
type lookup struct {
	s     *stmt
	list  []looked
	equal [][2]sqltree.Expr // column = hole, or column = column
}

func (l *lookup) from(f sqltree.From) {
	switch x := f.(type) {
	case *sqltree.Table:
		t := l.s.cat.Lookup(x.Schema, x.Name)
		alias := x.Alias
		if alias == "" {
			alias = x.Name
		}
		l.list = append(l.list, looked{alias: alias, table: t})
	case *sqltree.Join:
		l.from(x.Left)
		if x.Kind == sqltree.Inner && x.Alias == "" {
			l.from(x.Right)
			l.condition(x.On)
		} else {
			// What an outer join adds is there or NULL; it finds nothing here.
			l.list = append(l.list, looked{})
		}
	default:
		l.list = append(l.list, looked{})
	}
}

// condition takes the equalities among the conjuncts of a condition.
func (l *lookup) condition(e sqltree.Expr) {
	switch x := e.(type) {
	case *sqltree.Logic:
		if x.Or {
			return
		}
		for _, arg := range x.Args {
			l.condition(arg)
		}
	case *sqltree.Binary:
		a, b := uncast(x.L), uncast(x.R)
		if _, ok := a.(*sqltree.Column); !ok {
			a, b = b, a
		}
		if _, ok := a.(*sqltree.Column); ok && x.Op == "=" {
			l.equal = append(l.equal, [2]sqltree.Expr{a, b})
		}
	}
}

// of is the relation that a column belongs to, -1 if that is not plain.
func (l *lookup) of(c *sqltree.Column) int {
	at := -1
	for i, x := range l.list {
		switch {
		case c.Table != "" && x.alias == c.Table:
			return i
		case c.Table == "" && x.table == nil:
			return -1
		case c.Table == "" && x.table.Table.Column(c.Name) != nil:
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	return at
}

// start finds the relations whose rows were found by a secret or as the user's.
func (l *lookup) start() {
	bound := make([]map[string]int, len(l.list))
	for _, eq := range l.equal {
		c := eq[0].(*sqltree.Column)
		h, ok := eq[1].(*sqltree.Hole)
		if i := l.of(c); ok && i >= 0 {
			if bound[i] == nil {
				bound[i] = map[string]int{}
			}
			bound[i][c.Name] = h.Number
		}
	}
	for i := range l.list {
		if x := &l.list[i]; x.table != nil && bound[i] != nil {
			x.found = l.s.foundBy(x.table, bound[i])
		}
	}
}

// foundBy tells what a row of a table is found by where columns are bound.
func (s *stmt) foundBy(t *catalogue.Table, bound map[string]int) found {
	if f := bySecret(t, bound); f.secret {
		return f
	}
	for _, c := range sortedKeys(bound) {
		if t.OfUser(c) {
			return found{hole: bound[c]}
		}
	}
	return found{}
}

// bySecret tells whether a unique secret, or a random one, is bound, and whether
// that is one by its name alone.
func bySecret(t *catalogue.Table, bound map[string]int) found {
	out := found{}
	has := func(columns []string) {
		all, plain := len(columns) > 0, false
		for _, c := range columns {
			_, ok := bound[c]
			all = all && ok
			plain = plain || !slices.Contains(t.Named, c)
		}
		if all {
			out = found{secret: true, named: !plain && (out.named || !out.secret)}
		}
	}
	for _, c := range t.Tokens {
		has([]string{c})
	}
	for _, k := range t.Secrets {
		has(k.Columns)
	}
	return out
}

// spread goes from a row that was found to the one row that it names by a key,
// and from the user to the rows that are the user's.
func (l *lookup) spread() {
	for range l.list {
		for _, eq := range l.equal {
			a := eq[0].(*sqltree.Column)
			if b, ok := eq[1].(*sqltree.Column); ok {
				l.pass(a, b)
				l.pass(b, a)
			}
		}
	}
}

func (l *lookup) pass(from, to *sqltree.Column) {
	i, j := l.of(from), l.of(to)
	if i < 0 || j < 0 || i == j || l.list[i].table == nil || l.list[j].table == nil {
		return
	}
	a, b := &l.list[i], &l.list[j]
	if !a.found.known() || b.found.known() {
		return
	}
	own := a.table == l.s.cat.Principal && isKey(a.table, from.Name) && b.table.OfUser(to.Name)
	if isKey(b.table, to.Name) || own {
		b.found = a.found
	}
}
