package queries

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

func TestRenumber(t *testing.T) {
	s := Renumber(Statement{SQL: "SELECT $4, $2, $4", Meant: []proof.Need{{Hole: 2}, {Hole: 3}, {Hole: 4, Kind: proof.Key}}})
	assert.Equal(t, "SELECT $1, $2, $1", s.SQL)
	assert.Equal(t, []proof.Need{{Hole: 2}, {Hole: 1, Kind: proof.Key}}, s.Meant)
}
