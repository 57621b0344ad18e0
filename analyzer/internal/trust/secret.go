package trust

import (
	"slices"
	"strings"
)

// SecretColumn reports whether a column's name says that it holds a secret; hashes
// of content are none.
func (w *Words) SecretColumn(table, column string) bool {
	parts := Split(column)
	if w.Any(NoSecrets, parts) {
		return false
	}
	for i, x := range parts {
		switch {
		case w.Has(Secrets, x):
			return true
		case x == "key":
			if i > 0 && (parts[i-1] == "mask" || w.Has(KeysOfSecrets, parts[i-1])) || w.SecretTable(table) {
				return true
			}
		case x == "code":
			if w.SecretTable(table) {
				return true
			}
		}
	}
	return false
}

// SecretTable reports whether a table is about secrets, so that a bare key in it
// is one: sessions, invitations and resets are found by nothing else.
func (w *Words) SecretTable(name string) bool {
	if slices.ContainsFunc(Split(name), func(x string) bool { return w.Has(SecretTables, Singular(x)) }) {
		return true
	}
	return strings.HasSuffix(Norm(name), "apikeys") || strings.HasSuffix(Norm(name), "apikey")
}

// TokenColumn reports whether a column's name says that it holds a random secret.
// It is stricter than [Words.SecretColumn], for no key vouches for it: what people
// choose or type (passwords, short codes), what clients number (idempotency,
// pages, devices), what is shown (prefixes, masks, public keys) and hashes of
// content repeat.
func (w *Words) TokenColumn(table, column string) bool {
	parts := Split(column)
	if len(parts) == 0 || w.Any(Repeating, parts) {
		return false
	}
	last, before := parts[len(parts)-1], ""
	if len(parts) > 1 {
		before = parts[len(parts)-2]
	}
	switch {
	case w.Has(Tokens, last):
		return true
	case last == "key":
		return w.Has(KeysOfSecrets, before) || before == "" && w.SecretTable(table)
	case w.Has(Hashes, last):
		return w.Any(HashedSecrets, parts[:len(parts)-1]) || before == "" && w.SecretTable(table)
	}
	return false
}

// Credential reports whether a column's name says that it holds what a person
// proves to be somebody by: a password, a code, a secret, or its hash.
func (w *Words) Credential(table, column string) bool {
	return w.anyPart(Credentials, column) || w.SecretColumn(table, column)
}
