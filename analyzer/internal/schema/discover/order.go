package discover

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Order is all that a folder of migrations says beside its files, and each tool
// has its own way to write it down. No configuration of a tool is read: the
// names tell.

// turn is what one part of a path says of a migration's turn.
type turn struct {
	class  int      // 0: no number, runs first; 1: numbered; 2: repeatable, runs last
	number []string // digits without leading zeros
	rest   string
}

// version is a migration's turn: that of its numbered folders, then its own.
type version []turn

// names reads file names.
type names struct{ flyway, repeatable, number, down, nested, folder, alters, creates, postgres, choice, include, gexec, server *regexp.Regexp }

// newNames compiles the patterns of the tools that number their files:
// golang-migrate, goose, dbmate, tern, sql-migrate, Flyway, and folders by
// version.
func newNames() *names {
	n := &names{
		flyway:     regexp.MustCompile(`^[VB](\d+(?:[._]\d+)*)__`),
		repeatable: regexp.MustCompile(`^R__`),
		number:     regexp.MustCompile(`^[vV]?(\d+)`),
		down:       regexp.MustCompile(`(?i)(?:^|[._-])(?:down|undo|rollback|revert)\.(?:sql|pgsql|psql)$|^U\d[\d._]*__`),
		nested:     regexp.MustCompile(`(?i)^(?:up|migration|migrate|up\.\w+)\.sql$`),
		alters:     regexp.MustCompile(`(?im)^\s*ALTER\s+TABLE\b`),
		creates:    regexp.MustCompile("(?i)\\bCREATE\\s+TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?[\"`]?([\\w.]+)"),
		postgres:   regexp.MustCompile(`(?i)\b(?:BIGSERIAL|SERIAL|TIMESTAMPTZ|JSONB|BYTEA|UUID)\b|\$\$|\w::\w`),
		folder:     regexp.MustCompile(`^[vV]?\d[\d._-]*$`),
	}
	n.tools()
	return n
}

// group is the folder whose files belong together: that of the file, or the one
// above if each version, or each kind of object, has a folder of its own.
func (n *names) group(file string) string {
	dir := path.Dir(file)
	for n.partFolder(file, dir) {
		dir = path.Dir(dir)
	}
	return dir
}

// partFolder tells a folder that holds one version or one kind of object, and so
// is a part of the set that the folder above is.
func (n *names) partFolder(file, dir string) bool {
	base := path.Base(dir)
	if dir == "." || base == ".." {
		return false
	}
	if n.folder.MatchString(base) || kindFolder(base) < otherKind {
		return true
	}
	return dir == path.Dir(file) && n.nested.MatchString(path.Base(file)) && n.number.MatchString(base)
}

// otherKind is the rank of folders that are not named after a kind of object.
const otherKind = 4

// kindFolder ranks folders of dumps that keep each kind of object apart: types
// come before tables, tables before what is built on them.
func kindFolder(base string) int {
	switch strings.ToLower(base) {
	case "extensions", "schemata", "types", "enums", "domains", "sequences":
		return 0
	case "tables", "table":
		return 1
	case "indexes", "indices", "constraints", "foreign_keys", "fks":
		return 2
	case "views", "functions", "procedures", "triggers", "policies", "matviews":
		return 3
	}
	return otherKind
}

// versionOf reads the turn of a file from its path below its group. A file that is
// called up.sql or migration.sql has its turn from its folder, so only the
// folder's number counts there.
func (n *names) versionOf(file string) version {
	var v version
	for dir := path.Dir(file); n.partFolder(file, dir); dir = path.Dir(dir) {
		base := path.Base(dir)
		t := n.turnOf(base)
		// "~" sorts behind letters and digits: more of them, later.
		if kind := kindFolder(base); kind < otherKind {
			t = turn{class: 0, rest: strings.Repeat("~", kind)}
		}
		v = append(version{t}, v...)
	}
	if n.nested.MatchString(path.Base(file)) && len(v) > 0 {
		return v
	}
	return append(v, n.turnOf(path.Base(file)))
}

