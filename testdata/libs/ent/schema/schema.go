// Package schema is the schema that the code is generated from.
package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Org is a tenant.
type Org struct{ ent.Schema }

// Fields of an Org.
func (Org) Fields() []ent.Field {
	return []ent.Field{field.String("id"), field.String("name").Unique()}
}

// Edges of an Org.
func (Org) Edges() []ent.Edge {
	return []ent.Edge{edge.To("users", User.Type), edge.To("invoices", Invoice.Type)}
}

// User is a person of one tenant.
type User struct{ ent.Schema }

// Fields of a User.
func (User) Fields() []ent.Field {
	return []ent.Field{field.String("org_id"), field.String("email"), field.Bool("admin").Default(false)}
}

// Edges of a User.
func (User) Edges() []ent.Edge {
	return []ent.Edge{edge.From("org", Org.Type).Ref("users").Field("org_id").Unique().Required()}
}

// Invoice has lines, tags and a parent.
type Invoice struct{ ent.Schema }

// Fields of an Invoice.
func (Invoice) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.String("org_id"),
		field.String("number"),
		field.Enum("status").Values("draft", "sent").Default("draft"),
		field.String("note").Optional().Nillable(),
		field.Int("total").Optional(),
		field.Time("created_at").Default(time.Now),
	}
}

// Edges of an Invoice.
func (Invoice) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("org", Org.Type).Ref("invoices").Field("org_id").Unique().Required(),
		edge.To("lines", Line.Type),
		edge.To("tags", Tag.Type),
		edge.To("children", Invoice.Type).From("parent").Unique(),
	}
}

// Indexes of an Invoice.
func (Invoice) Indexes() []ent.Index {
	return []ent.Index{index.Fields("org_id", "number").Unique()}
}

// Line is a part of an invoice, and has no tenant of its own.
type Line struct{ ent.Schema }

// Fields of a Line.
func (Line) Fields() []ent.Field {
	return []ent.Field{field.Int("amount")}
}

// Edges of a Line.
func (Line) Edges() []ent.Edge {
	return []ent.Edge{edge.From("invoice", Invoice.Type).Ref("lines").Unique().Required()}
}

// Tag is put on invoices.
type Tag struct{ ent.Schema }

// Fields of a Tag.
func (Tag) Fields() []ent.Field {
	return []ent.Field{field.String("org_id"), field.String("name")}
}

// Edges of a Tag.
func (Tag) Edges() []ent.Edge {
	return []ent.Edge{edge.From("invoices", Invoice.Type).Ref("tags")}
}
