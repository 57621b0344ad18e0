package index

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// kept keeps a result that was made from what a test looks at, files of some age,
// and returns how it is asked for.
func kept(t *testing.T, age time.Duration, looking func(*Disk)) (root string, get func() bool) {
	root = t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "db", "old"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "db", "1.sql"), []byte("first"), 0o644))
	written := time.Now().Add(-age)
	for _, name := range []string{"db/1.sql", "db/old", "db"} {
		require.NoError(t, os.Chtimes(filepath.Join(root, name), written, written))
	}
	s, d, since := At(filepath.Join(t.TempDir(), "store"), "tool"), NewDisk(root), time.Now()
	looking(d)
	s.Put("result", []byte("data"), d, since)
	return root, func() bool {
		data, ok := s.Get("result")
		return ok && string(data) == "data"
	}
}

func all(d *Disk) {
	_, _ = d.ReadDir("db")
	_, _ = d.ReadFile("db/1.sql")
	_, _ = d.ReadFile("db/2.sql") // not there
	_, _ = d.Stat(".git")
	_, _ = d.Stat("db/old")
}

func TestResultIsFreshUntilSomethingLooksDifferent(t *testing.T) {
	write := func(name, text string) func(root string) error {
		return func(root string) error { return os.WriteFile(filepath.Join(root, name), []byte(text), 0o644) }
	}
	for name, c := range map[string]struct {
		change func(root string) error
		fresh  bool
	}{
		"nothing":                       {func(string) error { return nil }, true},
		"another text":                  {write("db/1.sql", "other"), false},
		"another size":                  {write("db/1.sql", "longer text"), false},
		"a file where none was":         {write("db/2.sql", ""), false},
		"another name in the folder":    {write("db/note.txt", ""), false},
		"something where nothing was":   {write(".git", ""), false},
		"a name in a folder not read":   {write("other.sql", ""), true},
		"a file in place of a folder":   {func(root string) error { return replace(filepath.Join(root, "db", "old")) }, false},
		"a file is gone":                {func(root string) error { return os.Remove(filepath.Join(root, "db", "1.sql")) }, false},
		"names that come and go":        {func(root string) error { return comeAndGo(filepath.Join(root, "db")) }, true},
		"inside a folder only asked of": {write("db/old/x.sql", ""), true},
	} {
		t.Run(name, func(t *testing.T) {
			root, get := kept(t, time.Hour, all)
			require.True(t, get())
			require.NoError(t, c.change(root))
			assert.Equal(t, c.fresh, get())
		})
	}
}

func replace(name string) error {
	if err := os.Remove(name); err != nil {
		return err
	}
	return os.WriteFile(name, nil, 0o644)
}

// comeAndGo is what editors do beside a file while it is saved.
func comeAndGo(dir string) error {
	name := filepath.Join(dir, ".swap")
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		return err
	}
	return os.Remove(name)
}

// A file that was written just before may be written again within the same tick,
// and then looks the same.
func TestWhatChangedJustNowIsNotTrusted(t *testing.T) {
	_, get := kept(t, 0, all)
	assert.False(t, get())
	_, get = kept(t, 0, func(d *Disk) { _, _ = d.Stat("db") })
	assert.True(t, get(), "that it is there has no time")
}

// The stronger question counts, in whichever order they were asked.
func TestStatDoesNotHideARead(t *testing.T) {
	for _, order := range []func(*Disk){
		func(d *Disk) { _, _ = d.Stat("db/1.sql"); _, _ = d.ReadFile("db/1.sql") },
		func(d *Disk) {
			_, _ = d.Below(filepath.Join(d.root, "db")).ReadFile("1.sql")
			_, _ = d.Stat("db/1.sql")
		},
	} {
		root, get := kept(t, time.Hour, order)
		require.True(t, get())
		require.NoError(t, os.WriteFile(filepath.Join(root, "db", "1.sql"), []byte("longer text"), 0o644))
		assert.False(t, get())
	}
}

func TestAnotherToolMakesItsOwn(t *testing.T) {
	dir, d := t.TempDir(), NewDisk(t.TempDir())
	At(dir, "one").Put("result", []byte("data"), d, time.Now())
	_, ok := At(dir, "two").Get("result")
	assert.False(t, ok)
	_, ok = At(dir, "one").Get("another")
	assert.False(t, ok)
	_, ok = At(dir, "one").Get("result")
	assert.True(t, ok)
}

// Nothing depends on the store: it may be absent, broken, or closed to writing.
func TestStoreMayFail(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	for _, s := range []Store{{}, At(file, "tool"), At(filepath.Join(file, "below"), "tool")} {
		s.Put("result", []byte("data"), NewDisk("."), time.Now())
		_, ok := s.Get("result")
		assert.False(t, ok)
	}
	s := At(t.TempDir(), "tool")
	s.Put("result", []byte("data"), NewDisk("."), time.Now())
	require.NoError(t, os.WriteFile(s.file("result"), []byte("no gob"), 0o644))
	_, ok := s.Get("result")
	assert.False(t, ok)
}

func TestOldResultsGo(t *testing.T) {
	s := At(t.TempDir(), "tool")
	s.Put("old", nil, NewDisk("."), time.Now())
	long := time.Now().Add(-2 * unused)
	require.NoError(t, os.Chtimes(s.file("old"), long, long))
	s.Put("new", nil, NewDisk("."), time.Now())
	assert.NoFileExists(t, s.file("old"))
	assert.FileExists(t, s.file("new"))
}
