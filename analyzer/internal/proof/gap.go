package proof

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// explainGap finds why a row is not tied.
func (p *ledger) explainGap(t *tuple, c *conj) *Gap {
	g := &Gap{At: t.at, Columns: p.comparedColumns(t, c)}
	if t.via != nil {
		g.At = t.via
	}
	if p.armGap(g, t, c) || p.levelGap(g, t, c) {
		return g
	}
	name, by := relationName(t), ownedBy(t.table)
	switch {
	case p.blocked[t.id] != "":
		g.Reason, g.Detail = "filter outside", "the filter outside does not reach "+name+" through "+p.blocked[t.id]
	case p.onlyOn(t, c):
		g.Reason, g.Detail = "outer join side", "ON of an outer join filters no row of "+name
	case p.literalTenant(t, c):
		g.Reason, g.Detail = "literal tenant", name+"."+t.table.Column+" is compared with a constant"
	case p.inValue > 0:
		g.Reason, g.Detail = "sub-select not scoped", "the sub-select reads "+name+" without tying it by "+by
	case t.nullable:
		g.Reason, g.Detail = "outer join side", "nothing in ON ties "+name+" by "+by
	case t.table.Column != "" && containsString(g.Columns, t.table.Column):
		g.Reason, g.Detail = "not by tenant", name+"."+t.table.Column+" and what it is compared with may both be NULL"
	case len(g.Columns) > 0:
		g.Reason = "not by tenant"
		g.Detail = name + " is compared by " + strings.Join(g.Columns, ", ") + ", not by " + by
	default:
		g.Reason, g.Detail = "no predicate", "nothing ties "+name+" by "+by
	}
	return g
}

// levelGap tells a row that is tied to the tenant, but not to the second level.
func (p *ledger) levelGap(g *Gap, t *tuple, c *conj) bool {
	if !p.rules.hasSecond(t.table) || len(p.rules.solve(c, t, firstLevel)) == 0 {
		return false
	}
	g.Reason, g.Partial = "second level", true
	by := p.rules.secondColumn(t.table)
	if by == "" {
		by = "its parent"
	}
	g.Detail = relationName(t) + " is tied to the tenant, but not by " + by + " to the second level"
	return true
}

// onlyOn tells a row of the preserved side that only ON would tie.
func (p *ledger) onlyOn(t *tuple, c *conj) bool {
	s, ok := p.outer[t.id]
	if !ok {
		return false
	}
	all := and(c, p.onFacts(s), p.joinRows(s.left), p.joinRows(s.right))
	return len(p.rules.ties(all.atoms, t, firstLevel)) > 0
}

// noteOuter remembers which rows an outer join preserves.
func (p *ledger) noteOuter(s *source) {
	if s == nil || s.leaf != nil {
		return
	}
	if s.kind != sqltree.Inner {
		for _, l := range s.left.leaves() {
			p.outer[l.tuple.id] = s
		}
	}
	if s.kind == sqltree.Full {
		for _, l := range s.right.leaves() {
			p.outer[l.tuple.id] = s
		}
	}
	p.noteOuter(s.left)
	p.noteOuter(s.right)
}

// literalTenant tells that the tenant column equals a constant.
func (p *ledger) literalTenant(t *tuple, c *conj) bool {
	column := p.known(t, t.table.Column)
	if column == noTerm || t.table.Column == "" {
		return false
	}
	eq := p.rules.equalities(c.atoms)
	for _, x := range eq.terms {
		if p.terms[x].kind == constTerm && eq.same(x, column) {
			return true
		}
	}
	return false
}

// armGap names the arm of a disjunction that lets the row escape, where another
// arm ties it.
func (p *ledger) armGap(g *Gap, t *tuple, c *conj) bool {
	for _, o := range append(c.ors[:len(c.ors):len(c.ors)], p.lost...) {
		escapes := -1
		tied := false
		for i, arm := range o.arms {
			all := append(c.atoms[:len(c.atoms):len(c.atoms)], arm.atoms...)
			switch {
			case arm.never:
			case len(p.rules.ties(all, t, firstLevel)) > 0:
				tied = true
			case escapes < 0:
				escapes = i
			}
		}
		if tied && escapes >= 0 {
			p.describeArm(g, t, o, escapes)
			return true
		}
	}
	return false
}

// describeArm writes the gap of an arm.
func (p *ledger) describeArm(g *Gap, t *tuple, o orClause, i int) {
	g.Partial, g.Reason, g.At = true, o.kind+" arm", o.at
	what := "an arm of the " + strings.ToUpper(o.kind)
	if e := armExpr(o, i); e != nil {
		g.At, what = e, "the arm "+printed(e)
	}
	if p.opensNull(o.arms[i], t) {
		g.Reason = "shared NULL rows"
	}
	g.Detail = what + " does not tie " + relationName(t) + " by " + ownedBy(t.table)
}

// armExpr is the text of an arm.
func armExpr(o orClause, i int) sqltree.Expr {
	if l, ok := o.at.(*sqltree.Logic); ok && len(l.Args) == len(o.arms) {
		return l.Args[i]
	}
	if in, ok := o.at.(*sqltree.In); ok && len(in.List) == len(o.arms) {
		return in.List[i]
	}
	for _, a := range o.arms[i].atoms {
		if a.cite != nil {
			return a.cite
		}
	}
	if c, ok := o.at.(*sqltree.Case); ok && len(c.Whens)+1 >= len(o.arms) {
		if i < len(c.Whens) {
			return c.Whens[i].Then
		}
		return c.Else
	}
	return nil
}

