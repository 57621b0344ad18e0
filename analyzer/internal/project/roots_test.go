package project

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/config"
)

func TestRoots(t *testing.T) {
	top := filepath.FromSlash("/repo")
	p := &Project{Root: filepath.Join(top, "api")}
	s := func(roots ...string) *config.Settings {
		return &config.Settings{File: filepath.Join(top, "api", config.Name), Roots: roots}
	}
	for _, c := range []struct {
		roots []string
		want  bool
	}{
		{[]string{"./plugins/..."}, true},
		{[]string{"./plugins/a"}, true},
		{[]string{"./plugins"}, false},
		{[]string{"./plug/..."}, false},
		{[]string{"./..."}, true},
		{[]string{"example.com/api/plugins/a"}, true},
		{[]string{"example.com/api/..."}, true},
		{[]string{"example.com/other/..."}, false},
		{nil, false},
	} {
		assert.Equal(t, c.want, p.IsRoot(s(c.roots...), "example.com/api/plugins/a", filepath.Join(p.Root, "plugins", "a")), c.roots)
	}
	above := &config.Settings{File: filepath.Join(top, config.Name), Roots: []string{"./api/plugins/..."}}
	assert.True(t, p.IsRoot(above, "example.com/api/plugins/a", filepath.Join(p.Root, "plugins", "a")))
}
