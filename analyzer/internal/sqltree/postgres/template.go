package postgres

import (
	"fmt"
	"strconv"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// template converts the functions of XML and JSON, whose clauses are many and
// decide nothing: every operand is replaced by a parameter, the grammar writes
// the form, and its text is cut at the parameters. Constants stay in the text.
func (c *converter) template(n *pg.Node, at sqltree.Pos) sqltree.Expr {
	h := hollower{c: c}
	form := proto.CloneOf(n)
	h.message(form.ProtoReflect())
	text := c.form(form)
	out := &sqltree.Other{Pos: at, Args: h.args}
	if at == sqltree.NoPos {
		out.Pos = firstPos(h.args)
	}
	end := strings.IndexAny(text, " (")
	out.Kind = text[:max(end, 0)]
	out.Parts, out.Args = c.cut(text, h.args)
	return out
}

// form writes an expression or an element of FROM, without its alias.
func (c *converter) form(n *pg.Node) string {
	sel := &pg.SelectStmt{Op: pg.SetOperation_SETOP_NONE, LimitOption: pg.LimitOption_LIMIT_OPTION_DEFAULT}
	prefix := "SELECT "
	switch s := n.GetNode().(type) {
	case *pg.Node_RangeTableFunc:
		s.RangeTableFunc.Alias, s.RangeTableFunc.Lateral = nil, false
		sel.FromClause, prefix = []*pg.Node{n}, "SELECT FROM "
	case *pg.Node_JsonTable:
		s.JsonTable.Alias, s.JsonTable.Lateral = nil, false
		sel.FromClause, prefix = []*pg.Node{n}, "SELECT FROM "
	default:
		sel.TargetList = []*pg.Node{pg.MakeResTargetNodeWithVal(n, 0)}
	}
	text := c.deparse(&pg.Node{Node: &pg.Node_SelectStmt{SelectStmt: sel}})
	return strings.TrimPrefix(text, prefix)
}

// cut splits a form at its parameters, and puts the operands into the order in
// which they stand there.
func (c *converter) cut(text string, operands []sqltree.Expr) (parts []string, args []sqltree.Expr) {
	l := sqltext.Lexer{Text: text}
	from := 0
	for t := l.Next(); t.Kind != sqltext.End; t = l.Next() {
		if t.Kind != sqltext.Param {
			continue
		}
		parts = append(parts, text[from:t.Start])
		from = t.End
		n, err := strconv.Atoi(text[t.Start+1 : t.End])
		if err != nil || n < 1 || n > len(operands) {
			c.fail(-1, "an operand that is not known: "+text)
			return nil, nil
		}
		args = append(args, operands[n-1])
	}
	if len(args) != len(operands) {
		c.fail(-1, fmt.Sprintf("%d of %d operands are written: %s", len(args), len(operands), text))
	}
	return append(parts, text[from:]), args
}

// hollower replaces the operands of a form by parameters.
type hollower struct {
	c    *converter
	args []sqltree.Expr
}

func (h *hollower) message(m protoreflect.Message) { eachChild(m, h.value) }

// eachChild visits the messages in a message's fields, in the order of their
// declaration.
func eachChild(m protoreflect.Message, visit func(protoreflect.Message)) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if f.Message() == nil || !m.Has(f) {
			continue
		}
		if !f.IsList() {
			visit(m.Get(f).Message())
			continue
		}
		for k := range m.Get(f).List().Len() {
			visit(m.Get(f).List().Get(k).Message())
		}
	}
}

// value replaces an operand, and looks into everything else; a type is left alone,
// its arguments are no operands.
func (h *hollower) value(m protoreflect.Message) {
	switch x := m.Interface().(type) {
	case *pg.TypeName:
	case *pg.Node:
		if !isExpr(x) {
			h.message(m)
			return
		}
		if x.GetAConst() == nil {
			h.args = append(h.args, h.c.expr(x))
			x.Node = &pg.Node_ParamRef{ParamRef: &pg.ParamRef{Number: int32(len(h.args))}}
		}
	default:
		h.message(m)
	}
}

// xmlRoot converts XMLROOT(x, VERSION v, STANDALONE s), which the grammar can
// only write with a constant version.
func (c *converter) xmlRoot(s *pg.XmlExpr) sqltree.Expr {
	out := &sqltree.Other{Pos: c.pos(s.Location), Kind: "XMLROOT", Args: []sqltree.Expr{c.expr(s.Args[0])}}
	out.Parts = []string{"XMLROOT(", ", VERSION NO VALUE"}
	if version := s.Args[1]; !version.GetAConst().GetIsnull() {
		out.Args = append(out.Args, c.expr(version))
		out.Parts = []string{"XMLROOT(", ", VERSION ", ""}
	}
	last := len(out.Parts) - 1
	switch s.Args[2].GetAConst().GetIval().GetIval() {
	case 0:
		out.Parts[last] += ", STANDALONE YES"
	case 1:
		out.Parts[last] += ", STANDALONE NO"
	case 2:
		out.Parts[last] += ", STANDALONE NO VALUE"
	}
	out.Parts[last] += ")"
	return out
}

// jsonArrayQuery converts JSON_ARRAY(SELECT …): the only form over a query.
func (c *converter) jsonArrayQuery(s *pg.JsonArrayQueryConstructor) sqltree.Expr {
	query := c.queryNode(s.Query)
	sub := &sqltree.Subquery{Pos: query.Pos, Query: query}
	hollow := &pg.Node{Node: &pg.Node_JsonArrayQueryConstructor{JsonArrayQueryConstructor: &pg.JsonArrayQueryConstructor{
		Query: markerQuery(), Output: s.Output, Format: s.Format, AbsentOnNull: s.AbsentOnNull,
	}}}
	head, tail, found := strings.Cut(c.form(hollow), marker)
	if !found {
		c.fail(s.Location, "JSON_ARRAY over a query that cannot be written")
	}
	return &sqltree.Other{Pos: c.pos(s.Location), Kind: sqltree.BareQuery, Args: []sqltree.Expr{sub}, Parts: []string{head, tail}}
}

// markerQuery is the query whose text is the marker.
func markerQuery() *pg.Node {
	param := &pg.Node{Node: &pg.Node_ParamRef{ParamRef: &pg.ParamRef{Number: 1}}}
	return &pg.Node{Node: &pg.Node_SelectStmt{SelectStmt: &pg.SelectStmt{
		TargetList: []*pg.Node{pg.MakeResTargetNodeWithVal(param, 0)},
		Op:         pg.SetOperation_SETOP_NONE, LimitOption: pg.LimitOption_LIMIT_OPTION_DEFAULT,
	}}}
}
