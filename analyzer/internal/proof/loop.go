package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// A loop is a recursive query: its rows come from base, or from step applied to
// rows that it gave before.
type loop struct {
	base, step *query
}

func (p *prover) bindLoop(def *cteDef, body *sqltree.Query, op *sqltree.SetOp) *query {
	q := &query{node: body, tuple: p.newTuple(def.node.Name, nil, body)}
	q.env = p.newEnv(def.outer, def.ctes)
	q.loop = &loop{base: p.bindQuery(op.Left, def.outer, def.ctes)}
	q.loop.base.asLeaf(def.node.Columns)
	p.nameLike(q, q.loop.base)
	def.self = q
	q.loop.step = p.bindQuery(op.Right, def.outer, def.ctes)
	q.loop.step.asLeaf(nil)
	def.self = nil
	return q
}

// selfLeaf is the reference of the step to rows that came before.
func (p *prover) selfLeaf(self *query, name string) *leaf {
	q := &query{tuple: p.newTuple(name, nil, self.node), shared: true}
	p.nameLike(q, self)
	l := p.queryLeaf(q, name, nil, false)
	return l
}

func (p *prover) loopRows(*query) *conj { return &conj{} }

func (p *prover) judgeLoop(q *query, _ *conj) {
	p.judgeQuery(q.loop.base, &conj{})
	p.judgeQuery(q.loop.step, &conj{})
}
