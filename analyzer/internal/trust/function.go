package trust

import (
	"slices"
	"strings"
)

// SpeaksOfAccess reports whether a function's name says that it decides access,
// whatever it is handed.
func SpeaksOfAccess(symbol string) bool { return decides(symbol, Access) }

// MayDecide reports whether a function's name says that it may decide access to
// what it is handed. Compile keeps the calls of such functions of libraries that
// have no model; link asks a person about them.
func MayDecide(symbol string) bool { return decides(symbol, Access, Tests) }

// decides reports whether the name without its path has a word of the lists, and
// none by which it looks at form.
func decides(symbol string, lists ...List) bool {
	parts := Split(lastPart(symbol))
	w := Builtin()
	return slices.ContainsFunc(lists, func(l List) bool { return w.Any(l, parts) }) && !w.Any(Form, parts)
}

// ErrorVariable reports whether a package variable's first word says that it holds
// an error: ErrNotFound, and not errorMode.
func ErrorVariable(symbol string) bool {
	parts := Split(bareName(symbol))
	return len(parts) > 0 && Builtin().Has(Errors, parts[0])
}

// Listens reports whether a library's function is called like one that waits for
// clients, of net and net/http as of frameworks.
func (w *Words) Listens(symbol string) bool { return w.Has(Listening, Norm(bareName(symbol))) }

// OneTenant reports whether a setting's name says that there is no log-in, or one tenant for
// everybody, in one of its states.
func (w *Words) OneTenant(setting string) bool { return w.anyPart(OneTenantSettings, setting) }

// Claim reports whether the name of a function, or of its type, speaks of verified
// credentials. That of its package does not count: package auth has all sorts of
// functions.
func (w *Words) Claim(symbol string) bool { return w.anyPart(Claims, withoutPackage(symbol)) }

// SpeaksOfCaller reports whether the name of a function or a context key, or that
// of its package, speaks of verified credentials. It is enough for a question.
func (w *Words) SpeaksOfCaller(symbol string) bool { return w.anyPart(Claims, lastPart(symbol)) }

// withoutPackage is a symbol without its package: Projects.Lookup.
func withoutPackage(symbol string) string {
	_, name, _ := strings.Cut(lastPart(symbol), ".")
	return name
}

// Accessor is what a function gives by its name, if that says that it gives what
// belongs to the caller: "org" of OrgFromContext. It is "" for one that gives a
// part of the request, or makes or finds something.
func (w *Words) Accessor(symbol string) string {
	var rest []string
	from := false
	for _, x := range Split(bareName(symbol)) {
		switch {
		case w.Has(NoAccessors, x):
			return ""
		case w.Has(Accessors, x):
			from = true
		default:
			rest = append(rest, x)
		}
	}
	if !from {
		return ""
	}
	return strings.Join(rest, "_")
}

// KeyNames are the names that a context key may be told by, the value before the
// type: org of auth.ctxKey("org"), orgKey of auth.orgKey{}.
func (w *Words) KeyNames(key string) []string {
	var out []string
	if i := strings.IndexByte(key, '"'); i >= 0 {
		out = append(out, strings.Trim(key[i:], `")`))
		key = key[:i]
	}
	if i := strings.IndexByte(key, '('); i > 0 {
		key = key[:i]
	}
	key = lastPart(strings.Trim(key, "(){}&*"))
	pkg := ""
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		pkg, key = key[:i], key[i+1:]
	}
	if w.Concept(key) == "" {
		key = pkg // tenant.key{} says it by its package
	}
	return append(out, key)
}

// Converts reports whether the first or the last word of a function's name says that it
// gives its argument in another form: uuid.Parse, null.StringFrom, pgtype.ToText.
func Converts(symbol string) bool {
	parts := Split(bareName(symbol))
	return len(parts) > 0 && (Builtin().Has(Conversions, parts[0]) || Builtin().Has(Conversions, parts[len(parts)-1]))
}
