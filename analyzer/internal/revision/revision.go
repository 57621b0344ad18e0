// Package revision brings another revision of a repository beside the one that is
// worked on, by the git that the user has.
//
// In goes a folder of a work tree and the name of a revision; out come the commit where
// the two histories part, and a work tree of it in a temporary folder. The user's own work
// tree, index and branches are not touched.
//
// It cannot see what git does not keep: generated files that are ignored are not there in
// the other revision.
package revision

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Top is the top folder of the work tree that dir lies in.
func Top(dir string) (string, error) {
	out, err := git(dir, "rev-parse", "--show-toplevel")
	return filepath.FromSlash(out), err
}

// Base is the commit where the history of rev and that of the work tree part: what a
// change is compared with, whatever was merged into rev since.
func Base(dir, rev string) (string, error) {
	if strings.HasPrefix(rev, "-") {
		return "", fmt.Errorf("%q is no revision", rev)
	}
	if _, err := git(dir, "rev-parse", "--verify", "--quiet", rev+"^{commit}"); err != nil {
		return "", fmt.Errorf("%q is no revision of this repository; a shallow clone may lack it (fetch-depth: 0)", rev)
	}
	base, err := git(dir, "merge-base", rev, "HEAD")
	if err != nil {
		return "", fmt.Errorf("the histories of %s and of the work tree do not meet; a shallow clone may lack where (fetch-depth: 0)", rev)
	}
	return base, nil
}

// CheckOut makes a work tree of the commit in a temporary folder; remove takes it away.
func CheckOut(dir, commit string) (tree string, remove func(), err error) {
	parent, err := os.MkdirTemp("", "tenantvet-base-")
	if err != nil {
		return "", nil, fmt.Errorf("making a folder for the base: %w", err)
	}
	// The go command names files by their real paths.
	if parent, err = filepath.EvalSymlinks(parent); err != nil {
		return "", nil, fmt.Errorf("making a folder for the base: %w", err)
	}
	tree = filepath.Join(parent, "base")
	remove = func() {
		_, _ = git(dir, "worktree", "remove", "--force", tree) // the folder is gone either way
		_ = os.RemoveAll(parent)
	}
	if _, err := git(dir, "worktree", "add", "--detach", "--quiet", tree, commit); err != nil {
		remove()
		return "", nil, err
	}
	return tree, remove, nil
}

// git runs git in a folder and gives what it prints, without the line's end. Hooks and
// prompts of the user stay out of it.
func git(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-c", "core.hooksPath=" + os.DevNull}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0")
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return "", errors.New("git is not installed, which --new-from needs")
		}
		text := strings.TrimSpace(problems.String())
		if text == "" {
			text = err.Error()
		}
		return "", fmt.Errorf("git %s: %s", args[0], text)
	}
	return strings.TrimRight(out.String(), "\r\n"), nil
}
