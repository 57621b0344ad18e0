package schema

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
)

// version is what a migration's name says of its turn.
type version struct {
	class  int      // 0: no number, runs first; 1: numbered; 2: repeatable, runs last
	number []string // digits without leading zeros
	rest   string
}

// names reads file names.
type names struct{ flyway, repeatable, number, down, nested *regexp.Regexp }

func newNames() *names {
	return &names{
		flyway:     regexp.MustCompile(`^[VB](\d+(?:[._]\d+)*)__`),
		repeatable: regexp.MustCompile(`^R__`),
		number:     regexp.MustCompile(`^[vV]?(\d+)`),
		down:       regexp.MustCompile(`(?i)(?:^|[._-])(?:down|undo|rollback|revert)\.(?:sql|pgsql|psql)$|^U\d[\d._]*__`),
		nested:     regexp.MustCompile(`(?i)^(?:up|migration|migrate|up\.\w+)\.sql$`),
	}
}

// versionOf reads the turn of a file from its path. A file that is called
// up.sql or migration.sql has its turn from its folder.
func (n *names) versionOf(file string) version {
	base := path.Base(file)
	if n.nested.MatchString(base) {
		base = path.Base(path.Dir(file))
	}
	if n.repeatable.MatchString(base) {
		return version{class: 2, rest: base}
	}
	if m := n.flyway.FindStringSubmatch(base); m != nil {
		parts := strings.FieldsFunc(m[1], func(r rune) bool { return r == '.' || r == '_' })
		return version{class: 1, number: trimmed(parts), rest: base[len(m[0]):]}
	}
	if m := n.number.FindStringSubmatch(base); m != nil {
		return version{class: 1, number: trimmed(m[1:2]), rest: base[len(m[0]):]}
	}
	return version{rest: base}
}

func trimmed(digits []string) []string {
	for i, d := range digits {
		digits[i] = strings.TrimLeft(d, "0")
	}
	return digits
}

// compare orders two versions: by class, by number, then by the rest of the name.
func (v version) compare(w version) int {
	return cmp.Or(
		cmp.Compare(v.class, w.class),
		slices.CompareFunc(v.number, w.number, func(a, b string) int {
			return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
		}),
		strings.Compare(v.rest, w.rest),
	)
}

// sort puts migrations into the order in which their tool runs them.
func (n *names) sort(files []string) {
	slices.SortFunc(files, func(a, b string) int {
		return cmp.Or(n.versionOf(a).compare(n.versionOf(b)), strings.Compare(a, b))
	})
}
