package statement

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// NamesTenant reports whether a condition of the statement compares the tenant
// column with a value, somewhere.
func (s *Statement) NamesTenant() bool { return s.Proof != nil && s.Proof.Shape.NamesTenant }

// Detail is what is particular to the statement for which a call has its reason.
func (t *Texts) Detail(reason string) string {
	for _, s := range t.List {
		if s.Broken != "" && s.Broken == reason {
			return s.detail
		}
	}
	return ""
}

// UnclearColumn is why findings are withheld where the catalogue is a guess.
const UnclearColumn = finding.UnclearColumn

func TableName(t *catalogue.Table) string { return qualified(t.Table) }

func qualified(t *schema.Table) string {
	if t.Schema != "" {
		return t.Schema + "." + t.Name
	}
	return t.Name
}

// ReferencesRoot tells a second column that holds a tenant, such as the
// organization that is active for a user.
func (s *Statement) ReferencesRoot(t *catalogue.Table, column string) bool {
	return t.Tenancy == catalogue.Shared && column == s.Cat.Column && column != ""
}

// proofKey identifies a proof.
type proofKey struct {
	text    string
	dialect string
	cat     *catalogue.Catalogue
}

// Statement is a statement with its proof.
type Statement struct {
	Text   string
	Cat    *catalogue.Catalogue
	Held   *proof.Result   // the proof that may rest on the policies of its tables, and on what it asks of the session; nil if there is neither
	Broken string          // why it cannot be judged, "" if it can
	detail string          // what is particular to this one about it
	hollow bool            // every database refuses the text
	binds  []sqlwrite.Bind // of a text that was written, nil of one that the program has
	Proof  *proof.Result
	beside bool     // its rows are not what the call gives
	set    []string // fields that methods of the rows set once they are read
	where  map[int]where
}

// prepare parses and proves a text against the catalogue that knows its tables,
// once per text.
func (p *Statements) prepare(text, dialect string) *Statement {
	if len(p.Cats) == 0 {
		return &Statement{Text: text, Broken: "no schema"}
	}
	var best *Statement
	for _, c := range p.speaking(dialect) {
		s := p.proofs.prove(text, dialect, c)
		switch {
		case best == nil, best.Broken != "" && s.Broken == "":
			best = s
		case best.Broken == "" && s.Broken == "" && best.Cat != s.Cat && len(s.Proof.Relations) > 0:
			return &Statement{Text: text, Broken: "ambiguous: the tables are in several schemas"}
		}
	}
	return best
}

