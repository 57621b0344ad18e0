package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A reader resolves the names of one statement and turns its conditions into
// formulas, as they are asked for.
type reader struct {
	*store
	cat *catalogue.Catalogue
	// links tells which column an output of a query copies.
	links map[termID]termID
	ofRow map[int]*query // the query that a row is given by
	// grouped holds, while what stands behind GROUP BY is read, the block whose
	// grouping sets may make NULL of what cannot be.
	grouped map[*tuple]*block
	// recursive is what a row of a recursive query implies: it takes judging.
	recursive func(*query) *conj

	unproven    []string
	capped      []Limit
	guessed     bool         // a table was bound of which the catalogue only guesses
	via         sqltree.Node // the outermost view being bound
	viewDepth   int
	instances   int
	inBody      int                   // inside of a function's body, where $1 is an argument
	transitions map[string]transition // in a trigger's body
	lost        []orClause            // disjunctions of which an arm says nothing
}

// newReader starts with nothing known.
func newReader(cat *catalogue.Catalogue) *reader {
	return &reader{
		store: newStore(), cat: cat, links: map[termID]termID{}, ofRow: map[int]*query{}, grouped: map[*tuple]*block{},
	}
}

// ownHoles tells whether a hole in the text is a bind value of the statement.
func (p *reader) ownHoles() bool { return p.inBody == 0 }

// fail makes the statement unproven.
func (p *reader) fail(reason string) {
	if !slices.Contains(p.unproven, reason) {
		p.unproven = append(p.unproven, reason)
	}
}

// cap notes that a bound was met, and the result is weaker for it.
func (p *reader) cap(what Limit) {
	if !slices.Contains(p.capped, what) {
		p.capped = append(p.capped, what)
	}
}

// maxDepth bounds the nesting of judged queries.
const maxDepth = 60
