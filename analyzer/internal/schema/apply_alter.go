package schema

import (
	"fmt"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// ALTER TABLE is where most of a schema's history is. Each action changes the
// diagram as the server would change its catalogue; an action that finds
// nothing to change is a problem, because then an earlier file is missing or
// was read wrongly.

// alterTable is ALTER TABLE. The server also takes views there, which have
// nothing that a diagram would change.
func (r *replay) alterTable(a *sqltree.AlterTable) {
	t := r.table(a.Table)
	if t == nil {
		r.ownView(a)
		if !onlySecurity(a.Actions) && r.view(a.Table) == nil && (!a.MissingOK || r.namesake(a.Table)) {
			r.problem(a.Pos, these(a.Table), "table %s is altered, but it is not known here", fullName(a.Table.Schema, a.Table.Name))
		}
		return
	}
	for _, act := range a.Actions {
		r.alter(t, act, a.Pos)
	}
}

// ownView is OWNER TO of a view.
func (r *replay) ownView(a *sqltree.AlterTable) {
	v := r.view(a.Table)
	for _, act := range a.Actions {
		if c, ok := act.(*sqltree.ChangeOwner); ok && v != nil {
			v.OwnedBy = c.Role
		}
	}
}

// onlySecurity reports whether actions say who may see rows, and nothing of the table:
// of sequences, too, the grammar has them as ALTER TABLE.
func onlySecurity(actions []sqltree.TableAction) bool {
	return !slices.ContainsFunc(actions, func(a sqltree.TableAction) bool {
		switch a.(type) {
		case *sqltree.ChangeOwner, *sqltree.RowSecurity:
			return false
		}
		return true
	})
}

// alter applies one action; pos is that of the whole statement, since most actions
// carry none. Constraints are dropped by name only, as the server does: that is
// why those without a name are given the server's.
func (r *replay) alter(t *Table, act sqltree.TableAction, pos sqltree.Pos) {
	switch a := act.(type) {
	case *sqltree.AddColumn:
		r.alterAdd(t, a)
	case *sqltree.DropColumn:
		r.maybeDropped(t, a.Name, pos)
		r.dropColumn(t, a.Name)
	case *sqltree.AlterColumn:
		r.alterColumn(t, a, pos)
	case *sqltree.AddConstraint:
		r.constrain(t, &a.Constraint)
	case *sqltree.DropConstraint:
		t.Keys = slices.DeleteFunc(t.Keys, func(k *Key) bool { return k.Name == a.Name })
		t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(f *ForeignKey) bool { return f.Name == a.Name })
		t.Checks = slices.DeleteFunc(t.Checks, func(c *Check) bool { return c.Name == a.Name })
	case *sqltree.ValidateConstraint:
		for _, c := range t.Checks {
			c.NotValid = c.NotValid && c.Name != a.Name
		}
		for _, f := range t.ForeignKeys {
			if f.Name == a.Name {
				f.NotValid = false
			}
		}
	case *sqltree.AttachPartition:
		r.attach(t, a, pos)
	case *sqltree.SetParent:
		r.setParent(t, a)
	case *sqltree.RowSecurity:
		r.rowSecurity(t, a, pos)
	case *sqltree.ChangeOwner:
		t.OwnedBy = a.Role
	}
}

// alterAdd is ADD COLUMN; where the column is there already, its constraints are,
// too. A second definition without IF NOT EXISTS would fail on the server, so the
// files are not those of one database, or not in this order: that is worth a line.
func (r *replay) alterAdd(t *Table, a *sqltree.AddColumn) {
	if t.Column(a.Column.Name) != nil {
		if !a.IfNotExists {
			r.problem(a.Column.Pos, Hides{Tables: []string{t.FullName()}, Column: a.Column.Name}, "column %s of table %s is added a second time", a.Column.Name, t.FullName())
		}
		return
	}
	r.addColumn(t, &a.Column)
	for i := range a.Constraints {
		r.constrain(t, &a.Constraints[i])
	}
}

