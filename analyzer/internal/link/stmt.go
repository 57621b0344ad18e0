package link

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// proofKey identifies a proof.
type proofKey struct {
	text    string
	dialect string
	cat     *catalogue.Catalogue
}

// stmt is a statement with its proof.
type stmt struct {
	text   string
	cat    *catalogue.Catalogue
	tree   sqltree.Statement
	broken string // why it cannot be judged, "" if it can
	detail string // what is particular to this one about it
	proof  *proof.Result
	holes  map[int]string // names of the named holes

	// seen is the query whose rows a boolean or count in the result speaks of:
	// of SELECT EXISTS (q) it is q.
	seen      *stmt
	seenBy    int // the column of the result
	seenCount bool
}

// prepare parses and proves a text against the catalogue that knows its tables,
// once per text.
func (p *program) prepare(text, dialect string) *stmt {
	cats := p.catalogues()
	if len(cats) == 0 {
		return &stmt{text: text, broken: "no schema"}
	}
	var best *stmt
	for _, c := range cats {
		s := p.shared.prove(text, dialect, c)
		switch {
		case best == nil, best.broken != "" && s.broken == "":
			best = s
		case best.broken == "" && s.broken == "" && best.cat != s.cat && len(s.proof.Relations) > 0:
			return &stmt{text: text, broken: "ambiguous: the tables are in several schemas"}
		}
	}
	return best
}

func (s *Shared) prove(text, dialect string, c *catalogue.Catalogue) *stmt {
	key := proofKey{text, dialect, c}
	if st, ok := s.proofs[key]; ok {
		return st
	}
	st := &stmt{text: text, cat: c}
	s.proofs[key] = st
	tree, err := sqltree.Parse(text, dialects[dialect])
	if err != nil {
		st.broken, st.detail = "statement does not parse", err.Error()
		return st
	}
	st.judge(tree)
	return st
}

// dialects are the parsers by the name that a library has for its dialect.
var dialects = map[string]sqltree.Dialect{
	"": sqltree.Postgres, "postgres": sqltree.Postgres, "mysql": sqltree.MySQL, "sqlite": sqltree.SQLite,
}

func (s *stmt) judge(tree sqltree.Statement) {
	s.tree = tree
	s.proof = proof.Prove(tree, s.cat)
	switch {
	case len(s.proof.Unproven) > 0:
		s.broken = s.proof.Unproven[0]
	case guessed(tree, s.cat):
		s.broken = unclearColumn
	}
	s.holes = holeNames(tree)
	if q, column, count := witnessed(tree); q != nil && s.broken == "" {
		s.seen, s.seenBy, s.seenCount = &stmt{text: s.text, cat: s.cat}, column, count
		s.seen.judge(q)
	}
}

// guessed tells whether the statement touches a table that is taken for shared
// only because another column was guessed to be the tenant's: nothing that is
// said of it then is more than a guess.
func guessed(tree sqltree.Statement, c *catalogue.Catalogue) bool {
	if c.Confidence != catalogue.Low {
		return false
	}
	found := false
	sqltree.Walk(tree, func(n sqltree.Node) bool {
		if x, ok := n.(*sqltree.Table); ok {
			t := c.Lookup(x.Schema, x.Name)
			found = found || t != nil && t.Tenancy == catalogue.Shared && t.Confidence == catalogue.Low
		}
		return !found
	})
	return found
}

func holeNames(tree sqltree.Statement) map[int]string {
	names := map[int]string{}
	sqltree.Walk(tree, func(n sqltree.Node) bool {
		if h, ok := n.(*sqltree.Hole); ok && h.Name != "" {
			names[h.Number] = h.Name
		}
		return true
	})
	return names
}

// witnessed finds the query that a query of one row asks about: the q of
// SELECT EXISTS (q), or what SELECT count(*) FROM … counts.
func witnessed(tree sqltree.Statement) (q *sqltree.Query, column int, count bool) {
	query, ok := tree.(*sqltree.Query)
	if !ok {
		return nil, 0, false
	}
	sel, ok := query.Body.(*sqltree.Select)
	if !ok || len(sel.GroupBy) > 0 || sel.Having != nil || query.Limit != nil {
		return nil, 0, false
	}
	for i, item := range sel.Items {
		switch x := uncast(item.Expr).(type) {
		case *sqltree.Exists:
			if len(sel.From) == 0 {
				return x.Query, i, false
			}
		case *sqltree.Call:
			if countsAll(x) && len(sel.Items) == 1 {
				return counted(query, sel), i, true
			}
		case *sqltree.Binary:
			if call, ok := uncast(x.L).(*sqltree.Call); ok && countsAll(call) && positive(x) && len(sel.Items) == 1 {
				return counted(query, sel), i, false
			}
		}
	}
	return nil, 0, false
}

func uncast(e sqltree.Expr) sqltree.Expr {
	for {
		c, ok := e.(*sqltree.Cast)
		if !ok {
			return e
		}
		e = c.X
	}
}

func countsAll(c *sqltree.Call) bool {
	return strings.EqualFold(c.Name, "count") && c.Filter == nil && c.Over == nil
}

func positive(x *sqltree.Binary) bool {
	l, ok := x.R.(*sqltree.Literal)
	return ok && (x.Op == ">" && l.Text == "0" || x.Op == ">=" && l.Text == "1" || x.Op == "=" && l.Text == "1" || x.Op == "<>" && l.Text == "0")
}

// counted is the query of the rows that are counted.
func counted(q *sqltree.Query, sel *sqltree.Select) *sqltree.Query {
	rows := *sel
	rows.Items = []sqltree.Item{{Expr: &sqltree.Literal{Pos: sqltree.NoPos, Kind: sqltree.Number, Text: "1"}}}
	out := *q
	out.Body = &rows
	return &out
}

