package goprogram

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRender writes many programs: each is Go, and every SQL text stands on a line of its own.
func TestRender(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	for range 2000 {
		p := Draw(r)
		f, err := Render(p, "p", 10)
		require.NoError(t, err)
		lines := map[int]bool{}
		for q, line := range f.Queries {
			assert.GreaterOrEqual(t, q, 10)
			assert.False(t, lines[line], "two texts on line %d of %s", line, f.Text)
			lines[line] = true
		}
	}
}
