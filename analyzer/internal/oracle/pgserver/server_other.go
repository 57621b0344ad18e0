//go:build !linux

package pgserver

import "syscall"

// ordinaryUser changes nothing: only Linux images run tests as root.
func ordinaryUser(string) (*syscall.SysProcAttr, error) { return nil, nil }
