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

// ErrorVariable reports whether a package variable's name says that it holds an
// error.
func ErrorVariable(symbol string) bool {
	name := bareName(symbol)
	return slices.ContainsFunc(Builtin().All(Errors), func(p string) bool {
		return strings.HasPrefix(name, p) || strings.HasPrefix(name, strings.ToUpper(p[:1])+p[1:])
	})
}

// Listens reports whether a library's function is called like one that waits for
// clients, of net and net/http as of frameworks.
func (w *Words) Listens(symbol string) bool { return w.Has(Listening, Norm(bareName(symbol))) }

// CallsNow reports whether a library's function is called like one that calls what
// it is handed before it returns: transactions, retries, loops.
func (w *Words) CallsNow(symbol string) bool { return w.anyPart(CallingNow, bareName(symbol)) }

// Claim reports whether a function's name, or that of its package, speaks of
// verified credentials.
func (w *Words) Claim(symbol string) bool { return w.anyPart(Claims, lastPart(symbol)) }

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
