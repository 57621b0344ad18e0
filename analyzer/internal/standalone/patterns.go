package standalone

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/load"
)

// Patterns choose what is reported, never what is analysed.

// selected are the folders of the packages that the patterns match. Patterns are
// matched here and not by the go command, which knows no ./... above the modules
// of a workspace. A pattern that matches nothing is an error: a gate in CI that
// checks nothing must not be green.
func selected(dir string, all []*load.Listed, patterns []string) (map[string]bool, error) {
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	dirs := map[string]bool{}
	for _, pattern := range patterns {
		matches, err := matcher(dir, pattern)
		if err != nil {
			return nil, err
		}
		found := false
		for _, l := range all {
			if l.Main() && matches(l) {
				dirs[l.Dir] = true
				found = true
			}
		}
		if !found {
			return nil, fmt.Errorf("no packages match %s", pattern)
		}
	}
	return dirs, nil
}

// matcher tells which packages a pattern means: a folder if it begins with a
// dot or is absolute, an import path otherwise; /... means all below.
func matcher(dir, pattern string) (func(*load.Listed) bool, error) {
	base, below := strings.CutSuffix(filepath.ToSlash(pattern), "/...")
	if pattern == "all" || pattern == "..." {
		return func(*load.Listed) bool { return true }, nil
	}
	if !strings.HasPrefix(pattern, ".") && !filepath.IsAbs(pattern) {
		return func(l *load.Listed) bool { return within(l.ImportPath, base, "/", below) }, nil
	}
	folder := filepath.FromSlash(base)
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(dir, folder)
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("finding %s: %w", pattern, err)
	}
	return func(l *load.Listed) bool { return within(l.Dir, folder, string(filepath.Separator), below) }, nil
}

// within reports whether name is base, or below it where that counts.
func within(name, base, separator string, below bool) bool {
	return name == base || below && strings.HasPrefix(name, strings.TrimSuffix(base, separator)+separator)
}
