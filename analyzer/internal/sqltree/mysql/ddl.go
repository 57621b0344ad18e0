package mysql

import (
	"fmt"
	"strings"

	"github.com/sqlc-dev/marino/ast"
	"github.com/sqlc-dev/marino/format"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// MaxDDL caps the length of one definition.
const MaxDDL = 1 << 20

// Definitions parses one statement and returns what it changes in a diagram: nothing
// for a statement that defines no table, view, index or trigger. The error is an
// [*sqltree.Error].
func Definitions(text string) (changes []sqltree.Change, err error) {
	if len(text) > MaxDDL {
		return nil, &sqltree.Error{At: sqltree.NoPos, Reason: "statement is too long to be read"}
	}
	defer func() {
		if p := recover(); p != nil {
			changes, err = nil, &sqltree.Error{At: sqltree.NoPos, Reason: fmt.Sprintf("internal error: parser: %v", p)}
		}
	}()
	parsed, err := statements(text)
	if err != nil {
		return nil, err
	}
	r := &definitions{}
	for _, s := range parsed {
		r.statement(s)
	}
	return r.changes, nil
}

// definitions collects the changes of one parsed text.
type definitions struct{ changes []sqltree.Change }

func (r *definitions) add(c sqltree.Change) { r.changes = append(r.changes, c) }

func (r *definitions) statement(s ast.StmtNode) {
	switch s := s.(type) {
	case *ast.CreateTableStmt:
		r.createTable(s)
	case *ast.AlterTableStmt:
		r.alterTable(s)
	case *ast.CreateIndexStmt:
		r.createIndex(s)
	case *ast.CreateViewStmt:
		r.add(&sqltree.CreateView{Pos: pos(s.ViewName), Name: object(s.ViewName), Columns: texts(s.Cols), Query: restored(s.Select)})
	case *ast.CreateTriggerStmt:
		r.createTrigger(s)
	case *ast.DropTableStmt:
		kind := sqltree.TableObject
		if s.IsView {
			kind = sqltree.ViewObject
		}
		for _, t := range s.Tables {
			r.add(&sqltree.DropObject{Pos: pos(t), Kind: kind, Name: object(t), MissingOK: s.IfExists})
		}
	case *ast.DropTriggerStmt:
		r.add(&sqltree.DropObject{Kind: sqltree.TriggerObject, Name: object(s.TriggerName), MissingOK: s.IfExists})
	case *ast.DropIndexStmt:
		r.dropKey(s.Table, s.IndexName, s.IfExists)
	case *ast.RenameTableStmt:
		for _, t := range s.TableToTables {
			r.add(&sqltree.RenameObject{Pos: pos(t.OldTable), Kind: sqltree.TableObject, Name: object(t.OldTable), To: t.NewTable.Name.L})
		}
	}
}

// dropKey drops an index: a unique key is both an index and a constraint here.
func (r *definitions) dropKey(table *ast.TableName, name string, missingOK bool) {
	r.add(&sqltree.AlterTable{Pos: pos(table), Table: object(table), MissingOK: missingOK, Actions: []sqltree.TableAction{&sqltree.DropConstraint{Name: strings.ToLower(name)}}})
}

func object(t *ast.TableName) sqltree.ObjectName {
	return sqltree.ObjectName{Schema: t.Schema.L, Name: t.Name.L}
}

// restored is the text of a node, "" if the grammar cannot write it.
func restored(n ast.Node) string {
	var b strings.Builder
	if err := n.Restore(format.NewRestoreCtx(format.DefaultRestoreFlags, &b)); err != nil {
		return ""
	}
	return b.String()
}

func (r *definitions) createTable(s *ast.CreateTableStmt) {
	t := &sqltree.CreateTable{Pos: pos(s.Table), Name: object(s.Table), IfNotExists: s.IfNotExists, Temporary: s.TemporaryKeyword != ast.TemporaryNone}
	if s.ReferTable != nil {
		t.Likes = []sqltree.LikeDef{{Table: object(s.ReferTable), Defaults: true, Identity: true, Indexes: true}}
	}
	if s.Select != nil {
		t.Query = asColumns(s.Select)
	}
	for _, d := range s.Cols {
		c, constraints := columnOf(d)
		t.Columns = append(t.Columns, c)
		t.Constraints = append(t.Constraints, constraints...)
	}
	var indexes []sqltree.Change
	for _, d := range s.Constraints {
		c, index := constraint(t.Name, d)
		if c != nil {
			t.Constraints = append(t.Constraints, *c)
		}
		if index != nil {
			indexes = append(indexes, index)
		}
	}
	r.add(t)
	r.changes = append(r.changes, indexes...)
}

// columnOf reads a column with the constraints written at it. A reference written there
// is read and forgotten by the server.
func columnOf(d *ast.ColumnDef) (sqltree.ColumnDef, []sqltree.ConstraintDef) {
	c := sqltree.ColumnDef{Pos: pos(d), Name: d.Name.Name.L}
	if d.Tp != nil {
		c.Type, _, _ = strings.Cut(d.Tp.CompactStr(), "(")
	}
	var out []sqltree.ConstraintDef
	for _, o := range d.Options {
		switch o.Tp {
		case ast.ColumnOptionPrimaryKey:
			out = append(out, sqltree.ConstraintDef{Pos: pos(d), Kind: sqltree.PrimaryKey, Columns: []string{c.Name}})
		case ast.ColumnOptionUniqKey:
			out = append(out, sqltree.ConstraintDef{Pos: pos(d), Kind: sqltree.UniqueKey, Name: c.Name, Columns: []string{c.Name}})
		case ast.ColumnOptionNotNull:
			c.NotNull = true
		case ast.ColumnOptionAutoIncrement, ast.ColumnOptionAutoRandom:
			c.Identity = true
		case ast.ColumnOptionDefaultValue:
			c.Default = restored(o.Expr)
		case ast.ColumnOptionGenerated:
			c.Generated = true
		}
	}
	return c, out
}

// constraint reads a key. One over a part of a column, or over an expression, is an
// index: two rows with one prefix are not two with one value.
func constraint(table sqltree.ObjectName, d *ast.Constraint) (*sqltree.ConstraintDef, *sqltree.CreateIndex) {
	columns, expressions := keyColumns(d.Keys)
	c := &sqltree.ConstraintDef{Pos: pos(d), Name: strings.ToLower(d.Name), Columns: columns}
	switch d.Tp {
	case ast.ConstraintPrimaryKey:
		c.Kind, c.Name = sqltree.PrimaryKey, ""
	case ast.ConstraintUniq, ast.ConstraintUniqKey, ast.ConstraintUniqIndex:
		c.Kind = sqltree.UniqueKey
		if c.Name == "" && len(columns) > 0 {
			c.Name = columns[0]
		}
		if expressions {
			return nil, &sqltree.CreateIndex{Pos: pos(d), Name: c.Name, Table: table, Unique: true, Columns: columns, Expressions: true}
		}
	case ast.ConstraintForeignKey:
		c.Kind, c.RefTable = sqltree.ForeignKey, object(d.Refer.Table)
		c.RefColumns, _ = keyColumns(d.Refer.IndexPartSpecifications)
		if d.Refer.OnDelete != nil {
			c.OnDelete = action(d.Refer.OnDelete.ReferOpt)
		}
		if d.Refer.OnUpdate != nil {
			c.OnUpdate = action(d.Refer.OnUpdate.ReferOpt)
		}
	default:
		return nil, nil
	}
	return c, nil
}

func action(o ast.ReferOptionType) sqltree.Action {
	switch o {
	case ast.ReferOptionCascade:
		return sqltree.Cascade
	case ast.ReferOptionSetNull:
		return sqltree.SetNull
	case ast.ReferOptionSetDefault:
		return sqltree.SetDefault
	}
	return sqltree.NoAction
}

func keyColumns(list []*ast.IndexPartSpecification) (columns []string, expressions bool) {
	for _, k := range list {
		if k.Column == nil || k.Length > 0 {
			expressions = true
			continue
		}
		columns = append(columns, k.Column.Name.L)
	}
	return columns, expressions
}

func (r *definitions) createIndex(s *ast.CreateIndexStmt) {
	columns, expressions := keyColumns(s.IndexPartSpecifications)
	r.add(&sqltree.CreateIndex{
		Pos: pos(s.Table), Name: strings.ToLower(s.IndexName), Table: object(s.Table), IfNotExists: s.IfNotExists,
		Unique: s.KeyType == ast.IndexKeyTypeUnique, Columns: columns, Expressions: expressions,
	})
}

// createTrigger makes a function of a trigger's body: it has no name of its own.
func (r *definitions) createTrigger(s *ast.CreateTriggerStmt) {
	function := sqltree.ObjectName{Name: "trigger " + s.TriggerName.Name.L}
	r.add(&sqltree.CreateFunction{Name: function, Language: "sql", Body: restored(s.Body), Trigger: true})
	r.add(&sqltree.CreateTrigger{
		Name: s.TriggerName.Name.L, Table: object(s.Table), Function: function.Name,
		Before: strings.EqualFold(s.TriggerTime.String(), "BEFORE"), Events: []string{strings.ToUpper(s.TriggerEvent.String())},
	})
}

func (r *definitions) alterTable(s *ast.AlterTableStmt) {
	alter := &sqltree.AlterTable{Pos: pos(s.Table), Table: object(s.Table)}
	for _, spec := range s.Specs {
		r.alteration(alter, spec)
	}
	if len(alter.Actions) > 0 {
		r.add(alter)
	}
}

// alteration adds one action; a rename is a change of its own, in its place.
func (r *definitions) alteration(alter *sqltree.AlterTable, spec *ast.AlterTableSpec) {
	act := func(a sqltree.TableAction) { alter.Actions = append(alter.Actions, a) }
	flush := func(c sqltree.Change) {
		if len(alter.Actions) > 0 {
			done := *alter
			r.add(&done)
			alter.Actions = nil
		}
		r.add(c)
	}
	switch spec.Tp {
	case ast.AlterTableAddColumns:
		for _, d := range spec.NewColumns {
			c, constraints := columnOf(d)
			act(&sqltree.AddColumn{Column: c, Constraints: constraints, IfNotExists: spec.IfNotExists})
		}
	case ast.AlterTableAddConstraint:
		c, index := constraint(alter.Table, spec.Constraint)
		if c != nil {
			act(&sqltree.AddConstraint{Constraint: *c})
		}
		if index != nil {
			flush(index)
		}
	case ast.AlterTableDropColumn:
		act(&sqltree.DropColumn{Name: spec.OldColumnName.Name.L})
	case ast.AlterTableDropPrimaryKey:
		act(&sqltree.DropConstraint{Name: alter.Table.Name + "_pkey"})
	case ast.AlterTableDropIndex, ast.AlterTableDropForeignKey:
		act(&sqltree.DropConstraint{Name: strings.ToLower(spec.Name)})
	case ast.AlterTableModifyColumn, ast.AlterTableChangeColumn:
		r.redefine(alter, spec, act, flush)
	case ast.AlterTableRenameColumn:
		flush(renamedColumn(alter, spec.OldColumnName.Name.L, spec.NewColumnName.Name.L))
	case ast.AlterTableRenameTable:
		flush(&sqltree.RenameObject{Kind: sqltree.TableObject, Name: alter.Table, To: spec.NewTable.Name.L})
		alter.Table.Name = spec.NewTable.Name.L
	}
}

// redefine reads MODIFY and CHANGE, which say the whole column anew.
func (r *definitions) redefine(alter *sqltree.AlterTable, spec *ast.AlterTableSpec, act func(sqltree.TableAction), flush func(sqltree.Change)) {
	c, constraints := columnOf(spec.NewColumns[0])
	if old := spec.OldColumnName; old != nil && old.Name.L != c.Name {
		flush(renamedColumn(alter, old.Name.L, c.Name))
	}
	act(&sqltree.AlterColumn{Name: c.Name, NotNull: &c.NotNull, Default: &c.Default, Identity: &c.Identity, Type: c.Type})
	for _, x := range constraints {
		act(&sqltree.AddConstraint{Constraint: x})
	}
}

func renamedColumn(alter *sqltree.AlterTable, from, to string) *sqltree.RenameObject {
	return &sqltree.RenameObject{Kind: sqltree.ColumnObject, Name: alter.Table, Sub: from, To: to}
}

// asColumns tells the columns of a select list as far as names show them.
func asColumns(n ast.Node) []sqltree.AsColumn {
	s, ok := n.(*ast.SelectStmt)
	if !ok || s.Fields == nil {
		return nil
	}
	var from sqltree.ObjectName
	if s.From != nil && s.From.TableRefs.Right == nil {
		if src, ok := s.From.TableRefs.Left.(*ast.TableSource); ok {
			if t, ok := src.Source.(*ast.TableName); ok {
				from = object(t)
			}
		}
	}
	var out []sqltree.AsColumn
	for _, f := range s.Fields.Fields {
		c := sqltree.AsColumn{Name: f.AsName.L, Star: f.WildCard != nil}
		if e, ok := f.Expr.(*ast.ColumnNameExpr); ok {
			c.Column = e.Name.Name.L
		}
		if c.Star || c.Column != "" {
			c.From = from
		}
		if c.Name == "" {
			c.Name = c.Column
		}
		out = append(out, c)
	}
	return out
}
