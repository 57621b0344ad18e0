package pgddl

import (
	"strings"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
)

func (r *ddlReader) createIndex(s *pg.IndexStmt) {
	ix := &sqltree.CreateIndex{
		Pos: sqltree.Pos(s.Relation.GetLocation()), Name: s.Idxname, Table: pgnode.RangeName(s.Relation), IfNotExists: s.IfNotExists,
		Unique: s.Unique, NullsNotDistinct: s.NullsNotDistinct, Where: exprText(s.WhereClause),
	}
	for _, p := range s.IndexParams {
		if name := p.GetIndexElem().GetName(); name != "" {
			ix.Columns = append(ix.Columns, name)
			continue
		}
		ix.Expressions = true
		ix.Text = andText(ix.Text, p.GetIndexElem().GetExpr())
	}
	r.add(ix)
}

func (r *ddlReader) createView(s *pg.ViewStmt) {
	byInvoker, _ := invoker(s.Options)
	r.add(&sqltree.CreateView{
		Pos: sqltree.Pos(s.View.GetLocation()), Name: pgnode.RangeName(s.View), Columns: pgnode.StringList(s.Aliases),
		Query: r.queryText(int(s.View.GetLocation())), Invoker: byInvoker,
	})
}

// createTableAs reads CREATE TABLE AS and CREATE MATERIALIZED VIEW, which are
// one node to the grammar.
func (r *ddlReader) createTableAs(s *pg.CreateTableAsStmt) {
	rel := s.Into.GetRel()
	if s.Objtype == pg.ObjectType_OBJECT_MATVIEW {
		r.add(&sqltree.CreateView{
			Pos: sqltree.Pos(rel.GetLocation()), Name: pgnode.RangeName(rel), Columns: pgnode.StringList(s.Into.ColNames),
			Query: r.queryText(int(rel.GetLocation())), Materialized: true,
		})
		return
	}
	r.add(&sqltree.CreateTable{
		Pos: sqltree.Pos(rel.GetLocation()), Name: pgnode.RangeName(rel), IfNotExists: s.IfNotExists, Temporary: temporary(rel),
		Query: renamed(asColumns(s.Query.GetSelectStmt()), pgnode.StringList(s.Into.ColNames)),
	})
}

// selectInto reads SELECT … INTO t, an old spelling of CREATE TABLE AS.
func (r *ddlReader) selectInto(s *pg.SelectStmt) {
	if rel := s.IntoClause.GetRel(); rel != nil {
		r.add(&sqltree.CreateTable{Pos: sqltree.Pos(rel.Location), Name: pgnode.RangeName(rel), Temporary: temporary(rel), Query: asColumns(s)})
	}
}

// asColumns tells the columns of a select list as far as names show them.
func asColumns(s *pg.SelectStmt) []sqltree.AsColumn {
	for s.GetLarg() != nil {
		s = s.Larg
	}
	var from []*pg.RangeVar
	for _, f := range s.GetFromClause() {
		from = appendRanges(from, f)
	}
	var out []sqltree.AsColumn
	for _, n := range s.GetTargetList() {
		out = append(out, asColumn(n.GetResTarget(), from)...)
	}
	return out
}

// appendRanges appends the tables of a FROM item, left to right.
func appendRanges(to []*pg.RangeVar, n *pg.Node) []*pg.RangeVar {
	if j := n.GetJoinExpr(); j != nil {
		return appendRanges(appendRanges(to, j.Larg), j.Rarg)
	}
	if rv := n.GetRangeVar(); rv != nil {
		return append(to, rv)
	}
	return to
}

// asColumn tells what one element of the select list shows; `*` of several
// tables is several.
func asColumn(target *pg.ResTarget, from []*pg.RangeVar) []sqltree.AsColumn {
	ref := target.GetVal().GetColumnRef()
	if ref == nil {
		return []sqltree.AsColumn{{Name: resultName(target)}}
	}
	fields := ref.Fields
	tables := qualified(from, fields)
	last := fields[len(fields)-1]
	if last.GetAStar() != nil {
		var out []sqltree.AsColumn
		for _, t := range tables {
			out = append(out, sqltree.AsColumn{Star: true, From: pgnode.RangeName(t)})
		}
		return out
	}
	col := sqltree.AsColumn{Name: resultName(target), Column: last.GetString_().GetSval()}
	if len(tables) == 1 {
		col.From = pgnode.RangeName(tables[0])
	}
	return []sqltree.AsColumn{col}
}

// qualified narrows the tables of FROM to that which a column reference names.
func qualified(from []*pg.RangeVar, fields []*pg.Node) []*pg.RangeVar {
	if len(fields) < 2 {
		return from
	}
	name := fields[len(fields)-2].GetString_().GetSval()
	for _, rv := range from {
		if rv.GetAlias().GetAliasname() == name || rv.Alias == nil && rv.Relname == name {
			return []*pg.RangeVar{rv}
		}
	}
	return nil
}

