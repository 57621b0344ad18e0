// Package tenant keeps the caller's organization.
package tenant

import "context"

type key struct{}

// With puts the organization of the caller into the context.
func With(ctx context.Context, org string) context.Context {
	return context.WithValue(ctx, key{}, org)
}

// OrgFromContext is the caller's organization.
func OrgFromContext(ctx context.Context) string {
	org, ok := ctx.Value(key{}).(string)
	if !ok || org == "" {
		panic("no organization")
	}
	return org
}
