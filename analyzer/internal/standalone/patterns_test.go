package standalone

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/load"
)

func TestPatterns(t *testing.T) {
	top := filepath.FromSlash("/w/app")
	own := &struct {
		Path      string
		Main      bool
		GoVersion string
	}{Path: "example.com/app", Main: true}
	var all []*load.Listed
	for _, p := range []string{"", "/api", "/api/v2", "/apix"} {
		all = append(all, &load.Listed{ImportPath: "example.com/app" + p, Dir: filepath.Join(top, filepath.FromSlash(p)), Module: own})
	}
	all = append(all, &load.Listed{ImportPath: "example.com/lib", Dir: filepath.FromSlash("/mod/lib")})
	for _, c := range []struct {
		dir, pattern string
		want         []string
	}{
		{top, "./...", []string{"", "api", "api/v2", "apix"}},
		{filepath.Dir(top), "./...", []string{"", "api", "api/v2", "apix"}},
		{filepath.Join(top, "api"), "./...", []string{"api", "api/v2"}},
		{filepath.Join(top, "api"), "..", []string{""}},
		{top, "./api", []string{"api"}},
		{top, "api", nil},
		{top, "example.com/app/api/...", []string{"api", "api/v2"}},
		{top, "example.com/app", []string{""}},
		{top, "example.com/lib", nil},
		{top, "all", []string{"", "api", "api/v2", "apix"}},
		{top, filepath.Join(top, "api"), []string{"api"}},
	} {
		dirs, err := selected(c.dir, all, []string{c.pattern})
		if c.want == nil {
			assert.EqualError(t, err, "no packages match "+c.pattern)
			continue
		}
		require.NoError(t, err)
		want := map[string]bool{}
		for _, d := range c.want {
			want[filepath.Join(top, filepath.FromSlash(d))] = true
		}
		assert.Equal(t, want, dirs, "%s in %s", c.pattern, c.dir)
	}
}
