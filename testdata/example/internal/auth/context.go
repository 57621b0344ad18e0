// Package auth tells who is calling and for which organization, and keeps both
// in the request's context, where nothing that the client sends can reach them.
package auth

import (
	"context"
	"errors"

	"github.com/google/uuid"
)

// The errors of the accessors. Both must end the request with a 401.
var (
	ErrNoOrganization = errors.New("auth: no organization in context")
	ErrNoUser         = errors.New("auth: no user in context")
)

type (
	organizationKey struct{}
	userKey         struct{}
)

// WithOrganization puts the active organization into the context. Only an
// organization that the caller was shown to belong to may be put here.
func WithOrganization(ctx context.Context, org uuid.UUID) context.Context {
	return context.WithValue(ctx, organizationKey{}, org)
}

// OrgFromContext returns the active organization, or uuid.Nil and
// ErrNoOrganization if there is none.
func OrgFromContext(ctx context.Context) (uuid.UUID, error) {
	org, ok := ctx.Value(organizationKey{}).(uuid.UUID)
	if !ok {
		return uuid.Nil, ErrNoOrganization
	}
	return org, nil
}

// WithUser puts the authenticated user into the context.
func WithUser(ctx context.Context, user uuid.UUID) context.Context {
	return context.WithValue(ctx, userKey{}, user)
}

// UserFromContext returns the authenticated user, or ErrNoUser.
func UserFromContext(ctx context.Context) (uuid.UUID, error) {
	user, ok := ctx.Value(userKey{}).(uuid.UUID)
	if !ok {
		return uuid.Nil, ErrNoUser
	}
	return user, nil
}