// opensNull tells an arm that lets rows without a tenant through.
func (p *ledger) opensNull(arm *conj, t *tuple) bool {
	for _, a := range arm.atoms {
		if a.kind == nullAtom && p.terms[a.a].tuple == t && p.terms[a.a].column == t.table.Column {
			return true
		}
	}
	return false
}

// comparedColumns lists the columns that the formula compares with bind values.
func (p *ledger) comparedColumns(t *tuple, c *conj) []string {
	eq := p.rules.equalities(c.atoms)
	var out []string
	for _, x := range eq.terms {
		tm := p.terms[x]
		if tm.kind == columnTerm && tm.tuple == t && (len(eq.holes(x)) > 0 || len(eq.members(x)) > 0) {
			out = append(out, tm.column)
		}
	}
	return out
}

// relationName is a relation as people write it.
func relationName(t *tuple) string {
	name := qualified(t.table)
	if t.name != "" && t.name != t.table.Name {
		name += " " + t.name
	}
	return name
}

// ownedBy says by what a table's rows are the tenant's.
func ownedBy(t *catalogue.Table) string {
	switch {
	case t.Column != "":
		return t.Column
	case t.Owner != nil:
		return strings.Join(t.Owner.Columns, ", ") + " (key of " + qualified(t.Owner.To) + ")"
	}
	return "its parent's key"
}

// insertGap says why a new row is not known to be the tenant's.
func (p *ledger) insertGap(w *write) *Gap {
	g := &Gap{At: w.target.tuple.at, Columns: p.comparedColumns(w.insert.row, w.insert.values)}
	columns := ownerColumns(w.table)
	name := qualified(w.table)
	if len(columns) == 0 {
		g.Reason, g.Detail = "no owner", name+" has no column that says whose a row is"
		return g
	}
	c := columns[0]
	if p.rules.hasSecond(w.table) && len(p.rules.solve(w.insert.values, w.insert.row, firstLevel)) > 0 && w.table.Level2 != "" {
		c = w.table.Level2
	}
	switch {
	case !containsString(w.insert.columns, c):
		g.Reason, g.Detail = "tenant column missing", "the insert gives "+name+" no "+c
	case p.gives(w, c, isDefault):
		g.Reason, g.Detail = "tenant column defaulted", "the insert leaves "+name+"."+c+" to its default"
	case p.gives(w, c, isLiteral):
		g.Reason, g.Detail = "literal tenant", "the insert stores a constant in "+name+"."+c
	default:
		g.Reason, g.Detail = "tenant value not tied", "the value that the insert stores in "+name+"."+c+" is not tied"
	}
	return g
}

// gives tells whether a row of VALUES has a value of a kind for a column.
func (p *ledger) gives(w *write, column string, is func(sqltree.Expr) bool) bool {
	for i, c := range w.insert.columns {
		for _, row := range w.insert.sourceRows() {
			if c == column && i < len(row) && is(uncast(row[i])) {
				return true
			}
		}
	}
	return w.insert.stmt.Source == nil && is(&sqltree.Default{})
}

// givesOnly tells whether every row of VALUES has a value of a kind for a column.
func (p *ledger) givesOnly(w *write, column string, is func(sqltree.Expr) bool) bool {
	i := slices.Index(w.insert.columns, column)
	for _, row := range w.insert.sourceRows() {
		if i < 0 || i >= len(row) || !is(row[i]) {
			return false
		}
	}
	return len(w.insert.sourceRows()) > 0
}

// isLiteral tells a constant.
func isLiteral(e sqltree.Expr) bool {
	_, ok := e.(*sqltree.Literal)
	return ok
}

// isDefault tells the word DEFAULT.
func isDefault(e sqltree.Expr) bool {
	_, ok := e.(*sqltree.Default)
	return ok
}

// setGap is the gap of an UPDATE that may move a row.
func (p *ledger) setGap(w *write, set []sqltree.Assign) *Gap {
	g := &Gap{Reason: "tenant column set", At: w.target.tuple.at}
	for _, a := range set {
		for _, c := range a.Columns {
			if p.decidesOwner(w.table, c) {
				g.At = a.Value
				g.Detail = "the update stores a value in " + qualified(w.table) + "." + c + " that is not tied"
				return g
			}
		}
	}
	return g
}

// conflictGap is the gap of an upsert that may overwrite a row.
func (p *ledger) conflictGap(w *write, columns []string) *Gap {
	g := &Gap{Reason: "upsert overwrites", At: w.target.tuple.at}
	by := "no column that is known"
	if len(columns) > 0 {
		by = strings.Join(columns, ", ")
	}
	g.Detail = "DO UPDATE may overwrite another tenant's row of " + qualified(w.table) + ": the conflict is found by " + by + " alone"
	return g
}

// finalGap is the gap of a relation that is not tied.
func (p *ledger) finalGap(o *occurrence, binds bool) *Gap {
	g := o.gap
	if g == nil {
		g = &Gap{Reason: "no common way", Detail: "no one choice of bind values ties every use of " + qualified(o.table), At: o.at}
	}
	g.Partial = g.Partial || binds
	return g
}

// bindsTenant tells whether the statement binds a tenant anywhere.
func (p *ledger) bindsTenant() bool {
	for _, o := range p.found {
		if needsTenant(o.alts) {
			return true
		}
	}
	return p.seenTenant
}

// needsTenant tells whether one of the alternatives binds a tenant.
func needsTenant(alts []Alternative) bool {
	for _, a := range alts {
		for _, n := range a.Needs {
			if n.Kind == Tenant {
				return true
			}
		}
	}
	return false
}

// printed is an expression as text, on one line.
func printed(e sqltree.Expr) string {
	return strings.Join(strings.Fields(sqltree.Print(e)), " ")
}
