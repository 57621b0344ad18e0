package changes

import (
	"math/rand/v2"
	"regexp"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/queries"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
)

// nesting is how deep statements nest.
const nesting = 4

// Generate makes up one statement.
func Generate(r *rand.Rand, w *worlds.World) queries.Statement {
	g := queries.NewGrammar(r, w)
	var sql string
	if r.IntN(10) < 6 {
		sql, _ = g.Query(1+r.IntN(nesting), nil, queries.Shape{})
	} else {
		sql = writes{g}.write(1 + r.IntN(nesting))
	}
	if g.Bare {
		sql = qualifiedPattern.ReplaceAllStringFunc(sql, func(ref string) string {
			if g.Chance(0.4) {
				return ref[strings.IndexByte(ref, '.')+1:]
			}
			return ref
		})
	}
	return queries.Renumber(queries.Statement{SQL: sql, Meant: g.Meant, Origin: "grammar", Odd: g.Odd})
}

// qualifiedPattern finds columns with their alias.
var qualifiedPattern = regexp.MustCompile(`\b(r[0-9]+|[a-f])\."[a-z_0-9]+"`)
