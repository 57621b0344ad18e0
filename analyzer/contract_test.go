package analyzer_test

import (
	"go/types"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// answers are the types in which the proof answers.
var answers = []string{"Result", "Shape", "Source", "Binding", "Equality", "SourceColumn", "Stored", "Relation", "Gap", "Alternative", "Assumption", "Need", "Output", "Bound", "Written", "Move"}

// unread are the answers that no floor of link reads, with the reason.
var unread = map[string]string{
	"Alternative.Cites": "the predicates that a proof used, for tenantvet prove",
	"Alternative.Rules": "the rules that a proof used, for tenantvet prove",
	"Gap.At":            "the place in the statement, for tenantvet prove",
	"Relation.Alias":    "the name of the relation, for tenantvet prove",
	"Assumption.To":     "the table of a reference, for tenantvet prove",
	"Written.At":        "the place in the statement, for tenantvet prove",
	"Move.At":           "the place in the statement, for tenantvet prove",
}

// TestTheSolverReadsTheProof holds that the contract between proof and solver is
// closed: whatever the proof answers is read above it, or listed with a reason, so that
// no obligation that the proof states is owed by nobody.
func TestTheSolverReadsTheProof(t *testing.T) {
	read := fieldsReadByLink(t)
	for _, p := range ownPackages(t) {
		if shortPath(p) != "proof" {
			continue
		}
		eachAnswer(t, p, func(key string, _ *types.Var) {
			if unread[key] == "" {
				assert.Truef(t, read[key], "%s is answered, and nobody reads it", key)
			} else {
				assert.Falsef(t, read[key], "%s is read now: no exception is needed", key)
			}
		})
	}
}

// fieldsReadByLink are the fields of the proof's answers that some floor of link uses,
// as Type.Field.
func fieldsReadByLink(t *testing.T) map[string]bool {
	names := map[string]string{} // by place
	for _, p := range ownPackages(t) {
		if shortPath(p) == "proof" {
			eachAnswer(t, p, func(key string, f *types.Var) { names[p.Fset.Position(f.Pos()).String()] = key })
		}
	}
	read := map[string]bool{}
	for _, p := range ownPackages(t) {
		if !strings.HasPrefix(shortPath(p), "link") {
			continue
		}
		for _, o := range p.TypesInfo.Uses {
			if v, ok := o.(*types.Var); ok && v.IsField() {
				read[names[p.Fset.Position(v.Pos()).String()]] = true
			}
		}
	}
	return read
}

// eachAnswer calls visit for the exported fields of the answers.
func eachAnswer(t *testing.T, p *packages.Package, visit func(key string, f *types.Var)) {
	for _, name := range answers {
		o := p.Types.Scope().Lookup(name)
		require.NotNil(t, o, name)
		s := o.Type().Underlying().(*types.Struct)
		for i := range s.NumFields() {
			if f := s.Field(i); f.Exported() {
				visit(name+"."+f.Name(), f)
			}
		}
	}
}
