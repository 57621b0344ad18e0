package trust

import (
	"slices"
	"strings"
)

// Person reports whether a noun is one of people. "member" and "account" are
// not: they are as often a join and a tenant.
func (w *Words) Person(noun string) bool {
	return w.Has(People, noun) && !w.Has(PeopleWithAddress, noun)
}

// PrincipalRank tells how much the table of a noun looks like that of the users, 0
// not at all. A table of that name that knows how people log in beats all that do
// not; without an address or password only the plainest names count.
func (w *Words) PrincipalRank(table, noun string, address bool) int {
	rank := w.Rank(People, noun)
	switch {
	case rank > 0 && address:
		return rank + len(w.All(People))
	case rank > 0 && w.Person(noun):
		return rank
	case rank > 0:
		return 0 // accounts and members without an address are something else
	}
	if parts := Split(table); address && len(parts) > 1 && Singular(parts[len(parts)-1]) == "user" {
		return 1
	}
	return 0
}

// Address reports whether a column's name says that its table knows how a person
// logs in: an address, a name, a password, or the subject of an identity provider.
func (w *Words) Address(column string) bool {
	n := Norm(column)
	return w.Has(Addresses, n) || strings.HasPrefix(n, "password") || strings.HasSuffix(n, "subject")
}

// PersonalAddress reports whether a column is called like the e-mail address of a
// person: email, customer_email.
func (w *Words) PersonalAddress(column string) bool {
	parts := Split(column)
	return len(parts) > 0 && parts[len(parts)-1] == "email"
}

// NamesPerson reports whether a column is called like what people name themselves
// by.
func (w *Words) NamesPerson(column string) bool { return w.anyPart(PersonNames, column) }

// Actor reports whether a column records who did something. It refers to users
// and says nothing of whose the row is.
func (w *Words) Actor(column string) bool {
	parts := Split(column)
	return len(parts) > 0 && (slices.Contains(parts, "by") || w.Has(Actors, parts[0]))
}

// Member reports whether a table's name says that it joins people to something;
// words that say "not yet" or "no more" undo it.
func (w *Words) Member(table string) bool {
	parts := Split(table)
	if len(parts) == 0 || w.Any(Outsiders, parts) {
		return false
	}
	last := Singular(parts[len(parts)-1])
	switch {
	case w.Has(Memberships, last):
		return true
	case last == "user":
		return len(parts) > 1
	case w.Has(PartsOfMemberships, last):
		return len(parts) > 1 && (slices.Contains(parts, "membership") || slices.Contains(parts, "member"))
	}
	return len(parts) > 1 && Singular(parts[0]) == "user" && w.Class(w.Noun(last)) < Unlisted
}

// LogsIn reports whether the name of a function, or of its type, says that people
// prove there who they are. That of its package does not count.
func (w *Words) LogsIn(symbol string) bool {
	parts := Split(withoutPackage(symbol))
	for i, x := range parts {
		if w.Has(Logins, x) || i > 0 && w.Has(Logins, parts[i-1]+x) {
			return true
		}
	}
	return false
}
