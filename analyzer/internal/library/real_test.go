package library

import (
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// real type-checks the described packages in the module that pins them.
func real(t *testing.T, s *Set) map[string]*types.Package {
	t.Helper()
	dir, err := filepath.Abs("../../../testdata/libs")
	require.NoError(t, err)
	var paths []string
	described := map[string]string{} // by the path that is pinned
	for _, p := range s.Packages() {
		if !s.Package(p).Unmodelled && s.Package(p).Fork == "" {
			at := pinned(t, dir, p)
			paths = append(paths, at)
			described[at] = p
		}
	}
	pkgs, err := packages.Load(&packages.Config{
		Dir: dir, Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedExportFile | packages.NeedTypes,
	}, paths...)
	require.NoError(t, err)
	out := map[string]*types.Package{}
	for _, p := range pkgs {
		require.Empty(t, p.Errors, p.PkgPath)
		out[described[p.PkgPath]] = p.Types
	}
	return out
}

// pinned is a path with the major version that the module pins for vN.
func pinned(t *testing.T, dir, path string) string {
	t.Helper()
	before, after, any := strings.Cut(path, "/vN")
	if !any {
		return path
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	require.NoError(t, err)
	m := regexp.MustCompile(regexp.QuoteMeta(before) + `/v\d+`).Find(mod)
	require.NotNil(t, m, path)
	return string(m) + after
}

func TestDataNamesWhatExists(t *testing.T) {
	s, err := Load()
	require.NoError(t, err)
	pkgs := real(t, s)
	for _, m := range s.Models() {
		if s.Package(m.Package).Fork != "" { // what it is a copy of is looked at
			continue
		}
		f := function(pkgs, m.Key)
		if !assert.NotNilf(t, f, "%s:%d: %s is in no pinned library", m.File, m.Line, m.Key) {
			continue
		}
		assert.Same(t, m, s.Find(f), "%s:%d", m.File, m.Line)
		for _, at := range []int{m.At, m.Of, m.Args, m.Also, m.Into, m.Dest, m.Named} {
			assert.Lessf(t, at, f.Signature().Params().Len(), "%s:%d: %s has no argument %d", m.File, m.Line, m.Key, at)
			if at == Recv {
				assert.NotNilf(t, f.Signature().Recv(), "%s:%d: %s has no receiver", m.File, m.Line, m.Key)
			}
		}
	}
	for _, key := range append(s.Fields(), s.Wrappers()...) {
		assert.NotNilf(t, field(pkgs, key), "field %s is in no pinned library", key)
	}
	for _, path := range s.Packages() {
		if orm := s.Package(path).ORM; orm != nil && orm.Names != "" {
			assert.NotNilf(t, field(pkgs, orm.Names), "field %s is in no pinned library", orm.Names)
		}
	}
	for _, key := range s.Builders() {
		path, name := split(key)
		if s.Package(path).Fork != "" {
			continue
		}
		assert.IsTypef(t, &types.TypeName{}, pkgs[path].Scope().Lookup(name), "%s is in no pinned library", key)
	}
	for _, key := range s.Vars() {
		path, name := split(key)
		v, _ := pkgs[path].Scope().Lookup(name).(*types.Var)
		assert.NotNilf(t, v, "variable %s is in no pinned library", key)
	}
}

func TestCompleteTypesAreComplete(t *testing.T) {
	s, err := Load()
	require.NoError(t, err)
	pkgs := real(t, s)
	for _, path := range s.Packages() {
		if s.Package(path).Fork != "" {
			continue
		}
		for _, name := range s.Package(path).Complete {
			tn, ok := pkgs[path].Scope().Lookup(name).(*types.TypeName)
			if !assert.Truef(t, ok, "%s has no type %s", path, name) {
				continue
			}
			n := tn.Type().(*types.Named)
			for f := range n.Methods() {
				if f.Exported() {
					assert.NotNilf(t, s.Find(f), "%s has no line", Key(f))
				}
			}
			if i, ok := n.Underlying().(*types.Interface); ok {
				for f := range i.ExplicitMethods() {
					if f.Exported() {
						assert.NotNilf(t, s.Find(f), "%s has no line", Key(f))
					}
				}
			}
		}
	}
}

// A function of a database's library that nobody described could run a statement that
// nobody sees.
func TestDatabasesAreDescribedInFull(t *testing.T) {
	s, err := Load()
	require.NoError(t, err)
	pkgs := real(t, s)
	for _, path := range s.Packages() {
		if p := s.Package(path); !p.Database || p.Unmodelled || p.Fork != "" {
			continue
		}
		for _, f := range exported(pkgs[path]) {
			assert.NotNilf(t, s.Find(f), "%s has no line", Key(f))
		}
	}
}

// exported are the exported functions and methods that a package declares.
func exported(pkg *types.Package) []*types.Func {
	var out []*types.Func
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Func:
			out = append(out, obj)
		case *types.TypeName:
			n, ok := types.Unalias(obj.Type()).(*types.Named)
			if !ok || !obj.Exported() || n.Obj().Pkg() != pkg {
				continue
			}
			for f := range n.Methods() {
				out = append(out, f)
			}
			if i, ok := n.Underlying().(*types.Interface); ok {
				for f := range i.ExplicitMethods() {
					out = append(out, f)
				}
			}
		}
	}
	return slices.DeleteFunc(out, func(f *types.Func) bool { return !f.Exported() })
}

// function resolves a key as go doc prints it.
func function(pkgs map[string]*types.Package, key string) *types.Func {
	slash := strings.LastIndex(key, "/") + 1
	dot := strings.Index(key[slash:], ".")
	path := packageIn(pkgs, key, slash+dot)
	pkg := pkgs[path]
	if pkg == nil {
		return nil
	}
	rest := key[len(path)+1:]
	recv, name, isMethod := strings.Cut(strings.TrimPrefix(rest, "("), ".")
	if !isMethod {
		f, _ := pkg.Scope().Lookup(rest).(*types.Func)
		return f
	}
	recv = strings.Trim(recv, "*()")
	tn, ok := pkg.Scope().Lookup(recv).(*types.TypeName)
	if !ok {
		return nil
	}
	obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(tn.Type()), true, pkg, name)
	if types.IsInterface(tn.Type()) {
		obj, _, _ = types.LookupFieldOrMethod(tn.Type(), true, pkg, name)
	}
	f, _ := obj.(*types.Func)
	return f
}

// packageIn is the package path that a key begins with.
func packageIn(pkgs map[string]*types.Package, key string, end int) string {
	for {
		if pkgs[key[:end]] != nil {
			return key[:end]
		}
		next := strings.Index(key[end+1:], ".")
		if next < 0 {
			return ""
		}
		end += next + 1
	}
}

// field resolves pkg.T.Field.
func field(pkgs map[string]*types.Package, key string) *types.Var {
	typ, name := key[:strings.LastIndex(key, ".")], key[strings.LastIndex(key, ".")+1:]
	path, typeName := split(typ)
	if pkgs[path] == nil {
		return nil
	}
	tn, ok := pkgs[path].Scope().Lookup(typeName).(*types.TypeName)
	if !ok {
		return nil
	}
	st, ok := tn.Type().Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for v := range st.Fields() {
		if v.Name() == name {
			return v
		}
	}
	return nil
}

func split(key string) (path, name string) {
	i := strings.LastIndex(key, ".")
	return key[:i], key[i+1:]
}
