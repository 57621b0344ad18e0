package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
)

// A reader says what the rows of queries imply, over the conditions in them.
type reader struct {
	*conditions
	// recursive is what a row of a recursive query implies: it takes judging.
	recursive func(*query) *conj
}

// newReader starts with nothing known.
func newReader(cat *catalogue.Catalogue) *reader {
	b := newBinder(cat)
	r := &reader{conditions: &conditions{binder: b}}
	b.meaning, r.conditions.rows = r, r
	return r
}

// ownHoles tells whether a hole in the text is a bind value of the statement.
func (p *values) ownHoles() bool { return p.inBody == 0 }

// fail makes the statement unproven.
func (p *binder) fail(reason string) {
	if !slices.Contains(p.unproven, reason) {
		p.unproven = append(p.unproven, reason)
	}
}

// cap notes that a bound was met, and the result is weaker for it.
func (p *binder) cap(what Limit) {
	if !slices.Contains(p.capped, what) {
		p.capped = append(p.capped, what)
	}
}

// maxDepth bounds the nesting of judged queries.
const maxDepth = 60
