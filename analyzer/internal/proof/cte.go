package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// A cteDef is a common table expression as it was defined. Every reference
// binds a copy of its body, as if it had been written in its place; the body of
// a data-modifying one is bound once.
type cteDef struct {
	node  *sqltree.CTE
	outer *scope
	ctes  *cteEnv
	uses  int
	write *query // bound, if data-modifying
	self  *query // the recursive query whose step is being bound
}

// A cteEnv is the chain of CTEs that are visible, the nearest first.
type cteEnv struct {
	def  *cteDef
	next *cteEnv
}

// find gives the nearest CTE of a name, nil if there is none.
func (e *cteEnv) find(name string) *cteDef {
	for ; e != nil; e = e.next {
		if e.def.node.Name == name {
			return e.def
		}
	}
	return nil
}

// bindWith adds the CTEs of a WITH clause to those around it.
func (p *binder) bindWith(w *sqltree.With, outer *scope, ctes *cteEnv) *cteEnv {
	if w == nil {
		return ctes
	}
	for _, c := range w.CTEs {
		def := &cteDef{node: c, outer: outer, ctes: ctes}
		ctes = &cteEnv{def: def, next: ctes}
		if w.Recursive {
			def.ctes = ctes
		}
		if _, ok := c.Body.(*sqltree.Query); !ok {
			def.write = p.bindWriteCTE(def)
		}
	}
	return ctes
}

// bindWriteCTE binds a data-modifying CTE; its RETURNING list are its outputs.
func (p *binder) bindWriteCTE(def *cteDef) *query {
	q := &query{tuple: p.newTuple(def.node.Name, nil, def.node)}
	q.write = p.bindWrite(def.node.Body, def.outer, def.ctes)
	if q.write == nil {
		q.open = true
		return q
	}
	q.block, q.env = q.write.block, q.write.block.env
	p.bindOutputs(q, q.write.returning)
	q.block = nil
	p.asLeaf(q, def.node.Columns)
	return q
}

// bindCTE makes an item of FROM of a reference.
func (p *binder) bindCTE(def *cteDef, t *sqltree.Table, name string) *leaf {
	def.uses++
	switch {
	case def.self != nil:
		return p.selfLeaf(def.self, name)
	case def.write != nil:
		return p.writeLeaf(def, t, name)
	case p.instances > maxInstances:
		p.cap(Copies)
		p.fail("too many references to CTEs")
		return p.unknownLeaf(name, t)
	}
	return p.queryLeaf(p.bindInstance(def), name, t.Columns, false)
}

// bindInstance binds a copy of a CTE's body.
func (p *binder) bindInstance(def *cteDef) *query {
	body := def.node.Body.(*sqltree.Query)
	if op, ok := body.Body.(*sqltree.SetOp); ok && refersTo(op.Right, def.node.Name) && def.ctes != nil && def.ctes.def == def {
		return p.bindLoop(def, body, op)
	}
	q := p.bindQuery(body, def.outer, def.ctes)
	p.asLeaf(q, def.node.Columns)
	if def.node.Search != nil || def.node.Cycle != nil {
		q.open = true
	}
	return q
}

// writeLeaf refers to the rows that a data-modifying CTE returns. Rows of two
// references are not the same, so only the first has the write's facts.
func (p *binder) writeLeaf(def *cteDef, t *sqltree.Table, name string) *leaf {
	if def.uses == 1 {
		return p.queryLeaf(def.write, name, t.Columns, false)
	}
	q := &query{tuple: p.newTuple(name, nil, t), shared: true}
	p.nameLike(q, def.write)
	return p.queryLeaf(q, name, t.Columns, false)
}

// refersTo tells whether a query names a table without schema.
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
