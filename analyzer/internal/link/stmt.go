package link

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
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
	broken string // why it cannot be judged, "" if it can
	detail string // what is particular to this one about it
	hollow bool   // every database refuses the text
	proof  *proof.Result
}

// prepare parses and proves a text against the catalogue that knows its tables,
// once per text.
func (p *program) prepare(text, dialect string) *stmt {
	if len(p.cats) == 0 {
		return &stmt{text: text, broken: "no schema"}
	}
	var best *stmt
	for _, c := range p.cats {
		s := p.proofs.prove(text, dialect, c)
		switch {
		case best == nil, best.broken != "" && s.broken == "":
			best = s
		case best.broken == "" && s.broken == "" && best.cat != s.cat && len(s.proof.Relations) > 0:
			return &stmt{text: text, broken: "ambiguous: the tables are in several schemas"}
		}
	}
	return best
}

// proofs are the statements of a module that have been proved.
type proofs map[proofKey]*stmt

func (s proofs) prove(text, dialect string, c *catalogue.Catalogue) *stmt {
	key := proofKey{text, dialect, c}
	if st, ok := s[key]; ok {
		return st
	}
	st := &stmt{text: text, cat: c}
	s[key] = st
	result, err := proof.Text(text, dialect, c)
	if err != nil {
		st.broken, st.detail = "statement does not parse", err.Error()
		var wrong *proof.TextError
		st.hollow = errors.As(err, &wrong) && wrong.Hollow
		return st
	}
	st.proof = result
	switch {
	case len(result.Unproven) > 0:
		st.broken = result.Unproven[0]
	case result.Guessed:
		st.broken = unclearColumn
	}
	return st
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
	if r.Grants {
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

// relation is relation i, as what a column of the result may be of.
func (s *stmt) relation(i int) *proof.Output {
	return &proof.Output{Table: s.proof.Relations[i].Table, Relation: i, Source: -1}
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

// maxProduct caps the combinations of ways; a proof with fewer of them is weaker.
const maxProduct = 24

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
		if len(next) > maxProduct {
			next = next[:maxProduct]
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
