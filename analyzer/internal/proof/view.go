package proof

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// maxViewDepth bounds views over views.
const maxViewDepth = 8

// diagramView finds a view of the schema, nil if there is none.
func (p *binder) diagramView(schemaName, name string) *schema.View {
	if p.cat.Diagram == nil {
		return nil
	}
	if schemaName == "public" {
		schemaName = ""
	}
	for _, v := range p.cat.Diagram.Views {
		if v.Name == name && v.Schema == schemaName {
			return v
		}
	}
	return nil
}

// bindView inlines a view as a block, nil if there is none of that name.
func (p *binder) bindView(t *sqltree.Table, name string) *leaf {
	v := p.diagramView(t.Schema, t.Name)
	if v == nil {
		return nil
	}
	if p.viewDepth >= maxViewDepth || p.instances > maxInstances {
		p.fail("views nested too deeply at " + tableName(t))
		return p.unknownLeaf(name, t)
	}
	stmt, err := sqltree.Parse(v.Query, sqltree.Postgres)
	body, ok := stmt.(*sqltree.Query)
	if err != nil || !ok {
		p.fail("view " + tableName(t) + " was not understood")
		return p.unknownLeaf(name, t)
	}
	via := p.via
	if via == nil {
		p.via = t
	}
	p.viewDepth++
	q := p.bindQuery(body, nil, nil)
	p.viewDepth--
	p.via = via
	p.asLeaf(q, v.Columns)
	l := p.queryLeaf(q, name, t.Columns, false)
	if t.Alias == "" {
		l.schema = t.Schema
	}
	return l
}
