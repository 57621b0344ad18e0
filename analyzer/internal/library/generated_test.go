package library

import (
	"go/types"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// sample are the packages that the generator wrote for the tests.
func sample(t *testing.T) []*types.Package {
	t.Helper()
	dir, err := filepath.Abs("../../../testdata/libs")
	require.NoError(t, err)
	pkgs, err := packages.Load(&packages.Config{
		Dir: dir, Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedExportFile | packages.NeedTypes,
	}, "./ent", "./ent/invoice", "./ent/line", "./ent/memo", "./ent/org", "./ent/tag", "./ent/user", "./ent/predicate", "./ent/hook")
	require.NoError(t, err)
	var out []*types.Package
	for _, p := range pkgs {
		require.Empty(t, p.Errors, p.PkgPath)
		out = append(out, p.Types)
	}
	return out
}

// TestPatternsNameWhatIsGenerated holds that the generator writes functions of each form,
// and that no function of a builder is of none.
func TestPatternsNameWhatIsGenerated(t *testing.T) {
	s, err := Load()
	require.NoError(t, err)
	found := map[string]bool{}
	for _, pkg := range sample(t) {
		g := s.Generated(pkg)
		if g == nil {
			assert.Contains(t, []string{"predicate", "hook"}, pkg.Name(), "what has no entities is by hand to us")
			continue
		}
		assert.Equal(t, pkg.Name() != "ent", g.Part)
		for _, f := range exported(pkg) {
			for _, p := range append(g.inRoot, g.inPart...) {
				if (g.Part == contains(g.inPart, p)) && g.matches(p, short(f)) != nil {
					found[p.text] = true
				}
			}
			recv := f.Signature().Recv()
			if recv != nil && s.Builder(recv.Type()) != nil {
				assert.NotNilf(t, s.Find(f), "%s has no line", Key(f))
			}
		}
	}
	optional := map[string]bool{"(*config).QueryContext": true, "(*config).ExecContext": true}
	for _, g := range s.Generators() {
		for _, p := range append(g.inRoot, g.inPart...) {
			recv, _, _ := strings.Cut(p.text, ").")
			unexported := strings.HasPrefix(recv, "(*selector")
			assert.Truef(t, found[p.text] || optional[p.text] || unexported || rare[p.text], "%s is written by no generator", p.text)
		}
	}
}

// rare are functions that only some schemas and features have.
var rare = map[string]bool{
	"NewContext": true, "AlternateSchema": true, "(*{T}).Value": true, "(*{T}).ExactValues": true,
	"(*{T}Query).WithNamed{E}": true, "(*{T}Update).Append{F}": true, "(*{T}UpdateOne).Append{F}": true,
}

func contains(list []*pattern, p *pattern) bool {
	for _, x := range list {
		if x == p {
			return true
		}
	}
	return false
}

func TestKnowsColumnsAndEdges(t *testing.T) {
	s, err := Load()
	require.NoError(t, err)
	models := map[string]*Model{}
	for _, pkg := range sample(t) {
		for _, f := range exported(pkg) {
			if m := s.Find(f); m != nil {
				models[m.Key] = m
			}
		}
	}
	const root = "example.com/libs/ent"
	for key, want := range map[string][]string{
		root + "/invoice.OrgID":                    {"=", "org_id"},
		root + "/invoice.OrgIDNotIn":               {"NOT IN", "org_id"},
		root + "/invoice.HasLinesWith":             {root + "/invoice", "Lines"},
		root + ".(*InvoiceClient).Query":           {root + ".Invoice"},
		root + ".(*InvoiceQuery).WithTags":         {root + ".Invoice", "Tags"},
		root + ".(*InvoiceCreate).SetNillableNote": {root + ".Invoice", "Note"},
		root + ".(*LineCreate).SetInvoiceID":       {root + ".Line", "Invoice"},
		root + ".(*InvoiceUpdate).AddLineIDs":      {root + ".Invoice", "Line"},
		root + ".(*InvoiceUpdate).AddLines":        {root + ".Invoice", "Lines"},
		root + ".(*InvoiceUpdate).AddTotal":        {root + ".Invoice", "Total"},
	} {
		if m := models[key]; assert.NotNil(t, m, key) {
			assert.Equal(t, want, m.Constants, key)
		}
	}
}
