package catalogue

import (
	"slices"
	"strings"
	"unicode"
)

// All that names say is said here, in lists and rules of English and of habit.
// Nothing elsewhere compares a word.

// words cuts a name at underscores, hyphens and camel case, in lower case:
// "tenantId" and "tenant_id" are both [tenant id].
func words(name string) []string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.FieldsFunc(b.String(), func(r rune) bool { return r == '_' || r == '-' || r == ' ' || r == '.' })
}

// norm is a name without case and separators: what two people who mean the same
// table write.
func norm(name string) string { return strings.Join(words(name), "") }

// singular undoes the common plurals of English. What it gets wrong it gets wrong
// for column and table alike, which is what matters.
func singular(word string) string {
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

// tableNoun is the thing of which a table holds many: "invoice line" for
// invoice_lines, joined.
func tableNoun(name string) string {
	w := words(name)
	if len(w) == 0 {
		return ""
	}
	w[len(w)-1] = singular(w[len(w)-1])
	return strings.Join(w, "")
}

// columnNoun is the thing that a column identifies, and whether the name says
// that it is an id: "organization", true for organization_id.
func columnNoun(name string) (noun string, isID bool) {
	w := words(name)
	if n := len(w); n > 1 && idWord(w[n-1]) {
		return canonical(strings.Join(w[:n-1], "")), true
	}
	whole := strings.Join(w, "")
	if whole == "nid" {
		return "network", true
	}
	for _, suffix := range []string{"uuid", "id"} {
		if noun, ok := strings.CutSuffix(whole, suffix); ok && (classOf(canonical(noun)) < unlisted || userNoun(noun)) {
			return canonical(noun), true
		}
	}
	return canonical(whole), false
}

// columnPrefix is the words that most columns of a table begin with, as in
// space_id, space_name of spaces or c_orgid, c_name; none if they share none.
func columnPrefix(names []string) []string {
	var prefix []string
	for {
		count := map[string]int{}
		for _, name := range names {
			if w := words(name); len(w) > len(prefix)+1 && slices.Equal(w[:len(prefix)], prefix) {
				count[w[len(prefix)]]++
			}
		}
		next := ""
		for w, n := range count {
			if n >= 3 && 10*n >= 6*len(names) {
				next = w // more than half of the columns: there is one
			}
		}
		if next == "" {
			return prefix
		}
		prefix = append(prefix, next)
	}
}

// bare is a column's name without the prefix that its table gives to all.
func bare(name string, prefix []string) string {
	w := words(name)
	if len(prefix) == 0 || len(w) <= len(prefix) || !slices.Equal(w[:len(prefix)], prefix) {
		return name
	}
	return strings.Join(w[len(prefix):], "_")
}

// idWord tells the last words of columns that hold an id. "key" is none: api_key
// is a secret, and sort_key a string.
func idWord(w string) bool {
	switch w {
	case "id", "uuid", "uid", "guid", "pk", "gid", "ulid", "xid":
		return true
	}
	return false
}

// canonical folds the spellings of one noun, so that org_id and organisation_id
// are one candidate.
func canonical(noun string) string {
	switch noun {
	case "org", "orga", "organisation", "orgs":
		return "organization"
	case "ws":
		return "workspace"
	case "env":
		return "environment"
	case "biz":
		return "business"
	}
	return noun
}

// class is how much a noun sounds like a tenant.
type class int

// The classes: names that mean a tenant, customers of a service, parts of one,
// and the rest, for which the schema must speak.
const (
	surely class = iota
	likely
	perhaps
	unlisted
)

// classOf sorts nouns by how often they name tenants in programs that have
// them. The lists decide nothing alone: a noun of no list wins where foreign
// keys and users speak for it, and one of the first loses to the settings.
func classOf(noun string) class {
	switch noun {
	case "tenant", "organization", "workspace", "company", "enterprise", "tenancy":
		return surely
	case "account", "team", "business", "merchant", "agency", "firm", "school", "shop", "clinic", "institution",
		"realm", "studio", "brand", "namespace", "network", "space", "corporation", "subscriber", "franchise", "hospital", "practice":
		return likely
	case "project", "customer", "client", "group", "site", "domain", "environment", "app", "application", "instance",
		"community", "partner", "club", "cluster", "department", "store", "vendor", "property", "household", "family",
		"restaurant", "hotel", "facility", "branch", "location", "server", "guild", "channel", "hub", "vault", "division", "scope":
		return perhaps
	}
	return unlisted
}

// weight is what a noun adds to a score. The steps are small: how many tables
// have the column must matter more than what it is called.
func (c class) weight() float64 {
	switch c {
	case surely:
		return 1
	case likely:
		return 0.9
	case perhaps:
		return 0.7
	}
	return 0.4
}

// userNoun tells the nouns of people. "member" and "account" are not among them:
// they are as often a join and a tenant.
func userNoun(noun string) bool {
	switch noun {
	case "user", "person", "identity", "profile", "login", "principal", "appuser", "authuser", "useraccount", "employee", "operator", "staff":
		return true
	}
	return false
}

// typeFamily groups types whose values can be equal. A foreign key may be wider
// than the key that it refers to.
func typeFamily(typ string) string {
	switch typ {
	case "smallint", "integer", "bigint", "numeric":
		return "number"
	case "text", "character varying", "character", "citext", "varchar", "char":
		return "text"
	}
	return typ
}

// compatible tells that two types may refer to each other; unknown ones may,
// because a missing type must not hide an edge.
func compatible(a, b string) bool {
	return a == "" || b == "" || typeFamily(a) == typeFamily(b)
}
