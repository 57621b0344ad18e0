package load

import (
	"fmt"
	"go/token"
	"go/types"
	"os"

	"golang.org/x/tools/go/gcexportdata"
)

// ReadExportFile reads one package, and those that its types mention, into seen.
// The errors name the package, since the file is one of the build cache.
func ReadExportFile(fset *token.FileSet, file string, seen map[string]*types.Package, path string) (*types.Package, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", path, err)
	}
	defer f.Close()
	//lint:ignore SA1019 what go list -export names is an archive up to Go 1.28
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", path, err)
	}
	p, err := gcexportdata.Read(r, fset, seen, path)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", path, err)
	}
	return p, nil
}
