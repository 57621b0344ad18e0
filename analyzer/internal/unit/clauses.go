package unit

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// clauses writes the steps of a build.
func (w *encoder) clauses(list []term.Clause) {
	w.count(len(list))
	for _, c := range list {
		w.text(c.Word)
		w.tag(bit(c.Maybe))
		w.count(len(c.Values))
		for _, v := range c.Values {
			w.tag(byte(v.Form))
			w.text(v.Type)
			w.term(v.Term)
		}
		w.count(len(c.If))
		for _, f := range c.If {
			w.tag(byte(f.Op))
			w.term(f.A)
			w.term(f.B)
		}
	}
}

// readClauses reads the steps of a build.
func (r *decoder) readClauses(size *int) []term.Clause {
	var out []term.Clause
	for n := r.count(); n > 0 && r.err == nil; n-- {
		c := term.Clause{Word: r.text(), Maybe: r.flag()}
		for k := r.count(); k > 0 && r.err == nil; k-- {
			c.Values = append(c.Values, term.Value{Form: term.Form(r.kind(byte(term.LastForm))), Type: r.text(), Term: r.need(size)})
		}
		for k := r.count(); k > 0 && r.err == nil; k-- {
			c.If = append(c.If, r.readFact(size))
		}
		out = append(out, c)
	}
	return out
}
