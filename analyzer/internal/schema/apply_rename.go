package schema

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A rename must not cost the history of an object: keys, references and
// triggers follow, so that a table is the same one before and after.

// rename is every form of RENAME. References are kept by name in a diagram, so
// that each of them must be renamed, too.
func (r *replay) rename(c *sqltree.RenameObject) {
	switch c.Kind {
	case sqltree.TableObject, sqltree.ViewObject:
		r.renameRelation(c)
	case sqltree.IndexObject:
		r.renameKey(c.Name, c.To)
	case sqltree.FunctionObject:
		name := r.home(c.Name)
		for _, f := range r.d.Functions {
			if f.Schema == name.Schema && f.Name == name.Name {
				f.Was, f.Name = append(f.Was, f.Name), c.To
			}
		}
	case sqltree.SchemaObject:
		for _, t := range r.d.Tables {
			if t.Schema == c.Name.Name {
				r.rebind(t, c.To, t.Name)
			}
		}
	default:
		r.renamePart(c)
	}
}

// renameRelation renames a table or view; ALTER TABLE also renames views and
// indexes.
func (r *replay) renameRelation(c *sqltree.RenameObject) {
	if t := r.table(c.Name); t != nil {
		r.rebind(t, t.Schema, c.To)
		return
	}
	if v := r.view(c.Name); v != nil {
		v.Name = c.To
		return
	}
	if !r.renameKey(c.Name, c.To) && !c.MissingOK {
		r.problem(c.Pos, these(c.Name), "table %s is renamed, but it is not known here", fullName(c.Name.Schema, c.Name.Name))
	}
}

// rebind gives a table a new name and schema, wherever it is referred to. Its
// position stays that of its definition: there a person looks for its columns.
func (r *replay) rebind(t *Table, schema, name string) {
	old, now := t.FullName(), fullName(schema, name)
	delete(r.tables, sqltree.ObjectName{Schema: t.Schema, Name: t.Name})
	for _, other := range r.d.Tables {
		for _, f := range other.ForeignKeys {
			if f.refersTo(t) {
				f.RefSchema, f.RefTable = schema, name
			}
		}
		if other.PartitionOf == old {
			other.PartitionOf = now
		}
		replace(other.Inherits, old, now)
	}
	for _, trg := range r.d.Triggers {
		if trg.Table == old {
			trg.Table = now
		}
	}
	for _, rule := range r.d.Rules {
		if rule.Table == old {
			rule.Table = now
		}
	}
	t.Schema, t.Name = schema, name
	r.tables[sqltree.ObjectName{Schema: schema, Name: name}] = t
}

// renameKey renames a unique index; false if no key has the name. Other indexes
// are not in a diagram, so a name that is not found need not be wrong.
func (r *replay) renameKey(n sqltree.ObjectName, to string) bool {
	found := false
	for _, t := range r.d.Tables {
		for _, x := range t.Indexes {
			if x.Name == n.Name && r.sameSchema(n, t) {
				x.Name, found = to, true
			}
		}
		for _, k := range t.Keys {
			if k.Name == n.Name && r.sameSchema(n, t) {
				k.Name, found = to, true
			}
		}
	}
	return found
}

// renamePart renames a column, constraint or trigger of a table. A name of these
// that is unknown is passed over but for columns: a constraint may be a check,
// which is not recorded.
func (r *replay) renamePart(c *sqltree.RenameObject) {
	t := r.table(c.Name)
	if t == nil {
		if !c.MissingOK && r.view(c.Name) == nil {
			r.problem(c.Pos, these(c.Name), "a part of table %s is renamed, but the table is not known here", fullName(c.Name.Schema, c.Name.Name))
		}
		return
	}
	switch c.Kind {
	case sqltree.ColumnObject:
		r.renameColumn(t, c)
	case sqltree.ConstraintObject:
		for _, k := range t.Keys {
			if k.Name == c.Sub {
				k.Name = c.To
			}
		}
		for _, f := range t.ForeignKeys {
			if f.Name == c.Sub {
				f.Name = c.To
			}
		}
		for _, k := range t.Checks {
			if k.Name == c.Sub {
				k.Name = c.To
			}
		}
	case sqltree.PolicyObject:
		for _, p := range t.Security.Policies {
			if p.Name == c.Sub {
				p.Name = c.To
			}
		}
	case sqltree.TriggerObject:
		for _, trg := range r.d.Triggers {
			if trg.Table == t.FullName() && trg.Name == c.Sub {
				trg.Name = c.To
			}
		}
	}
}

// renameColumn renames a column in its table, in keys, and in the foreign keys
// that refer to it.
func (r *replay) renameColumn(t *Table, c *sqltree.RenameObject) {
	col := t.Column(c.Sub)
	if col == nil {
		r.problem(c.Pos, Hides{Tables: []string{t.FullName()}, Column: c.To}, "column %s of table %s is renamed, but it is not known here", c.Sub, t.FullName())
		return
	}
	col.Name = c.To
	t.Security.renameColumn(c.Sub, c.To)
	for _, k := range t.Keys {
		replace(k.Columns, c.Sub, c.To)
	}
	for _, f := range t.ForeignKeys {
		replace(f.Columns, c.Sub, c.To)
	}
	for _, k := range t.Checks {
		replace(k.NonZero, c.Sub, c.To)
	}
	for _, other := range r.d.Tables {
		for _, f := range other.ForeignKeys {
			if f.refersTo(t) {
				replace(f.RefColumns, c.Sub, c.To)
			}
		}
	}
}

// replace changes one name of a list in place. Lists of names belong to one object
// each, so no other object sees the change.
func replace(names []string, old, now string) {
	for i, n := range names {
		if n == old {
			names[i] = now
		}
	}
}

// move is SET SCHEMA. Everything that referred to the table refers to it still.
func (r *replay) move(c *sqltree.MoveObject) {
	to := defaultSchema(sqltree.ObjectName{Schema: c.Schema}).Schema
	if c.Kind == sqltree.FunctionObject {
		name := r.home(c.Name)
		for _, f := range r.d.Functions {
			if f.Schema == name.Schema && f.Name == name.Name && f.Takes(c.Types) {
				f.Was, f.Schema = append(f.Was, f.Name), to // expressions still mean it
			}
		}
		return
	}
	if t := r.table(c.Name); t != nil {
		r.rebind(t, to, t.Name)
	} else if v := r.view(c.Name); v != nil {
		v.Schema = to
	} else if !c.MissingOK && c.Kind == sqltree.TableObject {
		r.problem(c.Pos, these(c.Name), "table %s is moved, but it is not known here", fullName(c.Name.Schema, c.Name.Name))
	}
}
