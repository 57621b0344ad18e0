//go:build !linux

package asifalone

import "syscall"

// ordinaryUser changes nothing: only Linux images run tests as root.
func ordinaryUser(string) (*syscall.SysProcAttr, error) { return nil, nil }
