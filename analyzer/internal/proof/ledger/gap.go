package ledger

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/rules"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
)

// explainGap finds why a row is not tied.
func (p *Ledger) explainGap(t *formula.Tuple, c *formula.Conj) *Gap {
	g := &Gap{At: t.At, Columns: p.comparedColumns(t, c), Joined: p.joined(t, c)}
	if t.Via != nil {
		g.At = t.Via
	}
	if p.armGap(g, t, c) || p.levelGap(g, t, c) {
		return g
	}
	name, by := relationName(t), ownedBy(t.Table)
	switch {
	case p.Blocked[t.ID] != "":
		g.Reason, g.Detail = "filter outside", "the filter outside does not reach "+name+" through "+p.Blocked[t.ID]
	case p.onlyOn(t, c):
		g.Reason, g.Detail = "outer join side", "ON of an outer join filters no row of "+name
	case p.literalTenant(t, c):
		g.Reason, g.Detail = "literal tenant", name+"."+t.Table.Column+" is compared with a constant"
	case p.InValue > 0:
		g.Reason, g.Detail = "sub-select not scoped", "the sub-select reads "+name+" without tying it by "+by
	case t.Nullable:
		g.Reason, g.Detail = "outer join side", "nothing in ON ties "+name+" by "+by
	case t.Table.Column != "" && containsString(g.Columns, t.Table.Column):
		g.Reason, g.Detail = "not by tenant", name+"."+t.Table.Column+" and what it is compared with may both be NULL"
	case len(g.Columns) > 0:
		g.Reason = "not by tenant"
		g.Detail = name + " is compared by " + strings.Join(g.Columns, ", ") + ", not by " + by
	default:
		g.Reason, g.Detail = "no predicate", "nothing ties "+name+" by "+by
	}
	return g
}

// levelGap tells a row that is tied to the tenant, but not to the second level.
func (p *Ledger) levelGap(g *Gap, t *formula.Tuple, c *formula.Conj) bool {
	if !p.Rules.HasSecond(t.Table) || len(p.Rules.Solve(c, t, rules.FirstLevel)) == 0 {
		return false
	}
	g.Reason, g.Partial = "second level", true
	by := p.Rules.SecondColumn(t.Table)
	if by == "" {
		by = "its parent"
	}
	g.Detail = relationName(t) + " is tied to the tenant, but not by " + by + " to the second level"
	return true
}

// onlyOn tells a row of the preserved side that only ON would tie.
func (p *Ledger) onlyOn(t *formula.Tuple, c *formula.Conj) bool {
	s, ok := p.outer[t.ID]
	if !ok {
		return false
	}
	all := formula.And(c, p.OnFacts(s), p.JoinRows(s.Left), p.JoinRows(s.Right))
	return len(p.Rules.Ties(all.Atoms, t, rules.FirstLevel)) > 0
}

// NoteOuter remembers which rows an outer join preserves.
func (p *Ledger) NoteOuter(s *bind.Source) {
	if s == nil || s.Leaf != nil {
		return
	}
	if s.Kind != sqltree.Inner {
		for _, l := range s.Left.Leaves() {
			p.outer[l.Tuple.ID] = s
		}
	}
	if s.Kind == sqltree.Full {
		for _, l := range s.Right.Leaves() {
			p.outer[l.Tuple.ID] = s
		}
	}
	p.NoteOuter(s.Left)
	p.NoteOuter(s.Right)
}

// literalTenant tells that the tenant column equals a constant.
func (p *Ledger) literalTenant(t *formula.Tuple, c *formula.Conj) bool {
	column := p.Known(t, t.Table.Column)
	if column == formula.NoTerm || t.Table.Column == "" {
		return false
	}
	eq := p.Rules.Equalities(c.Atoms)
	for _, x := range eq.Terms {
		if p.Terms[x].Kind == formula.ConstTerm && eq.Same(x, column) {
			return true
		}
	}
	return false
}

