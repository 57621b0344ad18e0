package schema

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Objects beside tables matter for what they say of rows: a unique index makes
// a key, a view is a query over tables, a function or a trigger may write, and
// all of them go when what they stand on goes.

// createIndex records unique indexes, and what others evaluate. A partial or an
// expression index is recorded as such: what may be concluded from it is the
// proof's question.
func (r *replay) createIndex(c *sqltree.CreateIndex) {
	t := r.table(c.Table)
	if text := strings.TrimSpace(c.Text + " " + c.Where); t != nil && text != "" {
		t.Indexes = append(t.Indexes, &Index{Name: c.Name, Text: text})
	}
	if !c.Unique {
		return
	}
	if t == nil {
		if r.view(c.Table) == nil {
			r.problem(c.Pos, these(c.Table), "index on table %s, which is not known here", fullName(c.Table.Schema, c.Table.Name))
		}
		return
	}
	name := c.Name
	if name == "" {
		name = freeName(t, strings.Join(c.Columns, "_"), "idx")
	}
	if c.IfNotExists && t.hasName(name) {
		return
	}
	t.addKey(&Key{
		Position: r.position(c.Pos), Name: name, Columns: c.Columns, Expressions: c.Expressions,
		Where: c.Where, NullsNotDistinct: c.NullsNotDistinct,
	})
}

// createView adds a view, or replaces one of the same name. Its query stays text;
// only who proves a statement over it needs it parsed.
func (r *replay) createView(c *sqltree.CreateView) {
	name := r.home(c.Name)
	v := &View{
		Position: r.position(c.Pos), Schema: name.Schema, Name: name.Name, Columns: c.Columns,
		Query: c.Query, Materialized: c.Materialized, Invoker: c.Invoker,
	}
	if old := r.view(c.Name); old != nil {
		*old = *v
		return
	}
	r.d.Views = append(r.d.Views, v)
}

// createFunction adds a function, or replaces that of the same name and types.
func (r *replay) createFunction(c *sqltree.CreateFunction) {
	name := r.home(c.Name)
	f := &Function{
		Position: r.position(c.Pos), Schema: name.Schema, Name: name.Name, Language: c.Language,
		Args: c.Args, Body: c.Body, Definer: c.Definer, FixedPath: c.FixedPath, Sets: c.Sets, Trigger: c.Trigger, Aggregate: c.Aggregate,
		Signature: c.Signature,
	}
	for _, old := range r.d.Functions {
		if old.Schema == f.Schema && old.Name == f.Name && old.SameTypes(&f.Signature, len(old.Args), len(f.Args)) {
			*old = *f
			return
		}
	}
	r.d.Functions = append(r.d.Functions, f)
}

// createTrigger adds a trigger, or replaces that of the same name. Triggers matter
// because they can fill the tenant column, or write other rows.
func (r *replay) createTrigger(c *sqltree.CreateTrigger) {
	t := &Trigger{
		Position: r.position(c.Pos), Name: c.Name, Table: r.reference(c.Table), Function: c.Function,
		Before: c.Before, Events: c.Events, When: c.When, NewTable: c.NewTable, OldTable: c.OldTable,
	}
	r.dropTrigger(t.Table, t.Name)
	r.d.Triggers = append(r.d.Triggers, t)
}

// dropTrigger removes a trigger of a table, if there is one.
func (r *replay) dropTrigger(table, name string) {
	r.d.Triggers = slices.DeleteFunc(r.d.Triggers, func(t *Trigger) bool { return t.Table == table && t.Name == name })
}

// drop removes one object. What depends on it goes, too, whether CASCADE is
// written or not: without it the server would have refused the migration.
func (r *replay) drop(c *sqltree.DropObject) {
	switch c.Kind {
	case sqltree.TableObject:
		r.dropTable(c)
	case sqltree.ViewObject:
		if v := r.view(c.Name); v != nil {
			r.d.Views = slices.DeleteFunc(r.d.Views, func(x *View) bool { return x == v })
		}
	case sqltree.IndexObject:
		for _, t := range r.d.Tables {
			t.Keys = slices.DeleteFunc(t.Keys, func(k *Key) bool { return k.Name == c.Name.Name && r.sameSchema(c.Name, t) })
			t.Indexes = slices.DeleteFunc(t.Indexes, func(x *Index) bool { return x.Name == c.Name.Name && r.sameSchema(c.Name, t) })
		}
	case sqltree.FunctionObject:
		r.d.dropFunctions(r.home(c.Name), c.Types)
	case sqltree.TriggerObject:
		r.dropTrigger(r.reference(c.On), c.Name.Name)
	case sqltree.RuleObject:
		r.dropRule(r.reference(c.On), c.Name.Name)
	case sqltree.PolicyObject:
		if t := r.table(c.On); t != nil {
			t.dropPolicy(c.Name.Name)
		}
	case sqltree.SchemaObject:
		r.dropSchema(c.Name.Name)
	}
}

