package index

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"os"
	"path/filepath"
	"time"
)

// Store is a folder of results; the zero Store keeps nothing.
type Store struct {
	dir  string
	tool string // which program made the results
}

// User is the store in the user's cache folder, of this very program; one of
// another build may make other results of the same files. Where there is no such
// folder it keeps nothing.
func User() Store {
	base, err := os.UserCacheDir()
	if err != nil {
		return Store{}
	}
	self, err := os.Executable()
	if err != nil {
		return Store{}
	}
	l := lookAt(self, content)
	return At(filepath.Join(base, "tenantvet", "index"), self+time.Unix(0, l.Time).UTC().String())
}

// At is a store in a folder for results of one tool.
func At(dir, tool string) Store { return Store{dir: dir, tool: tool} }

// entry is a result as it is kept.
type entry struct {
	Tool  string
	Name  string
	Time  int64 // of the first look
	Looks []look
	Data  []byte
}

// Get gives the result of that name, if it is fresh.
func (s Store) Get(name string) ([]byte, bool) {
	if s.dir == "" {
		return nil, false
	}
	data, err := os.ReadFile(s.file(name))
	if err != nil {
		return nil, false
	}
	var e entry
	if gob.NewDecoder(bytes.NewReader(data)).Decode(&e) != nil || e.Tool != s.tool || e.Name != name {
		return nil, false
	}
	for _, l := range e.Looks {
		if !l.fresh(time.Unix(0, e.Time)) {
			return nil, false
		}
	}
	return e.Data, true
}

// Put keeps a result that was made from what the disk was asked for since a time.
// It cannot fail: a result that is not kept is made again.
func (s Store) Put(name string, data []byte, d *Disk, since time.Time) {
	if s.dir == "" || os.MkdirAll(s.dir, 0o755) != nil {
		return
	}
	var b bytes.Buffer
	if gob.NewEncoder(&b).Encode(entry{Tool: s.tool, Name: name, Time: since.UnixNano(), Looks: d.looks(), Data: data}) != nil {
		return
	}
	s.sweep()
	f, err := os.CreateTemp(s.dir, "new-")
	if err != nil {
		return
	}
	_, err = f.Write(b.Bytes())
	if closed := f.Close(); err != nil || closed != nil || os.Rename(f.Name(), s.file(name)) != nil {
		os.Remove(f.Name())
	}
}

// file is the file of a name; a name may be long and hold anything.
func (s Store) file(name string) string {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(s.dir, hex.EncodeToString(sum[:16]))
}

// unused is after how long a result goes that nobody made anew: its checkout is
// mostly gone, too.
const unused = 30 * 24 * time.Hour

func (s Store) sweep() {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > unused {
			os.Remove(filepath.Join(s.dir, e.Name()))
		}
	}
}
