package link

import (
	"fmt"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/lost"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// whyIncomplete finds why nothing is surely a job: a part of the program is lost, or it
// listens and nobody is known to answer.
func (p *verdict) whyIncomplete() string {
	if why := p.lost(); why != "" {
		return why
	}
	if at := lost.Listens(p.graph, p.access.Names); at != "" && !slices.ContainsFunc(p.graph.Order, p.graph.IsEntry) {
		return unit.Short(at)
	}
	return ""
}

// unserved says once that a program listens, and that what answers its clients
// is not known, or that most of its calls are taken for jobs nevertheless.
func (p *verdict) unserved(r *Report) {
	at := lost.Listens(p.graph, p.access.Names)
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