// turnOf reads the number at the beginning of a name, in the spelling of
// Flyway (V1_2__x) or in that of all others (0012_x, 20240102T0304_x).
func (n *names) turnOf(base string) turn {
	if n.repeatable.MatchString(base) {
		return turn{class: 2, rest: base}
	}
	if m := n.flyway.FindStringSubmatch(base); m != nil {
		parts := strings.FieldsFunc(m[1], func(r rune) bool { return r == '.' || r == '_' })
		return turn{class: 1, number: trimmed(parts), rest: base[len(m[0]):]}
	}
	if m := n.number.FindStringSubmatch(base); m != nil {
		return turn{class: 1, number: trimmed(m[1:2]), rest: base[len(m[0]):]}
	}
	return turn{rest: base}
}

// trimmed takes leading zeros away, so that 2 comes before 10 and 007 is 7.
func trimmed(digits []string) []string {
	for i, d := range digits {
		digits[i] = strings.TrimLeft(d, "0")
	}
	return digits
}

// numbered tells that a file is a migration and not a part of a dump. A set with
// one numbered file is one that grows.
func (v version) numbered() bool {
	return slices.ContainsFunc(v, func(t turn) bool { return t.class > 0 })
}

// compare orders two turns: by class, by number, then by the rest of the name.
// Numbers are compared by length first: they may be dates with seconds, longer
// than an int.
func (t turn) compare(o turn) int {
	return cmp.Or(
		cmp.Compare(t.class, o.class),
		slices.CompareFunc(t.number, o.number, func(a, b string) int {
			return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
		}),
		strings.Compare(t.rest, o.rest),
	)
}

// sort puts migrations into the order in which their tool runs them; equal turns
// stand by path, so that the order never depends on the disk.
func (n *names) sort(files []string) {
	slices.SortFunc(files, func(a, b string) int {
		return cmp.Or(slices.CompareFunc(n.versionOf(a), n.versionOf(b), turn.compare), strings.Compare(a, b))
	})
}

// variants keeps one of the files that say one migration in several dialects
// (1_a.postgres.up.sql, 1_a.mysql.up.sql): that for PostgreSQL, else that which
// names no dialect. Where no file is for PostgreSQL, all stay.
func (n *names) variants(files []string) []string {
	best := map[string]int{}
	worst := cockroach
	for _, f := range files {
		stem, rank := variant(f)
		if rank == 0 {
			worst = undialected
		}
		if old, ok := best[stem]; !ok || rank < old {
			best[stem] = rank
		}
	}
	kept := slices.DeleteFunc(slices.Clone(files), func(f string) bool {
		stem, rank := variant(f)
		return rank != best[stem] || rank > worst
	})
	if len(kept) == 0 {
		return files
	}
	return kept
}

// The ranks of variants, PostgreSQL's own being 0. One for CockroachDB counts
// only where none is for PostgreSQL.
const (
	undialected  = 1
	cockroach    = 2
	otherDialect = 3
)

// variant is the name of a file without its dialect, and how well it suits: files
// of the same name are one migration.
func variant(file string) (stem string, rank int) {
	rank = undialected
	var parts []string
	for _, part := range strings.Split(path.Base(file), ".") {
		switch d := engineDialect(part); {
		case d == "":
			parts = append(parts, part)
		case d != postgres:
			rank = otherDialect
		case strings.HasPrefix(part, "c"):
			rank = cockroach
		default:
			rank = 0
		}
	}
	return path.Join(path.Dir(file), strings.Join(parts, ".")), rank
}

// tools compiles the patterns of what tools write into files.
func (n *names) tools() {
	n.choice = regexp.MustCompile(`\{\{-?\s*else\b|\{%-?\s*(?:else|elif)\b`)
	n.include = regexp.MustCompile(`^\\(?:i|ir|include|include_relative)\s+(\S+)`)
	n.gexec = regexp.MustCompile(`\\gexec\s*$`)
	n.server = regexp.MustCompile(`(?i)\bCREATE\s+(?:DATABASE|ROLE|USER|EXTENSION|SCHEMA|TABLESPACE)\b`)
}
