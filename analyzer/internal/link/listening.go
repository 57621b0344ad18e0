package link

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// whyIncomplete finds why nothing is surely a job: a part of the program is lost, or it
// listens and nobody is known to answer.
func (p *verdict) whyIncomplete() string {
	if why := p.lost(); why != "" {
		return why
	}
	if at := p.listens(); at != "" && !p.hasEntry() {
		return unit.Short(at)
	}
	return ""
}

// skipped are the reasons of functions without operations. Over any other budget
// a function still lists its calls, only their arguments are unknown.
var skipped = map[string]bool{
	"does not type-check": true, "function too large": true, "package too large": true, "internal error": true,
}

// lostPart finds the first part of the program that is lost.
func (p *verdict) lostPart() string {
	for _, u := range p.graph.Units {
		for i := range u.Problems {
			switch u.Problems[i].Kind {
			case "type-check", "internal error":
				return unit.Short(u.Path) + " does not type-check"
			case unit.OverCap:
				return unit.Short(u.Path) + " is over the archive cap"
			}
		}
	}
	for _, f := range p.graph.Order {
		if skipped[f.Over] {
			return unit.Short(f.Symbol) + ": " + f.Over
		}
	}
	return ""
}

// listens is the library function by which the program waits for clients, ""
// if it does not.
func (p *verdict) listens() string {
	for _, f := range p.graph.Order {
		for i := range f.Calls {
			c := &f.Calls[i]
			if c.Kind == unit.Library && p.access.Names.Listens(c.Symbol) {
				return c.Symbol
			}
		}
	}
	return ""
}

func (p *verdict) hasEntry() bool {
	for _, f := range p.graph.Order {
		if p.graph.IsEntry(f) {
			return true
		}
	}
	return false
}

// unserved says once that a program listens, and that what answers its clients
// is not known, or that most of its calls are taken for jobs nevertheless.
func (p *verdict) unserved(r *Report) {
	at := p.listens()
	if at == "" {
		return
	}
	owned, jobs, served := 0, 0, false
	for _, f := range p.graph.Order {
		served = served || len(f.Runs) > 0 && p.graph.Live[f].By[callgraph.RequestRoot]
	}
	for i := range r.Calls {
		c := &r.Calls[i]
		if len(c.Tables) == 0 || !c.Reached {
			continue
		}
		owned++
		if c.Verdict == finding.Excused && c.Reason == "job" {
			jobs++
		}
	}
	switch {
	case owned == 0:
	case !served:
		p.setup(r, fmt.Sprintf("the program listens (%s), and no request handler that is known reaches its calls (%d on tables of a tenant): its framework is not modelled", unit.Short(at), owned))
	case 2*jobs > owned:
		p.setup(r, fmt.Sprintf("%d of %d calls are taken for jobs, though the program listens (%s): if requests reach them, their framework is not modelled", jobs, owned, unit.Short(at)))
	}
}
