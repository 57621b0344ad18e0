// Command tenantvet proves that every query of a Go program stays inside the
// caller's tenant. Run `tenantvet help`, or pass it to go vet -vettool.
package main

import (
	"os"

	"github.com/tenantvet/tenantvet/analyzer/driver"
	_ "github.com/tenantvet/tenantvet/analyzer/driver/early" // answers most units of go vet before anything else starts
)

func main() {
	os.Exit(driver.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
