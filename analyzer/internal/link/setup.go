package link

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// setup adds what makes the result of the whole program hollow. It has no place:
// who reads the program's files knows its package clause.
func (p *program) setup(r *Report, message string) {
	r.Setup = append(r.Setup, finding.Setup{Message: message, Hollow: true})
}

// problems says what was wrong with the packages, once a package and kind: what
// does not type-check for one reason often does not for two hundred.
func (p *program) problems(r *Report) {
	for _, u := range p.units {
		var order []string
		count, first := map[string]int{}, map[string]finding.Setup{}
		for _, x := range u.Problems {
			if count[x.Kind]++; count[x.Kind] > 1 {
				continue
			}
			order = append(order, x.Kind)
			at := place(&fn{unit: u}, x.Site)
			first[x.Kind] = finding.Setup{File: at.File, Line: at.Line, Message: x.Kind + ": " + x.Message}
		}
		for _, kind := range order {
			s := first[kind]
			if more := count[kind] - 1; more > 0 {
				s.Message += fmt.Sprintf(" (and %d more in package %s)", more, short(u.Path))
			}
			r.Setup = append(r.Setup, s)
		}
	}
}