// alternative is one way to tie a statement or a relation.
type alternative struct {
	needs   []proof.Need
	assumes []proof.Assumption
	excuse  proof.Excuse
}

// ways lists how relation i is tied: as the proof says, or, where it is not
// tied, by being the principal's own: a column that references the users is
// compared with a hole.
func (s *stmt) ways(i int) []alternative {
	r := &s.proof.Relations[i]
	var out []alternative
	for _, a := range r.Alternatives {
		out = append(out, alternative{a.Needs, a.Assumes, a.Excuse})
	}
	if s.grants(r) {
		return out
	}
	for _, b := range s.proof.Bounds {
		if b.Relation == i && r.Table.OfUser(b.Column) {
			need := proof.Need{Kind: proof.Principal, Hole: b.Hole, Column: b.Column}
			out = append(out, alternative{needs: []proof.Need{need}, excuse: proof.OwnRows})
		}
	}
	return out
}

// grants tells whether the statement gives a row of r to a tenant: an insert, or
// an update of the tenant column. That a row speaks of the user excuses neither.
func (s *stmt) grants(r *proof.Relation) bool {
	if !r.Target {
		return false
	}
	switch x := s.tree.(type) {
	case *sqltree.Delete:
		return false
	case *sqltree.Update:
		for _, set := range x.Set {
			if r.Table.Column == "" || slices.Contains(set.Columns, r.Table.Column) {
				return true
			}
		}
		return false
	}
	return true
}

// isKey tells whether a column alone is a key that is unique over all tenants.
func isKey(t *catalogue.Table, column string) bool {
	for _, k := range t.Unique {
		if len(k.Columns) == 1 && k.Columns[0] == column && !k.Expressions {
			return true
		}
	}
	for _, k := range t.Keys {
		if k.Primary && len(k.Columns) == 1 && k.Columns[0] == column {
			return true
		}
	}
	return false
}

// all lists how the whole statement is tied: one way for every relation.
func (s *stmt) all() []alternative {
	var out []alternative
	for _, a := range s.proof.Alternatives {
		out = append(out, alternative{a.Needs, a.Assumes, a.Excuse})
	}
	if len(out) > 0 && s.gap() == nil {
		return append(out, s.product(true)...)
	}
	return s.product(false)
}

// product combines ways of the relations. With ownOnly, only those that use the
// principal's own rows somewhere: the proof has combined the rest.
func (s *stmt) product(ownOnly bool) []alternative {
	if len(s.proof.Relations) == 0 {
		return nil
	}
	out := []alternative{{}}
	for i := range s.proof.Relations {
		var next []alternative
		for _, a := range out {
			for _, w := range s.ways(i) {
				next = append(next, a.and(w))
			}
		}
		if len(next) > maxAlternatives {
			next = next[:maxAlternatives]
		}
		out = next
	}
	if ownOnly {
		out = slices.DeleteFunc(out, func(a alternative) bool { return a.excuse != proof.OwnRows })
	}
	return out
}

func (a alternative) and(b alternative) alternative {
	out := alternative{
		needs:   append(slices.Clone(a.needs), b.needs...),
		assumes: append(slices.Clone(a.assumes), b.assumes...),
		excuse:  a.excuse,
	}
	if out.excuse == "" {
		out.excuse = b.excuse
	}
	return out
}

// gap is the first relation that is tied in no way.
func (s *stmt) gap() *proof.Relation {
	for i := range s.proof.Relations {
		if len(s.proof.Relations[i].Alternatives) == 0 {
			return &s.proof.Relations[i]
		}
	}
	return nil
}

// tables are the names of the tables that the statement's relations belong to.
func (s *stmt) tables() []string {
	if s.proof == nil {
		return nil
	}
	var out []string
	for i := range s.proof.Relations {
		if name := tableName(s.proof.Relations[i].Table); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// name is how messages call the statement: by the name that sqlc gave it, or by
// its first words.
func (s *stmt) name() string {
	if rest, ok := strings.CutPrefix(strings.TrimSpace(s.text), "-- name: "); ok {
		if name, _, ok := strings.Cut(rest, " "); ok {
			return "query " + name
		}
	}
	text := strings.Join(strings.Fields(s.text), " ")
	if r := []rune(text); len(r) > 60 {
		text = string(r[:60]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// assumptions turns what a proof rests on into notes.
func assumptions(list []proof.Assumption) notes {
	n := notes{}
	for _, a := range list {
		if a.Hard {
			continue
		}
		n = n.with(assume(premiseOf(a)))
	}
	return n
}

// premises are the known premises of a proof's assumptions.
var premises = [...]trust.Known{
	proof.Ref: trust.Reference, proof.Uniq: trust.UniqueKey,
	proof.NullShare: trust.SharedRows, proof.TriggerFills: trust.TriggerFills, proof.PublicRows: trust.PublicRows,
}

// premiseOf is the premise that a proof's assumption is.
func premiseOf(a proof.Assumption) trust.Premise {
	what := a.Table
	if len(a.Columns) > 0 {
		what += "(" + strings.Join(a.Columns, ", ") + ")"
	}
	switch {
	case a.Kind == proof.Ref && a.Inferred:
		return trust.NamedReference.Premise(what)
	case a.Kind == proof.Secret:
		return trust.NamedSecret.Premise(what)
	case a.Inferred:
		return trust.NamedToken.Premise(what)
	}
	return premises[a.Kind].Premise(what)
}

// referencePremise is the premise of an edge along which both rows have one
// tenant, which may be told by a name only.
func referencePremise(e *catalogue.Edge, column string) trust.Premise {
	what := tableName(e.From) + "(" + column + ")"
	if e.Inferred {
		return trust.NamedReference.Premise(what)
	}
	return trust.Reference.Premise(what)
}