// armGap names the arm of a disjunction that lets the row escape, where another
// arm ties it.
func (p *Ledger) armGap(g *Gap, t *formula.Tuple, c *formula.Conj) bool {
	for _, o := range append(c.Ors[:len(c.Ors):len(c.Ors)], p.Lost...) {
		escapes := -1
		tied := false
		for i, arm := range o.Arms {
			all := append(c.Atoms[:len(c.Atoms):len(c.Atoms)], arm.Atoms...)
			switch {
			case arm.Never:
			case len(p.Rules.Ties(all, t, rules.FirstLevel)) > 0:
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
func (p *Ledger) describeArm(g *Gap, t *formula.Tuple, o formula.OrClause, i int) {
	g.Partial, g.Reason, g.At = true, o.Kind+" arm", o.At
	what := "an arm of the " + strings.ToUpper(o.Kind)
	if e := armExpr(o, i); e != nil {
		g.At, what = e, "the arm "+Printed(e)
	}
	if p.opensNull(o.Arms[i], t) {
		g.Reason, g.Nobodys = "shared NULL rows", true
	}
	g.Detail = what + " does not tie " + relationName(t) + " by " + ownedBy(t.Table)
}

// armExpr is the text of an arm.
func armExpr(o formula.OrClause, i int) sqltree.Expr {
	if l, ok := o.At.(*sqltree.Logic); ok && len(l.Args) == len(o.Arms) {
		return l.Args[i]
	}
	if in, ok := o.At.(*sqltree.In); ok && len(in.List) == len(o.Arms) {
		return in.List[i]
	}
	for _, a := range o.Arms[i].Atoms {
		if a.Cite != nil {
			return a.Cite
		}
	}
	if c, ok := o.At.(*sqltree.Case); ok && len(c.Whens)+1 >= len(o.Arms) {
		if i < len(c.Whens) {
			return c.Whens[i].Then
		}
		return c.Else
	}
	return nil
}

// opensNull tells an arm that lets rows without a tenant through.
func (p *Ledger) opensNull(arm *formula.Conj, t *formula.Tuple) bool {
	for _, a := range arm.Atoms {
		if a.Kind == formula.NullAtom && p.Terms[a.A].Tuple == t && p.Terms[a.A].Column == t.Table.Column {
			return true
		}
	}
	return false
}

// comparedColumns lists the columns that the formula compares with bind values.
func (p *Ledger) comparedColumns(t *formula.Tuple, c *formula.Conj) []string {
	eq := p.Rules.Equalities(c.Atoms)
	var out []string
	for _, x := range eq.Terms {
		tm := p.Terms[x]
		if tm.Kind == formula.ColumnTerm && tm.Tuple == t && (len(eq.Holes(x)) > 0 || len(eq.Members(x)) > 0) {
			out = append(out, tm.Column)
		}
	}
	return out
}

// joined is the id in a row that is tied by which a row is found. Schemas without foreign keys
// name the columns of a reference as they like.
func (p *Ledger) joined(t *formula.Tuple, c *formula.Conj) string {
	eq := p.Rules.Equalities(c.Atoms)
	ids := func(of func(*formula.Tuple) bool) (out []formula.TermID) {
		for _, x := range eq.Terms {
			if tm := p.Terms[x]; tm.Kind == formula.ColumnTerm && of(tm.Tuple) && catalogue.NamesID(tm.Column) {
				out = append(out, x)
			}
		}
		return out
	}
	for _, mine := range ids(func(u *formula.Tuple) bool { return u == t }) {
		for _, x := range ids(func(u *formula.Tuple) bool { return u != t }) {
			if u := p.Terms[x].Tuple; u.Table != nil && eq.Same(mine, x) && len(p.Rules.Ties(c.Atoms, u, rules.FirstLevel)) > 0 {
				return relationName(u) + "." + p.Terms[x].Column
			}
		}
	}
	return ""
}

// relationName is a relation as people write it.
func relationName(t *formula.Tuple) string {
	name := formula.Qualified(t.Table)
	if t.Name != "" && t.Name != t.Table.Name {
		name += " " + t.Name
	}
	return name
}

// ownedBy says by what a table's rows are the tenant's.
func ownedBy(t *catalogue.Table) string {
	switch {
	case t.Column != "":
		return t.Column
	case t.Owner != nil:
		return strings.Join(t.Owner.Columns, ", ") + " (key of " + formula.Qualified(t.Owner.To) + ")"
	}
	return "its parent's key"
}

// insertGap says why a new row is not known to be the tenant's.
func (p *Ledger) insertGap(w *bind.Write) *Gap {
	g := &Gap{At: w.Target.Tuple.At, Columns: p.comparedColumns(w.Insert.Row, w.Insert.Values)}
	columns := OwnerColumns(w.Table)
	name := formula.Qualified(w.Table)
	if len(columns) == 0 {
		g.Reason, g.Detail = "no owner", name+" has no column that says whose a row is"
		return g
	}
	c := columns[0]
	if p.Rules.HasSecond(w.Table) && len(p.Rules.Solve(w.Insert.Values, w.Insert.Row, rules.FirstLevel)) > 0 && w.Table.Level2 != "" {
		c = w.Table.Level2
	}
	g.Nobodys = p.leavesNull(w, c)
	switch {
	case !containsString(w.Insert.Columns, c):
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

// leavesNull reports whether every row that an insert makes has NULL in a column, and no row
// that is there is overwritten.
func (p *Ledger) leavesNull(w *bind.Write, column string) bool {
	c := w.Table.Table.Column(column)
	if c == nil || c.NotNull || c.Identity || c.Generated || overwrites(w.Insert.Stmt) {
		return false
	}
	if !containsString(w.Insert.Columns, column) || p.givesOnly(w, column, isDefault) {
		return c.Default == ""
	}
	return p.givesOnly(w, column, func(e sqltree.Expr) bool {
		x, ok := formula.Uncast(e).(*sqltree.Literal)
		return ok && x.Kind == sqltree.Null
	})
}

// overwrites reports whether an insert may change a row that is there.
func overwrites(s *sqltree.Insert) bool {
	return s.Replace || s.Conflict != nil && s.Conflict.DoUpdate
}

// gives reports whether a row of VALUES has a value of a kind for a column.
func (p *Ledger) gives(w *bind.Write, column string, is func(sqltree.Expr) bool) bool {
	for i, c := range w.Insert.Columns {
		for _, row := range w.Insert.SourceRows() {
			if c == column && i < len(row) && is(formula.Uncast(row[i])) {
				return true
			}
		}
	}
	return w.Insert.Stmt.Source == nil && is(&sqltree.Default{})
}

// givesOnly reports whether every row of VALUES has a value of a kind for a column.
func (p *Ledger) givesOnly(w *bind.Write, column string, is func(sqltree.Expr) bool) bool {
	i := slices.Index(w.Insert.Columns, column)
	for _, row := range w.Insert.SourceRows() {
		if i < 0 || i >= len(row) || !is(row[i]) {
			return false
		}
	}
	return len(w.Insert.SourceRows()) > 0
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
func (p *Ledger) setGap(w *bind.Write, set []sqltree.Assign) *Gap {
	g := &Gap{Reason: "tenant column set", At: w.Target.Tuple.At}
	for _, a := range set {
		for _, c := range a.Columns {
			if p.decidesOwner(w.Table, c) {
				g.At = a.Value
				g.Detail = "the update stores a value in " + formula.Qualified(w.Table) + "." + c + " that is not tied"
				return g
			}
		}
	}
	return g
}

// Overwritten is the reason of a gap that an upsert leaves.
const Overwritten = "upsert overwrites"

// ConflictGap is the gap of an upsert that may overwrite a row.
func (p *Ledger) ConflictGap(w *bind.Write, columns []string) *Gap {
	g := &Gap{Reason: Overwritten, At: w.Target.Tuple.At}
	by := "no column that is known"
	if len(columns) > 0 {
		by = strings.Join(columns, ", ")
	}
	g.Detail = "DO UPDATE may overwrite another tenant's row of " + formula.Qualified(w.Table) + ": the conflict is found by " + by + " alone"
	return g
}

// FinalGap is the gap of a relation that is not tied.
func (p *Ledger) FinalGap(o *Occurrence, binds bool) *Gap {
	g := o.Gap
	if g == nil {
		g = &Gap{Reason: "no common way", Detail: "no one choice of bind values ties every use of " + formula.Qualified(o.Table), At: o.At}
	}
	g.Partial = g.Partial || binds
	return g
}

// BindsTenant reports whether the statement binds a tenant anywhere.
func (p *Ledger) BindsTenant() bool {
	for _, o := range p.Found {
		if needsTenant(o.Alts) {
			return true
		}
	}
	return p.seenTenant
}

// needsTenant reports whether one of the alternatives binds a tenant.
func needsTenant(alts []premise.Alternative) bool {
	for _, a := range alts {
		for _, n := range a.Needs {
			if n.Kind == premise.Tenant {
				return true
			}
		}
	}
	return false
}

// Printed is an expression as text, on one line.
func Printed(e sqltree.Expr) string {
	return strings.Join(strings.Fields(sqlprint.Print(e)), " ")
}

// Gap is why a relation is not tied.
type Gap struct {
	Reason  string       // a short stable name: "no predicate", "or arm", "outer join side", "sub-select not scoped", …
	Detail  string       // a phrase for people: "arm d.id = $2 of the CASE does not bind project_id"
	Partial bool         // the statement binds the tenant, but this relation or arm escapes
	At      sqltree.Node // the relation, arm or predicate that escapes
	Columns []string     // columns of the relation that the statement does compare with holes: what remains to tie by
	Nobodys bool         // what escapes is no tenant's: the column of a new row, or of those that are found, may be NULL, and is
	Joined  string       // the id in a row that is tied by which this one is found, though no reference says that it names one; "" for none
}
