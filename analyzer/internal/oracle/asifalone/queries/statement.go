package queries

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// Statement is a text that was made up, with what its holes were meant to be:
// a rejected statement is run with that.
type Statement struct {
	SQL    string
	Meant  []proof.Need
	Origin string // "grammar", or the case that was mutated
	Odd    bool   // conditions are wrapped into forms that people hardly write
}

// Renumber counts the holes in the order in which the text has them, without
// those that were made and thrown away.
func Renumber(s Statement) Statement {
	numbers := map[int]int{}
	s.SQL = HolePattern.ReplaceAllStringFunc(s.SQL, func(hole string) string {
		n, _ := strconv.Atoi(hole[1:])
		if numbers[n] == 0 {
			numbers[n] = len(numbers) + 1
		}
		return fmt.Sprintf("$%d", numbers[n])
	})
	var meant []proof.Need
	for _, need := range s.Meant {
		if need.Hole = numbers[need.Hole]; need.Hole > 0 {
			meant = append(meant, need)
		}
	}
	s.Meant = meant
	return s
}

// HolePattern finds holes; no text that is made up here has a dollar elsewhere.
var HolePattern = regexp.MustCompile(`\$[0-9]+`)
