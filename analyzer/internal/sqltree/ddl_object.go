package sqltree

import (
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

func (r *ddlReader) createIndex(s *pg.IndexStmt) {
	ix := &CreateIndex{
		Pos: Pos(s.Relation.GetLocation()), Name: s.Idxname, Table: rangeName(s.Relation), IfNotExists: s.IfNotExists,
		Unique: s.Unique, NullsNotDistinct: s.NullsNotDistinct, Where: exprText(s.WhereClause),
	}
	for _, p := range s.IndexParams {
		if name := p.GetIndexElem().GetName(); name != "" {
			ix.Columns = append(ix.Columns, name)
			continue
		}
		ix.Expressions = true
	}
	r.add(ix)
}

func (r *ddlReader) createView(s *pg.ViewStmt) {
	r.add(&CreateView{
		Pos: Pos(s.View.GetLocation()), Name: rangeName(s.View), Columns: stringList(s.Aliases),
		Query: r.queryText(int(s.View.GetLocation())),
	})
}

// createTableAs reads CREATE TABLE AS and CREATE MATERIALIZED VIEW, which are
// one node to the grammar.
func (r *ddlReader) createTableAs(s *pg.CreateTableAsStmt) {
	rel := s.Into.GetRel()
	if s.Objtype == pg.ObjectType_OBJECT_MATVIEW {
		r.add(&CreateView{
			Pos: Pos(rel.GetLocation()), Name: rangeName(rel), Columns: stringList(s.Into.ColNames),
			Query: r.queryText(int(rel.GetLocation())), Materialized: true,
		})
		return
	}
	r.add(&CreateTable{
		Pos: Pos(rel.GetLocation()), Name: rangeName(rel), IfNotExists: s.IfNotExists, Temporary: temporary(rel),
		Query: renamed(asColumns(s.Query.GetSelectStmt()), stringList(s.Into.ColNames)),
	})
}

// selectInto reads SELECT … INTO t, an old spelling of CREATE TABLE AS.
func (r *ddlReader) selectInto(s *pg.SelectStmt) {
	if rel := s.IntoClause.GetRel(); rel != nil {
		r.add(&CreateTable{Pos: Pos(rel.Location), Name: rangeName(rel), Temporary: temporary(rel), Query: asColumns(s)})
	}
}

// asColumns tells the columns of a select list as far as names show them.
func asColumns(s *pg.SelectStmt) []AsColumn {
	for s.GetLarg() != nil {
		s = s.Larg
	}
	var from []*pg.RangeVar
	for _, f := range s.GetFromClause() {
		from = appendRanges(from, f)
	}
	var out []AsColumn
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
func asColumn(target *pg.ResTarget, from []*pg.RangeVar) []AsColumn {
	ref := target.GetVal().GetColumnRef()
	if ref == nil {
		return []AsColumn{{Name: resultName(target)}}
	}
	fields := ref.Fields
	tables := qualified(from, fields)
	last := fields[len(fields)-1]
	if last.GetAStar() != nil {
		var out []AsColumn
		for _, t := range tables {
			out = append(out, AsColumn{Star: true, From: rangeName(t)})
		}
		return out
	}
	col := AsColumn{Name: resultName(target), Column: last.GetString_().GetSval()}
	if len(tables) == 1 {
		col.From = rangeName(tables[0])
	}
	return []AsColumn{col}
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
		return objectName(call.Funcname).Name
	}
	return "?column?"
}

// renamed applies the column names after the table's name.
func renamed(cols []AsColumn, names []string) []AsColumn {
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
	f := &CreateFunction{Name: objectName(s.Funcname), Trigger: objectName(s.ReturnType.GetNames()).Name == "trigger"}
	for _, n := range s.Parameters {
		p := n.GetFunctionParameter()
		if p.Mode != pg.FunctionParameterMode_FUNC_PARAM_OUT && p.Mode != pg.FunctionParameterMode_FUNC_PARAM_TABLE {
			f.Args = append(f.Args, p.Name)
		}
	}
	for _, n := range s.Options {
		functionOption(f, n.GetDefElem())
	}
	if s.SqlBody != nil {
		f.Language, f.Body = "sql", r.atomicBody()
	}
	r.add(f)
}

// functionOption reads what stands behind the parameters of a function.
func functionOption(f *CreateFunction, e *pg.DefElem) {
	switch e.GetDefname() {
	case "language":
		f.Language = strings.ToLower(e.Arg.GetString_().GetSval())
	case "security":
		f.Definer = e.Arg.GetBoolean().GetBoolval()
	case "as":
		f.Body = strings.Join(stringList(e.Arg.GetList().GetItems()), "")
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
	t := &CreateTrigger{
		Pos: Pos(s.Relation.GetLocation()), Name: s.Trigname, Table: rangeName(s.Relation),
		Function: objectName(s.Funcname).Name, Before: s.Timing&triggerBefore != 0,
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
func objectKind(t pg.ObjectType) (kind ObjectKind, ok bool) {
	switch t {
	case pg.ObjectType_OBJECT_TABLE, pg.ObjectType_OBJECT_FOREIGN_TABLE:
		return TableObject, true
	case pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_MATVIEW:
		return ViewObject, true
	case pg.ObjectType_OBJECT_INDEX:
		return IndexObject, true
	case pg.ObjectType_OBJECT_FUNCTION, pg.ObjectType_OBJECT_PROCEDURE, pg.ObjectType_OBJECT_ROUTINE:
		return FunctionObject, true
	case pg.ObjectType_OBJECT_TRIGGER:
		return TriggerObject, true
	case pg.ObjectType_OBJECT_COLUMN:
		return ColumnObject, true
	case pg.ObjectType_OBJECT_TABCONSTRAINT:
		return ConstraintObject, true
	case pg.ObjectType_OBJECT_SCHEMA:
		return SchemaObject, true
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
		d := &DropObject{Kind: kind, MissingOK: s.MissingOk}
		switch {
		case kind == FunctionObject:
			d.Name = objectName(n.GetObjectWithArgs().GetObjname())
		case kind == SchemaObject:
			d.Name = ObjectName{Name: n.GetString_().GetSval()}
		case kind == TriggerObject:
			parts := n.GetList().GetItems()
			d.On = objectName(parts[:max(len(parts)-1, 0)])
			d.Name = objectName(parts[max(len(parts)-1, 0):])
		default:
			d.Name = objectName(n.GetList().GetItems())
		}
		r.add(d)
	}
}

func (r *ddlReader) rename(s *pg.RenameStmt) {
	kind, ok := objectKind(s.RenameType)
	if !ok {
		return
	}
	name := rangeName(s.Relation)
	switch kind {
	case FunctionObject:
		name = objectName(s.Object.GetObjectWithArgs().GetObjname())
	case SchemaObject:
		name = ObjectName{Name: s.Subname}
	}
	r.add(&RenameObject{
		Pos: Pos(s.Relation.GetLocation()), Kind: kind, Name: name, Sub: s.Subname, To: s.Newname, MissingOK: s.MissingOk,
	})
}

func (r *ddlReader) move(s *pg.AlterObjectSchemaStmt) {
	kind, ok := objectKind(s.ObjectType)
	if !ok || s.Relation == nil {
		return
	}
	r.add(&MoveObject{
		Pos: Pos(s.Relation.Location), Kind: kind, Name: rangeName(s.Relation), Schema: s.Newschema, MissingOK: s.MissingOk,
	})
}
