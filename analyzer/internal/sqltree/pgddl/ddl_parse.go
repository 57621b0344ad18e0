// Package pgddl reads PostgreSQL's definitions into the changes of package sqltree.
//
// In goes one statement, out comes what it changes in a diagram, in order. It cannot
// see what a body of PL/pgSQL does beyond the definitions in it; text that is put
// together at run time is named opaque.
package pgddl

import (
	"fmt"
	"unicode/utf8"

	pg "github.com/sqlc-dev/oliphant"
	"github.com/sqlc-dev/oliphant/parser"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// MaxDDL caps the length of one definition; real ones stay under 100 KB.
const MaxDDL = 1 << 20

// Parse parses one PostgreSQL statement and returns what it changes in a
// diagram: nothing for a statement that defines no table, view, index, function,
// trigger, policy or role (GRANT, COMMENT, SET, data). The error is a *sqltree.Error.
func Parse(text string) (changes []sqltree.Change, err error) {
	if len(text) > MaxDDL || sqltext.Nesting(text) > pgnode.MaxDepth {
		return nil, &sqltree.Error{At: sqltree.NoPos, Reason: "statement is too long or too deeply nested to be read"}
	}
	defer func() {
		if p := recover(); p != nil {
			changes, err = nil, &sqltree.Error{At: sqltree.NoPos, Reason: fmt.Sprintf("internal error: parser: %v", p)}
		}
	}()
	text = pgnode.Mend(text)
	tree, err := pg.Parse(text)
	if err != nil {
		return nil, ddlError(text, err)
	}
	r := ddlReader{text: text}
	for _, raw := range tree.Stmts {
		r.statement(raw.Stmt)
	}
	return r.changes, nil
}

// ddlError turns the parser's position, which counts characters from 1, into
// a byte offset.
func ddlError(text string, err error) error {
	pe, ok := err.(*parser.Error)
	if !ok {
		return &sqltree.Error{At: sqltree.NoPos, Reason: err.Error()}
	}
	off := 0
	for n := 1; n < pe.Cursorpos && off < len(text); n++ {
		_, size := utf8.DecodeRuneInString(text[off:])
		off += size
	}
	if pe.Cursorpos == 0 {
		return &sqltree.Error{At: sqltree.NoPos, Reason: pe.Message}
	}
	return sqltree.ErrorAt(text, sqltree.Pos(off), pe.Message)
}

// ddlReader collects the changes of one parsed text.
type ddlReader struct {
	text    string
	changes []sqltree.Change
}

func (r *ddlReader) add(c sqltree.Change) { r.changes = append(r.changes, c) }

// statement reads what defines something new; the rest is left to changeObject.
func (r *ddlReader) statement(n *pg.Node) {
	switch s := n.GetNode().(type) {
	case *pg.Node_CreateStmt:
		r.createTable(s.CreateStmt)
	case *pg.Node_CreateForeignTableStmt:
		r.createTable(s.CreateForeignTableStmt.BaseStmt)
	case *pg.Node_CreateTableAsStmt:
		r.createTableAs(s.CreateTableAsStmt)
	case *pg.Node_SelectStmt:
		r.selectInto(s.SelectStmt)
	case *pg.Node_AlterTableStmt:
		r.alterTable(s.AlterTableStmt)
	case *pg.Node_IndexStmt:
		r.createIndex(s.IndexStmt)
	case *pg.Node_ViewStmt:
		r.createView(s.ViewStmt)
	case *pg.Node_CreateFunctionStmt:
		r.createFunction(s.CreateFunctionStmt)
	case *pg.Node_CreateTrigStmt:
		r.createTrigger(s.CreateTrigStmt)
	case *pg.Node_RuleStmt:
		r.createRule(s.RuleStmt)
	case *pg.Node_DefineStmt:
		r.define(s.DefineStmt)
	case *pg.Node_CreateSchemaStmt:
		r.createSchema(s.CreateSchemaStmt)
	case *pg.Node_CreateDomainStmt:
		r.createDomain(s.CreateDomainStmt)
	case *pg.Node_AlterDomainStmt:
		r.alterDomain(s.AlterDomainStmt)
	case *pg.Node_CreateCastStmt:
		if name := pgnode.ObjectName(s.CreateCastStmt.GetFunc().GetObjname()).Name; name != "" {
			r.add(&sqltree.CreateCast{Function: name})
		}
	case *pg.Node_CreateRangeStmt:
		r.createRange(s.CreateRangeStmt)
	default:
		if !r.security(n) {
			r.changeObject(n)
		}
	}
}

// changeObject reads what drops, renames, moves or runs.
func (r *ddlReader) changeObject(n *pg.Node) {
	switch s := n.GetNode().(type) {
	case *pg.Node_DropStmt:
		r.drop(s.DropStmt)
	case *pg.Node_RenameStmt:
		r.rename(s.RenameStmt)
	case *pg.Node_AlterObjectSchemaStmt:
		r.move(s.AlterObjectSchemaStmt)
	case *pg.Node_VariableSetStmt:
		r.setVariable(s.VariableSetStmt)
	case *pg.Node_DoStmt:
		r.doBlock(s.DoStmt)
	}
}

// createSchema reads the definitions inside CREATE SCHEMA x CREATE TABLE ….
func (r *ddlReader) createSchema(s *pg.CreateSchemaStmt) {
	first := len(r.changes)
	for _, elt := range s.SchemaElts {
		r.statement(elt)
	}
	for _, c := range r.changes[first:] {
		if t, ok := c.(*sqltree.CreateTable); ok && t.Name.Schema == "" {
			t.Name.Schema = s.Schemaname
		}
	}
}

func (r *ddlReader) createDomain(s *pg.CreateDomainStmt) {
	d := &sqltree.CreateDomain{Name: pgnode.ObjectName(s.Domainname), Type: typeText(s.TypeName)}
	for _, c := range s.Constraints {
		d.NotNull = d.NotNull || c.GetConstraint().GetContype() == pg.ConstrType_CONSTR_NOTNULL
		d.Text = andText(d.Text, c.GetConstraint().GetRawExpr())
	}
	r.add(d)
}

// alterDomain reads what is added to a domain; what is taken away may stay.
func (r *ddlReader) alterDomain(s *pg.AlterDomainStmt) {
	added := s.Def
	if c := added.GetConstraint(); c != nil {
		added = c.RawExpr
	}
	if text := andText("", added); text != "" {
		r.add(&sqltree.AlterDomain{Name: pgnode.ObjectName(s.TypeName), Text: text})
	}
}

// andText is a text of expressions with one more behind it.
func andText(text string, n *pg.Node) string {
	switch more := exprText(n); {
	case more == "":
		return text
	case text == "":
		return more
	default:
		return text + " AND " + more
	}
}

// setVariable reads SET search_path; other settings change no definition.
func (r *ddlReader) setVariable(s *pg.VariableSetStmt) {
	if s.Name != "search_path" {
		return
	}
	path := &sqltree.SearchPath{}
	for _, arg := range s.Args {
		path.Schemas = append(path.Schemas, arg.GetAConst().GetSval().GetSval())
	}
	r.add(path)
}
