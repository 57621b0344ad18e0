// Package trust is what names may say: every word by which a table, a column, a
// function or a value is taken for something, and the questions that are asked
// of them. The words are data, words.yaml beside this file; no other package
// has a list of them, and a file of the user's is merged and wins.
//
// Terms. A *word* is a part of a name between case changes and separators, in
// lower case. A *list* is the words that say one thing ([List]). Lists of one
// *idea* say different things of the same subject, so no word stands in two of
// them. A *fixed* list is read before the settings are: by the compiler of
// packages, which knows none, and by the search for the schema.
//
// Invariant: a name may begin a question; it never ends one. What rests on a
// name alone is soft, and who reads a verdict sees it.
//
// It cannot see what a thing is, only what it is called, in English. It compares
// words and not parts of words, because "organ" is no organization.
package trust

import (
	"slices"
	"strings"
	"sync"
)

// List names a list of words.
type List string

// The lists; words.yaml says what a word of each means.
const (
	Tenants            List = "tenants"
	LikelyTenants      List = "likely tenants"
	PerhapsTenants     List = "perhaps tenants"
	IDs                List = "ids"
	SecondIDs          List = "second ids"
	Enumerations       List = "enumerations"
	Fillers            List = "fillers"
	People             List = "people"
	Principals         List = "principals"
	CompoundUsers      List = "compound users"
	Users              List = "users"
	PeopleWithAddress  List = "people with an address"
	Callers            List = "callers"
	UserIDs            List = "user ids"
	UserNames          List = "user names"
	UserKeys           List = "user keys"
	PersonNames        List = "person names"
	Addresses          List = "addresses"
	Actors             List = "actors"
	Memberships        List = "memberships"
	PartsOfMemberships List = "parts of memberships"
	Outsiders          List = "outsiders"
	Logins             List = "logins"
	Secrets            List = "secrets"
	Credentials        List = "credentials"
	Contents           List = "contents"
	NoSecrets          List = "no secrets"
	States             List = "states"
	SecretTables       List = "secret tables"
	Tokens             List = "tokens"
	Hashes             List = "hashes"
	HashedSecrets      List = "hashed secrets"
	KeysOfSecrets      List = "keys of secrets"
	Repeating          List = "repeating"
	Claims             List = "claims"
	Accessors          List = "accessors"
	NoAccessors        List = "no accessors"
	OneTenantSettings  List = "one tenant"
	Listening          List = "listening"
	Errors             List = "errors"
	Access             List = "access"
	Tests              List = "tests"
	Form               List = "form"
	Supreme            List = "supreme"
	Wide               List = "wide"
	Admins             List = "admins"
	Rulers             List = "rulers"
	FoldersAside       List = "folders aside"
	Addressed          List = "addressed"
	Handles            List = "handles"
	Conversions        List = "conversions"
)

// Words are all lists. They are immutable once loaded; nil stands for the
// built-in ones.
type Words struct {
	lists map[List]*list
	order []List                  // as in the file
	nouns map[string]string       // spelling to noun
	ranks map[List]map[string]int // of words, with those that a list takes over, from 1
}

// list is one list with all that its file says of it.
type list struct {
	name  List
	means string
	idea  string
	fixed bool
	words []string // in order, without those of the lists in also
	also  []List
	lines map[string]int // of words
	line  int
}

// builtin is the data of this package, read once.
var builtin = sync.OnceValue(func() *Words {
	w, err := load("words.yaml", embedded)
	if err != nil {
		panic(err) // impossible in a released binary: the tests read the same file
	}
	return w
})

// Builtin are the words without a file of the user's.
func Builtin() *Words { return builtin() }

// Has reports whether a word stands in a list, or in one that the list takes
// over.
func (w *Words) Has(name List, word string) bool { return w.Rank(name, word) > 0 }

// Any reports whether one of several words stands in a list.
func (w *Words) Any(name List, words []string) bool {
	return slices.ContainsFunc(words, func(x string) bool { return w.Has(name, x) })
}

// Rank is the place of a word in a list, counted from 1; 0 if it has none.
func (w *Words) Rank(name List, word string) int {
	return w.orBuiltin().ranks[name][word]
}

// All are the words of a list, in order, those that it takes over last.
func (w *Words) All(name List) []string {
	w = w.orBuiltin()
	return w.whole(w.lists[name])
}

// whole are the words of a list with those of the lists that it takes over.
func (w *Words) whole(l *list) []string {
	out := slices.Clone(l.words)
	for _, n := range l.also {
		out = append(out, w.whole(w.lists[n])...)
	}
	return out
}

// orBuiltin is w, or the built-in words for nil.
func (w *Words) orBuiltin() *Words {
	if w == nil {
		return Builtin()
	}
	return w
}

// Noun folds the spellings of one noun, so that org_id and organisation_id are
// one candidate.
func (w *Words) Noun(spelling string) string {
	w = w.orBuiltin()
	if noun, ok := w.nouns[spelling]; ok {
		return noun
	}
	return spelling
}

// Spellings are the ways in which the noun behind a word is written, the noun
// first, the others sorted.
func (w *Words) Spellings(word string) []string {
	w = w.orBuiltin()
	noun := w.Noun(word)
	var out []string
	for spelling, n := range w.nouns {
		if n == noun {
			out = append(out, spelling)
		}
	}
	slices.Sort(out)
	return append([]string{noun}, out...)
}

// anyPart reports whether a name has a word of a list.
func (w *Words) anyPart(name List, of string) bool { return w.Any(name, Split(of)) }

// lastPart is a symbol without the path of its package: auth.OrgFromContext.
func lastPart(symbol string) string { return symbol[strings.LastIndexByte(symbol, '/')+1:] }

// bareName is the last name of a symbol: OrgFromContext.
func bareName(symbol string) string { return symbol[strings.LastIndexByte(symbol, '.')+1:] }