// resultName is the name that PostgreSQL gives to a result column.
func resultName(target *pg.ResTarget) string {
	if target.GetName() != "" {
		return target.Name
	}
	val := target.GetVal()
	for val.GetTypeCast() != nil {
		val = val.GetTypeCast().Arg
	}
	if ref := val.GetColumnRef(); ref != nil {
		return ref.Fields[len(ref.Fields)-1].GetString_().GetSval()
	}
	if call := val.GetFuncCall(); call != nil {
		return pgnode.ObjectName(call.Funcname).Name
	}
	return "?column?"
}

// renamed applies the column names after the table's name.
func renamed(cols []sqltree.AsColumn, names []string) []sqltree.AsColumn {
	for i, name := range names {
		if i < len(cols) && !cols[i].Star {
			cols[i].Name = name
		}
	}
	return cols
}

// createFunction reads a function or procedure with its body as text. Argument
// names keep their places; those that only return are left out.
func (r *ddlReader) createFunction(s *pg.CreateFunctionStmt) {
	f := &sqltree.CreateFunction{Name: pgnode.ObjectName(s.Funcname), Trigger: pgnode.ObjectName(s.ReturnType.GetNames()).Name == "trigger"}
	for _, n := range s.Parameters {
		p := n.GetFunctionParameter()
		if p.Mode != pg.FunctionParameterMode_FUNC_PARAM_OUT && p.Mode != pg.FunctionParameterMode_FUNC_PARAM_TABLE {
			f.Args = append(f.Args, p.Name)
		}
	}
	f.Types, f.Returns = signature(s)
	for _, n := range s.Options {
		functionOption(f, n.GetDefElem())
	}
	if s.SqlBody != nil {
		f.Language, f.Body = "sql", r.atomicBody()
	}
	r.add(f)
}

// signature is the types of a function's arguments, and that of what it gives.
func signature(s *pg.CreateFunctionStmt) (types []string, returns string) {
	types = []string{}
	if r := s.ReturnType; r != nil && !r.Setof {
		returns = typeText(r)
	}
	for _, n := range s.Parameters {
		switch p := n.GetFunctionParameter(); p.Mode {
		case pg.FunctionParameterMode_FUNC_PARAM_OUT, pg.FunctionParameterMode_FUNC_PARAM_TABLE:
			returns = ""
		case pg.FunctionParameterMode_FUNC_PARAM_INOUT:
			types, returns = append(types, typeText(p.ArgType)), ""
		case pg.FunctionParameterMode_FUNC_PARAM_VARIADIC:
			return nil, ""
		default:
			types = append(types, typeText(p.ArgType))
		}
	}
	return types, returns
}

// functionOption reads what stands behind the parameters of a function.
func functionOption(f *sqltree.CreateFunction, e *pg.DefElem) {
	switch e.GetDefname() {
	case "language":
		f.Language = strings.ToLower(e.Arg.GetString_().GetSval())
	case "strict":
		f.Strict = e.Arg.GetBoolean().GetBoolval()
	case "volatility":
		f.Steady, f.Constant = e.Arg.GetString_().GetSval() != "volatile", e.Arg.GetString_().GetSval() == "immutable"
	case "security":
		f.Definer = e.Arg.GetBoolean().GetBoolval()
	case "set":
		name := e.Arg.GetVariableSetStmt().GetName()
		f.FixedPath = f.FixedPath || name == "search_path"
		f.Sets = append(f.Sets, name)
	case "as":
		f.Body = strings.Join(pgnode.StringList(e.Arg.GetList().GetItems()), "")
	}
}

// The bits of a trigger's timing and events, as the catalog of PostgreSQL has them.
const (
	triggerBefore   = 1 << 1
	triggerInsert   = 1 << 2
	triggerDelete   = 1 << 3
	triggerUpdate   = 1 << 4
	triggerTruncate = 1 << 5
)

// createTrigger reads CREATE TRIGGER; what the function does is its own.
func (r *ddlReader) createTrigger(s *pg.CreateTrigStmt) {
	t := &sqltree.CreateTrigger{
		Pos: sqltree.Pos(s.Relation.GetLocation()), Name: s.Trigname, Table: pgnode.RangeName(s.Relation),
		Function: pgnode.ObjectName(s.Funcname).Name, Before: s.Timing&triggerBefore != 0, When: exprText(s.WhenClause),
	}
	for _, e := range []struct {
		bit  int32
		name string
	}{{triggerInsert, "INSERT"}, {triggerUpdate, "UPDATE"}, {triggerDelete, "DELETE"}, {triggerTruncate, "TRUNCATE"}} {
		if s.Events&e.bit != 0 {
			t.Events = append(t.Events, e.name)
		}
	}
	for _, n := range s.TransitionRels {
		if rel := n.GetTriggerTransition(); rel.GetIsNew() {
			t.NewTable = rel.GetName()
		} else {
			t.OldTable = rel.GetName()
		}
	}
	r.add(t)
}

