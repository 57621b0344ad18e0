package main

import (
	"os"
	"os/signal"
	"runtime/pprof"
	"time"

	"github.com/tenantvet/tenantvet/analyzer/driver"
)

func main() {
	f, _ := os.Create("/tmp/obj-cpu.prof")
	pprof.StartCPUProfile(f)
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	go func() { select { case <-c: case <-time.After(90 * time.Second): }; pprof.StopCPUProfile(); os.Exit(3) }()
	n := driver.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	pprof.StopCPUProfile()
	os.Exit(n)
}
