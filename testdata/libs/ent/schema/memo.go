package schema

import (
	"context"

	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// Memo is an entity with an interceptor and a hook.
type Memo struct{ ent.Schema }

// Fields of a Memo.
func (Memo) Fields() []ent.Field {
	return []ent.Field{field.String("org_id"), field.String("text")}
}

// Interceptors of a Memo.
func (Memo) Interceptors() []ent.Interceptor {
	return []ent.Interceptor{ent.InterceptFunc(func(next ent.Querier) ent.Querier {
		return ent.QuerierFunc(func(ctx context.Context, q ent.Query) (ent.Value, error) { return next.Query(ctx, q) })
	})}
}

// Hooks of a Memo.
func (Memo) Hooks() []ent.Hook {
	return []ent.Hook{func(next ent.Mutator) ent.Mutator { return next }}
}