// objectKind maps the parser's kinds to ours; ok is false for what no diagram holds.
func objectKind(t pg.ObjectType) (kind sqltree.ObjectKind, ok bool) {
	switch t {
	case pg.ObjectType_OBJECT_TABLE, pg.ObjectType_OBJECT_FOREIGN_TABLE:
		return sqltree.TableObject, true
	case pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_MATVIEW:
		return sqltree.ViewObject, true
	case pg.ObjectType_OBJECT_INDEX:
		return sqltree.IndexObject, true
	case pg.ObjectType_OBJECT_FUNCTION, pg.ObjectType_OBJECT_PROCEDURE, pg.ObjectType_OBJECT_ROUTINE, pg.ObjectType_OBJECT_AGGREGATE:
		return sqltree.FunctionObject, true
	case pg.ObjectType_OBJECT_TRIGGER:
		return sqltree.TriggerObject, true
	case pg.ObjectType_OBJECT_RULE:
		return sqltree.RuleObject, true
	case pg.ObjectType_OBJECT_POLICY:
		return sqltree.PolicyObject, true
	case pg.ObjectType_OBJECT_COLUMN:
		return sqltree.ColumnObject, true
	case pg.ObjectType_OBJECT_TABCONSTRAINT:
		return sqltree.ConstraintObject, true
	case pg.ObjectType_OBJECT_SCHEMA:
		return sqltree.SchemaObject, true
	}
	return 0, false
}

// drop reads DROP, one change for each object that it names.
func (r *ddlReader) drop(s *pg.DropStmt) {
	kind, ok := objectKind(s.RemoveType)
	if !ok {
		return
	}
	for _, n := range s.Objects {
		d := &sqltree.DropObject{Kind: kind, MissingOK: s.MissingOk}
		switch {
		case kind == sqltree.FunctionObject:
			d.Name, d.Types = pgnode.ObjectName(n.GetObjectWithArgs().GetObjname()), argumentTypes(n.GetObjectWithArgs())
		case kind == sqltree.SchemaObject:
			d.Name = sqltree.ObjectName{Name: n.GetString_().GetSval()}
		case kind == sqltree.TriggerObject, kind == sqltree.RuleObject, kind == sqltree.PolicyObject:
			parts := n.GetList().GetItems()
			d.On = pgnode.ObjectName(parts[:max(len(parts)-1, 0)])
			d.Name = pgnode.ObjectName(parts[max(len(parts)-1, 0):])
		default:
			d.Name = pgnode.ObjectName(n.GetList().GetItems())
		}
		r.add(d)
	}
}

// argumentTypes are the types that tell a function from others of its name, nil where the text
// does not say them.
func argumentTypes(o *pg.ObjectWithArgs) []string {
	if o.GetArgsUnspecified() {
		return nil
	}
	types := []string{}
	for _, n := range o.GetObjargs() {
		types = append(types, typeText(n.GetTypeName()))
	}
	return types
}

func (r *ddlReader) rename(s *pg.RenameStmt) {
	kind, ok := objectKind(s.RenameType)
	if !ok {
		return
	}
	name := pgnode.RangeName(s.Relation)
	switch kind {
	case sqltree.FunctionObject:
		name = pgnode.ObjectName(s.Object.GetObjectWithArgs().GetObjname())
	case sqltree.SchemaObject:
		name = sqltree.ObjectName{Name: s.Subname}
	}
	r.add(&sqltree.RenameObject{
		Pos: sqltree.Pos(s.Relation.GetLocation()), Kind: kind, Name: name, Sub: s.Subname, To: s.Newname, MissingOK: s.MissingOk,
	})
}

func (r *ddlReader) move(s *pg.AlterObjectSchemaStmt) {
	kind, ok := objectKind(s.ObjectType)
	if f := s.Object.GetObjectWithArgs(); ok && kind == sqltree.FunctionObject && f != nil {
		r.add(&sqltree.MoveObject{Kind: kind, Name: pgnode.ObjectName(f.GetObjname()), Types: argumentTypes(f), Schema: s.Newschema})
	}
	if !ok || s.Relation == nil {
		return
	}
	r.add(&sqltree.MoveObject{
		Pos: sqltree.Pos(s.Relation.Location), Kind: kind, Name: pgnode.RangeName(s.Relation), Schema: s.Newschema, MissingOK: s.MissingOk,
	})
}