// dropFunctions removes the functions of a name, and with the last of them the triggers that run
// it and the policies that call it: without CASCADE the server would have refused the migration.
func (d *Diagram) dropFunctions(name sqltree.ObjectName, types []string) {
	var gone []*Function
	d.Functions = slices.DeleteFunc(d.Functions, func(f *Function) bool {
		is := f.Schema == name.Schema && f.Name == name.Name && f.Takes(types)
		if is {
			gone = append(gone, f)
		}
		return is
	})
	same := func(o *Function) bool { return o.Schema == name.Schema && o.Name == name.Name }
	if !slices.ContainsFunc(d.Functions, same) {
		d.Triggers = slices.DeleteFunc(d.Triggers, func(t *Trigger) bool { return t.runs(name) })
	}
	for _, f := range gone {
		if slices.ContainsFunc(d.Functions, func(o *Function) bool { return o.Name == f.Name }) {
			continue // the policies may call that
		}
		for _, t := range d.Tables {
			t.Security.Policies = slices.DeleteFunc(t.Security.Policies, func(p *Policy) bool { return p.calls(f) })
		}
	}
}

// runs reports whether a trigger runs the function of a name.
func (t *Trigger) runs(f sqltree.ObjectName) bool {
	schema, name, qualified := strings.Cut(t.Function, ".")
	if !qualified {
		return t.Function == f.Name
	}
	return name == f.Name && defaultSchema(sqltree.ObjectName{Schema: schema}).Schema == f.Schema
}

// sameSchema tells that a name, qualified or not, may live in a table's schema.
func (r *replay) sameSchema(n sqltree.ObjectName, t *Table) bool {
	return n.Schema == "" || defaultSchema(n).Schema == t.Schema
}

// dropTable is DROP TABLE. A table that was never seen hints at files that are
// missing or in another order, so it is said unless the statement allows for it.
func (r *replay) dropTable(c *sqltree.DropObject) {
	t := r.table(c.Name)
	if t == nil {
		if !c.MissingOK {
			r.problem(c.Pos, these(c.Name), "table %s is dropped, but it is not known here", fullName(c.Name.Schema, c.Name.Name))
		}
		return
	}
	r.forget(t)
}

// forget removes a table, its partitions, and what refers to it, so that a later
// table of the same name starts anew.
func (r *replay) forget(t *Table) {
	delete(r.tables, sqltree.ObjectName{Schema: t.Schema, Name: t.Name})
	r.d.Tables = slices.DeleteFunc(r.d.Tables, func(x *Table) bool { return x == t })
	full := t.FullName()
	r.d.Triggers = slices.DeleteFunc(r.d.Triggers, func(x *Trigger) bool { return x.Table == full })
	r.d.Rules = slices.DeleteFunc(r.d.Rules, func(x *Rule) bool { return x.Table == full })
	for _, other := range slices.Clone(r.d.Tables) {
		other.ForeignKeys = slices.DeleteFunc(other.ForeignKeys, func(f *ForeignKey) bool { return f.refersTo(t) })
		if other.PartitionOf == full {
			r.forget(other)
		}
	}
}

// dropSchema is DROP SCHEMA with all that is in it; resets of test databases and
// first migrations do this.
func (r *replay) dropSchema(name string) {
	name = defaultSchema(sqltree.ObjectName{Schema: name}).Schema
	for _, t := range slices.Clone(r.d.Tables) {
		if t.Schema == name {
			r.forget(t)
		}
	}
	r.d.Views = slices.DeleteFunc(r.d.Views, func(v *View) bool { return v.Schema == name })
	r.d.Functions = slices.DeleteFunc(r.d.Functions, func(f *Function) bool { return f.Schema == name })
}

// domain is the domain of a name, nil if there is none that evaluates anything.
func (d *Diagram) domain(name string) *Domain {
	i := slices.IndexFunc(d.Domains, func(x *Domain) bool { return x.Name == name })
	if i < 0 {
		return nil
	}
	return d.Domains[i]
}

// evaluates adds to what is evaluated of a domain a text, and all that is of the domain that
// it is made of.
func (d *Diagram) evaluates(name, text, of string) {
	if base := d.domain(bareType(of)); base != nil {
		text += " " + base.Text
	}
	if x := d.domain(name); x != nil {
		text = x.Text + " " + text
		x.Text = text
		return
	}
	d.Domains = append(d.Domains, &Domain{Name: name, Text: text})
}

// bareType is a type without its schema, and of an array that of its elements.
func bareType(name string) string {
	name = strings.TrimRight(name, "[]")
	return name[strings.LastIndexByte(name, '.')+1:]
}
