package decision

import (
	"cmp"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// An interceptor knows the message of a method by a table, a reflection or a type
// switch. Where it hands the message and the context to somebody who reads both, and
// goes on only if that ends well, it decides access to what the message names. It may
// let other methods pass without having asked; which, a person says.

// maxAbove caps the functions above a place that are looked at for its entries.
const maxAbove = 4000

// intercepted names the interceptor that decides before every entry from which requests
// come to a place: also whether somebody may see all rows, which no message names.
func (p *Decisions) intercepted(at *callgraph.Function) string {
	return beforeEvery(p, at, p.interceptedAt, p.decidesBefore)
}

// beforeEvery is the first name that is told before entries, if one is before each of those
// from which requests come to a place. Known has the answers to the same question.
func beforeEvery(p *Decisions, at *callgraph.Function, known map[*callgraph.Function]string, before func(entry *callgraph.Function) string) string {
	if name, ok := known[at]; ok {
		return name
	}
	name := ""
	entries, all := p.entriesAbove(at)
	for _, e := range entries {
		by := before(e)
		if all = all && by != ""; !all {
			break
		}
		name = cmp.Or(name, by)
	}
	if !all {
		name = ""
	}
	known[at] = name
	return name
}

// entriesAbove lists the entries from which requests come to a function, and whether
// these are all.
func (p *Decisions) entriesAbove(at *callgraph.Function) (entries []*callgraph.Function, all bool) {
	seen := map[*callgraph.Function]bool{at: true}
	queue := []*callgraph.Function{at}
	for len(queue) > 0 {
		f := queue[0]
		queue = queue[1:]
		if p.graph.IsEntry(f) {
			entries = append(entries, f)
			continue
		}
		if len(seen) > maxAbove {
			return nil, false
		}
		for _, e := range p.graph.Edges[f] {
			above := e.Caller()
			if l := p.graph.Live[above]; l != nil && l.By[callgraph.RequestRoot] && !seen[above] {
				seen[above] = true
				queue = append(queue, above)
			}
		}
	}
	return entries, true
}

// decidesBefore names the interceptor that decides before a method of a service.
func (p *Decisions) decidesBefore(entry *callgraph.Function) string {
	for _, i := range p.chains.InterceptorsOf(entry) {
		decides, known := p.intercepting[i.Name]
		if !known {
			decides = p.decidesCalls(i)
			p.intercepting[i.Name] = decides
		}
		if decides {
			return i.Name
		}
	}
	return ""
}

// decidesCalls reports whether an interceptor goes on somewhere because somebody agreed
// who saw the message, and nowhere whatever holds.
func (p *Decisions) decidesCalls(i middleware.Interceptor) bool {
	decides := false
	for _, g := range i.Goes {
		if len(g.Facts) == 0 {
			return false
		}
		fr := &frame{fn: g.Fn, rows: []term.Term{g.Request}, caller: []term.Term{g.Caller}}
		for _, f := range g.Facts {
			decides = decides || passes(f) && slices.ContainsFunc(calls(f), func(k int) bool { return p.agrees(fr, k) })
		}
	}
	return decides
}

// agrees reports whether an operation is handed the message and who calls, and reads
// the message or cannot be read.
func (p *Decisions) agrees(fr *frame, k int) bool {
	c := fr.fn.Ops[k].Call
	if c == nil || c.Mode != unit.Now || !p.handedBoth(fr, k, maxDepth) {
		return false
	}
	targets, known := p.graph.Callees(fr.fn, c)
	if !known || len(targets) == 0 {
		return c.Kind == unit.Dynamic || trust.MayDecide(callgraph.CalleeName(c))
	}
	return slices.ContainsFunc(targets, func(t callgraph.Callee) bool {
		for i, a := range t.Args {
			whole := term.Same(a, fr.rows[0])
			if p.sidesOf(fr, a, maxDepth)&ofRow != 0 && (!whole && uses(t.Fn, i) || p.reads(t.Fn, i, maxDepth)) {
				return true
			}
		}
		return false
	})
}

// uses reports whether a function does anything with its parameter i, of which whoever calls
// it has taken a part of the message already.
func uses(f *callgraph.Function, i int) bool {
	found := false
	look := func(t term.Term) {
		x, ok := t.(*term.Path)
		found = found || ok && x.Root == term.Param && x.Index == i
	}
	callgraph.EachValue(f, func(t term.Term) { term.Visit(t, look) })
	for n := range f.Runs {
		term.VisitAll(f.Runs[n].Args, look)
	}
	for n := range f.Calls {
		term.VisitAll(f.Calls[n].Args, look)
	}
	return found
}

// reads reports whether a function looks into its parameter i, or hands it to somebody
// who does or who cannot be read.
func (p *Decisions) reads(f *callgraph.Function, i, depth int) bool {
	whole := term.P(i)
	found := false
	look := func(t term.Term) {
		x, ok := t.(*term.Path)
		found = found || ok && x.Root == term.Param && x.Index == i && len(x.Steps) > 0
	}
	callgraph.EachValue(f, func(t term.Term) { term.Visit(t, look) })
	for n := range f.Runs {
		term.VisitAll(f.Runs[n].Args, look)
	}
	for n := range f.Calls {
		c := &f.Calls[n]
		if found || depth == 0 {
			break
		}
		if at := slices.IndexFunc(c.Args, func(a term.Term) bool { return term.Same(a, whole) }); at >= 0 {
			found = p.readsHanded(f, c, at, depth-1)
		}
	}
	return found
}

func (p *Decisions) readsHanded(f *callgraph.Function, c *unit.Call, at, depth int) bool {
	targets, known := p.graph.Callees(f, c)
	if !known || len(targets) == 0 {
		return true
	}
	return slices.ContainsFunc(targets, func(t callgraph.Callee) bool { return p.reads(t.Fn, at+len(t.Args)-len(c.Args), depth) })
}
