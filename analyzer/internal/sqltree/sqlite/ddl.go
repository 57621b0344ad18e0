package sqlite

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// MaxDDL caps the length of one definition.
const MaxDDL = 1 << 20

// Definitions parses one statement and returns what it changes in a diagram: nothing
// for a statement that defines no table, view, index or trigger. The error is an
// [*sqltree.Error].
func Definitions(text string) ([]sqltree.Change, error) {
	if len(text) > MaxDDL {
		return nil, &sqltree.Error{At: sqltree.NoPos, Reason: "statement is too long to be read"}
	}
	parsed, err := statements(text)
	if err != nil {
		return nil, err
	}
	r := &definitions{text: text}
	for _, s := range parsed {
		r.statement(s)
	}
	return r.changes, nil
}

// definitions collects the changes of one parsed text.
type definitions struct {
	text    string
	changes []sqltree.Change
}

func (r *definitions) add(c sqltree.Change) { r.changes = append(r.changes, c) }

func (r *definitions) source(n ast.Node) string { return r.text[n.Pos():n.End()] }

func (r *definitions) statement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.CreateTableStmt:
		r.createTable(s)
	case *ast.CreateVirtualTableStmt:
		r.createVirtual(s)
	case *ast.CreateIndexStmt:
		r.createIndex(s)
	case *ast.CreateViewStmt:
		v := &sqltree.CreateView{Pos: pos(s), Name: object(s.Name), Query: strings.TrimRight(r.source(s.Select), "; \n\t")}
		for _, c := range s.Columns {
			v.Columns = append(v.Columns, name(c.Name))
		}
		r.add(v)
	case *ast.CreateTriggerStmt:
		r.createTrigger(s)
	case *ast.AlterTableStmt:
		r.alterTable(s)
	case *ast.DropTableStmt:
		r.drop(s, sqltree.TableObject, s.Name, s.IfExists)
	case *ast.DropViewStmt:
		r.drop(s, sqltree.ViewObject, s.Name, s.IfExists)
	case *ast.DropIndexStmt:
		r.drop(s, sqltree.IndexObject, s.Name, s.IfExists)
	case *ast.DropTriggerStmt:
		r.drop(s, sqltree.TriggerObject, s.Name, s.IfExists)
	}
}

func (r *definitions) drop(n ast.Node, kind sqltree.ObjectKind, of *ast.QualifiedName, missingOK bool) {
	r.add(&sqltree.DropObject{Pos: pos(n), Kind: kind, Name: object(of), MissingOK: missingOK})
}

func object(n *ast.QualifiedName) sqltree.ObjectName {
	return sqltree.ObjectName{Schema: schemaName(n), Name: name(n.Name)}
}

func (r *definitions) createTable(s *ast.CreateTableStmt) {
	t := &sqltree.CreateTable{Pos: pos(s), Name: object(s.Name), IfNotExists: s.IfNotExists, Temporary: s.Temp}
	if s.Select != nil {
		t.Query = asColumns(s.Select)
	}
	for _, d := range s.Columns {
		c, constraints := r.column(d)
		t.Columns = append(t.Columns, c)
		t.Constraints = append(t.Constraints, constraints...)
	}
	for _, d := range s.Constraints {
		if c, ok := constraint(d); ok {
			t.Constraints = append(t.Constraints, c)
		}
	}
	r.add(t)
}

// createVirtual takes a virtual table for one with the columns that its arguments name;
// those that set an option of the module name none.
func (r *definitions) createVirtual(s *ast.CreateVirtualTableStmt) {
	t := &sqltree.CreateTable{Pos: pos(s), Name: object(s.Name), IfNotExists: s.IfNotExists}
	for _, arg := range s.Args {
		fields := strings.Fields(strings.ToLower(arg))
		if len(fields) == 0 || strings.Contains(arg, "=") {
			continue
		}
		t.Columns = append(t.Columns, sqltree.ColumnDef{Pos: pos(s), Name: strings.Trim(fields[0], "\"`[]")})
	}
	r.add(t)
}

// column reads a column with the constraints written at it. A primary key that counts
// by itself is the row's number; any other may hold NULL, unless it says otherwise.
func (r *definitions) column(d *ast.ColumnDef) (sqltree.ColumnDef, []sqltree.ConstraintDef) {
	c := sqltree.ColumnDef{Pos: pos(d), Name: name(d.Name)}
	if d.Type != nil {
		c.Type = strings.ToLower(d.Type.Name)
	}
	var out []sqltree.ConstraintDef
	for _, x := range d.Constraints {
		at := sqltree.ConstraintDef{Pos: pos(x), Name: name(x.Name), Columns: []string{c.Name}}
		switch x.Kind {
		case ast.ColumnNotNull:
			c.NotNull = true
		case ast.ColumnPrimaryKey:
			at.Kind = sqltree.PrimaryKey
			c.Identity = c.Type == "integer" && x.Order != ast.SortDesc
			at.MayBeNull = !c.Identity
			out = append(out, at)
		case ast.ColumnUnique:
			at.Kind = sqltree.UniqueKey
			out = append(out, at)
		case ast.ColumnReferences:
			out = append(out, references(at, x.References))
		case ast.ColumnDefault:
			c.Default = r.source(x.Expr)
		case ast.ColumnGenerated:
			c.Generated = true
		}
	}
	return c, out
}

