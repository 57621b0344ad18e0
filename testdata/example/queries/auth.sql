-- name: OrganizationByKeyHash :one
-- The hash of a secret names one row: a credential look-up, fine without a tenant.
SELECT organization_id FROM api_keys
WHERE key_hash = $1 AND revoked_at IS NULL;

-- name: UserBySessionHash :one
SELECT user_id FROM sessions
WHERE token_hash = $1 AND expires_at > now();

-- name: IsMember :one
SELECT EXISTS (
    SELECT 1 FROM memberships
    WHERE user_id = $1 AND organization_id = $2
);
