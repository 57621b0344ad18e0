package schema

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A table is made in the same order of steps as by the server, since each step
// may name what the one before has made.

// createTable is CREATE TABLE. LIKE comes first, as its columns do; constraints
// come last, because they may name any column. Of two definitions the first stays,
// as on the server; the second is a problem, because two databases may have been
// mixed.
func (r *replay) createTable(c *sqltree.CreateTable) {
	name := r.home(c.Name)
	if r.tables[name] != nil {
		if !c.IfNotExists {
			r.problem(c.Pos, these(name), "table %s is defined a second time; the first definition stays", fullName(name.Schema, name.Name))
		}
		return
	}
	t := &Table{Position: r.position(c.Pos), Schema: name.Schema, Name: name.Name, PartitionBy: c.PartitionBy}
	if c.PartitionOf.Name != "" {
		t.PartitionOf = r.reference(c.PartitionOf)
	}
	for _, p := range c.Inherits {
		t.Inherits = append(t.Inherits, r.reference(p))
	}
	r.tables[name] = t
	r.d.Tables = append(r.d.Tables, t)
	// It lives as long as its file, and may hide a table of its name until then.
	if c.Temporary {
		r.temp = append(r.temp, t)
	}
	for _, like := range c.Likes {
		r.like(t, like, c.Pos)
	}
	for i := range c.Columns {
		r.addColumn(t, &c.Columns[i])
	}
	for _, col := range c.Query {
		r.asColumn(t, col, c.Pos)
	}
	for i := range c.Constraints {
		r.constrain(t, &c.Constraints[i])
	}
}

// reference is the full name of a table that is referred to; where it is not known
// yet, the name that it would have.
func (r *replay) reference(n sqltree.ObjectName) string {
	if t := r.table(n); t != nil {
		return t.FullName()
	}
	n = r.home(n)
	return fullName(n.Schema, n.Name)
}

// addColumn appends a column; one of a domain has the domain's type, so that
// ids of one kind compare whatever their domains are called.
func (r *replay) addColumn(t *Table, def *sqltree.ColumnDef) {
	if t.Column(def.Name) != nil {
		return
	}
	c := &Column{
		Position: r.position(def.Pos), Name: def.Name, Type: def.Type, NotNull: def.NotNull,
		Default: def.Default, Identity: def.Identity, Generated: def.Generated, Computed: def.Computed,
	}
	if d := r.domains[c.Type]; d != nil {
		c.Type, c.NotNull = d.Type, c.NotNull || d.NotNull
	}
	if name := bareType(def.Type); r.d.domain(name) != nil {
		c.Domain = name
	}
	t.Columns = append(t.Columns, c)
}

// like copies what LIKE copies: columns with NOT NULL always, the rest as said.
// Foreign keys are never copied, so a copy may have lost its owner.
func (r *replay) like(t *Table, like sqltree.LikeDef, pos sqltree.Pos) {
	from := r.table(like.Table)
	if from == nil {
		r.problem(pos, t.hidden(), "table %s, which %s copies, is not known here", like.Table.Name, t.Name)
		return
	}
	t.copies(from)
	for _, c := range from.Columns {
		copied := &Column{Position: r.position(pos), Name: c.Name, Type: c.Type, NotNull: c.NotNull}
		if like.Defaults {
			copied.Default = c.Default
		}
		copied.Computed, copied.Domain = c.Computed, c.Domain
		copied.Identity = c.Identity && (like.Identity || like.Defaults)
		t.Columns = append(t.Columns, copied)
	}
	for _, k := range from.Checks { // copied or not: they may be
		t.Checks = append(t.Checks, &Check{Name: k.Name, Text: k.Text})
	}
	if !like.Indexes {
		return
	}
	for _, x := range from.Indexes {
		t.Indexes = append(t.Indexes, &Index{Text: x.Text})
	}
	for _, k := range from.Keys {
		label := "key"
		if k.Primary {
			label = "pkey"
		}
		copied := *k
		copied.Position, copied.Name = r.position(pos), freeName(t, "", label)
		copied.Columns = slices.Clone(k.Columns)
		t.Keys = append(t.Keys, &copied)
	}
}

