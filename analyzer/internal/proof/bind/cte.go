package bind

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// find gives the nearest CTE of a name, nil if there is none.
func (e *CTEs) find(name string) *CTE {
	for ; e != nil; e = e.Next {
		if e.Def.Node.Name == name {
			return e.Def
		}
	}
	return nil
}

// bindWith adds the CTEs of a WITH clause to those around it.
func (p *Binder) bindWith(w *sqltree.With, outer *Scope, ctes *CTEs) *CTEs {
	if w == nil {
		return ctes
	}
	for _, c := range w.CTEs {
		def := &CTE{Node: c, Outer: outer, CTEs: ctes}
		ctes = &CTEs{Def: def, Next: ctes}
		if w.Recursive {
			def.CTEs = ctes
		}
		if _, ok := c.Body.(*sqltree.Query); !ok {
			def.Write = p.bindWriteCTE(def)
		}
	}
	return ctes
}

// bindWriteCTE binds a data-modifying CTE; its RETURNING list are its outputs.
func (p *Binder) bindWriteCTE(def *CTE) *Query {
	q := &Query{Tuple: p.NewTuple(def.Node.Name, nil, def.Node)}
	q.Write = p.BindWrite(def.Node.Body, def.Outer, def.CTEs)
	if q.Write == nil {
		q.Open = true
		return q
	}
	q.Block, q.Env = q.Write.Block, q.Write.Block.Env
	p.BindOutputs(q, q.Write.Returning)
	q.Block = nil
	p.AsLeaf(q, def.Node.Columns)
	return q
}

// bindCTE makes an item of FROM of a reference.
func (p *Binder) bindCTE(def *CTE, t *sqltree.Table, name string) *Leaf {
	def.uses++
	switch {
	case def.self != nil:
		return p.selfLeaf(def.self, name)
	case def.Write != nil:
		return p.writeLeaf(def, t, name)
	case p.Instances > MaxInstances:
		p.Cap(premise.Copies)
		p.Fail("statement too large to judge: " + string(premise.Copies) + "; split it")
		return p.unknownLeaf(name, t)
	}
	return p.queryLeaf(p.bindInstance(def), name, t.Columns, false)
}

// bindInstance binds a copy of a CTE's body.
func (p *Binder) bindInstance(def *CTE) *Query {
	body := def.Node.Body.(*sqltree.Query)
	if op, ok := body.Body.(*sqltree.SetOp); ok && refersTo(op.Right, def.Node.Name) && def.CTEs != nil && def.CTEs.Def == def {
		return p.BindLoop(def, body, op)
	}
	q := p.BindQuery(body, def.Outer, def.CTEs)
	p.AsLeaf(q, def.Node.Columns)
	if def.Node.Search != nil || def.Node.Cycle != nil {
		q.Open = true
	}
	return q
}

// writeLeaf refers to the rows that a data-modifying CTE returns. Rows of two
// references are not the same, so only the first has the write's facts.
func (p *Binder) writeLeaf(def *CTE, t *sqltree.Table, name string) *Leaf {
	if def.uses == 1 {
		return p.queryLeaf(def.Write, name, t.Columns, false)
	}
	q := &Query{Tuple: p.NewTuple(name, nil, t), Shared: true}
	p.nameLike(q, def.Write)
	return p.queryLeaf(q, name, t.Columns, false)
}

// refersTo reports whether a query names a table without schema.
func refersTo(q sqltree.Node, name string) bool {
	found := false
	sqltree.Walk(q, func(n sqltree.Node) bool {
		if t, ok := n.(*sqltree.Table); ok && t.Schema == "" && t.Name == name {
			found = true
		}
		return !found
	})
	return found
}

// BindLoop binds base and step; a reference inside of the step is to the rows
// that came before.
func (p *Binder) BindLoop(def *CTE, body *sqltree.Query, op *sqltree.SetOp) *Query {
	q := &Query{Node: body, Tuple: p.NewTuple(def.Node.Name, nil, body)}
	q.Env = p.NewEnv(def.Outer, def.CTEs)
	q.Loop = &Loop{Def: def, Body: body, Op: op}
	q.Loop.Base = p.BindQuery(op.Left, def.Outer, def.CTEs)
	p.AsLeaf(q.Loop.Base, def.Node.Columns)
	p.nameLike(q, q.Loop.Base)
	def.self = q
	q.Loop.Step = p.BindQuery(op.Right, def.Outer, def.CTEs)
	def.self = nil
	p.AsLeaf(q.Loop.Step, nil)
	if def.Node.Search != nil || def.Node.Cycle != nil {
		q.Open = true
	}
	return q
}

// selfLeaf is the reference of the step to the rows that came before.
func (p *Binder) selfLeaf(self *Query, name string) *Leaf {
	q := &Query{Tuple: p.NewTuple(name, nil, self.Node), Shared: true}
	p.nameLike(q, self)
	self.Loop.many = self.Loop.Prior != nil
	self.Loop.Prior = q
	return p.queryLeaf(q, name, nil, false)
}

// Plain tells the loops that the induction is made for: base and step are
// single blocks, and the step's FROM names the loop once.
func (l *Loop) Plain() bool {
	if l.Prior == nil || l.many || l.Base.Block == nil || l.Step.Block == nil || l.Base.Open || l.Step.Open {
		return false
	}
	if len(l.Base.Outputs) != len(l.Step.Outputs) || AggregatesAll(l.Base) || AggregatesAll(l.Step) {
		return false
	}
	for _, leaf := range l.Step.Block.From.Leaves() {
		if leaf.Sub == l.Prior {
			return !leaf.Tuple.Nullable
		}
	}
	return false
}
