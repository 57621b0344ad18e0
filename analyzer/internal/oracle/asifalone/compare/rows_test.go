package compare

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
)

func TestMinusCountsRows(t *testing.T) {
	one, two := fixture.Row{domain.Text("1")}, fixture.Row{nil}
	assert.Equal(t, []fixture.Row{one}, Minus([]fixture.Row{one, one, two}, []fixture.Row{two, one}))
	assert.True(t, SameRows([]fixture.Row{one, two}, []fixture.Row{two, one}))
	assert.False(t, SameRows([]fixture.Row{one, one}, []fixture.Row{two, one}))
	assert.False(t, SameRows([]fixture.Row{{domain.Text("")}}, []fixture.Row{{nil}}), "NULL is no empty text")
}
