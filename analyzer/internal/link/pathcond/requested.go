package pathcond

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxReaders is how many functions may stand between the request and who asks for a part of it.
const maxReaders = 3

// Requested is the part of the request that a value is which a function of the program has
// read, in every way in which its call may have ended; other values are given back as they are.
//
//	org, err := number(r, "org")
//	if err != nil { return }      // here org is request(path, org)
func (p *Conditions) Requested(e *Env, t term.Term) term.Term { return p.requested(e, t, maxReaders) }

func (p *Conditions) requested(e *Env, t term.Term, depth int) term.Term {
	r, ok := t.(*term.Result)
	if !ok || depth == 0 || len(r.Steps) != 1 { // one of several has lost which one it is
		return t
	}
	c := e.Fn.Ops[r.Call].Call
	if c == nil || c.Kind != unit.Static || c.Mode != unit.Now {
		return t
	}
	targets, known := p.graph.Callees(e.Fn, c)
	if !known || len(targets) != 1 {
		return t
	}
	var read term.Term
	for i := range targets[0].Fn.Gives {
		g := &targets[0].Fn.Gives[i]
		inner, possible := p.Outcome(e, r.Call, targets[0].Fn, g)
		if !possible {
			continue
		}
		given, ok := callgraph.Given(r, r.Call, g)
		if !ok {
			return t
		}
		given = p.ToCaller(targets[0], r.Call, p.requested(inner, given, depth-1))
		if o, ok := given.(*term.Origin); !ok || !term.IsRequest(o) || len(o.Steps) > 0 || read != nil && !term.Same(read, given) {
			return t
		}
		read = given
	}
	if read == nil {
		return t
	}
	return read
}