// speaking are the catalogues of the dialect that a library runs; all of them where it
// runs any, or where there is none of it.
func (p *Statements) speaking(dialect string) []*catalogue.Catalogue {
	var out []*catalogue.Catalogue
	for _, c := range p.Cats {
		if proof.Speaks(dialect, c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return p.Cats
	}
	return out
}

// Proofs are the statements of a module that have been proved.
type Proofs map[proofKey]*Statement

func (s Proofs) prove(text, dialect string, c *catalogue.Catalogue) *Statement {
	key := proofKey{text, dialect, c}
	if st, ok := s[key]; ok {
		return st
	}
	st := &Statement{Text: text, Cat: c}
	s[key] = st
	result, err := proof.Text(text, dialect, c)
	if name := proof.WithoutSchema(dialect); name != "" {
		st.Broken = "no schema of " + name
		if err != nil {
			st.Broken, st.detail = "statement does not parse, as one of "+name, err.Error()
		}
		return st
	}
	if err != nil {
		st.Broken, st.detail = "statement does not parse", err.Error()
		var wrong *proof.TextError
		st.hollow = errors.As(err, &wrong) && wrong.Hollow
		return st
	}
	st.Proof = result
	if slices.ContainsFunc(result.Relations, func(r proof.Relation) bool { return r.Table.Held != nil }) || proof.AsksSession(text, c) {
		st.Held, _ = proof.Text(text, dialect, c.UnderPolicies())
	}
	switch {
	case len(result.Unproven) > 0:
		st.Broken = result.Unproven[0]
		// Why a table is undecided is long, and particular to it.
		if strings.HasPrefix(st.Broken, proof.Undecided) {
			st.Broken, st.detail, _ = strings.Cut(st.Broken, ": ")
		}
	case result.Guessed:
		st.Broken = UnclearColumn
	}
	return st
}

// Alternative is one way to tie a statement or a relation.
type Alternative struct {
	Needs   []proof.Need
	Assumes []proof.Assumption
	Excuse  proof.Excuse
}

// Remark is what the proof remarks of the statement that a run may be; it changes no
// verdict.
func (t *Texts) Remark() string {
	for _, s := range t.List {
		if s.Broken == "" && len(s.Proof.Notes) > 0 {
			return string(s.Proof.Notes[0])
		}
	}
	return ""
}

// WaysOf are alternatives of a proof, as they are decided.
func WaysOf(list []proof.Alternative) []Alternative {
	out := make([]Alternative, len(list))
	for i, a := range list {
		out[i] = Alternative{a.Needs, a.Assumes, a.Excuse}
	}
	return out
}

// Ways lists how relation i is tied: as the proof says, or, where it is not
// tied, by being the principal's own: a column that references the users is
// compared with a hole.
func (s *Statement) Ways(i int) []Alternative {
	r := &s.Proof.Relations[i]
	var out []Alternative
	for _, a := range r.Alternatives {
		out = append(out, Alternative{a.Needs, a.Assumes, a.Excuse})
	}
	if r.Grants {
		return out
	}
	for _, b := range s.Proof.Bounds {
		if b.Relation == i && r.Table.OfUser(b.Column) {
			need := proof.Need{Kind: proof.Principal, Hole: b.Hole, Column: b.Column}
			out = append(out, Alternative{Needs: []proof.Need{need}, Excuse: proof.OwnRows})
		}
	}
	return out
}

// Relation is relation i, as what a column of the result may be of.
func (s *Statement) Relation(i int) *proof.Output {
	source := slices.IndexFunc(s.Proof.Shape.Sources, func(x proof.Source) bool { return x.Relation == i })
	return &proof.Output{Table: s.Proof.Relations[i].Table, Relation: i, Source: source}
}

// All lists how the whole statement is tied: one way for every relation.
func (s *Statement) All() []Alternative {
	var out []Alternative
	for _, a := range s.Proof.Alternatives {
		out = append(out, Alternative{a.Needs, a.Assumes, a.Excuse})
	}
	if len(out) > 0 && s.Gap() == nil {
		return append(out, s.product(true)...)
	}
	return s.product(false)
}

// maxProduct caps the combinations of ways; a proof with fewer of them is weaker.
const maxProduct = 24

// product combines ways of the relations. With ownOnly, only those that use the
// principal's own rows somewhere: the proof has combined the rest.
func (s *Statement) product(ownOnly bool) []Alternative {
	if len(s.Proof.Relations) == 0 {
		return nil
	}
	out := []Alternative{{}}
	for i := range s.Proof.Relations {
		var next []Alternative
		for _, a := range out {
			for _, w := range s.Ways(i) {
				next = append(next, a.and(w))
			}
		}
		if len(next) > maxProduct {
			next = next[:maxProduct]
		}
		out = next
	}
	if ownOnly {
		out = slices.DeleteFunc(out, func(a Alternative) bool { return a.Excuse != proof.OwnRows })
	}
	return out
}

func (a Alternative) and(b Alternative) Alternative {
	out := Alternative{
		Needs:   append(slices.Clone(a.Needs), b.Needs...),
		Assumes: append(slices.Clone(a.Assumes), b.Assumes...),
		Excuse:  a.Excuse,
	}
	if out.Excuse == "" {
		out.Excuse = b.Excuse
	}
	return out
}

// Gap is the first relation that is tied in no way.
func (s *Statement) Gap() *proof.Relation {
	for i := range s.Proof.Relations {
		if len(s.Proof.Relations[i].Alternatives) == 0 {
			return &s.Proof.Relations[i]
		}
	}
	return nil
}

// Tables are the names of the tables that the statement's relations belong to.
func (s *Statement) Tables() []string {
	if s.Proof == nil {
		return nil
	}
	var out []string
	for i := range s.Proof.Relations {
		if name := TableName(s.Proof.Relations[i].Table); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Name is how messages call the statement: by the name that sqlc gave it, or by
// its first words.
func (s *Statement) Name() string {
	if rest, ok := strings.CutPrefix(strings.TrimSpace(s.Text), "-- name: "); ok {
		if name, _, ok := strings.Cut(rest, " "); ok {
			return "query " + name
		}
	}
	text := strings.Join(strings.Fields(s.Text), " ")
	if r := []rune(text); len(r) > 60 {
		text = string(r[:60]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// premises are the known premises of a proof's assumptions.
var premises = [...]trust.Known{
	proof.Ref: trust.Reference, proof.Uniq: trust.UniqueKey,
	proof.NullShare: trust.SharedRows, proof.TriggerFills: trust.TriggerFills, proof.PublicRows: trust.PublicRows,
}

// PremiseOf is the premise that a proof's assumption is.
func PremiseOf(a proof.Assumption) trust.Premise {
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

// ReferencePremise is the premise of an edge along which both rows have one
// tenant, which may be told by a name only.
func ReferencePremise(e *catalogue.Edge, column string) trust.Premise {
	what := TableName(e.From) + "(" + column + ")"
	if e.Inferred {
		return trust.NamedReference.Premise(what)
	}
	return trust.Reference.Premise(what)
}

// StoredIn is the column that one of the holes is stored in, "" if there is none.
func (s *Statement) StoredIn(holes map[int]bool) string {
	for _, x := range s.Proof.Shape.Stored {
		if holes[x.Hole] {
			return x.Column
		}
	}
	return ""
}

// AllRelations stands for every relation of a statement.
const AllRelations = -3

// where is a query with the condition that an output equals a bind value of that number.
type where struct {
	stmt *Statement
	hole int
}

// WaysWhere lists how relation i of a query is tied, or all of them, if output o of it equals
// a value that nobody but that condition says anything of: only such a value is demanded.
func (s *Statement) WaysWhere(o *proof.Output, i int) []Alternative {
	k := slices.IndexFunc(s.Proof.Outputs, func(x proof.Output) bool { return x == *o })
	if k < 0 {
		return nil
	}
	w, known := s.where[k]
	if !known {
		w = s.whereEqual(k)
		if s.where == nil {
			s.where = map[int]where{}
		}
		s.where[k] = w
	}
	if w.stmt == nil {
		return nil
	}
	ways := w.stmt.All
	if i != AllRelations {
		ways = func() []Alternative { return w.stmt.Ways(i) }
	}
	return slices.DeleteFunc(ways(), func(a Alternative) bool {
		return len(a.Needs) != 1 || slices.ContainsFunc(a.Needs, func(n proof.Need) bool { return n.Hole != w.hole || n.Element || n.Null })
	})
}

// whereEqual is a query with the condition that output k equals a bind value.
func (s *Statement) whereEqual(k int) where {
	result, hole := proof.Compared(s.Text, s.Cat, len(s.Proof.Outputs), k)
	same := func(a, b proof.Relation) bool { return a.Table == b.Table && a.At.At() == b.At.At() }
	if result == nil || len(result.Unproven) > 0 || result.Guessed || !slices.EqualFunc(result.Relations, s.Proof.Relations, same) {
		return where{}
	}
	return where{&Statement{Text: s.Text, Cat: s.Cat, Proof: result}, hole}
}
