package schema

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// A migration may define tables without a definition that can be read: it calls a
// function, builds a text, or takes everything back.

// rolledBack tells which pieces of a file a ROLLBACK takes back: those since the
// BEGIN, or the SAVEPOINT that it names. What tools write around a file has no
// ROLLBACK.
func rolledBack(pieces []sqltext.Piece) map[int]bool {
	undone := map[int]bool{}
	type mark struct {
		name string // of a savepoint, "" for BEGIN
		at   int
	}
	var open []mark
	for i, p := range pieces {
		w := strings.Fields(strings.ToUpper(p.Text[:min(len(p.Text), 80)]))
		last := w[len(w)-1]
		switch {
		case w[0] == "BEGIN" || w[0] == "START" && len(w) > 1 && w[1] == "TRANSACTION":
			open = []mark{{at: i}}
		case w[0] == "SAVEPOINT":
			open = append(open, mark{last, i})
		case w[0] == "COMMIT" || w[0] == "END":
			open = nil
		case w[0] == "ROLLBACK" || w[0] == "ABORT":
			name := ""
			if slices.Contains(w, "TO") {
				name = last
			}
			k := slices.IndexFunc(open, func(m mark) bool { return m.name == name })
			if k < 0 {
				continue
			}
			for j := open[k].at; j <= i; j++ {
				undone[j] = true
			}
			open = open[:k]
			if name != "" {
				open = append(open, mark{name, i})
			}
		}
	}
	return undone
}

// calls tells of the functions that a statement calls and that may change tables:
// those of the files whose body does, and unknown ones that are handed a table.
func (r *replay) calls(text string) {
	if !strings.Contains(text, "(") {
		return
	}
	switch first := strings.ToUpper(text[:min(len(text), 7)]); {
	case strings.HasPrefix(first, "SELECT"), strings.HasPrefix(first, "CALL"), strings.HasPrefix(first, "DO"):
	default:
		return
	}
	for _, m := range r.touches.called.FindAllStringSubmatch(text, -1) {
		name := strings.ToLower(m[1])
		h, known := r.changedBy(name)
		if !known && !strings.HasPrefix(strings.ToUpper(text), "DO") && !hasWord(text, "FROM") && !tableless(name) {
			h.Tables = r.literals(text)
		}
		if !h.Matters() {
			continue
		}
		if tables := r.literals(text); len(tables) > 0 {
			h = Hides{Tables: tables}
		}
		r.problem(0, h, "%s may change tables, which is not followed, in: %s", m[1], excerpt(text))
		return
	}
}

// changedBy tells what the functions of that name change, and whether there is
// one. A trigger changes nothing when it is made.
func (r *replay) changedBy(name string) (h Hides, known bool) {
	for _, f := range r.d.Functions {
		if strings.EqualFold(f.Name, name) {
			known = true
			if !f.Trigger && changesTables(f.Body) {
				h.add(r.touches.text(f.Body))
			}
		}
	}
	return h, known
}

// built tells what a text that is put together at run time may change: the tables
// that its definitions name, or those that it has as literals, unless it takes them
// from the server's catalog.
func (r *replay) built(text string) Hides {
	if h := r.touches.text(text); !h.Any {
		return h
	}
	tables := r.literals(text)
	if len(tables) == 0 || r.touches.all.MatchString(text) {
		return Anything()
	}
	return Hides{Tables: tables}
}

// literals are the tables that stand in a text as string constants.
func (r *replay) literals(text string) []string {
	var out []string
	for _, m := range r.touches.constant.FindAllStringSubmatch(text, -1) {
		name := strings.ToLower(strings.TrimPrefix(m[1], "public."))
		for _, t := range r.d.Tables {
			if (t.FullName() == name || t.Name == name) && !slices.Contains(out, t.FullName()) {
				out = append(out, t.FullName())
			}
		}
	}
	return out
}

// changesTables tells by words that a body changes tables.
func changesTables(body string) bool {
	return slices.ContainsFunc([]string{"ALTER TABLE", "CREATE TABLE", "DROP TABLE", "ADD COLUMN", "DROP COLUMN"}, func(w string) bool {
		return strings.Contains(strings.Join(strings.Fields(strings.ToUpper(body)), " "), w)
	})
}

// hasWord reports whether a word stands in a text.
func hasWord(text, word string) bool {
	return slices.Contains(strings.Fields(strings.ToUpper(text)), word)
}

// tableless tells functions of the server and of known extensions that are handed
// tables and leave their columns alone.
func tableless(name string) bool {
	switch name {
	case "setval", "nextval", "currval", "set_config", "to_regclass", "pg_notify", "create_distributed_table", "create_reference_table",
		"create_hypertable", "add_dimension", "add_retention_policy", "add_compression_policy", "set_chunk_time_interval", "create_parent",
		"addgeometrycolumn", "lo_create", "lower", "upper", "coalesce", "format", "quote_ident", "now", "exists", "count":
		return true
	}
	return strings.HasPrefix(name, "pg_") || strings.HasPrefix(name, "has_") || strings.HasSuffix(name, "manage_updated_at")
}

// unsure tells of definitions behind a line that may be a marker of a tool or a
// comment.
func (r *replay) unsure(file, kept, text string) {
	if !changesTables(text) {
		return
	}
	line := 1 + strings.Count(kept[:max(strings.LastIndex(kept, ";"), 0)], "\n")
	r.d.Problems = append(r.d.Problems, Problem{
		Position: Position{file, line}, Hides: r.touches.text(text),
		Message: "what follows is taken for the way down, but no line says where the way up begins; write a marker of your tool, or no such comment",
	})
}
