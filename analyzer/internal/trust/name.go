package trust

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Split cuts a name at case changes and separators, in lower case: "tenantId" and
// "tenant_id" are both [tenant id].
func Split(name string) []string {
	var out []string
	start := 0
	cut := func(end int) {
		if end > start {
			out = append(out, strings.ToLower(name[start:end]))
		}
	}
	var last rune
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		next, _ := utf8.DecodeRuneInString(name[i+size:])
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			cut(i)
			start = i + size
		case unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(last) || unicode.IsLower(next)):
			cut(i)
			start = i
		}
		last = r
		i += size
	}
	cut(len(name))
	return out
}

// Norm is a name without case and separators: what two people who mean the same
// table write.
func Norm(name string) string { return strings.Join(Split(name), "") }

// Singular undoes the common plurals of English. What it gets wrong it gets wrong
// for column and table alike, which is what matters.
func Singular(word string) string {
	switch {
	case word == "people":
		return "person"
	case strings.HasSuffix(word, "ies") && len(word) > 4:
		return word[:len(word)-3] + "y"
	case strings.HasSuffix(word, "sses"), strings.HasSuffix(word, "xes"), strings.HasSuffix(word, "ches"), strings.HasSuffix(word, "shes"):
		return word[:len(word)-2]
	case strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "us") && len(word) > 2:
		return word[:len(word)-1]
	}
	return word
}

// TableNoun is the thing of which a table holds many: "invoice line" for
// invoice_lines, joined.
func TableNoun(name string) string {
	w := Split(name)
	if len(w) == 0 {
		return ""
	}
	w[len(w)-1] = Singular(w[len(w)-1])
	return strings.Join(w, "")
}

// ColumnNoun is the thing that a column identifies, and whether the name says
// that it is an id: "organization", true for organization_id.
func (w *Words) ColumnNoun(name string) (noun string, isID bool) {
	parts := Split(name)
	if n := len(parts); n > 1 && w.Has(IDs, parts[n-1]) {
		return w.Noun(strings.Join(parts[:n-1], "")), true
	}
	whole := strings.Join(parts, "")
	if whole == "nid" {
		return "network", true
	}
	for _, suffix := range []string{"uuid", "id"} {
		if noun, ok := strings.CutSuffix(whole, suffix); ok && (w.Class(w.Noun(noun)) < Unlisted || w.Person(noun)) {
			return w.Noun(noun), true
		}
	}
	return w.Noun(whole), false
}

// NamesChildren reports whether a column is called after a parent, and after the rows of the
// column's own table, as its children: entity_attachments, of attachments, refers to entities.
// Parent is a noun, table the name of the column's table.
func (w *Words) NamesChildren(column, parent, table string) bool {
	rest, ok := strings.CutPrefix(strings.Join(Split(column), ""), parent)
	return ok && rest != "" && parent != "" && strings.HasSuffix(w.Noun(TableNoun(table)), w.Noun(TableNoun(rest)))
}

// NamesID reports whether a name ends in a word for an id, also in one that is glued to what it
// names: org_id, groupid.
func (w *Words) NamesID(name string) bool {
	parts := Split(name)
	if len(parts) == 0 {
		return false
	}
	last := parts[len(parts)-1]
	return w.Has(IDs, last) || len(last) > 4 && slices.ContainsFunc(w.All(IDs), func(id string) bool { return strings.HasSuffix(last, id) })
}

// Concept is what a name speaks of, without fillers: "organization" of
// ctxKeyOrganizationID.
func (w *Words) Concept(name string) string {
	var kept []string
	for _, x := range Split(name) {
		if !w.Has(Fillers, x) {
			kept = append(kept, w.unglue(x))
		}
	}
	return strings.Join(kept, "")
}

// unglue takes the id off a name that was written in one word: orgid, userid.
func (w *Words) unglue(x string) string {
	if rest := strings.TrimSuffix(x, "id"); len(rest) >= 3 && rest != x && (w.Class(w.Noun(rest)) < Unlisted || w.Person(rest)) {
		return rest
	}
	return x
}

// Enumeration reports whether a table's name says that it holds fixed values.
// Those may well be referred to by everything and be nobody's.
func (w *Words) Enumeration(table string) bool {
	parts := Split(table)
	return len(parts) > 0 && w.Has(Enumerations, Singular(parts[len(parts)-1]))
}

// SecondID reports whether a column is called like an id that stands beside a
// numeric one, and which other tables and services use in its place.
func (w *Words) SecondID(column string) bool { return w.Has(SecondIDs, Norm(column)) }

// Aside reports whether a folder's name says that its schema is not that of the
// program.
func Aside(folder string) bool {
	for _, part := range strings.FieldsFunc(folder, func(r rune) bool { return r == '/' || r == '_' || r == '-' }) {
		if Builtin().Has(FoldersAside, strings.ToLower(part)) {
			return true
		}
	}
	return false
}
