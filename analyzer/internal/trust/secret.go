package trust

import (
	"slices"
	"strings"
)

// SecretColumn reports whether a column's name says that it holds a secret. The
// hash of content, or of what can be guessed (an address, a URL), is none.
func (w *Words) SecretColumn(table, column string) bool {
	parts := Split(column)
	if w.Any(NoSecrets, parts) {
		return false
	}
	for i, x := range parts {
		switch {
		case w.Has(Hashes, x):
			if w.Any(HashedSecrets, parts) || w.SecretTable(table) {
				return true
			}
		case w.Has(Secrets, x):
			return true
		case x == "key":
			if i > 0 && (parts[i-1] == "mask" || w.Has(KeysOfSecrets, parts[i-1])) || w.SecretTable(table) {
				return true
			}
		case x == "value":
			if w.valueOfToken(table, parts) {
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

// PlainSecret reports whether the name of a column leaves little doubt that a
// unique key of it is one of a secret: a token, the hash of a secret, an API key.
// That of other secrets (a code of a table of sessions) suggests it only.
func (w *Words) PlainSecret(table, column string) bool {
	if column := Norm(column); column == "key" {
		return strings.HasSuffix(Norm(table), "apikeys") || strings.HasSuffix(Norm(table), "apikey")
	}
	return w.TokenColumn(table, column)
}

// SecretTable reports whether a table is about secrets, so that a bare key in it
// is one: sessions, invitations and resets are found by nothing else.
func (w *Words) SecretTable(name string) bool {
	if slices.ContainsFunc(Split(name), func(x string) bool { return w.Has(SecretTables, Singular(x)) }) {
		return true
	}
	return strings.HasSuffix(Norm(name), "apikeys") || strings.HasSuffix(Norm(name), "apikey")
}

// valueOfToken reports whether a column is the bare value of a row that is a token.
func (w *Words) valueOfToken(table string, column []string) bool {
	words := Split(table)
	return len(column) == 1 && len(words) > 0 && w.Has(Tokens, Singular(words[len(words)-1]))
}

// TokenColumn reports whether a column's name says that it holds a random secret.
// It is stricter than [Words.SecretColumn], for no key vouches for it: what people
// choose or type (passwords, short codes), what clients number (idempotency,
// pages, devices), what is shown (prefixes, masks, public keys) and hashes of
// content repeat.
func (w *Words) TokenColumn(table, column string) bool {
	parts := Split(column)
	if len(parts) == 0 || w.Any(Repeating, w.withoutPurpose(parts)) {
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
	case last == "state":
		return w.Has(States, before) || before == "" && w.keepsStates(table)
	case last == "value":
		return w.valueOfToken(table, parts)
	case w.Has(Hashes, last):
		return w.Any(HashedSecrets, parts[:len(parts)-1]) || before == "" && w.SecretTable(table)
	}
	return false
}

// keepsStates reports whether a table is of log-ins that are under way: oauth_states.
func (w *Words) keepsStates(table string) bool {
	words := Split(table)
	n := len(words)
	return n > 1 && Singular(words[n-1]) == "state" && w.Has(States, words[n-2])
}

// withoutPurpose are the words of a name without what it is the secret for: the token that
// resets a password is none.
func (w *Words) withoutPurpose(parts []string) []string {
	if len(parts) < 3 || !w.Has(KeysOfSecrets, parts[len(parts)-2]) {
		return parts
	}
	return slices.DeleteFunc(slices.Clone(parts), func(x string) bool { return w.Has(Credentials, x) })
}

// HashOfSecret reports whether a column's name says that it holds the hash of a
// secret. Nobody keeps hashes of what is not one under such a name.
func (w *Words) HashOfSecret(column string) bool {
	parts := Split(column)
	return len(parts) > 0 && w.Has(Hashes, parts[len(parts)-1]) && w.Any(HashedSecrets, parts)
}

// Credential reports whether a column's name says that it holds what a person
// proves to be somebody by: a password, a code, a secret, or its hash.
func (w *Words) Credential(table, column string) bool {
	return w.anyPart(Credentials, column) || w.SecretColumn(table, column)
}

// ShownByAddress reports whether a row of a table that is found by a key is one that is shown
// to whoever has its address, by their names: shares.id, asset_embed_tokens.id, lists.public_id.
func (w *Words) ShownByAddress(table, column string) bool {
	table = table[strings.LastIndexByte(table, '.')+1:]
	return slices.ContainsFunc(slices.Concat(Split(table), Split(column)), func(word string) bool {
		return w.Has(Addressed, Singular(word))
	})
}
