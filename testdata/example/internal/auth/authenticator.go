package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/google/uuid"
)

// ErrNotMember says that the user does not belong to the organization.
var ErrNotMember = errors.New("auth: not a member of the organization")

// Store looks up credentials and memberships.
type Store interface {
	OrganizationByKeyHash(ctx context.Context, hash string) (uuid.UUID, error)
	UserBySessionHash(ctx context.Context, hash string) (uuid.UUID, error)
	IsMember(ctx context.Context, user, org uuid.UUID) (bool, error)
}

// Authenticator turns credentials into a context that knows the caller.
type Authenticator struct {
	store Store
}

// NewAuthenticator returns an Authenticator that looks into store.
func NewAuthenticator(store Store) *Authenticator {
	return &Authenticator{store: store}
}

// APIKey accepts the secret of an API key: a key belongs to one organization,
// so the row that its hash finds says which one is active.
func (a *Authenticator) APIKey(ctx context.Context, secret string) (context.Context, error) {
	org, err := a.store.OrganizationByKeyHash(ctx, hash(secret))
	if err != nil {
		return nil, err
	}
	return WithOrganization(ctx, org), nil
}

// Session accepts the token of a session: it says who the user is, but not yet
// for which of their organizations they act.
func (a *Authenticator) Session(ctx context.Context, token string) (context.Context, error) {
	user, err := a.store.UserBySessionHash(ctx, hash(token))
	if err != nil {
		return nil, err
	}
	return WithUser(ctx, user), nil
}

// Activate makes org the active organization if the authenticated user is a
// member of it. The client chose org; the membership makes it trustworthy.
func (a *Authenticator) Activate(ctx context.Context, org uuid.UUID) (context.Context, error) {
	user, err := UserFromContext(ctx)
	if err != nil {
		return nil, err
	}
	member, err := a.store.IsMember(ctx, user, org)
	if err != nil {
		return nil, err
	}
	if !member {
		return nil, ErrNotMember
	}
	return WithOrganization(ctx, org), nil
}

func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