func constraint(d *ast.TableConstraint) (sqltree.ConstraintDef, bool) {
	c := sqltree.ConstraintDef{Pos: pos(d), Name: name(d.Name)}
	switch d.Kind {
	case ast.TablePrimaryKey, ast.TableUnique:
		c.Kind = sqltree.UniqueKey
		if d.Kind == ast.TablePrimaryKey {
			c.Kind, c.MayBeNull = sqltree.PrimaryKey, true
		}
		columns, expressions := keyColumns(d.Columns)
		c.Columns = columns
		return c, !expressions
	case ast.TableForeignKey:
		for _, x := range d.FKColumns {
			c.Columns = append(c.Columns, name(x.Name))
		}
		return references(c, d.References), true
	}
	return c, false
}

// references makes a constraint a foreign key. SQLite checks it only where the program
// asks for that.
func references(c sqltree.ConstraintDef, to *ast.ForeignKeyClause) sqltree.ConstraintDef {
	c.Kind, c.RefTable, c.NotValid = sqltree.ForeignKey, sqltree.ObjectName{Name: name(to.Table)}, true
	for _, x := range to.Columns {
		c.RefColumns = append(c.RefColumns, name(x.Name))
	}
	for _, a := range to.Args {
		switch a.Event {
		case "DELETE":
			c.OnDelete = action(a.Action)
		case "UPDATE":
			c.OnUpdate = action(a.Action)
		}
	}
	return c
}

func action(a ast.ForeignKeyAction) sqltree.Action {
	switch a {
	case ast.FKCascade:
		return sqltree.Cascade
	case ast.FKSetNull:
		return sqltree.SetNull
	case ast.FKSetDefault:
		return sqltree.SetDefault
	}
	return sqltree.NoAction
}

// keyColumns are the plain columns of a key, and whether there is anything else: a
// column under a collation is compared in another way than its table says.
func keyColumns(list []*ast.OrderingTerm) (columns []string, expressions bool) {
	for _, t := range list {
		if n, ok := unwrapped(t.Expr).(*ast.Ident); ok {
			columns = append(columns, name(n))
			continue
		}
		expressions = true
	}
	return columns, expressions
}

func (r *definitions) createIndex(s *ast.CreateIndexStmt) {
	x := &sqltree.CreateIndex{
		Pos: pos(s), Name: name(s.Name.Name), Table: sqltree.ObjectName{Schema: schemaName(s.Name), Name: name(s.Table)},
		IfNotExists: s.IfNotExists, Unique: s.Unique,
	}
	x.Columns, x.Expressions = keyColumns(s.Columns)
	if s.Where != nil {
		x.Where = r.source(s.Where)
	}
	r.add(x)
}

// createTrigger makes a function of a trigger's statements: it has no name of its own.
func (r *definitions) createTrigger(s *ast.CreateTriggerStmt) {
	var body []string
	for _, x := range s.Body {
		body = append(body, strings.TrimRight(r.source(x), "; \n\t"))
	}
	function := sqltree.ObjectName{Name: "trigger " + name(s.Name.Name)}
	r.add(&sqltree.CreateFunction{Pos: pos(s), Name: function, Language: "sql", Body: strings.Join(body, ";\n"), Trigger: true})
	r.add(&sqltree.CreateTrigger{
		Pos: pos(s), Name: name(s.Name.Name), Table: object(s.Table), Function: function.Name,
		Before: s.Time == ast.TriggerBefore, Events: []string{s.Event},
	})
}

func (r *definitions) alterTable(s *ast.AlterTableStmt) {
	table := object(s.Table)
	alter := &sqltree.AlterTable{Pos: pos(s), Table: table}
	set := func(v bool) *bool { return &v }
	switch s.Action {
	case ast.AlterRenameTable:
		r.add(&sqltree.RenameObject{Pos: pos(s), Kind: sqltree.TableObject, Name: table, To: name(s.NewName)})
		return
	case ast.AlterRenameColumn:
		r.add(&sqltree.RenameObject{Pos: pos(s), Kind: sqltree.ColumnObject, Name: table, Sub: name(s.Column), To: name(s.NewName)})
		return
	case ast.AlterAddColumn:
		c, constraints := r.column(s.ColumnDef)
		alter.Actions = []sqltree.TableAction{&sqltree.AddColumn{Column: c, Constraints: constraints}}
	case ast.AlterDropColumn:
		alter.Actions = []sqltree.TableAction{&sqltree.DropColumn{Name: name(s.Column)}}
	case ast.AlterDropConstraint:
		alter.Actions = []sqltree.TableAction{&sqltree.DropConstraint{Name: name(s.ConstraintName)}}
	case ast.AlterDropNotNull:
		alter.Actions = []sqltree.TableAction{&sqltree.AlterColumn{Name: name(s.Column), NotNull: set(false)}}
	case ast.AlterSetNotNull:
		alter.Actions = []sqltree.TableAction{&sqltree.AlterColumn{Name: name(s.Column), NotNull: set(true)}}
	default:
		return
	}
	r.add(alter)
}

// asColumns tells the columns of a select list as far as names show them.
func asColumns(s *ast.SelectStmt) []sqltree.AsColumn {
	q, ok := s.Cores[0].(*ast.SelectQuery)
	if !ok {
		return nil
	}
	var from sqltree.ObjectName
	if len(q.From) == 1 && q.From[0].Name != nil {
		from = object(q.From[0].Name)
	}
	var out []sqltree.AsColumn
	for _, item := range q.Columns {
		c := sqltree.AsColumn{Name: name(item.Alias)}
		switch e := unwrapped(item.Expr).(type) {
		case *ast.Star:
			c.Star, c.From = true, from
		case *ast.Ident:
			c.From, c.Column = from, name(e)
		case *ast.QualifiedRef:
			c.From, c.Column = from, name(e.Parts[len(e.Parts)-1])
		}
		if c.Name == "" {
			c.Name = c.Column
		}
		out = append(out, c)
	}
	return out
}