// maybeDropped tells of a column that a DO block drops under a condition: where it
// decides whose the table is, the files do not say.
func (r *replay) maybeDropped(t *Table, name string, pos sqltree.Pos) {
	if !r.maybe || t.Column(name) == nil {
		return
	}
	h := Hides{Tables: []string{t.FullName()}, Column: name, Quiet: true}
	if slices.ContainsFunc(t.ForeignKeys, func(f *ForeignKey) bool { return slices.Contains(f.Columns, name) }) {
		h = t.hidden()
	}
	r.d.Problems = append(r.d.Problems, Problem{
		Position: r.position(pos), Hides: h,
		Message: fmt.Sprintf("column %s of table %s is dropped under a condition", name, t.FullName()),
	})
}

// namesake reports whether a table of that name is known in another schema: then
// IF EXISTS may be about that one.
func (r *replay) namesake(n sqltree.ObjectName) bool {
	return slices.ContainsFunc(r.d.Tables, func(t *Table) bool { return t.Name == n.Name })
}

// dropColumn drops a column with every key that holds it, here and in the tables
// that refer to it, as the server does with CASCADE; without it the server would
// have refused the migration, had there been any.
func (r *replay) dropColumn(t *Table, name string) {
	t.Columns = slices.DeleteFunc(t.Columns, func(c *Column) bool { return c.Name == name })
	t.Keys = slices.DeleteFunc(t.Keys, func(k *Key) bool { return slices.Contains(k.Columns, name) })
	t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(f *ForeignKey) bool { return slices.Contains(f.Columns, name) })
	for _, other := range r.d.Tables {
		other.ForeignKeys = slices.DeleteFunc(other.ForeignKeys, func(f *ForeignKey) bool {
			return f.refersTo(t) && slices.Contains(f.RefColumns, name)
		})
	}
}

// refersTo tells that a foreign key refers to a table. References are by name,
// since a migration may refer to what a later file defines.
func (f *ForeignKey) refersTo(t *Table) bool {
	return f.RefSchema == t.Schema && f.RefTable == t.Name
}

// alterColumn changes what the action names of a column. Columns that a heir or
// partition has from its parent come last of all, so that here they may be
// missing without a problem.
func (r *replay) alterColumn(t *Table, a *sqltree.AlterColumn, pos sqltree.Pos) {
	c := t.Column(a.Name)
	if c == nil {
		if t.PartitionOf == "" && len(t.Inherits) == 0 {
			r.problem(pos, Hides{Tables: []string{t.FullName()}, Column: a.Name}, "column %s of table %s is altered, but it is not known here", a.Name, t.FullName())
		}
		return
	}
	if a.NotNull != nil {
		c.NotNull = *a.NotNull
	}
	if a.Default != nil {
		c.Default = *a.Default
	}
	if a.Computed != "" {
		c.Computed = a.Computed
	}
	if a.Identity != nil {
		c.Identity = *a.Identity
	}
	if a.Type != "" {
		c.Type = a.Type
		// Types are compared by what they hold, so a domain is what it stands for.
		if d := r.domains[a.Type]; d != nil {
			c.Type = d.Type
		}
	}
}

// attach makes a table a partition, or none. A detached one keeps the columns that
// it had as a partition. That the partition is unknown is a problem: its rows
// would be nobody's.
func (r *replay) attach(t *Table, a *sqltree.AttachPartition, pos sqltree.Pos) {
	p := r.table(a.Partition)
	switch {
	case p == nil:
		r.problem(pos, these(a.Partition), "partition %s is not known here", a.Partition.Name)
	case a.Detach:
		inheritColumns(p, t)
		p.PartitionOf = ""
	default:
		p.PartitionOf = t.FullName()
	}
}

// setParent is INHERIT and NO INHERIT; a table that leaves its parent keeps the
// columns, as a row of it keeps its values.
func (r *replay) setParent(t *Table, a *sqltree.SetParent) {
	name := r.reference(a.Parent)
	if !a.Drop {
		t.Inherits = append(t.Inherits, name)
		return
	}
	if parent := r.table(a.Parent); parent != nil {
		inheritColumns(t, parent)
	}
	t.Inherits = slices.DeleteFunc(t.Inherits, func(n string) bool { return n == name })
}
