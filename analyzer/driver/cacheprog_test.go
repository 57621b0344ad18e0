package driver_test

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// cacheProgram is a shared cache for the go command, which speaks to it by GOCACHEPROG:
// it keeps what it is given in the folder SHARED_CACHE. What it lacks it looks up in the
// cache of this machine, PARENT_CACHE, so that a test need not compile the standard
// library; that one is only read.
func cacheProgram() {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	_ = out.Encode(cacheResponse{KnownCommands: []string{"get", "put", "close"}})
	for {
		var r cacheRequest
		if err := in.Decode(&r); err != nil {
			if err != io.EOF {
				fmt.Fprintln(os.Stderr, "cache:", err)
			}
			return
		}
		answer := cacheResponse{ID: r.ID}
		switch r.Command {
		case "get":
			answer.get(r.ActionID)
		case "put":
			var body []byte
			if r.BodySize > 0 {
				if err := in.Decode(&body); err != nil {
					answer.Err = err.Error()
				}
			}
			answer.put(&r, body)
		}
		_ = out.Encode(answer)
		if r.Command == "close" {
			return
		}
	}
}

type cacheRequest struct {
	ID                 int64
	Command            string
	ActionID, OutputID []byte
	BodySize           int64
}

type cacheResponse struct {
	ID            int64
	Err           string   `json:",omitempty"`
	KnownCommands []string `json:",omitempty"`
	Miss          bool     `json:",omitempty"`
	OutputID      []byte   `json:",omitempty"`
	Size          int64    `json:",omitempty"`
	DiskPath      string   `json:",omitempty"`
}

// get answers from the shared folder, else from the machine's cache.
func (a *cacheResponse) get(action []byte) {
	dir := os.Getenv("SHARED_CACHE")
	if text, err := os.ReadFile(filepath.Join(dir, hex.EncodeToString(action))); err == nil {
		if a.OutputID, err = base64.StdEncoding.DecodeString(string(text)); err == nil && a.found(filepath.Join(dir, "body-"+hex.EncodeToString(a.OutputID))) {
			return
		}
	}
	name := hex.EncodeToString(action)
	parent := os.Getenv("PARENT_CACHE")
	text, err := os.ReadFile(filepath.Join(parent, name[:2], name+"-a"))
	// An entry is: v1 ACTION OUTPUT SIZE TIME
	if fields := strings.Fields(string(text)); err == nil && len(fields) == 5 {
		if a.OutputID, err = hex.DecodeString(fields[2]); err == nil && a.found(filepath.Join(parent, fields[2][:2], fields[2]+"-d")) {
			return
		}
	}
	a.Miss, a.OutputID = true, nil
}

// found notes the file of a body, if it is there.
func (a *cacheResponse) found(body string) bool {
	info, err := os.Stat(body)
	if err != nil {
		return false
	}
	a.Size, a.DiskPath = info.Size(), body
	return true
}

// put keeps a body in the shared folder.
func (a *cacheResponse) put(r *cacheRequest, body []byte) {
	dir := os.Getenv("SHARED_CACHE")
	file := filepath.Join(dir, "body-"+hex.EncodeToString(r.OutputID))
	err := os.WriteFile(file, body, 0o644)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, hex.EncodeToString(r.ActionID)), []byte(base64.StdEncoding.EncodeToString(r.OutputID)), 0o644)
	}
	if err != nil {
		a.Err = err.Error()
	}
	a.DiskPath = file
}