// asColumn adds what CREATE TABLE AS shows; types are known where a column is
// copied as it is. Keys and NOT NULL are not copied, as on the server.
func (r *replay) asColumn(t *Table, col sqltree.AsColumn, pos sqltree.Pos) {
	from := r.table(col.From)
	if !col.Star {
		c := &Column{Position: r.position(pos), Name: col.Name}
		if from != nil {
			t.copies(from)
			if src := from.Column(col.Column); src != nil {
				c.Type = src.Type
			}
		}
		t.Columns = append(t.Columns, c)
		return
	}
	if from == nil {
		r.problem(pos, t.hidden(), "columns of %s come from %s, which is not known here", t.Name, col.From.Name)
		return
	}
	t.copies(from)
	for _, c := range from.Columns {
		if t.Column(c.Name) == nil {
			t.Columns = append(t.Columns, &Column{Position: r.position(pos), Name: c.Name, Type: c.Type})
		}
	}
}

// copies records a table that t was made from.
func (t *Table) copies(from *Table) {
	if !slices.Contains(t.Copies, from.FullName()) {
		t.Copies = append(t.Copies, from.FullName())
	}
}

// constrain adds a key, a foreign key, a check or an exclusion. A foreign key to a table that is not known yet is kept by name,
// and noted at the end if it never appears.
func (r *replay) constrain(t *Table, c *sqltree.ConstraintDef) {
	switch c.Kind {
	case sqltree.PrimaryKey, sqltree.UniqueKey:
		if c.Index != "" {
			r.promoteIndex(t, c)
			return
		}
		k := &Key{Position: r.position(c.Pos), Name: constraintName(t, c), Columns: c.Columns, Primary: c.Kind == sqltree.PrimaryKey, NullsNotDistinct: c.NullsNotDistinct}
		if c.MayBeNull {
			t.Keys = append(t.Keys, k)
			return
		}
		t.addKey(k)
	case sqltree.ForeignKey:
		f := &ForeignKey{
			Position: r.position(c.Pos), Name: constraintName(t, c), Columns: c.Columns,
			RefColumns: c.RefColumns, OnDelete: c.OnDelete, OnUpdate: c.OnUpdate, MatchFull: c.MatchFull, NotValid: c.NotValid,
		}
		ref := r.home(c.RefTable)
		if found := r.table(c.RefTable); found != nil {
			ref = sqltree.ObjectName{Schema: found.Schema, Name: found.Name}
		}
		f.RefSchema, f.RefTable = ref.Schema, ref.Name
		t.ForeignKeys = append(t.ForeignKeys, f)
	case sqltree.CheckConstraint, sqltree.OtherConstraint:
		if len(c.NonZero) > 0 || c.Text != "" {
			t.Checks = append(t.Checks, &Check{Name: constraintName(t, c), Text: c.Text, NonZero: c.NonZero, NotValid: c.NotValid})
		}
	}
}

// addKey adds a key; columns of a primary key are NOT NULL from then on, and stay
// so when the key is dropped, as on the server.
func (t *Table) addKey(k *Key) {
	t.Keys = append(t.Keys, k)
	if !k.Primary {
		return
	}
	for _, name := range k.Columns {
		if c := t.Column(name); c != nil {
			c.NotNull = true
		}
	}
}

// promoteIndex makes a unique index the constraint that ADD CONSTRAINT … USING
// INDEX names; the index takes the constraint's name. Back-fills of large tables
// make their keys in this way.
func (r *replay) promoteIndex(t *Table, c *sqltree.ConstraintDef) {
	for _, k := range t.Keys {
		if k.Name != c.Index {
			continue
		}
		t.Keys = slices.DeleteFunc(t.Keys, func(x *Key) bool { return x == k })
		k.Primary = c.Kind == sqltree.PrimaryKey
		if c.Name != "" {
			k.Name = c.Name
		}
		t.addKey(k)
		return
	}
	r.problem(c.Pos, Hides{}, "unique index %s of table %s is not known here", c.Index, t.FullName())
}
