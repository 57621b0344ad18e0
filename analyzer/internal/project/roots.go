package project

import (
	"path"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// IsRoot reports whether the settings want the package in dir linked although it is
// no program: plugins, and libraries whose callers are elsewhere. Patterns are
// folders relative to the settings file, `./x` or `./x/...`, or import paths.
func (p *Project) IsRoot(s *config.Settings, importPath, dir string) bool {
	for _, pattern := range s.Roots {
		subject := importPath
		if strings.HasPrefix(pattern, ".") {
			subject = p.Rel(dir)
			pattern = p.globs(&config.Settings{File: s.File, Schema: []string{pattern}})[0]
		}
		if matches(pattern, path.Clean(subject)) {
			return true
		}
	}
	return false
}

// DecideFor decides if the package is judged by itself, being a program or a
// root; for any other package there is no decision, and no error either: its
// programs report what is wrong with the settings.
func (p *Project) DecideFor(u *unit.Unit, dir string) (d *Decision, root bool, err error) {
	settings, err := config.Find(p.Root)
	root = err == nil && p.IsRoot(settings, u.Path, dir)
	switch {
	case !root && u.Name != "main":
		return nil, false, nil
	case err != nil:
		return nil, false, err
	}
	d, err = p.decide(settings)
	return d, root, err
}

// matches reports whether a path is the pattern, or below it if it ends in /.... It
// is the go command's form, for paths of folders and of packages alike.
func matches(pattern, subject string) bool {
	if pattern == "..." || pattern == subject {
		return true
	}
	base, all := strings.CutSuffix(pattern, "/...")
	return all && (subject == base || strings.HasPrefix(subject, base+"/"))
}
